"""Pages of changes in a real Chromium: without script, on a small screen, in three languages, readable by everyone."""

from typing import Literal
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from declarations.selectors import declaration_snapshot
from declarations.selectors.changes import amendment_draft_of
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from tests.factories import accounts
from tests.factories.changes import amend, invalidate, with_price
from tests.factories.clearance import country_load, lodged, risky, trader_rich

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SERIOUS = {"serious", "critical"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Country:
    """A trader with declarations in every stage, and an officer."""

    def __init__(self, url: str) -> None:
        country_load()
        self.url = url
        trader = trader_rich()
        self.person, self.officer = accounts.user(Role.TRADER, of=trader), accounts.user(Role.OFFICER)
        self.early = lodged(trader, presented=False, items=3)
        self.released = lodged(trader, items=2)
        actor = actor_of_user(self.person)
        amend(self.released, actor, with_price(declaration_snapshot(self.released).message, "770"))
        self.checked = risky(trader)
        amend(self.checked, actor, with_price(declaration_snapshot(self.checked).message, "30"))
        invalidate(self.checked, actor)
        self.amended = lodged(trader, presented=False)
        amend(self.amended, actor, with_price(declaration_snapshot(self.amended).message, "410"))

    def draft(self) -> UUID:
        """The draft of a change with another price in it."""
        client = Client()
        client.force_login(self.person, backend=BACKEND)
        client.post(reverse("portal:change", args=[self.early]))
        found = amendment_draft_of(actor_of_user(self.person), self.early)
        assert found is not None
        page = client.get(reverse("portal:item", args=[found.id, 1]))
        form = page.context["form"]
        sent = {name: form[name].value() or "" for name in form.fields} | {"price": "1770", "act": "next"}
        assert client.post(reverse("portal:item", args=[found.id, 1]), sent).status_code == 302
        return found.id

    def pages(self) -> list[tuple[User, str, str]]:
        """Who, the name of the page, its address."""
        trader, officer = self.person, self.officer
        return [
            (trader, "show", reverse("portal:show", args=[self.amended])),
            (trader, "change", reverse("portal:change", args=[self.early])),
            (trader, "change-check", reverse("portal:change-check", args=[self.draft()])),
            (trader, "change-shown", reverse("portal:change-shown", args=[self.released, 1])),
            (trader, "cancel", reverse("portal:cancel", args=[self.early])),
            (trader, "versions", reverse("portal:versions", args=[self.amended])),
            (officer, "desk-changes", reverse("clearance:changes")),
            (officer, "desk-change", reverse("clearance:change", args=[self.released, 1])),
            (officer, "desk-disclosed", reverse("clearance:change", args=[self.checked, 1])),
            (officer, "desk-versions", reverse("clearance:versions", args=[self.amended])),
            (officer, "desk-correct", reverse("clearance:correct", args=[self.checked]) + "?from=1"),
            (officer, "desk-correct-fields", reverse("clearance:correct", args=[self.checked])),
        ]


@pytest.fixture
def country(live_server: LiveServer) -> Country:
    return Country(live_server.url)


def signed_in(context: BrowserContext, person: User, url: str) -> Page:
    """A page in the person's session."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    cookies = [{"name": name, "value": morsel.value, "url": url} for name, morsel in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context.new_page()


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", "en"), (360, "dark", "ar"), (320, "light", "fr")]
)
def test_every_page_is_readable_by_everyone_and_fits(
    browser: Browser, country: Country, width: int, scheme: Literal["light", "dark"], language: str
) -> None:
    for person, name, address in country.pages():
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": country.url}])
        page = signed_in(context, person, country.url)
        answer = page.goto(country.url + address)
        assert answer is not None
        assert answer.status == 200, name
        found = Axe().run(page).response["violations"]
        bad = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS]
        assert not bad, (name, bad)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, wide)
        context.close()


def test_a_change_is_made_without_script_on_a_small_screen(browser: Browser, country: Country) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = signed_in(context, country.person, country.url)
    page.goto(country.url + reverse("portal:show", args=[country.early]))
    page.get_by_role("link", name="Change this declaration").click()
    page.get_by_role("button", name="Begin the change").click()
    draft = amendment_draft_of(actor_of_user(country.person), country.early)
    assert draft is not None
    page.goto(country.url + reverse("portal:item", args=[draft.id, 1]))
    page.locator("#id_price").fill("500")
    page.get_by_role("button", name="Save this item").click()
    page.goto(country.url + reverse("portal:change-check", args=[draft.id]))
    expect(page.locator("ins").last).to_contain_text("500")
    page.locator("#id_reason").fill("The invoice named another price.")
    page.locator("#id_agreed").check()
    page.get_by_role("button", name="Send the change").click()
    expect(page.locator("h1")).to_contain_text("Change of the declaration")
    expect(page.locator("main")).to_contain_text("Granted")
    assert declaration_snapshot(country.early).version == 2


def test_an_officer_decides_by_keyboard(page: Page, country: Country) -> None:
    keys = signed_in(page.context, country.officer, country.url)
    keys.goto(country.url + reverse("clearance:changes"))
    keys.keyboard.press("j")
    keys.keyboard.press("Enter")
    expect(keys.locator("h1")).to_be_visible()
    keys.locator("#id_reason").focus()
    keys.keyboard.type("The invoice shows it.")
    keys.locator("#id_reason").blur()
    keys.keyboard.press("d")
    expect(keys.locator(".flash")).to_contain_text("The request was denied.")
