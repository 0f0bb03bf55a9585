"""Acts of clearance: decide, release, and what officers do at their desk."""

from clearance.services.alerts import clearance_alert
from clearance.services.decision import declaration_decide, release_again
from clearance.services.desk import (
    CheckResult,
    case_act_as_seen,
    case_claim,
    case_detain,
    case_give_back,
    case_refuse,
    case_take_next,
    check_conclude,
    lane_change,
    lane_change_decide,
    query_answer,
    query_send,
)
from clearance.services.endings import case_close_ended
from clearance.services.two_step import supplementary_check

__all__ = [
    "CheckResult",
    "case_act_as_seen",
    "case_claim",
    "case_close_ended",
    "case_detain",
    "case_give_back",
    "case_refuse",
    "case_take_next",
    "check_conclude",
    "clearance_alert",
    "declaration_decide",
    "lane_change",
    "lane_change_decide",
    "query_answer",
    "query_send",
    "release_again",
    "supplementary_check",
]
