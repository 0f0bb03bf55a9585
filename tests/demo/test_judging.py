"""Figures of an engine on a made country: curves, lift and adaptation, on judgements whose figures are plain."""

from dataclasses import replace

import pytest

from singlewindow.demo.country.judging import Judged, adaptation, by_chance, curve, curve_of_loss, mean, point_of
from singlewindow.demo.country.truth import FraudKind

ONE = Judged("k", 0, "GREEN", "none", False, 0.0, 0, False, False, None, True, 0)


def judged(count: int = 1000, *, fraud: int = 50, days: int = 10) -> list[Judged]:
    """Declarations of which every twentieth or so is false and scores higher, the earlier the more."""
    return [
        replace(
            ONE,
            key=f"k{number}",
            day=number % days,
            score=100 - number / 20 if number < fraud else number / count * 40,
            loss_minor=number,
            kind=FraudKind.SMUGGLING if number < fraud else None,
            compliant=number >= fraud,
            kept_back_minor=100 if number < fraud else 0,
        )
        for number in range(count)
    ]


def test_the_highest_scores_of_each_day_are_taken_share_by_share() -> None:
    points = curve(judged(), (0.01, 0.05, 0.1))
    assert [point.inspected for point in points] == [0.01, 0.05, 0.1]
    assert [point.fraud_found for point in points] == [0.2, 1.0, 1.0]
    assert points[1].lift == pytest.approx(20)
    assert points[1].released == 0.95
    assert points[0].revenue_found == 0.2
    assert curve_of_loss(judged(), (0.1,))[0].fraud_found == 0


def test_the_fraction_of_a_pick_is_not_lost_on_small_days() -> None:
    assert curve(judged(100, days=50), (0.1,))[0].inspected == pytest.approx(0.1)


def test_picks_by_chance_find_their_share() -> None:
    assert by_chance(judged(20_000, fraud=1000), 0.1).fraud_found == pytest.approx(0.1, abs=0.03)


def test_what_was_inspected_indeed_is_a_point_and_points_have_a_mean() -> None:
    done = [replace(one, inspected=number % 4 == 0) for number, one in enumerate(judged())]
    point = point_of(done)
    assert (point.inspected, point.fraud_found) == (0.25, 13 / 50)
    assert mean([point, replace(point, inspected=0.75)]).inspected == 0.5


@pytest.mark.parametrize(("share", "adapted"), [(0.2, True), (0.19, False)])
def test_an_engine_has_adapted_at_twice_the_rate_of_inspection_and_not_under_it(share: float, adapted: bool) -> None:
    days = [replace(ONE, day=30, inspected=number < 100 * share, kind=FraudKind.SUBSTITUTION) for number in range(100)]
    rest = 1000 - 100
    days += [replace(ONE, day=30, inspected=number < 100 - 100 * share) for number in range(rest)]
    found = adaptation(days, FraudKind.SUBSTITUTION, begins=10)
    assert found.rate == pytest.approx(0.1)
    assert found.adapted is adapted
    assert not adaptation(days, FraudKind.SUBSTITUTION, begins=11).of_kind
    assert not adaptation([], FraudKind.SUBSTITUTION, begins=10).adapted
