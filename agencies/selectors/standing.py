"""How every agency stands to a declaration (F42)."""

from collections.abc import Sequence
from uuid import UUID

from agencies.models import DisclaimerUse
from agencies.rules.standing import agency_statuses, answer_of
from agencies.selectors.holds import holds_for, lpco_status
from agencies.types import AgencyStatus, HoldInfo, LpcoState, PermitOutcome, TraderAnswer

DECLARED_AWAY = frozenset({LpcoState.WAIVED, LpcoState.DOUBTED})


def agency_standing(
    declaration_id: UUID,
    *,
    outcomes: Sequence[PermitOutcome] | None = None,
    holds: Sequence[HoldInfo] | None = None,
) -> tuple[tuple[AgencyStatus, ...], TraderAnswer]:
    """Each agency's status, and the one answer for the trader; three queries, one where needs and holds are given.

    Where nothing was declared away, that one is not asked.
    """
    needs = lpco_status(declaration_id).outcomes if outcomes is None else outcomes
    kept = holds_for(declaration_id) if holds is None else holds
    disclaimed: dict[str, str] = {}
    if any(need.state in DECLARED_AWAY for need in needs):
        uses = DisclaimerUse.objects.filter(declaration_id=declaration_id).order_by("version", "-item")
        disclaimed = dict(uses.values_list("agency", "code"))
    statuses = agency_statuses(needs, kept, disclaimed)
    return statuses, answer_of(statuses)
