"""REST of low-value filing: sent, repeated, followed, read line by line; refused with the number of the line."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.lowvalue.models import BulkFile
from tests.factories import accounts
from tests.factories.lowvalue import as_csv, as_xlsx, cells

ROOT = "/api/v1/bulk-files"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Software:
    """An operator's software."""

    def __init__(self, of: Organisation, role: Role = Role.OPERATOR) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {accounts.token(of=of, role=role)}"}

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)

    def send(self, body: bytes, media: str = "text/csv", *, key: str = "", path: str = ROOT) -> Any:
        headers = self.headers | {"Idempotency-Key": key or str(uuid4())}
        return self.client.post(path, body, content_type=media, headers=headers)


@pytest.fixture
def software(parcels: Organisation) -> Software:
    return Software(parcels)


def test_a_file_is_taken_in_at_once_and_its_lines_follow(software: Software, parts_done: Callable[[], None]) -> None:
    answer = software.send(as_csv([cells(), cells(value="900")]), path=f"{ROOT}?name=parcels.csv")
    assert answer.status_code == 202
    receipt = answer.json()
    assert (receipt["state"], receipt["lines"], receipt["waiting"]) == ("RECEIVED", 2, 2)
    assert answer["Location"] == receipt["links"]["self"] == f"{ROOT}/{receipt['id']}"
    parts_done()
    now = software.get(answer["Location"]).json()
    assert (now["state"], now["lodged"], now["failed"], now["name"]) == ("DONE", 1, 1, "parcels.csv")
    failed = software.get(f"{now['links']['lines']}?state=failed").json()["lines"]
    assert [(line["line"], line["errors"][0]["column"]) for line in failed] == [(3, "value")]
    lodged = software.get(f"{now['links']['lines']}?state=lodged").json()["lines"]
    seen = software.get(f"/api/v1/declarations/{lodged[0]['declaration_id']}").json()
    assert seen["mrn"] == lodged[0]["mrn"]
    assert [one["id"] for one in software.get(ROOT).json()["files"]] == [receipt["id"]]


def test_a_workbook_is_taken_in(software: Software) -> None:
    assert software.send(as_xlsx([cells()]), XLSX).json()["format"] == "xlsx"


def test_the_same_key_gives_the_same_answer_and_another_key_is_told_of_the_earlier_file(software: Software) -> None:
    body = as_csv([cells()])
    first = software.send(body, key="k1")
    again = software.send(body, key="k1")
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = software.send(body, key="k2")
    assert (other.status_code, other.json()["code"]) == (409, "bulk.same_file")
    assert first.json()["id"] in other.json()["detail"]
    assert BulkFile.objects.count() == 1


def test_U12_a_refused_file_names_its_line_and_leaves_nothing(software: Software) -> None:
    answer = software.send(as_csv([cells(), cells(description="=cmd|'/c calc'!A0")]))
    assert (answer.status_code, answer.json()["code"]) == (422, "csv.formula")
    assert answer.json()["errors"][0]["pointer"] == "/lines/3/description"
    assert "Line 3" in answer.json()["detail"]
    assert BulkFile.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [(b"<a/>", "application/xml", 415), (b"{}", "application/json", 400), (b"lrn", "text/csv", 422)],
)
def test_what_is_no_file_is_refused(software: Software, body: bytes, media: str, status: int) -> None:
    assert software.send(body, media).status_code == status


def test_a_complete_upload_is_filed_by_its_number_and_then_forgotten(software: Software, sender: Any) -> None:
    from singlewindow.db.work import unit_of_work
    from singlewindow.documents.services import upload_append, upload_begin
    from singlewindow.documents.types import Purpose

    body = as_csv([cells()])
    with unit_of_work() as work:
        upload = upload_begin(work, sender, name="sent.csv", size_bytes=len(body), purpose=Purpose.BULK)
    half = upload_append(sender, upload.id, 0, body[:100])
    named = b'{"upload_id": "%s"}' % str(upload.id).encode()
    assert software.send(named, "application/json").json()["code"] == "file.incomplete"
    upload_append(sender, upload.id, half.received_bytes, body[100:])
    answer = software.send(named, "application/json")
    assert (answer.status_code, answer.json()["name"]) == (202, "sent.csv")
    assert software.send(named, "application/json").status_code == 404


def test_a_stranger_a_trader_and_a_visitor_see_nothing(software: Software) -> None:
    path = software.send(as_csv([cells()])).json()["links"]["self"]
    stranger = Software(accounts.organisation())
    assert stranger.get(path).status_code == stranger.get(f"{path}/lines").status_code == 404
    trader = Software(accounts.organisation(), Role.TRADER)
    assert trader.get(path).status_code == trader.send(as_csv([cells()])).status_code == 403
    assert Client().get(path).status_code == 401
    assert software.get(f"{path}/lines?state=odd").status_code == 400
    assert software.get(f"{ROOT}/not-a-number").status_code == 404


def test_a_file_with_its_progress_is_read_in_few_queries(
    software: Software, parts_done: Callable[[], None], django_assert_max_num_queries: Any
) -> None:
    path = software.send(as_csv([cells() for _ in range(5)])).json()["links"]["self"]
    parts_done()
    with django_assert_max_num_queries(5):
        software.get(path)
    with django_assert_max_num_queries(6):
        software.get(f"{path}/lines")


def test_any_door_takes_a_list_by_its_content(software: Software) -> None:
    answer = software.send(as_csv([cells()]), "application/octet-stream", path="/api/v1/messages")
    assert answer.status_code == 202
    assert BulkFile.objects.count() == 1
