"""The officer's view of one result: what the model saw in it, and what would have made it green, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import orjson
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.models import RiskAssessment
from risk.rules.counterfactual import green_without
from risk.rules.explanation import LIMIT, OTHERS, START, Share, shares_stored
from risk.rules.record import record_from
from risk.rules.replay import finding_of
from risk.rules.scoring import MODEL
from risk.selectors.engine import explained
from risk.selectors.neighbours import Neighbour, neighbours_of
from risk.selectors.results import reason_sentence
from risk.selectors.rule_sets import rule_set_of
from risk.types import Finding
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import DomainError, NotFound
from singlewindow.learning.selectors import feature_words

WORDS = {
    START: _("What is usual for all goods"),
    OTHERS: _("All other features together"),
    LIMIT: _("What the ends of the scale take or add"),
}


@dataclass(frozen=True, slots=True)
class ShareShown:
    """What a feature adds to the points of the model, as an officer reads it."""

    sentence: str
    points: Decimal
    width: int
    """Of the largest feature, in percent: the length of its bar; none for what is no feature."""


@dataclass(frozen=True, slots=True)
class ModelShown:
    """The model's part of a score: the shares sum to its points exactly."""

    points: Decimal
    probability: float
    model_hash: str
    item: int
    """The item that speaks for the declaration: the worst."""
    shares: tuple[ShareShown, ...]


@dataclass(frozen=True, slots=True)
class GreenShown:
    """What would have made it green."""

    hard: tuple[str, ...]
    """Reasons that hold whatever the score, in words."""
    chance: tuple[str, ...]
    points: tuple[str, ...]
    text: str
    """All of it in one or two sentences."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A result, explained."""

    model: ModelShown | None
    """None where no model was asked, or its explanation cannot be had any more."""
    green: GreenShown | None
    """None where it was green."""
    near: list[Neighbour]
    """The nearest earlier cases, the most alike first."""


def explanation_for(actor: Actor, declaration_id: UUID) -> Explained:
    """The newest result of a declaration, explained for who may see risk. Two queries.

    Raises:
        NotFound: there is none, or the actor may not see risk; both look the same.
    """
    row = RiskAssessment.objects.filter(declaration_id=declaration_id).order_by("-id").first()
    if row is None or not actor.may(Permission.VIEW_RISK):
        raise NotFound
    reasons = [finding_of(stored) for stored in row.reasons]
    near = neighbours_of(declaration_id, row.assessed_at, row.record)
    return Explained(_model(row, reasons), green_shown(reasons, row), near)


def _model(row: RiskAssessment, reasons: Sequence[Finding]) -> ModelShown | None:
    line = next((reason for reason in reasons if reason.rule == MODEL), None)
    if line is None or row.probability is None:
        return None
    found = _shares(row, line)
    if found is None:
        return None
    item, shares = found
    named = [abs(share.points) for share in shares if share.feature not in WORDS]
    largest = max(named, default=Decimal(0)) or Decimal(1)
    shown = tuple(
        ShareShown(
            str(WORDS.get(share.feature) or feature_words(share.feature).sentence),
            share.points,
            0 if share.feature in WORDS else int(abs(share.points) * 100 // largest),
        )
        for share in shares
    )
    return ModelShown(line.points, row.probability, row.model_hash, item, shown)


def _shares(row: RiskAssessment, line: Finding) -> tuple[int, tuple[Share, ...]] | None:
    """As they were stored, else worked out again from what the engine saw then."""
    if row.shares is not None:
        return shares_stored(row.shares)
    if row.record is None:
        return None
    record, scale = record_from(orjson.loads(bytes(row.record))), rule_set_of(row.rule_set_hash).scale
    try:
        return explained(row.model_hash, record, row.assessed_at.date(), scale, line.points)
    except (DomainError, RuntimeError):
        return None


def green_shown(reasons: Sequence[Finding], row: RiskAssessment) -> GreenShown | None:
    """What would have made a result green, in the reader's language."""
    green = green_without(reasons, rule_set_of(row.rule_set_hash).bands)
    if green is None:
        return None
    hard, chance, points = (
        tuple(gettext(reason_sentence(reason)).rstrip(".") for reason in part)
        for part in (green.hard, green.chance, green.points)
    )
    texts = []
    if points:
        texts.append(gettext("It would have been green without: %(what)s") % {"what": "; ".join(points) + "."})
    if hard:
        texts.append(gettext("Held whatever the score: %(what)s") % {"what": "; ".join(hard) + "."})
    if chance:
        texts.append(gettext("Drawn by chance: nothing about the declaration would have changed that."))
    return GreenShown(hard, chance, points, " ".join(texts))
