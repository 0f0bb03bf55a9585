"""The components in a real Chromium: readable by everyone, on every screen, with and without script."""

import gzip
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from singlewindow.accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("/", "/sign-in", "/status", "/styleguide?errors=1", "/no/such/page")


def signed_in(context: BrowserContext, person: User, live_server: LiveServer) -> BrowserContext:
    """The same browser, with the person's session."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


@pytest.fixture
def guide(page: Page, administrator: User, live_server: LiveServer) -> Page:
    """The style guide, open."""
    signed_in(page.context, administrator, live_server)
    page.goto(f"{live_server.url}/styleguide")
    return page


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ar", "dark", 320)],
    ids=["left to right, light, wide", "right to left, dark, narrow"],
)
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser,
    administrator: User,
    live_server: LiveServer,
    language: str,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        extra_http_headers={"Accept-Language": language},
        reduced_motion="reduce",
    )
    reader = signed_in(context, administrator, live_server).new_page()
    found = []
    for path in PAGES:
        reader.goto(live_server.url + path)
        violations = Axe().run(reader).response["violations"]
        found += [(path, item["id"], item["nodes"][0]["html"]) for item in violations]
        wide = reader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append((path, "sideways scroll", str(wide)))
    context.close()
    assert found == []


def test_the_content_policy_refuses_nothing_that_we_send(guide: Page, live_server: LiveServer) -> None:
    said: list[str] = []
    guide.on("console", lambda message: said.append(message.text))
    guide.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/", "/styleguide"):
        guide.goto(live_server.url + path, wait_until="networkidle")
    assert said == []


def test_a_first_visit_loads_less_than_200_kilobytes(page: Page, live_server: LiveServer) -> None:
    bodies: list[bytes] = []
    page.on("requestfinished", lambda request: bodies.append(request.response().body()))  # type: ignore[union-attr]
    page.goto(live_server.url, wait_until="networkidle")
    assert sum(len(gzip.compress(body)) for body in bodies) < 60_000


def test_question_mark_lists_the_short_cuts_of_the_page(guide: Page) -> None:
    guide.keyboard.press("?")
    sheet = guide.get_by_role("dialog")
    expect(sheet).to_be_visible()
    expect(sheet.locator("dt", has_text="c").first).to_be_visible()
    guide.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()


def test_j_and_k_walk_the_rows_and_single_keys_can_be_switched_off(guide: Page) -> None:
    rows = guide.locator("[data-rows] tbody tr")
    guide.keyboard.press("j")
    guide.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    guide.keyboard.press("k")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    guide.keyboard.press("?")
    guide.get_by_label("Switch off single-key short cuts on this device").check()
    guide.keyboard.press("Escape")
    guide.keyboard.press("j")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")


def test_keys_typed_into_a_field_stay_text(guide: Page) -> None:
    field = guide.get_by_label("Commodity code")
    field.press_sequentially("jk?")
    expect(field).to_have_value("jk?")
    expect(guide.get_by_role("dialog")).not_to_be_visible()


def test_the_error_summary_has_the_focus_and_leads_to_the_field(guide: Page, live_server: LiveServer) -> None:
    guide.goto(f"{live_server.url}/styleguide?errors=1")
    expect(guide.locator(".error-summary")).to_be_focused()
    guide.locator(".error-summary a").first.click()
    expect(guide.get_by_label("Commodity code")).to_be_focused()


def test_menus_close_with_escape_and_give_the_focus_back(guide: Page) -> None:
    opener = guide.locator(".drop > summary").first
    opener.click()
    expect(guide.locator(".drop__sheet").first).to_be_visible()
    guide.keyboard.press("Escape")
    expect(guide.locator(".drop__sheet").first).not_to_be_visible()
    expect(opener).to_be_focused()


def test_the_language_is_switched_and_one_signs_in_without_script(
    browser: Browser, administrator: User, live_server: LiveServer
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in")
    page.locator(".drop > summary").first.click()
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.locator("#id_username").fill(administrator.username)
    page.locator("#id_password").fill("correct horse battery staple")
    page.locator(".gate__card button").click()
    expect(page.locator("h1")).to_be_visible()
    assert "/sign-in" not in page.url
    context.close()
