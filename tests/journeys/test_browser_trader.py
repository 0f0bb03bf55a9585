"""A trader in a real browser: from an empty form to the number, and to goods that are released by themselves."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from clearance.services import case_claim, query_send
from declarations.models import Declaration
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.kernel.mrn import mrn_is_valid
from tests.factories import accounts, clearance

Run = Callable[[], None]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address in advance: each test has its server's."""
    return ""


@pytest.fixture
def opened(browser: Browser, importer: Organisation, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens the portal as a person of the importer sees it, on a screen of any width, with or without script."""
    contexts: list[BrowserContext] = []
    person = accounts.user(Role.TRADER, of=importer)

    def open_(**screen: Any) -> Page:
        width = screen.pop("width", 1280)
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB", **screen)
        contexts.append(context)
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        cookies = [{"name": name, "value": one.value, "url": live_server.url} for name, one in client.cookies.items()]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(live_server.url + reverse("portal:list"))
        return page

    yield open_
    for context in contexts:
        context.close()


def press(page: Page, name: str) -> None:
    """Press a button or follow a link by its name."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def fill(page: Page, **answers: str) -> None:
    """Type or choose answers by the names of their fields."""
    for name, value in answers.items():
        field = page.locator(f'[name="{name}"]')
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def looked_at(page: Page, look: bool) -> None:
    """Accessible to everyone and without sideways scroll."""
    if not look:
        return
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.url
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in SERIOUS]
    assert found == [], [(v["id"], v["nodes"][0]["html"]) for v in found]


def answered(page: Page, *, look: bool) -> None:
    """Give every answer, from the empty list to the signature."""
    looked_at(page, look)
    page.get_by_role("main").get_by_role("link", name="New declaration").click()
    looked_at(page, look)
    page.get_by_label("Into the country (import)").check()
    page.get_by_label("Yes, they are here").check()
    press(page, "Save and continue")
    press(page, "Save and continue")
    expect(page.locator(".error-summary")).to_contain_text("Give the name of the other company.")
    looked_at(page, look)
    fill(page, name="Guangdong Home Appliance Co", line="18 Harbour Road", city="Guangzhou", country="CN")
    press(page, "Save and continue")
    fill(page, mode="1", office="ZZ000101", country="CN", transport_id="9074729", containers="CSQU 305438-3")
    looked_at(page, look)
    press(page, "Save and come back later")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your declaration")
    looked_at(page, look)
    page.get_by_role("main").get_by_role("link", name="Goods", exact=True).click()
    fill(page, description="Electric coffee makers for household use", code="cofee makers")
    press(page, "Look it up")
    looked_at(page, look)
    page.locator("button[name=pick][value^='8516']").first.click()
    expect(page.locator("[name=description]")).to_have_value("Electric coffee makers for household use")
    fill(page, origin="CN", price="385", net="42", gross="52", packages="10", paper_0_code="N935", paper_0_id="INV 7")
    fill(page, quantity="10", unit="NAR")
    press(page, "Save this item")
    looked_at(page, look)
    press(page, "Save and continue")
    fill(page, incoterm="FOB", term_place="Guangzhou", freight="420", insurance="35")
    looked_at(page, look)
    press(page, "Save and continue")
    expect(page.get_by_role("main")).to_contain_text("Value added tax")
    looked_at(page, look)
    press(page, "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    looked_at(page, look)
    page.get_by_label("I declare that this is true").check()


def filed(page: Page, *, look: bool) -> str:
    """File an import from the empty list to its number."""
    answered(page, look=look)
    press(page, "Lodge the declaration")
    expect(page.get_by_role("heading", level=1)).to_have_text("Declaration lodged")
    looked_at(page, look)
    return page.locator(".lodged__mrn .ref").inner_text()


@pytest.mark.parametrize(
    ("width", "script"),
    [(1280, True), (1280, False), (360, True)],
    ids=["laptop", "laptop without script", "phone"],
)
def test_an_import_is_filed_from_an_empty_form_and_released_by_itself(
    opened: Callable[..., Page], jobs_done: Run, width: int, script: bool
) -> None:
    page = opened(width=width, java_script_enabled=script, reduced_motion="reduce")
    mrn = filed(page, look=script)
    assert mrn_is_valid(mrn)
    expect(page.locator("#status")).to_contain_text("It is being checked now.")
    jobs_done()
    if not script:
        page.get_by_role("link", name="Look again").click()
    expect(page.locator("#status")).to_contain_text("Released. You may take the goods away.", timeout=10_000)
    looked_at(page, script)
    row = Declaration.objects.get(mrn=mrn)
    assert (row.legal_state, row.channel) == ("CLEARED", "web")
    expect(page.get_by_role("main")).to_contain_text("Paid:")


def test_codes_appear_while_one_types_and_fill_the_field(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_role("main").get_by_role("link", name="New declaration").click()
    page.get_by_label("Into the country (import)").check()
    page.get_by_label("Not yet.").check()
    press(page, "Save and continue")
    page.goto(re.sub(r"draft/.*", "draft/items/1", page.url))
    fill(page, description="Phones")
    page.locator("[name=code]").press_sequentially("smartfone", delay=20)
    page.locator("button[name=pick]").first.click()
    expect(page.locator("[name=code]")).to_have_value(re.compile(r"^8517"))
    expect(page.locator("[name=description]")).to_have_value("Phones")
    expect(page.locator(".path")).to_contain_text("counted in NAR")


def test_a_double_click_lodges_once_and_the_way_back_leads_to_what_was_lodged(opened: Callable[..., Page]) -> None:
    page = opened()
    answered(page, look=False)
    page.get_by_role("button", name="Lodge the declaration").dblclick()
    expect(page.locator("body")).to_contain_text(re.compile("[0-9]{2}ZZ[A-Z0-9]{14}"))
    mrn = Declaration.objects.values_list("mrn", flat=True).get()
    assert mrn is not None
    expect(page.locator("body")).to_contain_text(mrn)
    page.go_back()
    page.reload()
    expect(page.locator("body")).to_contain_text(mrn)


@pytest.mark.parametrize("language", ["en", "ar"], ids=["left to right", "right to left"])
def test_what_waits_for_the_trader_reads_well_on_a_phone_at_night(
    opened: Callable[..., Page], importer: Organisation, live_server: LiveServer, language: str
) -> None:
    held = clearance.risky(importer, items=2)
    officer = accounts.actor(Role.OFFICER)
    case_claim(declaration_id=held, actor=officer)
    query_send(declaration_id=held, actor=officer, question="What kind of parts?", consequence="They stay here.")
    early = clearance.lodged(importer, type_code="IMD")
    page = opened(width=320, color_scheme="dark", extra_http_headers={"Accept-Language": language})
    looked_at(page, True)
    for declaration in (held, early):
        page.goto(live_server.url + reverse("portal:show", args=[declaration]))
        looked_at(page, True)
