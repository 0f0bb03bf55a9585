"""The pages of screening in a real Chromium: readable, on a telephone too, in both directions of writing."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from singlewindow.accounts.permissions import Role
from singlewindow.screening.models import ListEntry
from singlewindow.screening.services import lists_load
from tests.factories import accounts, screening

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address in advance: each test has its server's."""
    return ""


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("fr", "light", 320), ("ar", "dark", 360)],
    ids=["wide", "telephone, French", "telephone, Arabic, dark"],
)
def test_the_pages_are_accessible_and_fit_the_screen(
    browser: Browser, live_server: LiveServer, language: str, scheme: Literal["light", "dark"], width: int
) -> None:
    screening.put_in_force(screening.sdn_files())
    lists_load(files=[screening.un_file([(7, "Iwan", "PETROV")])], actor=screening.analyst())
    client = Client()
    client.force_login(accounts.user(Role.RISK_ANALYST), backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        extra_http_headers={"Accept-Language": language},
        reduced_motion="reduce",
    )
    cookies = [{"name": name, "value": one.value, "url": live_server.url} for name, one in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    entry = ListEntry.objects.get(uid="101")
    found = []
    for path in (
        "/screening/?name=Иван+Сергеевич+Петров&country=RU&birth=1970",
        f"/screening/lists/{entry.version_id}",
        f"/screening/entries/{entry.pk}",
        f"/screening/entries/{entry.pk}/match?name=Ivan+Petrov&country=ZZ",
    ):
        page.goto(live_server.url + path)
        found += [(path, item["id"], item["nodes"][0]["html"]) for item in Axe().run(page).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append((path, "wider than the screen", str(wide)))
    context.close()
    assert found == []
