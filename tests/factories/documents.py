"""Files as traders send them, good and hostile, and the documents that they become."""

import base64
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.documents.services import details_of, document_store, upload_append, upload_begin, upload_check
from singlewindow.documents.types import DocumentInfo, Purpose, Upload
from tests.factories.third_party import Software

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TUS = {"Tus-Resumable": "1.0.0"}


def pdf(text: str = "Invoice", *, root: Mapping[str, Any] | None = None, pages: int = 1, password: str = "") -> bytes:
    """A PDF whose information tells a text, so that each text is a file of its own."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    for key, value in (root or {}).items():
        writer._root_object[NameObject(key)] = value
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_script() -> bytes:
    """A PDF that runs JavaScript when it is opened."""
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    return pdf(root={"/OpenAction": DictionaryObject(action)})


def pdf_with_launch() -> bytes:
    """A PDF that starts a program."""
    action = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    return pdf(root={"/OpenAction": DictionaryObject(action)})


def pdf_with_attachment() -> bytes:
    """A PDF with a file in it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("a.exe", b"MZ")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_deep(depth: int = 10_000) -> bytes:
    """A PDF whose page tree is as deep as asked."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    objects += [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 3) for number in range(depth)]
    objects.append(b"<</Type/Page/MediaBox[0 0 9 9]>>")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def picture(kind: str = "PNG", size: tuple[int, int] = (20, 20), frames: int = 1) -> bytes:
    """A picture, of several pages where the kind has them."""
    out = io.BytesIO()
    one = Image.new("1" if kind == "TIFF" else "RGB", size)
    more = {"save_all": True, "append_images": [one] * (frames - 1)} if frames > 1 else {}
    one.save(out, kind, **more)
    return out.getvalue()


def pixel_flood(side: int = 64_000) -> bytes:
    """A small PNG whose header promises a huge picture."""
    import struct
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def xlsx(*rows: list[Any], parts: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook, with further parts or with parts in another form."""
    out = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows or (["a", 1],):
        book.active.append(row)
    book.save(out)
    if not parts:
        return out.getvalue()
    with zipfile.ZipFile(out) as source:
        members = {name: source.read(name) for name in source.namelist()} | dict(parts)
    return zipped(members)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def uploaded(actor: Actor, body: bytes, name: str = "invoice.pdf") -> Upload:
    """A complete upload."""
    with unit_of_work() as work:
        upload = upload_begin(work, actor, name=name, size_bytes=len(body), purpose=Purpose.DOCUMENT)
    return upload_append(actor, upload.id, 0, body)


def document(
    actor: Actor,
    body: bytes = b"",
    *,
    name: str = "invoice.pdf",
    code: str = "N935",
    reference: str = "INV 0001",
    **more: Any,
) -> DocumentInfo:
    """A document on the shelf of the actor's organisation."""
    checked = upload_check(actor, uploaded(actor, body or pdf(reference), name).id)
    with unit_of_work() as work:
        return document_store(work, actor, checked, details_of(code, reference, **more))


def told(**values: str) -> str:
    """Upload-Metadata."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def sent(software: Software, body: bytes, name: str = "invoice.pdf", purpose: str = "document") -> str:
    """The id of an upload that software sent whole."""
    size = {"Upload-Length": str(len(body)), "Upload-Metadata": told(filename=name, purpose=purpose)}
    begun = software.send("POST", "/api/v1/uploads", b"", "", **TUS, **size)
    assert begun.status_code == 201, begun.content
    kind = "application/offset+octet-stream"
    answer = software.send("PATCH", begun["Location"], body, kind, **TUS, **{"Upload-Offset": "0"})
    assert answer.status_code == 204, answer.content
    return str(begun["Location"]).rsplit("/", 1)[1]


def given(
    software: Software, body: bytes, name: str = "invoice.pdf", code: str = "N935", reference: str = "INV 0001"
) -> Any:
    """The answer to a document that software gives by REST."""
    upload = sent(software, body, name)
    return software.post({"upload_id": upload, "code": code, "reference": reference}, path="/api/v1/documents")
