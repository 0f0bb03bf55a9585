"""Changes of quotas by two people: volume, transfer, stops, and whether one is critical."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.quotas.models import Change, Quota, Stop
from singlewindow.quotas.rules import ZERO
from singlewindow.quotas.services.book import Book, Line, book_of, day_over
from singlewindow.quotas.states import QuotaState
from singlewindow.quotas.types import ChangeKind, ChangeState, ClaimKind, StopKind

KIND = "quotas.change"
REASON_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaChange:
    """What is to change of a quota."""

    kind: ChangeKind
    reason: str
    quantity: Decimal | None = None
    """VOLUME: more, or less below zero; TRANSFER: what goes over, above zero."""
    to_quota: UUID | None = None
    stop: StopKind | None = None
    day_from: date | None = None
    day_to: date | None = None
    """STOP: its last day, none for until further notice; LIFT: the new last day."""
    stop_id: UUID | None = None
    critical: bool = True

    def content(self) -> dict[str, JsonValue]:
        """What two people agree to, as JSON."""
        return {
            "kind": self.kind.value,
            "reason": self.reason.strip(),
            "quantity": format(self.quantity, "f") if self.quantity is not None else None,
            "to_quota": str(self.to_quota) if self.to_quota else None,
            "stop": self.stop.value if self.stop else None,
            "day_from": self.day_from.isoformat() if self.day_from else None,
            "day_to": self.day_to.isoformat() if self.day_to else None,
            "stop_id": str(self.stop_id) if self.stop_id else None,
            "critical": self.critical,
        }


def change_of_content(content: Mapping[str, Any]) -> QuotaChange:
    """A change as it was agreed to."""
    return QuotaChange(
        kind=ChangeKind(content["kind"]),
        reason=content["reason"],
        quantity=_decimal(content["quantity"]),
        to_quota=UUID(content["to_quota"]) if content["to_quota"] else None,
        stop=StopKind(content["stop"]) if content["stop"] else None,
        day_from=date.fromisoformat(content["day_from"]) if content["day_from"] else None,
        day_to=date.fromisoformat(content["day_to"]) if content["day_to"] else None,
        stop_id=UUID(content["stop_id"]) if content["stop_id"] else None,
        critical=content["critical"],
    )


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def quota_change_propose(*, quota_id: UUID, change: QuotaChange, actor: Actor) -> UUID:
    """Put a change of a quota before a second person; returns the proposal.

    Locks: nothing of the quota: what stands against the change then is asked again when it is granted.

    Source: docs/rules/quotas.md, QU-CHG-01 to QU-CHG-06.

    Raises:
        NotFound: there is no such quota.
        NotPermitted: the actor may not manage quotas, or is no person.
        RuleViolated: everything that is wrong with the change.
    """
    actor.require(Permission.MANAGE_QUOTA)
    with unit_of_work() as work:
        quota = Quota.objects.filter(pk=quota_id).first()
        if quota is None:
            raise NotFound
        book = book_of(work, _concerned(quota.id, change), actor=actor, at=clock.now())
        _checked(book, quota.id, change)
        content = change.content()
        digest = sha256_hex(canonical_bytes({"quota": str(quota.id), **content}))
        row = Change.objects.create(
            id=uuid7(),
            quota=quota,
            kind=change.kind.value,
            content=content,
            sha256=digest,
            proposed_by=actor.label,
            proposed_at=clock.now(),
        )
        proposal_id = proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(row.id),
            title=f"{quota.order_number} {change.kind.value}",
            content_sha256=digest,
            evidence={"what": quota.title, **{name: value for name, value in content.items() if value is not None}},
            address=f"/quotas/{quota.order_number}/manage",
        )
        _tell(work, quota.id, Verb.QUOTA_CHANGE_PROPOSED, row.id, content, actor)
        return proposal_id


def quota_change_apply(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put a change in force that a second person agreed to, if it still can be.

    Called by approvals when a proposal is granted, in its transaction.

    Locks: the quotas concerned, in the order of their ids.

    Source: docs/rules/quotas.md, QU-CHG-01 to QU-CHG-06.

    Raises:
        Conflict: what was agreed to is not what stands on the row.
        RuleViolated: the figures do not bear it any more; the proposal stays open.
    """
    row = Change.objects.select_for_update().get(pk=proposal.subject_id)
    if row.sha256 != proposal.content_sha256 or row.state != ChangeState.PROPOSED.value:
        raise Conflict("The change is not the one that was proposed.", code="stale")
    change, at = change_of_content(row.content), clock.now()
    book = book_of(work, _concerned(row.quota_id, change), actor=actor, at=at)
    _checked(book, row.quota_id, change)
    row.state, row.decided_at = ChangeState.APPLIED.value, at
    row.save(update_fields=["state", "decided_at"])
    _apply(book, row.quota_id, row.id, change)
    _tell(work, row.quota_id, Verb.QUOTA_CHANGED, row.id, row.content, actor)


def quota_change_decline(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Note that a change was refused or taken back. Called by approvals."""
    Change.objects.filter(pk=proposal.subject_id, state=ChangeState.PROPOSED.value).update(
        state=ChangeState.DECLINED.value, decided_at=clock.now()
    )


def quota_turn(work: Work, job: JobContext) -> None:
    """Look at where a quota stands when a stop begins or ends, and close it when its period is settled.

    Locks: the quota.

    Idempotent: a state that stands is not written again.

    Source: docs/rules/quotas.md, QU-STA-01, QU-STA-05.
    """
    actor, at = system_actor("quotas", conversation_id=job.conversation_id), clock.now()
    quota_id = UUID(job.subject_id)
    book = book_of(work, [quota_id], actor=actor, at=at)
    one = book.held[quota_id]
    if one.state is QuotaState.CLOSED:
        return
    if at < day_over(one.period_to):
        book.close()
    elif one.figures.pending:
        queue(work, "QuotaTurns", subject_id=str(quota_id), not_before=at + timedelta(days=1), actor=actor)
    else:
        book.end(quota_id)


def _concerned(quota_id: UUID, change: QuotaChange) -> list[UUID]:
    return [quota_id, *([change.to_quota] if change.to_quota else [])]


def _checked(book: Book, quota_id: UUID, change: QuotaChange) -> None:
    """Raises RuleViolated with everything that is wrong with a change."""
    if found := [*_text_findings(change), *_figure_findings(book, quota_id, change)]:
        raise RuleViolated(violations=found)


def _text_findings(change: QuotaChange) -> list[Violation]:
    if change.reason.strip() and len(change.reason) <= REASON_MAX:
        return []
    message = f"Give the reason, in {REASON_MAX} characters at most."
    return [Violation("QU-CHG-01", "/reason", message, "Name the law or the decision.")]


def _figure_findings(book: Book, quota_id: UUID, change: QuotaChange) -> list[Violation]:
    one = book.held[quota_id]
    if one.state is QuotaState.CLOSED and change.kind is not ChangeKind.TRANSFER:
        return [Violation("QU-CHG-06", "", "The period of this quota is settled.", "Choose the quota of this period.")]
    match change.kind:
        case ChangeKind.VOLUME | ChangeKind.TRANSFER:
            return _quantity_findings(book, quota_id, change)
        case ChangeKind.STOP:
            wrong = change.stop is None or change.day_from is None
            if wrong or (change.day_to is not None and change.day_from is not None and change.day_to < change.day_from):
                return [
                    Violation("QU-CHG-04", "/day_from", "Give the first day, and a last day that is not before it.")
                ]
        case ChangeKind.LIFT:
            return _lift_findings(quota_id, change)
        case ChangeKind.CRITICAL:
            if one.figures.critical_decided == change.critical:
                return [Violation("QU-CHG-05", "/critical", "This is so already.")]
    return []


def _quantity_findings(book: Book, quota_id: UUID, change: QuotaChange) -> list[Violation]:
    one, quantity = book.held[quota_id], change.quantity
    step = Decimal(1).scaleb(-one.decimals)
    if quantity is None or not quantity.is_finite() or quantity == 0 or quantity % step:
        return [Violation("QU-CHG-02", "/quantity", f"Give a quantity in {one.unit}, to {one.decimals} places.")]
    if change.kind is ChangeKind.TRANSFER:
        other = book.held.get(change.to_quota) if change.to_quota else None
        if other is None or other.id == one.id or quantity < 0:
            return [Violation("QU-CHG-03", "/to_quota", "Name another quota, and a quantity above zero.")]
        if (other.unit, other.by_value, other.decimals) != (one.unit, one.by_value, one.decimals):
            return [Violation("QU-CHG-03", "/to_quota", "Both quotas must be kept in the same unit.")]
    taken = quantity if change.kind is ChangeKind.TRANSFER else -quantity
    if taken > max(one.figures.available, ZERO):
        left = format(max(one.figures.available, ZERO).normalize(), "f")
        message = f"No more can be taken than is left beside the open claims: {left} {one.unit}."
        return [Violation("QU-CHG-02", "/quantity", message, "Take less, or wait for the settlement.", left)]
    return []


def _lift_findings(quota_id: UUID, change: QuotaChange) -> list[Violation]:
    stop = Stop.objects.filter(pk=change.stop_id, quota_id=quota_id).first() if change.stop_id else None
    if stop is None or change.day_to is None or (stop.day_to is not None and change.day_to >= stop.day_to):
        return [Violation("QU-CHG-04", "/day_to", "Name a stop of this quota, and an earlier last day than it has.")]
    return []


def _apply(book: Book, quota_id: UUID, change_id: UUID, change: QuotaChange) -> None:
    source = f"change:{change_id}"
    if change.kind is ChangeKind.VOLUME and change.quantity is not None:
        _adjust(book, quota_id, change.quantity, source)
    elif change.kind is ChangeKind.TRANSFER and change.quantity is not None and change.to_quota is not None:
        _adjust(book, quota_id, -change.quantity, source)
        _adjust(book, change.to_quota, change.quantity, source)
    elif change.kind is ChangeKind.STOP and change.stop is not None and change.day_from is not None:
        Stop.objects.create(
            quota_id=quota_id,
            kind=change.stop.value,
            day_from=change.day_from,
            day_to=change.day_to,
            reason=change.reason,
            change_id=change_id,
        )
        turns = [change.day_from, *([change.day_to + timedelta(days=1)] if change.day_to else [])]
        _stops_seen(book, quota_id, turns)
    elif change.kind is ChangeKind.LIFT and change.day_to is not None and change.stop_id is not None:
        Stop.objects.filter(pk=change.stop_id).update(day_to=change.day_to)
        _stops_seen(book, quota_id, [change.day_to + timedelta(days=1)])
    elif change.kind is ChangeKind.CRITICAL:
        one = book.held[quota_id]
        book.held[quota_id] = replace(one, figures=replace(one.figures, critical_decided=change.critical))
    book.close()


def _adjust(book: Book, quota_id: UUID, quantity: Decimal, source: str) -> None:
    book.add(Line(quota_id=quota_id, kind=ClaimKind.ADJUST, quantity=quantity, source=source))
    book.move(quota_id, balance=quantity, volume=quantity)


def _stops_seen(book: Book, quota_id: UUID, turns: list[date]) -> None:
    """Let the state follow a stop: now, where it holds today, and at each of its turns by a job."""
    today = clock.today()
    kinds = [
        stop.kind
        for stop in Stop.objects.filter(quota_id=quota_id, day_from__lte=today)
        if stop.day_to is None or stop.day_to >= today
    ]
    one = book.held[quota_id]
    book.held[quota_id] = replace(one, stop_today=StopKind(min(kinds)) if kinds else None)
    for day in turns:
        if day > today:
            queue(book.work, "QuotaTurns", subject_id=str(quota_id), not_before=_begins(day), actor=book.actor)


def _begins(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.now().tzinfo)


def _tell(
    work: Work, quota_id: UUID, verb: Verb, change_id: UUID, content: Mapping[str, JsonValue], actor: Actor
) -> None:
    data: dict[str, JsonValue] = {"change": str(change_id), **content}
    event_record(work, actor=actor, verb=verb, subject_type="quota", subject_id=str(quota_id), data=data)
