"""What a dispute asks of the release of its declaration."""

from dataclasses import dataclass
from uuid import UUID

from clearance.models import Dispute
from clearance.states import DisputeState
from declarations.types import DeclarationSnapshot
from singlewindow.guarantees.selectors import drawing_on
from singlewindow.guarantees.types import Drawing, Purpose

RUNNING = (DisputeState.OFFERED.value, DisputeState.SECURED.value)


@dataclass(frozen=True, slots=True)
class Disputed:
    """What is secured for a dispute, and on which guarantee; none: in cash."""

    amount_minor: int
    fine_minor: int
    drawing: Drawing | None

    @property
    def amounts(self) -> dict[str, int]:
        """What is secured, by purpose."""
        amounts = {Purpose.DISPUTE.value: self.amount_minor, Purpose.FINE.value: self.fine_minor}
        return {purpose: minor for purpose, minor in amounts.items() if minor}


def dispute_secured(snapshot: DeclarationSnapshot) -> Disputed | None:
    """The dispute for which security was promised, of the version that stands; none where there is none."""
    row = Dispute.objects.filter(
        declaration_id=snapshot.id, version=snapshot.version, state=DisputeState.SECURED.value
    ).first()
    if row is None:
        return None
    drawing = None
    if row.grn:
        drawing = drawing_on(
            snapshot.message,
            (row.grn,),
            declaration_id=snapshot.id,
            holder_ids=snapshot.parties,
            on=snapshot.lodged_at.date(),
        )
    return Disputed(row.security_minor, row.fine_minor, drawing)


def dispute_locked(declaration_id: UUID) -> Dispute | None:
    """The dispute of a declaration that is not over, locked; none where there is none."""
    return (
        Dispute.objects.select_for_update(of=("self",)).filter(declaration_id=declaration_id, state__in=RUNNING).first()
    )
