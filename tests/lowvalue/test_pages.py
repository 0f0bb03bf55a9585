"""Pages of low-value filing: without script, for the operator alone, and in few queries."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

import singlewindow.lowvalue
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.lowvalue.models import BulkFile
from singlewindow.lowvalue.reading import file_read
from singlewindow.lowvalue.rules.columns import ERRORS, HEADER
from tests.factories import accounts
from tests.factories.lowvalue import as_csv, cells
from tests.factories.translations import known, said

Done = Callable[[], None]


@pytest.fixture
def browser_of(parcels: Organisation) -> Client:
    return signed_in(Role.OPERATOR, of=parcels)


def signed_in(role: Role, **of: Any) -> Client:
    client = Client()
    client.force_login(accounts.user(role, **of), backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, body: bytes, name: str = "parcels.csv") -> Any:
    return client.post("/bulk/", {"file": SimpleUploadedFile(name, body)})


def test_a_file_sent_with_the_form_leads_to_its_page_and_stands_in_the_list(browser_of: Client) -> None:
    answer = send(browser_of, as_csv([cells(), cells()]))
    assert answer.status_code == 302
    page = browser_of.get(answer["Location"]).content.decode()
    assert "parcels.csv" in page
    assert 'http-equiv="refresh"' in page
    assert 'href="' + answer["Location"] + '"' in browser_of.get("/bulk/").content.decode()


def test_a_refused_file_is_told_at_the_field_with_its_line(browser_of: Client) -> None:
    answer = send(browser_of, as_csv([cells(), cells(description="=1+1")]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 3, column description" in page
    assert "<title>Error:" in page
    assert BulkFile.objects.count() == 0
    assert browser_of.post("/bulk/", {}).status_code == 422


def test_the_same_file_leads_to_the_earlier_one(browser_of: Client) -> None:
    body = as_csv([cells()])
    first = send(browser_of, body)["Location"]
    answer = send(browser_of, body, "again.csv")
    assert answer.status_code == 409
    assert f'href="{first}"' in answer.content.decode()


def test_errors_stand_by_line_and_column_and_lodged_lines_lead_to_their_declarations(
    browser_of: Client, parts_done: Done
) -> None:
    place = send(browser_of, as_csv([cells(), cells(origin="AB", lrn="PK-WRONG")]))["Location"]
    parts_done()
    page = browser_of.get(place).content.decode()
    assert 'http-equiv="refresh"' not in page
    assert "PK-WRONG" in page
    assert '<code dir="ltr">origin</code>' in page
    assert "DL-052" in page
    lodged = browser_of.get(f"{place}?state=lodged").content.decode()
    assert lodged.count('data-open href="/declarations/') == 1
    assert browser_of.get(f"{place}?state=odd").status_code == 404


def test_the_progress_alone_is_given_to_a_script_which_draws_the_page_anew_at_the_end(
    browser_of: Client, parts_done: Done
) -> None:
    place = send(browser_of, as_csv([cells()]))["Location"]
    part = browser_of.get(f"{place}?part=progress", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Refresh" not in part.headers
    parts_done()
    part = browser_of.get(f"{place}?part=progress", headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"


def test_failed_lines_are_downloaded_corrected_and_sent_again(browser_of: Client, parts_done: Done) -> None:
    wrong = cells(origin="AB", description="-5 °C boxes, +2 more", lrn="PK-AGAIN")
    place = send(browser_of, as_csv([cells(), wrong]))["Location"]
    parts_done()
    body = browser_of.get(f"{place}/failed.csv").content
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0] == [*HEADER, ERRORS]
    assert rows[1][HEADER.index("description")] == "'-5 °C boxes, +2 more"
    assert "origin: AB" in rows[1][-1]
    assert file_read(body).lines[0][1] == wrong
    corrected = body.replace(b",AB,", b",CN,")
    again = send(browser_of, corrected, "corrected.csv")["Location"]
    parts_done()
    assert "Every line was lodged" in browser_of.get(again).content.decode()


def test_U13_a_workbook_of_failed_lines_holds_texts_only(browser_of: Client, parts_done: Done) -> None:
    place = send(browser_of, as_csv([cells(consignee_name="+cmd|' /C calc'!A0", value="900")]))["Location"]
    parts_done()
    answer = browser_of.get(f"{place}/failed.xlsx")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"<f>" not in answer.content
    (row,) = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1:]
    assert row[HEADER.index("consignee_name")] == "'+cmd|' /C calc'!A0"
    assert file_read(answer.content).lines[0][1][HEADER.index("consignee_name")] == "+cmd|' /C calc'!A0"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_sample_is_a_file_that_would_be_taken(browser_of: Client, form: str) -> None:
    answer = browser_of.get(f"/bulk/sample.{form}")
    assert len(file_read(answer.content).lines) == 2
    assert browser_of.get("/bulk/sample.exe").status_code == 404


def test_a_visitor_a_trader_and_another_operator(browser_of: Client, parts_done: Done) -> None:
    place = send(browser_of, as_csv([cells(value="900")]))["Location"]
    parts_done()
    for path in ("/bulk/", place, f"{place}/failed.csv", "/bulk/sample.csv"):
        assert "/sign-in" in Client().get(path)["Location"]
        assert signed_in(Role.TRADER).get(path).status_code == 404
    other = signed_in(Role.OPERATOR)
    assert other.get(place).status_code == other.get(f"{place}/failed.csv").status_code == 404


def test_pages_ask_few_queries_however_many_lines_there_are(
    browser_of: Client, parts_done: Done, django_assert_max_num_queries: Any
) -> None:
    place = send(browser_of, as_csv([cells(value="900") for _ in range(60)]))["Location"]
    parts_done()
    with django_assert_max_num_queries(8):
        assert browser_of.get(place).status_code == 200
    with django_assert_max_num_queries(6):
        assert browser_of.get("/bulk/").status_code == 200


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_low_value_filing_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.lowvalue)
    assert len(sentences) > 35
    assert sorted(sentences - known(singlewindow.lowvalue, language)) == []
