"""Claims: whose they are, what they ask for, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from fees.selectors.lines import tax_lines
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode
from singlewindow.revenue.models import Claim, LineBalance
from singlewindow.revenue.states import ClaimState
from singlewindow.revenue.types import ClaimKind, DrawbackBasis


@dataclass(frozen=True, slots=True)
class ClaimLineView:
    """What is asked back of one tax of one item."""

    id: int
    item: int
    tax_type: str
    authority: str
    claimed_minor: int
    approved_minor: int | None
    dropped_minor: int = 0
    """What of it fell away, because the declaration was changed."""

    @property
    def asked_minor(self) -> int:
        """What of it is still asked for."""
        return self.claimed_minor - self.dropped_minor


@dataclass(frozen=True, slots=True)
class DrawnView:
    """Imported goods that left again or were destroyed."""

    basis: DrawbackBasis
    import_item: int
    import_quantity: Decimal
    export_mrn: str
    export_item: int | None
    export_quantity: Decimal
    evidence: str
    unit: str
    per_output: Decimal
    share: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim; lines are read with one claim, not with a list."""

    id: UUID
    number: str
    kind: ClaimKind
    claimant_id: UUID
    claimant_name: str
    declaration_id: UUID | None
    declaration_version: int | None
    mrn: str
    demand_id: UUID | None
    reason_code: str
    law: str
    text: str
    currency: str
    claimed_minor: int
    approved_minor: int | None
    interest_minor: int
    state: ClaimState
    filed_by: str
    filed_at: datetime
    accepted_by: str
    verified_by: str
    approved_by: str
    decision: str
    changed_at: datetime
    lines: tuple[ClaimLineView, ...] = ()
    drawn: tuple[DrawnView, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimableLine:
    """A tax of a declaration, and how much of it can still be claimed."""

    item: int
    tax_type: str
    authority: str
    paid_minor: int
    left_minor: int


def claims_for(
    actor: Actor, *, state: ClaimState | None = None, cursor: str = "", size: int = PAGE_SIZE
) -> Page[ClaimView]:
    """The claims that the actor may see, newest first.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    rows = _visible(actor).order_by("-pk")
    if state is not None:
        rows = rows.filter(state=state.value)
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([_view(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def claim_for(actor: Actor, claim_id: UUID) -> ClaimView:
    """One claim with its lines. Raises NotFound where there is none, or the actor may not see it."""
    row = _visible(actor).filter(pk=claim_id).first()
    if row is None:
        raise NotFound
    lines = tuple(
        ClaimLineView(
            one.pk, one.item, one.tax_type, one.authority, one.claimed_minor, one.approved_minor, one.dropped_minor
        )
        for one in row.lines.order_by("item", "pk")
    )
    drawn = tuple(
        DrawnView(
            basis=DrawbackBasis(one.basis),
            import_item=one.import_item,
            import_quantity=one.import_quantity,
            export_mrn=one.export_mrn,
            export_item=one.export_item,
            export_quantity=one.export_quantity,
            evidence=one.evidence,
            unit=one.unit,
            per_output=one.per_output,
            share=one.share,
            amount_minor=one.amount_minor,
        )
        for one in row.drawn.order_by("pk")
    )
    return _view(row, lines, drawn)


def claimable_lines(declaration_id: UUID) -> list[ClaimableLine]:
    """The taxes of a declaration and what is left of each to claim; the caller may see the declaration."""
    held = {
        (row.item, row.tax_type): row.claimed_minor for row in LineBalance.objects.filter(declaration_id=declaration_id)
    }
    return [
        ClaimableLine(
            line.item,
            line.tax_type,
            line.authority,
            line.amount_minor,
            max(line.amount_minor - held.get((line.item, line.tax_type), 0), 0),
        )
        for line in tax_lines([declaration_id])
    ]


def _visible(actor: Actor) -> QuerySet[Claim]:
    rows = Claim.objects.select_related("claimant")
    if actor.may(Permission.VIEW_REVENUE):
        return rows
    if actor.may(Permission.CLAIM_REPAYMENT):
        return rows.filter(claimant__in=organisations_actor_may_file_for(actor))
    return rows.none()


def _view(row: Claim, lines: tuple[ClaimLineView, ...] = (), drawn: tuple[DrawnView, ...] = ()) -> ClaimView:
    return ClaimView(
        id=row.pk,
        number=row.number,
        kind=ClaimKind(row.kind),
        claimant_id=row.claimant_id,
        claimant_name=row.claimant.name,
        declaration_id=row.declaration_id,
        declaration_version=row.declaration_version,
        mrn=row.mrn,
        demand_id=row.demand_id,
        reason_code=row.reason_code,
        law=row.law,
        text=row.text,
        currency=row.currency,
        claimed_minor=row.claimed_minor,
        approved_minor=row.approved_minor,
        interest_minor=row.interest_minor,
        state=ClaimState(row.state),
        filed_by=row.filed_by,
        filed_at=row.filed_at,
        accepted_by=row.accepted_by,
        verified_by=row.verified_by,
        approved_by=row.approved_by,
        decision=row.decision,
        changed_at=row.changed_at,
        lines=lines,
        drawn=drawn,
    )
