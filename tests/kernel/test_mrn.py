"""Check characters of MRN and container numbers (domain.md K5, ISO 6346)."""

import pytest

from singlewindow.kernel.mrn import container_number_is_valid, mrn_compose, mrn_is_valid

VALID = [
    "21DE27364916384836",
    "06DE586600006143E1",
    "10NL5663962BE1E825",
    "26CN310100000001J4",
    "26KE00000000A42KR1",
    "26CN310100000014R0",
]


@pytest.mark.parametrize("mrn", VALID)
def test_K5_published_numbers_have_the_right_check_character(mrn: str) -> None:
    assert mrn_is_valid(mrn)


@pytest.mark.parametrize("mrn", VALID)
def test_K5_any_other_check_character_is_refused(mrn: str) -> None:
    others = [mrn[:17] + digit for digit in "0123456789" if digit != mrn[17]]
    assert not any(mrn_is_valid(other) for other in others)


def test_K5_the_illustration_in_the_law_does_not_satisfy_the_algorithm() -> None:
    assert not mrn_is_valid("06RO9876AB88901235")


@pytest.mark.parametrize("text", ["", "26CN31010000000J4", "26cn310100000001j4", "２6CN310100000001J4"])
def test_K5_other_forms_are_no_mrn(text: str) -> None:
    assert not mrn_is_valid(text)


def test_K5_composed_numbers_are_valid() -> None:
    mrn = mrn_compose(year=2026, country="CN", series="310100000001", procedure="J")
    assert mrn == "26CN310100000001J4"


def test_K5_parts_of_the_wrong_length_are_refused() -> None:
    with pytest.raises(ValueError, match="beginning of an MRN"):
        mrn_compose(year=2026, country="CN", series="31010000001", procedure="J")


@pytest.mark.parametrize(
    ("number", "valid"),
    [("CSQU3054383", True), ("MSKU0000006", True), ("CSQU3054384", False), ("CSQ30543831", False)],
    ids=["the standard's example", "a number of zeros", "the example with the next digit", "no category letter"],
)
def test_ISO_6346_check_digit(number: str, valid: bool) -> None:
    assert container_number_is_valid(number) is valid
