"""The pages of warnings, captured events and devices: few queries, one key, every reader and screen."""

import os
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from clearance.models import EarlyWarning
from singlewindow.accounts.models import Organisation, OrganisationKind, User
from singlewindow.accounts.permissions import Role
from singlewindow.capture.models import Device
from tests.factories import accounts, clearance
from tests.factories.capture import event_json, gate, told
from tests.factories.matching import arrived, jobs_do, lodged

WARNINGS, CAPTURED, DEVICES = "/targeting/warnings/", "/captured/", "/captured/devices/"
PICTURES = os.environ.get("PICTURES", "")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def country_seen() -> tuple[Organisation, UUID]:
    """Two warnings, a case with differences, and readings of every kind with and without remarks."""
    clearance.country_load()
    trader = clearance.trader_rich()
    port = accounts.organisation(kind=OrganisationKind.TERMINAL, name="Port Amari Terminal")
    accounts.user(Role.TERMINAL, of=port, office="ZZ000101")
    for _ in range(2):
        clearance.risky(trader, type_code="IMD", equipment=[{"sequence": 1, "id": "MSKU2666542"}])
    declaration_id = lodged(trader, boxes=10)
    device = gate()
    told(
        device,
        event_json("seal", seal={"number": "SL999999", "state": "intact"}),
        event_json("weight", weight={"gross": "15000", "tare": "14220", "uncertainty": "20"}),
        event_json("container", container={"number": "CSQU3054384"}, about=None),
        event_json("plate"),
        event_json("scan", scan={"sha256": "ab" * 32, "lies_at": "x", "verdict": "contradicts", "says": "Bottles?"}),
    )
    jobs_do("clearance.event_told", "clearance.match")
    arrived(declaration_id)
    return trader, declaration_id


@pytest.fixture
def seen(db: None) -> tuple[Organisation, UUID]:
    return country_seen()


@pytest.mark.django_db
def test_the_pages_need_few_queries_however_many_rows(seen: tuple[Organisation, UUID]) -> None:
    officer, supervisor = signed_in(accounts.user(Role.OFFICER)), signed_in(accounts.user(Role.SUPERVISOR))
    for client, path, most in ((officer, WARNINGS, 6), (officer, CAPTURED, 6), (supervisor, DEVICES, 6)):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) <= most, (path, [query["sql"][:90] for query in queries])


@pytest.mark.django_db
def test_a_case_that_differs_needs_three_queries_more(seen: tuple[Organisation, UUID]) -> None:
    officer, plain = signed_in(accounts.user(Role.OFFICER)), clearance.risky(seen[0], equipment=[])
    counts, page = [], ""
    for one in (plain, seen[1]):
        officer.get(f"/desk/{one}/")
        with CaptureQueriesContext(connection) as queries:
            page = officer.get(f"/desk/{one}/").content.decode()
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 3, counts
    for text in ("What was seen", "MT-103", "MT-104", "MT-107", "Bottles?", "SL999999", "(tolerance 70)"):
        assert text in page


@pytest.mark.django_db
def test_warnings_stand_deadline_first_with_reasons_and_taking_note_needs_no_script(
    seen: tuple[Organisation, UUID],
) -> None:
    officer = signed_in(accounts.user(Role.OFFICER))
    page = officer.get(WARNINGS).content.decode()
    first, second = EarlyWarning.objects.order_by("due_at", "pk")
    assert page.index(first.mrn) < page.index(second.mrn)
    assert str(first.reasons[0]["rule"]) in page
    assert "1 terminal" in page or "2 terminals" in page
    assert officer.post(f"{WARNINGS}{first.pk}/acknowledge").status_code == 302
    page = officer.get(WARNINGS).content.decode()
    assert f"{first.mrn}</bdi>" not in page
    assert first.mrn in officer.get(WARNINGS, {"show": "all"}).content.decode()


@pytest.mark.django_db
def test_captured_events_are_found_by_container_plate_kind_and_difference(seen: tuple[Organisation, UUID]) -> None:
    officer = signed_in(accounts.user(Role.OFFICER))

    def rows(**query: str) -> int:
        return officer.get(CAPTURED, query).content.decode().count("data-open")

    assert rows() == 5
    assert rows(container="csqu3054384") == 1
    assert rows(plate="kda 123-x") == 1
    assert rows(kind="weight") == 1
    assert rows(difference="differs") == 3
    assert rows(difference="marked") == 1
    page = officer.get(CAPTURED, {"kind": "weight"}).content.decode()
    (address,) = re.findall(r'data-open href="(/captured/[^"]+)"', page)
    assert "MT-103" in officer.get(address).content.decode()


@pytest.mark.django_db
def test_a_supervisor_registers_calibrates_and_retires_a_device_on_its_page() -> None:
    owner = accounts.organisation(kind=OrganisationKind.TERMINAL)
    client = signed_in(accounts.user(Role.SUPERVISOR))
    wish = {"number": "GATE-09", "owner": owner.identifier, "office": "ZZ000101", "kind": "scale", "place": ""}
    refused = client.post(DEVICES, wish)
    assert (refused.status_code, "say until when" in refused.content.decode()) == (422, True)
    assert client.post(DEVICES, wish | {"calibrated_until": "2030-01-31"}).status_code == 302
    device = Device.objects.get()
    client.post(f"{DEVICES}{device.pk}/calibration", {"calibrated_until": "2031-01-31"})
    assert "31 Jan 2031" in client.get(DEVICES).content.decode()
    client.post(f"{DEVICES}{device.pk}/retirement")
    assert "Out of use" in client.get(DEVICES).content.decode()
    assert signed_in(accounts.user(Role.OFFICER)).get(DEVICES).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "en"), (360, "ar")])
def test_every_page_is_readable_by_everyone_on_every_screen(
    browser: Browser, live_server: LiveServer, width: int, language: str
) -> None:
    _, declaration_id = country_seen()
    supervisor = accounts.user(Role.SUPERVISOR)
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=language)
    cookies: list[Any] = [
        {"name": name, "value": morsel.value, "url": live_server.url}
        for name, morsel in signed_in(supervisor).cookies.items()
    ]
    cookies.append({"name": "django_language", "value": language, "url": live_server.url})
    context.add_cookies(cookies)
    page = context.new_page()
    for name, path in (
        ("warnings", WARNINGS),
        ("captured", CAPTURED),
        ("devices", DEVICES),
        ("case", f"/desk/{declaration_id}/#seen"),
    ):
        page.goto(live_server.url + path)
        found = [one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
        assert not found, (name, [(one["id"], one["nodes"][0]["html"][:200]) for one in found])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{language}.png"), full_page=True)
    context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_warning_is_taken_note_of_with_one_key(browser: Browser, live_server: LiveServer) -> None:
    country_seen()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    cookies: list[Any] = [
        {"name": name, "value": morsel.value, "url": live_server.url}
        for name, morsel in signed_in(accounts.user(Role.OFFICER)).cookies.items()
    ]
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(live_server.url + WARNINGS)
    first = EarlyWarning.objects.order_by("due_at", "pk")[0]
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(".flash")).to_contain_text(first.mrn)
    first.refresh_from_db()
    assert first.acknowledged_at is not None
    context.close()
