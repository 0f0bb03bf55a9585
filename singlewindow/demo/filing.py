"""What the demonstration shows beside plain declarations: advance data, papers, parcels, changes, short declarations.

Everything goes through the services that everybody files through, each act at its own instant.
"""

import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

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
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.demo.advance import entries_load
from singlewindow.demo.parcels import parcels_load
from singlewindow.demo.people import trader_actor
from singlewindow.documents.services import (
    details_of,
    document_link,
    document_store,
    upload_append,
    upload_begin,
    upload_check,
)
from singlewindow.documents.types import Purpose, Subject
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock

TRADER = "ZZIMP0001"
DONE = ("RELEASED", "CLEARED")
PAPERS = (
    ("N954", "ATR-2026-5521", "Chamber of Commerce of Mersin", "movement certificate.pdf"),
    ("N851", "PC-ZA-88120", "Department of Agriculture, Cape Town", "phytosanitary certificate.pdf"),
    ("N271", "PL-2026-118", "", "packing list.pdf"),
)


def filing_load() -> dict[str, int]:
    """Make some of each, in the transaction that makes the rest of the country; how many of each came to be."""
    now = clock.now()
    return {
        "entry summaries": entries_load(now),
        "short declarations": _short_ones(now),
        "changes": _changes(now),
        "documents": _papers(now),
        "parcels": parcels_load(now),
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
