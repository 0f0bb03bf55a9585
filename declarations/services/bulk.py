"""Many declarations at once: the same checks and the same rows as one by one, written by COPY.

A batch is checked declaration by declaration, each decided on its own; what passes is entered by the function that
enters a single lodgement, so its rows, events, notices and jobs are the same.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from django.db import IntegrityError, connection, connections

from declarations.messages import parse
from declarations.messages.plain_json import plain_read
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services.authority import filing_for, parties_of
from declarations.services.batches import BatchReport, Refusal
from declarations.services.checks import checks_needed, message_checked
from declarations.services.lodgement import LRN_CONSTRAINT, Entry, declaration_enter
from declarations.services.prepared import Batch, Prepared, collected_rarely, shared_with_another
from declarations.types import Channel, Lodged
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.copying import rows_copy
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, DomainError, Violation

BATCH = 1_000
"""Declarations of one commit."""

SLICE = 100
"""Messages that live at once."""

TRIES = 3

AHEAD = 8
"""Batches whose reference numbers are remembered, because they may not be committed when the next one is checked."""

PRIORITY = 8
"""Jobs of bulk filing wait for those of people (5)."""


@dataclass(frozen=True, slots=True)
class Used:
    """An earlier use of a local reference number."""

    mrn: str
    content_sha256: str


def declarations_lodge_many(
    work: Work,
    messages: Sequence[DeclarationMessage],
    *,
    actor: Actor,
    channel: Channel,
    contents: Sequence[bytes | None] = (),
    lrns_taken: Iterable[str] = (),
) -> list[Lodged | Refusal]:
    """Check each message and add the rows of those that pass to the work; one answer for each, in their order.

    The caller writes the work (`work.copy`). No row is locked: a reference number that somebody else uses at the same
    moment breaks its unique key when the work is written, and the whole batch with it, so that trying again finds it.

    Source: docs/rules/lodgement.md, DL-AUT, DL-LRN, DL-MRN; docs/rules/declarations.md.

    Args:
        contents: the canonical bytes of each message, where they are known already.
        lrns_taken: reference numbers that are used by what is not in the database yet.
    """
    actor.require(Permission.LODGE_DECLARATION)
    at = clock.now()
    known = parties_of(messages, actor, at)
    used = _lrns_used([message.lrn for message in messages], actor)
    taken = set(lrns_taken)
    outcomes: list[Lodged | Refusal] = []
    known_contents = contents or [None] * len(messages)
    for message, content, checks in zip(messages, known_contents, checks_needed(messages), strict=True):
        refusal = _lrn_refusal(message, used, taken)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        try:
            filing = filing_for(message, actor, at, known[message.direction])
            warnings = message_checked(message, actor, at, checks)
        except DomainError as error:
            outcomes.append(Refusal(error.code, error.violations or (Violation(error.code, "", error.detail),)))
            continue
        taken.add(message.lrn)
        entry = Entry(message, filing, actor, channel, at, warnings, priority=PRIORITY, content=content)
        outcomes.append(declaration_enter(work, entry))
    return outcomes


def declarations_load(
    lines: Iterable[bytes], *, actor: Actor, channel: Channel = Channel.JSON, processes: int = 1, size: int = BATCH
) -> Iterator[BatchReport]:
    """Lodge declarations from lines of JSON, a commit for each batch; what each batch came to, as it is committed.

    While one batch is being written, the next is read, checked and encoded; with two processes both do so, each with
    batches of its own. Memory holds a few batches, however many lines there are.

    Idempotent: a line that was lodged before with the same content is counted as known; after a stop, run it again.

    Raises:
        Conflict: code `duplicate_lrn`, others use the same reference numbers at the same moment, again and again.
    """

    def load(batches: Iterator[Batch]) -> Iterator[BatchReport]:
        return _load(batches, actor=actor, channel=channel)

    batches = _batches(lines, size)
    yield from shared_with_another(batches, load) if processes > 1 else load(batches)


def _load(batches: Iterator[Batch], *, actor: Actor, channel: Channel) -> Iterator[BatchReport]:
    """Prepare in this thread and write in another, one batch ahead; inside a transaction, write in it."""

    def write(batch: Batch, prepared: Prepared) -> BatchReport:
        return _write(prepared, lambda: _batch_prepare(batch, actor, channel, set())[0])

    made = _prepared(batches, actor=actor, channel=channel)
    if connection.in_atomic_block:
        yield from (write(batch, prepared) for batch, prepared in made)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="copy") as writer:
        under_way: Future[BatchReport] | None = None
        try:
            for batch, prepared in made:
                if under_way is not None:
                    yield under_way.result()
                under_way = writer.submit(write, batch, prepared)
            if under_way is not None:
                yield under_way.result()
        finally:
            writer.submit(connections.close_all).result()


def _batches(lines: Iterable[bytes], size: int) -> Iterator[Batch]:
    stream = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while batch := list(islice(stream, size)):
        yield batch[0][0], [line for _, line in batch]


def _prepared(batches: Iterable[Batch], *, actor: Actor, channel: Channel) -> Iterator[tuple[Batch, Prepared]]:
    """Read, check and encode batch by batch."""
    recent: deque[set[str]] = deque(maxlen=AHEAD)
    with collected_rarely():
        for batch in batches:
            prepared, lrns = _batch_prepare(batch, actor, channel, set().union(*recent))
            recent.append(lrns)
            yield batch, prepared


def _batch_prepare(batch: Batch, actor: Actor, channel: Channel, taken: set[str]) -> tuple[Prepared, set[str]]:
    """A batch in slices: thousands of living messages would make every collection of garbage walk through them all."""
    first, lines = batch
    lrns: set[str] = set()
    parts: list[Prepared] = []
    for start in range(0, len(lines), SLICE):
        part, new = _slice_enter(lines[start : start + SLICE], first + start, actor, channel, taken | lrns)
        lrns |= new
        parts.append(part)
    return Prepared.joined(parts), lrns


def _slice_enter(
    batch: list[bytes], first: int, actor: Actor, channel: Channel, recent: set[str]
) -> tuple[Prepared, set[str]]:
    refused: list[tuple[int, Refusal]] = []
    places: list[int] = []
    messages: list[DeclarationMessage] = []
    contents: list[bytes | None] = []
    for place, line in enumerate(batch, start=first):
        try:
            message, content = plain_read(line) or (parse(line, "application/json").message, None)
        except DomainError as error:
            violations = error.violations or (Violation(error.code, "", error.detail),)
            refused.append((place, Refusal(error.code, violations)))
            continue
        messages.append(message)
        contents.append(content)
        places.append(place)
    work = Work()
    outcomes = declarations_lodge_many(
        work, messages, actor=actor, channel=channel, contents=contents, lrns_taken=recent
    )
    answers = list(zip(places, outcomes, strict=True))
    lrns = {outcome.lrn for _, outcome in answers if isinstance(outcome, Lodged)}
    refusals = [(place, outcome) for place, outcome in answers if isinstance(outcome, Refusal)]
    known = sum(outcome.known for _, outcome in refusals)
    refused += [(place, outcome) for place, outcome in refusals if not outcome.known]
    report = BatchReport(first, len(batch), len(lrns), known, tuple(sorted(refused, key=lambda one: one[0])))
    return Prepared(work.encoded(), report), lrns


def _write(prepared: Prepared, again: Callable[[], Prepared]) -> BatchReport:
    """Commit a batch; where somebody used one of its reference numbers a moment ago, check it again and find that.

    Raises:
        Conflict: code `duplicate_lrn`, that happened too often.
    """
    for _ in range(TRIES):
        try:
            with unit_of_work():
                for table, columns, rows in prepared.tables:
                    rows_copy(table, columns, rows)
        except IntegrityError as error:
            if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != LRN_CONSTRAINT:
                raise
            prepared = again()
        else:
            return prepared.report
    text = "Local reference numbers of this load are being used by somebody else at this moment; run it again."
    raise Conflict(text, code="duplicate_lrn")


def _lrns_used(lrns: list[str], actor: Actor) -> dict[str, Used]:
    """Those of the reference numbers that the filer used before."""
    rows = Declaration.objects.filter(lodged_by=actor.organisation_id, lrn__in=lrns, mrn__isnull=False)
    return {lrn: Used(mrn or "", sha) for lrn, mrn, sha in rows.values_list("lrn", "mrn", "content_sha256")}


def _lrn_refusal(message: DeclarationMessage, used: dict[str, Used], taken: set[str]) -> Refusal | None:
    """DL-LRN: the reference number was used before, or stands twice in what is being lodged."""
    lrn = message.lrn
    if (before := used.get(lrn)) is not None:
        text = f"Your organisation lodged a declaration with the LRN {lrn} before: its MRN is {before.mrn}."
        known = before.content_sha256 == message.without_access_codes().sha256()
    elif lrn in taken:
        text, known = f"The LRN {lrn} stands twice in what you sent.", False
    else:
        return None
    found = Violation("DL-LRN", "/lrn", text, "Give every consignment a reference number of its own.", lrn)
    return Refusal("duplicate_lrn", (found,), known=known)
