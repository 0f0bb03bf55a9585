"""Reads of declarations: what one user may see in lists, one declaration whole, and its history."""

from declarations.selectors.containers import declarations_here
from declarations.selectors.lists import (
    ListFilter,
    any_declaration_lodged,
    declaration_list_for,
    declaration_page_for,
    declarations_counts_for,
    declarations_released,
    release_seconds_of,
)
from declarations.selectors.papers import ask_subject, documents_named_by
from declarations.selectors.snapshots import (
    declaration_head,
    declaration_head_for,
    declaration_id_of_lrn,
    declaration_id_of_mrn,
    declaration_last_of,
    declaration_snapshot,
    declaration_snapshot_for,
    draft_for,
)
from declarations.selectors.timeline import timeline, timeline_of

__all__ = [
    "ListFilter",
    "any_declaration_lodged",
    "ask_subject",
    "declaration_head",
    "declaration_head_for",
    "declaration_id_of_lrn",
    "declaration_id_of_mrn",
    "declaration_last_of",
    "declaration_list_for",
    "declaration_page_for",
    "declaration_snapshot",
    "declaration_snapshot_for",
    "declarations_counts_for",
    "declarations_here",
    "declarations_released",
    "documents_named_by",
    "draft_for",
    "release_seconds_of",
    "timeline",
    "timeline_of",
]
