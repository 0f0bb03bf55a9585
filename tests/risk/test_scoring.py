"""From findings to score, lane and sample: the reasons sum to the score, a hard profile is never lowered."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import sqrt
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.rules.rule_set import RULE_SET, document_hash
from risk.rules.scoring import ADJUSTMENTS, adjustments, result_of, without
from risk.rules.selection import drawn as sample_draw
from risk.types import Alert, AlertKind, Facts, Lane, PartyRecord, Pick, SampleSeed, TraderStep, lane_max
from tests.factories.risk import KNOWN, facts, item, message

ID = UUID("0190a000-0000-7000-8000-000000000001")
TRUSTED = date(2025, 6, 1)
ALERT = Alert("1", AlertKind.PARTY, "CN12345", "", "seen before", date(2026, 12, 31))
LANES = st.sampled_from(list(Lane))


@pytest.mark.parametrize(
    ("score", "lane"),
    [
        (0, Lane.GREEN),
        (29, Lane.GREEN),
        (30, Lane.BLUE),
        (49, Lane.BLUE),
        (50, Lane.YELLOW),
        (69, Lane.YELLOW),
        (70, Lane.RED),
        (100, Lane.RED),
    ],
)
def test_the_bands_begin_at_30_50_and_70(score: int, lane: Lane) -> None:
    assert RULE_SET.bands.lane(score) is lane


def test_lanes_are_ordered_by_how_much_is_controlled() -> None:
    assert all(low.rank < high.rank for low, high in pairwise(Lane))
    assert [lane.needs_officer for lane in Lane] == [False, False, True, True]


def test_an_ordinary_import_is_green_with_no_reasons() -> None:
    result = result_of(message(), facts(), ID)
    assert (result.score, result.lane, result.reasons, result.hard) == (0, Lane.GREEN, (), False)
    assert result.trader_steps == ()


def test_a_first_declaration_alone_is_not_held() -> None:
    new = facts(trader=PartyRecord(), pair_seen=False, chapters_seen=frozenset(), registered_on=date(2026, 11, 1))
    result = result_of(message(), new, ID)
    assert {reason.rule for reason in result.reasons} == {"RM-PAR-01", "RM-PAR-02", "RM-PAR-07"}
    assert not result.lane.needs_officer


def test_a_grossly_undervalued_item_goes_to_an_officer() -> None:
    result = result_of(message(item(price={"amount": "100", "currency": "EUR"})), facts(), ID)
    assert (result.score, result.lane) == (65, Lane.YELLOW)
    assert result.trader_steps == (TraderStep.VALUE, TraderStep.DOCUMENTS)


odd_items = st.builds(
    item,
    number=st.integers(1, 3),
    description=st.sampled_from(["Laptops", "goods", "Shoes", "L\u0430ptops"]),
    commodity_code=st.sampled_from(["8471300000", "9302000000", "0901110000", "8517620000"]),
    origin=st.sampled_from(["CN", "KP", "VN", None]),
    preference=st.sampled_from(["100", "300"]),
    procedure=st.sampled_from(["4000", "5100"]),
    net_mass_kg=st.sampled_from(["20", "0.01", "6000"]),
    price=st.sampled_from([{"amount": a, "currency": c} for a in ("1", "2000", "90000") for c in ("EUR", "USD")]),
)
odd_facts = st.builds(
    facts,
    trader=st.builds(
        PartyRecord,
        first_seen=st.sampled_from([None, date(2025, 1, 1)]),
        declarations_quarter=st.integers(0, 9),
        changes_quarter=st.integers(0, 9),
        inspections_year=st.integers(0, 9),
        findings_year=st.integers(0, 9),
    ),
    pair_seen=st.booleans(),
    trusted_since=st.sampled_from([None, TRUSTED]),
    small_consignments=st.sampled_from([{}, {"847130": 5}]),
    alerts=st.sampled_from([(), (ALERT,)]),
    sample_rate=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(1)]),
)


@settings(deadline=None)
@given(items=st.lists(odd_items, min_size=1, max_size=4), known=odd_facts, id_=st.uuids())
def test_N03_the_reasons_sum_to_the_score_exactly(items: list[dict[str, Any]], known: Facts, id_: UUID) -> None:
    result = result_of(message(*items), known, id_)
    assert sum(reason.points for reason in result.reasons) == result.score
    assert 0 <= result.score <= 100
    assert len({reason.rule for reason in result.reasons}) == len(result.reasons)
    assert result.lane.rank >= result.band_lane.rank
    if result.lane is not Lane.GREEN:
        assert result.reasons
    assert result == result_of(message(*items), known, id_)


@settings(deadline=None)
@given(items=st.lists(odd_items, min_size=1, max_size=4), known=odd_facts, id_=st.uuids())
def test_the_lane_is_the_strictest_of_band_hard_profiles_and_sample(
    items: list[dict[str, Any]], known: Facts, id_: UUID
) -> None:
    result = result_of(message(*items), known, id_)
    demanded = [reason.lane for reason in result.reasons if reason.lane is not None]
    assert result.lane is lane_max(RULE_SET.bands.lane(result.score), *demanded)
    assert result.hard is any(r.lane is not None and r.rule not in ADJUSTMENTS for r in result.reasons)


@settings(deadline=None)
@given(items=st.lists(odd_items, min_size=1, max_size=4), known=odd_facts)
def test_trust_never_lowers_a_hard_profile_or_raises_a_lane(items: list[dict[str, Any]], known: Facts) -> None:
    plain = result_of(message(*items), replace(known, trusted_since=None, sample_rate=Decimal(0)), ID)
    trusted = result_of(message(*items), replace(known, trusted_since=TRUSTED, sample_rate=Decimal(0)), ID)
    hard = [reason.lane for reason in plain.reasons if reason.lane is not None]
    assert trusted.lane.rank <= plain.lane.rank
    assert all(trusted.lane.rank >= lane.rank for lane in hard)


def test_RM_TRU_01_takes_a_stated_contribution_off_the_score() -> None:
    low = message(item(price={"amount": "999", "currency": "EUR"}))
    assert result_of(low, facts(), ID).lane is Lane.BLUE
    result = result_of(low, facts(trusted_since=TRUSTED), ID)
    assert (result.score, result.lane) == (20, Lane.GREEN)
    assert ("RM-TRU-01", -20) in [(reason.rule, reason.points) for reason in result.reasons]


def test_RM_TRU_01_counts_from_its_day_on() -> None:
    low = message(item(price={"amount": "999", "currency": "EUR"}))
    assert result_of(low, facts(trusted_since=date(2026, 11, 3)), ID).score == 40
    assert result_of(low, facts(trusted_since=date(2026, 11, 2)), ID).score == 20


@pytest.mark.parametrize(
    ("total", "trusted", "lines"),
    [
        (100, False, []),
        (101, False, [("RM-CAP-01", -1)]),
        (20, True, [("RM-TRU-01", -20)]),
        (19, True, [("RM-TRU-01", -20), ("RM-CAP-02", 1)]),
        (0, True, []),
        (150, True, [("RM-TRU-01", -20), ("RM-CAP-01", -30)]),
    ],
)
def test_RM_CAP_01_and_02_state_what_the_ends_of_the_scale_take_or_add(
    total: int, trusted: bool, lines: list[tuple[str, int]]
) -> None:
    found = adjustments(Decimal(total), trusted=trusted)
    assert [(line.rule, line.points) for line in found] == lines


def test_the_counterfactual_leaves_one_reason_out() -> None:
    result = result_of(message(item(price={"amount": "100", "currency": "EUR"})), facts(alerts=(ALERT,)), ID)
    bands = RULE_SET.bands
    shown = {reason.rule: without(result.reasons, (reason,), bands, trusted=False) for reason in result.reasons}
    assert shown == {
        "RM-ALE-01": (65, Lane.YELLOW),
        "RM-VAL-01": (25, Lane.RED),
        "RM-VAL-02": (40, Lane.RED),
    }


@settings(deadline=None)
@given(items=st.lists(odd_items, min_size=1, max_size=4), known=odd_facts, id_=st.uuids())
def test_the_counterfactual_of_a_rule_is_never_stricter(items: list[dict[str, Any]], known: Facts, id_: UUID) -> None:
    result = result_of(message(*items), known, id_)
    for reason in result.reasons:
        if reason.rule not in ADJUSTMENTS:
            score, lane = without(result.reasons, (reason,), RULE_SET.bands, trusted=known.trusted)
            assert score <= result.score
            assert lane.rank <= result.lane.rank


def sampled(rate: str, count: int, secret: bytes = b"s" * 32) -> int:
    known = facts(sample_rate=Decimal(rate), seed=SampleSeed("2026-11", secret))
    ids = (UUID(int=(7 << 76) + number) for number in range(count))
    return sum(sample_draw(known.seed.secret, id_) < known.sample_rate for id_ in ids if known.seed)


def test_RM_RND_01_draws_the_named_share_within_binomial_bounds() -> None:
    count, rate = 20_000, 0.01
    bound = 4 * sqrt(count * rate * (1 - rate))
    assert abs(sampled("0.01", count) - count * rate) < bound
    assert abs(sampled("0.01", count, b"t" * 32) - count * rate) < bound


def test_RM_RND_01_is_drawn_by_id_and_secret_alone() -> None:
    assert sample_draw(b"s" * 32, ID) == sample_draw(b"s" * 32, ID)
    assert sample_draw(b"s" * 32, ID) != sample_draw(b"t" * 32, ID)
    assert Decimal(0) <= sample_draw(b"s" * 32, ID) < 1


@pytest.mark.parametrize(("rate", "lane"), [("0", Lane.GREEN), ("1", Lane.RED)])
def test_RM_RND_01_turns_would_be_green_into_red(rate: str, lane: Lane) -> None:
    result = result_of(message(), facts(sample_rate=Decimal(rate)), ID)
    assert (result.lane, result.random_selected, result.score) == (lane, lane is Lane.RED, 0)
    assert result.propensity == Decimal(rate)
    assert not result.hard


def test_RM_RND_01_is_not_lowered_by_trust() -> None:
    result = result_of(message(), facts(sample_rate=Decimal(1), trusted_since=TRUSTED), ID)
    assert result.lane is Lane.RED


def test_RM_RND_01_draws_from_every_lane_so_that_the_estimate_is_of_all_trade() -> None:
    blue = message(item(price={"amount": "999", "currency": "EUR"}))
    result = result_of(blue, facts(sample_rate=Decimal(1)), ID)
    assert (result.lane, result.random_selected, result.control, result.pick) == (Lane.RED, True, True, Pick.CONTROL)
    red = result_of(message(), facts(sample_rate=Decimal(1), alerts=(ALERT,)), ID)
    assert (red.lane, red.random_selected, red.control, red.pick) == (Lane.RED, False, True, Pick.HARD)


def test_steps_for_traders_name_no_rule_and_come_only_when_an_officer_is_to_look() -> None:
    result = result_of(message(), facts(alerts=(ALERT,)), ID)
    assert result.trader_steps == (TraderStep.DOCUMENTS, TraderStep.GOODS)
    assert all(step.value.startswith("TS-") for step in TraderStep)


def test_N02_a_changed_point_threshold_or_band_changes_the_hash() -> None:
    document = dict(RULE_SET.document)
    first, *rest = document["rules"]
    others = [
        document | {"rules": [{**first, "points": 1}, *rest]},
        document | {"rules": [{**first, "parameters": {"x": "1"}}, *rest]},
        document | {"bands": {"blue": 31, "yellow": 50, "red": 70}},
        document | {"version": "other"},
    ]
    assert len({RULE_SET.hash, *(document_hash(other) for other in others)}) == 5
    assert document_hash(dict(reversed(document.items()))) == RULE_SET.hash


def test_one_rule_counts_once_however_many_items_it_meets() -> None:
    cheap = [item(number, price={"amount": "900", "currency": "EUR"}) for number in range(1, 51)]
    (reason,) = [r for r in result_of(message(*cheap), facts(), ID).reasons if r.rule == "RM-VAL-01"]
    assert (reason.points, reason.item, len(reason.also_items)) == (40, 1, 20)


def test_repeated_findings_and_undervaluation_together_are_red() -> None:
    record = replace(KNOWN, findings_year=3, inspections_year=3)
    cheap = message(item(price={"amount": "999", "currency": "EUR"}))
    assert result_of(cheap, facts(trader=record), ID).lane is Lane.RED
