"""What a declaration was assessed at, tax by tax, and what of it was moved in the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from fees.models import Demand
from fees.types import DemandKind

LINES_SQL = """
SELECT s.declaration_id, l.item, l.tax_type, l.kind, l.authority, l.amount_minor
FROM fees_fiscalstatus s JOIN fees_assessmentline l ON l.assessment_id = s.assessment_id
WHERE s.declaration_id = ANY(%s::uuid[]) AND l.amount_minor > 0 ORDER BY s.declaration_id, l.item, l.id
"""
# What was paid for a demand is no part of the declaration's own debt.
MOVED_SQL = """
SELECT a.kind, a.authority, sum(p.amount_minor)
FROM fees_ledgertransaction t JOIN fees_posting p ON p.transaction_id = t.id JOIN fees_account a ON a.id = p.account_id
WHERE t.declaration_id = %s AND t.source_event NOT LIKE 'demand:%%'
GROUP BY a.kind, a.authority
"""
DRAWN_SQL = """
SELECT a.authority, -sum(p.amount_minor)
FROM fees_ledgertransaction t JOIN fees_posting p ON p.transaction_id = t.id JOIN fees_account a ON a.id = p.account_id
WHERE t.declaration_id = %s AND t.source_event LIKE 'drawback:%%' AND a.kind = 'authority' GROUP BY a.authority
"""
PROVISIONAL_SQL = """
SELECT s.declaration_id, s.mrn, s.organisation_id, s.currency, s.total_minor, s.changed_at
FROM fees_fiscalstatus s WHERE s.state = 'SECURED' AND (%s::uuid IS NULL OR s.declaration_id > %s::uuid)
ORDER BY s.declaration_id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax or charge of one item, as it was assessed."""

    declaration_id: UUID
    item: int
    tax_type: str
    kind: str
    authority: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What the ledger moved for one declaration: signed sums."""

    authorities: dict[str, int] = field(default_factory=dict)
    security_minor: int = 0
    receivable_minor: int = 0
    trader_minor: int = 0


@dataclass(frozen=True, slots=True)
class Provisional:
    """A debt that is covered by security and not fixed yet."""

    declaration_id: UUID
    mrn: str
    organisation_id: UUID
    currency: str
    total_minor: int
    changed_at: datetime


def tax_lines(declaration_ids: Iterable[UUID]) -> list[TaxLine]:
    """The lines that cost something of the assessments in force, in the order of their items; one query for all."""
    with connection.cursor() as cursor:
        cursor.execute(LINES_SQL, [[str(one) for one in declaration_ids]])
        return [TaxLine(*row) for row in cursor.fetchall()]


def debt_moved(declaration_id: UUID) -> Moved:
    """What the ledger has moved for a declaration so far: the truth, whatever the ways were."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED_SQL, [declaration_id])
        rows = [(kind, authority, int(total)) for kind, authority, total in cursor.fetchall()]
    sums = {kind: sum(total for other, _, total in rows if other == kind) for kind, _, _ in rows}
    return Moved(
        authorities={authority: total for kind, authority, total in rows if kind == "authority"},
        security_minor=sums.get("security", 0),
        receivable_minor=sums.get("receivable", 0),
        trader_minor=sums.get("trader", 0),
    )


def debt_drawn(declaration_id: UUID) -> dict[str, int]:
    """What each authority gave back as drawback: the debt itself was right and stands."""
    with connection.cursor() as cursor:
        cursor.execute(DRAWN_SQL, [declaration_id])
        return {authority: int(total) for authority, total in cursor.fetchall()}


def debts_provisional(*, after: UUID | None = None, size: int = 50) -> list[Provisional]:
    """Debts that are secured and wait for their final determination, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(PROVISIONAL_SQL, [after, after, size])
        return [Provisional(*row) for row in cursor.fetchall()]


def debt_provisional(declaration_id: UUID) -> Provisional | None:
    """The debt of one declaration while it is secured and not fixed; none otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT declaration_id, mrn, organisation_id, currency, total_minor, changed_at FROM fees_fiscalstatus "
            "WHERE declaration_id = %s AND state = 'SECURED'",
            [declaration_id],
        )
        row = cursor.fetchone()
    return Provisional(*row) if row else None


def debt_payer(declaration_id: UUID) -> UUID | None:
    """The organisation that is asked to pay what a declaration owes; none where nothing was assessed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id FROM fees_fiscalstatus WHERE declaration_id = %s", [declaration_id])
        row = cursor.fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class DemandView:
    """A demand as acts above fees read it."""

    id: UUID
    kind: DemandKind
    organisation_id: UUID
    authority: str
    currency: str
    amount_minor: int
    text: str
    declaration_id: UUID | None
    subject_type: str
    subject_id: str
    state: str
    due_on: date
    settled_at: datetime | None


def demands_of(kind: DemandKind, subject_id: str) -> list[UUID]:
    """The demands of one kind that were ever made for a subject, in the order of their ids."""
    rows = Demand.objects.filter(kind=kind.value, subject_id=subject_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def debt_demands(declaration_id: UUID) -> list[UUID]:
    """Every demand that was ever made of a declaration, in the order of their ids."""
    return list(Demand.objects.filter(declaration_id=declaration_id).order_by("pk").values_list("pk", flat=True))


def demand_by_source(source: str) -> UUID | None:
    """The demand that was made for an event; none where it was not."""
    return Demand.objects.filter(source=source).values_list("pk", flat=True).first()


def demand_law(demand_id: UUID) -> str:
    """The law that a demand names."""
    return Demand.objects.values_list("law", flat=True).get(pk=demand_id)


def demand_view(demand_id: UUID) -> DemandView | None:
    """One demand with its day and what became of it; none where there is none."""
    row = Demand.objects.filter(pk=demand_id).first()
    if row is None:
        return None
    return DemandView(
        id=row.pk,
        kind=DemandKind(row.kind),
        organisation_id=row.organisation_id,
        authority=row.authority,
        currency=row.currency,
        amount_minor=row.amount_minor,
        text=row.text,
        declaration_id=row.declaration_id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        state=row.state,
        due_on=row.due_on,
        settled_at=row.settled_at,
    )
