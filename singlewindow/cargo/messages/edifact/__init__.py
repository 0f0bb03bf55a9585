"""Manifests and conveyance reports in UN/EDIFACT: CUSCAR and CUSREP of the directories D.96B, D.99B and D.24A."""
