"""How large a penalty is (PN-AMT-01 to PN-AMT-04): a table by hand, and what holds for all."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.penalties.code import penalty_code
from singlewindow.penalties.rules import penalty_range, penalty_work_out

CODE = penalty_code(date(2026, 7, 1))
ALL = tuple(CODE.mitigations.values())


def worked(offence, degree, base, *mitigations, currency="EUR"):
    return penalty_work_out(
        CODE.offences[offence],
        CODE.degrees[degree],
        [CODE.mitigations[one] for one in mitigations],
        base_minor=base,
        currency=currency,
        at_most=CODE.terms.taken_off_at_most,
    )


@pytest.mark.parametrize(
    ("offence", "degree", "base", "mitigations", "least", "most", "gross", "amount"),
    [
        # 1,000.00 evaded by a wrong origin: 20 % to 150 %; careless is a quarter of the way: 200 + 325 = 525
        ("ORG", "careless", 100_000, (), 20_000, 150_000, 52_500, 52_500),
        ("ORG", "careless", 100_000, ("DISC",), 20_000, 150_000, 52_500, 10_500),
        # 80 % and 20 % would be all of it; together they take off 90 %
        ("ORG", "careless", 100_000, ("DISC", "FIRST"), 20_000, 150_000, 52_500, 5_250),
        ("ORG", "slight", 100_000, (), 20_000, 150_000, 20_000, 20_000),
        ("ORG", "wilful", 100_000, (), 20_000, 150_000, 150_000, 150_000),
        # little was evaded: the floor of the law counts
        ("ORG", "slight", 1_000, (), 10_000, 10_000, 10_000, 10_000),
        # a great deal was evaded: so does its cap
        ("ORG", "wilful", 10_000_000_000, (), 25_000_000, 25_000_000, 25_000_000, 25_000_000),
        # amounts named by law, whatever the base
        ("LATE", "careless", 0, (), 5_000, 100_000, 28_750, 28_750),
        # half a cent goes up, once for each line: 525.25 / 2
        ("LATE", "grave", 0, ("HELP", "MEND"), 5_000, 100_000, 62_000, 43_400),
    ],
)
def test_a_penalty_is_worked_out_as_by_hand__PN_AMT_01_to_04(
    offence, degree, base, mitigations, least, most, gross, amount
):
    found = worked(offence, degree, base, *mitigations)
    assert (found.least_minor, found.most_minor, found.gross_minor, found.amount_minor) == (least, most, gross, amount)


@given(
    offence=st.sampled_from(sorted(CODE.offences)),
    degree=st.sampled_from(sorted(CODE.degrees)),
    base=st.integers(0, 10**13),
    mitigations=st.lists(st.sampled_from(sorted(CODE.mitigations)), unique=True),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_every_penalty_is_in_its_range_and_never_nothing(offence, degree, base, mitigations, currency):
    found = worked(offence, degree, base, *mitigations, currency=currency)
    assert found.least_minor <= found.gross_minor <= found.most_minor
    assert found.amount_minor + sum(one.amount_minor for one in found.mitigated) == found.gross_minor
    assert 0 < found.amount_minor <= found.gross_minor


@given(base=st.integers(0, 10**12), more=st.integers(0, 10**12))
def test_who_evaded_more_never_pays_less(base, more):
    for offence in CODE.offences.values():
        low, high = (penalty_range(offence, base_minor=minor, currency="EUR") for minor in (base, base + more))
        assert low[0] <= high[0]
        assert low[1] <= high[1]


def test_a_law_that_was_not_in_force_holds_nobody__PN_LAW_01():
    with pytest.raises(StopIteration):
        penalty_code(date(2020, 1, 1))


def test_a_disclosure_takes_more_off_than_anything_else():
    assert max(ALL, key=lambda one: one.share).code == "DISC"
    assert CODE.mitigations["LATED"].share < Decimal("0.5") < CODE.mitigations["DISC"].share
