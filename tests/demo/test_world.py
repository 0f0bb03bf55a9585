"""The made country: the same seed is the same world, its messages are sound, and its truth is not in them."""

import hashlib
import random
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest

from declarations.schemas import DeclarationMessage
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.truth import ErrorKind, Evidence, FraudKind, Truth, TruthFile
from singlewindow.demo.country.world import Country, Made, days_of
from singlewindow.kernel.mrn import container_number_is_valid

WORLD = Parameters(seed=11, start=date(2026, 8, 3))


def world(days: int = 40, **changes: object) -> list[Made]:
    """Everything filed in some days of a world in which nobody is caught."""
    country = Country(replace(WORLD, **changes))  # type: ignore[arg-type]
    return [one for day in days_of(country, range(days)) for one in day]


def digest(made: list[Made]) -> str:
    plain = [(one.filing.message, one.filing.lodged_at, one.filing.presented_at, one.truth) for one in made]
    return hashlib.sha256(orjson.dumps(plain)).hexdigest()


def test_the_same_seed_is_the_same_world_byte_for_byte_whatever_is_drawn_in_between() -> None:
    first = digest(world(15))
    country, made = Country(WORLD), []
    for day in range(15):
        random.seed(day)
        random.random()
        Country(replace(WORLD, seed=99)).day(0)
        made += country.day(day)
        country.learn({}, day)
    assert digest(made) == first
    assert digest(world(15, seed=12)) != first


def test_who_is_caught_changes_only_what_he_does_himself() -> None:
    free, watched = Country(WORLD), Country(WORLD)
    caught: set[str] = set()
    honest: list[list[object]] = [[], []]
    for day in range(20):
        for number, country in enumerate((free, watched)):
            made = country.day(day)
            kind_of = {one.truth.actor: one.truth.kind for one in made if one.truth.kind}
            caught |= kind_of.keys()
            found = {one.truth.key: True for one in made if one.truth.kind} if number else {}
            country.learn(found, day)
            honest[number] += [(one.filing.key, one.filing.lodged_at, one.filing.message["items"]) for one in made]
    behind = {trader.identifier for country in (free, watched) for trader in country.traders if trader.fraud}
    kept = [
        [row for row in rows if not any(name in str(row[0]) for name in behind | caught)]  # type: ignore[index]
        for rows in honest
    ]
    assert kept[0] == kept[1]
    assert len(kept[0]) > 500


def test_every_kind_of_fraud_and_of_error_is_planted_at_a_few_percent() -> None:
    made = world(90)
    kinds = Counter(one.truth.kind for one in made)
    assert set(kinds) - {None} == set(FraudKind) - {FraudKind.SUBSTITUTION}
    assert 0.02 < 1 - kinds[None] / len(made) < 0.08
    assert {one.truth.honest_error for one in made} - {None} == set(ErrorKind)


def test_a_new_kind_begins_on_its_day_and_not_before() -> None:
    country = Country(replace(WORLD, new_kind_from=12))
    seen = [{one.truth.kind for one in day} for day in days_of(country, range(20))]
    assert not any(FraudKind.SUBSTITUTION in day for day in seen[:12])
    assert sum(FraudKind.SUBSTITUTION in day for day in seen[12:]) >= 4


def test_the_messages_are_sound_and_say_nothing_of_what_is_true() -> None:
    words = [*(kind.value for kind in FraudKind), *(kind.value for kind in ErrorKind), "fraud", "truth", "compliant"]
    keys: set[str] = set()
    for one in world(10):
        message = DeclarationMessage.model_validate(one.filing.message)
        assert message.canonical()["lrn"] == one.truth.key
        assert all(container_number_is_valid(box.id or "") for box in message.equipment)
        text = orjson.dumps(one.filing.message).decode().lower()
        assert not any(f'"{word}"' in text for word in words)
        keys.add(one.truth.key)
    assert len(keys) == len(world(10))


def test_one_who_is_caught_lies_low_and_then_comes_back_otherwise() -> None:
    country = Country(replace(WORLD, fraudsters=0.3))
    cheats = [trader for trader in country.traders if trader.fraud]
    before = {t.identifier: (t.fraud.kind, t.fraud.degree, country.means[t.identifier]) for t in cheats if t.fraud}
    lines = {identifier: (means.line, means.broker) for identifier, (_, _, means) in before.items()}
    for day in range(50):
        made = country.day(day)
        found = {one.truth.key: True for one in made if one.truth.kind}
        filed = {one.truth.actor for one in made if one.truth.kind}
        hidden = {t.fraud.owner for t in country.traders if t.fraud and day < t.fraud.hidden_until}
        still = {t.fraud.owner for t in country.traders if t.fraud and day >= t.fraud.hidden_until}
        assert not (filed & hidden - still) or any(one.truth.kind is FraudKind.SPLIT for one in made)
        country.learn(found, day)
    caught = [t for t in country.traders if t.fraud and t.fraud.caught]
    assert len(caught) > 10
    changed = sum(
        t.identifier not in before
        or (country.means[t.identifier].line, country.means[t.identifier].broker) != lines[t.identifier]
        for t in caught
    )
    assert changed > len(caught) / 2
    assert any(t.fraud and t.fraud.kind is FraudKind.PHOENIX and t.since > 0 for t in country.traders)


def test_a_phoenix_keeps_address_and_broker_of_the_company_before() -> None:
    country = Country(replace(WORLD, fraudsters=0.3))
    for day in range(60):
        made = country.day(day)
        country.learn({one.truth.key: True for one in made if one.truth.kind}, day)
    risen = [t for t in country.traders if t.since > 0 and t.fraud and t.fraud.owner != t.identifier]
    assert risen
    by_identifier = {t.identifier: t for t in country.traders}
    for trader in risen:
        assert trader.fraud is not None
        addresses = {t.address for t in country.traders if t.until is not None}
        assert trader.address in addresses
        assert by_identifier[trader.fraud.owner].identifier != trader.identifier


@pytest.mark.parametrize(
    ("evidence", "examination", "seen"),
    [
        (Evidence.DOCUMENTS, False, ("value", 500)),
        (Evidence.DOCUMENTS, True, ("value", 500)),
        (Evidence.EXAMINATION, False, ("conform", 0)),
        (Evidence.EXAMINATION, True, ("value", 500)),
    ],
)
def test_a_check_of_documents_finds_only_what_documents_show(
    evidence: Evidence, examination: bool, seen: tuple[str, int]
) -> None:
    truth = Truth("k", False, FraudKind.UNDERVALUATION, None, "value", 500, evidence, "t")
    assert truth.seen_by(examination) == seen


def test_the_truth_is_kept_for_its_owner_alone_and_reads_back(tmp_path: Path) -> None:
    truths = [one.truth for one in world(3)]
    file = TruthFile(tmp_path / "truth", "w")
    file.append(truths[:5])
    file.append(truths[5:])
    assert list(file.read()) == truths
    assert file.path.stat().st_mode & 0o777 == 0o600
