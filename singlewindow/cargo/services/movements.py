"""Inventory linking: what a port's system tells of consignments by their references (EAL, EDL, EAA, EAC, CST)."""

from typing import Any

import orjson

from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.cargo.messages.movement_schema import MovementKind, MovementMessage
from singlewindow.cargo.models import Consolidation
from singlewindow.cargo.services.arrivals import Told, teller_required, tells_of_any, told_record
from singlewindow.cargo.types import ArrivalSubject, Movement
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

K = MovementKind
MOVEMENTS = {
    K.ARRIVAL: Movement.ARRIVED,
    K.RETROSPECTIVE_ARRIVAL: Movement.ARRIVED,
    K.ANTICIPATED_ARRIVAL: Movement.EXPECTED,
    K.DEPARTURE: Movement.DEPARTED,
    K.MATCH: Movement.MATCHED,
}
ACTS = {K.ASSOCIATION: "associate", K.DISASSOCIATION: "disassociate", K.CLOSURE: "shut"}
CONSOLIDATION_COLUMNS = ("id", "master_ucr", "ucr", "act", "told_by_id", "at", "actor")
SHUT_SQL = "SELECT 1 FROM cargo_consolidation WHERE master_ucr = %s AND act = 'shut' LIMIT 1"
MASTER_SQL = "SELECT master_ucr FROM cargo_consolidation WHERE ucr = %s AND act = 'associate' ORDER BY id DESC LIMIT 1"


def movement_take(work: Work, message: MovementMessage, actor: Actor) -> Answer:
    """Record a movement or a consolidation; an arrival presents goods, a departure lets exports leave, by job.

    Source: docs/rules/cargo.md, CA-043 to CA-045 (inventory linking).

    Raises:
        NotPermitted: the actor tells no arrivals.
        NotFound: a carrier tells of what is not in its manifests.
        RuleViolated: CA-041, an arrival or departure in the future.
        Conflict: CA-045, the consolidation is shut.
    """
    teller_required(actor)
    if not tells_of_any(actor):
        raise NotFound
    act = ACTS.get(message.kind)
    if act is not None:
        return _consolidate(work, message, act, actor)
    now, movement = clock.now(), MOVEMENTS[message.kind]
    if message.at is not None and message.at > now and movement in {Movement.ARRIVED, Movement.DEPARTED}:
        text = "It cannot have happened in the future."
        raise RuleViolated(text, violations=[Violation("CA-041", "/at", text, value=message.at.isoformat())])
    subject, reference = _subject(message)
    told = Told(
        movement=movement,
        happened_at=message.at or now,
        place=message.location or "",
        reference=message.reference or "",
        code=message.code,
        kept=message.canonical(),
    )
    arrival_id = told_record(work, subject, reference, told, actor)
    values = {
        "id": str(arrival_id),
        "movement": movement.value,
        "subject": subject.value,
        "reference": reference,
        "happened_at": told.happened_at.isoformat().replace("+00:00", "Z"),
    }
    return _answer(values)


def _subject(message: MovementMessage) -> tuple[ArrivalSubject, str]:
    if message.mrn:
        return ArrivalSubject.MRN, message.mrn
    return ArrivalSubject.UCR, message.ucr or message.mucr or ""


def _consolidate(work: Work, message: MovementMessage, act: str, actor: Actor) -> Answer:
    """Put a consignment under a master reference, take it out, or shut the master."""
    ucr = "" if act == "shut" else message.ucr or ""
    master = message.mucr or ""
    if act == "disassociate" and not master:
        rows = work.fetch(MASTER_SQL, [ucr])
        master = rows[0][0] if rows else ""
    work.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 46))", [master])
    if act == "associate" and work.fetch(SHUT_SQL, [master]):
        raise Conflict(f"The consolidation {master} is shut: nothing joins it any more.", code="CA-045")
    row = (uuid7(), master, ucr, act, actor.organisation_id, clock.now(), actor.label)
    work.insert(Consolidation, CONSOLIDATION_COLUMNS, [row])
    data = {"master": master, "ucr": ucr, "act": act}
    event_record(
        work,
        actor=actor,
        verb=Verb.CARGO_CONSOLIDATED,
        subject_type="cargo",
        subject_id=str(row[0]),
        data=data,
    )
    return _answer({"id": str(row[0]), **data})


def _answer(values: dict[str, Any]) -> Answer:
    return Answer(201, orjson.dumps(values))
