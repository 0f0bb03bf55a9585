"""J18, J19, J20: text that deceives, runs or breaks lines is pointed out, and shown as text everywhere."""

import html
import logging
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from declarations.models import Declaration
from declarations.selectors import declaration_snapshot
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from tests.factories import accounts
from tests.factories.clearance import jobs_do, trader_rich
from tests.factories.declarations import import_json, item_json
from tests.factories.third_party import DECLARATIONS, Software
from tests.hostile.conftest import Nothing, refused

pytestmark = pytest.mark.django_db

DECEIVING = {
    "right-to-left override": "Evil \u202egnp.exe Ltd",
    "isolate": "Evil \u2066Ltd\u2069 Trading",
    "zero width": "Ama\u200bri Foods",
    "soft hyphen": "Ama\u00adri Foods",
    "Cyrillic a": "Am\u0430ri Foods",
    "Greek omicron": "Amari F\u03bf\u03bfds",
}
RUNNING = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)',
    "template": "{{7*7}}{% load x %}",
    "lookup": "${jndi:ldap://127.0.0.1/a}",
    "SQL": "'; DROP TABLE declarations_declaration; --",
    "formula": "=HYPERLINK(0)",
    "percent": "%s%n%(mrn)s",
}
LINE_BREAKS = {"CR LF": "A\r\nSet-Cookie: a=b", "LF": "A\nB", "CR": "A\rB", "next line": "A\u0085B", "tab": "A\tB"}


@pytest.fixture
def trader(country: None, db: None) -> Organisation:
    return trader_rich()


def telling(text: str, **more: Any) -> dict[str, Any]:
    """A declaration held for an officer whose every free text is the one given."""
    item = item_json(1, description=text, commodity_code="9303300000", origin="KP", boxes=1)
    item |= {
        "price": {"amount": "3", "currency": "EUR"},
        "documents": [{"code": "N935", "id": "INV 1", "name": text[:35]}],
    }
    item["packages"][0]["marks"] = text
    whole = import_json() | {
        "items": [item],
        "invoice_total": item["price"],
        "total_packages": 1,
        "total_gross_mass_kg": item["gross_mass_kg"],
        "exporter": {"name": text, "address": {"line": text, "city": text[:30], "country": "CN"}},
        "additional_information": [{"text": text}],
        "delivery_terms": {"incoterm": "FOB", "location_name": text[:35]},
        "goods_location": {"type": "A", "qualifier": "U", "id": "ZZAMAPORT1", "name": text[:35], "country": "ZZ"},
    }
    return whole | more


def pages_of(trader: Organisation, declaration_id: str) -> Iterator[tuple[str, str]]:
    """Every page that shows the declaration, as its officer and as its trader see it."""
    officer, own = (Client(raise_request_exception=False) for _ in range(2))
    backend = "django.contrib.auth.backends.ModelBackend"
    officer.force_login(accounts.user(Role.SUPERVISOR), backend=backend)
    own.force_login(accounts.user(of=trader), backend=backend)
    row = Declaration.objects.get(pk=declaration_id)
    shown = {
        officer: [f"/desk/{row.pk}/", "/desk/?kind=all", "/desk/late/", f"/desk/search/?q={row.lrn}", "/desk/figures/"],
        own: ["/declarations/", f"/declarations/{row.pk}/", f"/declarations/{row.pk}/status", "/account"],
    }
    for browser, paths in shown.items():
        for path in paths:
            response = browser.get(path, follow=True)
            assert response.status_code == 200, path
            yield path, response.content.decode()


@pytest.mark.parametrize("text", DECEIVING.values(), ids=DECEIVING.keys())
def test_J18_text_that_deceives_the_eye_is_kept_flagged_and_isolated(trader: Organisation, text: str) -> None:
    receipt = Software(trader).lodged(telling(text))
    jobs_do(receipt["id"])
    assert {warning["code"] for warning in receipt["warnings"]} == {"DL-TXT"}
    assert {"/exporter/name", "/items/0/description"} <= {warning["pointer"] for warning in receipt["warnings"]}
    message = declaration_snapshot(Declaration.objects.get().pk).message
    assert message.exporter is not None
    assert message.exporter.name == text
    assert message.items[0].description == text
    pages = dict(pages_of(trader, receipt["id"]))
    case = pages[f"/desk/{receipt['id']}/"]
    assert "RM-GDS-06" in case, "the officer is told"
    _isolated(case, text)
    for path, page in pages.items():
        _isolated(page, text), path


def _isolated(page: str, text: str) -> None:
    """Each time the text is shown, an element around it, and nothing else in it, keeps its direction to itself."""
    body = page[max(page.find("<main"), 0) :]
    for place in (found.start() for found in re.finditer(re.escape(html.escape(text)), body)):
        before, after = body[:place], body[place + len(html.escape(text)) :]
        own = re.search(r"<(bdi|option|textarea|input)\b[^>]*$|<(bdi|option|textarea)\b[^>]*>[^<]*$", before)
        assert own, (before[-160:], after[:40])


def test_J18_text_is_stored_in_normal_form_C(trader: Organisation) -> None:
    apart = unicodedata.normalize("NFD", "Café Zoé, Åland")
    receipt = Software(trader).lodged(telling(apart))
    message = declaration_snapshot(Declaration.objects.get().pk).message
    assert message.items[0].description == "Café Zoé, Åland"
    assert receipt["warnings"] == []


@pytest.mark.parametrize("text", RUNNING.values(), ids=RUNNING.keys())
def test_J19_text_that_would_run_is_stored_and_shown_as_text(trader: Organisation, text: str) -> None:
    software = Software(trader)
    receipt = software.lodged(telling(text))
    jobs_do(receipt["id"])
    answer = software.get(receipt["links"]["self"]).json()["declaration"]
    assert answer["items"][0]["description"] == text
    pages = dict(pages_of(trader, receipt["id"]))
    assert html.escape(text) in pages[f"/desk/{receipt['id']}/"]
    for path, page in pages.items():
        assert "alert(1)" not in page.replace(html.escape(text), ""), path
        if "<" in text:
            assert text not in page, path
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("text", RUNNING.values(), ids=RUNNING.keys())
def test_J19_in_a_refusal_it_is_text_too(software: Software, nothing_left: Nothing, text: str) -> None:
    body = import_json(lrn=text[:35]) | {"type_code": "IMA", text: "x"}
    with nothing_left():
        response = software.post(body)
        problem = refused(response, 400, "format.unknown_field")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert problem["errors"][0]["pointer"].endswith(text.replace("~", "~0").replace("/", "~1")) or "~" in text


@pytest.mark.parametrize("text", LINE_BREAKS.values(), ids=LINE_BREAKS.keys())
@pytest.mark.parametrize("field", ["lrn", "description", "name"])
def test_J20_a_line_break_in_a_text_is_refused(
    software: Software, nothing_left: Nothing, text: str, field: str
) -> None:
    body = import_json()
    if field == "lrn":
        body["lrn"] = text
    elif field == "name":
        body["exporter"]["name"] = text
    else:
        body["items"][0]["description"] = text
    with nothing_left():
        refused(software.post(body), 400, "json.control_character")


BREAKS = ("%0d%0aSet-Cookie:%20a=b", "%0aforged", "%E2%80%A8forged", "%00")


@pytest.mark.parametrize("tail", BREAKS)
def test_J20_a_line_break_in_an_address_adds_no_header_and_no_log_line(
    software: Software, caplog: pytest.LogCaptureFixture, tail: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in (
            f"{DECLARATIONS}/{tail}",
            f"{DECLARATIONS}?q={tail}",
            f"/sign-in?next={tail}",
            f"/problems/{tail}",
        ):
            response = software.get(path)
            assert response.status_code < 500, path
            assert "a=b" not in str(response.cookies)
            assert not any("\r" in value or "\n" in value for _, value in response.items())
    formatter = logging.getLogger().handlers[0].formatter or logging.Formatter()
    lines = [formatter.format(record) for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [line for line in lines if "\nforged" in line or "\nSet-Cookie" in line]


@pytest.mark.parametrize("given", ["a" * 65, "x", "abcdefgh ijkl", "abcdefgh\\n", "<script>", "ａｂｃｄｅｆｇｈ"])
def test_J20_a_conversation_id_that_is_none_is_not_taken_over(software: Software, given: str) -> None:
    response = software.get(**{"X-Conversation-ID": given})
    assert response["X-Conversation-ID"] != given
    assert re.fullmatch(r"[0-9a-f-]{36}", response["X-Conversation-ID"])


QUERIES = ("%00", "%ED%A0%80", "%FF", "'", "%25_", "\\", "%E2%80%AE", "a" * 5_000)


@pytest.mark.parametrize("text", QUERIES)
def test_a_search_for_anything_finds_nothing_and_never_fails(software: Software, admin_like: Client, text: str) -> None:
    for path in ("/api/v1/declarations?q=", "/api/v1/permits?q=", "/api/v1/events?cursor=", "/api/v1/account?cursor="):
        assert software.get(path + text).status_code in {200, 400}, path
    for path in (
        "/desk/search/?q=",
        "/desk/?q=",
        "/desk/?kind=all&cursor=",
        "/desk/?lane=",
        "/fees?q=",
        "/fees?on=",
        "/quotas/?q=",
        "/quotas/?on=",
        "/calculator?code=",
        "/requirements?q=",
        "/desk/?office=",
        "/declarations/?q=",
    ):
        assert admin_like.get(path + text).status_code in {200, 302, 400, 404, 422}, path
