"""Lodging and amending an entry summary declaration: it gets its MRN or its next version, or leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier, parties_known
from singlewindow.accounts.types import Actor, MandateScope
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.ens.models import EntryDocument, EntryQuestion, EntrySummary, EntryVersion
from singlewindow.ens.profile import profile
from singlewindow.ens.rules import entry_check
from singlewindow.ens.rules.assessment import is_late
from singlewindow.ens.selectors import entries_for
from singlewindow.ens.services.notices import standing, step_tell
from singlewindow.ens.states import ENTRY, EntryState
from singlewindow.ens.types import EntryMessage
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.mrn import mrn_compose
from singlewindow.reference.selectors import profile as country_profile

LRN_CONSTRAINT = "entry_lrn_once"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIAL_PLACES = 8
ASSESSED_FIRST = 3
"""Priority of the assessment: whoever waits to load goes before the filing of declarations."""


@dataclass(frozen=True, slots=True)
class EntryReceipt:
    """What the filer gets."""

    id: UUID
    mrn: str
    lrn: str
    version: int
    state: EntryState
    sha256: str
    late: bool
    at: datetime
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class _Filing:
    filer: UUID
    lodger: UUID | None
    carrier: UUID | None


def entry_take(work: Work, *, message: EntryMessage, actor: Actor, channel: str) -> EntryReceipt:
    """Lodge a new declaration (CC315A) or amend an earlier one (CC313A), and queue its assessment.

    Locks: the earlier declaration, where one is amended.
    Idempotent: by LRN; the second lodgement is refused.

    Source: docs/rules/ens.md.

    Raises:
        NotPermitted: EN-AUT, no mandate for the person who lodges, who is known here.
        RuleViolated: the message breaks rules; all of them are listed.
        NotFound: the MRN that is amended is none of the actor's.
        TransitionRefused: it cannot be amended any more.
        Conflict: EN-013, the organisation used this LRN before; the sentence names the MRN.
    """
    actor.require(Permission.ENTRY_FILE)
    at = clock.now()
    filing = _filing_for(message, actor, at)
    found = entry_check(message, on=profile(at.date()))
    if found:
        raise RuleViolated(f"{len(found)} rules are broken.", violations=found)
    made = (
        _amend(work, message, filing, actor, channel, at)
        if message.amends
        else _lodge(work, message, filing, actor, channel, at)
    )
    queue(
        work,
        "EntrySummaryLodged",
        subject_id=str(made.id),
        payload={"version": made.version},
        dedup=f"{made.id}:{made.version}",
        priority=ASSESSED_FIRST,
        actor=actor,
    )
    return made


def _filing_for(message: EntryMessage, actor: Actor, at: datetime) -> _Filing:
    """For whom it is filed, as far as the window knows them. Source: docs/rules/ens.md, EN-AUT."""
    if actor.organisation_id is None:
        raise NotPermitted
    lodger, carrier = message.identifier("lodger"), message.carrier_id
    lodger_organisation: UUID | None = actor.organisation_id
    if lodger != actor.organisation_identifier:
        known = parties_known([lodger], agent_id=actor.organisation_id, scope=MandateScope.IMPORT, at=at).get(lodger)
        if known is not None and not known.may_file:
            raise NotPermitted(
                "Your organisation may not file for the person who lodges.",
                violations=[
                    Violation(
                        "EN-AUT",
                        "/lodger/id",
                        "This party gave your organisation no mandate that is in force.",
                        "Ask the party to grant a mandate, or name your own organisation.",
                        lodger,
                    )
                ],
            )
        lodger_organisation = known.organisation_id if known else None
    named = organisation_by_identifier(carrier) if carrier != lodger else None
    return _Filing(actor.organisation_id, lodger_organisation, named.pk if named else None)


def _lodge(
    work: Work, message: EntryMessage, filing: _Filing, actor: Actor, channel: str, at: datetime
) -> EntryReceipt:
    entry = EntrySummary(
        id=uuid7(),
        mrn=_mrn_next(work, message, at),
        lrn=message.reference,
        lodged_by_id=filing.filer,
        state=EntryState.REGISTERED.value,
        version=1,
        lodged_at=at,
        documents=[],
    )
    _fill(entry, message, filing, actor, channel, at)
    with _duplicate_named(actor, message), transaction.atomic():
        entry.save(force_insert=True)
    _version_keep(work, entry, message, actor, at)
    step_tell(work, entry, actor=actor, verb=Verb.ENTRY_LODGED, at=at, data={"lrn": entry.lrn, "late": entry.late})
    ends = (entry.expected_at or at) + profile(at.date()).kept
    queue(work, "EntrySummaryDue", subject_id=str(entry.id), dedup=f"{entry.id}:end", not_before=ends, actor=actor)
    return _receipt(entry, message, at)


@contextmanager
def _duplicate_named(actor: Actor, message: EntryMessage) -> Iterator[None]:
    """Turn the broken unique key of a second lodgement into a refusal that names the first one.

    The row is written in a savepoint, so that the first one can be read in the same transaction.

    Raises:
        Conflict: EN-013, code `duplicate_lrn`.
    """
    try:
        yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        if getattr(diagnostics, "constraint_name", "") != LRN_CONSTRAINT:
            raise
        earlier = EntrySummary.objects.filter(lodged_by=actor.organisation_id, lrn=message.reference)
        mrn = earlier.values_list("mrn", flat=True).first()
        raise Conflict(
            f"Your organisation lodged an entry summary declaration with the reference {message.reference} before: "
            f"its MRN is {mrn}.",
            code="duplicate_lrn",
        ) from error


def _amend(
    work: Work, message: EntryMessage, filing: _Filing, actor: Actor, channel: str, at: datetime
) -> EntryReceipt:
    entry = entries_for(actor).filter(mrn=message.reference).select_for_update(of=("self",)).first()
    if entry is None:
        raise NotFound("There is no entry summary declaration with this MRN that your organisation may amend.")
    if entry.lodged_by_id != actor.organisation_id:
        raise NotFound
    before = standing(entry)
    # A version that waits for its assessment may be followed by another one; the assessment of the older is dropped.
    if entry.state == EntryState.PROPOSED:
        # The word of the state would tell that the desk weighs to forbid the loading.
        raise TransitionRefused("It cannot be amended while it is being assessed.")
    if entry.state != EntryState.REGISTERED:
        entry.state = ENTRY.next_state("amend", entry.state).value
    entry.version += 1
    _fill(entry, message, filing, actor, channel, at)
    entry.assessed_at = entry.due_at = entry.decided_at = None
    entry.decided_by = entry.decision_reason = ""
    entry.save()
    EntryDocument.objects.filter(entry=entry).delete()
    EntryQuestion.objects.filter(entry=entry, answered_at=None, withdrawn_at=None).update(withdrawn_at=at)
    _version_keep(work, entry, message, actor, at)
    step_tell(
        work, entry, actor=actor, verb=Verb.ENTRY_AMENDED, at=at, before=before, notice={"version": entry.version}
    )
    return _receipt(entry, message, at)


def _fill(
    entry: EntrySummary, message: EntryMessage, filing: _Filing, actor: Actor, channel: str, at: datetime
) -> None:
    """The columns that repeat the content."""
    content = message.canonical_bytes()
    entry.content, entry.content_sha256 = content, message.sha256()
    entry.submitter, entry.channel = actor.label, channel
    entry.lodger_organisation_id, entry.carrier_organisation_id = filing.lodger, filing.carrier
    entry.lodger_identifier, entry.carrier_identifier = message.identifier("lodger"), message.carrier_id
    entry.transport_mode, entry.office = message.mode, message.values["first_entry"]["office"]
    entry.conveyance = message.header.get("conveyance_reference", "")
    entry.expected_at = message.expected_at
    entry.documents = list(message.transport_documents[:99])
    entry.item_count, entry.package_count = len(message.items), message.package_count
    entry.gross_mass_kg = message.gross_mass_kg
    entry.late = is_late(message, at, profile(at.date()))


def _version_keep(work: Work, entry: EntrySummary, message: EntryMessage, actor: Actor, at: datetime) -> None:
    work.insert(
        EntryVersion,
        ("entry_id", "version", "content", "content_sha256", "made_at", "made_by"),
        [(entry.id, entry.version, bytes(entry.content), entry.content_sha256, at, actor.label)],
    )
    work.insert(
        EntryDocument,
        ("entry_id", "reference", "carrier_identifier"),
        [(entry.id, reference, entry.carrier_identifier) for reference in message.transport_documents],
    )


def _mrn_next(work: Work, message: EntryMessage, at: datetime) -> str:
    """The next number: office of first entry and serial, with the letter of entry summary declarations (K5)."""
    country = country_profile(at.date())
    serial = int(work.fetch("SELECT nextval('ens_mrn')")[0][0])
    text = ""
    while serial:
        serial, rest = divmod(serial, len(_DIGITS))
        text = _DIGITS[rest] + text
    office = message.values["first_entry"]["office"].upper()
    part = office[4:] if office.startswith(country.mrn_country) else "0000"
    return mrn_compose(
        year=at.astimezone(ZoneInfo(country.time_zone)).year,
        country=country.mrn_country,
        series=part + text.rjust(SERIAL_PLACES, "0"),
        procedure=profile(at.date()).mrn_letter,
    )


def _receipt(entry: EntrySummary, message: EntryMessage, at: datetime) -> EntryReceipt:
    return EntryReceipt(
        id=entry.id,
        mrn=entry.mrn,
        lrn=entry.lrn,
        version=entry.version,
        state=EntryState(entry.state),
        sha256=entry.content_sha256,
        late=entry.late,
        at=at,
        correlation_id=message.values["message_id"],
    )
