"""Reading the whole reference data out of its tables, and asking whether they changed."""

from uuid import UUID

from singlewindow.reference.dataset import CodeRow, CommodityRow, Dataset, OfficeRow, RateRow
from singlewindow.reference.files import profile_from
from singlewindow.reference.models import (
    CodeEntry,
    CommodityEntry,
    DataVersion,
    OfficeEntry,
    ProfileEntry,
    RateEntry,
)
from singlewindow.reference.types import CountryProfile, Office


def version_token() -> UUID | None:
    """The token of the data in the tables; None before the first load."""
    return DataVersion.objects.filter(pk=1).values_list("token", flat=True).first()


def stored_dataset() -> Dataset:
    """Everything in the tables, as one value: five queries."""
    return Dataset(codes=_codes(), offices=_offices(), rates=_rates(), commodities=_commodities(), profiles=_profiles())


def _codes() -> tuple[CodeRow, ...]:
    found = CodeEntry.objects.order_by("code", "list", "valid_from")
    return tuple(
        CodeRow(*row) for row in found.values_list("list", "code", "name", "attributes", "valid_from", "valid_to")
    )


def _rates() -> tuple[RateRow, ...]:
    found = RateEntry.objects.order_by("currency", "valid_from")
    return tuple(
        RateRow(*row) for row in found.values_list("base", "currency", "rate", "valid_from", "valid_to", "source")
    )


def _commodities() -> tuple[CommodityRow, ...]:
    found = CommodityEntry.objects.order_by("code", "valid_from")
    return tuple(
        CommodityRow(*row)
        for row in found.values_list("code", "description", "unit", "edition", "words", "valid_from", "valid_to")
    )


def _offices() -> tuple[OfficeRow, ...]:
    return tuple(
        OfficeRow(
            Office(
                id=row.code,
                name=row.name,
                kind=row.kind,
                transport_mode=row.transport_mode,
                time_zone=row.time_zone,
                place=row.place,
                opens=row.opens,
                closes=row.closes,
                examinations_per_day=row.examinations_per_day,
            ),
            row.valid_from,
            row.valid_to,
        )
        for row in OfficeEntry.objects.order_by("code", "valid_from")
    )


def _profiles() -> tuple[CountryProfile, ...]:
    return tuple(
        profile_from(
            {
                **row.settings,
                "id": row.code,
                "valid_from": row.valid_from.isoformat(),
                "valid_to": row.valid_to.isoformat() if row.valid_to else "",
            }
        )
        for row in ProfileEntry.objects.order_by("valid_from")
    )
