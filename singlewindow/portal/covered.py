"""How a secured debt is covered, part by part: a part may be paid while another is only set aside."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from fees.selectors.lines import debt_moved
from singlewindow.guarantees.types import Reservation
from singlewindow.kernel.money import from_minor


def covered_by(
    declaration_id: UUID, reservations: Iterable[Reservation], currency: str
) -> Iterator[tuple[str, Decimal]]:
    """What is paid, deferred, set aside in money and secured on guarantees; a part that is nothing is left out."""
    moved = debt_moved(declaration_id)
    deferred = max(-moved.receivable_minor, 0)
    parts = (
        (_("Paid:"), sum(moved.authorities.values()) - deferred),
        (_("Deferred to the month's statement:"), deferred),
        (_("Set aside from your account:"), moved.security_minor),
        (_("Secured on a guarantee:"), sum(one.open_minor for one in reservations if one.currency == currency)),
    )
    for label, minor in parts:
        if minor > 0:
            yield label, from_minor(minor, currency)
