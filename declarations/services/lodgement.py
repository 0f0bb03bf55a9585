"""Lodging: a message becomes a numbered declaration, or leaves no trace."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services.authority import Filing, filing_for
from declarations.services.cargo import cargo_lodge
from declarations.services.checks import message_checked
from declarations.services.mrn import mrn_next
from declarations.services.notices import parties_tell, step_record
from declarations.services.rows import content_columns, parts_insert
from declarations.services.taken import message_taken
from declarations.states import LEGAL, GoodsState, LegalState
from declarations.types import Channel, Lodged, standing_digest
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.reference.selectors import profile as profile_on

LRN_CONSTRAINT = "declaration_lrn_once"
JOB_PRIORITY = 5


def declaration_lodge(
    *,
    message: DeclarationMessage,
    actor: Actor,
    channel: Channel,
    draft_id: UUID | None = None,
    warnings: Iterable[Violation] = (),
) -> Lodged:
    """Lodge a message in a transaction of its own. See `declaration_lodge_in`.

    Raises:
        Conflict: code `duplicate_lrn`, the organisation used this LRN before; the sentence names the MRN.
    """
    with duplicate_lrn_named(actor, message.lrn), unit_of_work() as work:
        return declaration_lodge_in(
            work, message=message, actor=actor, channel=channel, draft_id=draft_id, warnings=warnings
        )


def declaration_lodge_in(
    work: Work,
    *,
    message: DeclarationMessage,
    actor: Actor,
    channel: Channel,
    draft_id: UUID | None = None,
    warnings: Iterable[Violation] = (),
) -> Lodged:
    """Check a message, number it and write it, with its events, notices and jobs, in the statement of the work.

    Lodging registers: what is refused leaves no row. When the goods are here already the declaration also says so,
    and acceptance follows by job.

    Locks: the draft, so that two clicks lodge once.
    Idempotent: by the LRN; the second lodgement breaks a unique key when the work is written (wrap the work in
        `duplicate_lrn_named`).

    Source: docs/rules/lodgement.md.

    Args:
        warnings: what reading the message found already; given back with those of the rules.

    Raises:
        NotPermitted: DL-AUT, no mandate for a party that is known here.
        RuleViolated: the message breaks rules; all of them are listed.
        NotFound: the draft is none of the actor's organisation.
        TransitionRefused: the draft was lodged before.
    """
    actor.require(Permission.LODGE_DECLARATION)
    at = clock.now()
    filing = filing_for(message, actor, at)
    found = message_checked(message, actor, at)
    entry = Entry(message, filing, actor, channel, at, (*warnings, *found), draft_id=draft_id)
    return declaration_enter(work, entry)


@dataclass(frozen=True, slots=True)
class Entry:
    """A message that passed every check, on its way into the register."""

    message: DeclarationMessage
    filing: Filing
    actor: Actor
    channel: Channel
    at: datetime
    warnings: tuple[Violation, ...] = ()
    draft_id: UUID | None = None
    priority: int = JOB_PRIORITY
    """Of the jobs that follow: those of bulk filing wait for those of people."""
    content: bytes | None = None
    """The canonical bytes of the message, where they are known already."""


def declaration_enter(work: Work, entry: Entry) -> Lodged:
    """Number a checked message and add its rows, events, notices and jobs to the work.

    Locks: the draft, if it was one.
    """
    message, at = entry.message.without_access_codes(), entry.at
    profile = profile_on(at.date())
    kept_as_read = entry.content if message is entry.message else None
    content = kept_as_read or message.canonical_bytes()
    lodged = Lodged(
        id=entry.draft_id or uuid7(),
        mrn=mrn_next(profile=profile, direction=message.direction, office=message.office or "", at=at),
        lrn=message.lrn,
        version=1,
        legal_state=LegalState.REGISTERED,
        goods_state=GoodsState.PRESENTED if message.goods_presented else GoodsState.EXPECTED,
        canonical_sha256=sha256_hex(content),
        lodged_at=at,
        expires_at=None if message.goods_presented else at + timedelta(days=profile.pre_arrival_days),
        warnings=entry.warnings,
    )
    row = _declaration_row(message, entry.filing, entry.actor, entry.channel, lodged, content)
    if entry.draft_id is None:
        work.insert(Declaration, tuple(row), [tuple(row.values())])
    else:
        _draft_lodge(work, entry.actor, entry.draft_id, row)
    parts_insert(work, lodged.id, message)
    cargo_lodge(work, lodged, message, entry.actor)
    message_taken(work, lodged.id, entry.message, actor=entry.actor, at=at)
    _tell(work, lodged, entry)
    return lodged


@contextmanager
def duplicate_lrn_named(actor: Actor, lrn: str) -> Iterator[None]:
    """Turn the broken unique key of a second lodgement into a refusal that names the first one.

    Raises:
        Conflict: code `duplicate_lrn`.
    """
    try:
        yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        if getattr(diagnostics, "constraint_name", "") != LRN_CONSTRAINT:
            raise
        mrn = Declaration.objects.filter(lodged_by=actor.organisation_id, lrn=lrn, mrn__isnull=False).values_list(
            "mrn", flat=True
        )
        raise Conflict(
            f"Your organisation lodged a declaration with the LRN {lrn} before: its MRN is {mrn.first()}.",
            code="duplicate_lrn",
        ) from error


def _declaration_row(
    message: DeclarationMessage, filing: Filing, actor: Actor, channel: Channel, lodged: Lodged, content: bytes
) -> dict[str, Any]:
    return {
        "id": lodged.id,
        "mrn": lodged.mrn,
        "lrn": lodged.lrn,
        "direction": message.direction,
        "channel": channel.value,
        "lodged_by_id": filing.filer,
        "submitter": actor.label,
        "legal_state": lodged.legal_state.value,
        "goods_state": lodged.goods_state.value,
        "version": lodged.version,
        "created_at": lodged.lodged_at,
        "lodged_at": lodged.lodged_at,
        "presented_at": lodged.lodged_at if message.goods_presented else None,
        "expires_at": lodged.expires_at,
        **content_columns(message, filing, content, lodged.canonical_sha256),
    }


def _draft_lodge(work: Work, actor: Actor, draft_id: UUID, row: dict[str, Any]) -> None:
    """Turn the draft into what was lodged: submitted, then registered, under one lock."""
    found = work.fetch(
        "SELECT legal_state FROM declarations_declaration WHERE id = %s AND lodged_by_id = %s FOR UPDATE",
        [draft_id, actor.organisation_id],
    )
    if not found:
        raise NotFound
    submitted = LEGAL.next_state("lodge", found[0][0])
    work.execute(
        "UPDATE declarations_declaration SET legal_state = %s, draft = NULL WHERE id = %s",
        [submitted.value, draft_id],
    )
    changed = {column: value for column, value in row.items() if column not in {"id", "created_at"}}
    assignments = ", ".join(f"{column} = %s" for column in changed)
    work.execute(
        f"UPDATE declarations_declaration SET {assignments} WHERE id = %s",  # noqa: S608  (names of this module)
        [*changed.values(), draft_id],
    )


def _tell(work: Work, lodged: Lodged, entry: Entry) -> None:
    """Events, notice and jobs of a lodgement."""
    filing, actor, channel = entry.filing, entry.actor, entry.channel
    at, subject = lodged.lodged_at, str(lodged.id)
    submitted, registered = (
        standing_digest(lodged.canonical_sha256, 1, legal, GoodsState.EXPECTED)
        for legal in (LegalState.SUBMITTED, LegalState.REGISTERED)
    )
    own = filing.declarant_identifier in {actor.organisation_identifier, ""}
    behalf = "" if own else filing.declarant_identifier
    steps: list[tuple[Verb, dict[str, str], str, str]] = [
        (
            Verb.DECLARATION_SUBMITTED,
            {"lrn": lodged.lrn, "channel": channel.value, "content": lodged.canonical_sha256},
            "",
            submitted,
        ),
        (Verb.DECLARATION_REGISTERED, {"mrn": lodged.mrn, "lrn": lodged.lrn}, submitted, registered),
    ]
    if lodged.goods_state is GoodsState.PRESENTED:
        presented = standing_digest(lodged.canonical_sha256, 1, LegalState.REGISTERED, GoodsState.PRESENTED)
        steps.append((Verb.GOODS_PRESENTED, {"mrn": lodged.mrn}, registered, presented))
    for verb, data, before, after in steps:
        step_record(
            work,
            declaration_id=lodged.id,
            actor=actor,
            verb=verb,
            at=at,
            data=data,
            before=before,
            after=after,
            on_behalf_of=behalf,
        )
    parties_tell(
        work,
        parties=filing.parties,
        declaration_id=lodged.id,
        type="registered",
        at=at,
        mrn=lodged.mrn,
        lrn=lodged.lrn,
        legal_state=lodged.legal_state,
        goods_state=lodged.goods_state,
    )
    queue(
        work, "DeclarationLodged", subject_id=subject, dedup=f"{subject}:lodged", actor=actor, priority=entry.priority
    )
    if lodged.expires_at is not None:
        queue(
            work,
            "DeclarationExpiryDue",
            subject_id=subject,
            dedup=f"{subject}:expiry",
            not_before=lodged.expires_at,
            priority=entry.priority,
            actor=actor,
        )
