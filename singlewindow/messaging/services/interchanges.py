"""An interchange is taken once: good messages are processed, bad ones rejected, and CONTRL names each.

The rule for interchanges of several messages: each message stands for itself, in a savepoint of its own. As soon as
one was taken, the reference of the interchange is used up; rejected messages come again under a new reference. An
interchange of which nothing was taken leaves nothing, and may be sent again under the same reference.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work, with_retries
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.edifact import (
    EdifactMessage,
    Interchange,
    InterchangeHeader,
    InterchangeRefused,
    interchange_read,
)
from singlewindow.kernel.errors import DomainError, NotPermitted, SignatureInvalid, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.messaging import models
from singlewindow.messaging.contrl import MessageResult, contrl_write
from singlewindow.messaging.edifact import edifact_family
from singlewindow.messaging.types import InterchangeOutcome, violation_values

log = structlog.get_logger(__name__)

COLUMNS = ("id", "organisation_id", "sender", "reference", "sha256", "answer", "report", "received_at")
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
TEST = Violation(
    "format.edifact.test",
    "",
    "UNB says that the interchange is a test, and this window files what it takes.",
    "Leave the test indicator out to file it; check_message tells what would become of a message.",
    source="segment 1 UNB element 11",
)


@dataclass(frozen=True, slots=True)
class _Sent:
    """An interchange as it came in."""

    body: bytes
    header: InterchangeHeader
    actor: Actor

    @property
    def organisation(self) -> UUID:
        """Whose software sent it; `_sender_required` lets nobody else through."""
        if self.actor.organisation_id is None:
            raise NotPermitted
        return self.actor.organisation_id

    @property
    def sha256(self) -> str:
        return sha256_hex(self.body)


def interchange_take(body: bytes, actor: Actor) -> InterchangeOutcome:
    """Take what is good of an interchange and answer with CONTRL.

    Locks: the reference of the sender, so that two copies at once are one.
    Idempotent: the same bytes again get the stored CONTRL again.

    Raises:
        NotPermitted: the sender in UNB is neither the actor's organisation nor one whose mandate it holds; a
            security event is left.
        InterchangeRefused: not even its header can be read, so that there is nobody to answer.
    """
    try:
        interchange = interchange_read(body)
    except InterchangeRefused as refusal:
        if refusal.header is None:
            raise
        sent = _Sent(body, refusal.header, actor)
        _sender_required(sent)
        return _rejected(sent, refusal.violations, refusal.status)
    sent = _Sent(body, interchange.header, actor)
    _sender_required(sent)
    if interchange.faults:
        return _rejected(sent, interchange.faults, 422)
    if interchange.header.test:
        return _rejected(sent, (TEST,), 422)
    return with_retries(lambda: _taken_once(sent, interchange))


def _taken_once(sent: _Sent, interchange: Interchange) -> InterchangeOutcome:
    header, actor = sent.header, sent.actor
    with transaction.atomic():
        work = Work()
        work.execute(LOCK, [f"interchange {sent.organisation} {header.sender} {header.reference}"])
        known = models.Interchange.objects.filter(
            organisation_id=sent.organisation, sender=header.sender, reference=header.reference
        ).first()
        if known is not None:
            return _again(sent, known)
        seen: set[str] = set()
        results = [_message_take(message, actor, seen) for message in interchange.messages]
        at = clock.now()
        answer = contrl_write(header, body=sent.body, at=at, results=results)
        report = _report(header, results=results)
        taken = [result.answer for result in results if result.answer is not None]
        if not taken:
            return InterchangeOutcome(422, answer, report)
        subject = uuid7()
        row = (subject, sent.organisation, header.sender, header.reference, sent.sha256, answer, report, at)
        work.insert(models.Interchange, COLUMNS, [row])
        event_record(
            work,
            actor=actor,
            verb=Verb.INTERCHANGE_TAKEN,
            subject_type="interchange",
            subject_id=str(subject),
            data={"reference": header.reference, "messages": len(results), "taken": len(taken), "sha256": sent.sha256},
        )
        work.flush()
    return InterchangeOutcome(200, answer, report)


def _again(sent: _Sent, known: models.Interchange) -> InterchangeOutcome:
    """The answer to a reference that is used up: the stored one, or the refusal of other content."""
    if known.sha256 == sent.sha256:
        return InterchangeOutcome(200, bytes(known.answer), known.report, replayed=True)
    text = f"The interchange reference {sent.header.reference} was used before, for other content."
    found = Violation("duplicate_reference", "", text, "Give each interchange a reference of its own.")
    _security_event(sent, "duplicate_reference")
    return _rejected(sent, (found,), 409)


def _message_take(message: EdifactMessage, actor: Actor, seen: set[str]) -> MessageResult:
    """One message in a savepoint: what a refusal began is undone."""
    identifier = (message.type, message.version, message.release, message.agency)
    findings = message.faults
    if not findings and message.reference in seen:
        place = str(message.place(message.segments[0], 1))
        text = "Two messages of the interchange bear the same reference."
        findings = (Violation("format.edifact.duplicate_message", "", text, source=place),)
    seen.add(message.reference)
    if findings:
        return MessageResult(message.reference, identifier, findings)
    try:
        with unit_of_work() as work:
            answer = edifact_family(message).take(work, message, actor)
            work.flush()
    except DomainError as refusal:
        if isinstance(refusal, NotPermitted):
            _denial_record(message, actor)
        found = refusal.violations or (Violation(refusal.code, "", refusal.detail),)
        return MessageResult(message.reference, identifier, found)
    return MessageResult(message.reference, identifier, answer=answer)


def _sender_required(sent: _Sent) -> None:
    """Refuse an interchange under the name of somebody else, and of who demands signatures, which it cannot bear.

    Raises:
        NotPermitted: code `unknown_sender`.
        SignatureInvalid: signature.required.
    """
    if sent.actor.must_sign:
        raise SignatureInvalid("Messages of this organisation must be signed.", code="signature.required")
    if organisations_actor_may_file_for(sent.actor).filter(identifier=sent.header.sender).exists():
        return
    _security_event(sent, "unknown_sender")
    text = "The sender in UNB is neither your organisation nor one that gave it a mandate in force."
    found = Violation("unknown_sender", "", text, "Send under your own identifier.", source="segment 1 UNB element 2")
    raise NotPermitted(text, violations=(found,), code="unknown_sender")


def _rejected(sent: _Sent, findings: tuple[Violation, ...], status: int) -> InterchangeOutcome:
    answer = contrl_write(sent.header, body=sent.body, at=clock.now(), findings=findings)
    return InterchangeOutcome(status, answer, _report(sent.header, findings=findings))


def _report(
    header: InterchangeHeader, *, findings: tuple[Violation, ...] = (), results: list[MessageResult] | None = None
) -> dict[str, Any]:
    """What CONTRL says, in words."""
    whole: dict[str, Any] = {"sender": header.sender, "reference": header.reference}
    if findings:
        return whole | {"outcome": "rejected", "code": findings[0].rule, "errors": _values(findings), "messages": []}
    messages = [_message_report(result) for result in results or []]
    outcomes = {one["outcome"] for one in messages}
    return whole | {"outcome": outcomes.pop() if len(outcomes) == 1 else "in_part", "messages": messages}


def _message_report(result: MessageResult) -> dict[str, Any]:
    told: dict[str, Any] = {"reference": result.reference, "kind": ":".join(result.identifier[:3])}
    if result.answer is None:
        return told | {"outcome": "rejected", "errors": _values(result.findings)}
    answer = result.answer
    receipt = {"subject": answer.subject_type, "id": answer.subject_id, "number": answer.number, **answer.values}
    return told | {"outcome": "accepted", **receipt, "warnings": _values(answer.warnings)}


def _values(findings: tuple[Violation, ...]) -> list[dict[str, str]]:
    return [violation_values(found) for found in findings]


def _security_event(sent: _Sent, code: str) -> None:
    """Record an attempt in a transaction of its own, or in the one that is open and will be kept."""
    log.warning("interchange.refused", code=code, sender=sent.header.sender, actor=sent.actor.label)
    with unit_of_work() as work:
        event_record(
            work,
            actor=sent.actor,
            verb=Verb.INTERCHANGE_REFUSED,
            subject_type="interchange",
            subject_id=sent.sha256,
            data={"code": code, "sender": sent.header.sender, "reference": sent.header.reference},
        )


def _denial_record(message: EdifactMessage, actor: Actor) -> None:
    with unit_of_work() as work:
        event_record(
            work,
            actor=actor,
            verb=Verb.REQUEST_DENIED,
            subject_type="message",
            subject_id=message.kind,
            data={"reference": message.reference},
        )
