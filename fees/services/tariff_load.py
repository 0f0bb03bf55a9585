"""Loading the tariff and the schedule of charges from CSV files as a new version of the data."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from fees.models import Charge, Measure, OriginGroup, ProofOfOrigin, Relief, TariffVersion
from fees.models.tariff import Versioned
from fees.rules.expression import parse
from fees.services.accounts import account_open
from fees.types import ChargeEvent, Direction, MeasureKind, Rounding
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.selectors import profile

DATA = Path(__file__).resolve().parent.parent / "data"
LOAD_LOCK = 0x66656573
"""One load at a time (advisory lock): two that start together make one version."""

TAX_TYPES = {
    MeasureKind.DUTY: "A00",
    MeasureKind.PREFERENCE: "A00",
    MeasureKind.SUSPENSION: "A00",
    MeasureKind.ANTI_DUMPING: "A30",
    MeasureKind.VAT: "B00",
}
"""The tax type of a kind of measure; an excise names its own."""


@dataclass(frozen=True, slots=True)
class TariffLoaded:
    """Which version stands now, and what the load changed."""

    label: str
    changed: bool
    added: int
    ended: int


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One file: its table, its columns in order, and how a line becomes a row."""

    file: str
    model: type[Versioned]
    columns: tuple[str, ...]
    read: Callable[[dict[str, str]], dict[str, Any]]


def tariff_load(folder: Path = DATA, *, actor: Actor | None = None) -> TariffLoaded:
    """Make the tables say what the files say: new rows begin with the new version, missing ones end with it.

    Idempotent: files that say what stands already change nothing and make no version.

    Raises:
        RuleViolated: a line cannot be read (FE-TAR-05); all such lines are named and nothing is loaded.
    """
    wanted = _read_all(folder)
    with unit_of_work() as work:
        work.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        digest = sha256_hex(canonical_bytes({file: sorted(rows) for file, rows in wanted.items()}))
        last = TariffVersion.objects.order_by("-id").first()
        if last is not None and last.sha256 == digest:
            return TariffLoaded(str(last), changed=False, added=0, ended=0)
        version = TariffVersion.objects.create(sha256=digest, loaded_at=clock.now())
        added = ended = 0
        for sheet in SHEETS:
            more, fewer = _replace(sheet, wanted[sheet.file], version)
            added, ended = added + more, ended + fewer
        _accounts_open(work)
        event_record(
            work,
            actor=actor or system_actor("fees"),
            verb=Verb.TARIFF_LOADED,
            subject_type="tariff",
            subject_id=str(version),
            data={"sha256": digest, "added": added, "ended": ended},
        )
    return TariffLoaded(str(version), changed=True, added=added, ended=ended)


def _replace(sheet: _Sheet, lines: dict[str, dict[str, Any]], version: TariffVersion) -> tuple[int, int]:
    """End the rows that are no longer wanted, add those that are new; the key of a row is everything it says."""
    rows = sheet.model._default_manager.filter(version_to=None).values_list("pk", *sheet.columns)
    standing = {"|".join(_plain(value) for value in values): row_id for row_id, *values in rows}
    gone = [row_id for key, row_id in standing.items() if key not in lines]
    sheet.model._default_manager.filter(pk__in=gone).update(version_to=version.pk)
    new = [sheet.model(version_from=version, **values) for key, values in lines.items() if key not in standing]
    sheet.model._default_manager.bulk_create(new)
    return len(new), len(gone)


def _key(sheet: _Sheet, values: dict[str, Any]) -> str:
    return "|".join(_plain(values[column]) for column in sheet.columns)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


def _accounts_open(work: Work) -> None:
    """Every authority that is ever owed something has an account before the first payment."""
    currency = profile(clock.today()).currency
    levying = set(Measure.objects.values_list("authority", flat=True).distinct())
    levying |= set(Charge.objects.values_list("authority", flat=True).distinct())
    for authority in sorted(levying):
        account_open(work, "authority", authority=authority, currency=currency)
    for kind in ("cash", "suspense"):
        account_open(work, kind, currency=currency)


def _read_all(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of every file by their key, or every line that cannot be read."""
    wanted: dict[str, dict[str, dict[str, Any]]] = {}
    wrong: list[Violation] = []
    for sheet in SHEETS:
        rows = wanted[sheet.file] = {}
        for number, line in _lines(folder / sheet.file, sheet, wrong):
            try:
                values = sheet.read(line)
            except (ValueError, InvalidOperation) as error:
                wrong.append(_unreadable(sheet.file, number, str(error)))
                continue
            rows[_key(sheet, values)] = values
    if wrong:
        raise RuleViolated("The tariff files cannot be loaded.", violations=wrong)
    return wanted


def _lines(path: Path, sheet: _Sheet, wrong: list[Violation]) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if tuple(reader.fieldnames or ()) != sheet.columns:
            wrong.append(_unreadable(sheet.file, 1, f"the header must be {','.join(sheet.columns)}"))
            return
        yield from enumerate(reader, start=2)


def _unreadable(file: str, line: int, why: str) -> Violation:
    return Violation(rule="FE-TAR-05", pointer=f"/{file}/{line}", message=f"{file}, line {line}: {why}.")


def _measure(line: dict[str, str]) -> dict[str, Any]:
    kind = MeasureKind(line["kind"])
    expression = parse(line["expression"])
    foreign = expression.currencies - {profile(clock.today()).currency}
    if foreign:
        raise ValueError(f"a rate in {', '.join(sorted(foreign))} is not in the country's currency")
    return {
        "kind": kind.value,
        "tax_type": line["tax_type"] or TAX_TYPES[kind],
        "prefix": _digits(line["prefix"]),
        "origin": line["origin"],
        "direction": Direction(line["direction"]).value,
        "additional_code": line["additional_code"],
        "expression": expression.text,
        "rounding": Rounding[line["rounding"]].value,
        "law": line["law"],
        "authority": line["authority"],
        **_validity(line),
    }


def _charge(line: dict[str, str]) -> dict[str, Any]:
    return {
        **{name: line[name] for name in ("code", "title", "authority", "authority_name", "law", "unit", "comment")},
        "event": ChargeEvent(line["event"]).value,
        **{name: _decimal(line[name]) for name in ("amount", "percentage", "minimum", "maximum")},
        "prefixes": line["prefixes"].split(),
        "in_vat_base": line["in_vat_base"] == "yes",
        "published_on": date.fromisoformat(line["published_on"]),
        **_validity(line),
    }


def _group(line: dict[str, str]) -> dict[str, Any]:
    names = ("group", "title", "country", "claim")
    return {name: line[name] for name in names} | _validity(line)


def _relief(line: dict[str, str]) -> dict[str, Any]:
    taxes = [MeasureKind(tax).value for tax in line["taxes"].split()]
    return {name: line[name] for name in ("procedure", "code", "reason", "law")} | {"taxes": taxes}


def _proof(line: dict[str, str]) -> dict[str, Any]:
    return {"document": line["document"], "title": line["title"]}


def _digits(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 2 <= len(text) <= 10):
        raise ValueError(f"{text!r} is no HS prefix of 2 to 10 digits")
    return text


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _validity(line: dict[str, str]) -> dict[str, date | None]:
    return {
        "valid_from": date.fromisoformat(line["valid_from"]),
        "valid_to": date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
    }


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SHEETS: Sequence[_Sheet] = (
    _Sheet(
        "measures.csv",
        Measure,
        _columns(
            "kind tax_type prefix origin direction additional_code expression rounding law authority"
            " valid_from valid_to"
        ),
        _measure,
    ),
    _Sheet(
        "charges.csv",
        Charge,
        _columns(
            "code title authority authority_name law event unit amount percentage minimum maximum prefixes"
            " in_vat_base valid_from valid_to published_on comment"
        ),
        _charge,
    ),
    _Sheet("origin_groups.csv", OriginGroup, _columns("group title country claim valid_from valid_to"), _group),
    _Sheet("reliefs.csv", Relief, _columns("procedure taxes code reason law"), _relief),
    _Sheet("proofs_of_origin.csv", ProofOfOrigin, _columns("document title"), _proof),
)
"""Every file of the tariff, in the order of loading."""
