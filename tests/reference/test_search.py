"""Finding a commodity code as people type."""

from datetime import date

import pytest

from singlewindow.reference.files import shipped_dataset
from singlewindow.reference.search import build_index, search, words_of

TODAY = date(2026, 11, 22)
INDEX = build_index(shipped_dataset().commodities, TODAY)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("coffee", "0901"),
        ("coffe", "0901"),
        ("green coffee beans", "0901"),
        ("frozen chiken wings", "0207"),
        ("laptop", "8471"),
        ("Laptops", "8471"),
        ("smart phone", "8517"),
        ("cotton tshirt", "6109"),
        ("t-shirt", "6109"),
        ("solar pannel", "8541"),
        ("tyres", "4011"),
        ("paracetamol", "3004"),
        ("motorcicle", "8711"),
        ("whiskey", "2208"),
        ("rice", "1006"),
        ("wooden furnitur", "9403"),
        ("malaria medicine", "3004"),
        ("used clothes", "6309"),
        ("fridge", "8418"),
        ("bicicle", "8712"),
        ("cafés coffee", "0901"),
    ],
)
def test_everyday_words_find_the_heading_among_the_first_five(typed, expected):
    assert expected in {hit.commodity.code[:4] for hit in search(INDEX, typed, 5)}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("0901", "0901"),
        ("090111", "090111"),
        ("8517 13 00", "8517130010"),
        ("0901.11.00.10", "0901110010"),
        ("8471300099", "847130"),
        ("84", "84"),
    ],
    ids=["heading", "subheading", "spaces", "dots", "unknown national line", "chapter"],
)
def test_digits_find_by_the_beginning_of_the_code(typed, first):
    assert search(INDEX, typed, 5)[0].commodity.code == first


@pytest.mark.parametrize("typed", ["", "   ", "the of and", "zzzzqqqq", "9", "%", "' OR 1=1 --", "٠٩٠١", "\x00"])
def test_a_text_that_says_nothing_finds_nothing_and_breaks_nothing(typed):
    assert search(INDEX, typed, 5) == []


def test_a_very_long_text_is_cut_and_the_number_of_results_is_bounded():
    assert len(search(INDEX, "coffee " * 10_000, 10_000)) <= 50
    assert len(search(INDEX, "coffee", 0)) == 1


def test_a_hit_tells_where_it_stands():
    hit = search(INDEX, "0901110010", 1)[0]
    assert hit.path[1].startswith("Coffee")
    assert len(hit.path) == 3
    assert hit.commodity.declarable
    assert hit.commodity.unit == "KGM"
    assert hit.commodity.parent == "090111"


def test_a_closed_line_is_found_until_its_last_day():
    lines = shipped_dataset().commodities
    on_last_day = build_index(lines, date(2021, 12, 31))
    assert search(on_last_day, "8517120010", 1)[0].commodity.code == "8517120010"
    assert "8517120010" not in {hit.commodity.code for hit in search(INDEX, "8517120010", 5)}


def test_words_are_folded_to_one_form():
    assert words_of("T-shirts, batteries and boxes of the café") == ["tshirt", "battery", "box", "cafe"]
