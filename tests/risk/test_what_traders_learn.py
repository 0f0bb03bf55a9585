"""No two traders can be told apart by what they are told more finely than the list of codes allows."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from risk.rules.record import Record
from risk.rules.registry import RULES
from risk.rules.scoring import decide, draw_of, result_from
from risk.rules.screened import SCREENING
from risk.rules.selection import Room
from risk.selectors.results import STEPS
from risk.services import risk_assess
from risk.types import Finding, Lane, Pick, RiskResult, TraderStep
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from tests.factories.risk import facts, snapshot
from tests.risk.test_composition import model_rules

ID = UUID("0190a000-0000-7000-8000-000000000001")
RULES_NOW = model_rules(double="50", most="100")


def decided(lines: list[Finding], *, probability: float | None = 0.05, **changes: Any) -> RiskResult:
    known = facts(sample_rate=changes.pop("sample_rate", Decimal(0)))
    draw = draw_of(known, ID, changes.pop("room", Room()))
    made = decide(Record({}, ({},)), lines, RULES_NOW, probability=probability, draw=draw)
    return result_from(made, RULES_NOW, known, probability)


def line(rule: str, points: int, step: TraderStep | None, lane: Lane | None = None) -> Finding:
    return Finding(rule, Decimal(points), "reason", lane=lane, trader_code=step, figures={"secret": "figure"})


def codes(result: RiskResult) -> list[str]:
    return [step.value for step in result.trader_steps]


def test_a_red_of_any_source_that_names_no_papers_of_its_own_reads_the_same() -> None:
    """By score, model, chance, capacity or a profile that asks for the goods: one and the same list of codes."""
    reds = {
        "the model": decided([], probability=0.99),
        "the control sample": decided([], sample_rate=Decimal(1)),
        "chance": decided([], room=Room(random_rate=Decimal(1))),
        "a profile of points": decided([line("PR-0001", 90, TraderStep.GOODS)]),
        "a hard profile": decided([line("PR-0002", 0, TraderStep.GOODS, Lane.RED)]),
        "another hard profile": decided([line("PR-0003", 0, TraderStep.GOODS, Lane.RED)]),
    }
    assert {result.lane for result in reds.values()} == {Lane.RED}
    assert len({result.pick for result in reds.values()}) >= 4
    assert {name: codes(result) for name, result in reds.items()} == {name: ["TS-GOODS"] for name in reds}


@pytest.mark.parametrize("step", [step for step in TraderStep if step is not TraderStep.GOODS])
def test_rules_profiles_and_screening_of_one_code_read_the_same(step: TraderStep) -> None:
    sources = ["RM-VAL-01", "RM-ALE-01", "PR-0001", "PR-9999", SCREENING]
    assert {tuple(codes(decided([line(rule, 0, step, Lane.RED)]))) for rule in sources} == {(step.value, "TS-GOODS")}
    many = [line(rule, number, step, Lane.RED) for number, rule in enumerate(sources)]
    assert codes(decided(many)) == [step.value, "TS-GOODS"]


def test_the_order_of_the_codes_does_not_tell_which_reason_weighs_most() -> None:
    value, parties = line("RM-VAL-01", 60, TraderStep.VALUE), line("RM-PAR-05", 20, TraderStep.PARTIES)
    heavier = line("RM-PAR-06", 70, TraderStep.PARTIES)
    assert (
        codes(decided([value, parties])) == codes(decided([heavier, value])) == ["TS-VALUE", "TS-PARTIES", "TS-GOODS"]
    )


def test_a_match_of_screening_asks_for_the_papers_that_an_alert_asks_for() -> None:
    assert RULES["RM-ALE-01"].step is RULES["RM-ALE-02"].step is TraderStep.DOCUMENTS


def test_what_is_released_tells_nothing_whether_it_was_near_drawn_for_or_over_capacity() -> None:
    red = [line("RM-VAL-01", 80, TraderStep.VALUE)]
    over = decided(red, room=Room(loss=False))
    assert (over.lane, over.pick, codes(over)) == (Lane.BLUE, Pick.NONE, [])
    assert codes(decided([])) == codes(decided([line("RM-VAL-01", 40, TraderStep.VALUE)])) == []


def test_every_code_has_one_sentence_that_names_neither_rule_nor_lane() -> None:
    assert set(STEPS) == set(TraderStep)
    for sentence in STEPS.values():
        assert not any(word in str(sentence) for word in ("RM-", "PR-", "lane", "score", "risk", "random"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{}, {"sample_rate": Decimal(1)}, {"pair_seen": False}], ids=["plain", "drawn", "new"]
)
def test_scoring_itself_tells_the_parties_nothing(changes: dict[str, Any]) -> None:
    with unit_of_work() as work:
        risk_assess(work, snapshot(), actor=system_actor("tests"), facts=facts(**changes))
    assert not PartyEvent.objects.exists()
