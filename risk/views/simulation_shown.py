"""The figures of a simulation as tables, charts and lines of CSV: what is live and the candidate, side by side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from risk.rules.replay_sums import SIZES
from risk.selectors.simulations import SimulationHead
from risk.types import Lane, Pick, RuleChange, RuleChangeKind
from singlewindow.kernel.money import minor_unit
from singlewindow.reference.selectors import country_name
from singlewindow.web.formats import money_text, number_text, percent_text, span_text
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Bar, Chart, SummaryRow

SIDES = ("live", "candidate")
CHARTED = 5
"""Groups that a chart shows; the table shows all."""
LISTED = 10
"""Groups that stand on the page at once; the others open."""
CSS = {Lane.GREEN: "green", Lane.BLUE: "blue", Lane.YELLOW: "yellow", Lane.RED: "red"}
PICKS: dict[Pick, str | Promise] = {
    Pick.NONE: gettext_lazy("Not picked for examination"),
    Pick.HARD: gettext_lazy("By a hard profile"),
    Pick.LOSS: gettext_lazy("By expected loss, within the capacity"),
    Pick.UNCERTAIN: gettext_lazy("To learn: where the engine is unsure"),
    Pick.RANDOM: gettext_lazy("To learn: at random"),
    Pick.CONTROL: gettext_lazy("For the control sample"),
}
SIZE_WORDS: dict[str, str | Promise] = {
    "new": gettext_lazy("None in the year before"),
    "under12": gettext_lazy("1 to 11 a year"),
    "under100": gettext_lazy("12 to 99 a year"),
    "under1000": gettext_lazy("100 to 999 a year"),
    "large": gettext_lazy("1,000 a year or more"),
}
SIZE_SHORT = {"new": "0", "under12": "1+", "under100": "12+", "under1000": "100+", "large": "1k+"}
assert {name for _limit, name in SIZES} < set(SIZE_WORDS)
KINDS: dict[RuleChangeKind, str | Promise] = {
    RuleChangeKind.PROFILE_ADD: gettext_lazy("A profile goes live"),
    RuleChangeKind.PROFILE_END: gettext_lazy("A profile ends"),
    RuleChangeKind.MODEL: gettext_lazy("Another model"),
    RuleChangeKind.BANDS: gettext_lazy("Other bands"),
    RuleChangeKind.SELECTION: gettext_lazy("Another selection"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure on both sides."""

    label: str
    live: str
    candidate: str
    difference: str = ""
    note: str = ""


def change_rows(change: RuleChange, profile_id: UUID | None) -> list[SummaryRow]:
    """What was tried, as label and value; the profile leads to its page."""
    values = change.values
    rows = [SummaryRow(_("Tried"), KINDS.get(change.kind, change.kind.value))]
    if "code" in values:
        href = reverse("risk:profile", args=[profile_id]) if profile_id else ""
        label = f"{values['code']} v{values['version']}"
        rows.append(SummaryRow(_("Profile"), label, href, _("Open") if href else ""))
    if change.kind is RuleChangeKind.MODEL:
        rows.append(SummaryRow(_("Model"), values["hash"][:12] or _("none")))
    if change.kind is RuleChangeKind.BANDS:
        text = _("blue from %(blue)s, yellow from %(yellow)s, red from %(red)s")
        rows.append(SummaryRow(_("Bands"), text % values))
    if change.kind is RuleChangeKind.SELECTION:
        capacity = ", ".join(f"{office} {count}" for office, count in sorted(values["capacity"].items()))
        rows.append(SummaryRow(_("Examinations a day"), capacity or _("no limit")))
        rows.append(SummaryRow(_("Kept for learning"), percent_text(values["explore"], 1)))
    return rows


def figures_shown(result: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the page draws."""
    live, candidate = (result[side] for side in SIDES)
    currency = result["run"]["currency"]
    origins = _groups(result["origins"], _country)
    return {
        "stats": _stats(live, candidate),
        "lane_charts": [
            _lanes(_("As it is now"), live, result["declarations"]),
            _lanes(_("With the change"), candidate, result["declarations"]),
        ],
        "lanes": [_lane_row(lane, live, candidate) for lane in Lane],
        "picks": [_count_row(str(PICKS[pick]), live["picks"], candidate["picks"], pick.value) for pick in Pick],
        "moves": [(Lane(a).value, Lane(b).value, count) for a, b, count in result["moves"]],
        "checks": [*_checks(live, candidate, currency)],
        "work": [*_work(live, candidate)],
        "charts": _charts(live, candidate, currency),
        "profiles": _profiles(result["profiles"]),
        "origins": origins[:LISTED],
        "origins_more": origins[LISTED:],
        "origin_chart": _group_chart(_("Share held by country of origin"), result["origins"], str),
        "sizes": _groups(result["sizes"], _size),
        "size_chart": _group_chart(_("Share held by size of trader"), result["sizes"], SIZE_SHORT.__getitem__),
        "examples": _examples(result["examples"]),
        "minutes": [(lane, result["parameters"]["minutes"][lane.value]) for lane in Lane],
    }


def _stats(live: Mapping[str, Any], candidate: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The figures on top: label, with the change, and as it is now."""
    found = [
        (_("Held for an officer"), *(_percent(side["held_share"], 2) for side in (candidate, live))),
        (_("Hit rate, where known"), *(_rate(side["hit_rate"]) for side in (candidate, live))),
        (_("Officers' hours"), *(_hours(side["officer_minutes"]) for side in (candidate, live))),
        (_("Released, 9 of 10 within"), *(_span(side["release_p90_s"]) for side in (candidate, live))),
    ]
    return [(label, new, _("now %(value)s") % {"value": old}) for label, new, old in found]


def _lanes(title: str, side: Mapping[str, Any], total: int) -> Chart:
    bars = [Bar(str(status_for("lane", lane.value).label), side["lanes"][lane.value], CSS[lane]) for lane in Lane]
    return Chart(title, bars, unit=_("declarations"))


def _lane_row(lane: Lane, live: Mapping[str, Any], candidate: Mapping[str, Any]) -> dict[str, Any]:
    counts = live["lanes"][lane.value], candidate["lanes"][lane.value]
    shares = live["lane_shares"][lane.value], candidate["lane_shares"][lane.value]
    return {
        "lane": lane.value,
        "live": number_text(counts[0]),
        "candidate": number_text(counts[1]),
        "live_share": _percent(shares[0], 2),
        "candidate_share": _percent(shares[1], 2),
        "difference": _signed(counts[1] - counts[0]),
    }


def _count_row(label: str, live: Mapping[str, int], candidate: Mapping[str, int], key: str) -> Compared:
    return _counts(label, live[key], candidate[key])


def _counts(label: str, live: int, candidate: int, note: str = "") -> Compared:
    return Compared(label, number_text(live), number_text(candidate), _signed(candidate - live), note)


def _checks(live: Mapping[str, Any], candidate: Mapping[str, Any], currency: str) -> Iterator[Compared]:
    """What checks are known to have found, of what each side holds and of what it lets go."""

    def both(label: str, text: Callable[[Mapping[str, Any]], str], note: str = "") -> Compared:
        return Compared(label, text(live), text(candidate), "", note)

    def money(label: str, name: str, note: str = "") -> Compared:
        amounts = live[name], candidate[name]
        before, after = (_money(amount, currency) for amount in amounts)
        return Compared(label, before, after, _signed_money(amounts[1] - amounts[0], currency), note)

    yield _counts(_("Held for an officer"), live["held"], candidate["held"])
    yield both(
        _("Of these, checked then"),
        lambda side: f"{number_text(side['known'])} ({_percent(side['known_share'], 1)})",
        _("What was never checked is unknown, neither right nor wrong."),
    )
    yield _counts(_("Something was found"), live["found"], candidate["found"])
    yield both(_("Hit rate, of those checked"), lambda side: _rate(side["hit_rate"], interval=True))
    yield both(
        _("Hit rate, estimated for all held"),
        lambda side: _rate(side["hit_rate_estimate"], interval=True),
        _("Each check counts by the inverse of the chance it had, so that random checks stand for many."),
    )
    yield _counts(_("False alarms: checked, all as declared"), live["false_alarms"], candidate["false_alarms"])
    yield money(_("Revenue found, known"), "revenue_found_minor")
    yield money(_("Revenue found, estimated"), "revenue_found_estimate_minor")
    yield _counts(_("Findings let go, known"), live["missed"], candidate["missed"])
    yield both(
        _("Share with a finding, estimated for all let go"),
        lambda side: _rate(side["missed_rate_estimate"], interval=True),
    )
    yield money(_("Revenue let go, known"), "revenue_missed_minor")
    yield money(_("Revenue let go, estimated"), "revenue_missed_estimate_minor")


def _work(live: Mapping[str, Any], candidate: Mapping[str, Any]) -> Iterator[Compared]:
    minutes = live["officer_minutes"], candidate["officer_minutes"]
    difference = _signed(round((minutes[1] - minutes[0]) / 60))
    yield Compared(_("Officers' hours"), _hours(minutes[0]), _hours(minutes[1]), difference)
    for label, name in (
        (_("Half are released within"), "release_p50_s"),
        (_("9 of 10 are released within"), "release_p90_s"),
    ):
        yield Compared(label, _span(live[name]), _span(candidate[name]))


def _charts(live: Mapping[str, Any], candidate: Mapping[str, Any], currency: str) -> list[Chart]:
    sides = ((_("Now"), live, "neutral"), (_("With the change"), candidate, "brand"))

    def chart(
        title: str, value: Callable[[Mapping[str, Any]], float], text: Callable[[Mapping[str, Any]], str]
    ) -> Chart:
        return Chart(title, [Bar(label, max(value(side), 0), css, "", text(side)) for label, side, css in sides])

    return [
        chart(
            _("Hit rate, where known"),
            lambda side: float(side["hit_rate"]["value"]) if side["hit_rate"] else 0,
            lambda side: _rate(side["hit_rate"]),
        ),
        chart(
            _("Revenue found, known"),
            lambda side: float(side["revenue_found_minor"]),
            lambda side: _money(side["revenue_found_minor"], currency),
        ),
        chart(
            _("Officers' hours"),
            lambda side: float(side["officer_minutes"]),
            lambda side: _hours(side["officer_minutes"]),
        ),
    ]


def _profiles(profiles: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Profiles of both sides by their code; one that stands on one side only has nothing on the other."""
    by_code: dict[str, dict[str, Any]] = {}
    for side in SIDES:
        for row in profiles[side]:
            by_code.setdefault(row["code"], {"code": row["code"]})[side] = row
    for row in by_code.values():
        best = row.get("candidate") or row["live"]
        row["hits"] = [number_text(row[side]["hits"]) if side in row else "–" for side in SIDES]
        row["known"], row["found"] = number_text(best["known"]), number_text(best["found"])
        row["precision"] = _rate(best["precision"], interval=True)
    return [by_code[code] for code in sorted(by_code)]


def _groups(rows: Sequence[Mapping[str, Any]], named: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "name": named(row["group"]),
            "small": row["small"],
            "declarations": row["declarations"],
            "live": _group_side(row["live"]),
            "candidate": _group_side(row["candidate"]),
        }
        for row in rows
    ]


def _group_side(side: Mapping[str, Any]) -> dict[str, str]:
    return {
        "share": _rate(side["held_share"]),
        "ratio": f"{number_text(side['ratio'], 2)}" if side["ratio"] else "–",
        "hit_rate": _rate(side["hit_rate"]),
    }


def _group_chart(title: str, rows: Sequence[Mapping[str, Any]], named: Callable[[str], str]) -> Chart:
    """Pairs of columns for the largest groups; names are short, for ten columns stand on a telephone too."""
    bars = []
    for row in [row for row in rows if not row["small"]][:CHARTED]:
        for side, css, mark in zip(SIDES, ("neutral", "brand"), ("", "*"), strict=True):
            share = row[side]["held_share"]
            bars.append(Bar(named(row["group"]) + mark, float(share["value"]), css, "", _rate(share)))
    note = _("Grey: as it is now. Coloured, with a star: with the change. Small groups are left out.")
    return Chart(title, bars, note=note)


def _examples(examples: Mapping[str, Sequence[Sequence[str]]]) -> list[dict[str, Any]]:
    """Declarations that change their lane, each leading to its page."""
    return [
        {"kind": kind, "href": reverse("clearance:case", args=[declaration]), "id": declaration, "from": a, "to": b}
        for kind in ("up", "down")
        for declaration, a, b in examples.get(kind, ())
    ]


def csv_rows(head: SimulationHead, result: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    """Every figure as a line: section, group, figure, live, candidate."""
    yield ("section", "group", "figure", "live", "candidate")
    yield ("run", "", "digest", head.result_sha256, "")
    for name in ("since", "until", "seed", "known_until", "sample_rate", "currency"):
        yield ("run", "", name, result["run"][name], "")
    yield ("run", "", "rule_set", result["run"]["live"], result["run"]["candidate"])
    yield ("run", "", "declarations", result["declarations"], result["declarations"])
    live, candidate = (result[side] for side in SIDES)
    for name in live:
        yield from _csv_figure("all", "", name, live[name], candidate[name])
    for a, b, count in result["moves"]:
        yield ("moves", f"{a} {b}", "declarations", "", count)
    for section in ("origins", "sizes"):
        for row in result[section]:
            yield (section, row["group"], "declarations", row["declarations"], row["declarations"])
            for name in row["live"]:
                yield from _csv_figure(section, row["group"], name, row["live"][name], row["candidate"][name])
    for side in SIDES:
        for row in result["profiles"][side]:
            for name in ("hits", "known", "found", "revenue_found_minor"):
                yield ("profiles", row["code"], name, *((row[name], "") if side == "live" else ("", row[name])))


def _csv_figure(section: str, group: str, name: str, live: Any, candidate: Any) -> Iterator[Sequence[object]]:
    if isinstance(live, Mapping) or isinstance(candidate, Mapping):
        for part in live or candidate:
            yield (section, group, f"{name}.{part}", (live or {}).get(part, ""), (candidate or {}).get(part, ""))
    else:
        yield (section, group, name, "" if live is None else live, "" if candidate is None else candidate)


def _country(code: str) -> str:
    return _("not declared") if code == "--" else f"{country_name(code, get_language() or 'en')} ({code})"


def _size(name: str) -> str:
    return str(SIZE_WORDS[name])


def _percent(share: str, places: int) -> str:
    return percent_text(share, places) if share else "–"


def _rate(rate: Mapping[str, str] | None, *, interval: bool = False) -> str:
    if rate is None:
        return _("unknown")
    text = percent_text(rate["value"], 1)
    if not interval:
        return text
    low, high = (number_text(Decimal(rate[end]) * 100, 1) for end in ("low", "high"))
    return _("%(rate)s (%(low)s to %(high)s)") % {"rate": text, "low": low, "high": high}


def _hours(minutes: int) -> str:
    return number_text(round(minutes / 60))


def _span(seconds: int | None) -> str:
    return _("unknown") if seconds is None else span_text(timedelta(seconds=seconds))


def _money(minor: int, currency: str) -> str:
    return money_text(Decimal(minor).scaleb(-minor_unit(currency)), currency)


def _signed(number: int) -> str:
    sign = "+" if number > 0 else "−" if number < 0 else "±"
    return f"{sign}{number_text(abs(number))}"


def _signed_money(minor: int, currency: str) -> str:
    sign = "+" if minor > 0 else "−" if minor < 0 else "±"
    return f"{sign}{_money(abs(minor), currency)}"
