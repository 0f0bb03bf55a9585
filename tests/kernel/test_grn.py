"""Guarantee reference numbers (domain.md K5)."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel.grn import grn_compose, grn_is_valid, grn_is_voucher

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PUBLISHED = (
    "23GB0000010000058",
    "09GB0000010000084",
    "23XI00000100000D0",
    "20XI0000010000110",
    "24XI00000100002A4",
    "24GB0000010000295",
    "09GB00000100000M0",
    "05DE3300BE0001067A001017",
)
SERIES = st.text(alphabet=LETTERS, min_size=12, max_size=12)


@pytest.mark.parametrize("grn", PUBLISHED)
def test_a_published_number_is_valid(grn):
    assert grn_is_valid(grn)


@pytest.mark.parametrize("grn", PUBLISHED)
def test_any_other_check_character_is_wrong(grn):
    for digit in "0123456789":
        assert grn_is_valid(grn[:16] + digit + grn[17:]) == (digit == grn[16])


def test_the_numbers_of_the_sample_messages_are_valid(shared_inputs: Path):
    """Real messages of transit cite them; a masked one and one cut short are among them."""
    found = set()
    for path in shared_inputs.rglob("*.xml"):
        found |= set(re.findall(r"<GRN>([0-9A-Z]{17})</GRN>", path.read_text(errors="replace")))
    if not found:
        pytest.skip("no sample message cites a guarantee")
    assert all(grn_is_valid(grn) for grn in found)


@given(year=st.integers(2000, 2099), series=SERIES)
def test_what_is_composed_is_valid_and_says_its_year_and_country(year, series):
    grn = grn_compose(year=year, country="ZZ", series=series)
    assert (len(grn), grn[:4], grn_is_valid(grn), grn_is_voucher(grn)) == (17, f"{year % 100:02d}ZZ", True, False)


@given(series=SERIES, place=st.integers(4, 15), other=st.sampled_from(LETTERS))
def test_one_changed_character_is_seen_unless_its_value_is_the_same_modulo_eleven(series, place, other):
    from singlewindow.kernel.mrn import _VALUES

    grn = grn_compose(year=2026, country="ZZ", series=series)
    changed = grn[:place] + other + grn[place + 1 :]
    weigh = (_VALUES[other] - _VALUES[grn[place]]) * 2**place
    before = sum(_VALUES[one] * 2**at for at, one in enumerate(grn[:16])) % 11
    same = before % 10 == (before + weigh) % 11 % 10
    assert grn_is_valid(changed) == same


@given(voucher=st.from_regex(r"[A-Z][0-9]{6}", fullmatch=True))
def test_a_voucher_has_seven_characters_more(voucher):
    grn = grn_compose(year=2026, country="ZZ", series="T00000000001", voucher=voucher)
    assert (len(grn), grn_is_valid(grn), grn_is_voucher(grn)) == (24, True, True)


@pytest.mark.parametrize("parts", [("zz", "T00000000001", ""), ("ZZ", "T0", ""), ("ZZ", "T00000000001", "1000000")])
def test_parts_of_another_form_make_no_number(parts):
    country, series, voucher = parts
    with pytest.raises(ValueError, match="parts of a GRN"):
        grn_compose(year=2026, country=country, series=series, voucher=voucher)


@pytest.mark.parametrize("text", ["", "26ZZ", "26ZZ0000000000012\n", "２６ZZ000000000001", "26zz000000000001X"])
def test_other_text_is_no_number(text):
    assert not grn_is_valid(text)
