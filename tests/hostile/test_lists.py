"""U2, U3, U12 for lists of low value: what a small file may make of the memory of those who read it."""

import io
import subprocess
import sys
import zipfile

import pytest

from singlewindow.accounts.permissions import Role
from singlewindow.lowvalue.models import BulkFile
from singlewindow.lowvalue.reading.xlsx_child import MAX_ANSWER
from singlewindow.lowvalue.reading.xlsx_form import CHILD
from tests.factories.lowvalue import as_csv, as_xlsx, cells, operator
from tests.factories.third_party import Software
from tests.hostile.conftest import Nothing, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BULK = "/api/v1/bulk-files"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_parts(**parts: bytes) -> bytes:
    """A sound list, to whose parts these are added, or which they replace."""
    content = io.BytesIO()
    named = {"sheet1": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml"}
    others = {named[name]: part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(as_xlsx([cells()]))) as sound, zipfile.ZipFile(content, "w", 8) as made:
        for name, part in ({name: sound.read(name) for name in sound.namelist()} | others).items():
            made.writestr(name, part)
    return content.getvalue()


def repeated(count: int, length: int) -> bytes:
    """A workbook of some kilobytes in which one long text stands in every cell."""
    cell = '<c t="s"><v>0</v></c>'
    rows = "".join(f'<row r="{row}">{cell * 20}</row>' for row in range(1, count))
    sheet = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
    texts = f'<sst xmlns="{NAMESPACE}" count="1" uniqueCount="1"><si><t>{"é" * length}</t></si></sst>'
    return with_parts(sheet1=sheet.encode(), texts=texts.encode())


@pytest.fixture
def parcels(country: None) -> Software:
    return Software(operator(), role=Role.OPERATOR)


def test_U2_one_long_text_in_every_cell_fills_nobodys_memory() -> None:
    for rows in (100, 200, 300):  # told short, too much to tell, too much for the child itself
        body = repeated(rows, 30_000)
        assert len(body) < 50_000
        command = [sys.executable, "-I", str(CHILD)]
        done = subprocess.run(command, input=body, capture_output=True, timeout=30, check=False, env={})
        assert len(done.stdout) <= MAX_ANSWER
        assert len(done.stderr) < 10_000


def test_U2_such_a_list_is_refused_and_leaves_nothing(parcels: Software, nothing_left: Nothing) -> None:
    with nothing_left():
        problem = refused(parcels.post(repeated(300, 30_000), path=BULK, content_type=XLSX), 422)
    assert problem["code"] in {"xlsx.malformed", "xlsx.archive"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_U3_a_part_in_another_encoding_hides_nothing(parcels: Software, nothing_left: Nothing, encoding: str) -> None:
    sheet = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><f>1</f></worksheet>'
    with nothing_left():
        refused(parcels.post(with_parts(sheet1=sheet.encode(encoding)), path=BULK, content_type=XLSX), 422)


def test_U12_the_same_list_by_the_address_of_all_messages_is_one_file_and_no_fault(parcels: Software) -> None:
    body = as_csv([cells()])
    first = parcels.post(body, path=BULK, content_type="text/csv")
    assert first.status_code == 202, first.content
    again = parcels.post(body, path="/api/v1/messages", content_type="application/octet-stream")
    assert again.status_code == 409, (again.status_code, again.content)
    assert again.json()["code"] == "bulk.same_file"
    assert BulkFile.objects.count() == 1
