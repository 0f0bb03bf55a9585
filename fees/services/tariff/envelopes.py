"""A TARIC3 envelope as a change of the tariff: records applied, rows derived, and compared with what stands."""

from collections.abc import Iterable
from uuid import UUID

from fees.models import TaricRecord
from fees.rules.nomenclature import declarable_settle
from fees.rules.taric3.envelope import envelope_read
from fees.rules.taric3.measures import measures_derive
from fees.rules.taric3.nomenclature import nomenclature_derive
from fees.rules.taric3.notes import groups_derive, notes_derive
from fees.rules.taric3.rows import Derived, Made, left_out
from fees.rules.taric3.state import Kept, State, records_apply, values_read, values_written
from fees.services.tariff.changes import change_keep, may_prepare
from fees.services.tariff.reading import Wanted, overlaps_find
from fees.services.tariff.sheets import NOMENCLATURE, RECORDS, SHEET_OF, Row
from fees.services.tariff.versions import standing_rows, version_lock
from fees.types import ChangeSource
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.selectors import profile


def envelope_change_read(*, name: str, content: bytes, actor: Actor) -> UUID:
    """Read an envelope and keep how it changes the tariff that stands; nothing is in force by it.

    Locks: the tariff as a whole, so that the difference is one to a version.

    Source: docs/rules/fees.md, FE-TX-01 to FE-TX-08.

    Raises:
        NotPermitted: the actor is no person or may not prepare changes.
        TooLarge, FormatRefused: it is no safe XML.
        RuleViolated: what is wrong with it, all at once and with its place; nothing is kept.
    """
    may_prepare(actor)
    envelope = envelope_read(content)
    with unit_of_work() as work:
        version_lock(work)
        state = _standing()
        after, wrong = records_apply(state, envelope)
        if wrong:
            raise RuleViolated("The envelope does not fit to the tariff that stands.", violations=wrong)
        before_rows, derived = _derive(state), _derive(after)
        left_out(after, derived)
        wanted = _wanted(before_rows.rows, derived)
        wanted[RECORDS.name] = _records(after)
        unread = [one.plain() for one in derived.unread]
        return change_keep(work, wanted, source=ChangeSource.TARIC3, files={name: content}, actor=actor, unread=unread)


def _standing() -> State:
    rows = TaricRecord.objects.filter(version_to=None).values_list("element", "key", "content")
    return {(element, key): Kept(values_read(element, content)) for element, key, content in rows}


def _derive(state: State) -> Derived:
    derived = Derived()
    nomenclature_derive(state, derived)
    measures_derive(state, derived, profile(clock.today()).currency)
    notes_derive(state, derived)
    groups_derive(state, derived)
    return derived


def _records(state: State) -> dict[str, Row]:
    rows = (
        {"element": element, "key": key, "content": values_written(kept.values)}
        for (element, key), kept in state.items()
    )
    return {RECORDS.key(row): row for row in rows}


def _wanted(before: Iterable[Made], derived: Derived) -> Wanted:
    """The rows that shall stand: those of now, without what the records stood for, with what they stand for."""
    wanted: Wanted = {}
    was: dict[str, set[str]] = {}
    for made in before:
        was.setdefault(made.sheet, set()).add(SHEET_OF[made.sheet].key(made.row))
    fresh: dict[str, dict[str, Made]] = {}
    for made in derived.rows:
        sheet = SHEET_OF[made.sheet]
        column = sheet.too_long(made.row)
        if column:
            derived.leave(made.source, sheet.subject(made.row)[:80], f"{column} is too long")
        else:
            fresh.setdefault(sheet.name, {})[sheet.key(made.row)] = made
    wrong: list[Violation] = []
    for name in was.keys() | fresh.keys():
        sheet = SHEET_OF[name]
        rows = {sheet.key(row): row for row in standing_rows(sheet).values()}
        rows = {key: row for key, row in rows.items() if key not in was.get(name, set())}
        rows |= {key: made.row for key, made in fresh.get(name, {}).items()}
        own = fresh.get(name, {})
        wrong += [
            _overlap(sheet.subject(row), row, own.get(sheet.key(row))) for row in overlaps_find(sheet, rows.values())
        ]
        wanted[name] = _settled(rows, fresh[name].values()) if sheet is NOMENCLATURE and name in fresh else rows
    if wrong:
        raise RuleViolated("The envelope does not fit to the tariff that stands.", violations=wrong)
    return wanted


def _overlap(subject: str, row: Row, made: Made | None) -> Violation:
    number = f"Record {made.source.number}: " if made and made.source.number else ""
    pointer = made.source.pointer if made else ""
    message = f"{number}{subject} is in force on {row['valid_from']} already."
    return Violation("FE-TAR-02", pointer, message, "End one before the other begins.")


def _settled(rows: dict[str, Row], fresh: Iterable[Made]) -> dict[str, Row]:
    """The lines with what can be declared found anew in every chapter that changes."""
    chapters = {made.row["code"][:2] for made in fresh}
    touched = [row for row in rows.values() if row["code"][:2] in chapters]
    kept = {key: row for key, row in rows.items() if row["code"][:2] not in chapters}
    return kept | {NOMENCLATURE.key(row): row for row in declarable_settle(touched)}
