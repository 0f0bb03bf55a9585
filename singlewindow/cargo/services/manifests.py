"""Acts on manifests: filed by carriers and forwarders, amended and cancelled before arrival."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.cargo.models import Bill, Manifest, ManifestVersion
from singlewindow.cargo.rules import findings_of, warnings_of
from singlewindow.cargo.schemas import ManifestMessage
from singlewindow.cargo.services.arrivals import arrival_before
from singlewindow.cargo.services.bills import bills_insert, bills_link, bills_replace
from singlewindow.cargo.states import BILL, MANIFEST, BillState, ManifestState
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, PreconditionFailed, RuleViolated, Violation
from singlewindow.reference.selectors import offices

SUBJECT = "manifest"
VERSION_COLUMNS = ("manifest_id", "version", "content", "content_sha256", "source", "kept", "at", "actor")


@dataclass(frozen=True, slots=True)
class ManifestReceipt:
    """The answer to a manifest."""

    id: UUID
    reference: str
    version: int
    state: ManifestState
    bills: int
    content_sha256: str
    warnings: tuple[Violation, ...] = ()


def manifest_checked(message: ManifestMessage) -> tuple[Violation, ...]:
    """Ask every rule of a manifest; returns what is only remarked upon.

    Raises:
        RuleViolated: CA-020 to CA-025, all findings at once.
    """
    found = list(findings_of(message, {office.id for office in offices(clock.today())}))
    if found:
        count = len(found)
        text = found[0].message if count == 1 else f"The manifest breaks rules in {count} places."
        raise RuleViolated(text, violations=found)
    return tuple(warnings_of(message))


def manifest_file(
    work: Work,
    message: ManifestMessage,
    actor: Actor,
    *,
    source: str = "json",
    kept: Sequence[dict[str, Any]] = (),
    remarks: Iterable[Violation] = (),
) -> ManifestReceipt:
    """File a manifest of the actor's organisation with its transport documents.

    Declarations that wait for one of its bills are linked by job; so are arrivals that were told before.

    Args:
        kept: elements of the sender's message that have no field here, so that nothing is lost.
        remarks: what reading the message found; given back with the rules' own.

    Raises:
        NotPermitted: the actor files no manifests.
        RuleViolated: CA-020 to CA-025.
        Conflict: the organisation filed this reference before; the sentence names it.
    """
    actor.require(Permission.MANIFEST_FILE)
    if actor.organisation_id is None:
        raise NotFound
    warnings = (*remarks, *manifest_checked(message))
    content = message.canonical_bytes()
    manifest = Manifest(
        carrier_id=actor.organisation_id,
        state=MANIFEST.initial.value,
        filed_at=clock.now(),
        content_sha256=sha256_hex(content),
        **_columns(message),
    )
    try:
        with transaction.atomic():
            manifest.save(force_insert=True)
    except IntegrityError as error:
        text = f"Your organisation filed a manifest {message.reference} before; amend that one."
        raise Conflict(text, code="duplicate_manifest") from error
    _version_insert(work, manifest, content, source, kept, actor)
    bills_insert(work, manifest, message.bills)
    work.flush()
    bills_link(work, manifest, actor)
    _record(work, manifest, Verb.MANIFEST_FILED, actor)
    arrival_before(work, manifest, actor)
    queue(work, "ManifestFiled", subject_id=str(manifest.pk), actor=actor)
    return _receipt(manifest, len(message.bills), warnings)


def manifest_amend(
    work: Work,
    manifest_id: UUID,
    message: ManifestMessage,
    actor: Actor,
    *,
    version: int | None = None,
    source: str = "json",
    kept: Sequence[dict[str, Any]] = (),
    remarks: Iterable[Violation] = (),
) -> ManifestReceipt:
    """Replace the content of a manifest; after arrival, too, but what was written off never shrinks below it.

    Locks: the manifest, then its bills in the order of their ids.

    Args:
        version: the version that the sender read, where it says so.

    Raises:
        NotFound: there is none of the actor's organisation.
        PreconditionFailed: it was amended since.
        TransitionRefused: it was cancelled, or the conveyance has left.
        RuleViolated: CA-020 to CA-025; CA-030 less than declarations have written off.
    """
    manifest = _own(manifest_id, actor, lock=True)
    if version is not None and version != manifest.version:
        raise PreconditionFailed(f"The manifest is at version {manifest.version}; read it again.")
    act = "amend" if "amend" in MANIFEST.allowed(manifest.state) else "correct"
    manifest.state = MANIFEST.next_state(act, manifest.state).value
    warnings = (*remarks, *manifest_checked(message))
    if message.reference != manifest.reference or message.kind != manifest.kind:
        text = "An amendment keeps the reference and the kind of the manifest."
        raise RuleViolated(text, violations=[Violation("CA-033", "/reference", text, value=message.reference)])
    content = message.canonical_bytes()
    manifest.version += 1
    manifest.content_sha256 = sha256_hex(content)
    for name, value in _columns(message).items():
        setattr(manifest, name, value)
    manifest.save()
    _version_insert(work, manifest, content, source, kept, actor)
    work.flush()
    bills_replace(work, manifest, message.bills)
    bills_link(work, manifest, actor)
    _record(work, manifest, Verb.MANIFEST_AMENDED, actor)
    queue(work, "ManifestFiled", subject_id=str(manifest.pk), actor=actor)
    return _receipt(manifest, len(message.bills), warnings)


def manifest_cancel(work: Work, manifest_id: UUID, actor: Actor, *, reason: str) -> ManifestReceipt:
    """Take back a manifest whose conveyance has not arrived and of which nothing is written off.

    Locks: the manifest, then its bills in the order of their ids.

    Raises:
        NotFound: there is none of the actor's organisation.
        TransitionRefused: the conveyance has arrived, or it was cancelled before.
        RuleViolated: CA-031, declarations have written off from it; CA-035, no reason.
    """
    manifest = _own(manifest_id, actor, lock=True)
    manifest.state = MANIFEST.next_state("cancel", manifest.state).value
    if not reason.strip():
        raise RuleViolated(violations=[Violation("CA-035", "/reason", "Give the reason.")])
    bills = list(Bill.objects.select_for_update().filter(manifest=manifest).order_by("id"))
    written = [bill.reference for bill in bills if bill.packages_written or bill.mass_written_kg]
    if written:
        text = f"Declarations have written off from {', '.join(written[:5])}."
        raise RuleViolated(text, violations=[Violation("CA-031", "", text, "Ask the declarants to amend first.")])
    manifest.save(update_fields=["state"])
    live = [bill.pk for bill in bills if bill.state == BillState.LIVE.value]
    Bill.objects.filter(pk__in=live).update(state=BILL.next_state("withdraw", BillState.LIVE).value)
    bills_unlink(work, [bill for bill in bills if bill.pk in set(live)])
    _record(work, manifest, Verb.MANIFEST_CANCELLED, actor, reason=reason.strip())
    return _receipt(manifest, len(live), ())


def bills_unlink(work: Work, bills: Sequence[Bill]) -> None:
    """Part withdrawn bills from their masters and houses."""
    ids = [str(bill.pk) for bill in bills]
    work.execute(
        "UPDATE cargo_bill m SET houses = m.houses - h.number FROM (SELECT master_id, count(*) AS number "
        "FROM cargo_bill WHERE id = ANY(%s::uuid[]) AND master_id IS NOT NULL GROUP BY master_id) h "
        "WHERE m.id = h.master_id",
        [ids],
    )
    work.execute(
        "UPDATE cargo_bill SET master_id = NULL WHERE id = ANY(%s::uuid[]) OR master_id = ANY(%s::uuid[])", [ids, ids]
    )


def _columns(message: ManifestMessage) -> dict[str, Any]:
    return {
        "reference": message.reference,
        "kind": message.kind,
        "mode": message.mode,
        "direction": message.direction,
        "conveyance_id": message.conveyance.named[:35],
        "conveyance_name": message.conveyance.name or "",
        "nationality": message.conveyance.nationality or "",
        "voyage": message.conveyance.voyage or "",
        "office": message.office or "",
        "place": message.place or "",
        "expected_at": message.expected_at,
    }


def _version_insert(
    work: Work, manifest: Manifest, content: bytes, source: str, kept: Sequence[dict[str, Any]], actor: Actor
) -> None:
    row = (
        manifest.pk,
        manifest.version,
        content,
        manifest.content_sha256,
        source,
        list(kept),
        clock.now(),
        actor.label,
    )
    work.insert(ManifestVersion, VERSION_COLUMNS, [row])


def _own(manifest_id: UUID, actor: Actor, *, lock: bool) -> Manifest:
    actor.require(Permission.MANIFEST_FILE)
    found = Manifest.objects.select_for_update(of=("self",)) if lock else Manifest.objects
    manifest = found.filter(pk=manifest_id, carrier_id=actor.organisation_id).first()
    if manifest is None:
        raise NotFound
    return manifest


def manifest_named(actor: Actor, reference: str) -> Manifest | None:
    """The live manifest of the actor's organisation with this reference."""
    live = Manifest.objects.filter(carrier_id=actor.organisation_id).exclude(state=ManifestState.CANCELLED.value)
    for manifest in live.filter(reference__iexact=reference).order_by("-id")[:1]:
        return manifest
    return None


def _record(work: Work, manifest: Manifest, verb: Verb, actor: Actor, *, reason: str = "") -> None:
    data: dict[str, JsonValue] = {
        "reference": manifest.reference,
        "version": manifest.version,
        "content": manifest.content_sha256,
    }
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type=SUBJECT,
        subject_id=str(manifest.pk),
        data=data,
        reason=reason,
    )
    party_event_publish(
        work,
        organisation_ids=[manifest.carrier_id],
        type=verb.value,
        subject_id=str(manifest.pk),
        data={"reference": manifest.reference, "version": manifest.version, "state": manifest.state},
    )


def _receipt(manifest: Manifest, bills: int, warnings: tuple[Violation, ...]) -> ManifestReceipt:
    return ManifestReceipt(
        manifest.pk,
        manifest.reference,
        manifest.version,
        ManifestState(manifest.state),
        bills,
        manifest.content_sha256,
        warnings,
    )
