"""The analyst's desk, models, the alert list, rules and screening in a real Chromium."""

from datetime import timedelta
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from risk.services import alert_propose
from risk.types import AlertKind
from singlewindow.accounts.permissions import Role
from singlewindow.approvals.models import Proposal
from singlewindow.kernel import clock
from singlewindow.runtime.browser import chromium_path
from tests.factories import accounts
from tests.factories.governance import ANALYST, agree, model_registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium as the machine has it; without its sandbox, because tests may run as root."""
    return {**browser_type_launch_args, "executable_path": chromium_path(), "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address in advance: each test has its server's."""
    return ""


def addresses() -> list[str]:
    """Every page, with something on it."""
    told = {"reason": "Seen twice", "basis": "Act s. 61", "owner": "Desk"}
    last = clock.today() + timedelta(days=30)
    live = alert_propose(actor=ANALYST, kind=AlertKind.PARTY, value="ZZBAD0001", valid_to=last, **told)
    agree(live)
    waiting = alert_propose(actor=ANALYST, kind=AlertKind.CONTAINER, value="CSQU3054383", valid_to=last, **told)
    entries = [Proposal.objects.get(pk=one).subject_id for one in (live, waiting)]
    return [
        reverse("risk:desk"),
        reverse("risk:models"),
        reverse("risk:model", args=[model_registered()]),
        reverse("risk:rules"),
        reverse("risk:alerts"),
        reverse("risk:alert-new"),
        *(reverse("risk:alert", args=[one]) for one in entries),
        reverse("screening:lists"),
        reverse("risk:simulation-new"),
    ]


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ar", "dark", 320)],
    ids=["left to right, light, wide", "right to left, dark, narrow"],
)
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser,
    live_server: LiveServer,
    language: str,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    client = Client()
    client.force_login(accounts.user(Role.RISK_ANALYST), backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        extra_http_headers={"Accept-Language": language},
        reduced_motion="reduce",
    )
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    reader = context.new_page()
    found = []
    for path in addresses():
        answer = reader.goto(live_server.url + path)
        assert answer is not None
        if answer.status != 200:
            found.append((path, "status", str(answer.status)))
        violations = Axe().run(reader).response["violations"]
        found += [(path, item["id"], item["nodes"][0]["html"]) for item in violations]
        wide = reader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append((path, "sideways scroll", str(wide)))
    context.close()
    assert found == []
