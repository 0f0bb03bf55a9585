"""What is told of a match, and what is held against what."""

import pytest

from singlewindow.accounts.types import Actor
from singlewindow.screening.selectors import matches_of, screen_names, set_version_now, subject_key, thresholds_now
from singlewindow.screening.selectors.listed import listed_forget
from singlewindow.screening.types import FoundBy, NameQuality, QueryKind, ScreenQuery, Source, Thresholds
from tests.factories.screening import (
    SDN_ALTERNATES,
    SDN_ROWS,
    alternate,
    forget,
    primary,
    put_in_force,
    sdn_files,
    un_file,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]


def uids(query: ScreenQuery) -> list[str]:
    return [match.entry.uid for match in screen_names([query])]


def test_SC_MAT_01_a_match_tells_all_that_an_officer_needs() -> None:
    (match,) = screen_names([ScreenQuery("Iwan Petrow", country="RU", birth="1970-03-12", reference="/importer")])
    assert (match.entry.source, match.entry.uid, match.entry.name) == (
        Source.OFAC_SDN,
        "101",
        "PETROV, Ivan Sergeevich",
    )
    assert match.entry.programmes == ("SDGT",)
    assert match.entry.birth == ("12 Mar 1970",)
    assert match.entry.countries == ("RU",)
    assert 85 <= match.score <= 100
    assert match.threshold == 85
    assert match.found_by is FoundBy.WORDS
    assert {pair.asked for pair in match.pairs} == {"iwan", "petrow"}
    assert (match.country_agrees, match.birth_agrees) == (True, True)
    assert match.query.reference == "/importer"
    assert match.set_version == set_version_now() != ""


def test_SC_MAT_01_a_name_of_another_script_tells_how_it_was_read() -> None:
    (match,) = screen_names([ScreenQuery("محمد الخالدي")])
    assert match.entry.uid == "104"
    assert match.reading in ("transliterated", "restored")
    assert match.forms[0].startswith("muhammad")


def test_SC_MAT_02_a_vessel_is_found_by_its_number_and_by_its_name_among_vessels_only() -> None:
    vessel = QueryKind.VESSEL
    assert uids(ScreenQuery("OCEAN PEARL", vessel, identifier="IMO 9339301")) == ["103"]
    assert uids(ScreenQuery("OCEAN PEARL", vessel, identifier="9339301")) == ["103"]
    assert uids(ScreenQuery("OCEAN PEARL", vessel, identifier="9339302")) == []
    assert uids(ScreenQuery("NS Leader", vessel)) == ["103"]
    assert uids(ScreenQuery("NS Leader")) == []
    assert uids(ScreenQuery("Ivan Petrov", vessel)) == []


def test_SC_MAT_03_a_party_is_found_by_its_number_whatever_its_name() -> None:
    (match,) = screen_names([ScreenQuery("Harmless Goods", identifier="77 01234567")])
    assert (match.entry.uid, match.score, match.found_by) == ("102", 100.0, FoundBy.IDENTIFIER)


def test_SC_MAT_04_addresses_have_a_stricter_threshold_and_their_country() -> None:
    address = QueryKind.ADDRESS
    assert uids(ScreenQuery("Harbour Embankment 14, Novorossiysk", address, "RU")) == ["102"]
    assert uids(ScreenQuery("Harbour Embankment 14, Novorossiysk", address)) == ["102"]
    assert uids(ScreenQuery("Harbour Embankment 14, Novorossiysk", address, "TR")) == []
    assert uids(ScreenQuery("Harbour Embankment 15, Novorossiysk", address, "RU")) == []
    assert uids(ScreenQuery("Novorossiysk", address, "RU")) == []


def test_SC_MAT_05_a_person_is_no_organisation() -> None:
    assert uids(ScreenQuery("Ivan Petrov", QueryKind.PERSON)) == ["101"]
    assert uids(ScreenQuery("Ivan Petrov", QueryKind.ORGANISATION)) == []
    assert uids(ScreenQuery("Novatek Shipping", QueryKind.ORGANISATION)) == ["102"]


@pytest.mark.parametrize(("birth", "found"), [("1970", True), ("1971", True), ("1972", False), ("", True)])
def test_SC_MAT_06_another_year_of_birth_costs_points(birth: str, found: bool) -> None:
    assert (uids(ScreenQuery("Ivan Petrov", birth=birth)) == ["101"]) is found


def test_SC_MAT_07_a_weak_name_counts_only_when_it_is_nearly_the_same() -> None:
    (match,) = screen_names([ScreenQuery("NSC")])
    assert match.quality is NameQuality.WEAK
    assert match.threshold == 95
    assert uids(ScreenQuery("NSK Foods")) == []


def test_SC_MAT_08_thresholds_are_those_of_the_country_or_of_whoever_asks() -> None:
    assert thresholds_now() == Thresholds(85.0, 95.0, 90.0, 92.0)
    strict = Thresholds(99.0, 99.0, 99.0, 99.0)
    assert screen_names([ScreenQuery("Iwan Petrow")], thresholds=strict) == []


def test_SC_MAT_09_many_questions_are_answered_in_their_order_and_asked_once() -> None:
    queries = [ScreenQuery("Golden Crescent General Trading"), ScreenQuery("Nobody Here"), ScreenQuery("Ivan Petrov")]
    assert [match.entry.uid for match in screen_names([*queries, *queries])] == ["105", "101", "105", "101"]


def test_SC_MAT_09_what_is_remembered_bears_the_place_of_who_asks_now() -> None:
    screen_names([ScreenQuery("Ivan Petrov", reference="/importer")])
    (match,) = screen_names([ScreenQuery("Ivan Petrov", reference="/exporter")])
    assert match.query.reference == "/exporter"


def test_SC_MAT_10_a_set_that_the_process_holds_is_asked_as_it_was(first: Actor, second: Actor) -> None:
    version = set_version_now()
    assert matches_of([ScreenQuery("Ivan Petrov")], set_version=version)
    put_in_force(sdn_files([*SDN_ROWS, primary(106, "ORLOV, Boris", kind="individual")]), by=first, agreed_by=second)
    assert matches_of([ScreenQuery("Boris Orlov")], set_version=version) == ()
    assert len(matches_of([ScreenQuery("Boris Orlov")])) == 1
    listed_forget()
    assert len(matches_of([ScreenQuery("Boris Orlov")], set_version=version)) == 1


def test_SC_MAT_11_each_list_in_force_is_looked_at(first: Actor, second: Actor) -> None:
    put_in_force([un_file([(7, "Iwan", "PETROV")])], by=first, agreed_by=second)
    assert {match.entry.source for match in screen_names([ScreenQuery("Ivan Petrov")])} == {Source.OFAC_SDN, Source.UN}


def test_SC_MAT_12_an_entry_is_told_once_by_its_best_name(first: Actor, second: Actor) -> None:
    more = [*SDN_ALTERNATES, alternate(101, 9, "PETROV, Ivan"), alternate(101, 10, "PETROV, I. S.")]
    put_in_force(sdn_files(alternates=more), by=first, agreed_by=second)
    (match,) = screen_names([ScreenQuery("Ivan Petrov")])
    assert (match.matched_name, match.score) == ("PETROV, Ivan", 100.0)
    forget()


def test_SC_DEC_01_the_subject_is_its_words_in_any_order_with_number_or_country() -> None:
    key = subject_key(ScreenQuery("Ivan Petrov", country="zz"))
    assert key == subject_key(ScreenQuery("PETROV, Iwan", country="ZZ"))
    assert key != subject_key(ScreenQuery("Ivan Petrov", country="RU"))
    assert key != subject_key(ScreenQuery("Ivan Petrov", QueryKind.VESSEL, "ZZ"))
    assert subject_key(ScreenQuery("x", identifier="AB 123456")) == subject_key(
        ScreenQuery("X", "party", "", "", "AB123456")
    )
