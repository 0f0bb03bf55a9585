"""A guarantee as it stands, for whoever may see it."""

from uuid import UUID

from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.states import GuaranteeState
from singlewindow.guarantees.types import GuaranteeType, GuaranteeView


def guarantee_view(row: Guarantee) -> GuaranteeView:
    """A row as other apps may hold it; its holder has been read with it."""
    return GuaranteeView(
        id=row.pk,
        grn=row.grn,
        type=GuaranteeType(row.type),
        state=GuaranteeState(row.state),
        holder_id=row.holder_id,
        holder_identifier=row.holder.identifier,
        holder_name=row.holder.name,
        guarantor_name=row.guarantor_name,
        guarantor_identifier=row.guarantor_identifier,
        currency=row.currency,
        reference_minor=row.reference_minor,
        level=row.level,
        criteria=tuple(row.criteria),
        limit_minor=row.limit_minor,
        used_minor=row.used_minor,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        offices=tuple(row.offices),
        countries_excluded=tuple(row.countries_excluded),
        commodities=tuple(row.commodities),
        sensitive_excluded=tuple(row.sensitive_excluded),
        liability_ends_on=row.liability_ends_on,
        reason=row.reason,
        granted_at=row.granted_at,
        registered_at=row.registered_at,
    )


def guarantee_of_grn(grn: str) -> GuaranteeView | None:
    """The guarantee of a reference, for acts; nothing where there is none."""
    row = Guarantee.objects.select_related("holder").filter(grn=grn).first()
    return guarantee_view(row) if row else None


def guarantee_by_id(guarantee_id: UUID, *, lock: bool = False) -> GuaranteeView | None:
    """One guarantee, for acts; locked where it is to be drawn on or given back."""
    rows = Guarantee.objects.select_related("holder").filter(pk=guarantee_id)
    row = (rows.select_for_update(of=("self",), no_key=True) if lock else rows).first()
    return guarantee_view(row) if row else None


def guarantee_standing(grn: str) -> GuaranteeView | None:
    """How a guarantee stands: its state, its limit and what is used; nothing where there is none.

    It is not asked who asks: pages and the API use `guarantee_for`.
    """
    return guarantee_of_grn(grn)
