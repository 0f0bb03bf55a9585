"""Changing and cancelling on the pages: the form filled with what stands, differences, money, requests, versions."""

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.services import case_claim
from clearance.services.changes import change_decision
from declarations.models import ChangeRequest, Declaration
from declarations.selectors import declaration_snapshot
from declarations.selectors.changes import amendment_draft_of
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from tests.factories import accounts, portal
from tests.factories.changes import amend, invalidate, with_price
from tests.factories.clearance import country_load, lodged, risky, trader_rich

pytestmark = pytest.mark.django_db
SIGNED = {"reason": "The invoice named another price.", "reason_code": "32", "agreed": "on", "version": "1"}


@pytest.fixture
def trader(db):
    country_load()
    return trader_rich()


@pytest.fixture
def person(trader):
    return accounts.user(Role.TRADER, of=trader)


@pytest.fixture
def browser(person):
    return portal.browser(person)


@pytest.fixture
def officer():
    return accounts.user(Role.OFFICER)


def begun(browser: Client, number: UUID) -> UUID:
    """The draft of a change, opened from the declaration's page."""
    assert reverse("portal:change", args=[number]) in browser.get(f"/declarations/{number}/").content.decode()
    answer = browser.post(reverse("portal:change", args=[number]))
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer["Location"].split("/")[2])


def priced(browser: Client, draft: UUID, amount: str) -> None:
    """The price of the first item, changed in its form."""
    page = browser.get(reverse("portal:item", args=[draft, 1]))
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"price": amount, "act": "next"}
    answer = browser.post(reverse("portal:item", args=[draft, 1]), sent)
    assert answer.status_code == 302, answer.content.decode()


def test_a_change_goes_through_the_form_that_is_known_and_shows_every_field_with_its_money(browser, trader):
    number = lodged(trader, presented=False)
    draft = begun(browser, number)
    assert begun(browser, number) == draft
    tasks = browser.get(reverse("portal:tasks", args=[draft])).content.decode()
    assert "You are changing a lodged declaration" in tasks
    priced(browser, draft, "770")
    assert browser.get(reverse("portal:check", args=[draft]))["Location"] == reverse(
        "portal:change-check", args=[draft]
    )
    page = browser.get(reverse("portal:change-check", args=[draft])).content.decode()
    assert "/items/0/price/amount" in page
    assert "<del>" in page
    assert "770" in page
    assert "More to pay" in page
    unsigned = browser.post(reverse("portal:change-check", args=[draft]), SIGNED | {"agreed": "", "reason": ""})
    assert unsigned.status_code == 422
    assert "Say why you change it." in unsigned.content.decode()
    sent = browser.post(reverse("portal:change-check", args=[draft]), SIGNED)
    assert sent["Location"] == reverse("portal:change-shown", args=[number, 1])
    shown = browser.get(sent["Location"]).content.decode()
    assert "Granted" in shown
    changed = {line["pointer"] for line in ChangeRequest.objects.get(declaration_id=number).difference}
    assert changed == {"/items/0/price/amount", "/invoice_total/amount"}
    assert declaration_snapshot(number).version == 2
    assert not Declaration.objects.filter(pk=draft).exists()
    versions = browser.get(reverse("portal:versions", args=[number])).content.decode()
    assert "From version 1 to version 2" in versions
    assert (
        "nothing stood before it"
        in browser.get(reverse("portal:versions", args=[number]) + "?version=1").content.decode()
    )


def test_what_may_not_be_changed_is_said_before_it_is_sent(browser, trader):
    number = lodged(trader, presented=False)
    draft = begun(browser, number)
    page = browser.get(reverse("portal:change-check", args=[draft])).content.decode()
    assert "The amendment changes nothing." in page
    refused = browser.post(reverse("portal:change-check", args=[draft]), SIGNED)
    assert refused.status_code == 422
    assert not ChangeRequest.objects.exists()


def test_a_draft_of_an_older_version_is_stale(browser, trader, person):
    number = lodged(trader, presented=False)
    draft = begun(browser, number)
    priced(browser, draft, "770")
    amend(number, actor_of_user(person), with_price(declaration_snapshot(number).message, "400"))
    answer = browser.post(reverse("portal:change-check", args=[draft]), SIGNED)
    assert answer.status_code == 409
    assert begun(browser, number) != draft


def test_a_cancellation_says_what_happens_and_asks_why(browser, trader):
    number = lodged(trader, presented=False)
    address = reverse("portal:cancel", args=[number])
    assert "it is cancelled at once" in browser.get(address).content.decode()
    assert browser.post(address, {"version": "1", "reason": ""}).status_code == 422
    sent = browser.post(address, {"version": "1", "reason": "Lodged twice.", "reason_code": "1"})
    assert sent.status_code == 302
    assert declaration_snapshot(number).legal_state == "INVALIDATED"
    over = browser.get(address).content.decode()
    assert "It cannot be cancelled" in over
    assert "It cannot be changed" in browser.get(reverse("portal:change", args=[number])).content.decode()
    assert browser.post(address, {"version": "1", "reason": "Again."}).status_code == 409


def test_a_request_that_waits_is_shown_with_its_day_and_may_be_taken_back(browser, trader):
    number = risky(trader)
    browser.post(reverse("portal:cancel", args=[number]), {"version": "1", "reason": "Lodged twice."})
    address = reverse("portal:change-shown", args=[number, 1])
    page = browser.get(address).content.decode()
    assert "Waits for a decision" in page
    assert "Customs decides by" in page
    assert browser.post(reverse("portal:change-withdraw", args=[number, 1])).status_code == 302
    assert "Taken back" in browser.get(address).content.decode()


def test_strangers_find_nothing(trader):
    number = lodged(trader, presented=False)
    stranger = portal.browser(accounts.user(Role.TRADER))
    pages = [reverse(f"portal:{name}", args=[number]) for name in ("change", "cancel", "versions")]
    pages.append(reverse("portal:change-shown", args=[number, 1]))
    for page in pages:
        assert stranger.get(page).status_code == 404, page
        assert Client().get(page).status_code == 302, page
    assert stranger.post(reverse("portal:change-withdraw", args=[number, 1])).status_code == 404


# The desk ------------------------------------------------------------------------------------------


def test_an_officer_sees_the_requests_decides_one_and_the_parties_are_not_told_who(browser, trader, person, officer):
    desk = portal.browser(officer)
    number = lodged(trader)
    assert "Nothing waits for a decision" in desk.get(reverse("clearance:changes")).content.decode()
    amend(number, actor_of_user(person), with_price(declaration_snapshot(number).message, "770"))
    row = desk.get(reverse("clearance:changes")).content.decode()
    address = reverse("clearance:change", args=[number, 1])
    assert address in row
    page = desk.get(address).content.decode()
    assert "/items/0/price/amount" in page
    assert "CH-STG-04" in page
    assert desk.post(address, {"decision": "grant", "reason": ""}).status_code == 422
    assert desk.post(address, {"decision": "grant", "reason": "The invoice shows it."}).status_code == 302
    assert declaration_snapshot(number).version == 2
    assert desk.post(address, {"decision": "deny", "reason": "Too late."}).status_code == 409
    shown = browser.get(reverse("portal:change-shown", args=[number, 1])).content.decode()
    assert "The invoice shows it." in shown
    assert officer.get_full_name() not in shown
    assert "From version 1 to version 2" in desk.get(reverse("clearance:versions", args=[number])).content.decode()


def test_an_officer_corrects_what_was_disclosed_after_notice(trader, person, officer):
    desk, number = portal.browser(officer), risky(trader)
    amend(number, actor_of_user(person), with_price(declaration_snapshot(number).message, "30"))
    case_claim(declaration_id=number, actor=actor_of_user(officer))
    address = reverse("clearance:correct", args=[number]) + "?from=1"
    assert "/items/0/price/amount" in desk.get(address).content.decode()
    assert desk.post(address, {"version": "1", "reason": "As disclosed."}).status_code == 302
    assert declaration_snapshot(number).message.items[0].price.amount == 30


def test_an_officer_corrects_single_fields_by_their_pointers(trader, officer):
    desk, number = portal.browser(officer), risky(trader)
    case_claim(declaration_id=number, actor=actor_of_user(officer))
    address = reverse("clearance:correct", args=[number])
    sent = {"version": "1", "reason": "Weighed.", "pointer_0": "/items/0/net_mass_kg", "value_0": "4"}
    wrong = desk.post(address, sent | {"pointer_0": "/nothing/at/all/9"})
    assert wrong.status_code == 422
    assert desk.post(address, sent).status_code == 302
    assert declaration_snapshot(number).message.items[0].net_mass_kg == 4


def test_traders_find_no_page_of_the_desk(browser, trader):
    number = lodged(trader)
    names = [("changes", []), ("change", [number, 1]), ("versions", [number]), ("correct", [number])]
    for name, arguments in names:
        assert browser.get(reverse(f"clearance:{name}", args=arguments)).status_code == 404


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_pages_ask_a_fixed_number_of_queries(browser, trader, person, officer):
    desk = portal.browser(officer)
    few = lodged(trader)
    amend(few, actor_of_user(person), with_price(declaration_snapshot(few).message, "770"))
    counts = {
        "list": queries(desk, reverse("clearance:changes")),
        "decide": queries(desk, reverse("clearance:change", args=[few, 1])),
        "shown": queries(browser, reverse("portal:change-shown", args=[few, 1])),
        "versions": queries(browser, reverse("portal:versions", args=[few])),
    }
    for _ in range(3):
        more = lodged(trader)
        amend(more, actor_of_user(person), with_price(declaration_snapshot(more).message, "771"))
    change_decision(actor=actor_of_user(officer), declaration_id=few, number=1, grant=True, reason="Seen.")
    invalidate(risky(trader), actor_of_user(person))
    assert queries(desk, reverse("clearance:changes")) == counts["list"] <= 8
    assert counts["decide"] <= 12
    assert counts["shown"] <= 10
    assert queries(browser, reverse("portal:versions", args=[few])) <= counts["versions"] + 2 <= 12
    assert amendment_draft_of(actor_of_user(person), few) is None
