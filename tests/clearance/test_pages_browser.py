"""The officer's chair in a real Chromium: a day's work without a mouse, readable by everyone, on every screen."""

import re
from collections.abc import Iterator
from typing import Literal
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from clearance.models import Case
from clearance.services import case_claim
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from tests.factories import accounts, clearance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIOUS = {"serious", "critical"}


@pytest.fixture
def desk(live_server: LiveServer) -> tuple[str, list[UUID]]:
    """A desk with two cases, and its address."""
    clearance.country_load()
    trader = clearance.trader_rich()
    cases = [clearance.risky(trader), clearance.risky(trader, items=3)]
    clearance.lodged(trader)
    return live_server.url, cases


@pytest.fixture
def supervisor(desk: tuple[str, list[UUID]]) -> User:
    """A person who may open every page of the desk."""
    return accounts.user(Role.SUPERVISOR)


def signed_in(context: BrowserContext, person: User, url: str) -> Page:
    """A page in the person's session."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookies = [{"name": name, "value": morsel.value, "url": url} for name, morsel in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context.new_page()


def test_claim_check_and_release_without_a_mouse(page: Page, desk: tuple[str, list[UUID]], supervisor: User) -> None:
    url, (first, second) = desk
    keys = signed_in(page.context, supervisor, url)
    keys.goto(url + reverse("clearance:desk"))
    keys.keyboard.press("/")
    expect(keys.locator("#top-search")).to_be_focused()
    keys.locator("#top-search").blur()
    keys.keyboard.press("j")
    expect(keys.locator("[data-rows] tbody tr").first).to_have_attribute("aria-current", "true")
    keys.keyboard.press("j")
    keys.keyboard.press("k")
    keys.keyboard.press("c")
    keys.wait_for_url(re.compile(str(first)))
    keys.keyboard.press("?")
    expect(keys.get_by_role("dialog")).to_contain_text("Ask the declarant")
    keys.keyboard.press("Escape")
    keys.keyboard.press("q")
    expect(keys.locator("#id_query_question")).to_be_focused()
    keys.locator("#id_query_question").blur()
    keys.keyboard.press("d")
    expect(keys.locator("#id_conform_note")).to_be_focused()
    keys.keyboard.type("seen")
    keys.keyboard.press("Enter")
    keys.wait_for_url(re.compile(str(second)))
    expect(keys.locator(".flash")).to_contain_text("is released.")
    assert Case.objects.get(pk=first).released_at is not None
    assert Case.objects.get(pk=second).claimed_by_id == supervisor.pk
    keys.keyboard.press("d")
    keys.keyboard.press("Enter")
    keys.wait_for_url(re.compile(r"/desk/\?"))
    expect(keys.locator(".flash")).to_contain_text("Nothing is free")


def test_the_next_case_and_a_row_open_by_key(page: Page, desk: tuple[str, list[UUID]], supervisor: User) -> None:
    url, (first, second) = desk
    keys = signed_in(page.context, supervisor, url)
    keys.goto(url + reverse("clearance:desk"))
    keys.keyboard.press("n")
    keys.wait_for_url(re.compile(str(first)))
    keys.goto(url + reverse("clearance:desk"))
    keys.keyboard.press("j")
    keys.keyboard.press("j")
    keys.keyboard.press("Enter")
    keys.wait_for_url(re.compile(str(second)))


def test_the_whole_work_is_done_without_script(
    browser: Browser, desk: tuple[str, list[UUID]], supervisor: User
) -> None:
    url, (first, _second) = desk
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    plain = signed_in(context, supervisor, url)
    plain.goto(url + reverse("clearance:desk"))
    plain.get_by_role("button", name="Take the next one").click()
    expect(plain.locator("h1")).to_contain_text(Case.objects.get(pk=first).mrn)
    plain.locator("summary", has_text="Refuse release").click()
    plain.locator("#id_refuse_reason").fill("Article 7: embargo")
    plain.get_by_role("button", name="Refuse", exact=True).click()
    expect(plain.locator("h1")).to_contain_text("Refuse release?")
    plain.get_by_role("link", name="Back to the case").click()
    plain.get_by_role("button", name="Conform: release").click()
    expect(plain.locator(".flash")).to_contain_text("is released.")
    context.close()


def addresses(cases: list[UUID]) -> Iterator[str]:
    """Every page of the desk, with something on it."""
    yield reverse("clearance:desk")
    yield reverse("clearance:desk") + "?kind=all"
    yield reverse("clearance:figures")
    yield reverse("clearance:late")
    yield reverse("clearance:search") + "?q=ZZIMP0001"
    yield from (reverse("clearance:case", args=[case]) for case in cases)


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ar", "dark", 320)],
    ids=["left to right, light, wide", "right to left, dark, narrow"],
)
def test_every_page_of_the_desk_is_accessible_and_fits_the_screen(
    browser: Browser,
    desk: tuple[str, list[UUID]],
    supervisor: User,
    language: str,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    url, cases = desk
    case_claim(declaration_id=cases[0], actor=actor_of_user(supervisor))
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        extra_http_headers={"Accept-Language": language},
        reduced_motion="reduce",
    )
    reader = signed_in(context, supervisor, url)
    found = []
    said: list[str] = []
    reader.on("console", lambda message: said.append(message.text))
    for path in addresses(cases):
        reader.goto(url + path)
        for act in reader.locator("details.act").all():
            act.evaluate("node => { node.open = true }")
        violations = Axe().run(reader).response["violations"]
        found += [(path, v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in SERIOUS]
        wide = reader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append((path, "sideways scroll", str(wide)))
    context.close()
    assert found == []
    assert said == []
