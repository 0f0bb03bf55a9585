"""Reads of the agencies: what is required, what a permit has left, who holds what."""

from agencies.selectors.finder import extras, needs_for
from agencies.selectors.holds import (
    agency_takes_part,
    hold_info,
    hold_page,
    holds_for,
    holds_for_officer,
    holds_open_for,
    lpco_status,
    needs_outcomes,
)
from agencies.selectors.law import agency_info, requirement_index, requirements_for
from agencies.selectors.permits import (
    permit_info,
    permit_page,
    permit_papers_may_read,
    permit_read,
    permits_for,
    permits_named,
    permits_out_of_balance,
    write_offs_of,
)
from agencies.selectors.reserving import law_and_permits
from agencies.selectors.standing import agency_standing

__all__ = [
    "agency_info",
    "agency_standing",
    "agency_takes_part",
    "extras",
    "hold_info",
    "hold_page",
    "holds_for",
    "holds_for_officer",
    "holds_open_for",
    "law_and_permits",
    "lpco_status",
    "needs_for",
    "needs_outcomes",
    "permit_info",
    "permit_page",
    "permit_papers_may_read",
    "permit_read",
    "permits_for",
    "permits_named",
    "permits_out_of_balance",
    "requirement_index",
    "requirements_for",
    "write_offs_of",
]
