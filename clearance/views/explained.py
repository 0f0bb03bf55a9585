"""What an officer reads of a result: the model's part, what would have made it green, nearest cases, matches."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clearance.forms import OUTCOMES, MatchForm
from clearance.models import Case
from declarations.types import DeclarationSnapshot
from risk.selectors.explanations import explanation_for
from risk.selectors.matched import is_screened, matches_told
from risk.selectors.neighbours import Neighbour, field_label
from risk.types import RiskShown
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.screening.selectors.decisions import decisions_of
from singlewindow.screening.selectors.matches import decision_key
from singlewindow.screening.states import Verdict
from singlewindow.screening.types import Decision
from singlewindow.screening.views import MatchCard, match_card

SAME_SHOWN = 4
"""Fields that an earlier case shares; the weightiest."""


@dataclass(frozen=True, slots=True)
class NearLine:
    """An earlier case as an officer reads it."""

    case: Neighbour
    mrn: str
    outcome: str | Promise
    same: str
    revenue: Any


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A possible match of this declaration, with what was said of it."""

    place: int
    """Of the name among those of the declaration that are screened."""
    card: MatchCard
    standing: Decision | None
    by: str
    form: MatchForm | None

    @property
    def is_confirmed(self) -> bool:
        """Whether an officer said that it is them."""
        return self.standing is not None and self.standing.verdict is Verdict.CONFIRMED


def explained_context(
    actor: Actor, snapshot: DeclarationSnapshot, risk: RiskShown | None, bound: MatchForm | None = None
) -> dict[str, Any]:
    """The parts of the page that explain a result; nothing where there is none, or for who may not see risk."""
    if risk is None:
        return {}
    try:
        told = explanation_for(actor, snapshot.id)
    except NotFound:
        return {}
    return {
        "model": told.model,
        "green": told.green,
        "near": _near(told.near),
        "matches": match_lines(actor, snapshot, bound) if is_screened(risk) else [],
    }


def _near(found: list[Neighbour]) -> list[NearLine]:
    if not found:
        return []
    numbers = dict(Case.objects.filter(pk__in=[one.declaration_id for one in found]).values_list("pk", "mrn"))
    return [
        NearLine(
            one,
            numbers.get(one.declaration_id, ""),
            OUTCOMES.get(one.outcome.value, one.outcome.value),
            ", ".join(_(field_label(name)) for name in one.same[:SAME_SHOWN]),
            from_minor(one.revenue_delta_minor, "EUR") if one.revenue_delta_minor else None,
        )
        for one in found
    ]


def match_lines(actor: Actor, snapshot: DeclarationSnapshot, bound: MatchForm | None = None) -> list[MatchLine]:
    """The possible matches as cards, each with its form for who may decide it."""
    found = matches_told(snapshot.message)
    decided = decisions_of([match for _, match in found])
    names = actor_names({one.decided_by for one in decided.values()})
    may = actor.may(Permission.SCREEN_PARTIES)
    lines = []
    for place, match in found:
        standing = decided.get(decision_key(match))
        key = f"{place}-{match.entry.id}"
        form = bound if bound is not None and bound.prefix == key else MatchForm(prefix=key, initial=_begun(standing))
        by = names.get(standing.decided_by, standing.decided_by) if standing else ""
        lines.append(MatchLine(place, match_card(match), standing, by, form if may else None))
    return lines


def _begun(standing: Decision | None) -> dict[str, UUID]:
    return {"revises": standing.id} if standing else {}
