"""Statements of the bank: read, checked as a whole, and booked entry by entry, once."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fees.services.demands import demands_lock
from fees.services.movements import AccountKey, balances_lock, debts_keep
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work, with_retries
from singlewindow.kernel import clock, safe_xml
from singlewindow.kernel.errors import Conflict, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor
from singlewindow.payments.models import BankEntry, BankStatement, Basket, PayoutOrder
from singlewindow.payments.rules.camt import statements_read
from singlewindow.payments.selectors.baskets import lines_of
from singlewindow.payments.services.matching import Match, entries_match
from singlewindow.payments.services.placing import entry_place
from singlewindow.payments.services.telling import amount_text, tell
from singlewindow.payments.treasury import treasury_account
from singlewindow.payments.types import EntryRead, Loaded, Outcome, StatementRead

ONE_AT_A_TIME = 5_100_051
"""The advisory lock of loading: statements follow each other, so two are never loaded at once."""
FINDINGS_MOST = 100

STATEMENT_COLUMNS = (
    *("id", "iban", "statement_id", "number", "sha256", "version", "currency", "opening_minor", "closing_minor"),
    *("opened_on", "closed_on", "entries_count", "loaded_by", "loaded_at"),
)
ENTRY_COLUMNS = (
    *("id", "statement_id", "ordinal", "iban", "identity", "amount_minor", "currency", "booked_on", "reversal"),
    *("reference", "end_to_end_id", "text", "party_name", "party_iban", "outcome", "subject_id"),
)


@dataclass(slots=True)
class Booking:
    """One statement that is being booked, and what this act has locked and opened for it."""

    work: Work
    actor: Actor
    at: datetime
    opened: dict[AccountKey, UUID] = field(default_factory=dict)
    baskets: dict[UUID, Basket] = field(default_factory=dict)


def statements_load(*, body: bytes, actor: Actor, at: datetime | None = None) -> list[Loaded]:
    """Load a file of the bank: every statement in it, or none; what was loaded before is not booked again.

    Locks: one load at a time; then every basket, debt and demand that entries name, then the traders' accounts, each
        in the order of their ids.

    Idempotent: a statement by account and id, an entry by account and the servicer's reference.

    Source: docs/rules/payments.md, PY-ST-01 to PY-ST-14.

    Raises:
        NotPermitted: the actor may not book money.
        TooLarge, FormatRefused: the file is no XML that is read here.
        RuleViolated: all findings at once.
        Conflict: PY-ST-07, the id of a statement that is here already with another content.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    root = safe_xml.parse(body)
    read, findings = statements_read(root)
    if findings:
        raise RuleViolated("The statement cannot be loaded; nothing was booked.", violations=findings)
    sha256, moment = hashlib.sha256(body).hexdigest(), at or clock.now()

    def whole() -> list[Loaded]:
        with unit_of_work() as work:
            work.fetch("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
            booking = Booking(work, actor, moment)
            return [_load(booking, one, sha256) for one in sorted(read, key=lambda one: (one.iban, one.number or 0))]

    return with_retries(whole)


def _load(booking: Booking, read: StatementRead, sha256: str) -> Loaded:
    before = BankStatement.objects.filter(iban=read.iban, statement_id=read.statement_id).first()
    if before is not None:
        return _again(before, read, sha256)
    findings = [*_account_fits(read), *_follows(read), *_entries_new(read)]
    if findings:
        raise RuleViolated("The statement cannot be loaded; nothing was booked.", violations=findings[:FINDINGS_MOST])
    statement_id = uuid7()
    work = booking.work
    row = (
        *(statement_id, read.iban, read.statement_id, read.number, sha256, read.version, read.currency),
        *(read.opening_minor, read.closing_minor, read.opened_on, read.closed_on, len(read.entries)),
        *(booking.actor.label, booking.at),
    )
    work.insert(BankStatement, STATEMENT_COLUMNS, [row])
    matches = entries_match(work, read)
    _lock_all(booking, matches, read.currency)
    # What the bank paid out comes first: a return of the same day is then the return of something.
    outcomes: dict[int, tuple[Outcome, str]] = {}
    for place in sorted(range(len(matches)), key=lambda place: read.entries[place].amount_minor > 0):
        outcomes[place] = entry_place(booking, read.iban, matches[place])
    rows = [_row(statement_id, place, match, outcomes[place], read.iban) for place, match in enumerate(matches)]
    work.insert(BankEntry, ENTRY_COLUMNS, rows)
    return _told(booking, statement_id, read, [outcome for outcome, _ in outcomes.values()])


def _again(before: BankStatement, read: StatementRead, sha256: str) -> Loaded:
    same = (before.opening_minor, before.closing_minor, before.entries_count)
    if before.sha256 != sha256 and same != (read.opening_minor, read.closing_minor, len(read.entries)):
        sentence = f"Statement {read.statement_id} of {read.iban} was loaded with another content."
        finding = Violation("PY-ST-07", "/Document", sentence, "Ask the bank which one is right.", str(before.pk))
        raise Conflict(sentence, violations=[finding])
    return Loaded(before.pk, before.entries_count, 0, 0, again=True)


def _account_fits(read: StatementRead) -> Iterable[Violation]:
    account = treasury_account(read.iban)
    if account is None:
        yield Violation("PY-ST-06", "/Acct/Id/IBAN", "This is no account of the treasury.", "", read.iban)
    elif account.currency != read.currency:
        yield Violation("PY-ST-06", "/Acct/Ccy", f"The account is kept in {account.currency}.", "", read.currency)


def _follows(read: StatementRead) -> Iterable[Violation]:
    last = BankStatement.objects.filter(iban=read.iban).order_by("-pk").first()
    if last is None:
        return
    if last.closing_minor != read.opening_minor:
        stood = f"{from_minor(last.closing_minor, last.currency):f}"
        begins = f"{from_minor(read.opening_minor, read.currency):f}"
        yield Violation(
            "PY-ST-08",
            "/Bal",
            f"The last statement ended with {stood}; this one begins with {begins}.",
            "Load the statements between them first.",
            last.statement_id,
        )
    if last.number is not None and read.number is not None and read.number != last.number + 1:
        yield Violation(
            "PY-ST-08",
            "/ElctrncSeqNb",
            f"Statement {last.number} was the last; number {last.number + 1} must follow.",
            "Load the statements between them first.",
            str(read.number),
        )


def _entries_new(read: StatementRead) -> Iterable[Violation]:
    places = {entry.identity: entry.place for entry in read.entries}
    known = BankEntry.objects.filter(iban=read.iban, identity__in=list(places))
    for identity in known.values_list("identity", flat=True)[:FINDINGS_MOST]:
        yield Violation(
            "PY-ST-07",
            places[identity],
            "This entry was booked with an earlier statement.",
            "Ask the bank why it is in two statements.",
            identity,
        )


def _lock_all(booking: Booking, matches: Sequence[Match], currency: str) -> None:
    """Lock everything that entries name, table by table in the one order, before anything is booked."""
    work = booking.work
    work.flush()
    orders = sorted({order for match in matches for order in match.payouts})
    if orders:
        list(PayoutOrder.objects.select_for_update(no_key=True).filter(pk__in=orders).order_by("pk").values("pk"))
    ids = sorted({match.basket_id for match in matches if match.basket_id is not None})
    rows = Basket.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    booking.baskets = {row.pk: row for row in rows}
    lines = {basket_id: lines_of(basket_id) for basket_id in ids}
    debts_keep(work, [line.declaration_id for own in lines.values() for line in own if line.declaration_id])
    wanted = [line.demand_id for own in lines.values() for line in own if line.demand_id]
    demands_lock(work, wanted)
    holders = {match.organisation_id for match in matches if match.organisation_id is not None}
    balances_lock(work, holders | {row.organisation_id for row in booking.baskets.values()}, currency)


def _row(statement_id: UUID, ordinal: int, match: Match, became: tuple[Outcome, str], iban: str) -> tuple[object, ...]:
    entry: EntryRead = match.entry
    outcome, subject_id = became
    return (
        *(match.entry_id, statement_id, ordinal, iban, entry.identity, entry.amount_minor, entry.currency),
        *(entry.booked_on, entry.reversal, match.reference, entry.end_to_end_id, entry.text, entry.party_name),
        *(entry.party_iban, outcome.value, subject_id),
    )


def _told(booking: Booking, statement_id: UUID, read: StatementRead, outcomes: Sequence[Outcome]) -> Loaded:
    suspense = sum(outcome is Outcome.SUSPENSE for outcome in outcomes)
    tell(
        booking.work,
        verb=Verb.STATEMENT_LOADED,
        subject_type="statement",
        subject_id=statement_id,
        data={
            "iban": read.iban,
            "statement": read.statement_id,
            "entries": len(outcomes),
            "suspense": suspense,
            "closing": amount_text(read.closing_minor, read.currency),
            "currency": read.currency,
        },
        actor=booking.actor,
        at=booking.at,
    )
    return Loaded(statement_id, len(outcomes), len(outcomes) - suspense, suspense)
