"""The pages of quotas in a real browser: they fit their width, in both directions of writing, and axe finds nothing."""

import os
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from singlewindow.accounts.permissions import Role
from tests.factories import accounts, quotas
from tests.factories.quotas import FRIDAY, claimed, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "fr"), (320, "ar")])
def test_pages_of_quotas_fit_their_width_and_axe_finds_nothing(
    live_server: Any, browser: Browser, client: Any, width: int, language: str
) -> None:
    quota = quotas.quota("090003", title="Cane or beet sugar", volume=800_000, law="Tariff Quotas Order 2026, line 3")
    quotas.quota("090001", title="Beef, fresh, chilled or frozen", volume=250_000)
    for days, kilograms in enumerate(("120000", "95000.5", "300000", "900000")):
        at = FRIDAY + timedelta(days=days)
        claimed(kilograms, number="090003", at=at)
        settle(quota, at.date())
    client.force_login(accounts.user(Role.SUPERVISOR))
    cookie = client.cookies["csw-sid"]
    context = browser.new_context(
        viewport={"width": width, "height": 900}, extra_http_headers={"Accept-Language": language}
    )
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    for name, path in (
        ("list", "/quotas/?on=2026-06-10"),
        ("quota", "/quotas/090003?on=2026-06-10"),
        ("manage", "/quotas/090003/manage?on=2026-06-10"),
    ):
        page.goto(f"{live_server.url}{path}")
        folder = os.environ.get("SHOTS")
        if folder:
            page.screenshot(path=f"{folder}/quotas-{name}-{width}-{language}.png", full_page=True)
        assert not page.evaluate(SCROLLS), path
        assert not Axe().run(page).response["violations"], path
        assert page.evaluate("document.documentElement.lang") == language
