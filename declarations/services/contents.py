"""Contents of a declaration beside each other: what an amendment may do, and what differs; for applications above."""

from declarations.rules.amendments import amendment_findings, difference
from declarations.rules.changes import ChangesRefused, changes_apply
from declarations.rules.elements import item_number

__all__ = ["ChangesRefused", "amendment_findings", "changes_apply", "difference", "item_number"]
