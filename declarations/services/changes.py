"""Requests to change a declaration: written as they are asked, decided once."""

from dataclasses import dataclass, replace
from datetime import datetime

from declarations.models import ChangeRequest
from declarations.rules.amendments import difference
from declarations.schemas import DeclarationMessage
from declarations.selectors.changes import change_open_of
from declarations.services.notices import SUBJECT, parties_tell
from declarations.services.taken import message_taken
from declarations.states import CHANGE, ChangeState
from declarations.types import Change, ChangeKind, DeclarationHead, DeclarationSnapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, TransitionRefused
from singlewindow.kernel.identifiers import uuid7

NUMBER_SQL = "SELECT coalesce(max(number), 0) + 1 FROM declarations_changerequest WHERE declaration_id = %s"
DECIDE_SQL = """
UPDATE declarations_changerequest SET state = %s, decided_by = %s, decided_at = %s, decision_reason = %s,
    granted_version = %s, money_before_minor = %s, money_after_minor = %s, currency = %s
WHERE id = %s AND state = 'REQUESTED'
"""
VERBS = {
    ChangeState.GRANTED: Verb.CHANGE_GRANTED,
    ChangeState.DENIED: Verb.CHANGE_DENIED,
    ChangeState.WITHDRAWN: Verb.CHANGE_WITHDRAWN,
    ChangeState.DISCLOSED: Verb.CHANGE_DISCLOSED,
}
NOTICES = {
    ChangeState.GRANTED: "change.granted",
    ChangeState.DENIED: "change.denied",
    ChangeState.WITHDRAWN: "change.withdrawn",
    ChangeState.DISCLOSED: "change.denied",
}
DENIED_CODE, GRANTED_CODE = "41", "39"
"""Name codes of the notice of a decided request, as the CDS notifications use them (DMSREQ)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for."""

    kind: ChangeKind
    reason: str
    channel: str
    reason_code: str = ""
    evidence: str = ""
    reference: str = ""
    proposed: DeclarationMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a declaration owed before and owes after a change; none where it cannot be said."""

    before_minor: int | None = None
    after_minor: int | None = None
    currency: str = ""


def change_open(
    work: Work,
    snapshot: DeclarationSnapshot,
    actor: Actor,
    asked: Asked,
    *,
    rule: str,
    at: datetime,
    deadline: datetime | None = None,
    voluntary: bool = False,
    money: Money | None = None,
) -> Change:
    """Write a request with its difference, and tell the parties that it was asked.

    Locks: the caller holds the declaration's row.

    Source: docs/rules/changes.md, CH-ONE-01.

    Raises:
        Conflict: code `change_pending`, an earlier request waits for its decision.
    """
    if change_open_of(snapshot.id) is not None:
        raise Conflict(
            "An earlier request about this declaration waits for its decision; withdraw it or wait.",
            code="change_pending",
        )
    if asked.proposed is not None:
        message_taken(work, snapshot.id, asked.proposed, actor=actor, at=at)
        asked = replace(asked, proposed=asked.proposed.without_access_codes())
    ((number,),) = work.fetch(NUMBER_SQL, [snapshot.id])
    money = money or Money()
    change = Change(
        id=uuid7(),
        declaration_id=snapshot.id,
        number=number,
        kind=asked.kind,
        state=ChangeState.REQUESTED,
        stage=snapshot.legal_state,
        base_version=snapshot.version,
        proposed=asked.proposed.canonical_bytes() if asked.proposed else None,
        reason_code=asked.reason_code,
        reason=asked.reason,
        evidence=asked.evidence,
        reference=asked.reference,
        channel=asked.channel,
        rule=rule,
        voluntary=voluntary,
        requested_by=actor.label,
        requested_for=actor.organisation_id,
        requested_at=at,
        deadline=deadline,
        difference=tuple(_lines(snapshot.message, asked.proposed)),
        money_before_minor=money.before_minor,
        money_after_minor=money.after_minor,
        currency=money.currency,
    )
    _insert(change)
    data: dict[str, JsonValue] = {"kind": change.kind.value, "rule": rule, "voluntary": voluntary}
    _tell(work, snapshot, change, actor, Verb.CHANGE_REQUESTED, "change.requested", at=at, more=data)
    return change


def _lines(before: DeclarationMessage, after: DeclarationMessage | None) -> list[dict[str, JsonValue]]:
    return [dict(line) for line in difference(before, after) if isinstance(line, dict)] if after else []


def _insert(change: Change) -> None:
    """Written at once and not with the rest of the work: triggers look for it when the content changes."""
    ChangeRequest.objects.create(
        id=change.id,
        declaration_id=change.declaration_id,
        number=change.number,
        kind=change.kind.value,
        state=change.state.value,
        stage=change.stage.value,
        base_version=change.base_version,
        proposed=change.proposed,
        reason_code=change.reason_code,
        reason=change.reason,
        evidence=change.evidence,
        reference=change.reference,
        channel=change.channel,
        rule=change.rule,
        voluntary=change.voluntary,
        requested_by=change.requested_by,
        requested_for_id=change.requested_for,
        requested_at=change.requested_at,
        deadline=change.deadline,
        difference=list(change.difference),
        money_before_minor=change.money_before_minor,
        money_after_minor=change.money_after_minor,
        currency=change.currency,
    )


def change_decide(
    work: Work,
    head: DeclarationHead,
    change: Change,
    action: str,
    actor: Actor,
    *,
    at: datetime,
    reason: str = "",
    money: Money | None = None,
    granted_version: int | None = None,
) -> Change:
    """Write the decision of a request: grant, deny, withdraw or disclose. The effects are the caller's.

    Locks: the caller holds the declaration's row.

    Raises:
        NotPermitted: the permission map denies the step to the actor.
        TransitionRefused: it was decided before.
    """
    arrow = CHANGE.transition(action, change.state)
    actor.require(Permission(arrow.permission))
    money = money or Money(
        before_minor=change.money_before_minor, after_minor=change.money_after_minor, currency=change.currency
    )
    decided = replace(
        change,
        state=arrow.target,
        decided_by=actor.label,
        decided_at=at,
        decision_reason=reason,
        granted_version=granted_version,
        money_before_minor=money.before_minor,
        money_after_minor=money.after_minor,
        currency=money.currency,
    )
    touched = work.execute(
        DECIDE_SQL,
        [
            *(decided.state.value, actor.label, at, reason, granted_version),
            *(money.before_minor, money.after_minor, money.currency, change.id),
        ],
    )
    if touched != 1:
        raise TransitionRefused("This request was decided in the meantime; read it again.")
    code = GRANTED_CODE if decided.state is ChangeState.GRANTED else DENIED_CODE
    more: dict[str, JsonValue] = {"kind": change.kind.value, "name_code": code, "rule": change.rule}
    if change.voluntary:
        more["voluntary"] = True
    if decided.money_delta_minor is not None:
        more |= {"money_delta_minor": decided.money_delta_minor, "currency": decided.currency}
    if decided.state is ChangeState.WITHDRAWN:
        more.pop("name_code")
    verb, notice = VERBS[decided.state], NOTICES[decided.state]
    _tell(work, head, decided, actor, verb, notice, at=at, more=more)
    return decided


def _tell(
    work: Work,
    head: DeclarationHead,
    change: Change,
    actor: Actor,
    verb: Verb,
    notice: str,
    *,
    at: datetime,
    more: dict[str, JsonValue],
) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type=SUBJECT,
        subject_id=str(head.id),
        data={"mrn": head.mrn, "change": change.number, "version": head.version, **more},
        reason=change.decision_reason or change.reason,
        at=at,
    )
    told: dict[str, JsonValue] = {
        "version": head.version,
        "request": change.number,
        "decision": change.state.value.lower(),
        "reason": change.reason_code,
        "text": change.decision_reason or change.reason,
    }
    parties_tell(
        work,
        parties=head.parties,
        declaration_id=head.id,
        type=notice,
        at=at,
        mrn=head.mrn,
        lrn=head.lrn,
        legal_state=head.legal_state,
        goods_state=head.goods_state,
        more=told | more,
    )
