"""All reference data as one frozen value, and the pure questions it answers for a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Protocol, TypeVar, cast

from singlewindow.reference.types import (
    Code,
    CodeListName,
    CodeLists,
    Commodity,
    CountryProfile,
    ExchangeRate,
    Office,
    RateDirection,
    RateMissing,
    ReferenceMissing,
)


class Dated(Protocol):
    """Anything that is in force from one day to another, both included."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


T = TypeVar("T")


def in_force(entry: Dated, on: date) -> bool:
    """True from `valid_from` to `valid_to`, both days included; no `valid_to` means until further notice."""
    return entry.valid_from <= on and (entry.valid_to is None or on <= entry.valid_to)


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One version of a code."""

    list: str
    code: str
    name: str
    attributes: Mapping[str, str]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One version of an office."""

    office: Office
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class RateRow:
    """One published rate: 1 `base` = `rate` `currency`."""

    base: str
    currency: str
    rate: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class CommodityRow:
    """One version of a line of the nomenclature."""

    code: str
    description: str
    unit: str
    edition: str
    words: str
    valid_from: date
    valid_to: date | None


ANSWERS_KEPT = 32
"""Days whose computed answers are kept: the present one, and those that a recalculation asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Every version of every entry; asks are answered from memory."""

    codes: tuple[CodeRow, ...]
    offices: tuple[OfficeRow, ...]
    rates: tuple[RateRow, ...]
    commodities: tuple[CommodityRow, ...]
    profiles: tuple[CountryProfile, ...]
    _rates_of: dict[str, list[RateRow]] = field(default_factory=dict, repr=False)
    _lines_of: dict[str, list[CommodityRow]] = field(default_factory=dict, repr=False)
    _answers: dict[tuple[str, date], Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for rate in self.rates:
            self._rates_of.setdefault(rate.currency, []).append(rate)
        for line in self.commodities:
            self._lines_of.setdefault(line.code, []).append(line)

    def answer(self, kind: str, on: date, make: Callable[[Dataset, date], T]) -> T:
        """What `make` gives for a day, computed once. Two threads may both compute it; they get the same."""
        found = self._answers.get((kind, on))
        if found is None:
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
            found = self._answers[kind, on] = make(self, on)
        return cast(T, found)

    def snapshot_id(self, on: date) -> str:
        """A name of everything in force on a day, made from the content: same data and day, same name."""
        return self.answer("snapshot", on, _snapshot_id)

    def code_lists(self, on: date) -> CodeLists:
        """The value that declaration rules read, for one day."""
        return self.answer("lists", on, _code_lists)

    def names_of(self, name: CodeListName) -> dict[str, str]:
        """The last name of every code of a list, whatever the day."""
        return self.answer(
            name, date.max, lambda data, on: {row.code: row.name for row in data.codes if row.list == name}
        )

    def profile(self, on: date) -> CountryProfile:
        """The country's profile in force on a day.

        Raises:
            ReferenceMissing: no profile covers the day.
        """
        for profile in self.profiles:
            if in_force(profile, on):
                return profile
        raise ReferenceMissing(f"No profile of the country is in force on {on.isoformat()}.")

    def rate(self, currency: str, on: date) -> ExchangeRate:
        """The rate in force on a day; the base currency against itself is 1.

        Raises:
            RateMissing: no rate covers the day.
        """
        base = self.profile(on).currency
        if currency == base:
            return _as_rate(RateRow(base, base, Decimal(1), date(1999, 1, 1), None, "identity"))
        for row in self._rates_of.get(currency, ()):
            if row.base == base and in_force(row, on):
                return _as_rate(row)
        raise RateMissing(f"No exchange rate of {currency} is published for {on.isoformat()}.")

    def office(self, office_id: str, on: date) -> Office | None:
        """The office of this country with this id on a day."""
        return next((row.office for row in self.offices if row.office.id == office_id and in_force(row, on)), None)

    def commodity(self, code: str, on: date) -> CommodityRow | None:
        """The line of the nomenclature on a day; where the day has none, the last one before it."""
        lines = self._lines_of.get(code, ())
        current = next((line for line in lines if in_force(line, on)), None)
        return current or max(lines, key=lambda line: line.valid_from, default=None)

    def codes_of(self, name: CodeListName, on: date) -> tuple[Code, ...]:
        """The codes of one list on a day, in the order of the code."""
        return tuple(
            Code(row.code, row.name, row.attributes, row.valid_from, row.valid_to)
            for row in self.codes
            if row.list == name and in_force(row, on)
        )


def _as_rate(row: RateRow) -> ExchangeRate:
    return ExchangeRate(
        id=f"{row.base}-{row.currency}-{row.valid_from.isoformat()}",
        base=row.base,
        currency=row.currency,
        rate=_plain(row.rate),
        direction=RateDirection.UNITS_PER_BASE,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
    )


def _plain(rate: Decimal) -> Decimal:
    """Without the zeros that a column of fixed scale adds: a rate prints alike from a file and from the table."""
    return Decimal(f"{rate.normalize():f}")


def as_commodity(row: CommodityRow) -> Commodity:
    """The line as other applications see it."""
    level = len(row.code)
    return Commodity(
        code=row.code,
        level=level,
        description=row.description,
        parent=row.code[: 6 if level > 6 else level - 2],
        unit=row.unit,
        declarable=level >= 6,
        edition=row.edition,
    )


def parents_of(code: str) -> tuple[str, ...]:
    """The codes of the lines above, widest first: chapter, heading, subheading."""
    return tuple(code[:n] for n in (2, 4, 6) if n < len(code))


def _snapshot_id(data: Dataset, on: date) -> str:
    digest = sha256()
    sections: tuple[tuple[str, Iterable[Dated]], ...] = (
        ("codes", data.codes),
        ("offices", data.offices),
        ("rates", data.rates),
        ("commodities", data.commodities),
        ("profiles", data.profiles),
    )
    for title, rows in sections:
        digest.update(f"\x1d{title}".encode())
        lines = sorted(_line(row) for row in rows if in_force(row, on))
        digest.update("\x1e".join(lines).encode())
    return f"ref-{digest.hexdigest()[:24]}"


def _line(row: object) -> str:
    if isinstance(row, CodeRow):
        attributes = ";".join(f"{key}={row.attributes[key]}" for key in sorted(row.attributes))
        return f"{row.list}\x1f{row.code}\x1f{row.name}\x1f{attributes}\x1f{row.valid_from}\x1f{row.valid_to}"
    if isinstance(row, RateRow):
        return f"{row.base}\x1f{row.currency}\x1f{_plain(row.rate)}\x1f{row.valid_from}\x1f{row.valid_to}"
    if isinstance(row, CommodityRow):
        return f"{row.code}\x1f{row.description}\x1f{row.unit}\x1f{row.edition}\x1f{row.valid_from}\x1f{row.valid_to}"
    return repr(row)


def _code_lists(data: Dataset, on: date) -> CodeLists:
    by_list: dict[str, list[CodeRow]] = {}
    for row in data.codes:
        if in_force(row, on):
            by_list.setdefault(row.list, []).append(row)

    def codes(name: CodeListName, keep: Callable[[CodeRow], bool] = lambda row: True) -> frozenset[str]:
        return frozenset(row.code for row in by_list.get(name, ()) if keep(row))

    packages = CodeListName.PACKAGE_TYPE
    return CodeLists(
        on=on,
        snapshot_id=data.snapshot_id(on),
        countries=codes(CodeListName.COUNTRY),
        currencies=codes(CodeListName.CURRENCY, lambda row: row.attributes.get("kind") != "special"),
        units=codes(CodeListName.UNIT),
        unit_qualifiers=codes(CodeListName.UNIT_QUALIFIER),
        package_types=codes(packages),
        bulk_package_types=codes(packages, lambda row: row.attributes.get("kind") == "bulk"),
        unpacked_package_types=codes(packages, lambda row: row.attributes.get("kind") == "unpacked"),
        transport_modes=codes(CodeListName.TRANSPORT_MODE),
        incoterms=codes(CodeListName.INCOTERM),
        requested_procedures=codes(CodeListName.REQUESTED_PROCEDURE),
        previous_procedures=codes(CodeListName.PREVIOUS_PROCEDURE),
        transaction_natures=codes(CodeListName.TRANSACTION_NATURE),
        preferences=codes(CodeListName.PREFERENCE),
        document_types=codes(CodeListName.DOCUMENT_TYPE),
        guarantee_types=codes(CodeListName.GUARANTEE_TYPE),
        valuation_methods=codes(CodeListName.VALUATION_METHOD),
        location_types=codes(CodeListName.LOCATION_TYPE),
        location_qualifiers=codes(CodeListName.LOCATION_QUALIFIER),
        transport_id_types=codes(CodeListName.TRANSPORT_ID_TYPE),
        declaration_types=codes(CodeListName.DECLARATION_TYPE),
        tax_types=codes(CodeListName.TAX_TYPE),
        payment_methods=codes(CodeListName.PAYMENT_METHOD),
        offices=frozenset(row.office.id for row in data.offices if in_force(row, on)),
        home_country=data.profile(on).country_code,
        # A subheading that the edition in force no longer has is still met in messages and old invoices.
        hs2=frozenset(line.code for line in data.commodities if len(line.code) == 2),
        hs4=frozenset(line.code[:4] for line in data.commodities if len(line.code) >= 4),
        hs6=frozenset(line.code for line in data.commodities if len(line.code) == 6),
        national_codes=frozenset(line.code for line in data.commodities if len(line.code) > 6 and in_force(line, on)),
    )
