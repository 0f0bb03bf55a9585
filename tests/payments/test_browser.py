"""Pages of payments in a real browser: no sideways scroll, nothing axe finds; and a provider that is gone to."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.payments.models import BankStatement, Basket, SuspenseItem
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.payments.services.clearing import Plan, suspense_clear
from singlewindow.payments.services.payouts import bank_account_name
from singlewindow.payments.services.statements import statements_load
from tests.factories import accounts
from tests.factories.payments import (
    Entry,
    basket,
    demand,
    funded,
    jobs_do,
    provider_state,
    sent,
    statement,
    told,
    treasurer,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PICTURES = os.environ.get("PICTURES", "")


def sign_in(page: Page, person: User, url: str) -> None:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookies: list[Any] = [{"name": name, "value": one.value, "url": url} for name, one in client.cookies.items()]
    page.context.add_cookies(cookies)


def look(page: Page, url: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    answer = page.goto(url + path)
    assert answer is not None
    assert answer.status == 200, path
    if PICTURES:
        name = "-".join(part[:14] for part in path.partition("?")[0].strip("/").split("/"))
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
    assert not page.evaluate(SCROLLS), path
    broken = "[...document.images].filter(one => !one.complete || !one.naturalWidth).length"
    assert page.evaluate(broken) == 0, path
    assert not Axe().run(page).response["violations"], path


@pytest.mark.parametrize("width", [1280, 360, 320])
def test_pages_of_a_trader_fit_and_axe_finds_nothing(live_server: Any, page: Page, width: int) -> None:
    person = accounts.user(Role.TRADER, of=accounts.organisation(name="Amari Foods Ltd"))
    actor = accounts.actor(Role.TRADER, of=person.memberships.get().organisation)
    funded(person.memberships.get().organisation, 120)
    own = basket(actor, demand(actor, text="Import permit", authority="PHY"), demand(actor, 1_250, authority="VET"))
    demand(actor, 990, text="Interest on late payment of duty")
    held = basket(actor, demand(actor, 4_000))
    message = sent(actor, held)
    told(message, body=message.body().replace(b"40.00", b"39.00"))
    jobs_do()
    bank_account_name(iban="NL02ABNA0123456789", holder="Amari Foods Ltd", actor=actor)
    payment = held.provider_payments.get()
    sign_in(page, person, live_server.url)
    for path in (
        "/account",
        "/payments/",
        "/payments/new",
        f"/payments/{own.pk}",
        "/payments/bank-account",
        f"/payments/simulator/{payment.pk}",
        f"/payments/{held.pk}",
    ):
        look(page, live_server.url, path, width)


@pytest.mark.parametrize("width", [1280, 360, 320])
def test_pages_of_officers_fit_and_axe_finds_nothing(live_server: Any, page: Page, width: int) -> None:
    trader = accounts.actor(Role.TRADER, of=accounts.organisation(name="Highland Coffee Exporters"))
    own = basket(trader, demand(trader))
    entries = [
        Entry(reference=own.reference, name="Highland Coffee Exporters"),
        Entry("25.00", text="invoice 4711 of March, thanks", name="HIGHLAND COFFEE EXPORTER"),
        Entry("8000.00", text="?", name="Somebody Else Trading"),
        Entry("3.00", text="back", name="Aunt Mary"),
    ]
    statements_load(body=statement(*entries), actor=treasurer())
    officer = treasurer()
    plans = {2_500: None, 800_000: Plan("clear", organisation_id=trader.organisation_id), 300: Plan("return")}
    for item in SuspenseItem.objects.all():
        plan = plans[item.amount_minor]
        if plan is not None:
            suspense_clear(suspense_id=item.pk, plan=plan, reason="the payer called", actor=officer)
    sign_in(page, accounts.user(Role.SUPERVISOR), live_server.url)
    item = SuspenseItem.objects.get(amount_minor=2_500)
    for path in (
        "/payments/ledger",
        "/payments/ledger/accounts?kind=trader&code=&currency=EUR",
        "/payments/statements",
        f"/payments/statements/{BankStatement.objects.get().pk}",
        "/payments/suspense",
        f"/payments/suspense/{item.pk}",
        "/payments/payouts",
    ):
        look(page, live_server.url, path, width)


@pytest.mark.parametrize(("manners", "state"), [("Pay, and tell it twice", "paid"), ("Pay one unit less", "review")])
def test_a_payer_goes_to_the_simulated_provider_which_tells_over_http(
    live_server: Any, page: Page, settings: Any, manners: str, state: str
) -> None:
    settings.PAYMENT_SIMULATOR_URL = live_server.url
    person = accounts.user(Role.TRADER)
    actor = accounts.actor(Role.TRADER, of=person.memberships.get().organisation)
    own = basket(actor, demand(actor))
    sign_in(page, person, live_server.url)
    page.goto(f"{live_server.url}/payments/{own.pk}")
    page.get_by_role("button", name="Go to the provider").click()
    page.get_by_label(manners).check()
    page.get_by_role("button", name="Go", exact=True).click()
    page.wait_for_url(f"**/payments/{own.pk}")
    page.wait_for_timeout(3_000)  # the second message comes two seconds later
    jobs_do("payments.simulate")
    jobs_do("payments.apply")
    assert Basket.objects.get(pk=own.pk).state == state
    assert provider_state(own) == "captured"
    assert ledger_verify() == []
