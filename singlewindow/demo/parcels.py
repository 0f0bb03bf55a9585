"""A flight full of parcels: its manifest, and the operator's list with a few wrong lines."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from singlewindow.accounts.permissions import Role
from singlewindow.demo.cargo import CARRIER, CONVEYANCES, actor_of, file_manifest, tell_arrival
from singlewindow.kernel import clock
from singlewindow.lowvalue.rules.columns import COLUMNS, HEADER
from singlewindow.lowvalue.services import bulk_file_receive

PARCELS = "ZZPAR0001"
PARCEL_LINES = 48
WRONG_PARCELS: dict[int, dict[str, str]] = {
    7: {"commodity_code": "39"},
    15: {"value": "-4.00"},
    16: {"consignor_country": "XQ"},
    29: {"description": "", "gross_mass_kg": "0"},
    41: {"value": "2400.00"},
}
"""Lines of the list that fail, and why: what a rushed clerk gets wrong."""


def parcels_load(now: datetime) -> int:
    """A list of parcels, a few lines of it wrong; its lines are filed by the jobs that file everybody's."""
    text, lines = io.StringIO(newline=""), list(_parcel_lines(f"{now:%m%d}"))
    csv.writer(text).writerows([HEADER, *lines])
    _flight([dict(zip(HEADER, line, strict=True)) for line in lines], now - timedelta(hours=2))
    with clock.frozen(now - timedelta(minutes=25)):
        actor = actor_of(PARCELS, Role.OPERATOR)
        bulk_file_receive(body=text.getvalue().encode(), name="flight KV 218.csv", actor=actor)
    return PARCEL_LINES


def _flight(parcels: Iterable[dict[str, str]], at: datetime) -> None:
    """The parcels came by air: each is a bill of the flight's manifest, for the operator who files them."""
    bills = []
    for parcel in parcels:
        line = {"number": 1, "description": parcel["description"] or "Parcel", "packages": {"type": "PC", "count": 1}}
        sender = {"name": parcel["consignor_name"]}
        goods = [line | {"gross_mass_kg": "0.25"}]
        one = {
            "reference": parcel["transport_document"],
            "consignor": sender,
            "consignee": {"id": PARCELS},
            "goods": goods,
        }
        bills.append(one)
    flight = {"mode": "air", "office": "ZZ000201", "place": "ZZAMI", "expected_at": at.isoformat(), "bills": bills}
    conveyance = CONVEYANCES["air"] | {"voyage": "KV218"}
    said = flight | {"reference": "KV-AIR-218", "conveyance": conveyance}
    file_manifest(CARRIER, Role.CARRIER, said, at - timedelta(hours=5))
    tell_arrival("KV-AIR-218", at)


def _parcel_lines(day: str) -> Iterator[list[str]]:
    goods = (
        ("Phone covers of plastics", "392690", "CN"),
        ("Cotton T-shirt, printed", "610910", "BD"),
        ("Reading lamp with LED", "940521", "CN"),
        ("Paperback book", "490199", "IN"),
    )
    for number in range(1, PARCEL_LINES + 1):
        what, code, origin = goods[number % len(goods)]
        line = {column.name: column.example for column in COLUMNS}
        line |= {"lrn": f"KP-{day}-{number:03d}", "transport_document": f"KV218-{day}-{number:04d}"}
        line |= {"description": what, "commodity_code": code, "origin": origin}
        line |= {"value": f"{9 + number * 7 % 60}.90"} | WRONG_PARCELS.get(number, {})
        yield [line[name] for name in HEADER]
