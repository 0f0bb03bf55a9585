"""Every component draws what it says, escapes what others wrote, and carries its meaning without colour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from singlewindow.kernel import clock
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.paging import Page
from singlewindow.web.icons import icon_svg
from singlewindow.web.statuses import STATUSES, status_for
from singlewindow.web.types import Curve, CurvePoint, PageError, SummaryRow, TimelineEntry

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def drawn(source: str, **values: Any) -> str:
    """The HTML of a template text that uses the library."""
    return Template("{% load csw %}" + source).render(Context(values))


class GoodsForm(forms.Form):
    """One plain field, one that is a group."""

    origin = forms.CharField(help_text="Where it was grown.")
    lane = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


@pytest.mark.parametrize(("kind", "state"), [(kind, state) for kind, table in STATUSES.items() for state in table])
def test_every_state_is_told_by_word_and_icon_not_by_colour_alone(kind: str, state: str) -> None:
    html = drawn("{% status kind state %}", kind=kind, state=state)
    assert "<svg" in html
    assert str(status_for(kind, state).label) in html


def test_a_state_that_the_table_does_not_know_is_shown_by_its_name() -> None:
    assert "Sent onward" in drawn('{% status "legal" "SENT_ONWARD" %}')


def test_a_misspelt_argument_fails_instead_of_showing_nothing() -> None:
    with pytest.raises(Exception, match="labl"):
        drawn('{% button labl="x" %}')


def test_an_icon_that_does_not_exist_is_an_error_of_the_page() -> None:
    with pytest.raises(LookupError):
        icon_svg("no-such-icon")


def test_text_of_others_is_escaped_and_isolated() -> None:
    assert drawn("{{ name|foreign }}", name="<b>شركة") == "<bdi>&lt;b&gt;شركة</bdi>"


@pytest.mark.parametrize(
    ("hours", "words", "tone"),
    [(6.1, "left", "neutral"), (6, "left", "warn"), (0.1, "left", "warn"), (0, "late", "bad"), (-1, "late", "bad")],
)
def test_a_deadline_warns_from_six_hours_and_is_late_at_zero(hours: float, words: str, tone: str) -> None:
    with clock.frozen(NOW):
        html = drawn("{% deadline at %}", at=NOW + timedelta(hours=hours))
    assert words in html
    assert f"deadline--{tone}" in html


def test_an_instant_carries_its_exact_time() -> None:
    with clock.frozen(NOW):
        html = drawn("{% when at %}", at=NOW - timedelta(hours=3))
    assert 'datetime="2026-11-22T09:00:00+00:00"' in html
    assert "22 Nov 2026, 09:00" in html
    assert "3 hours ago" in html


def test_errors_are_summed_up_once_each_and_linked_to_their_field() -> None:
    html = drawn("{% error_summary form %}", form=GoodsForm({}))
    assert '<a href="#id_origin">Origin: This field is required.</a>' in html
    assert '<a href="#id_lane">' in html
    assert "There are 2 things to mend" in html


def test_violations_of_rules_are_summed_up_with_their_id_and_the_way_out() -> None:
    broken = [Violation("DL-001", "/items", "No goods.", "Add an item."), PageError("Too heavy", "#id_mass")]
    html = drawn("{% error_summary broken %}", broken=broken)
    assert all(text in html for text in ("No goods.", "Add an item.", "DL-001", '<a href="#id_mass">Too heavy</a>'))


def test_no_error_draws_no_summary() -> None:
    assert drawn("{% error_summary form %}", form=GoodsForm()).strip() == ""


def test_a_field_is_tied_to_its_label_hint_and_error() -> None:
    html = str(GoodsForm({}))
    assert '<label class="field__label" for="id_origin">' in html
    assert 'aria-describedby="id_origin_helptext id_origin_error"' in html
    assert 'id="id_origin_helptext"' in html
    assert 'id="id_origin_error"' in html
    assert '<fieldset class="field field--group field--error"' in html


def test_change_links_say_what_they_change() -> None:
    html = drawn("{% summary_list rows %}", rows=[SummaryRow("Origin", "", "/change")])
    assert 'Change<span class="visually-hidden"> Origin</span>' in html
    assert "Not given" in html


def test_a_step_to_come_is_marked_as_such() -> None:
    assert "comes next" in drawn("{% timeline entries %}", entries=[TimelineEntry("Release", upcoming=True)])


def test_the_next_page_keeps_the_filters() -> None:
    request = RequestFactory().get("/desk", {"lane": "RED", "cursor": "old"})
    html = drawn("{% pager page %}", request=request, page=Page([1, 2], "new"))
    assert 'href="?lane=RED&amp;cursor=new"' in html
    assert 'href="?lane=RED"' in html
    assert "2 rows on this page" in html


def test_the_last_page_offers_no_next_one() -> None:
    assert 'rel="next"' not in drawn("{% pager page %}", request=RequestFactory().get("/desk"), page=Page([1]))


@pytest.mark.parametrize(
    "block",
    [
        '{% callout tone="warn" title=given %}<p>in</p>{% endcallout %}',
        "{% panel title=given %}<p>in</p>{% endpanel %}",
        "{% datatable caption=given %}<p>in</p>{% enddatatable %}",
        "{% filter_bar label=given %}<p>in</p>{% endfilter_bar %}",
    ],
)
def test_boxes_keep_their_content_and_escape_their_titles(block: str) -> None:
    html = drawn(block, given="<i>")
    assert "<p>in</p>" in html
    assert "&lt;i&gt;" in html
    assert "<i>" not in html


def test_a_curve_is_drawn_with_its_intervals_and_said_in_a_table() -> None:
    points = [CurvePoint("1 %", 0.9, 0.7, 1.0, "90 % of 10"), CurvePoint("5 %", 0.5, 0.4, 0.6, "<b>50 %</b> of 45")]
    html = drawn("{% chart_curve curve %}", curve=Curve("How often it is right", points, "share", "Of the checked."))
    assert html.count('class="curve"') == 1
    assert html.count('class="curve__range"') == html.count('class="curve__point"') == 2
    assert '<th scope="row">1 %</th><td class="num">90 % of 10</td>' in html
    assert "<b>50" not in html
    assert 'aria-label="How often it is right"' in html
    assert "Of the checked." in html


def test_a_curve_without_points_draws_no_line() -> None:
    assert 'class="curve' not in drawn("{% chart_curve curve %}", curve=Curve("Nothing yet", []))
