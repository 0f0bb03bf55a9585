"""How a full declaration is paid out of what its simplified one set aside."""

from datetime import datetime
from uuid import UUID

from clearance.models import SupplementaryObligation
from clearance.services.two_step.obligations import AWAITED, is_simplified, moved, obligation_locked, scheme_at, told
from clearance.states import SupplementaryState
from declarations.selectors import declaration_head
from declarations.services import declaration_clear
from declarations.states import LegalState
from declarations.types import DeclarationHead
from fees.services import security_settle
from fees.services.movements import debts_keep
from fees.states import COVERED, FiscalState
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work


def full_declaration_cover(
    work: Work, head: DeclarationHead, *, payer: UUID, actor: Actor, at: datetime
) -> FiscalState | None:
    """Pay a full declaration out of what its simplified one set aside; nothing where it completes none.

    Locks: the caller holds the full declaration; the simplified one and its obligation before the money.

    Source: TS-05.
    """
    simplified_id = _completed_by(head)
    simplified = declaration_head(simplified_id, lock=True) if simplified_id else None
    obligation = obligation_locked(simplified.id) if simplified else None
    if simplified is None or obligation is None or obligation.state not in AWAITED:
        return None
    result = security_settle(
        work, declaration_id=head.id, secured_by=simplified.id, organisation_id=payer, actor=actor, at=at
    )
    if result.state in COVERED:
        _complete(work, simplified, obligation, head, actor, at)
    return result.state


def settled_by_full(declaration_id: UUID) -> bool:
    """Whether a declaration is a simplified one whose debt its full declaration has taken over (TS-09)."""
    completed = SupplementaryObligation.objects.filter(pk=declaration_id, state=SupplementaryState.COMPLETED.value)
    return completed.exists()


def in_two_steps(head: DeclarationHead) -> bool:
    """Whether a declaration owes a full one, or is the full one of another."""
    return is_simplified(head) or _completed_by(head) is not None


def completed_lock(head: DeclarationHead) -> None:
    """Lock the simplified declaration that a full one completes, before permits, quotas and money are locked.

    Locks: the simplified declaration, then its obligation; the caller holds the full one.
    """
    simplified_id = _completed_by(head)
    if simplified_id is not None:
        declaration_head(simplified_id, lock=True)
        obligation_locked(simplified_id)


def completed_keep(work: Work, head: DeclarationHead) -> None:
    """Lock what both declarations owe before the full one is assessed, where it completes one.

    Locks: both fiscal statuses, in the order of their ids.
    """
    simplified_id = _completed_by(head)
    if simplified_id is not None:
        debts_keep(work, [head.id, simplified_id])


def _completed_by(head: DeclarationHead) -> UUID | None:
    """The simplified declaration that a full one was tied to when it was accepted."""
    scheme = scheme_at(head.lodged_at)
    if scheme is None or head.type_code[2] not in scheme.supplementary:
        return None
    return SupplementaryObligation.objects.filter(supplementary_id=head.id).values_list("pk", flat=True).first()


def _complete(
    work: Work,
    simplified: DeclarationHead,
    obligation: SupplementaryObligation,
    full: DeclarationHead,
    actor: Actor,
    at: datetime,
) -> None:
    moved(work, obligation, "complete", at=at)
    more = {"supplementary_mrn": full.mrn}
    told(work, obligation, Verb.SUPPLEMENTARY_COMPLETED, "supplementary_completed", actor=actor, more=dict(more))
    if simplified.legal_state is LegalState.RELEASED:
        window = system_actor("clearance", conversation_id=actor.conversation_id)
        declaration_clear(work, simplified.id, window, locked=simplified)
