"""Presence: a port, terminal, gate or carrier tells what has arrived and what has left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from singlewindow.accounts.permissions import Permission, Role
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.cargo.models import Arrival, Bill, Manifest
from singlewindow.cargo.rules import reference_key, report_findings
from singlewindow.cargo.schemas import ArrivalMessage, ConveyanceReport
from singlewindow.cargo.selectors.presence import KEPT_IN_MIND
from singlewindow.cargo.states import MANIFEST, ManifestState
from singlewindow.cargo.types import ArrivalSubject, Movement
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

TELLERS = frozenset({Role.TERMINAL, Role.OFFICER, Role.SUPERVISOR})
ARRIVAL_COLUMNS = (
    "id",
    "movement",
    "subject",
    "reference",
    "place",
    "source_reference",
    "message_code",
    "told_by_id",
    "happened_at",
    "at",
    "actor",
    "kept",
)
VERBS = {
    Movement.ARRIVED: Verb.CARGO_ARRIVED,
    Movement.DEPARTED: Verb.CARGO_DEPARTED,
    Movement.EXPECTED: Verb.CARGO_EXPECTED,
    Movement.MATCHED: Verb.CARGO_MATCHED,
}
REACTIONS = {Movement.ARRIVED: "CargoArrived", Movement.DEPARTED: "CargoDeparted"}

BILLS_ARRIVE_SQL = """
UPDATE cargo_bill b SET arrived_at = %(at)s
WHERE b.arrived_at IS NULL AND b.state = 'LIVE'
  AND (b.manifest_id = %(manifest)s
       OR b.master_id IN (SELECT id FROM cargo_bill m WHERE m.manifest_id = %(manifest)s))
"""
CONSOLIDATIONS_SQL = """
SELECT DISTINCT c.id FROM cargo_manifest c JOIN cargo_bill h ON h.manifest_id = c.id
JOIN cargo_bill m ON m.id = h.master_id
WHERE m.manifest_id = %(manifest)s AND c.id <> %(manifest)s AND c.state = 'PRE_ARRIVAL'
  AND NOT EXISTS (SELECT FROM cargo_bill o
                  WHERE o.manifest_id = c.id AND o.state = 'LIVE' AND o.arrived_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class ArrivalReceipt:
    """The answer to what was told."""

    ids: tuple[UUID, ...]
    movement: Movement
    happened_at: datetime
    manifest: str = ""
    """The state of the manifest, where one was named that is known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told of one or more things."""

    movement: Movement
    happened_at: datetime
    place: str = ""
    reference: str = ""
    """The teller's own number of the message."""
    code: str = ""
    kept: dict[str, Any] = field(default_factory=dict)
    """What the message says beside, so that nothing is lost."""


def arrival_tell(work: Work, message: ArrivalMessage, actor: Actor) -> ArrivalReceipt:
    """Record that something is here or has left; goods are presented, or leave, by job.

    What is not known here yet is recorded all the same, and answered the same: a manifest or a declaration that comes
    later finds it. A carrier tells it of its own manifests; ports, terminals, gates and customs of any.

    Locks: the manifest that is named.
    Idempotent: a second arrival of the same manifest changes nothing more.

    Source: docs/rules/cargo.md, CA-040 to CA-043; domain.md F13.

    Raises:
        NotPermitted: the actor tells no arrivals.
        RuleViolated: CA-040 not exactly one thing is named, CA-041 it is in the future.
        NotFound: a carrier names what is not in a manifest of its own.
        TransitionRefused: the manifest was cancelled.
    """
    teller_required(actor)
    now = clock.now()
    found = list(_findings(message, now))
    if found:
        raise RuleViolated(found[0].message, violations=found)
    told = Told(
        movement=Movement(message.movement),
        happened_at=message.happened_at or now,
        place=message.place or "",
        reference=message.reference or "",
    )
    manifest = _manifest_of(message, actor)
    if manifest is None and not tells_of_any(actor):
        raise NotFound
    moved = manifest if message.manifest else None
    state = manifest_move(work, moved, told.movement, actor, at=told.happened_at) if moved is not None else ""
    subjects = [(subject, reference, moved) for subject, reference in _subjects(message)]
    ids = tuple(told_record(work, subject, name, told, actor, manifest=of) for subject, name, of in subjects)
    return ArrivalReceipt(ids, told.movement, told.happened_at, state)


def teller_required(actor: Actor) -> None:
    """Refuse whoever tells no arrivals.

    Raises:
        NotPermitted, NotFound: the permission map denies it, or it is nobody's.
    """
    actor.require(Permission.ARRIVAL_TELL)
    if actor.organisation_id is None:
        raise NotFound


def tells_of_any(actor: Actor) -> bool:
    """Whether the actor tells of anybody's goods: ports, terminals, gates and customs do, carriers do not.

    Asked of the role: a token of fewer scopes must never give more.
    """
    return actor.may(Permission.VIEW_CARGO) or bool(actor.roles & TELLERS)


def told_record(
    work: Work,
    subject: ArrivalSubject,
    reference: str,
    told: Told,
    actor: Actor,
    *,
    manifest: Manifest | None = None,
) -> UUID:
    """Write one row of what was told, with its event, and queue what reacts."""
    arrival_id, movement = uuid7(), told.movement
    row = (
        arrival_id,
        movement.value,
        subject.value,
        reference,
        told.place,
        told.reference,
        told.code,
        actor.organisation_id,
        told.happened_at,
        clock.now(),
        actor.label,
        told.kept,
    )
    work.insert(Arrival, ARRIVAL_COLUMNS, [row])
    data = {"subject": subject.value, "reference": reference, "happened_at": told.happened_at.isoformat()}
    event_record(
        work,
        actor=actor,
        verb=VERBS[movement],
        subject_type="cargo",
        subject_id=str(arrival_id),
        data=data,
    )
    reaction = REACTIONS.get(movement)
    if reaction is not None:
        payload = data | ({"manifest": str(manifest.pk)} if manifest is not None else {})
        queue(work, reaction, subject_id=str(arrival_id), payload=payload, priority=2, actor=actor)
    return arrival_id


def conveyance_report(
    work: Work, report: ConveyanceReport, actor: Actor, *, kept: Sequence[dict[str, Any]] = ()
) -> ArrivalReceipt:
    """Tell of a conveyance by its own report: expected, arrived or departed, with the manifests of this call.

    A call whose manifest is not filed yet is recorded, and the manifest finds it.

    Locks: the manifests of the call, in the order of their ids.

    Source: docs/rules/cargo.md, CA-052.

    Raises:
        NotPermitted: the actor tells no arrivals.
        RuleViolated: CA-028 nothing is named, CA-041 an arrival or departure in the future.
        TransitionRefused: the manifest was cancelled.
    """
    teller_required(actor)
    now, movement = clock.now(), Movement(report.movement)
    found = list(report_findings(report))
    if movement is not Movement.EXPECTED and report.at is not None and report.at > now:
        text = "It cannot have happened in the future."
        found.append(Violation("CA-041", "/at", text, value=report.at.isoformat()))
    if found:
        raise RuleViolated(found[0].message, violations=found)
    at = report.at or now
    told = Told(
        movement=movement,
        happened_at=at,
        place=report.place or "",
        reference=report.reference,
        kept={"report": report.model_dump(mode="json", exclude_defaults=True), "segments": list(kept)},
    )
    ids, state = [], ""
    for manifest in _manifests_of(report, actor):
        if movement is Movement.EXPECTED:
            Manifest.objects.filter(pk=manifest.pk).update(expected_at=at)
            state = manifest.state
        else:
            state = manifest_move(work, manifest, movement, actor, at=at)
        reference = reference_key(manifest.reference)
        ids.append(told_record(work, ArrivalSubject.MANIFEST, reference, told, actor, manifest=manifest))
    if not ids:
        ids.append(told_record(work, ArrivalSubject.CALL, _call_of(report), told, actor))
    return ArrivalReceipt(tuple(ids), movement, at, state)


def _manifests_of(report: ConveyanceReport, actor: Actor) -> list[Manifest]:
    live = Manifest.objects.select_for_update(of=("self",)).filter(kind="carrier")
    live = live.filter(state__in=[ManifestState.PRE_ARRIVAL.value, ManifestState.ARRIVED.value])
    if not tells_of_any(actor):
        live = live.filter(carrier_id=actor.organisation_id)
    if report.manifest:
        return list(live.filter(reference__iexact=report.manifest).order_by("id"))
    call = {"conveyance_id": report.conveyance.named[:35]}
    if report.conveyance.voyage:
        call["voyage"] = report.conveyance.voyage
    return list(live.filter(**call).order_by("id"))


def _call_of(report: ConveyanceReport) -> str:
    return call_key(report.conveyance.named, report.conveyance.voyage or "")


def call_key(conveyance: str, voyage: str) -> str:
    """A conveyance on a voyage, as arrivals name it."""
    return f"{reference_key(conveyance)}/{reference_key(voyage)}"


def arrival_before(work: Work, manifest: Manifest, actor: Actor) -> None:
    """Let a manifest that was just filed arrive, where its conveyance's arrival was told before."""
    names = Q(subject=ArrivalSubject.MANIFEST.value, reference=reference_key(manifest.reference))
    calls = [call_key(manifest.conveyance_id, manifest.voyage)] if manifest.voyage else []
    told = Arrival.objects.filter(
        names | Q(subject=ArrivalSubject.CALL.value, reference__in=calls, told_by_id=manifest.carrier_id),
        movement__in=[Movement.ARRIVED.value, Movement.DEPARTED.value],
        happened_at__gt=clock.now() - KEPT_IN_MIND,
    )
    last = told.order_by("-id").first()
    if last is None or last.movement != Movement.ARRIVED.value:
        return
    manifest_move(work, manifest, Movement.ARRIVED, actor, at=last.happened_at)
    payload = {
        "subject": ArrivalSubject.MANIFEST.value,
        "reference": reference_key(manifest.reference),
        "manifest": str(manifest.pk),
    }
    queue(work, "CargoArrived", subject_id=str(last.pk), payload=payload, priority=2, actor=actor)


def manifest_move(work: Work, manifest: Manifest, movement: Movement, actor: Actor, *, at: datetime) -> str:
    """Bring a manifest and its bills to where its conveyance is; the state that it then has.

    Locks: the caller holds the manifest's row.
    Idempotent: what has arrived, arrives no second time.
    """
    action = "arrive" if movement is Movement.ARRIVED else "depart"
    if action not in MANIFEST.allowed(manifest.state):
        if manifest.state == ManifestState.CANCELLED.value:
            MANIFEST.next_state(action, manifest.state)
        return manifest.state
    manifest.state = MANIFEST.next_state(action, manifest.state).value
    column = "arrived_at" if movement is Movement.ARRIVED else "departed_at"
    setattr(manifest, column, at)
    manifest.save(update_fields=["state", column])
    if movement is Movement.ARRIVED:
        work.execute(BILLS_ARRIVE_SQL, {"manifest": manifest.pk, "at": at})
        _consolidations_arrive(work, manifest, actor, at)
    verb = Verb.MANIFEST_ARRIVED if movement is Movement.ARRIVED else Verb.MANIFEST_DEPARTED
    data = {"reference": manifest.reference, "happened_at": at.isoformat(), "state": manifest.state}
    event_record(work, actor=actor, verb=verb, subject_type="manifest", subject_id=str(manifest.pk), data=data)
    party_event_publish(
        work, organisation_ids=[manifest.carrier_id], type=verb.value, subject_id=str(manifest.pk), data=data
    )
    return manifest.state


def _consolidations_arrive(work: Work, manifest: Manifest, actor: Actor, at: datetime) -> None:
    """A forwarder's consolidation has arrived when all its masters have."""
    ids = [row[0] for row in work.fetch(CONSOLIDATIONS_SQL, {"manifest": manifest.pk})]
    for consolidation in Manifest.objects.select_for_update().filter(pk__in=ids).order_by("id"):
        consolidation.state = MANIFEST.next_state("arrive", consolidation.state).value
        consolidation.arrived_at = at
        consolidation.save(update_fields=["state", "arrived_at"])
        event_record(
            work,
            actor=actor,
            verb=Verb.MANIFEST_ARRIVED,
            subject_type="manifest",
            subject_id=str(consolidation.pk),
            data={"reference": consolidation.reference, "with": manifest.reference},
        )


def _manifest_of(message: ArrivalMessage, actor: Actor) -> Manifest | None:
    """The manifest that is meant: named, or that of the bill when a carrier tells it."""
    carrier_only = not tells_of_any(actor)
    live = Manifest.objects.select_for_update(of=("self",)).exclude(state=ManifestState.CANCELLED.value)
    if carrier_only:
        live = live.filter(carrier_id=actor.organisation_id)
    if message.manifest:
        return live.filter(reference__iexact=message.manifest).order_by("-id").first()
    if not carrier_only:
        return None
    own = Bill.objects.filter(manifest__carrier_id=actor.organisation_id, state="LIVE")
    if message.bill:
        return live.filter(pk__in=own.filter(reference_key=reference_key(message.bill)).values("manifest_id")).first()
    held = own.filter(containers__container_id__in=message.containers)
    return live.filter(pk__in=held.values("manifest_id")).first() if message.containers else None


def _subjects(message: ArrivalMessage) -> Iterator[tuple[ArrivalSubject, str]]:
    if message.manifest:
        yield ArrivalSubject.MANIFEST, reference_key(message.manifest)
    if message.bill:
        yield ArrivalSubject.BILL, reference_key(message.bill)
    for container in dict.fromkeys(message.containers):
        yield ArrivalSubject.CONTAINER, container
    if message.mrn:
        yield ArrivalSubject.MRN, message.mrn
    if message.ucr:
        yield ArrivalSubject.UCR, message.ucr


def _findings(message: ArrivalMessage, now: datetime) -> Iterator[Violation]:
    named = [name for name in ("manifest", "bill", "containers", "mrn", "ucr") if getattr(message, name)]
    if len(named) != 1:
        text = "Name exactly one: a manifest, a bill, containers, an MRN or a consignment reference."
        yield Violation("CA-040", f"/{named[1]}" if named else "", text)
    if message.happened_at is not None and message.happened_at > now:
        text = "It cannot have happened in the future."
        yield Violation("CA-041", "/happened_at", text, "Send the present moment, or leave it out.")
