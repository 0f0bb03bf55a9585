"""What guarantees hold for a declaration."""

from uuid import UUID

from singlewindow.guarantees.models import Entry
from singlewindow.guarantees.types import GuaranteeType, Reservation


def reserved_for(subject_id: UUID, purpose: str | None = None) -> list[Reservation]:
    """What is set aside for a subject and neither freed nor taken; by guarantee and purpose, in the order of ids."""
    entries = Entry.objects.filter(subject_id=subject_id)
    if purpose is not None:
        entries = entries.filter(purpose=purpose)
    last = entries.order_by("guarantee_id", "purpose", "-sequence").distinct("guarantee_id", "purpose")
    return [
        Reservation(
            subject_id=subject_id,
            guarantee_id=entry.guarantee_id,
            grn=entry.guarantee.grn,
            type=GuaranteeType(entry.guarantee.type),
            purpose=entry.purpose,
            open_minor=entry.open_after_minor,
            currency=entry.guarantee.currency,
            holder_id=entry.guarantee.holder_id,
        )
        for entry in last.select_related("guarantee")
        if entry.open_after_minor
    ]
