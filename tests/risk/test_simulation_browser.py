"""Pages of simulations in a real Chromium: readable by everyone, on every screen, with script and without."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from risk.models import Simulation
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.reference.selectors import reference_refresh
from singlewindow.reference.services import reference_load
from tests.factories import accounts
from tests.factories.simulations import done, jobs_do, past, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SERIOUS = {"serious", "critical"}


@pytest.fixture
def runs() -> Iterator[tuple[Simulation, Simulation]]:
    """One that is done and one that waits."""
    reference_load(actor=system_actor("test"))
    past(900)
    yield done(), started(title="Waiting")
    reference_refresh()


def signed_in(context: BrowserContext, person: User, url: str) -> Page:
    """A page in the person's session."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookies = [{"name": name, "value": morsel.value, "url": url} for name, morsel in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context.new_page()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_has_a_serious_fault_or_is_wider_than_its_screen(
    browser: Browser, live_server: LiveServer, runs: tuple[Simulation, Simulation], width: int, language: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "csw-language", "value": language, "url": live_server.url}])
    page = signed_in(context, accounts.user(Role.RISK_ANALYST), live_server.url)
    new = reverse("risk:simulation-new")
    places = [reverse("risk:simulations"), new, f"{new}?what=selection"]
    for place in [*places, *(reverse("risk:simulation", args=[run.pk]) for run in runs)]:
        page.goto(live_server.url + place)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in SERIOUS] == [], place
    context.close()


def test_a_simulation_is_begun_watched_and_stopped_without_script(
    browser: Browser, live_server: LiveServer, runs: tuple[Simulation, Simulation]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context, accounts.user(Role.SUPERVISOR), live_server.url)
    page.goto(live_server.url + reverse("risk:simulations"))
    page.get_by_role("link", name="New simulation").click()
    page.get_by_role("link", name="The bands of the score").click()
    page.get_by_label("Blue from").fill("10")
    page.get_by_label("First day").fill("2026-10-01")
    page.get_by_role("button", name="Replay the period").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("bands")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".simulation-progress")).to_contain_text("Stopped")
    context.close()


def test_the_page_shows_the_figures_by_itself_when_they_are_there(
    page: Page, live_server: LiveServer, runs: tuple[Simulation, Simulation]
) -> None:
    shown = signed_in(page.context, accounts.user(Role.RISK_ANALYST), live_server.url)
    shown.goto(live_server.url + reverse("risk:simulation", args=[runs[1].pk]))
    expect(shown.locator(".simulation-progress")).to_contain_text("Waiting")
    jobs_do()
    expect(shown.get_by_role("heading", name="Lanes")).to_be_visible(timeout=20_000)
