"""The analyst's desk: how the engine does, what it changed from, and what needs someone."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from risk.rules.estimate import Estimate
from risk.selectors.compliance import compliance_months
from risk.selectors.drift import drift_alerts, drift_latest
from risk.selectors.hit_rates import ALL, HitRate, hit_rates
from risk.selectors.picks import picks_of_day
from risk.selectors.precision import DAYS, PrecisionPoint, precision_curve
from risk.selectors.profiles import ProfileShown, profiles_in
from risk.selectors.rule_sets import rule_set_in_force
from risk.states import ProfileState
from singlewindow.accounts.permissions import Permission
from singlewindow.approvals.selectors import proposals_waiting
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.formats import number_text, percent_text
from singlewindow.web.types import Bar, Chart, Crumb, Curve, CurvePoint

RATED_DAYS = 60
DRIFT_SHOWN = 8
MONTHS_SHOWN = 12


@page_for(Permission.VIEW_RISK)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """How often the engine is right, how profiles do, what drifts, what is picked, and what waits for someone."""
    actor = actor_of(request)
    rates = hit_rates(actor, windows=(RATED_DAYS,))
    live = profiles_in(actor, states=(ProfileState.LIVE,))
    months = compliance_months()[:MONTHS_SHOWN]
    context = {
        "rule_set": rule_set_in_force(),
        "waiting": proposals_waiting(actor),
        "live": len(live),
        "ending": sum(one.ends_soon for one in live),
        "retiring": [one for one in live if one.retire_proposed_at is not None],
        "overall": rates.get((ALL, RATED_DAYS)),
        "alarms": drift_alerts(actor),
        "drift": drift_latest(actor)[:DRIFT_SHOWN],
        "curve": _curve(precision_curve(actor)),
        "profiles": _profile_chart(live, rates),
        "compliance": _compliance(months),
        "newest": months[0] if months else None,
        "picks": picks_of_day(actor),
        "days": DAYS,
        "rated_days": RATED_DAYS,
        "may_simulate": actor.may(Permission.SIMULATE_RISK),
        "crumbs": [Crumb(_("Risk"))],
    }
    return render(request, "risk/desk.html", context)


def _curve(points: list[PrecisionPoint]) -> Curve | None:
    """Precision among the checked at rising shares of all declarations; none before the first check."""
    told = [one for one in points if one.precision is not None]
    if not told:
        return None
    drawn = [
        CurvePoint(
            label=percent_text(one.share),
            value=one.precision.share,
            low=one.precision.low,
            high=one.precision.high,
            text=_("%(share)s of %(checked)s")
            % {"share": percent_text(one.precision.share), "checked": number_text(one.checked)},
        )
        for one in told
        if one.precision is not None
    ]
    return Curve(
        _("Findings among checks, by share of trade with the highest scores"),
        drawn,
        unit=_("share of checks with a finding"),
        note=_("Lines are intervals of 95 %. What was never checked is not known, so this is no share of all trade."),
    )


def _profile_chart(live: Sequence[ProfileShown], rates: dict[tuple[str, int], HitRate]) -> Chart | None:
    """The hit rate of each live profile whose picks were checked, each a way to its page."""
    bars = []
    for one in live:
        rate = rates.get((one.code, RATED_DAYS))
        if rate is None or rate.precision is None:
            continue
        text = _("%(share)s of %(checked)s") % {
            "share": percent_text(rate.precision.share),
            "checked": number_text(rate.checked),
        }
        css = "warn" if rate.falls_short else "ok"
        bars.append(Bar(one.code, rate.precision.share * 100, css, reverse("risk:profile", args=[one.id]), text))
    return Chart(_("Hit rates of live profiles"), bars, unit=_("share of checks with a finding")) if bars else None


def _compliance(months: list[Estimate]) -> Curve | None:
    """The published estimate, month by month."""
    told = list(reversed(months))
    points = [
        CurvePoint(one.period, one.share, one.low, one.high, percent_text(one.share))
        for one in told
        if one.share is not None
    ]
    if not points:
        return None
    return Curve(
        _("Declarations that do not comply"),
        points,
        unit=_("share of all trade, from the control sample"),
        note=_("Drawn by chance from every declaration, whatever its lane, so it is a share of all trade."),
    )
