"""Reads of cargo: what is left of bills, whose goods are here, lists of manifests and of what is missing."""

from singlewindow.cargo.selectors.bills import bills_known, bills_out_of_balance, cargo_short, cargo_state, rooms_for
from singlewindow.cargo.selectors.manifested import (
    declarations_citing,
    declarations_of_container,
    manifest_key,
    manifested_for,
)
from singlewindow.cargo.selectors.presence import arrival_of, declarations_met

__all__ = [
    "arrival_of",
    "bills_known",
    "bills_out_of_balance",
    "cargo_short",
    "cargo_state",
    "declarations_citing",
    "declarations_met",
    "declarations_of_container",
    "manifest_key",
    "manifested_for",
    "rooms_for",
]
