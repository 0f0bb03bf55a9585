"""The law of penalties, read from the data of the country."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from singlewindow.kernel.canonical import sha256_hex
from singlewindow.penalties.types import Base, Degree, Mitigation, Offence, PenaltyCode, Terms

DATA = Path(__file__).resolve().parent / "data"
FILES = ("offences", "degrees", "mitigations", "terms")


@cache
def _texts() -> dict[str, str]:
    return {name: (DATA / f"{name}.csv").read_text(encoding="utf-8") for name in FILES}


@cache
def penalty_code(on: date) -> PenaltyCode:
    """What the law says on a day: the day of the breach, not that of its discovery (PN-LAW-01)."""
    texts = _texts()
    offences = [_offence(row) for row in _rows(texts["offences"])]
    degrees = [Degree(row["code"], row["title"], Decimal(row["share"])) for row in _rows(texts["degrees"])]
    mitigations = [
        Mitigation(row["code"], row["title"], row["law"], Decimal(row["share"]), *_days(row))
        for row in _rows(texts["mitigations"])
    ]
    terms = next(one for row in _rows(texts["terms"]) if _holds(one := _terms(row), on))
    return PenaltyCode(
        offences={one.code: one for one in offences if _holds(one, on)},
        degrees={one.code: one for one in degrees},
        mitigations={one.code: one for one in mitigations if _holds(one, on)},
        terms=terms,
        sha256=sha256_hex("\n".join(texts[name] for name in FILES).encode()),
    )


def _rows(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(text), strict=True)


def _offence(row: dict[str, str]) -> Offence:
    return Offence(
        code=row["code"],
        title=row["title"],
        law=row["law"],
        base=Base(row["base"]),
        least=Decimal(row["least"]) if row["least"] else None,
        most=Decimal(row["most"]) if row["most"] else None,
        least_amount=Decimal(row["least_amount"]),
        most_amount=Decimal(row["most_amount"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def _terms(row: dict[str, str]) -> Terms:
    return Terms(
        hearing_days=int(row["hearing_days"]),
        due_days=int(row["due_days"]),
        first_within_days=int(row["first_within_days"]),
        taken_off_at_most=Decimal(row["taken_off_at_most"]),
        valid_from=_days(row)[0],
        valid_to=_days(row)[1],
    )


def _days(row: dict[str, str]) -> tuple[date, date | None]:
    return date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"]) if row["valid_to"] else None


def _holds(one: Offence | Mitigation | Terms, on: date) -> bool:
    return one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
