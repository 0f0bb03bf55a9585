"""The notice, its public check and the check of a quote in a real browser: they fit, and axe finds nothing."""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.rules.facts import facts_of
from fees.selectors import assessment_for
from fees.services import quote_of_facts
from fees.services.signed_quotes import quote_sign
from fees.signing import notice_code
from singlewindow.accounts.permissions import Role
from tests.factories import accounts
from tests.factories.clearance import country_load, jobs_do, lodged, trader_rich
from tests.factories.declarations import import_json, item_json

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def rich_json() -> dict[str, Any]:
    """Three items with a foreign price, an adjustment, a preference not claimed, and a quota that is not there."""
    whole = import_json(3)
    coffee = item_json(1, commodity_code="0901210010", origin="KE", quota_order_number="099999")
    coffee |= {"price": {"amount": "3210.55", "currency": "USD"}}
    coffee["valuation_adjustments"] = [{"code": "AI", "amount": "120", "currency": "USD"}]
    bolts = item_json(2, commodity_code="7318158190", origin="CN")
    whole["items"] = [coffee, bolts, item_json(3)]
    for total in ("invoice_total", "total_gross_mass_kg", "total_packages"):
        whole.pop(total, None)
    return whole


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "en"), (320, "ar")])
def test_notice_and_checks_fit_their_width_and_axe_finds_nothing(
    live_server: Any, browser: Browser, client: Any, width: int, language: str
) -> None:
    country_load()
    trader = trader_rich()
    message = DeclarationMessage.model_validate(rich_json())
    actor = accounts.actor(Role.TRADER, of=trader)
    declaration_id = declaration_lodge(message=message, actor=actor, channel=Channel.JSON).id
    jobs_do(declaration_id)
    view = assessment_for(declaration_id)
    assert view is not None
    client.force_login(accounts.user(Role.TRADER, of=trader))
    cookie = client.cookies["csw-sid"]
    context = browser.new_context(
        viewport={"width": width, "height": 900}, extra_http_headers={"Accept-Language": language}
    )
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    code = notice_code(view.id)
    for name, path in (
        ("notice", f"/declarations/{declaration_id}/notice"),
        ("check", f"/check/{code}"),
        ("unknown", "/check/unknown"),
        ("quote", "/quotes/verify"),
    ):
        page.goto(f"{live_server.url}{path}")
        for details in page.locator("main details").all():
            details.locator("summary").first.click()
        folder = os.environ.get("SHOTS")
        if folder:
            page.screenshot(path=f"{folder}/{name}-{width}-{language}.png", full_page=True)
        assert not page.evaluate(SCROLLS), path
        assert not Axe().run(page).response["violations"], path
        assert page.evaluate("document.documentElement.lang") == language
    context.close()


def test_anyone_compares_a_notice_and_proves_a_quote_with_the_keyboard_alone(live_server: Any, page: Page) -> None:
    country_load()
    declaration_id = lodged(trader_rich())
    view = assessment_for(declaration_id)
    assert view is not None
    page.goto(f"{live_server.url}/check/{notice_code(view.id)}")
    page.get_by_label("Declaration number (MRN) on the notice").fill("26ZZ00010100000014")
    page.keyboard.press("Tab")
    page.keyboard.type("1.00")
    page.keyboard.press("Enter")
    expect(page.get_by_text("are not those of the notice")).to_be_visible()
    message = DeclarationMessage.model_validate(import_json(1))
    quote = quote_of_facts(facts_of(message))
    signed = quote_sign(quote, actor=accounts.actor())
    page.goto(f"{live_server.url}/quotes/verify")
    page.get_by_label("Quote", exact=False).first.fill(quote.canonical.decode())
    page.get_by_label("Signature").fill(signed.signature)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("This quote is genuine")).to_be_visible()
