"""Advance rulings as checks and the public read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fees.models import Ruling
from fees.rules.rulings import RulingTerms
from fees.states import RulingState
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode


@dataclass(frozen=True, slots=True)
class PublicRuling:
    """A ruling as everyone may read it: without its holder."""

    id: UUID
    number: str
    commodity_code: str
    origin: str
    valid_from: date
    valid_to: date
    goods: str


def rulings_by_number(numbers: Collection[str]) -> dict[str, RulingTerms]:
    """The live ones of these rulings; one query for any number, none for none."""
    if not numbers:
        return {}
    rows = Ruling.objects.filter(number__in=numbers, state=RulingState.LIVE.value).select_related("holder")
    return {
        row.number: RulingTerms(
            row.number,
            row.holder.identifier,
            row.commodity_code,
            row.origin,
            row.valid_from,
            row.valid_to,
            row.text,
        )
        for row in rows
    }


def rulings_public(*, code: str = "", cursor: str = "", size: int = PAGE_SIZE) -> Page[PublicRuling]:
    """The rulings that are in force or were, newest first, by the beginning of their code.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    rows = Ruling.objects.filter(state=RulingState.LIVE.value, commodity_code__startswith=code).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    found = [
        PublicRuling(row.pk, row.number, row.commodity_code, row.origin, row.valid_from, row.valid_to, row.goods)
        for row in rows.defer("text")[: size + 1]
    ]
    return page_of(found, size, lambda one: (str(one.id),))
