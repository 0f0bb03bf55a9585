# ruff: noqa: E501
"""Each agency's word on a declaration, and one answer for its trader: a table (F42, AG-100, AG-101)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from agencies.rules.standing import agency_statuses, answer_of
from agencies.states import HoldState
from agencies.types import HoldInfo, HoldReason, LpcoState, PermitOutcome

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def hold(agency: str, reason: HoldReason, state: HoldState = HoldState.OPEN, hours: int = 12) -> HoldInfo:
    return HoldInfo(
        id=UUID(int=1),
        declaration_id=UUID(int=2),
        mrn="26ZZ000000000001J0",
        agency=agency,
        kind=reason.kind,
        reason=reason,
        state=state,
        opened_at=AT,
        deadline=AT + timedelta(hours=hours),
        owner="",
    )


def need(agency: str, state: LpcoState) -> PermitOutcome:
    return PermitOutcome(1, agency, "7P01", state)


R, S = HoldReason, HoldState
CASES = [
    ("no agency asks", [], [], {}, {}, ("may_proceed", "", "nobody", None)),
    ("reserved", [need("PHY", LpcoState.RESERVED)], [], {}, {"PHY": "may_proceed"}, ("may_proceed", "", "nobody", None)),
    ("lifted", [need("PHY", LpcoState.ACCEPTED)], [hold("PHY", R.PERMIT_MISSING, S.LIFTED)], {}, {"PHY": "may_proceed"}, ("may_proceed", "", "nobody", None)),
    ("waived", [need("PHY", LpcoState.WAIVED)], [], {"PHY": "7W01"}, {"PHY": "disclaimed"}, ("disclaimed", "", "nobody", None)),
    ("missing", [need("PHY", LpcoState.MISSING)], [hold("PHY", R.PERMIT_MISSING)], {}, {"PHY": "hold"}, ("hold", "PHY", "trader", 12)),
    ("missing, hold not open yet", [need("PHY", LpcoState.MISSING)], [], {}, {"PHY": "hold"}, ("hold", "PHY", "trader", None)),
    ("agency looks", [], [hold("VET", R.AGENCY_CHECK)], {}, {"VET": "hold"}, ("hold", "VET", "agency", 12)),
    ("documents", [], [hold("VET", R.DOCUMENTS)], {}, {"VET": "docs"}, ("docs", "VET", "agency", 12)),
    ("examination", [], [hold("VET", R.EXAMINATION)], {}, {"VET": "exam"}, ("exam", "VET", "trader", 12)),
    ("customs too", [], [hold("CUS", R.CUSTOMS_EXAMINATION)], {}, {"CUS": "exam"}, ("exam", "CUS", "agency", 12)),
    ("refused", [], [hold("VET", R.DOCUMENTS, S.UPHELD)], {}, {"VET": "refused"}, ("refused", "VET", "trader", None)),
    ("withdrawn", [], [hold("VET", R.DOCUMENTS, S.WITHDRAWN)], {}, {"VET": "may_proceed"}, ("may_proceed", "", "nobody", None)),
    ("checked disclaimer", [need("PHY", LpcoState.DOUBTED)], [hold("PHY", R.DISCLAIMER_CHECK)], {"PHY": "7W01"}, {"PHY": "hold"}, ("hold", "PHY", "agency", 12)),
    ("certificate awaited", [need("PHY", LpcoState.AWAITED)], [hold("PHY", R.CERTIFICATE_AWAITED)], {}, {"PHY": "hold"}, ("hold", "PHY", "trader", 12)),
    ("the trader's own task comes before waiting", [], [hold("VET", R.DOCUMENTS, hours=1), hold("PHY", R.PERMIT_MISSING, hours=9)], {}, {"VET": "docs", "PHY": "hold"}, ("hold", "PHY", "trader", 9)),
    ("a refusal comes before all", [], [hold("VET", R.DOCUMENTS, S.UPHELD), hold("PHY", R.PERMIT_MISSING)], {}, {"VET": "refused", "PHY": "hold"}, ("refused", "VET", "trader", None)),
    ("the nearest deadline first", [], [hold("VET", R.DOCUMENTS, hours=8), hold("PHY", R.AGENCY_CHECK, hours=3)], {}, {"VET": "docs", "PHY": "hold"}, ("hold", "PHY", "agency", 3)),
    ("two holds of one agency: the worse is told", [], [hold("PHY", R.DOCUMENTS), hold("PHY", R.PERMIT_MISSING)], {}, {"PHY": "hold"}, ("hold", "PHY", "trader", 12)),
]  # fmt: skip


@pytest.mark.parametrize(("needs", "holds", "disclaimed", "each", "answer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])  # fmt: skip
def test_AG_100_every_agency_has_its_status_and_the_trader_one_answer(needs, holds, disclaimed, each, answer):
    statuses = agency_statuses(needs, holds, disclaimed)
    assert {status.agency: status.verdict.value for status in statuses} == each
    told = answer_of(statuses)
    by = AT + timedelta(hours=answer[3]) if answer[3] else None
    assert (told.verdict.value, told.agency, told.who, told.by) == (*answer[:3], by)
    assert told.what
