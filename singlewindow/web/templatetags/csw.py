"""The component library: `{% load csw %}` gives a page every part it is made of.

One mechanism only: tags with named, typed arguments, so that a misspelt argument fails in the first test of its
page instead of showing nothing. Each tag draws one template under `web/components/`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from singlewindow.accounts.types import VISITOR
from singlewindow.kernel import clock
from singlewindow.web import charts, formats
from singlewindow.web.forms import page_errors
from singlewindow.web.icons import icon_svg
from singlewindow.web.navigation import declaration_address
from singlewindow.web.statuses import KIND_LABELS, status_for
from singlewindow.web.types import (
    Chart,
    Crumb,
    Curve,
    PageError,
    Step,
    SummaryRow,
    Tab,
    Task,
    TimelineEntry,
    Tone,
)

register = template.Library()

CALLOUT_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.INFO: "info",
    Tone.OK: "circle-check",
    Tone.WARN: "triangle-alert",
    Tone.BAD: "octagon-alert",
}


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon; a label makes it speak."""
    return icon_svg(name, str(label), css)


@register.inclusion_tag("web/components/status.html")
def status(kind: str, state: str, show_kind: bool = False) -> dict[str, Any]:
    """Draw a state as a tag with word, icon and tone: `{% status "legal" declaration.legal_state %}`."""
    shown = status_for(kind, state)
    return {"status": shown, "kind": KIND_LABELS[kind], "show_kind": show_kind, "lane": kind == "lane"}


@register.inclusion_tag("web/components/tag.html")
def tag(label: Any, tone: str = Tone.NEUTRAL, icon: str = "") -> dict[str, Any]:
    """Draw a word as a tag, for what is not a state of a life cycle."""
    return {"label": label, "tone": Tone(tone), "icon": icon}


@register.inclusion_tag("web/components/button.html")
def button(
    label: Any,
    href: str = "",
    kind: str = "primary",
    icon: str = "",
    name: str = "",
    value: str = "",
    key: str = "",
    small: bool = False,
    describe: str = "",
) -> dict[str, Any]:
    """Draw a button that sends the form around it, or with `href` a link that looks like one.

    Args:
        kind: primary, secondary, quiet or danger; one primary button a page.
        key: a keyboard short cut, listed in the help that `?` opens.
        describe: what the button acts on, for screen readers ("Claim" of which declaration).
    """
    return {
        "label": label,
        "href": href,
        "kind": kind,
        "icon": icon,
        "name": name,
        "value": value,
        "key": key,
        "small": small,
        "describe": describe,
    }


@register.inclusion_tag("web/components/time.html")
def when(at: datetime | None, relative: bool = True, both: bool = False) -> dict[str, Any]:
    """Draw an instant: relative with the exact time at hand, or `both`, or exact only with `relative=False`."""
    span = (clock.now() - at) if at else None
    return {
        "at": localtime(at) if at else None,
        "exact": formats.instant_text(at) if at else "",
        "ago": formats.ago_text(span) if span is not None else "",
        "relative": relative,
        "both": both,
    }


@register.inclusion_tag("web/components/deadline.html")
def deadline(at: datetime | None, warn_hours: float = 6.0) -> dict[str, Any]:
    """Draw how long is left until a deadline, or by how much it has passed."""
    if at is None:
        return {"at": None}
    left = at - clock.now()
    seconds = left.total_seconds()
    tone = Tone.BAD if seconds <= 0 else Tone.WARN if seconds <= warn_hours * 3600 else Tone.NEUTRAL
    return {
        "at": localtime(at),
        "exact": formats.instant_text(at),
        "text": formats.span_text(left),
        "late": seconds <= 0,
        "tone": tone,
    }


@register.inclusion_tag("web/components/reference.html")
def reference(value: str, href: str = "", copy: bool = False) -> dict[str, Any]:
    """Draw an MRN, LRN, container or HS number: fixed width, kept left to right, with a copy button if asked."""
    return {"value": value, "href": href, "copy": copy}


@register.simple_tag(takes_context=True)
def declaration_href(context: template.Context, declaration_id: UUID | str) -> str:
    """The page of a declaration as the reader knows it, empty for who has none: `{% declaration_href id as href %}`."""
    return declaration_address(context.get("actor") or VISITOR, declaration_id)


@register.inclusion_tag("web/components/error_summary.html", takes_context=True)
def error_summary(context: template.Context, *sources: Any) -> dict[str, Any]:
    """Draw all errors of forms, formsets or violations on top of the page, each linked to its field."""
    errors: list[PageError] = [error for source in sources for error in page_errors(source)]
    return {"errors": errors}


@register.inclusion_tag("web/components/summary_list.html")
def summary_list(rows: Sequence[SummaryRow]) -> dict[str, Any]:
    """Draw answers as a list of label, value and 'Change'."""
    return {"rows": rows}


@register.inclusion_tag("web/components/timeline.html")
def timeline(entries: Sequence[TimelineEntry], label: Any = "") -> dict[str, Any]:
    """Draw a history, in the order given."""
    return {"entries": entries, "label": label}


@register.inclusion_tag("web/components/task_list.html")
def task_list(tasks: Sequence[Task]) -> dict[str, Any]:
    """Draw the parts of a long form with how far each has come."""
    return {"tasks": tasks}


@register.inclusion_tag("web/components/steps.html")
def steps(items: Sequence[Step]) -> dict[str, Any]:
    """Draw where one is in a guided form."""
    number, label = next(((index, item.label) for index, item in enumerate(items, start=1) if item.current), (0, ""))
    return {"items": items, "current": number, "current_label": label, "total": len(items)}


@register.inclusion_tag("web/components/progress.html")
def progress(value: float, maximum: float = 100, label: Any = "", tone: str = Tone.INFO) -> dict[str, Any]:
    """Draw how much of a whole is done or used."""
    return {"value": value, "maximum": maximum, "label": label, "tone": Tone(tone)}


@register.inclusion_tag("web/components/tabs.html")
def tabs(items: Sequence[Tab], label: Any = "") -> dict[str, Any]:
    """Draw tabs that are links, so that each has an address and works without script."""
    return {"items": items, "label": label}


@register.inclusion_tag("web/components/breadcrumbs.html")
def breadcrumbs(items: Sequence[Crumb]) -> dict[str, Any]:
    """Draw the way back; the start page stands before the first step by itself."""
    return {"items": [item for item in items if item.href != "/"]}


@register.inclusion_tag("web/components/pager.html", takes_context=True)
def pager(context: template.Context, page: Any, parameter: str = "cursor") -> dict[str, Any]:
    """Draw the way through a keyset-paged list, keeping its filters: `page` has `next_cursor`."""
    query = context["request"].GET.copy()
    on_first = parameter not in query
    query.pop(parameter, None)
    first = query.urlencode()
    query[parameter] = getattr(page, "next_cursor", "") or ""
    return {
        "first_href": "" if on_first else f"?{first}",
        "next_href": f"?{query.urlencode()}" if getattr(page, "next_cursor", "") else "",
        "shown": len(getattr(page, "rows", ())),
    }


@register.inclusion_tag("web/components/stat.html")
def stat(
    label: Any, value: Any, href: str = "", tone: str = Tone.NEUTRAL, note: Any = "", icon: str = ""
) -> dict[str, Any]:
    """Draw one number of a dashboard, linked to the list behind it."""
    return {"label": label, "value": value, "href": href, "tone": Tone(tone), "note": note, "icon": icon}


@register.inclusion_tag("web/components/empty.html")
def empty(title: Any, text: Any = "", href: str = "", action: Any = "", icon: str = "inbox") -> dict[str, Any]:
    """Draw what stands where a list has no rows, with the next thing to do."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon}


@register.inclusion_tag("web/components/chart_stacked.html")
def chart_stacked(chart: Chart) -> dict[str, Any]:
    """Draw shares of a whole as one bar with its legend and table; each share may be a link."""
    return {"chart": chart, "bars": charts.stacked(chart.parts)}


@register.inclusion_tag("web/components/chart_columns.html")
def chart_columns(chart: Chart) -> dict[str, Any]:
    """Draw values side by side with a table behind; each column may be a link."""
    return {"chart": chart, "bars": charts.columns(chart.parts)}


@register.inclusion_tag("web/components/chart_curve.html")
def chart_curve(curve: Curve) -> dict[str, Any]:
    """Draw shares at some steps as a line with their intervals, and a table behind."""
    points, lines = charts.curve(curve.points)
    return {"chart": curve, "bars": points, "lines": lines}


@register.inclusion_tag("web/components/sparkline.html")
def sparkline(values: Sequence[float], label: Any) -> dict[str, Any]:
    """Draw a small line through values; the label says in words what it shows."""
    return {"points": charts.spark_points(list(values)), "label": label}


@register.simple_block_tag
def callout(content: str, tone: str = Tone.INFO, title: Any = "", role: str = "") -> SafeString:
    """Draw a box that stands out: `{% callout tone="warn" title="…" %}…{% endcallout %}`."""
    chosen = Tone(tone)
    context = {"content": content, "tone": chosen, "title": title, "icon": CALLOUT_ICONS[chosen], "role": role}
    return mark_safe(render_to_string("web/components/callout.html", context))  # noqa: S308 - drawn by a template


@register.simple_block_tag
def panel(content: str, title: Any = "", level: int = 2, anchor: str = "", flush: bool = False) -> SafeString:
    """Draw a titled surface: `{% panel title="Goods" %}…{% endpanel %}`; `flush` for a table to the edges."""
    context = {"content": content, "title": title, "level": level, "anchor": anchor, "flush": flush}
    return mark_safe(render_to_string("web/components/panel.html", context))  # noqa: S308 - drawn by a template


@register.simple_block_tag
def datatable(
    content: str, caption: Any, hide_caption: bool = True, cards: bool = True, keys: bool = False
) -> SafeString:
    """Draw a table around `<thead>` and `<tbody>`: sticky head, sideways scroll, cards on a phone.

    Args:
        cards: on a narrow screen each row becomes a card; every `<td>` then needs `data-label`.
        keys: rows can be walked with j and k and opened with Enter.
    """
    context = {"content": content, "caption": caption, "hide_caption": hide_caption, "cards": cards, "keys": keys}
    return mark_safe(render_to_string("web/components/datatable.html", context))  # noqa: S308 - drawn by a template


@register.simple_block_tag
def filter_bar(content: str, label: Any = "", reset: str = "", active: int = 0) -> SafeString:
    """Draw the filters of a list as a GET form, so that they live in the address."""
    context = {"content": content, "label": label, "reset": reset, "active": active}
    return mark_safe(render_to_string("web/components/filter_bar.html", context))  # noqa: S308 - drawn by a template


@register.filter
def money(value: Any, currency: str = "") -> SafeString:
    """Write an amount: `{{ line.amount|money:"EUR" }}` or `{{ money_value|money }}`."""
    text = formats.money_text(value, currency)
    return format_html('<bdi class="num">{}</bdi>', text) if text else SafeString("")


@register.filter
def mass(value: Any) -> SafeString:
    """Write a mass in kilograms."""
    text = formats.mass_text(value)
    return format_html('<bdi class="num">{}</bdi>', text) if text else SafeString("")


@register.filter
def quantity(value: Any, unit: str = "") -> SafeString:
    """Write a quantity with its unit: `{{ line.quantity|quantity:line.unit }}`."""
    text = formats.quantity_text(value, unit)
    return format_html('<bdi class="num">{}</bdi>', text) if text else SafeString("")


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """Write a number with the grouping of the language."""
    return formats.number_text(value, places)


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """Write a share of one as a percentage."""
    return formats.percent_text(value, places)


@register.filter
def span(value: Any) -> str:
    """Write a timedelta: 17 h 05 min."""
    return formats.span_text(value) if value is not None else ""


@register.filter
def instant(value: datetime | None) -> str:
    """Write an instant to the minute, where `{% when %}` would be too much."""
    return formats.instant_text(value) if value else ""


@register.filter
def day(value: date | None) -> str:
    """Write a day with the month's name."""
    return formats.day_text(value) if value else ""


@register.filter
def foreign(value: Any) -> SafeString:
    """Isolate text that others wrote (names, marks, descriptions), so that its direction cannot disturb ours."""
    return format_html("<bdi>{}</bdi>", value) if value not in (None, "") else SafeString("")
