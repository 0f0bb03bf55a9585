"""The profile of a country: what another country would choose otherwise, with days of validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from singlewindow.reference.revenue import RevenueScheme


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
