"""A dispute is opened: what is disputed is told, the disputed part worked out, and release against security offered."""

from collections.abc import Sequence
from uuid import UUID

from clearance.models import Case, Dispute
from clearance.rules.disputes import (
    Alternative,
    alternative_findings,
    asking_findings,
    due_of,
    message_disputed,
    text_findings,
)
from clearance.services.desk.common import case_still_open
from clearance.services.disputes.ending import dispute_end
from clearance.services.disputes.standing import dispute_locked
from clearance.services.disputes.telling import dispute_tell
from clearance.services.two_step.payment import in_two_steps
from declarations.selectors import declaration_snapshot
from declarations.states import LegalState
from declarations.types import DeclarationSnapshot
from fees.selectors import fiscal_status
from fees.services import Quote, quote_make
from fees.states import FiscalState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.money import to_minor

PAYABLE = frozenset({FiscalState.ASSESSED, FiscalState.INSUFFICIENT})


def dispute_open(
    *,
    actor: Actor,
    declaration_id: UUID,
    alternatives: Sequence[Alternative],
    statement: str,
    law: str,
    security_minor: int | None = None,
    fine_minor: int = 0,
    offence: str = "",
) -> Dispute:
    """Dispute value, origin or classification of an accepted declaration, and offer its release against security.

    The undisputed debt is what is assessed as declared; the disputed part is what the alternative would cost more, at
    the rates of acceptance and by the same tariff.

    Locks: the declaration, its case, its dispute.

    Source: docs/rules/guarantees.md, GU-DIS-01 to GU-DIS-03, GU-TFA-01 to GU-TFA-05 (domain.md F52; TFA 7.3).

    Args:
        security_minor: less than the disputed part, where less is enough; the whole of it unless told.
        offence: that calls for a fine, where one was detected.

    Raises:
        NotPermitted: the actor may not open disputes.
        NotFound: there is no such declaration.
        Conflict: code `case_not_yours`, another officer decides the case; `dispute_open`, one is open.
        TransitionRefused: the declaration is not accepted, or its debt is not one that is still to be paid.
        RuleViolated: everything that cannot be so.
    """
    actor.require(Permission.OPEN_DISPUTE)
    with unit_of_work() as work:
        snapshot = declaration_snapshot(declaration_id, lock=True)
        _may_be_disputed(snapshot, actor)
        found = [*alternative_findings(snapshot.message, alternatives), *text_findings(statement, law)]
        if found:
            raise RuleViolated(violations=found)
        declared, quote = fiscal_status(snapshot.id), _quoted(snapshot, alternatives)
        currency, alternative_minor = quote.assessment.currency, to_minor(quote.assessment.total, declared.currency)
        asked = alternative_minor - declared.total_minor if security_minor is None else security_minor
        found = list(
            asking_findings(
                declared_minor=declared.total_minor,
                alternative_minor=alternative_minor,
                security_minor=asked,
                fine_minor=fine_minor,
                offence=offence,
            )
        )
        if found:
            raise RuleViolated(violations=found)
        row = Dispute.objects.create(
            declaration_id=snapshot.id,
            version=snapshot.version,
            mrn=snapshot.mrn,
            grounds=sorted({ground for one in alternatives for ground in one.grounds}),
            statement=statement.strip(),
            law=law.strip(),
            alternative=[_plain(one, snapshot) for one in alternatives],
            currency=currency,
            declared_minor=declared.total_minor,
            alternative_minor=alternative_minor,
            alternative_due=due_of({name: to_minor(amount, currency) for name, amount in quote.assessment.due}),
            security_minor=asked,
            fine_minor=fine_minor,
            offence=offence.strip(),
            opened_by=actor.label,
            opened_at=clock.now(),
        )
        dispute_tell(work, snapshot, row, Verb.DISPUTE_OPENED, actor=actor, reason=row.statement)
        return row


def _plain(one: Alternative, snapshot: DeclarationSnapshot) -> dict[str, str | int | bool]:
    """An alternative as it is kept, a price with the currency of the declared one."""
    price = next((item.price for item in snapshot.message.items if item.number == one.item), None)
    return one.plain | ({"currency": price.currency} if price and one.price is not None else {})


def _may_be_disputed(snapshot: DeclarationSnapshot, actor: Actor) -> None:
    if snapshot.legal_state is not LegalState.ACCEPTED:
        raise TransitionRefused("Only a declaration that is accepted and not released is disputed in this way.")
    if in_two_steps(snapshot):
        raise TransitionRefused("What is owed in two steps is fixed by the full declaration, and corrected there.")
    case = Case.objects.select_for_update().filter(pk=snapshot.id).first()
    if case is None:
        raise NotFound
    case_still_open(case)
    if case.claimed_by_id is not None and str(case.claimed_by_id) != actor.id:
        raise Conflict("Another officer decides this case.", code="case_not_yours")
    before = dispute_locked(snapshot.id)
    if before is not None and before.version == snapshot.version:
        raise Conflict("A dispute about this declaration is open already.", code="dispute_open")
    if before is not None:
        dispute_end(before, "withdraw", outcome="The declaration was amended.", at=clock.now())
    if fiscal_status(snapshot.id).state not in PAYABLE:
        raise TransitionRefused("What is owed as declared is not assessed yet, or was paid.")


def _quoted(snapshot: DeclarationSnapshot, alternatives: Sequence[Alternative]) -> Quote:
    """What the alternative would cost. Raises RuleViolated, each finding under /alternative."""
    try:
        return quote_make(
            message_disputed(snapshot.message, alternatives),
            at=snapshot.accepted_at or clock.now(),
            declaration_id=snapshot.id,
        )
    except RuleViolated as refused:
        found = [
            Violation(one.rule, f"/alternative{one.pointer}", one.message, one.remedy, one.value)
            for one in refused.violations
        ]
        raise RuleViolated(refused.detail, violations=found) from refused


def dispute_withdraw(*, actor: Actor, declaration_id: UUID, reason: str) -> Dispute:
    """Take a dispute back that was not accepted yet.

    Locks: the declaration, its dispute.

    Raises:
        NotFound: no dispute is open. RuleViolated: GU-DIS-02, no reason.
        TransitionRefused: security was given: the debt is determined instead.
    """
    actor.require(Permission.OPEN_DISPUTE)
    if found := list(text_findings(reason, "-")):
        raise RuleViolated(violations=found)
    with unit_of_work() as work:
        snapshot = declaration_snapshot(declaration_id, lock=True)
        row = dispute_locked(snapshot.id)
        if row is None:
            raise NotFound
        if row.accepted_at is not None:
            raise TransitionRefused("Security was given: determine the debt instead.")
        dispute_end(row, "withdraw", outcome=reason.strip(), at=clock.now())
        dispute_tell(work, snapshot, row, Verb.DISPUTE_SETTLED, actor=actor, reason=row.outcome)
        return row
