"""TARIC3 envelopes: read into typed records, kept record by record, and turned into rows of the tariff.

Source: DG TAXUD, TARIC3 message and envelope schemas 1.0; docs/rules/fees.md, FE-TX-01 to FE-TX-08.
"""
