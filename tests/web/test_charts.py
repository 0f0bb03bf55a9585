"""The geometry of server-drawn charts."""

from singlewindow.web.charts import COLUMN_HEIGHT, LABEL_EVERY, columns, curve, spark_points, stacked
from singlewindow.web.types import Bar, CurvePoint


def test_shares_fill_the_bar_end_to_end() -> None:
    drawn = stacked([Bar("Green", 3, "green"), Bar("Red", 1, "red")])
    assert [(bar.x, bar.width) for bar in drawn] == [("0.000%", "75.000%"), ("75.000%", "25.000%")]


def test_a_bar_of_nothing_draws_nothing_and_divides_by_nothing() -> None:
    assert [bar.width for bar in stacked([Bar("Green", 0), Bar("Red", 0)])] == ["0.000%", "0.000%"]


def test_a_share_too_small_for_its_figure_carries_none() -> None:
    shown = {bar.label: bar.show_text for bar in stacked([Bar("wide", 91), Bar("narrow", 8.9), Bar("fits", 9)])}
    assert shown == {"wide": True, "narrow": False, "fits": False}


def test_the_tallest_column_fills_the_height_and_a_small_one_stays_visible() -> None:
    tall, small, none = columns([Bar("a", 1000), Bar("b", 1), Bar("c", 0)])
    assert (float(tall.height), float(small.height), float(none.height)) == (COLUMN_HEIGHT, 2.0, 0.0)


def test_labels_are_thinned_out_above_twelve_columns() -> None:
    at_limit = columns([Bar(str(n), n) for n in range(LABEL_EVERY)])
    above = columns([Bar(str(n), n) for n in range(LABEL_EVERY + 1)])
    assert all(bar.show_label for bar in at_limit)
    assert sum(bar.show_label for bar in above) == 7


def test_no_columns_are_a_chart_too() -> None:
    assert columns([]) == []


def test_a_flat_line_is_drawn_without_a_division_by_zero() -> None:
    assert spark_points([5, 5]) == "0.0,22.0 96.0,22.0"


def test_a_curve_has_one_at_the_top_and_zero_at_the_bottom_and_its_steps_side_by_side() -> None:
    points, _lines = curve([CurvePoint("1 %", 1.0, 0.5, 1.0, "all"), CurvePoint("5 %", 0.0, 0.0, 0.25, "none")])
    assert [point.x for point in points] == ["25.000%", "75.000%"]
    assert [float(point.y) for point in points] == [18.0, 18.0 + COLUMN_HEIGHT]
    assert (float(points[0].low), float(points[1].high)) == (18.0 + COLUMN_HEIGHT / 2, 18.0 + COLUMN_HEIGHT * 3 / 4)


def test_lines_of_a_curve_lead_from_each_point_to_the_next() -> None:
    points, lines = curve([CurvePoint(str(step), step / 4, step / 4, step / 4, "") for step in range(4)])
    assert [(line.x1, line.y1) for line in lines] == [(point.x, point.y) for point in points[:-1]]
    assert [(line.x2, line.y2) for line in lines] == [(point.x, point.y) for point in points[1:]]


def test_what_lies_outside_of_shares_is_drawn_at_the_edge() -> None:
    ((point,), lines) = curve([CurvePoint("x", 1.2, -0.1, 1.4, "")])
    assert (float(point.y), float(point.low), float(point.high)) == (18.0, 18.0 + COLUMN_HEIGHT, 18.0)
    assert float(point.text_y) >= 10
    assert lines == []


def test_no_points_are_a_curve_too() -> None:
    assert curve([]) == ([], [])
