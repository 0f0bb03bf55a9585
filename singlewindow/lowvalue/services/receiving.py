"""Taking a file in: read whole or refused whole, then cut into parts that jobs file."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from uuid import UUID

from django.db import IntegrityError

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.lowvalue.models import BulkFile, BulkPart
from singlewindow.lowvalue.reading import file_read
from singlewindow.lowvalue.states import FILE
from singlewindow.lowvalue.types import FileRead
from singlewindow.reference.selectors import profile

PART = 100
"""Lines of one part: the twenty that one message may carry are filed far inside the time that a task may take."""

PRIORITY = 7
"""After the jobs of people (5), before the decisions that the parts ask for (8)."""

ONCE = "bulk_file_once"
SUBJECT = "bulk_file"
FILE_COLUMNS = (
    "id",
    "organisation_id",
    "submitter",
    "name",
    "format",
    "sha256",
    "state",
    "lines",
    "conversation_id",
    "received_at",
)
PART_COLUMNS = ("file_id", "number", "lines")


def bulk_file_receive(*, body: bytes, name: str, actor: Actor) -> UUID:
    """Take a file in, in a transaction of its own. See `bulk_file_receive_in`.

    Raises:
        Conflict: code `bulk.same_file`, LV-ONE; the sentence says when it came first.
    """
    with same_file_named(body, actor), unit_of_work() as work:
        return bulk_file_receive_in(work, body=body, name=name, actor=actor)


def bulk_file_receive_in(work: Work, *, body: bytes, name: str, actor: Actor) -> UUID:
    """Read a file, keep its lines in parts and queue a job for each; a file that cannot be read leaves no row.

    Idempotent: by the bytes; the second time breaks a unique key when the work is written (wrap the work in
        `same_file_named`).

    Source: docs/rules/lowvalue.md, LV-FIL, LV-ONE, LV-SCH.

    Raises:
        NotPermitted: the actor is no registered operator.
        TooLarge, FileRefused: the file is refused whole; each finding names its line.
        RuleViolated: LV-SCH, the country has no scheme of low value today.
    """
    actor.require(Permission.FILE_LOW_VALUE)
    if actor.organisation_id is None:
        raise NotPermitted
    if profile(clock.today()).low_value is None:
        text = "There is no scheme for consignments of low value at present."
        raise RuleViolated(text, violations=[Violation("LV-SCH", "", text, "Lodge full declarations.")])
    read = file_read(body)
    file_id = uuid7()
    _write(work, file_id, read, name, actor)
    return file_id


def _write(work: Work, file_id: UUID, read: FileRead, name: str, actor: Actor) -> None:
    at = clock.now()
    row = (
        file_id,
        actor.organisation_id,
        actor.label,
        name[:200],
        read.format.value,
        read.sha256,
        FILE.initial.value,
        len(read.lines),
        actor.conversation_id,
        at,
    )
    work.insert(BulkFile, FILE_COLUMNS, [row])
    for number, first in zip(count(1), range(0, len(read.lines), PART), strict=False):
        lines = [[line, list(cells)] for line, cells in read.lines[first : first + PART]]
        work.insert(BulkPart, PART_COLUMNS, [(file_id, number, lines)])
        queue(
            work,
            "BulkPartReceived",
            subject_id=str(file_id),
            payload={"part": number},
            dedup=f"{file_id}:{number}",
            priority=PRIORITY,
            actor=actor,
        )
    event_record(
        work,
        actor=actor,
        verb=Verb.BULK_RECEIVED,
        subject_type=SUBJECT,
        subject_id=str(file_id),
        data={"sha256": read.sha256, "format": read.format.value, "lines": len(read.lines)},
        at=at,
    )


@contextmanager
def same_file_named(body: bytes, actor: Actor) -> Iterator[None]:
    """Turn the broken unique key of the same bytes into a refusal that names the earlier file.

    Raises:
        Conflict: code `bulk.same_file`.
    """
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != ONCE:
            raise
        assert actor.organisation_id is not None
        earlier = BulkFile.objects.get(organisation_id=actor.organisation_id, sha256=sha256_hex(body))
        text = f"You sent the same file on {earlier.received_at:%d %B %Y at %H:%M} UTC. Its number is {earlier.pk}."
        found = Violation("LV-ONE", "", text, "Look at what became of its lines.", str(earlier.pk))
        raise Conflict(text, code="bulk.same_file", violations=[found]) from error
