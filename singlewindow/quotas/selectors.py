"""Reads of quotas: what may be claimed on a day, and what a declaration was allocated."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from singlewindow.quotas.types import QuotaStanding, StandingState


def quota_standings(order_numbers: Iterable[str], on: date) -> Mapping[str, QuotaStanding]:
    """How each of the quotas stands on a day; state NONE for a number without a quota on it. One query."""
    return {number: QuotaStanding(number, StandingState.NONE, "", on) for number in order_numbers}


def quota_shares(declaration_id: UUID) -> Mapping[int, Decimal]:
    """What share of its claim each item of a declaration was allocated, 0 to 1; nothing before its day is settled."""
    return {}
