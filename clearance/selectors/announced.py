"""When customs or another agency told that it checks: from then on an error is no longer disclosed of one's own."""

from datetime import datetime
from uuid import UUID

from agencies.selectors import holds_for
from agencies.states import HoldState
from agencies.types import PERMIT_KINDS
from clearance.models import Case
from clearance.states import ControlState

UNANNOUNCED = frozenset({ControlState.NONE.value, ControlState.SELECTED.value})
"""A choice before arrival is told to nobody, so it stands against nothing."""


def control_announced_at(declaration_id: UUID) -> datetime | None:
    """When the first check of a declaration was announced; nothing where none was.

    A permit that is missing is no check: naming it is what the declarant is asked to do.

    Source: CH-STG-03, PN-DIS-01.
    """
    found: list[datetime | None] = [
        hold.opened_at
        for hold in holds_for(declaration_id)
        if hold.state is HoldState.UPHELD or (hold.kind not in PERMIT_KINDS and hold.state is not HoldState.WITHDRAWN)
    ]
    case = Case.objects.filter(pk=declaration_id).values_list("control_state", "decided_at").first()
    if case is not None and case[0] not in UNANNOUNCED:
        found.append(case[1])
    return min((at for at in found if at is not None), default=None)
