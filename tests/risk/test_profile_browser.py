"""Pages of profiles and approvals in a real Chromium: accessible, on small screens, in both directions of writing."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from risk.models import Profile, RuleDay
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.approvals.models import Proposal
from singlewindow.kernel import clock
from singlewindow.runtime.browser import chromium_path
from tests.factories import accounts, profiles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium as the machine has it; without its sandbox, because tests may run as root."""
    return {**browser_type_launch_args, "executable_path": chromium_path(), "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address in advance: each test has its server's."""
    return ""


@pytest.fixture
def analyst(db: None) -> User:
    """Someone who writes profiles."""
    return accounts.user(Role.RISK_ANALYST)


def signed_in(context: BrowserContext, person: User, live_server: LiveServer) -> BrowserContext:
    """The same browser, with the person's session."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


def addresses(analyst: User) -> dict[str, str]:
    """Every page, with something on it."""
    other = accounts.actor(Role.RISK_ANALYST)
    live = profiles.live(other, lane="RED", points="0", name="Arms hidden among machine parts", valid_days=12)
    for day in range(8):
        at = clock.today().fromordinal(clock.today().toordinal() - 7 * day)
        RuleDay.objects.create(rule=live.code, day=at, hits=40, inspections=12, findings=(day * 3) % 7)
    group = [profiles.criterion("pair_seen", "no"), profiles.criterion("trader_known_days", "less", "30")]
    draft = profiles.draft(actor_of_user(analyst), any=[group])
    waiting, proposal_id = profiles.proposed(other, name="Coffee declared as tea", points="15.5")
    _, own_id = profiles.proposed(actor_of_user(analyst), name="Phones without a licence")
    return {
        "profiles": reverse("risk:profiles"),
        "profiles-live": reverse("risk:profiles") + "?state=live",
        "profile-live": reverse("risk:profile", args=[live.id]),
        "profile-waiting": reverse("risk:profile", args=[waiting.id]),
        "profile-new": reverse("risk:profile-new"),
        "profile-edit": reverse("risk:profile-edit", args=[draft.id]),
        "approvals": reverse("approvals:list"),
        "approval": reverse("approvals:proposal", args=[proposal_id]),
        "approval-own": reverse("approvals:proposal", args=[own_id]),
    }


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ar", "dark", 320), ("fr", "light", 360)],
    ids=["left to right, light, wide", "right to left, dark, narrow", "french, narrow"],
)
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser,
    analyst: User,
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
    reader = signed_in(context, analyst, live_server).new_page()
    found = []
    for name, path in addresses(analyst).items():
        reader.goto(live_server.url + path)
        violations = Axe().run(reader).response["violations"]
        found += [(name, item["id"], item["nodes"][0]["html"]) for item in violations]
        if reader.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append((name, "wider than the screen", ""))
    context.close()
    assert found == []


def test_a_profile_is_written_and_agreed_to_without_script(
    browser: Browser, analyst: User, live_server: LiveServer
) -> None:
    context = browser.new_context(java_script_enabled=False)
    writer = signed_in(context, analyst, live_server).new_page()
    writer.goto(live_server.url + reverse("risk:profile-new"))
    writer.select_option("#id_c-0-field", "commodity")
    writer.select_option("#id_c-0-operator", "begins")
    writer.fill("#id_c-0-values", "61; 62")
    writer.get_by_role("button", name="Add a criterion").click()
    expect(writer.locator("fieldset.criterion")).to_have_count(4)
    expect(writer.locator("#id_c-0-values")).to_have_value("61; 62")
    writer.get_by_role("button", name="Remove: criterion 4").click()
    expect(writer.locator("fieldset.criterion")).to_have_count(3)
    for name, text in {"points": "20", "name": "Cheap clothes", "basis": "Act", "hit_rate": "20"}.items():
        writer.fill(f"#id_{name}", text)
    writer.get_by_role("button", name="Save as a draft").click()
    expect(writer.locator("h1")).to_have_text("Cheap clothes")
    profiles.simulate(Profile.objects.get())
    writer.reload()
    writer.get_by_role("button", name="Propose that it goes live").click()
    expect(writer.get_by_text("You wrote this, or had a part in it.")).to_be_visible()
    context.close()

    other = browser.new_context(java_script_enabled=False)
    second = signed_in(other, accounts.user(Role.SUPERVISOR), live_server).new_page()
    second.goto(live_server.url + reverse("approvals:list"))
    second.get_by_role("link", name="Cheap clothes").click()
    second.fill("#id_reason", "The figures hold.")
    second.get_by_role("button", name="Agree, put in force").click()
    expect(second.get_by_text("You agreed; it took effect.")).to_be_visible()
    other.close()
    assert Profile.objects.get().state == "live"
    assert Proposal.objects.get().state == "granted"


def test_with_script_the_sentence_and_the_questions_follow_what_is_typed(
    browser: Browser, analyst: User, live_server: LiveServer
) -> None:
    context = browser.new_context()
    writer = signed_in(context, analyst, live_server).new_page()
    writer.goto(live_server.url + reverse("risk:profile-new"))
    writer.select_option("#id_c-0-field", "total_value")
    expect(writer.locator("#id_c-0-operator option", has_text="begins with")).to_have_count(0)
    writer.select_option("#id_c-0-operator", "more")
    writer.fill("#id_c-0-values", "90000")
    writer.fill("#id_points", "10")
    writer.locator("#id_name").focus()
    expect(writer.locator("#profile-sentence")).to_contain_text("is over 90000")
    writer.get_by_role("button", name="Add a criterion").click()
    expect(writer.locator("fieldset.criterion")).to_have_count(4)
    expect(writer.locator("#id_c-0-values")).to_have_value("90000")
    context.close()
