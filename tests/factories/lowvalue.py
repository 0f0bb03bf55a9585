"""Lists of consignments of low value, as an operator's software writes them."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count

from openpyxl import Workbook

from fees.services import account_credit
from singlewindow.accounts.models import Organisation, OrganisationKind
from singlewindow.accounts.types import system_actor
from singlewindow.lowvalue.rules.columns import COLUMNS, HEADER
from tests.factories import accounts

_serial = count(1)


def cells(**changes: str) -> tuple[str, ...]:
    """One line that would be lodged, with a reference of its own; changes by column."""
    number = next(_serial)
    given = {column.name: column.example for column in COLUMNS}
    given |= {"lrn": f"PK-{number:07d}", "transport_document": f"HAWB-{number}"} | changes
    return tuple(given[name] for name in HEADER)


def as_csv(rows: Iterable[Sequence[str]], *, header: Sequence[str] = HEADER) -> bytes:
    """The list as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def as_xlsx(rows: Iterable[Sequence[object]], *, header: Sequence[str] = HEADER) -> bytes:
    """The list as a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (header, *rows):
        sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def operator(identifier: str = "") -> Organisation:
    """A registered operator of parcels whose account covers any debt of a test."""
    parcels = accounts.organisation(identifier=identifier, kind=OrganisationKind.CARRIER, name="Kivana Parcels")
    account_credit(
        organisation_id=parcels.pk,
        amount=Decimal(1_000_000),
        currency="EUR",
        reference=f"opening balance {parcels.identifier}",
        actor=system_actor("tests"),
    )
    return parcels
