"""What an organisation told of arrivals and departures."""

from collections.abc import Sequence
from uuid import UUID

from singlewindow.cargo.models import Arrival

LATEST = 25


def told_latest(organisation_id: UUID | None) -> Sequence[Arrival]:
    """The latest things that the organisation told, newest first."""
    return list(Arrival.objects.filter(told_by_id=organisation_id).order_by("-id")[:LATEST])
