"""Decisions of cargo, pure: who a bill is for, what a manifest must say, what a write-off may take."""

from singlewindow.cargo.rules.allocation import Allocation, Room, Taken, allocate
from singlewindow.cargo.rules.manifest import findings_of, report_findings, warnings_of
from singlewindow.cargo.rules.names import bill_keys, name_key, party_keys, reference_key

__all__ = [
    "Allocation",
    "Room",
    "Taken",
    "allocate",
    "bill_keys",
    "findings_of",
    "name_key",
    "party_keys",
    "reference_key",
    "report_findings",
    "warnings_of",
]
