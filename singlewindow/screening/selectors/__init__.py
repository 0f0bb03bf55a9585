"""Reads of screening."""

from singlewindow.screening.selectors.decisions import decision_for, earlier_decisions
from singlewindow.screening.selectors.lists import entry_for, live_set, set_version_now, version_for, versions_for
from singlewindow.screening.selectors.matches import matches_of, screen_names, subject_key, thresholds_now

__all__ = [
    "decision_for",
    "earlier_decisions",
    "entry_for",
    "live_set",
    "matches_of",
    "screen_names",
    "set_version_now",
    "subject_key",
    "thresholds_now",
    "version_for",
    "versions_for",
]
