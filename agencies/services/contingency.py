"""Permits entered by hand while their agency cannot be asked, or that are on paper; reconciled afterwards.

Source: docs/rules/agencies.md, AG-070 to AG-074 (Regulation 2024/2145, unavailability).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from agencies.models import ContingencyEntry, Hold, LpcoNeed, Permit
from agencies.rules import LPCO_CODE
from agencies.services.entries import entry_make
from agencies.services.holds import REASON_OF_OUTCOME, hold_lift_by_rule
from agencies.states import CONTINGENCY, ContingencyState
from agencies.types import LpcoState, WriteOffKind
from declarations.selectors import declaration_head, declaration_id_of_mrn
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, Violation

ISSUER_DOWN, PAPER = "issuer_down", "paper"
REASON_LENGTH = 500
LACKING = (LpcoState.MISSING.value, LpcoState.EXHAUSTED.value, LpcoState.INVALID.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContingencyOrder:
    """What an officer enters of a permit that the window cannot ask for."""

    mrn: str
    code: str
    number: str
    quantity: Decimal
    unit: str
    cause: str
    reference: str
    reason: str
    item: int = 0


def contingency_record(*, actor: Actor, order: ContingencyOrder) -> UUID:
    """Let a declaration go on without its permit, and remember that this has to be reconciled.

    Customs enters a permit while the agency cannot be asked; one on paper is entered by its own agency.

    Locks: the declaration, then the agency's hold.

    Raises:
        NotPermitted: AG-071, the actor may not enter permits of this kind.
        NotFound: no declaration has this MRN, or the actor's agency has no part in it.
        RuleViolated: AG-070, a field is wrong; AG-072, the declaration waits for no such permit.
        Conflict: the need was entered before.
    """
    actor.require(Permission.RECORD_CONTINGENCY)
    findings = list(_findings(order))
    if findings:
        raise RuleViolated(violations=findings)
    declaration_id = declaration_id_of_mrn(order.mrn)
    if declaration_id is None:
        raise NotFound
    with unit_of_work() as work:
        declaration_head(declaration_id, lock=True)
        needs = _needs(declaration_id, order)
        if actor.agency:
            needs = [need for need in needs if need.agency == actor.agency]
            if not needs:
                raise NotFound
        elif order.cause == PAPER:
            raise NotPermitted("A permit on paper is entered by the agency that issued it (AG-071).")
        if not needs:
            sentence = f"The declaration waits for no permit {order.code}."
            raise RuleViolated(violations=[Violation("AG-072", "/code", sentence, value=order.code)])
        return _enter(work, declaration_id, needs, order, actor)


def _findings(order: ContingencyOrder) -> Iterator[Violation]:
    """AG-070: type, number, quantity, cause, reference and reason are given."""
    quantity = order.quantity
    checks = (
        ("/code", bool(LPCO_CODE.fullmatch(order.code)), "The type is 7P and two digits."),
        ("/number", 0 < len(order.number) <= 35, "The number has 1 to 35 characters."),
        (
            "/quantity",
            quantity.is_finite() and 0 < quantity < 10**12 and quantity == round(quantity, 6),
            "The quantity is more than zero, with six decimals at most.",
        ),
        ("/unit", 0 < len(order.unit) <= 5, "The unit is a code of one to five characters."),
        ("/cause", order.cause in (ISSUER_DOWN, PAPER), "The cause is issuer_down or paper."),
        ("/reference", 0 < len(order.reference.strip()) <= 70, "Say where the paper is, or who was asked."),
        ("/reason", 0 < len(order.reason.strip()) <= REASON_LENGTH, "Give the reason."),
    )
    for pointer, holds, sentence in checks:
        if not holds:
            yield Violation("AG-070", pointer, sentence)


def _needs(declaration_id: UUID, order: ContingencyOrder) -> list[LpcoNeed]:
    rows = LpcoNeed.objects.filter(declaration_id=declaration_id).order_by("-version", "id")
    newest = rows.values_list("version", flat=True).first()
    wanted = rows.filter(version=newest or 0, code=order.code, state__in=LACKING)
    return list(wanted.filter(item=order.item) if order.item else wanted)


def _enter(work: Work, declaration_id: UUID, needs: list[LpcoNeed], order: ContingencyOrder, actor: Actor) -> UUID:
    agency, now = needs[0].agency, clock.now()
    entry = ContingencyEntry(
        agency=agency,
        cause=order.cause,
        code=order.code,
        number=order.number,
        mrn=order.mrn,
        declaration_id=declaration_id,
        item=order.item,
        quantity=order.quantity,
        unit=order.unit,
        reference=order.reference.strip(),
        reason=order.reason.strip(),
        recorded_by=actor.label,
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("This need was entered by hand before.", code="contingency.twice") from error
    reasons = [REASON_OF_OUTCOME[LpcoState(state)].value for state in LACKING]
    held = Hold.objects.select_for_update().filter(
        declaration_id=declaration_id, agency=agency, reason__in=reasons, state="open"
    )
    holds = list(held.order_by("pk"))
    LpcoNeed.objects.filter(pk__in=[need.pk for need in needs]).update(state=LpcoState.ACCEPTED.value)
    for hold in holds:
        states = [state for state in LACKING if REASON_OF_OUTCOME[LpcoState(state)].value == hold.reason]
        left = LpcoNeed.objects.filter(declaration_id=declaration_id, version=needs[0].version, agency=agency)
        if not left.filter(state__in=states).exists():
            hold_lift_by_rule(work, hold, actor=actor, reason=f"{order.reference}: {order.reason}"[:500], at=now)
    _tell(work, entry, Verb.CONTINGENCY_RECORDED, actor, order.reason)
    return entry.pk


def _tell(work: Work, entry: ContingencyEntry, verb: Verb, actor: Actor, reason: str) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="declaration",
        subject_id=str(entry.declaration_id),
        data={
            "mrn": entry.mrn,
            "entry": str(entry.pk),
            "agency": entry.agency,
            "code": entry.code,
            "cause": entry.cause,
            "quantity": format(entry.quantity, "f"),
            "difference": format(entry.difference, "f") if entry.difference is not None else "",
            "state": entry.state,
        },
        reason=reason.strip(),
    )


def contingency_match(*, entry_id: UUID, actor: Actor, number: str, quantity: Decimal, reason: str) -> Decimal:
    """Write an entry off from the permit that it meant; returns what was entered less what was written off.

    Locks: the entry, then the permit.

    Raises:
        NotFound: no such entry or permit of the actor's agency.
        NotPermitted: AG-073, who entered it does not reconcile it.
        TransitionRefused: it was settled before.
        RuleViolated: AG-002, AG-004, AG-020 or AG-041, as of an entry by hand.
    """
    with unit_of_work() as work:
        entry = _own_entry(entry_id, actor)
        state = CONTINGENCY.next_state("match", entry.state)
        permits = Permit.objects.select_for_update(of=("self",)).select_related("holder")
        permit = permits.filter(code=entry.code, number=number, agency_id=actor.agency).first()
        if permit is None:
            raise NotFound
        taken = entry_make(
            work,
            permit,
            kind=WriteOffKind.CONTINGENCY,
            quantity=quantity,
            unit=entry.unit,
            reason=f"{entry.reference}: {reason.strip()}" if reason.strip() else "",
            on=entry.recorded_at.date(),
            actor=actor,
        )
        entry.write_off, entry.difference = taken, entry.quantity - quantity
        _settle(work, entry, state, actor, reason)
        return entry.difference


def contingency_reject(*, entry_id: UUID, actor: Actor, reason: str) -> None:
    """Say that no permit stands behind an entry; the declaration was let go on its ground, so risk is told.

    Raises:
        NotFound, NotPermitted, TransitionRefused: as `contingency_match`. RuleViolated: AG-041, no reason.
    """
    with unit_of_work() as work:
        entry = _own_entry(entry_id, actor)
        state = CONTINGENCY.next_state("reject", entry.state)
        if not reason.strip():
            raise RuleViolated(violations=[Violation("AG-041", "/reason", "Give the reason.")])
        _settle(work, entry, state, actor, reason)


def _own_entry(entry_id: UUID, actor: Actor) -> ContingencyEntry:
    actor.require(Permission.MANAGE_PERMIT)
    entry = ContingencyEntry.objects.select_for_update().filter(pk=entry_id, agency=actor.agency or "-").first()
    if entry is None:
        raise NotFound
    if entry.recorded_by == actor.label:
        raise NotPermitted("You entered this; another officer reconciles it (AG-073).")
    return entry


def _settle(work: Work, entry: ContingencyEntry, state: ContingencyState, actor: Actor, reason: str) -> None:
    entry.state, entry.settled_by = state.value, actor.label
    entry.settled_at, entry.settled_reason = clock.now(), reason.strip()[:REASON_LENGTH]
    entry.save(update_fields=["state", "settled_by", "settled_at", "settled_reason", "write_off", "difference"])
    _tell(work, entry, Verb.CONTINGENCY_SETTLED, actor, reason)
