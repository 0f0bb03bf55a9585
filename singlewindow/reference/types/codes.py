"""Code lists, rates, offices and commodities, as they are held in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from singlewindow.kernel.errors import DomainError

OFFICE_ID = re.compile(r"[A-Z]{2}[A-Z0-9]{6}", re.ASCII)
"""A customs office reference number: country, then six characters (EU COL, WCO form)."""

ADDITIONAL_PROCEDURE = re.compile(r"[0-9A-Z]{3}", re.ASCII)
"""Union codes are a letter and two characters, national codes begin with a digit."""

DOCUMENT_CODE = re.compile(r"[A-Z0-9][A-Z0-9]{3}", re.ASCII)
"""A document code: one character of category, three of type (N380, C085, 9AID, 7P01)."""

DOCUMENT_STATUS = re.compile(r"[A-Z]{2}", re.ASCII)
"""A document status: two letters, what is presented and what happens to it."""

UNIT_WITH_QUALIFIER = re.compile(r"([A-Z0-9]{2,3})(?:#([A-Z]))?", re.ASCII)
"""A unit, and after a hash sign the tariff's qualifier letter ("KGM#G" is gross kilograms)."""


class CodeListName(StrEnum):
    """The lists of codes kept in one table, by the name the data element has in the WCO model."""

    COUNTRY = "country"
    CURRENCY = "currency"
    UNIT = "unit"
    UNIT_QUALIFIER = "unit_qualifier"
    PACKAGE_TYPE = "package_type"
    TRANSPORT_MODE = "transport_mode"
    INCOTERM = "incoterm"
    REQUESTED_PROCEDURE = "requested_procedure"
    PREVIOUS_PROCEDURE = "previous_procedure"
    TRANSACTION_NATURE = "transaction_nature"
    PREFERENCE = "preference"
    DOCUMENT_TYPE = "document_type"
    GUARANTEE_TYPE = "guarantee_type"
    VALUATION_METHOD = "valuation_method"
    LOCATION_TYPE = "location_type"
    LOCATION_QUALIFIER = "location_qualifier"
    TRANSPORT_ID_TYPE = "transport_id_type"
    DECLARATION_TYPE = "declaration_type"
    TAX_TYPE = "tax_type"
    PAYMENT_METHOD = "payment_method"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list as it reads on a given day."""

    code: str
    name: str
    attributes: Mapping[str, str]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CodeLists:
    """Every code in force on one day: what a declaration rule may ask.

    The value needs no database; a rule that holds it decides the same way in a page,
    in a worker and on the command line. `snapshot_id` names the data it was read from.
    """

    on: date
    snapshot_id: str
    countries: frozenset[str]
    currencies: frozenset[str]
    units: frozenset[str]
    unit_qualifiers: frozenset[str]
    package_types: frozenset[str]
    bulk_package_types: frozenset[str]
    """Bulk goods: no number of packages is asked for."""
    unpacked_package_types: frozenset[str]
    """Goods without packing: the number is a number of pieces."""
    transport_modes: frozenset[str]
    incoterms: frozenset[str]
    requested_procedures: frozenset[str]
    previous_procedures: frozenset[str]
    transaction_natures: frozenset[str]
    preferences: frozenset[str]
    document_types: frozenset[str]
    """Document codes this country itself asks for; others are recorded by their pattern."""
    guarantee_types: frozenset[str]
    valuation_methods: frozenset[str]
    location_types: frozenset[str]
    location_qualifiers: frozenset[str]
    transport_id_types: frozenset[str]
    declaration_types: frozenset[str]
    tax_types: frozenset[str]
    payment_methods: frozenset[str]
    offices: frozenset[str]
    """Offices of this country."""
    home_country: str
    hs2: frozenset[str]
    hs4: frozenset[str]
    hs6: frozenset[str]
    """Subheadings of the edition in force and of the earlier ones still met in messages."""
    national_codes: frozenset[str]
    """Commodity codes of 8 or 10 digits that the national tariff names."""

    def knows_unit(self, unit: str) -> bool:
        """True for a unit in force, alone or with a known qualifier ("KGM", "KGM#G").

        A currency code stands as a unit where a tariff taxes an amount of money.
        """
        if len(unit) < 4 and unit in self.units:
            return True
        match = UNIT_WITH_QUALIFIER.fullmatch(unit)
        if match is None:
            return False
        qualifier = match[2]
        if qualifier is not None and qualifier not in self.unit_qualifiers:
            return False
        return match[1] in self.units or match[1] in self.currencies

    def knows_office(self, office_id: str) -> bool:
        """True for an office of this country, or a well-formed office of a known other one."""
        if office_id in self.offices:
            return True
        return (
            OFFICE_ID.fullmatch(office_id) is not None
            and office_id[:2] in self.countries
            and office_id[:2] != self.home_country
        )

    def knows_heading(self, commodity_code: str) -> bool:
        """True where the first four digits are a heading of the Harmonized System, or chapter 98/99."""
        return commodity_code[:4] in self.hs4 or commodity_code[:2] in NATIONAL_CHAPTERS

    def knows_subheading(self, commodity_code: str) -> bool:
        """True where the first six digits are a subheading of a known edition, or chapter 98/99."""
        return commodity_code[:6] in self.hs6 or commodity_code[:2] in NATIONAL_CHAPTERS


NATIONAL_CHAPTERS = frozenset({"98", "99"})
"""Chapters the Harmonized System leaves to each country (Source: HS Convention, chapters 98, 99)."""


class ReferenceMissing(DomainError):
    """The reference data hold nothing for this day: nothing is guessed in its place."""

    code = "reference.missing"
    title = "The reference data hold nothing for this day"


class RateMissing(ReferenceMissing):
    """No exchange rate is published for this currency and day; a rate is never taken as 0 or 1."""

    code = "reference.rate_missing"
    title = "No exchange rate is published for this currency and day"


class RateDirection(StrEnum):
    """Which way a stored rate reads."""

    UNITS_PER_BASE = "units_per_base"
    """One unit of the base currency buys `rate` units of the foreign currency."""


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """A published rate with its direction: 1 `base` = `rate` `currency`."""

    id: str
    """Base, currency and first day ("EUR-USD-2026-11-01"): the same data name a rate alike everywhere."""
    base: str
    currency: str
    rate: Decimal
    direction: RateDirection
    valid_from: date
    valid_to: date | None
    source: str

    def to_base(self, amount: Decimal) -> Decimal:
        """Convert an amount of the foreign currency into the base currency, unrounded."""
        return amount / self.rate


@dataclass(frozen=True, slots=True)
class Office:
    """A customs office of this country."""

    id: str
    name: str
    kind: str
    transport_mode: str
    time_zone: str
    place: str
    opens: str
    closes: str
    examinations_per_day: int


@dataclass(frozen=True, slots=True)
class Commodity:
    """A line of the nomenclature: chapter, heading, subheading or national code."""

    code: str
    level: int
    description: str
    parent: str
    unit: str
    declarable: bool
    edition: str


@dataclass(frozen=True, slots=True)
class CommodityHit:
    """A commodity that answers a search, with the score it was ranked by (0 to 1)."""

    commodity: Commodity
    score: float
    path: tuple[str, ...]
    """Descriptions of the lines above it, widest first."""
