"""What a reader of public data asks for, and how data is answered: JSON and CSV with an entity tag."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from fees.services.quotes import profile_and_day
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import FormatRefused

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so would be run by a spreadsheet. Source: reliability.md 2.9, OWASP ASVS 1.2.10."""
DAY_FORM = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
CACHE = "public, max-age=60"


def today() -> date:
    """The day in the country's own time."""
    return profile_and_day(clock.now())[1]


def currency_of_today() -> str:
    """The country's currency."""
    return profile_and_day(clock.now())[0].currency


def day_asked(request: HttpRequest, name: str = "on", *, default: date | None = None) -> date:
    """A day of the address; today without it. Raises FormatRefused for what is no day of these centuries."""
    text = request.GET.get(name, "")
    if not text:
        return default or today()
    try:
        if DAY_FORM.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FormatRefused(f"'{name}' is a day as 2026-11-22.", code=f"query.{name}")


def json_answer(request: HttpRequest, value: object, *, content_type: str = "application/json") -> HttpResponse:
    """Public data as JSON."""
    return tagged(request, orjson.dumps(plain(value)), content_type)


def csv_answer(request: HttpRequest, columns: Sequence[str], rows: Iterable[Iterable[Any]], name: str) -> HttpResponse:
    """Public data as CSV; no cell can act as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(plain(value)) for value in row])
    response = tagged(request, text.getvalue().encode(), "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def tagged(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """Bytes with their entity tag; a reader that holds them already gets 304."""
    etag = f'"{sha256_hex(content)[:32]}"'
    headers = {"ETag": etag, "Cache-Control": CACHE}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type=content_type, headers=headers)


def plain(value: Any) -> Any:
    """A value as JSON tells it: decimals and days as text."""
    match value:
        case None | bool() | int() | str():
            return str(value) if isinstance(value, str) else value
        case Decimal():
            return f"{value.normalize():f}"
        case date() | datetime():
            return value.isoformat()
        case dict():
            return {str(name): plain(part) for name, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return plain(asdict(value))
        case _:
            return str(value)


def cell(value: Any) -> str:
    """A cell of a CSV file, with a sign before what a spreadsheet would run."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
