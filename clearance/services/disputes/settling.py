"""A dispute is over: the debt is determined, and what secured it is freed, or taken as far as it is owed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from clearance.models import Dispute
from clearance.rules.disputes import LAW_MOST, due_of, text_findings
from clearance.services.disputes.ending import dispute_end
from clearance.services.disputes.standing import dispute_locked
from clearance.services.disputes.telling import dispute_tell
from clearance.states import DisputeState
from declarations.selectors import declaration_head
from declarations.types import DeclarationHead
from fees.selectors import fiscal_status
from fees.selectors.lines import debt_moved
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.revenue.services.determination import debt_determine
from singlewindow.revenue.services.determining import determination_begin
from singlewindow.revenue.types import Determined, FinalDebt


class Outcome(StrEnum):
    """How a dispute ends."""

    DECLARED = "declared"  # What was declared stands.
    ALTERNATIVE = "alternative"  # Customs was right.
    AMOUNTS = "amounts"  # Something between: the officer gives the sums.


def dispute_determine(
    *,
    actor: Actor,
    declaration_id: UUID,
    outcome: Outcome,
    reason: str,
    law: str = "",
    amounts: Mapping[str, int] | None = None,
) -> Determined:
    """End a dispute by the final determination of the debt; what secures it is freed or taken in the same transaction.

    Locks: the declaration, its dispute, then the money as the determination does.

    Source: docs/rules/guarantees.md, GU-DIS-06, GU-TFA-04 (domain.md F52, F55; TFA 7.3.5).

    Args:
        amounts: what each authority is owed, in minor units, for the outcome `amounts`.

    Raises:
        NotPermitted: the actor may not determine debts.
        NotFound: no dispute of the declaration is secured.
        TransitionRefused: the goods were not released yet.
        RuleViolated: GU-DIS-02 or GU-DIS-06, or a rule of the determination.
    """
    with unit_of_work() as work:
        head = declaration_head(declaration_id, lock=True)
        row = dispute_locked(head.id)
        if row is None or row.state != DisputeState.SECURED.value:
            raise NotFound
        if head.released_at is None:
            raise TransitionRefused("The goods are not released yet: withdraw what is disputed, or wait.")
        final = _final(row, outcome, reason, law, amounts)
        determined = debt_determine(work, declaration_id=head.id, final=final, actor=actor, at=clock.now())
        _settle(work, head, row, actor, reason.strip(), determined.final_minor)
        return determined


def dispute_end_begin(
    *, actor: Actor, declaration_id: UUID, outcome: Outcome, reason: str, amounts: Mapping[str, int] | None = None
) -> UUID | None:
    """End a dispute; where more is given back than one officer gives back alone, propose it to a second one.

    Agreed to, the debt is determined and the dispute ends with it.

    Source: RV-FIN-06, GU-DIS-06.

    Returns:
        The proposal that waits; none where the dispute is over.

    Raises:
        NotPermitted, NotFound, TransitionRefused, RuleViolated: as `dispute_determine`.
    """
    asked: dict[str, Any] = {"outcome": outcome, "reason": reason, "amounts": amounts}
    try:
        dispute_determine(actor=actor, declaration_id=declaration_id, **asked)
    except RuleViolated as refused:
        if {one.rule for one in refused.violations} != {"RV-FIN-06"}:
            raise
        row = Dispute.objects.get(declaration_id=declaration_id, state=DisputeState.SECURED.value)
        final = _final(row, outcome, reason, "", amounts)
        return determination_begin(declaration_id=declaration_id, final=final, actor=actor)
    return None


def _final(row: Dispute, outcome: Outcome, reason: str, law: str, amounts: Mapping[str, int] | None) -> FinalDebt:
    """The debt as the dispute ends it. Raises RuleViolated (GU-DIS-02, GU-DIS-06)."""
    due = _due(row, outcome, amounts)
    found = list(text_findings(reason, law or row.law))
    if law and len(law) > LAW_MOST:
        found = found or [Violation("GU-DIS-02", "/law", "The law is too long.")]
    if found:
        raise RuleViolated(violations=found)
    return FinalDebt(due=due, reason=reason.strip(), law=(law or row.law).strip())


def _due(row: Dispute, outcome: Outcome, amounts: Mapping[str, int] | None) -> dict[str, int]:
    """What each authority is owed at the end."""
    if outcome is Outcome.DECLARED:
        return due_of(debt_moved(row.declaration_id).authorities)  # as declared, it was paid at release
    if outcome is Outcome.ALTERNATIVE:
        return due_of(row.alternative_due)
    known = {*row.alternative_due, *debt_moved(row.declaration_id).authorities}
    given = dict(amounts or {})
    wrong = [
        Violation("GU-DIS-06", f"/amounts/{name[:10]}", "Give an amount of each authority that is owed something.")
        for name in sorted(known ^ set(given))
    ]
    wrong += [
        Violation("GU-DIS-06", f"/amounts/{name[:10]}", "An amount is not negative.", value=str(minor)[:30])
        for name, minor in given.items()
        if minor < 0
    ]
    if sum(given.values()) > row.alternative_minor:
        wrong.append(Violation("GU-DIS-06", "/amounts", "The sum is more than customs itself held to be owed."))
    if wrong:
        raise RuleViolated(violations=wrong)
    return due_of(given)


def dispute_final(work: Work, job: JobContext) -> None:
    """End the dispute of a debt that was determined on another way.

    Locks: the declaration, its dispute.

    Idempotent: what has ended stays ended.
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    row = dispute_locked(head.id)
    if row is None or row.state != DisputeState.SECURED.value or head.released_at is None:
        return
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    _settle(work, head, row, actor, "The debt was determined.", fiscal_status(head.id).total_minor)


def _settle(work: Work, head: DeclarationHead, row: Dispute, actor: Actor, reason: str, final_minor: int) -> None:
    dispute_end(row, "settle", outcome=reason, at=clock.now(), final_minor=final_minor)
    dispute_tell(work, head, row, Verb.DISPUTE_SETTLED, actor=actor, reason=reason)
