"""Results as officers read them (reasons, contributions, counterfactuals) and as traders do (plain next steps)."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from declarations.selectors import declaration_head_for
from risk.models import RiskAssessment, SampleSeed
from risk.rules.registry import RULES, RiskRule
from risk.rules.replay import finding_of
from risk.rules.running import Stretch, place, stretches, zones
from risk.rules.scoring import ADJUSTMENTS, MODEL, PROFILE_PREFIX, SCREENING_SENTENCE, TRUST, without
from risk.rules.screened import SCREENING
from risk.selectors.rule_sets import rule_set_of
from risk.types import Bands, Finding, Lane, Pick, ReasonShown, RiskResult, RiskShown, StepShown, TraderStep
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.web.formats import percent_text

STEPS = {
    TraderStep.VALUE: _("Have the invoice, the contract and the proof of payment ready."),
    TraderStep.QUANTITY: _("Have the packing list and the weights of the packages ready."),
    TraderStep.ORIGIN: _("Have the proof of origin and the transport documents of the whole way ready."),
    TraderStep.ROUTE: _("Have the transport documents of the whole way ready."),
    TraderStep.DESCRIPTION: _("Have data sheets or pictures of the goods ready, and check their description."),
    TraderStep.PARTIES: _("Have the registration papers of the parties and the contract between them ready."),
    TraderStep.TRANSPORT: _("Check the container numbers and the means of transport with the carrier."),
    TraderStep.LICENCE: _("Have the licence or permit for these goods ready."),
    TraderStep.DOCUMENTS: _("Have the documents of the declaration ready; an officer will look at them."),
    TraderStep.GOODS: _("Make the goods available; an officer will look at them."),
}
HITS_DAYS = 30


def risk_result_for(declaration_id: UUID, actor: Actor) -> RiskShown:
    """The newest result of a declaration with its reasons, for who may see risk.

    Raises:
        NotFound: there is none, or the actor may not see risk; both look the same.
    """
    if not actor.may(Permission.VIEW_RISK):
        raise NotFound
    row = RiskAssessment.objects.filter(declaration_id=declaration_id).order_by("-id").first()
    if row is None:
        raise NotFound
    return _shown(row)


def risk_results_of(declaration_id: UUID, actor: Actor) -> list[RiskShown]:
    """Every result of a declaration, newest first; none for who may not see risk."""
    if not actor.may(Permission.VIEW_RISK):
        return []
    return [_shown(row) for row in RiskAssessment.objects.filter(declaration_id=declaration_id).order_by("-id")[:20]]


def lanes_of(declaration_ids: Iterable[UUID], actor: Actor) -> dict[UUID, tuple[Lane, Decimal]]:
    """Lane and score of each of some declarations in one query; nothing for who may not see risk."""
    if not actor.may(Permission.VIEW_RISK):
        return {}
    rows = (
        RiskAssessment.objects.filter(declaration_id__in=list(declaration_ids))
        .order_by("declaration_id", "-id")
        .distinct("declaration_id")
        .values_list("declaration_id", "lane", "score")
    )
    return {declaration: (Lane(lane), plain_points(score)) for declaration, lane, score in rows}


def trader_steps_for(declaration_id: UUID, actor: Actor) -> tuple[StepShown, ...]:
    """What the parties of a declaration are told to do: coded and plain, with neither rule nor lane nor score.

    Raises:
        NotFound: the actor may not see the declaration.
    """
    declaration_head_for(actor, declaration_id)
    row = RiskAssessment.objects.filter(declaration_id=declaration_id).order_by("-id").first()
    if row is None:
        return ()
    return tuple(StepShown(step, str(STEPS[step])) for step in _result(row).trader_steps)


def sample_seed_published(period: str) -> str:
    """The seed of a month that has ended, as hexadecimal, so that anybody can draw the sample again.

    Raises:
        NotFound: the month has not ended, or nothing was drawn in it.
    """
    seed = SampleSeed.objects.filter(period=period).first()
    if seed is None or period >= f"{clock.now():%Y-%m}":
        raise NotFound
    return bytes(seed.secret).hex()


def rule_hits(actor: Actor, *, days: int = HITS_DAYS) -> list[tuple[RiskRule, int]]:
    """Every rule and in how many results of the last days it fired.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason->>'rule', count(*) FROM risk_riskassessment, jsonb_array_elements(reasons) AS reason "
            "WHERE assessed_at > %s GROUP BY 1",
            [clock.now() - timedelta(days=days)],
        )
        counts = dict(cursor.fetchall())
    return [(rule, counts.get(rule.id, 0)) for rule in RULES.values()]


def plain_points(points: Decimal) -> Decimal:
    """Points as people write them: 65 and 65.4, not 65.00."""
    whole = points.to_integral_value()
    return whole if points == whole else points.normalize()


def _result(row: RiskAssessment) -> RiskResult:
    return RiskResult(
        score=plain_points(row.score),
        lane=Lane(row.lane),
        band_lane=Lane(row.band_lane),
        reasons=tuple(finding_of(stored) for stored in row.reasons),
        rule_set_version=row.rule_set_version,
        rule_set_hash=row.rule_set_hash,
        fact_set_version=row.fact_set_version,
        hard=row.hard,
        random_selected=row.random_selected,
        sample_period=row.sample_period,
        propensity=row.propensity,
        pick=Pick(row.pick),
        control=row.control,
        model_hash=row.model_hash,
        probability=row.probability,
        expected_loss_minor=row.expected_loss_minor,
    )


def _shown(row: RiskAssessment) -> RiskShown:
    result = _result(row)
    bands = rule_set_of(row.rule_set_hash).bands
    largest = max((abs(reason.points) for reason in result.reasons), default=Decimal(0)) or Decimal(1)
    points = [reason.points for reason in result.reasons]
    bars = stretches(points, result.score)
    return RiskShown(
        id=row.id,
        declaration_id=row.declaration_id,
        declaration_version=row.declaration_version,
        assessed_at=row.assessed_at,
        score=result.score,
        lane=result.lane,
        band_lane=result.band_lane,
        reasons=tuple(
            _reason_shown(reason, result, bands, largest, bar) for reason, bar in zip(result.reasons, bars, strict=True)
        ),
        rule_set_version=result.rule_set_version,
        rule_set_hash=result.rule_set_hash,
        fact_set_version=result.fact_set_version,
        hard=result.hard,
        random_selected=result.random_selected,
        control=result.control,
        place=place(points, result.score),
        zones=tuple(
            (zone.lane, zone.first, zone.stretch.start, zone.stretch.width)
            for zone in zones(bands, points, result.score)
        ),
    )


def _reason_shown(reason: Finding, result: RiskResult, bands: Bands, largest: Decimal, bar: Stretch) -> ReasonShown:
    trusted = any(one.rule == TRUST for one in result.reasons)
    score, lane = without(result.reasons, (reason,), bands, trusted=trusted)
    return ReasonShown(
        rule=reason.rule,
        sentence=reason_sentence(reason),
        text=_text(reason),
        points=plain_points(reason.points),
        item=reason.item,
        also_items=reason.also_items,
        lane=reason.lane,
        share=int(abs(reason.points) * 100 // largest),
        score_without=plain_points(score),
        lane_without=lane,
        bar=(bar.start, bar.width),
    )


def reason_sentence(reason: Finding) -> str:
    """What the rule is about: of rules in English (the page translates it), of a profile its own name."""
    rule = RULES.get(reason.rule)
    if rule is not None:
        return rule.sentence
    if reason.rule.startswith(PROFILE_PREFIX):
        return reason.reason
    return SCREENING_SENTENCE if reason.rule == SCREENING else ADJUSTMENTS.get(reason.rule, reason.rule)


def _text(reason: Finding) -> str:
    """The figures in the reader's language; a rule that has changed since is shown as it was stored."""
    rule = RULES.get(reason.rule)
    if reason.rule == MODEL and "probability" in reason.figures:
        share = percent_text(float(reason.figures["probability"]))
        said: str = gettext("probability that something is wrong: %(share)s") % {"share": share}
        return said
    if rule is None:
        return reason.reason
    try:
        text: str = gettext(rule.says) % reason.figures
    except KeyError:
        return reason.reason
    return text
