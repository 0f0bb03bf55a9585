"""U1 to U11, U13, U14: hostile files and readers against the running application."""

import csv
import io
import struct
import zipfile
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import storages
from django.test import Client

from singlewindow.accounts.models import Membership
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import Document, PendingUpload, Shelf, StoredFile
from singlewindow.documents.selectors import links_for
from singlewindow.documents.services import document_link
from singlewindow.documents.types import Subject
from singlewindow.kernel import clock
from singlewindow.kernel.csv_out import FORMULA_STARTS, csv_text, neutralised
from tests.factories import accounts
from tests.factories import documents as files
from tests.factories.declarations import import_json, lrn_new
from tests.factories.third_party import Software
from tests.hostile.conftest import refused

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in a folder of its own."""
    places = deepcopy(settings.STORAGES)
    for name in ("incoming", "documents"):
        places[name]["OPTIONS"]["location"] = str(tmp_path / name)
    settings.STORAGES = places
    return tmp_path


MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_XML = b'<worksheet xmlns="' + MAIN + b'"><sheetData>%s</sheetData></worksheet>'
LINK_RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
    b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
)


def lying_zip() -> bytes:
    """A workbook one of whose members claims to be small and is not."""
    good = files.xlsx(parts={"xl/big.xml": b"<a>" + b" " * 3_000_000 + b"</a>"})
    data = bytearray(good)
    central = data.rfind(b"xl/big.xml") - 46
    struct.pack_into("<I", data, central + 24, 10)
    return bytes(data)


def overlapping_zip() -> bytes:
    """A workbook two of whose members are the same bytes."""
    out = io.BytesIO(files.xlsx())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("a.txt", b"x" * 1000)
        twin = deepcopy(archive.infolist()[-1])
        twin.filename = twin.orig_filename = "b.txt"
        archive.filelist.append(twin)
        archive.NameToInfo["b.txt"] = twin
        archive._didModify = True
    return out.getvalue()


def forty_two() -> bytes:
    """Zips in zips in zips."""
    inner = files.zipped({"0.dll": b"\0" * 1_000_000})
    for _ in range(4):
        inner = files.zipped({f"{n}.zip": inner for n in range(8)})
    return inner


FORMULA = SHEET_XML % b'<row r="1"><c r="A1"><f>cmd|\'/c calc\'!A0</f></c></row>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook>&x;</workbook>'
STRINGS = (
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    + b"<si><t/></si>" * 1_000_000
    + b"</sst>"
)
HTML = b"<html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def part(name: str, body: bytes) -> Any:
    """A workbook with a part more, made when it is asked for."""
    return lambda: files.xlsx(parts={name: body})


CASES: dict[str, tuple[str, Any, str]] = {
    "U1 EICAR in a PDF": ("a.pdf", lambda: files.pdf() + b"\n" + files.EICAR, "file.malware"),
    "U1 EICAR in a member of a workbook": (
        "a.xlsx",
        lambda: files.xlsx(parts={"xl/x.bin": files.EICAR}),
        "file.malware",
    ),
    "U1 EICAR in a zip": ("a.zip", lambda: files.zipped({"a": files.EICAR}), "file.archive"),
    "U1 EICAR as text": ("a.csv", lambda: files.EICAR, "file.malware"),
    "U2 42.zip": ("a.zip", forty_two, "file.archive"),
    "U2 42.zip called a workbook": ("a.xlsx", forty_two, "file."),
    "U2 a nested zip in a workbook": (
        "a.xlsx",
        lambda: files.xlsx(parts={"xl/z.bin": files.zipped({"a": b"a"})}),
        "file.archive",
    ),
    "U2 lying sizes": ("a.xlsx", lying_zip, "file."),
    "U2 overlapping members": ("a.xlsx", overlapping_zip, "file.archive"),
    "U2 a way out of the folder": ("a.xlsx", part("../../etc/cron.d/x", b"a"), "file.archive"),
    "U2 a ratio over 100": (
        "a.xlsx",
        lambda: files.xlsx(parts={"xl/b.xml": b"<a>" + b" " * 9_000_000 + b"</a>"}),
        "file.archive",
    ),
    "U3 a macro": ("a.xlsx", part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "file.macro"),
    "U3 DDE": ("a.xlsx", part("xl/worksheets/sheet1.xml", FORMULA), "file.dde"),
    "U3 an external link": (
        "a.xlsx",
        lambda: files.xlsx(parts={"xl/externalLinks/_rels/e.xml.rels": LINK_RELS}),
        "file.external_link",
    ),
    "U3 a million shared strings": ("a.xlsx", part("xl/sharedStrings.xml", STRINGS), "file."),
    "U3 XXE in workbook.xml": ("a.xlsx", part("xl/workbook.xml", ENTITY), "file.xml"),
    "U4 another ending behind": ("x.pdf.html", lambda: files.pdf(), "file.type"),
    "U4 no ending": ("invoice", lambda: files.pdf(), "file.type"),
    "U5 HTML called PDF": ("a.pdf", lambda: HTML, "file.type_mismatch"),
    "U5 SVG called PNG": ("a.png", lambda: SVG, "file.type_mismatch"),
    "U5 SVG called XML": ("a.xml", lambda: SVG, "file.type_mismatch"),
    "U5 HTML called CSV": ("a.csv", lambda: HTML, "file.type_mismatch"),
    "U5 a zip behind a PDF": ("a.pdf", lambda: files.pdf() + files.zipped({"a.class": b"a"}), "file.type_mismatch"),
    "U5 a zip behind a PNG": ("a.png", lambda: files.picture() + files.zipped({"a.class": b"a"}), "file.type_mismatch"),
    "U5 a zip behind a JPEG": (
        "a.jpg",
        lambda: files.picture("JPEG") + files.zipped({"a": b"a"}),
        "file.type_mismatch",
    ),
    "U5 a PNG called JPEG": ("a.jpg", lambda: files.picture(), "file.type_mismatch"),
    "U5 a program called PDF": ("a.pdf", lambda: b"MZ" + b"\0" * 100, "file.type_mismatch"),
    "U6 64,000 by 64,000 points": ("a.png", files.pixel_flood, "file.pixels"),
    "U6 a TIFF of many pages": ("a.tif", lambda: files.picture("TIFF", frames=300), "file.pages"),
    "U7 JavaScript": ("a.pdf", files.pdf_with_script, "file.pdf_active"),
    "U7 Launch": ("a.pdf", files.pdf_with_launch, "file.pdf_active"),
    "U7 an embedded file": ("a.pdf", files.pdf_with_attachment, "file.pdf_embedded"),
    "U7 encrypted": ("a.pdf", lambda: files.pdf(password="secret"), "file.encrypted"),
    "U7 a page tree 10,000 deep": ("a.pdf", files.pdf_deep, "file.pdf_structure"),
    "U7 cut off": ("a.pdf", lambda: files.pdf()[:200], "file.unreadable"),
    "a CSV that starts a program": ("a.csv", lambda: b"a,b\n=cmd|'/c calc'!A0,1\n", "file.dde"),
    "a CSV with NUL": ("a.csv", lambda: b"a,\0b\n", "file.unreadable"),
    "a CSV in UTF-16": ("a.csv", lambda: "a,b\n".encode("utf-16"), "file.unreadable"),
    "XML with a document type": ("a.xml", lambda: ENTITY, "file.xml"),
    "JSON twice the same key": ("a.json", lambda: b'{"a":1,"a":2}', "file.unreadable"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_refused_with_what_to_do_and_nothing_of_it_stays(software: Software, case: str) -> None:
    name, make, code = CASES[case]
    answer = files.given(software, make(), name)
    problem = refused(answer, 422, code)
    assert all(error["remedy"] and error["message"] for error in problem["errors"])
    assert not PendingUpload.objects.exists()
    assert not StoredFile.objects.exists()
    assert Shelf.objects.get().pending_bytes == 0
    assert Event.objects.filter(verb="document.refused").count() == 1


GOOD: dict[str, tuple[str, Any]] = {
    "a PDF": ("a.pdf", files.pdf),
    "a PNG": ("a.png", files.picture),
    "a JPEG": ("a.JPEG", lambda: files.picture("JPEG")),
    "a TIFF of three pages": ("a.tiff", lambda: files.picture("TIFF", frames=3)),
    "a workbook with a formula": ("a.xlsx", lambda: files.xlsx(["a", "=SUM(B1:B2)"])),
    "CSV": ("a.csv", lambda: "Größe;1\n-5,+3\n".encode()),
    "XML": ("a.xml", lambda: b'<?xml version="1.0"?><a>1</a>'),
    "JSON": ("a.json", lambda: b'{"a": "1"}'),
}


@pytest.mark.parametrize("case", GOOD)
def test_an_honest_file_of_each_kind_is_taken(software: Software, case: str) -> None:
    name, make = GOOD[case]
    answer = files.given(software, make(), name)
    assert answer.status_code == 201, answer.content
    assert answer.json()["scan"] == "unscanned"


def test_U7_a_parser_that_takes_too_long_is_killed(software: Software, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("singlewindow.documents.services.checking.SECONDS", 0.05)
    problem = refused(files.given(software, files.pdf()), 422, "file.too_complex")
    assert problem["errors"][0]["code"] == "DOC-CHK-09"


def test_U8_an_empty_file_one_too_large_and_one_over_the_quota(software: Software) -> None:
    def begun(size: int) -> Any:
        more = {"Upload-Length": str(size), "Upload-Metadata": files.told(filename="a.pdf")}
        return software.send("POST", "/api/v1/uploads", b"", "", **files.TUS, **more)

    refused(begun(0), 422, "file.empty")
    refused(begun(10 * 1_048_576 + 1), 413, "file.too_large")
    Shelf.objects.create(organisation=software.organisation, quota_bytes=100, stored_bytes=50, pending_bytes=0)
    assert begun(50).status_code == 201
    refused(begun(1), 409, "file.quota")


def test_U10_the_same_file_twice_is_one_blob_of_a_trader_and_tells_nothing_to_another(
    software: Software, stranger: Software
) -> None:
    body = files.pdf("the same")
    first = files.given(software, body, reference="INV 1").json()
    again = files.given(software, body, reference="INV 2").json()
    same = files.given(software, body, reference="INV 2").json()
    other = files.given(stranger, body, reference="INV 1").json()
    assert same["id"] == again["id"]
    assert first["sha256"] == again["sha256"] == other["sha256"]
    assert len({first["id"], again["id"], other["id"]}) == 3
    assert StoredFile.objects.filter(organisation=software.organisation).count() == 1
    assert StoredFile.objects.count() == 2
    assert other.keys() == first.keys()
    assert Shelf.objects.get(organisation=software.organisation).stored_bytes == len(body)
    assert Shelf.objects.get(organisation=stranger.organisation).stored_bytes == len(body)


def test_U11_a_blob_put_in_the_place_of_another_does_not_open_and_raises_the_alarm(software: Software) -> None:
    one = files.given(software, files.pdf("one"), reference="1").json()
    files.given(software, files.pdf("two"), reference="2").json()
    first, second = (row.file for row in Document.objects.select_related("file").order_by("pk"))
    store = storages["documents"]
    Path(store.path(first.place)).write_bytes(Path(store.path(second.place)).read_bytes())
    answer = software.get(one["content"])
    refused(answer, 503, "document.damaged")
    assert b"%PDF" not in answer.content
    event = Event.objects.get(verb="document.tampered")
    assert event.subject_id == one["id"]


def test_kept_files_are_unreadable_on_the_disk(software: Software, folders: Path) -> None:
    body = files.pdf("Very Secret Supplier")
    assert files.given(software, body).status_code == 201
    kept = [path for path in (folders / "documents").rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"%PDF" not in kept[0].read_bytes()
    assert kept[0].stat().st_mode & 0o077 == 0


def test_U14_a_document_is_served_as_an_attachment_that_no_browser_runs(software: Software) -> None:
    body = files.pdf()
    document = files.given(software, body, "فاتورة ١.pdf").json()
    answer = software.get(document["content"])
    assert answer.content == body
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D9")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "no-store"


def test_U14_another_traders_document_does_not_exist(software: Software, stranger: Software) -> None:
    document = files.given(software, files.pdf()).json()
    for path in (f"/api/v1/documents/{document['id']}", document["content"]):
        refused(stranger.get(path), 404, "not_found")
    assert stranger.get("/api/v1/documents").json()["documents"] == []
    assert stranger.get("/api/v1/documents?q=INV").json()["documents"] == []
    browser = Client()
    browser.force_login(accounts.user(of=stranger.organisation), backend=BACKEND)
    assert browser.get(f"/documents/{document['id']}/").status_code == 404
    assert browser.get(f"/documents/{document['id']}/content").status_code == 404


def test_U14_an_address_opens_for_five_minutes_in_its_session_and_not_after_revocation(software: Software) -> None:
    document = files.given(software, files.pdf()).json()
    person = accounts.user(of=software.organisation)
    browser, colleague = Client(), Client()
    browser.force_login(person, backend=BACKEND)
    colleague.force_login(accounts.user(of=software.organisation), backend=BACKEND)
    address = browser.get(f"/documents/{document['id']}/content")["Location"]
    assert browser.get(address).status_code == 200
    assert colleague.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert browser.get(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 404
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("singlewindow.documents.views.shelf.LINK_SECONDS", -1)
        assert browser.get(address).status_code == 404
    Membership.objects.filter(user=person).update(ended_at=clock.now() - timedelta(seconds=1))
    assert browser.get(address).status_code in {302, 404}


def test_U14_a_reader_with_a_part_in_one_use_of_a_document_learns_of_no_other(
    country: None, software: Software, stranger: Software
) -> None:
    holder, reader = (accounts.actor(of=one.organisation) for one in (software, stranger))
    paper = files.document(holder, reference="TWICE-1")
    ids = [
        UUID(one.lodged(import_json(1, lrn=lrn_new("USE"), trader=one.organisation.identifier))["id"])
        for one in (software, stranger)
    ]
    with unit_of_work() as work:
        for number in ids:
            document_link(
                work,
                holder,
                document_id=paper.id,
                owners=(software.organisation.pk,),
                subject=Subject.DECLARATION,
                subject_id=number,
            )
    path = f"/api/v1/documents/{paper.id}"
    assert [one["subject_id"] for one in software.get(path).json()["links"]] == [str(one) for one in ids]
    assert [one["subject_id"] for one in stranger.get(path).json()["links"]] == [str(ids[1])]
    assert [one.subject_id for one in links_for(reader, paper)] == ids[1:]


def test_U14_an_official_without_a_part_in_it_finds_nothing(software: Software) -> None:
    document = files.given(software, files.pdf()).json()
    for role in (Role.AGENCY_OFFICER, Role.OFFICER, Role.ADMINISTRATOR):
        browser = Client()
        browser.force_login(accounts.user(role), backend=BACKEND)
        assert browser.get(f"/documents/{document['id']}/content").status_code == 404, role


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_U13_a_cell_that_begins_like_a_formula_is_neutralised(start: str) -> None:
    assert neutralised(f"{start}cmd") == f"'{start}cmd"
    (row,) = csv.reader(io.StringIO(csv_text([[f"{start}cmd", 5, None]]), newline=""))
    assert row == [f"'{start}cmd", "5", ""]


def test_U13_every_route_that_exports_tables_neutralises_its_cells() -> None:
    """A module that answers with CSV or a workbook takes its cells through a neutraliser."""
    root = Path(__file__).resolve().parents[2]
    marks = ("neutralised", "csv_text", "FORMULA_STARTS")
    folders = ("singlewindow", "declarations", "fees", "risk", "agencies", "clearance")
    exports = [
        path
        for folder in folders
        for path in (root / folder).rglob("*.py")
        if "demo" not in path.parts  # writes a list as a trader sends it, and answers nobody
        if "csv.writer(" in (text := path.read_text()) or "write_only=True" in text
    ]
    assert exports
    assert [str(path) for path in exports if not any(mark in path.read_text() for mark in marks)] == []
