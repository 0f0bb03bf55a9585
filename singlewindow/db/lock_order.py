"""The one order in which rows are locked, so that no two acts ever wait for each other.

An act takes locks downwards in this table only, and rows of one table in the order of their ids; of two declarations
the newer one comes first, with what is its own. Tables that are not named here are locked alone or never waited for.

Source: domain.md, trap 5 (permit lines, quota, guarantee, account, in id order).
"""

LOCK_ORDER: tuple[str, ...] = (
    "declarations_declaration",
    "clearance_case",
    "agencies_hold",
    "cargo_bill",
    "agencies_permit",
    "agencies_foreigncertificate",
    "quotas_quota",
    "payments_suspenseitem",
    "payments_payoutorder",
    "payments_providerpayment",
    "payments_basket",
    "revenue_claim",
    "fees_fiscalstatus",
    "fees_demand",
    "guarantees_guarantee",
    "revenue_deferment",
    "revenue_statement",
    "fees_account",
)

NEWEST_FIRST = frozenset({"declarations_declaration", "clearance_case"})
"""Rows that are locked from the newest to the oldest: a full declaration before the simplified one it completes."""

OF_ONE_DECLARATION = frozenset({"declarations_declaration", "clearance_case", "agencies_hold"})
"""What is locked whole for the newer declaration before anything of the older one."""

RANK: dict[str, int] = {table: rank for rank, table in enumerate(LOCK_ORDER)}
"""A table's place in the order; what has a smaller one is locked first."""
