"""The decisions of clearance as pure functions, and the life cycle that the database holds too."""

import importlib
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import DatabaseError, transaction

from clearance.models import Case
from clearance.rules.clock import clock_deadlines
from clearance.rules.lanes import ACTION_OF_LANE, lowering_needs_second_officer, may_confirm, may_release
from clearance.rules.release import release_verdict
from clearance.states import CONTROL, ControlState
from clearance.types import HOLDERS, AlertKind, Holder, Term
from declarations.states import GoodsState, LegalState
from fees.states import FiscalState
from risk.types import Lane
from singlewindow.reference.selectors import profile
from tests.factories.clearance import country_load, risky, trader_rich

guards = importlib.import_module("clearance.migrations.0006_watch_guards")

HOLDS = ([], ["CUS"], ["PHY"], ["VET", "PHY"], ["CUS", "PHY"])
MONEY_COVERED = {"PAID", "DEFERRED", "SECURED", "NIL"}


@pytest.mark.parametrize("legal", LegalState)
def test_CL_REL_01_goods_are_released_if_and_only_if_every_term_holds(legal: LegalState) -> None:
    for goods, holds, permits, short, fiscal in product(GoodsState, HOLDS, (True, False), (True, False), FiscalState):
        verdict = release_verdict(
            legal=legal, goods=goods, holds=holds, permits_satisfied=permits, fiscal=fiscal, cargo_short=short
        )
        expected = (
            legal == "ACCEPTED"
            and goods in {"PRESENTED", "UNDER_CONTROL"}
            and holds == []
            and permits
            and not short
            and fiscal in MONEY_COVERED
        )
        assert verdict.release is expected, (goods, holds, permits, fiscal)
        assert (verdict.holder is Holder.NOBODY) is expected
        assert (verdict.first is None) is expected


def _blocked(**changes: object) -> tuple[Term, ...]:
    terms: dict[str, object] = {
        "legal": LegalState.ACCEPTED,
        "goods": GoodsState.PRESENTED,
        "holds": [],
        "permits_satisfied": True,
        "fiscal": FiscalState.PAID,
    }
    return release_verdict(**(terms | changes)).blocking  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "term"),
    [
        ({"legal": LegalState.REGISTERED}, Term.LEGAL),
        ({"goods": GoodsState.EXPECTED}, Term.GOODS),
        ({"holds": ["CUS"]}, Term.CUSTOMS_HOLD),
        ({"holds": ["PHY"]}, Term.AGENCY_HOLD),
        ({"permits_satisfied": False}, Term.PERMIT),
        ({"cargo_short": True}, Term.CARGO),
        ({"fiscal": FiscalState.NOT_ASSESSED}, Term.ASSESSMENT),
        ({"fiscal": FiscalState.INSUFFICIENT}, Term.MONEY),
    ],
)
def test_CL_REL_01_each_term_alone_stands_against_release_and_names_itself(
    changes: dict[str, object], term: Term
) -> None:
    assert _blocked(**changes) == (term,)
    assert term in HOLDERS


def test_CL_REL_01_every_term_that_blocks_is_told_at_once() -> None:
    assert _blocked(holds=["VET", "CUS", "PHY"], permits_satisfied=False, fiscal=FiscalState.INSUFFICIENT) == (
        Term.CUSTOMS_HOLD,
        Term.AGENCY_HOLD,
        Term.PERMIT,
        Term.MONEY,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("presented", "accepted", "starts"),
    [(0, 0, 0), (0, 5, 5), (5, 0, 5)],
    ids=["together", "accepted later", "presented later"],
)
def test_CL_CLK_01_the_clock_starts_at_the_later_and_warns_after_18_24_and_48_hours(
    presented: int, accepted: int, starts: int
) -> None:
    base = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # the night in which Europe moves its clocks
    country = profile(base.date())
    deadlines = clock_deadlines(
        presented_at=base + timedelta(hours=presented),
        accepted_at=base + timedelta(hours=accepted),
        amber_after=country.amber_after,
        limit=country.clearance_limit,
        late_list_after=country.late_list_after,
    )
    start = base + timedelta(hours=starts)
    assert deadlines.started_at == start
    hours = {kind: (deadlines.of(kind) - start).total_seconds() / 3600 for kind in AlertKind}
    assert hours == {AlertKind.AMBER: 18, AlertKind.RED: 24, AlertKind.LATE_LIST: 48}


def test_CL_LAN_01_every_step_down_from_red_needs_a_second_officer_and_no_other_step_does() -> None:
    needs = {(a, b) for a, b in product(Lane, Lane) if lowering_needs_second_officer(a, b)}
    assert needs == {(Lane.RED, Lane.YELLOW), (Lane.RED, Lane.BLUE), (Lane.RED, Lane.GREEN)}


def test_CL_LAN_02_and_03_nobody_confirms_or_releases_after_themselves() -> None:
    assert not may_confirm(asked_by="user:1", confirming="user:1")
    assert may_confirm(asked_by="user:1", confirming="user:2")
    assert not may_release(officer="user:1", lowered_by="user:1", confirmed_by="user:2")
    assert not may_release(officer="user:2", lowered_by="user:1", confirmed_by="user:2")
    assert may_release(officer="user:3", lowered_by="user:1", confirmed_by="user:2")


def test_only_yellow_and_red_ask_for_a_step_of_control() -> None:
    assert {lane for lane, action in ACTION_OF_LANE.items() if action} == {lane for lane in Lane if lane.needs_officer}


def test_the_trigger_of_control_holds_the_pairs_of_the_table() -> None:
    assert sorted(guards.PAIRS) == sorted(CONTROL.pairs())


@pytest.mark.django_db
def test_the_database_refuses_every_step_of_control_that_is_not_in_the_table() -> None:
    country_load()
    case = Case.objects.get(pk=risky(trader_rich()))
    assert case.control_state == ControlState.PHYSICAL
    allowed = {target for source, target in CONTROL.pairs() if source == case.control_state}
    for target in set(ControlState) - allowed - {ControlState.PHYSICAL}:
        with pytest.raises(DatabaseError, match="is no transition"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(control_state=target)
