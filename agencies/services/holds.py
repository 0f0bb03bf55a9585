"""Holds: opened by the law or an officer, decided by the agency that holds, and by nobody else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agencies.models import Hold, LpcoNeed
from agencies.rules import requirements_of
from agencies.selectors import agency_info, hold_info, needs_outcomes, requirement_index
from agencies.states import HOLD, HoldState
from agencies.types import CUSTOMS, NEED_KINDS, PERMIT_KINDS, HoldInfo, HoldReason, LpcoState, PermitOutcome
from declarations.types import DeclarationHead, DeclarationSnapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

HOLD_DECIDED = "HoldDecided"
REASON_LENGTH = 500

OPEN_SQL = """
INSERT INTO agencies_hold (id, declaration_id, mrn, agency, kind, reason, opened_at, deadline, owner,
    items, details, parties, state, decided_by, decision_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::uuid[], 'open', '', '')
ON CONFLICT (declaration_id, agency, reason) WHERE state = 'open' DO NOTHING RETURNING id
"""

REASON_OF_OUTCOME = {
    LpcoState.MISSING: HoldReason.PERMIT_MISSING,
    LpcoState.EXHAUSTED: HoldReason.PERMIT_EXHAUSTED,
    LpcoState.INVALID: HoldReason.PERMIT_INVALID,
    LpcoState.AWAITED: HoldReason.CERTIFICATE_AWAITED,
    LpcoState.STALE: HoldReason.CERTIFICATE_INVALID,
    LpcoState.REUSED: HoldReason.CERTIFICATE_USED,
    LpcoState.DOUBTED: HoldReason.DISCLAIMER_CHECK,
}


class Decision(StrEnum):
    """What an agency may say of goods that it holds."""

    LIFT = "lift"
    UPHOLD = "uphold"


LOCK_SQL = "SELECT id FROM agencies_hold WHERE declaration_id = %s ORDER BY id FOR NO KEY UPDATE"


def holds_open(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    actor: Actor,
    at: datetime,
    outcomes: Sequence[PermitOutcome] | None = None,
    settled: frozenset[tuple[str, str]] = frozenset(),
) -> list[HoldInfo]:
    """Open the holds of every agency that has not what it requires, or that looks at all such goods.

    Args:
        outcomes: what `permits_reserve` returned; read again from what it recorded when left out.
        settled: agency and reason of checks that are over for these goods and are not opened again.

    Source: docs/rules/agencies.md, AG-012, AG-021, AG-030.
    """
    if outcomes is None:
        work.flush()
        rows = LpcoNeed.objects.filter(declaration_id=snapshot.id, version=snapshot.version).order_by("item", "id")
        outcomes = needs_outcomes(rows)
    found: dict[tuple[str, HoldReason], list[Mapping[str, str]]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.state in REASON_OF_OUTCOME:
            found[outcome.agency, REASON_OF_OUTCOME[outcome.state]].append(_fact(outcome))
    for need in requirements_of(snapshot.message, requirement_index(), at.date()):
        if need.requirement.check is not None:
            fact = {"item": str(need.item), "requirement": need.requirement.title}
            found[need.requirement.agency, need.requirement.check].append(fact)
    return [
        hold_open(work, snapshot, agency=agency, reason=reason, actor=actor, at=at, details=facts)
        for (agency, reason), facts in sorted(found.items())
        if (agency, reason.value) not in settled
    ]


def _fact(outcome: PermitOutcome) -> dict[str, str]:
    fact = {"item": str(outcome.item), "code": outcome.code, "permit": outcome.permit_number, "unit": outcome.unit}
    for name, value in (("needed", outcome.quantity), ("remaining", outcome.remaining)):
        if value is not None and outcome.state is not LpcoState.MISSING:
            fact[name] = _plain(value)
    return {name: value for name, value in fact.items() if value}


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def hold_open(
    work: Work,
    declaration: DeclarationHead,
    *,
    agency: str,
    reason: HoldReason,
    actor: Actor,
    at: datetime,
    details: Iterable[Mapping[str, str]] = (),
    owner: str = "",
    deadline: datetime | None = None,
) -> HoldInfo:
    """Hold a declaration's goods for one agency and one reason; the agency's time begins to run.

    Belongs into a transaction that has the declaration's row locked, as the release has: goods are then never
    released while a hold is being opened.

    Idempotent: a hold of this agency and reason that is open already is returned as it is.
    """
    facts = [dict(fact) for fact in details]
    items = sorted({int(fact["item"]) for fact in facts if fact.get("item", "0") != "0"})
    until = deadline or at + timedelta(hours=agency_info(agency).sla_hours)
    hold = Hold(
        id=uuid7(),
        declaration_id=declaration.id,
        mrn=declaration.mrn,
        agency=agency,
        kind=reason.kind.value,
        reason=reason.value,
        opened_at=at,
        deadline=until,
        owner=owner,
        items=items,
        details=facts,
        parties=list(declaration.parties),
    )
    if not work.fetch(OPEN_SQL, _open_parameters(hold)):
        open_now = Hold.objects.get(declaration_id=declaration.id, agency=agency, reason=reason.value, state="open")
        return hold_info(open_now)
    info = hold_info(hold)
    event_record(
        work,
        actor=actor,
        verb=Verb.HOLD_OPENED,
        subject_type="declaration",
        subject_id=str(declaration.id),
        data={
            "mrn": declaration.mrn,
            "hold": str(hold.id),
            "agency": agency,
            "reason": reason.value,
            "deadline": until.isoformat(),
        },
        at=at,
    )
    _tell_parties(work, info, "hold.opened", at)
    return info


def _open_parameters(hold: Hold) -> list[object]:
    return [
        hold.id,
        hold.declaration_id,
        hold.mrn,
        hold.agency,
        hold.kind,
        hold.reason,
        hold.opened_at,
        hold.deadline,
        hold.owner,
        hold.items,
        canonical_bytes(hold.details).decode(),
        [str(party) for party in hold.parties],
    ]


def _tell_parties(work: Work, hold: HoldInfo, type: str, at: datetime, **more: str) -> None:
    data = {
        "mrn": hold.mrn,
        "hold": str(hold.id),
        "agency": hold.agency,
        "reason": hold.reason.value,
        "text": hold.reason.sentence,
        "next_step": hold.reason.next_step,
        "deadline": hold.deadline.isoformat(),
        **more,
    }
    party_event_publish(
        work, organisation_ids=hold.parties, type=type, subject_id=str(hold.declaration_id), data=data, at=at
    )


def hold_read(*, hold_id: UUID, actor: Actor) -> HoldInfo:
    """A hold of the actor's own agency.

    Raises:
        NotFound: there is none, or it is another agency's (A2); asking for another's leaves an event.
    """
    row = Hold.objects.filter(pk=hold_id).first()
    if row is not None and _may_see(actor, row.agency):
        return hold_info(row)
    if row is not None:
        _record_denied(actor, hold_id)
    raise NotFound


def _may_see(actor: Actor, agency: str) -> bool:
    if agency == CUSTOMS:
        return actor.may(Permission.DECIDE_CASE)
    return actor.may(Permission.VIEW_AGENCY_HOLD) and actor.agency == agency


def _may_decide(actor: Actor, agency: str) -> bool:
    if agency == CUSTOMS:
        return actor.may(Permission.DECIDE_CASE)
    return actor.may(Permission.DECIDE_AGENCY_HOLD) and actor.agency == agency


def _record_denied(actor: Actor, hold_id: UUID) -> None:
    with unit_of_work() as work:
        event_record(work, actor=actor, verb=Verb.REQUEST_DENIED, subject_type="hold", subject_id=str(hold_id), data={})


def hold_decide(*, hold_id: UUID, actor: Actor, decision: Decision, reason: str) -> HoldInfo:
    """Lift or uphold a hold of the actor's own agency, and set off what follows from it.

    Locks: the hold's row; the reaction to the event locks the declaration and asks for all holds again.

    Source: docs/rules/agencies.md, AG-031, AG-032.

    Raises:
        NotFound: there is none, or it is another agency's, which leaves an event.
        TransitionRefused: it was decided before.
        RuleViolated: AG-032, no reason is given.
    """
    hold_read(hold_id=hold_id, actor=actor)
    with unit_of_work() as work:
        return hold_settle(work, hold_id=hold_id, actor=actor, decision=decision, reason=reason, at=clock.now())


def hold_settle(work: Work, *, hold_id: UUID, actor: Actor, decision: Decision, reason: str, at: datetime) -> HoldInfo:
    """Decide a hold inside a transaction that is open already, as `hold_decide` does."""
    row = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if row is None or not _may_decide(actor, row.agency):
        raise NotFound
    state = HOLD.next_state(decision.value, row.state)
    text = reason.strip()
    if not text or len(text) > REASON_LENGTH:
        message = f"Give the reason of the decision, in {REASON_LENGTH} characters at most."
        raise RuleViolated(violations=[Violation("AG-032", "/reason", message)])
    _step(work, [row], state, actor=actor, reason=text, at=at)
    if state is HoldState.LIFTED and row.kind in NEED_KINDS:
        _needs_accept(work, row)
    hold = hold_info(row)
    queue(
        work,
        HOLD_DECIDED,
        subject_id=str(row.declaration_id),
        payload={"hold": str(row.pk), "agency": row.agency, "decision": decision.value},
        actor=actor,
    )
    return hold


def holds_lock(work: Work, declaration_id: UUID) -> None:
    """Lock the holds of a declaration before its permits and its money: who renews them later has them already.

    Locks: the holds, in the order of their ids; the caller holds the declaration.
    """
    work.fetch(LOCK_SQL, [declaration_id])


def hold_lift_by_rule(work: Work, row: Hold, *, actor: Actor, reason: str, at: datetime) -> None:
    """Lift a locked hold whose cause has gone, because a rule says so and not its agency; release is tried again."""
    HOLD.next_state("lift", row.state)
    _step(work, [row], HoldState.LIFTED, actor=actor, reason=reason, at=at)
    payload = {"hold": str(row.pk), "agency": row.agency, "decision": Decision.LIFT.value}
    queue(work, HOLD_DECIDED, subject_id=str(row.declaration_id), payload=payload, actor=actor)


def holds_of_permits_withdraw(work: Work, declaration_id: UUID, *, actor: Actor, reason: str, at: datetime) -> int:
    """End the open holds that stand on permits, because what is declared has changed; returns how many.

    Locks: the declaration's holds, in the order of their ids.
    """
    kinds = [kind.value for kind in PERMIT_KINDS]
    held = Hold.objects.select_for_update().filter(declaration_id=declaration_id, state="open", kind__in=kinds)
    rows = list(held.order_by("pk"))
    _step(work, rows, HoldState.WITHDRAWN, actor=actor, reason=reason, at=at)
    return len(rows)


def _step(work: Work, rows: Iterable[Hold], state: HoldState, *, actor: Actor, reason: str, at: datetime) -> None:
    for row in rows:
        row.state, row.decided_by, row.decided_at, row.decision_reason = state.value, actor.label, at, reason
        row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
        event_record(
            work,
            actor=actor,
            verb=Verb.HOLD_DECIDED,
            subject_type="declaration",
            subject_id=str(row.declaration_id),
            data={
                "mrn": row.mrn,
                "hold": str(row.pk),
                "agency": row.agency,
                "reason": row.reason,
                "state": state.value,
            },
            reason=reason,
            at=at,
        )
        _tell_parties(work, hold_info(row), "hold.decided", at, state=state.value)


def _needs_accept(work: Work, hold: Hold) -> None:
    """The agency is content without the permit: the needs behind its hold are met (AG-033)."""
    states = [state.value for state, reason in REASON_OF_OUTCOME.items() if reason.value == hold.reason]
    work.execute(
        "UPDATE agencies_lpconeed SET state = 'accepted' WHERE declaration_id = %s AND agency = %s AND state = ANY(%s)",
        [hold.declaration_id, hold.agency, states],
    )


def holds_withdraw(work: Work, declaration_id: UUID, *, actor: Actor, reason: str, at: datetime) -> int:
    """End every hold that still stands, because the declaration ended; returns how many. Idempotent.

    Locks: the declaration's holds, in the order of their ids.
    """
    rows = list(
        Hold.objects.select_for_update()
        .filter(declaration_id=declaration_id, state__in=["open", "upheld"])
        .order_by("pk")
    )
    for row in rows:
        HOLD.next_state("withdraw", row.state)
    _step(work, rows, HoldState.WITHDRAWN, actor=actor, reason=reason, at=at)
    return len(rows)
