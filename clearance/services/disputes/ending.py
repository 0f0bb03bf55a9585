"""The last step of a dispute, and its end with its declaration."""

from datetime import datetime

from clearance.models import Dispute
from clearance.services.disputes.standing import dispute_locked
from clearance.services.disputes.telling import dispute_tell
from clearance.states import DISPUTE, DisputeState
from declarations.types import DeclarationHead
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, Violation


def dispute_end(row: Dispute, action: str, *, outcome: str, at: datetime, final_minor: int | None = None) -> None:
    """Take the last step of a dispute; the row is locked by the caller."""
    row.state = DISPUTE.next_state(action, row.state).value
    row.outcome, row.ended_at, row.final_minor = outcome, at, final_minor
    row.save(update_fields=["state", "outcome", "ended_at", "final_minor"])


def dispute_lift(work: Work, head: DeclarationHead, *, actor: Actor, reason: str) -> None:
    """End the dispute of a declaration that ends; what secured it is given back with its money.

    Locks: the dispute; the caller holds the declaration.

    Idempotent: what has ended stays ended.
    """
    row = dispute_locked(head.id)
    if row is not None:
        dispute_end(row, "withdraw", outcome=reason, at=clock.now())
        dispute_tell(work, head, row, Verb.DISPUTE_SETTLED, actor=actor, reason=reason)


def dispute_outdate(work: Work, head: DeclarationHead, *, actor: Actor) -> None:
    """End a dispute that was only offered, because its declaration is amended; one that is secured stands against it.

    Locks: the dispute; the caller holds the declaration and its case.

    Source: docs/rules/guarantees.md, GU-DIS-07.

    Raises:
        RuleViolated: GU-DIS-07, security was given for what is disputed: its determination says what is owed.
    """
    row = dispute_locked(head.id)
    if row is None:
        return
    if row.state == DisputeState.SECURED.value:
        sentence = "The declaration is in dispute and security was given: its content stands until that is over."
        remedy = "Determine what is owed, or withdraw the dispute first."
        raise RuleViolated(violations=[Violation("GU-DIS-07", "", sentence, remedy)])
    dispute_lift(work, head, actor=actor, reason="The declaration was amended.")
