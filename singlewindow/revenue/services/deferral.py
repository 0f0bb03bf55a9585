"""Deferring a debt at release: it draws on the limit, the authorities have their parts, the month has a line."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from declarations.selectors import declaration_head
from fees.selectors.lines import tax_lines
from fees.services.accounts import amount_text
from fees.services.debts import Debt, debt_defer_to, debt_lock, debt_settle, debt_tell
from fees.states import COVERED, FISCAL, FiscalState
from fees.types import DebitResult
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.identifiers import uuid7
from singlewindow.reference.revenue import RevenueScheme
from singlewindow.revenue.models import StatementLine
from singlewindow.revenue.rules.months import closes_at, due_on, month_after, month_for
from singlewindow.revenue.services.scheme import country_day, scheme_on, zone_of

# One statement draws on the limit or does not: whoever comes second sees what the first has left.
DRAW_SQL = """
UPDATE revenue_deferment SET used_minor = used_minor + %(minor)s, changed_at = %(at)s
WHERE holder_id = %(holder)s AND currency = %(currency)s AND state = 'active'
  AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s) AND used_minor + %(minor)s <= limit_minor
RETURNING id, number, limit_minor - used_minor
"""
WHY_SQL = """
SELECT number, state, valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s), limit_minor - used_minor
FROM revenue_deferment WHERE holder_id = %(holder)s AND currency = %(currency)s AND state IN ('active', 'suspended')
"""
TOLD_SQL = """
INSERT INTO revenue_defermentshort (declaration_id, reason, amount_minor) VALUES (%s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""
STATEMENT_SQL = """
INSERT INTO revenue_statement (id, deferment_id, month, state, due_on) VALUES (%s, %s, %s, 'open', %s)
ON CONFLICT (deferment_id, month) DO NOTHING RETURNING id
"""
STANDING_SQL = "SELECT id, state FROM revenue_statement WHERE deferment_id = %s AND month = %s"
LINE_COLUMNS = ("statement_id", "declaration_id", "mrn", "at", "amount_minor", "parts", "source")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A deferment that bore a debt, and what is left of its limit."""

    deferment_id: UUID
    number: str
    left_minor: int


def debt_defer(
    work: Work, *, declaration_id: UUID, organisation_id: UUID, at: datetime, actor: Actor
) -> DebitResult | None:
    """Defer what a declaration owes, within the transaction that releases the goods.

    The authorities are credited, the payer's receivable is charged, the debt stands on the statement of its month.
    None where no deferment of the payer is in force or its limit does not bear the debt: the payer is told why, once
    for each reason and amount, and the caller goes on to the prepaid account.

    Locks: the fiscal status, then the deferment.

    Idempotent: what is covered stays covered.

    Source: docs/rules/revenue.md, RV-DEF-03 to RV-DEF-06 (domain.md F53, K1).

    Raises:
        NotFound: nothing was assessed.
        TransitionRefused: there is no assessment yet.
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state in COVERED or debt.state is FiscalState.FINAL:
        return DebitResult(debt.state, currency=debt.currency)
    FISCAL.transition("defer", debt.state)
    if debt.total_minor == 0:
        return debt_settle(work, debt, "close_as_nil")
    on = country_day(at)
    scheme = scheme_on(on)
    drawn = _draw(work, debt, on) if scheme else None
    if scheme is None or drawn is None:
        _tell_short(work, debt, on)
        return None
    month = _statement_line(work, debt, drawn, scheme)
    note: dict[str, JsonValue] = {
        "deferment": drawn.number,
        "statement": month.strftime("%Y-%m"),
        "due_on": due_on(month, day=scheme.deferment_due_day).isoformat(),
    }
    result = debt_defer_to(work, debt, note=note)
    _record(work, debt, note)
    return result


def _draw(work: Work, debt: Debt, on: date) -> Drawn | None:
    values = {"minor": debt.total_minor, "at": debt.at, "holder": debt.payer_id, "currency": debt.currency, "on": on}
    rows = work.fetch(DRAW_SQL, values)
    return Drawn(*rows[0]) if rows else None


def _tell_short(work: Work, debt: Debt, on: date) -> None:
    """Tell the payer why nothing was deferred, once for each reason and amount."""
    values = {"holder": debt.payer_id, "currency": debt.currency, "on": on}
    rows = work.fetch(WHY_SQL, values)
    number, state, in_time, left = rows[0] if rows else ("", "", False, 0)
    reason = "no_deferment"
    if rows:
        reason = "suspended" if state == "suspended" else "limit" if in_time else "not_in_force"
    if not work.fetch(TOLD_SQL, [debt.declaration_id, reason, debt.total_minor]):
        return
    more: dict[str, JsonValue] = {
        "reason": reason,
        "deferment": number,
        "available": amount_text(max(left, 0), debt.currency),
        "missing": amount_text(max(debt.total_minor - max(left, 0), 0), debt.currency),
    }
    debt_tell(work, debt, Verb.DEFERMENT_SHORT, "deferment_short", more)


def _statement_line(work: Work, debt: Debt, drawn: Drawn, scheme: RevenueScheme) -> date:
    """Write the debt on the statement of its month, or of the first month after it that is still open."""
    zone, hour = zone_of(debt.at.date()), scheme.statement_close_hour
    month = month_for(_incurred_at(debt), debt.at, hour=hour, zone=zone)
    statement_id = _statement(work, debt, drawn, month, scheme, zone)
    while statement_id is None:
        month = month_after(month)
        statement_id = _statement(work, debt, drawn, month, scheme, zone)
    parts = [[line.authority, line.tax_type, line.amount_minor] for line in tax_lines([debt.declaration_id])]
    row = (
        statement_id,
        debt.declaration_id,
        debt.mrn,
        debt.at,
        debt.total_minor,
        parts,
        f"defer:{debt.declaration_id}",
    )
    work.insert(StatementLine, LINE_COLUMNS, [row])
    return month


def _statement(work: Work, debt: Debt, drawn: Drawn, month: date, scheme: RevenueScheme, zone: ZoneInfo) -> UUID | None:
    """The open statement of a month, begun when this is its first debt; none where it closed."""
    made_id = uuid7()
    due = due_on(month, day=scheme.deferment_due_day)
    if not work.fetch(STATEMENT_SQL, [made_id, drawn.deferment_id, month, due]):
        ((statement_id, state),) = work.fetch(STANDING_SQL, [drawn.deferment_id, month])
        return UUID(str(statement_id)) if state == "open" else None
    queue(
        work,
        "StatementCloseDue",
        subject_id=str(made_id),
        dedup=str(made_id),
        not_before=closes_at(month, hour=scheme.statement_close_hour, zone=zone),
        actor=debt.actor,
    )
    return made_id


def _incurred_at(debt: Debt) -> datetime:
    """When the debt was incurred: at acceptance."""
    try:
        accepted_at = declaration_head(debt.declaration_id).accepted_at
    except NotFound:  # assessed without a stored declaration, as a quote that became one
        return debt.at
    return min(accepted_at or debt.at, debt.at)


def _record(work: Work, debt: Debt, note: dict[str, JsonValue]) -> None:
    event_record(
        work,
        actor=debt.actor,
        verb=Verb.DEBT_DEFERRED,
        subject_type="declaration",
        subject_id=str(debt.declaration_id),
        data={
            "mrn": debt.mrn,
            "total": amount_text(debt.total_minor, debt.currency),
            "currency": debt.currency,
            **note,
        },
        at=debt.at,
    )
