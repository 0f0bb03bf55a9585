"""What an officer does with a case: take it, ask, check, change its lane, release, refuse, detain."""

from clearance.services.desk.checks import CheckResult, check_conclude
from clearance.services.desk.claim import case_claim, case_give_back, case_take_next
from clearance.services.desk.common import case_act_as_seen
from clearance.services.desk.lanes import lane_change, lane_change_decide
from clearance.services.desk.queries import query_answer, query_lapse, query_send
from clearance.services.desk.refusals import case_detain, case_refuse

__all__ = [
    "CheckResult",
    "case_act_as_seen",
    "case_claim",
    "case_detain",
    "case_give_back",
    "case_refuse",
    "case_take_next",
    "check_conclude",
    "lane_change",
    "lane_change_decide",
    "query_answer",
    "query_lapse",
    "query_send",
]
