"""Entries that an agency makes in a permit's ledger by hand, and their reversal.

Source: docs/rules/agencies.md, AG-024 and AG-026.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from agencies.models import Permit, WriteOff
from agencies.selectors import permit_info
from agencies.services.ledger import TAKE_SQL
from agencies.services.permits import own_permit, permit_record
from agencies.states import PermitState
from agencies.types import PermitInfo, WriteOffKind
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation

BY_HAND = (WriteOffKind.MANUAL.value, WriteOffKind.CONTINGENCY.value)
BACK_SQL = """
UPDATE agencies_permit SET used = used - %s, state = CASE WHEN state = 'exhausted' THEN 'issued' ELSE state END
WHERE id = %s
"""


def permit_write_off(*, permit_id: UUID, actor: Actor, quantity: Decimal, unit: str, reason: str) -> PermitInfo:
    """Write off a quantity by hand, for goods that did not pass through the window.

    Locks: the permit's row.

    Source: docs/rules/agencies.md, AG-024.

    Raises:
        NotFound: there is no such permit of the actor's agency.
        RuleViolated: AG-004 the quantity or unit, AG-002 the permit is not in force, AG-020 too little is left,
            AG-041 no reason.
    """
    with unit_of_work() as work:
        permit = own_permit(permit_id, actor)
        entry_make(
            work,
            permit,
            kind=WriteOffKind.MANUAL,
            quantity=quantity,
            unit=unit,
            reason=reason,
            on=clock.today(),
            actor=actor,
        )
    return permit_info(permit)


def entry_make(
    work: Work,
    permit: Permit,
    *,
    kind: WriteOffKind,
    quantity: Decimal,
    unit: str,
    reason: str,
    on: date,
    actor: Actor,
) -> WriteOff:
    """Take a quantity of a locked permit by hand. Raises RuleViolated with everything that is wrong."""
    info = permit_info(permit)
    findings = list(_findings(info, quantity, unit, reason, on))
    taking = {"permit": permit.pk, "quantity": quantity, "value": 0, "on": on}
    if not findings and not work.execute(TAKE_SQL, taking):
        findings.append(Violation("AG-020", "/quantity", f"Only {info.remaining:f} {info.unit} is left."))
    if findings:
        raise RuleViolated(violations=findings)
    entry = WriteOff.objects.create(
        permit=permit, kind=kind.value, quantity=quantity, at=clock.now(), actor=actor.label, reason=reason.strip()
    )
    data = {"number": permit.number, "step": "write_off", "quantity": format(quantity, "f")}
    permit_record(work, permit, Verb.PERMIT_CHANGED, "permit.changed", actor=actor, data=data, reason=reason.strip())
    permit.refresh_from_db(fields=["used", "state"])
    return entry


def _findings(permit: PermitInfo, quantity: Decimal, unit: str, reason: str, on: date) -> Iterator[Violation]:
    if not quantity.is_finite() or quantity <= 0 or quantity >= 10**12 or quantity != round(quantity, 6):
        sentence = "The quantity is more than zero, with six decimals at most."
        yield Violation("AG-004", "/quantity", sentence, value=str(quantity))
    if unit != permit.unit:
        yield Violation("AG-004", "/unit", f"The permit is written off in {permit.unit}.", value=unit)
    state = permit.state_on(on)
    if on < permit.valid_from or state not in (PermitState.ISSUED, PermitState.EXHAUSTED):
        yield Violation("AG-002", "/permit", f"The permit is not in force: {state}, from {permit.valid_from}.")
    if not reason.strip():
        yield Violation("AG-041", "/reason", "Give the reason.")


def write_off_reverse(*, permit_id: UUID, entry_id: int, actor: Actor, reason: str) -> PermitInfo:
    """Take back an entry that was made by hand; once, whoever asks and how often (L4).

    What declarations took is given back by what becomes of them, never by hand.

    Locks: the permit's row.

    Source: docs/rules/agencies.md, AG-026.

    Raises:
        NotFound: there is no such entry by hand of a permit of the actor's agency.
        TransitionRefused: it was reversed before.
        RuleViolated: AG-041, no reason.
    """
    with unit_of_work() as work:
        permit = own_permit(permit_id, actor)
        entry = WriteOff.objects.filter(pk=entry_id, permit=permit, kind__in=BY_HAND).first()
        if entry is None:
            raise NotFound
        if not reason.strip():
            raise RuleViolated(violations=[Violation("AG-041", "/reason", "Give the reason.")])
        try:
            with transaction.atomic():
                WriteOff.objects.create(
                    permit=permit,
                    kind=WriteOffKind.RECREDIT.value,
                    quantity=entry.quantity,
                    reverses=entry,
                    at=clock.now(),
                    actor=actor.label,
                    reason=reason.strip(),
                )
        except IntegrityError as error:
            raise TransitionRefused("This entry was reversed before.") from error
        work.execute(BACK_SQL, [entry.quantity, permit.pk])
        data = {"number": permit.number, "step": "reverse", "quantity": format(entry.quantity, "f")}
        verb = Verb.PERMIT_RECREDITED
        permit_record(work, permit, verb, "permit.changed", actor=actor, data=data, reason=reason.strip())
        permit.refresh_from_db(fields=["used", "state"])
    return permit_info(permit)
