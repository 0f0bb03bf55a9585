"""Reads of guarantees."""

from singlewindow.guarantees.selectors.citations import drawing_of, drawing_on, security_asked
from singlewindow.guarantees.selectors.guarantees import (
    guarantee_by_id,
    guarantee_of_grn,
    guarantee_standing,
    guarantee_view,
)
from singlewindow.guarantees.selectors.reservations import reserved_for

__all__ = [
    "drawing_of",
    "drawing_on",
    "guarantee_by_id",
    "guarantee_of_grn",
    "guarantee_standing",
    "guarantee_view",
    "reserved_for",
    "security_asked",
]
