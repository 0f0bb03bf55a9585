"""Ten thousand parcels in one file, 37 of them bad: filed, told line by line, released, corrected and sent again."""

import csv
import io
from collections import Counter
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clearance.tasks import decide
from declarations.models import Declaration
from singlewindow.accounts.permissions import Role
from singlewindow.jobs.models import Job
from singlewindow.lowvalue.models import BulkFile, BulkLine
from singlewindow.lowvalue.rules.columns import HEADER
from singlewindow.lowvalue.tasks import file_part
from tests.factories import accounts
from tests.factories.lowvalue import as_csv, cells, operator

pytestmark = pytest.mark.django_db

LINES = 10_000
BAD: dict[int, dict[str, str]] = (
    {line: {"origin": "AB"} for line in range(100, 110)}
    | {line: {"value": "150.01"} for line in range(2_000, 2_010)}
    | {line: {"consignee_name": ""} for line in range(5_000, 5_008)}
    | {line: {"gross_mass_kg": "0,5"} for line in range(7_777, 7_781)}
    | {line: {"commodity_code": "240220"} for line in range(9_990, 9_994)}
    | {10_001: {"lrn": "PK-DOUBLE"}}
)
"""Bad lines by their number in the file; the first line below the header is line 2."""

DECIDED = 40


def _file_parts() -> None:
    waiting = Job.objects.filter(kind=file_part.name, state="todo").order_by("id")
    file_part(list(waiting.values_list("id", flat=True)))


@pytest.fixture
def parcels_person(country: None) -> Client:
    client = Client()
    person = accounts.user(Role.OPERATOR, of=operator("ZZPAR0001"))
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_ten_thousand_lines_with_37_bad_ones(parcels_person: Client, jobs_done: Callable[[], None]) -> None:
    assert len(BAD) == 37
    rows = [cells(**BAD.get(line, {})) for line in range(2, LINES + 2)]
    rows[0] = cells(lrn="PK-DOUBLE")
    place = parcels_person.post("/bulk/", {"file": SimpleUploadedFile("parcels.csv", as_csv(rows))})["Location"]
    _file_parts()

    file = BulkFile.objects.get()
    assert (file.state, file.lines) == ("DONE", LINES)
    failed = {line.line: line for line in BulkLine.objects.filter(state="FAILED")}
    assert failed.keys() == BAD.keys()
    found = Counter((error["column"], error["rule"]) for line in failed.values() for error in line.errors)
    assert found == {
        ("origin", "DL-052"): 10,
        ("value", "LV-003"): 10,
        ("consignee_name", "LV-001"): 8,
        ("gross_mass_kg", "format.decimal"): 4,
        ("commodity_code", "LV-004"): 4,
        ("lrn", "DL-LRN"): 1,
    }
    assert Declaration.objects.count() == LINES - 37
    assert Declaration.objects.values("mrn").distinct().count() == LINES - 37

    page = parcels_person.get(place).content.decode()
    assert "9,963" in page
    assert page.count('<th scope="row">') == 37

    _some_are_decided()
    assert Declaration.objects.filter(legal_state__in=["RELEASED", "CLEARED"]).count() == DECIDED
    assert f">{DECIDED}<" in parcels_person.get(place).content.decode().replace("\n", "")

    _corrected_and_sent_again(parcels_person, place)


def _some_are_decided() -> None:
    """The rest is decided in the same way, one after the other, behind the jobs of people."""
    waiting = Job.objects.filter(kind=decide.name, state="todo").order_by("id")
    assert set(waiting.values_list("priority", flat=True)) == {8}
    decide(list(waiting.values_list("id", flat=True)[:DECIDED]))


def _corrected_and_sent_again(client: Client, place: str) -> None:
    body = client.get(f"{place}/failed.csv").content
    header, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert len(rows) == 37
    right = dict(zip(HEADER, cells(), strict=True)) | {"lrn": ""}
    for row in rows:
        line = int(row[-1].split(".")[0].removeprefix("Line "))
        for column in BAD[line]:
            row[header.index(column)] = right[column] or f"PK-SINGLE-{line}"
    again = client.post("/bulk/", {"file": SimpleUploadedFile("rest.csv", as_csv(rows, header=header))})["Location"]
    _file_parts()
    assert BulkLine.objects.filter(state="FAILED").count() == 37
    assert "Every line was lodged" in client.get(again).content.decode()
    assert Declaration.objects.count() == LINES
