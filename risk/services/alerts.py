"""The alert list: proposed by one person, in force when another agrees, and taken off it the same way."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from risk.models import AlertEntry
from risk.rules.alert_check import FORM, REASON_LENGTH, alert_violations
from risk.rules.consignment import name_key
from risk.states import ALERT, AlertState
from risk.types import AlertKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_lock, proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

KIND, KIND_END = "risk.alert", "risk.alert_end"
"""Kinds of proposals; keys of settings.PROPOSAL_KINDS."""


def alert_value(kind: AlertKind, text: str) -> str:
    """The value of an alert in the form in which declarations are compared with it."""
    return name_key(text) if kind is AlertKind.NAME else "".join(text.split()).upper()


def alert_propose(
    *,
    actor: Actor,
    kind: AlertKind,
    value: str,
    reason: str,
    basis: str,
    owner: str,
    valid_to: date,
    origin: str = "",
) -> UUID:
    """Propose a party, name, container or commodity for the alert list, until a day 180 days off at most.

    Source: docs/rules/risk.md, RM-ACT-02.

    Returns:
        the id of the proposal.

    Raises:
        NotPermitted: the actor may not change the list, or is no person.
        RuleViolated: RM-ALE-05 and RM-ALE-06, every field that cannot stand.
        Conflict: it stands on the list or waits already.
    """
    actor.require(Permission.EDIT_RISK)
    content: dict[str, Any] = {
        "kind": kind.value,
        "value": alert_value(kind, value),
        "origin": origin,
        "reason": reason.strip(),
        "basis": basis.strip(),
        "owner": owner.strip(),
        "valid_to": valid_to,
    }
    wrong = alert_violations(**{**content, "kind": kind}, today=clock.today())
    if wrong:
        raise RuleViolated("The entry cannot be proposed so.", violations=wrong)
    try:
        with unit_of_work() as work, transaction.atomic():
            _over_end(work, actor, content)
            entry = AlertEntry.objects.create(
                id=uuid7(), valid_from=clock.today(), content_sha256=alert_digest(content), **content
            )
            return proposal_make(
                work,
                actor=actor,
                kind=KIND,
                subject_id=str(entry.id),
                title=f"{kind.value} {entry.value}",
                content_sha256=entry.content_sha256,
                evidence={**content, "valid_to": valid_to.isoformat()},
                address=reverse("risk:alert", args=[entry.id]),
            )
    except IntegrityError as error:
        raise Conflict("This stands on the list already, or waits for a second person.") from error


def _over_end(work: Work, actor: Actor, content: dict[str, Any]) -> None:
    """An entry whose last day is past is out of force by itself; it makes room for the next of its kind."""
    same = {name: content[name] for name in ("kind", "value", "origin")}
    over = AlertEntry.objects.filter(state=AlertState.LIVE.value, valid_to__lt=clock.today(), **same)
    for entry_id in over.values_list("id", flat=True):
        _end(work, actor, str(entry_id), "Its last day is past.", AlertState.LIVE)


def alert_digest(content: dict[str, Any]) -> str:
    """Digest of an entry: what a second person agrees to."""
    return sha256_hex(canonical_bytes({name: str(value) for name, value in content.items()}))


def alert_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """What a granted entry does: declarations are compared with it from now on.

    Locks: the entry.

    Raises:
        TransitionRefused: it was ended in the meantime.
    """
    entry = AlertEntry.objects.select_for_update().get(pk=proposal.subject_id)
    entry.state = ALERT.next_state("go_live", entry.state).value
    entry.save(update_fields=["state"])
    data = {"change": "added", "kind": entry.kind, "until": entry.valid_to.isoformat()}
    _record(work, actor, str(entry.id), data, entry.reason)


def alert_declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """What becomes of an entry that was refused or taken back: it is ended, and may be proposed anew."""
    _end(work, actor, proposal.subject_id, proposal.reason, AlertState.PROPOSED)


def alert_end_propose(*, actor: Actor, alert_id: UUID, reason: str) -> UUID:
    """Propose that a live entry is taken off the list before its last day; the id of the proposal.

    Locks: an open proposal of the same, then the entry.

    Source: docs/rules/risk.md, RM-ALE-07.

    Raises:
        NotPermitted: the actor may not change the list, or is no person.
        NotFound: no such entry is in force.
        RuleViolated: RM-ALE-05, no reason is given.
    """
    actor.require(Permission.EDIT_RISK)
    text = reason.strip()
    if not text or len(text) > REASON_LENGTH:
        sentence = f"Write 1 to {REASON_LENGTH} characters."
        raise RuleViolated(sentence, violations=[Violation(FORM, "/reason", sentence, "Say why.")])
    with unit_of_work() as work:
        proposal_lock(KIND_END, str(alert_id))  # first, as granting does
        standing = AlertEntry.objects.select_for_update().filter(
            pk=alert_id, state=AlertState.LIVE.value, valid_to__gte=clock.today()
        )
        entry = standing.first()
        if entry is None:
            raise NotFound
        return proposal_make(
            work,
            actor=actor,
            kind=KIND_END,
            subject_id=str(entry.id),
            title=f"{entry.kind} {entry.value}",
            content_sha256=entry.content_sha256,
            evidence={
                "kind": entry.kind,
                "value": entry.value,
                "origin": entry.origin,
                "reason": text,
                "valid_to": entry.valid_to.isoformat(),
            },
            address=reverse("risk:alert", args=[entry.id]),
        )


def alert_ends(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """What agreeing to an end does: the entry is off the list from now on; it stays on record.

    Locks: the entry.

    Raises:
        Conflict: it is not in force any more.
    """
    if not _end(work, actor, proposal.subject_id, str(proposal.evidence.get("reason", "")), AlertState.LIVE):
        raise Conflict("The entry is not in force any more.")


def _end(work: Work, actor: Actor, alert_id: str, reason: str, state: AlertState) -> bool:
    standing = AlertEntry.objects.filter(pk=alert_id, state=state.value)
    if not standing.update(state=AlertState.ENDED.value, ended_at=clock.now()):
        return False
    _record(work, actor, alert_id, {"change": "ended"}, reason)
    return True


def _record(work: Work, actor: Actor, alert_id: str, data: dict[str, str], reason: str) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.ALERT_LIST_CHANGED,
        subject_type="alert_entry",
        subject_id=alert_id,
        data=dict(data),
        reason=reason,
    )
