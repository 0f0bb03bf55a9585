"""The requirement finder: what goods need of every agency, with fee, time, conditions and ways around (K10)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.module_loading import import_string

from agencies.rules import RequirementIndex
from agencies.selectors.law import agency_info, requirement_index
from agencies.types import Fee, Need, RequirementInfo

FeeOf = Callable[[str, date], Fee | None]


def needs_for(
    *,
    commodity_code: str,
    direction: str,
    country: str,
    on: date,
    procedure: str = "",
    end_use: str = "",
    quantity: Decimal | None = None,
) -> tuple[Need, ...]:
    """What goods need, the widest HS prefix first; one small query.

    Without an end use, requirements of certain uses are left out; without a quantity, exemptions of small ones are
    told and not applied.
    """
    index = requirement_index()
    found = index.for_goods(direction=direction, commodity_code=commodity_code, country=country, on=on)
    uses = (end_use,) if end_use else ()
    return tuple(_need(one, index, on) for one in found if one.asked_of(procedure, uses, quantity))


def extras(commodity_code: str, country: str, direction: str, on: date) -> tuple[Need, ...]:
    """What the tariff browser tells beside duties of a code (settings.TARIFF_EXTRAS)."""
    return needs_for(commodity_code=commodity_code, country=country, direction=direction, on=on)


def _need(one: RequirementInfo, index: RequirementIndex, on: date) -> Need:
    agency = index.agencies.get(one.agency) or agency_info(one.agency)
    return Need(
        key=one.key,
        agency=one.agency,
        agency_name=agency.name,
        lpco_code=one.lpco_code,
        title=one.title,
        law=one.law,
        hs_prefix=one.hs_prefix,
        unit=one.unit,
        sla_hours=one.sla_hours or agency.sla_hours,
        charge_code=one.charge_code,
        fee=fee_of(one.charge_code, on),
        conditions=one.conditions,
        documents=one.documents,
        exempt_below=one.exempt_below,
        disclaimers=tuple(one.waivers.items()),
        check=one.check.sentence if one.check else "",
    )


def fee_of(charge_code: str, on: date) -> Fee | None:
    """The published charge of a code on a day, as the app that keeps the schedule tells it; none is guessed."""
    path = settings.PUBLISHED_CHARGE
    if not charge_code or not path:
        return None
    told = import_string(path)(charge_code, on)
    return Fee(*told) if told is not None else None
