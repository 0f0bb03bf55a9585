"""Filing a part of a file: its good lines are lodged, its bad ones kept with all that is wrong, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from declarations.schemas import DeclarationMessage
from declarations.services import Refusal, declarations_lodge_many, message_findings
from declarations.types import Channel, Lodged
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_id
from singlewindow.accounts.types import Actor, ActorKind, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.lowvalue.models import BulkFile, BulkLine, BulkPart
from singlewindow.lowvalue.rules.columns import HEADER
from singlewindow.lowvalue.rules.lines import LineRead, Setting, errors_of, line_read
from singlewindow.lowvalue.services.receiving import SUBJECT
from singlewindow.lowvalue.states import FILE, LineState
from singlewindow.lowvalue.types import LineError
from singlewindow.reference.files import shipped_dataset
from singlewindow.reference.selectors import exchange_rate, profile
from singlewindow.reference.types import CountryProfile, ExchangeRate

LINE_COLUMNS = ("file_id", "line", "lrn", "state", "declaration_id", "mrn", "errors", "cells")
LRN = HEADER.index("lrn")
Lines = Sequence[tuple[int, Sequence[str]]]


def part_file(work: Work, job: JobContext) -> None:
    """Lodge the good lines of a part and keep the bad ones; the last part ends the file.

    Locks: the part, so that of two workers one files it; at the end the file, so that one of two last parts ends it.
    Idempotent: a part that is done is left as it is. Whatever breaks on the way undoes the whole part, and its job
        tries again.

    Source: docs/rules/lowvalue.md, LV-PRT.
    """
    file = BulkFile.objects.get(pk=job.subject_id)
    number = int(job.payload["part"])
    part = BulkPart.objects.select_for_update().get(file_id=file.pk, number=number)
    if part.lines is None:
        return
    actor = _sender(file)
    lines = [(line, cells) for line, cells in part.lines]
    lodged = _lines_file(work, file.pk, lines, actor)
    work.copy()
    part_done = "UPDATE lowvalue_bulkpart SET lines = NULL, lodged = %s, failed = %s, done_at = %s "
    values = [lodged, len(lines) - lodged, clock.now(), file.pk, number]
    work.execute(part_done + "WHERE file_id = %s AND number = %s", values)
    _file_step(work, file.pk, actor)


def _sender(file: BulkFile) -> Actor:
    """Whoever sent the file, as the declarations made of it name them: the same label, the same organisation."""
    organisation = organisation_by_id(file.organisation_id)
    kind, _, number = file.submitter.partition(":")
    return Actor(
        kind=ActorKind(kind),
        id=number,
        organisation_id=organisation.pk,
        organisation_identifier=organisation.identifier,
        organisation_name=organisation.name,
        permissions=frozenset({Permission.FILE_LOW_VALUE, Permission.LODGE_DECLARATION}),
        conversation_id=file.conversation_id,
    )


def setting_for(declarant: str) -> Setting | None:
    """What lines are judged by today; nothing where the country has no scheme."""
    today = clock.today()
    return _setting(profile(today), declarant, lambda currency: exchange_rate(currency, today))


def setting_from_files(on: date) -> Setting | None:
    """The same straight from the shipped files, for a declarant who is not known yet: no database is opened."""
    shipped = shipped_dataset()
    country = shipped.profile(on)
    return _setting(country, f"{country.country_code}OPERATOR", lambda currency: shipped.rate(currency, on))


def _setting(country: CountryProfile, declarant: str, rate: Callable[[str], ExchangeRate]) -> Setting | None:
    if country.low_value is None:
        return None

    def to_base(amount: Decimal, currency: str) -> Decimal:
        return amount if currency == country.currency else rate(currency).to_base(amount)

    return Setting(country, country.low_value, declarant, to_base)


def _lines_file(work: Work, file_id: UUID, lines: Lines, actor: Actor) -> int:
    """Add the rows of every line to the work; how many were lodged."""
    setting = setting_for(actor.organisation_identifier)
    if setting is None:
        closed = (LineError("", "LV-SCH", "The scheme for consignments of low value has ended."),)
        _keep(work, file_id, [(line, cells, closed) for line, cells in lines])
        return 0
    read = [(line, cells, line_read(cells, setting)) for line, cells in lines]
    good = [(line, cells, one.message) for line, cells, one in read if one.message is not None and not one.errors]
    bad = [(line, cells, _every_error(one, actor)) for line, cells, one in read if one.message is None or one.errors]
    outcomes = declarations_lodge_many(work, [message for _, _, message in good], actor=actor, channel=Channel.BULK)
    lodged = 0
    for (line, cells, _), outcome in zip(good, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            bad.append((line, cells, errors_of(outcome.violations)))
            continue
        lodged += 1
        work.insert(BulkLine, LINE_COLUMNS, [_lodged_row(file_id, line, outcome)])
    _keep(work, file_id, bad)
    return lodged


def _every_error(read: LineRead, actor: Actor) -> tuple[LineError, ...]:
    """What the rules of low value found, and what those of declarations find in other columns."""
    message: DeclarationMessage | None = read.message
    if message is None:
        return read.errors
    told = {error.column for error in read.errors}
    further = errors_of(message_findings(message, actor, clock.now()))
    return (*read.errors, *(error for error in further if error.column not in told))


def _lodged_row(file_id: UUID, line: int, lodged: Lodged) -> tuple[object, ...]:
    return (file_id, line, lodged.lrn, LineState.LODGED.value, lodged.id, lodged.mrn, [], None)


def _keep(work: Work, file_id: UUID, bad: Sequence[tuple[int, Sequence[str], tuple[LineError, ...]]]) -> None:
    work.insert(
        BulkLine,
        LINE_COLUMNS,
        [
            (
                file_id,
                line,
                cells[LRN][:80],
                LineState.FAILED.value,
                None,
                "",
                [error.as_values() for error in errors],
                list(cells),
            )
            for line, cells, errors in bad
        ],
    )


def _file_step(work: Work, file_id: UUID, actor: Actor) -> None:
    """Note that a part is done; the last one ends the file and tells its sender."""
    state = work.fetch("SELECT state FROM lowvalue_bulkfile WHERE id = %s FOR UPDATE", [file_id])[0][0]
    step = "UPDATE lowvalue_bulkfile SET state = %s, done_at = %s WHERE id = %s"
    state = FILE.next_state("file", state)
    work.execute(step, [state.value, None, file_id])
    totals = "SELECT count(*) FILTER (WHERE done_at IS NULL), coalesce(sum(lodged), 0), coalesce(sum(failed), 0) "
    waiting, lodged, failed = work.fetch(totals + "FROM lowvalue_bulkpart WHERE file_id = %s", [file_id])[0]
    if waiting == 0:
        work.execute(step, [FILE.next_state("finish", state).value, clock.now(), file_id])
        _tell(work, file_id, int(lodged), int(failed), actor)


def _tell(work: Work, file_id: UUID, lodged: int, failed: int, actor: Actor) -> None:
    window = replace(system_actor("lowvalue"), conversation_id=actor.conversation_id)
    counts = {"lodged": lodged, "failed": failed}
    event_record(work, actor=window, verb=Verb.BULK_DONE, subject_type=SUBJECT, subject_id=str(file_id), data=counts)
    assert actor.organisation_id is not None
    party_event_publish(
        work, organisation_ids=[actor.organisation_id], type="bulk.done", subject_id=str(file_id), data=counts
    )
