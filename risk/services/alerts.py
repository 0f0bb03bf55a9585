"""The alert list: proposed by one person, in force when another agrees."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from risk.models import AlertEntry
from risk.rules.consignment import name_key
from risk.states import ALERT, AlertState
from risk.types import AlertKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound
from singlewindow.kernel.identifiers import uuid7


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
        Conflict: it stands on the list or waits already, or the day is too far off or past.
    """
    actor.require(Permission.EDIT_RISK)
    content = {
        "kind": kind.value,
        "value": alert_value(kind, value),
        "origin": origin,
        "reason": reason,
        "basis": basis,
        "owner": owner,
        "valid_to": valid_to,
    }
    try:
        with unit_of_work() as work, transaction.atomic():
            entry = AlertEntry.objects.create(
                id=uuid7(), valid_from=clock.today(), content_sha256=alert_digest(content), **content
            )
            return proposal_make(
                work,
                actor=actor,
                kind="risk.alert",
                subject_id=str(entry.id),
                title=f"{kind.value} {entry.value}",
                content_sha256=entry.content_sha256,
                evidence={**content, "valid_to": valid_to.isoformat()},
            )
    except IntegrityError as error:
        raise Conflict("This stands on the list already, or its last day is past or over 180 days off.") from error


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


def alert_end(*, actor: Actor, alert_id: str, reason: str) -> None:
    """Take an entry off the alert list; it stays on record.

    Raises:
        NotPermitted: the actor may not change the list.
        NotFound: no such entry is in force.
    """
    actor.require(Permission.EDIT_RISK)
    with unit_of_work() as work:
        if not _end(work, actor, alert_id, reason, AlertState.LIVE):
            raise NotFound


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
