"""Rules, profiles, model, trust, capacity, draws together: exact sums, lanes of their parts, the same bytes again."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from risk.rules import rule_set as rule_sets
from risk.rules.changes import change_apply
from risk.rules.consignment import consignment_of
from risk.rules.policy import Scale, SelectionPolicy, log_odds
from risk.rules.profiles import profile_change
from risk.rules.record import record_from, record_of
from risk.rules.replay import draw_inputs_of, finding_plain, replay_one, rule_lines_of
from risk.rules.rule_set import CompiledRuleSet, compiled, document_of_release
from risk.rules.scoring import decide, draw_of, findings_of, lane_of, result_of
from risk.rules.selection import Room
from risk.schemas import Criterion, Operator, ProfileContent
from risk.types import Alert, AlertKind, Facts, Finding, Lane, PartyRecord, Pick, RuleChange, RuleChangeKind, SampleSeed
from singlewindow.kernel.canonical import canonical_bytes
from tests.factories.risk import TODAY, facts, item, message

ALERT = Alert("1", AlertKind.PARTY, "CN12345", "", "seen before", date(2026, 12, 31))
ID = UUID("0190a000-0000-7000-8000-000000000001")


def profile(**changes: Any) -> ProfileContent:
    values: dict[str, Any] = {
        "name": "Laptops from China",
        "all": (Criterion(field="hs6", operator=Operator.IN, values=("847130",)),),
        "points": "12.34",
        "owner": "desk",
        "basis": "act",
        "expected_hit_rate": "0.2",
        "valid_days": 90,
    }
    return ProfileContent(**values | changes)


def with_profile(content: ProfileContent, *, code: str = "PR-0001", on: date = TODAY) -> CompiledRuleSet:
    return compiled(change_apply(document_of_release(), profile_change(content, code=code, version=1), on=on))


def random_document(chance: Random) -> dict[str, Any]:
    document = document_of_release()
    blue = chance.randint(1, 60)
    yellow = chance.randint(blue, 90)
    changes = [
        RuleChange(RuleChangeKind.BANDS, {"blue": blue, "yellow": yellow, "red": chance.randint(yellow, 100)}),
        RuleChange(RuleChangeKind.SELECTION, random_policy(chance).plain()),
    ]
    for number in range(chance.randint(0, 12)):
        lane = chance.choice([None, None, None, Lane.YELLOW, Lane.RED])
        points = "0" if lane else f"{chance.randint(-3000, 6000) / 100 or 1}"
        values = tuple(chance.sample(["847130", "090111", "930200", "851762", "640399"], chance.randint(1, 3)))
        criteria = [
            Criterion(field="hs6", operator=Operator.IN, values=values),
            Criterion(field="origin", operator=Operator.IN, values=("CN", "KP")),
            Criterion(field="total_value", operator=Operator.MORE, values=(str(chance.randint(0, 9000)),)),
        ]
        content = profile(all=tuple(chance.sample(criteria, chance.randint(1, 3))), lane=lane, points=points)
        changes.append(profile_change(content, code=f"PR-{number:04}", version=1))
    if chance.random() < 0.7:
        scale = Scale(
            Decimal(chance.randint(1, 50)), Decimal(chance.randint(1, 99)) / 100, Decimal(chance.randint(-100, 0)),
            Decimal(chance.randint(0, 100)),
        )  # fmt: skip
        changes.append(RuleChange(RuleChangeKind.MODEL, {"hash": "a" * 64, "scale": scale.plain()}))
    for change in changes:
        document = change_apply(document, change, on=TODAY)
    return document


def random_policy(chance: Random) -> SelectionPolicy:
    return SelectionPolicy(
        capacity={"*": chance.randint(0, 9)},
        explore=Decimal(chance.randint(0, 100)) / 100,
        uncertain=Decimal(chance.randint(0, 100)) / 100,
        width=Decimal(chance.randint(0, 100)),
        over=chance.choice([Lane.BLUE, Lane.YELLOW]),
        value_share=Decimal(chance.randint(0, 20)) / 100,
    )


def random_items(chance: Random) -> list[dict[str, Any]]:
    return [
        item(
            number,
            description=chance.choice(["Laptops", "goods", "Shoes", "Lаptops"]),
            commodity_code=chance.choice(["8471300000", "9302000000", "0901110000", "8517620000"]),
            origin=chance.choice(["CN", "KP", "VN", None]),
            preference=chance.choice(["100", "300"]),
            net_mass_kg=chance.choice(["20", "0.01", "6000"]),
            price={"amount": chance.choice(["1", "2000", "90000"]), "currency": chance.choice(["EUR", "USD"])},
        )
        for number in range(1, chance.randint(2, 4))
    ]


def random_facts(chance: Random) -> Facts:
    return facts(
        trader=PartyRecord(
            first_seen=chance.choice([None, date(2025, 1, 1)]),
            declarations_quarter=chance.randint(0, 9),
            changes_quarter=chance.randint(0, 9),
            findings_year=chance.randint(0, 9),
            inspections_year=chance.randint(0, 9),
        ),
        pair_seen=chance.random() < 0.5,
        trusted_since=chance.choice([None, date(2025, 6, 1)]),
        alerts=chance.choice([(), (), (ALERT,)]),
        sample_rate=chance.choice([Decimal(0), Decimal("0.01"), Decimal(1)]),
        revenue_minor=chance.choice([None, 0, chance.randint(0, 10**7)]),
        seed=SampleSeed("2026-11", chance.randbytes(32)),
    )


def random_room(chance: Random) -> Room:
    return Room(
        threshold_minor=chance.choice([0, chance.randint(0, 10**6)]),
        loss=chance.random() < 0.7,
        explore=chance.random() < 0.7,
        random_rate=Decimal(chance.randint(0, 100)) / 100,
        uncertain_rate=Decimal(chance.randint(0, 100)) / 100,
        counted=chance.choice(list(Pick)),
    )


def test_a_thousand_random_rule_sets_sum_exactly_take_the_lane_of_their_parts_and_give_the_same_bytes() -> None:
    chance = Random(20261123)
    lanes, picks = set(), set()
    for _ in range(1000):
        document, known = random_document(chance), random_facts(chance)
        rules = compiled(document)
        of, declaration_id = message(*random_items(chance)), UUID(int=chance.getrandbits(128), version=4)
        probability = chance.choice([None, chance.random(), 0.0, 1.0])
        room = random_room(chance)
        result = result_of(of, known, declaration_id, rules, room=room, probability=probability)
        assert abs(sum(reason.points for reason in result.reasons) - result.score) <= Decimal("0.000001")
        assert 0 <= result.score <= 100
        assert result.lane is lane_of(result.score, result.reasons, rules.bands)
        assert len({reason.rule for reason in result.reasons}) == len(result.reasons)
        assert 0 <= result.propensity <= 1
        rule_sets._compiled.cache_clear()
        again = result_of(
            of, known, declaration_id, compiled(dict(reversed(document.items()))), room=room, probability=probability
        )
        assert stored(again) == stored(result)
        lanes.add(result.lane)
        picks.add(result.pick)
    assert lanes == set(Lane)
    assert picks == set(Pick)


def stored(result: Any) -> bytes:
    reasons = [finding_plain(reason) for reason in result.reasons]
    return canonical_bytes([result.rule_set_hash, str(result.score), result.lane, result.pick, reasons])


def test_N04_a_replay_from_what_is_stored_gives_exactly_what_was_stored() -> None:
    chance = Random(7)
    for _ in range(300):
        rules, known, room = compiled(random_document(chance)), random_facts(chance), random_room(chance)
        of, declaration_id = message(*random_items(chance)), UUID(int=chance.getrandbits(128), version=4)
        probability = chance.choice([None, chance.random()])
        consignment = consignment_of(of, known)
        record, draw = record_of(consignment, known), draw_of(known, declaration_id, room)
        decided = decide(record, [*findings_of(consignment, known)], rules, probability=probability, draw=draw)
        kept = rule_lines_of([finding_plain(reason) for reason in decided.reasons])
        plain = record.plain()
        assert known.seed is not None
        again = replay_one(
            record_from(plain),
            kept,
            rules,
            probability=probability,
            draw_inputs=draw_inputs_of(draw.plain(), declaration_id, known.seed.secret),
        )
        chosen = decided.chosen
        assert (again.score, again.lane, again.hard) == (decided.score, decided.lane, decided.hard)
        assert (again.pick, again.control, again.propensity) == (chosen.pick, chosen.control, chosen.propensity)
        assert again.expected_loss_minor == decided.expected_loss_minor


def test_a_profile_adds_its_points_and_names_its_code() -> None:
    result = result_of(message(), facts(), ID, with_profile(profile()))
    (reason,) = result.reasons
    assert (reason.rule, reason.points, result.score, reason.item) == ("PR-0001", Decimal("12.34"), Decimal("12.34"), 1)


@pytest.mark.parametrize(("days", "hits"), [(90, True), (91, False)], ids=["its last day", "the day after"])
def test_a_profile_that_has_ended_does_not_hit(days: int, hits: bool) -> None:
    rules = with_profile(profile())
    result = result_of(message(), facts(on=TODAY + timedelta(days=days)), ID, rules)
    assert bool(result.reasons) is hits


def test_a_hard_profile_holds_whatever_the_trust_and_the_capacity() -> None:
    rules = with_profile(profile(lane=Lane.RED, points="0"))
    known = facts(trusted_since=date(2025, 1, 1))
    full = Room(threshold_minor=10**9, loss=False, explore=False)
    result = result_of(message(), known, ID, rules, room=full)
    assert (result.lane, result.pick, result.hard, result.propensity) == (Lane.RED, Pick.HARD, True, 1)


def model_rules(**scale: str) -> CompiledRuleSet:
    plain = Scale().plain() | scale
    change = RuleChange(RuleChangeKind.MODEL, {"hash": "a" * 64, "scale": plain})
    return compiled(change_apply(document_of_release(), change, on=TODAY))


@pytest.mark.parametrize(
    ("probability", "points"),
    [(0.05, "0.00"), (0.0952380952380952, "8.00"), (0.0256410256410256, "-8.00"), (1.0, "60.00"), (0.0, "-20.00")],
    ids=["at the base", "twice the odds", "half the odds", "limited above", "limited below"],
)
def test_RM_MOD_01_points_are_linear_in_the_logarithm_of_odds(probability: float, points: str) -> None:
    assert model_rules().scale.points(probability) == Decimal(points)
    assert log_odds(0.5) == 0


def test_RM_MOD_02_a_model_that_is_silent_is_named_and_costs_nothing() -> None:
    result = result_of(message(), facts(), ID, model_rules(), probability=None)
    assert [(reason.rule, reason.points) for reason in result.reasons] == [("RM-MOD-02", 0)]
    assert (result.lane, result.probability) == (Lane.GREEN, None)


RED = message(item(price={"amount": "100", "currency": "EUR"}), item(2, preference="300", origin="CN"))


def red_facts(**changes: Any) -> Facts:
    return facts(pair_seen=False, revenue_minor=100_000, **changes)


def test_RM_SEL_01_what_is_red_by_score_alone_goes_blue_when_the_capacity_is_used() -> None:
    assert result_of(RED, red_facts(), ID).pick is Pick.LOSS
    result = result_of(RED, red_facts(), ID, room=Room(loss=False))
    assert (result.band_lane, result.lane, result.pick) == (Lane.RED, Lane.BLUE, Pick.NONE)
    assert "RM-SEL-01" in {reason.rule for reason in result.reasons}


@pytest.mark.parametrize(("above", "lane"), [(0, Lane.RED), (1, Lane.BLUE)], ids=["at the threshold", "just under"])
def test_RM_SEL_01_the_greatest_expected_losses_take_the_capacity(above: int, lane: Lane) -> None:
    loss = result_of(RED, red_facts(), ID).expected_loss_minor
    assert loss is not None
    assert result_of(RED, red_facts(), ID, room=Room(threshold_minor=loss + above)).lane is lane


def test_RM_SEL_01_what_was_counted_before_is_not_lost_to_a_full_day() -> None:
    full = Room(loss=False, counted=Pick.LOSS)
    assert result_of(RED, red_facts(), ID, room=full).lane is Lane.RED


def test_RM_SEL_02_and_03_draw_to_learn_from_what_nobody_suspects() -> None:
    assert result_of(message(), facts(), ID, room=Room(random_rate=Decimal(1))).pick is Pick.RANDOM
    assert result_of(message(), facts(), ID, room=Room(uncertain_rate=Decimal(1))).pick is Pick.NONE
    near = message(item(price={"amount": "100", "currency": "EUR"}))
    result = result_of(near, facts(), ID, room=Room(uncertain_rate=Decimal(1)))
    assert (result.score, result.lane, result.pick) == (65, Lane.RED, Pick.UNCERTAIN)
    assert result_of(message(), facts(), ID, room=Room(random_rate=Decimal(1), explore=False)).pick is Pick.NONE


def test_RM_SEL_04_the_propensity_is_the_chance_given_what_was_known() -> None:
    room = Room(random_rate=Decimal("0.1"), uncertain_rate=Decimal("0.5"))
    known = facts(sample_rate=Decimal("0.01"))
    green = result_of(message(), known, ID, room=room)
    assert green.propensity == 1 - Decimal("0.99") * Decimal("0.9")
    assert result_of(message(), known, ID, room=replace(room, explore=False)).propensity == Decimal("0.01")


def test_RM_SEL_04_the_stored_propensities_are_the_frequencies_of_what_is_picked() -> None:
    """Over many declarations the mean propensity is the share that was examined, within four standard deviations."""
    chance = Random(11)
    room = Room(random_rate=Decimal("0.05"))
    seed = SampleSeed("2026-11", b"k" * 32)
    known, rules = facts(sample_rate=Decimal("0.02"), seed=seed), rule_sets.RULE_SET
    consignment = consignment_of(message(), known)
    record = record_of(consignment, known)
    lines: list[Finding] = []
    ids = [UUID(int=chance.getrandbits(128), version=4) for _ in range(20_000)]
    chosen = [decide(record, lines, rules, probability=None, draw=draw_of(known, id_, room)).chosen for id_ in ids]
    expected = float(sum(one.propensity for one in chosen))
    examined = sum(one.lane is Lane.RED for one in chosen)
    assert abs(examined - expected) < 4 * (expected * (1 - 0.069)) ** 0.5
