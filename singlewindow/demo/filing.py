"""What the demonstration shows beside plain declarations: advance data, papers, parcels, changes, short declarations.

Everything goes through the services that everybody files through, each act at its own instant.
"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from clearance.services.changes import change_request
from clearance.tasks import decide
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.services.changes import Asked
from declarations.types import ChangeKind, Channel
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.demo.cargo import actor_of
from singlewindow.demo.people import DATA, trader_actor
from singlewindow.documents.services import (
    details_of,
    document_link,
    document_store,
    upload_append,
    upload_begin,
    upload_check,
)
from singlewindow.documents.types import Purpose, Subject
from singlewindow.ens.messages.json_form import read_json
from singlewindow.ens.services import entry_take
from singlewindow.ens.tasks import assess
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.lowvalue.rules.columns import COLUMNS, HEADER
from singlewindow.lowvalue.services import bulk_file_receive

TRADER, EXPORTER, PARCELS = "ZZIMP0001", "ZZEXP0001", "ZZPAR0001"
DONE = ("RELEASED", "CLEARED")
PARCEL_LINES = 48
WRONG_PARCELS: dict[int, dict[str, str]] = {
    7: {"commodity_code": "39"},
    15: {"value": "-4.00"},
    16: {"consignor_country": "XQ"},
    29: {"description": "", "gross_mass_kg": "0"},
    41: {"value": "2400.00"},
}
"""Lines of the list that fail, and why: what a rushed clerk gets wrong."""

PAPERS = (
    ("N954", "ATR-2026-5521", "Chamber of Commerce of Mersin", "movement certificate.pdf"),
    ("N851", "PC-ZA-88120", "Department of Agriculture, Cape Town", "phytosanitary certificate.pdf"),
    ("N271", "PL-2026-118", "", "packing list.pdf"),
)


def filing_load() -> dict[str, int]:
    """Make some of each, in the transaction that makes the rest of the country; how many of each came to be."""
    now = clock.now()
    return {
        "entry summaries": _entries(now),
        "short declarations": _short_ones(now),
        "changes": _changes(now),
        "documents": _papers(now),
        "parcels": _parcels(now),
    }


def _entries(now: datetime) -> int:
    """Advance data of a broker and a carrier: complete, asked about, and one that should not be loaded."""
    made = json.loads((DATA / "entries.json").read_text(encoding="utf-8"))
    for one in made:
        role = Role.CARRIER if one["filer"].startswith("ZZCAR") else Role.BROKER
        with clock.frozen(now - timedelta(hours=one["hours_ago"])):
            with unit_of_work() as work:
                message = read_json(orjson.dumps(_entry(one, clock.now())))
                entry_take(work, message=message, actor=actor_of(one["filer"], role), channel="json")
            assess(list(Job.objects.filter(kind=assess.name, state="todo").values_list("id", flat=True)))
    return len(made)


def _entry(one: dict[str, Any], at: datetime) -> dict[str, Any]:
    ship, voyage, port = one["ship"]
    name, street, postcode, city, country = one["consignor"]
    arrival = at + timedelta(hours=one["hours_ago"] + one["arrives_in_hours"])
    return {
        "kind": "CC315A",
        "sender": f"{one['filer']}/0000000001",
        "recipient": "ZZCUS",
        "prepared_on": f"{at:%y%m%d}",
        "prepared_at": f"{at:%H%M}",
        "message_id": one["lrn"].replace("-", ""),
        "message_type": "CC315A",
        "header": {
            "lrn": one["lrn"],
            "transport_mode": "1",
            "transport_id": ship,
            "conveyance_reference": voyage,
            "item_count": str(len(one["goods"])),
            "package_count": str(sum(packages for *_, packages, _bill in one["goods"])),
            "gross_mass_kg": format(sum(Decimal(mass) for _, _, mass, _, _ in one["goods"]), "f"),
            "place": city.upper(),
            "commercial_reference": one["goods"][0][-1],
            "loading_place": port,
            "unloading_place": "ZZAMA",
            "declared_at": f"{at:%Y%m%d%H%M}",
        },
        "consignor": {"name": name, "street": street, "postcode": postcode, "city": city, "country": country},
        "consignee": {"id": one["consignee"]},
        "items": [
            {
                "number": str(number),
                "description": what,
                "gross_mass_kg": mass,
                "documents": [{"type": "N705", "reference": bill}],
                "commodity": {"code": code},
                "packages": [{"kind": "CT", "count": str(packages), "marks": f"LOT {number}"}],
            }
            for number, (what, code, mass, packages, bill) in enumerate(one["goods"], start=1)
        ],
        "itinerary": [{"country": country}, {"country": "ZZ"}],
        "lodger": {"id": one["filer"]},
        "first_entry": {"office": "ZZ000101", "expected_at": f"{arrival:%Y%m%d%H%M}"},
    }


def _short_ones(now: datetime) -> int:
    """Two traders took goods on short declarations; one must complete it within days."""
    for trader, name, days in ((TRADER, "Amari Foods Ltd", 11), ("ZZIMP0003", "Sunrise Home Stores", 3)):
        home = {"id": trader, "name": name}
        short = {
            "schema_version": "1",
            "lrn": f"SHORT-{trader[-1]}-2026",
            "type_code": "IMC",
            "office": "ZZ000101",
            "goods_location": {"type": "A", "qualifier": "U", "id": "ZZAMAPORT1", "country": "ZZ"},
            "declarant": home,
            "importer": home,
            "export_country": "TR",
            "items": [
                {
                    "number": 1,
                    "description": "Sweet biscuits",
                    "commodity_code": "1905310010",
                    "origin": "TR",
                    "procedure": "4000",
                    "gross_mass_kg": "2480",
                    "price": {"amount": "8400", "currency": "EUR"},
                    "packages": [{"sequence": 1, "type": "CT", "count": 400}],
                }
            ],
        }
        with clock.frozen(now - timedelta(days=days)):
            _lodge(short, trader)
    return 2


def _lodge(content: dict[str, Any], trader: str) -> UUID:
    message = DeclarationMessage.model_validate(content)
    made = declaration_lodge(message=message, actor=trader_actor(trader), channel=Channel.JSON).id
    decide(list(Job.objects.filter(subject_id=str(made), kind=decide.name, state="todo").values_list("id", flat=True)))
    return made


def _changes(now: datetime) -> int:
    """A price corrected after release, for an officer to decide, and one corrected before arrival, granted at once."""
    count = 0
    for states, share, reason in (
        (DONE, Decimal("1.08"), "The supplier sent a corrected invoice; the price was too low."),
        (("REGISTERED",), Decimal("0.97"), "The supplier granted a discount before shipment."),
    ):
        found = Declaration.objects.filter(legal_state__in=states, declarant_identifier=TRADER, direction="import")
        row = found.exclude(lrn__startswith="SHORT").order_by("lodged_at").first()
        if row is None:
            continue
        snapshot = declaration_snapshot(row.pk)
        proposed = _repriced(snapshot.message, share)
        wanted = Asked(kind=ChangeKind.AMEND, reason=reason, channel="json", proposed=proposed)
        with clock.frozen(now - timedelta(minutes=40)):
            change_request(
                actor=trader_actor(TRADER), declaration_id=row.pk, base_version=snapshot.version, asked=wanted
            )
        count += 1
    return count


def _repriced(message: DeclarationMessage, share: Decimal) -> DeclarationMessage:
    content = message.canonical()
    price = content["items"][0]["price"]
    price["amount"] = format((Decimal(price["amount"]) * share).quantize(Decimal("0.01")), "f")
    total = sum(Decimal(item["price"]["amount"]) for item in content["items"])
    content["invoice_total"]["amount"] = format(total, "f")
    return DeclarationMessage.model_validate(content)


def _papers(now: datetime) -> int:
    """Papers that a trader gave once; the first of them proves the origin of two declarations."""
    actor, given = trader_actor(TRADER), []
    owners = (actor.organisation_id,) if actor.organisation_id else ()
    for days, (code, reference, issuer, name) in zip(range(len(PAPERS), 0, -1), PAPERS, strict=True):
        body = _paper(name.removesuffix(".pdf").capitalize(), reference, issuer or actor.organisation_name)
        with clock.frozen(now - timedelta(days=days)):
            given.append(_given(actor, name, body, code, reference, issuer))
    lodged = Declaration.objects.filter(declarant_identifier=TRADER, legal_state__in=DONE).order_by("lodged_at")
    for document_id, row in ((given[0], row) for row in lodged[:2]):
        with unit_of_work() as work:
            document_link(
                work,
                actor,
                document_id=document_id,
                owners=owners,
                subject=Subject.DECLARATION,
                subject_id=row.pk,
                item=1,
            )
    return len(given)


def _given(actor: Actor, name: str, body: bytes, code: str, reference: str, issuer: str) -> UUID:
    with unit_of_work() as work:
        upload = upload_begin(work, actor, name=name, size_bytes=len(body), purpose=Purpose.DOCUMENT)
    upload_append(actor, upload.id, 0, body)
    checked = upload_check(actor, upload.id)
    with unit_of_work() as work:
        return document_store(work, actor, checked, details_of(code, reference, issuer)).id


def _paper(*lines: str) -> bytes:
    """A PDF of one page with a few lines on it."""
    writer = PdfWriter()
    page = writer.add_blank_page(420, 300)
    font = {"/Type": NameObject("/Font"), "/Subtype": NameObject("/Type1"), "/BaseFont": NameObject("/Helvetica")}
    fonts = DictionaryObject({NameObject("/F1"): DictionaryObject({NameObject(k): v for k, v in font.items()})})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    drawn = " ".join(f"({line}) Tj 0 -28 Td" for line in (*lines, "Specimen of the demonstration"))
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 16 Tf 40 240 Td {drawn} ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _parcels(now: datetime) -> int:
    """A list of parcels, a few lines of it wrong; its lines are filed by the jobs that file everybody's."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *_parcel_lines(f"{now:%m%d}")])
    with clock.frozen(now - timedelta(minutes=25)):
        actor = actor_of(PARCELS, Role.OPERATOR)
        bulk_file_receive(body=text.getvalue().encode(), name="flight KV 218.csv", actor=actor)
    return PARCEL_LINES


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
