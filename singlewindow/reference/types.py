"""Reference values that other applications may hold: frozen, and pure Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from singlewindow.kernel.errors import DomainError
from singlewindow.reference.revenue import RevenueScheme

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


@dataclass(frozen=True, slots=True)
class DocumentExemption:
    """A coded reason for which a document is not asked for."""

    code: str
    sentence: str
    documents: tuple[str, ...]
    max_value: Decimal | None = None
    max_net_mass_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TwoStepScheme:
    """A short declaration takes the goods, the full one follows. Source: domain.md F14; UCC articles 166 and 167."""

    simplified: str
    """Last letters of the types of the short one."""
    supplementary: str
    """Last letters of the types that complete it."""
    days: int
    """Days from the arrival of the goods in which the full one is owed."""
    reminder_days: tuple[int, ...]
    """Days before that at which the trader is reminded."""
    best_information_days: int
    """Days after it at which the debt is fixed on what is known."""


@dataclass(frozen=True, slots=True)
class MatchingScheme:
    """How far what is declared may be from manifests and from what devices saw. Source: docs/rules/matching.md."""

    mass_share: Decimal
    """Of the declared gross mass."""
    mass_kg: Decimal
    """The larger of this and the share is tolerated; a scale's own uncertainty comes on top."""
    packages: int
    consignee_likeness: int
    """Names that are at least so alike, of 100, are one."""
    commodity_digits: int
    """So many digits of the commodity code must agree."""
    clock_skew_seconds: int
    """A device's clock may be so far ahead."""
    days_before: int
    """What was seen so long before lodging may be of these goods."""
    hours_after_release: int
    """What is seen so long after release, while the goods are still there, is of these goods."""
    arrival_hours: int
    """Goods are presented so long before their conveyance is told to have arrived, without a remark."""
    holding: tuple[str, ...]
    """Rules whose differences hold the goods; the others are shown."""


@dataclass(frozen=True, slots=True)
class WarningScheme:
    """In how many minutes the targeting desk takes note of a warning, by mode of transport. Source: domain.md F28."""

    minutes: Mapping[str, int]
    """By the code of the mode at the border; `*` is any other."""

    def time_for(self, mode: str) -> timedelta:
        """The time allowed."""
        return timedelta(minutes=self.minutes.get(mode, self.minutes["*"]))


@dataclass(frozen=True, slots=True)
class LowValueScheme:
    """How consignments of low value may be filed on a reduced data set."""

    max_value: Decimal
    """Highest customs value of a consignment, in the profile's currency."""
    type_code_arrived: str
    type_code_expected: str
    """Type of the declaration where the goods are here, and where they are still on their way."""
    procedure: str
    additional_procedure: str
    excluded: tuple[str, ...]
    """Beginnings of commodity codes that are never of low value (excise goods)."""


@dataclass(frozen=True, slots=True)
class OnceOnlyException:
    """A published ground on which a body may ask for what is here already. Source: WTO TFA, article 10.4.2."""

    id: str
    sentence: str
    law: str
    lifts_exemption: bool
    """Whether it also lets a body ask for a document that is not asked for at all."""


@dataclass(frozen=True, slots=True)
class OnceOnlyScheme:
    """What is not asked for, when something may be asked for again, and who holds originals (F11, F12, F25)."""

    exempt: Mapping[str, tuple[str, ...]]
    """Document codes that nobody asks for, by direction."""
    exceptions: tuple[OnceOnlyException, ...]
    originals: Mapping[str, str]
    """The body that holds the original of a document, by the document's code."""
    law: str


@dataclass(frozen=True, slots=True)
class ScreeningScheme:
    """From which score of 100 on a name, vessel or address counts as a possible match with a listed one."""

    name: float = 85.0
    weak_name: float = 95.0
    """Of a name that many have, as the list itself says."""
    vessel: float = 90.0
    address: float = 92.0


@dataclass(frozen=True, slots=True)
class CountryProfile:
    """Everything about the country that another country would set otherwise, for one period."""

    id: str
    valid_from: date
    valid_to: date | None
    country_code: str
    country_name: str
    currency: str
    time_zone: str
    language: str
    nomenclature: str
    valuation_basis: str
    """CIF or FOB."""
    freight_shared_by: str
    """How freight and insurance are shared over the items: "value" or "gross_mass"."""
    mrn_country: str
    mrn_letter_import: str
    mrn_letter_export: str
    pre_arrival_days: int
    """A pre-lodged declaration expires so many days after it is lodged."""
    clearance_limit_hours: int
    amber_share: Decimal
    """Share of the clearance limit after which the holder is warned."""
    late_list_hours: int
    control_sample_rate: Decimal
    control_capacity_per_day: int
    de_minimis_value: Decimal
    """No duty at or below this customs value, in the profile's currency."""
    de_minimis_vat: Decimal
    amendment_days_after_release: int
    """So long after release an amendment may be asked for."""
    invalidation_days_after_release: int
    """So long after release a declaration may be invalidated, when the goods came back."""
    invalidation_automatic_when_accepted: bool
    """Whether an accepted declaration for which no check was announced is taken back without an officer."""
    change_decision_hours: int
    """Time that an officer has to decide a request."""
    amendment_restarts_clock: bool
    """Whether the time allowed to release counts anew from an amendment of the accepted declaration."""
    debt_limitation_years: int
    document_exemptions: tuple[DocumentExemption, ...]
    low_value: LowValueScheme | None = None
    """None: this country has no such scheme in this period."""
    screening: ScreeningScheme = ScreeningScheme()
    once_only: OnceOnlyScheme | None = None
    """None: every body asks for what it likes, as often as it likes."""
    two_step: TwoStepScheme | None = None
    """None: a declaration is lodged whole, or not at all."""
    matching: MatchingScheme | None = None
    """None: nothing is compared in this period."""
    warning: WarningScheme | None = None
    """None: nobody is warned before arrival in this period."""
    revenue: RevenueScheme | None = None
    """None: every debt is paid at release, and nothing is given back in this period."""
    feed_days: int = 90
    """How long what a party was told can be read again; 90 at the least."""

    @property
    def clearance_limit(self) -> timedelta:
        """Time allowed from acceptance with the goods present to release."""
        return timedelta(hours=self.clearance_limit_hours)

    @property
    def amber_after(self) -> timedelta:
        """Time after which the current holder is warned."""
        return timedelta(seconds=int(self.clearance_limit_hours * 3600 * self.amber_share))

    @property
    def late_list_after(self) -> timedelta:
        """Time after which the consignment stands on the late list."""
        return timedelta(hours=self.late_list_hours)
