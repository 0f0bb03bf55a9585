"""Reads of clearance: the desk's queue, one case, the figures of the day."""

from clearance.selectors.cases import CaseView, case_view, lane_change_open, query_open, query_thread, waiting_of
from clearance.selectors.desk import AGES, COUNT_CAP, TABS, DeskFilter, desk_counts, desk_page, late_page
from clearance.selectors.figures import DayFigures, day_figures
from clearance.selectors.papers import document_owners, papers_may_read
from clearance.selectors.two_step import AWAITED, supplementary_of, supplementary_owed_by, supplementary_page

__all__ = [
    "AGES",
    "AWAITED",
    "COUNT_CAP",
    "TABS",
    "CaseView",
    "DayFigures",
    "DeskFilter",
    "case_view",
    "day_figures",
    "desk_counts",
    "desk_page",
    "document_owners",
    "lane_change_open",
    "late_page",
    "papers_may_read",
    "query_open",
    "query_thread",
    "supplementary_of",
    "supplementary_owed_by",
    "supplementary_page",
    "waiting_of",
]
