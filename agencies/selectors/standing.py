"""How every agency stands to a declaration (F42)."""

from uuid import UUID

from agencies.models import DisclaimerUse
from agencies.rules.standing import agency_statuses, answer_of
from agencies.selectors.holds import holds_for, lpco_status
from agencies.types import AgencyStatus, TraderAnswer


def agency_standing(declaration_id: UUID) -> tuple[tuple[AgencyStatus, ...], TraderAnswer]:
    """Each agency's status, and the one answer for the trader; three queries."""
    uses = DisclaimerUse.objects.filter(declaration_id=declaration_id).order_by("version", "-item")
    disclaimed = dict(uses.values_list("agency", "code"))
    statuses = agency_statuses(lpco_status(declaration_id).outcomes, holds_for(declaration_id), disclaimed)
    return statuses, answer_of(statuses)
