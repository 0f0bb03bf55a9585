"""Advance rulings: registered by one person of customs, binding when another agrees, checked where they are cited.

Source: docs/rules/fees.md, FE-RUL-01 to FE-RUL-05 (domain.md F05, K17; TFA 3).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from declarations.schemas import DeclarationMessage
from fees.models import Ruling
from fees.rules.rulings import ruling_findings, rulings_cited
from fees.selectors.rulings import rulings_by_number
from fees.services.quotes import profile_and_day
from fees.states import RULING
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier, organisation_found
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

KIND: Final = "fees.ruling"
NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9/-]{2,34}")
TEXT_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class RulingDraft:
    """What is registered."""

    number: str
    holder: str
    """The identifier of the organisation that asked for it."""
    commodity_code: str
    origin: str
    valid_from: date
    valid_to: date
    goods: str
    text: str


def ruling_propose(draft: RulingDraft, *, actor: Actor) -> UUID:
    """Register a ruling; it binds when a second person agrees.

    Locks: the open proposal of the subject.

    Source: docs/rules/fees.md, FE-RUL-04.

    Raises:
        NotPermitted: the actor may not.
        RuleViolated: FE-RUL-04, everything that is wrong with it at once.
        Conflict: the number is given.
    """
    actor.require(Permission.MANAGE_TARIFF)
    holder = organisation_by_identifier(draft.holder)
    found = list(_draft_findings(draft))
    if holder is None or found:
        missing = [_wrong("/holder", "No organisation has this identifier.")] if holder is None else []
        raise RuleViolated(violations=[*missing, *found])
    with unit_of_work() as work:
        if Ruling.objects.filter(number=draft.number).exists():
            raise Conflict("There is a ruling of this number.")
        content = _content(draft)
        digest = sha256_hex(canonical_bytes(content))
        row = Ruling.objects.create(
            id=uuid7(),
            number=draft.number,
            holder_id=holder.pk,
            commodity_code=draft.commodity_code,
            origin=draft.origin,
            valid_from=draft.valid_from,
            valid_to=draft.valid_to,
            goods=draft.goods,
            text=draft.text,
            state=RULING.initial.value,
            content_sha256=digest,
            made_by=actor.label,
            made_at=clock.now(),
        )
        proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(row.pk),
            title=f"Ruling {row.number}: {row.commodity_code} {row.origin}".strip(),
            content_sha256=digest,
            evidence=content,
            address="/rulings/",
        )
        _tell(work, row, Verb.RULING_REGISTERED, actor)
    return row.pk


def ruling_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Let a ruling bind from its first day on, and tell its holder. Locks: the ruling."""
    row = _step(proposal, "agree")
    _tell(work, row, Verb.RULING_ISSUED, actor)
    data: dict[str, JsonValue] = {"number": row.number, "commodity_code": row.commodity_code, "origin": row.origin}
    party_event_publish(work, organisation_ids=[row.holder_id], type="ruling.issued", subject_id=str(row.pk), data=data)


def ruling_declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put a ruling away that nobody agreed to. Locks: the ruling."""
    _tell(work, _step(proposal, "decline"), Verb.RULING_DECLINED, actor)


def ruling_check(message: DeclarationMessage, actor: Actor) -> Iterator[Violation]:
    """Refuse items that contradict the ruling that they cite, with its text.

    A number that is not registered here is recorded as it is declared: it may be another country's.

    Source: docs/rules/fees.md, FE-RUL-01 to FE-RUL-03. Named in settings.LODGEMENT_CHECKS.
    """
    cited = [(at, item, *one) for at, item in enumerate(message.items) for one in rulings_cited(item)]
    known = rulings_by_number({number for _, _, _, number in cited})
    if not known:
        return
    on, parties = profile_and_day(clock.now())[1], _parties(message, actor)
    for at, item, place, number in cited:
        if number in known:
            pointer = f"/items/{at}"
            document = f"{pointer}/documents/{place}/id"
            yield from ruling_findings(item, known[number], parties, on, pointer=pointer, document=document)


def ruling_check_needed(messages: Sequence[DeclarationMessage]) -> Collection[int]:
    """Which of many messages cite a ruling."""
    return [at for at, message in enumerate(messages) if any(any(rulings_cited(item)) for item in message.items)]


def _parties(message: DeclarationMessage, actor: Actor) -> set[str]:
    named = (message.declarant, message.importer, message.exporter, message.representative)
    ids = {party.id for party in named if party is not None and party.id}
    own = organisation_found(actor.organisation_id) if actor.organisation_id else None
    return ids | ({own.identifier} if own else set())


def _draft_findings(draft: RulingDraft) -> Iterator[Violation]:
    if not NUMBER.fullmatch(draft.number):
        yield _wrong("/number", "The number has 3 to 35 capital letters, digits, hyphens and slashes.")
    if not re.fullmatch(r"[0-9]{6,10}", draft.commodity_code):
        yield _wrong("/commodity_code", "The code has 6 to 10 digits.")
    if draft.origin and not re.fullmatch(r"[A-Z]{2}", draft.origin):
        yield _wrong("/origin", "The origin is a country code of two letters.")
    if draft.valid_to < draft.valid_from:
        yield _wrong("/valid_to", "It ends before it begins.")
    if not draft.goods.strip() or not draft.text.strip() or len(draft.text) > TEXT_MOST:
        yield _wrong("/text", f"Say what the goods are, and the ruling in at most {TEXT_MOST} characters.")


def _wrong(pointer: str, sentence: str) -> Violation:
    return Violation("FE-RUL-04", pointer, sentence, "Correct it.")


def _content(draft: RulingDraft) -> dict[str, JsonValue]:
    return {
        "number": draft.number,
        "holder": draft.holder,
        "commodity_code": draft.commodity_code,
        "origin": draft.origin,
        "valid_from": draft.valid_from.isoformat(),
        "valid_to": draft.valid_to.isoformat(),
        "goods": draft.goods,
        "text": draft.text,
    }


def _step(proposal: ProposalView, action: str) -> Ruling:
    row = Ruling.objects.select_for_update().filter(pk=proposal.subject_id).first()
    if row is None:
        raise NotFound
    row.state = RULING.next_state(action, row.state).value
    row.save(update_fields=["state"])
    return row


def _tell(work: Work, row: Ruling, verb: Verb, actor: Actor) -> None:
    data: dict[str, JsonValue] = {"number": row.number, "state": row.state, "commodity_code": row.commodity_code}
    event_record(work, actor=actor, verb=verb, subject_type="ruling", subject_id=str(row.pk), data=data)
