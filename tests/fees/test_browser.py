"""The public pages and the account in a real browser: no sideways scroll, no script needed, nothing axe finds."""

from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from fees.services import account_credit, tariff_load
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from tests.factories import accounts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUOTE = "/calculator?code=8516710000&origin=CN&value=385&currency=EUR&freight=420&insurance=35"
ESTIMATE = "/fees/estimate?direction=import&office=ZZ000101&code=090121&value=12000&currency=EUR&containers=2"
PAGES = ["/fees", "/fees?q=unicorn", "/calculator", QUOTE, "/calculator?code=coffee&origin=KE&value=10&currency=EUR"]
PAGES += ["/fees/charges/CUS-IMP", "/fees/changes?from=2025-12-31", "/fees/estimate", ESTIMATE, "/fees/drafts"]
PAGES += ["/tariff", "/tariff?q=cofee", "/tariff?q=qzxqzx", "/tariff/0901", "/tariff/0901110010?country=KE"]
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1280, 320])
def test_public_pages_fit_their_width_and_axe_finds_nothing(live_server: Any, page: Page, width: int) -> None:
    tariff_load()
    page.set_viewport_size({"width": width, "height": 900})
    for path in PAGES:
        page.goto(f"{live_server.url}{path}")
        for details in page.locator("main details").all():
            details.locator("summary").first.click()
        assert not page.evaluate(SCROLLS), path
        assert not Axe().run(page).response["violations"], path


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_money_fit_their_width_and_axe_finds_nothing(
    live_server: Any, page: Page, client: Any, width: int
) -> None:
    tariff_load()
    holder = accounts.organisation()
    for number in range(3):
        account_credit(
            organisation_id=holder.pk,
            amount=Decimal("1250.50"),
            currency="EUR",
            reference=f"BANK-{number}",
            actor=system_actor("tests"),
        )
    page.set_viewport_size({"width": width, "height": 900})
    for role, path in ((Role.TRADER, "/account"), (Role.SUPERVISOR, "/account/credit")):
        client.force_login(accounts.user(role, of=holder if role is Role.TRADER else None))
        cookie = client.cookies["csw-sid"]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None
        assert answer.status == 200
        assert not page.evaluate(SCROLLS), path
        assert not Axe().run(page).response["violations"], path
