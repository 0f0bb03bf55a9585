"""The pages of filers and of the targeting desk."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from singlewindow.accounts.models import Organisation, User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.ens.messages import read_xml
from singlewindow.ens.models import EntryQuestion, EntrySummary
from singlewindow.ens.services import entry_assess, entry_take
from singlewindow.kernel import clock
from singlewindow.messaging.families import recognise
from tests.factories import accounts
from tests.factories.ens import entry_xml

pytestmark = pytest.mark.django_db
ARRIVAL = "209904011200"
WEAPONS = {"items__0__commodity": {"code": "930190"}}
VAGUE = {"items__0__description": "Parts"}


@pytest.fixture
def broker() -> User:
    return accounts.user(Role.BROKER, of=accounts.organisation(identifier="ZZBRK0001"))


@pytest.fixture
def officer() -> User:
    return accounts.user(Role.OFFICER)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def lodged(person: User, **changes: Any) -> EntrySummary:
    message = read_xml(recognise(entry_xml(first_entry__expected_at=ARRIVAL, **changes)).root)
    with unit_of_work() as work:
        made = entry_take(work, message=message, actor=actor_of_user(person), channel="xml")
    with unit_of_work() as work:
        entry_assess(work, made.id, version=1, actor=system_actor("ens"))
    return EntrySummary.objects.get(pk=made.id)


def test_the_filer_sees_the_list_with_states_the_newest_first(broker: User) -> None:
    first, second = lodged(broker, header__lrn="A"), lodged(broker, header__lrn="B", **VAGUE)
    page = signed_in(broker).get("/entry-summaries/").content.decode()
    assert page.index(second.mrn) < page.index(first.mrn)
    assert "Information requested" in page
    assert "Assessment complete" in page
    narrowed = signed_in(broker).get("/entry-summaries/?state=information_requested").content.decode()
    assert first.mrn not in narrowed


def test_the_filer_reads_what_is_asked_and_answers_without_script(broker: User) -> None:
    entry = lodged(broker, **VAGUE)
    client, address = signed_in(broker), f"/entry-summaries/{entry.id}"
    page = client.get(address).content.decode()
    assert "Say in words of trade what the goods are." in page
    question = EntryQuestion.objects.get()
    assert client.post(address, {"question": question.id, "answer": ""}).status_code == 422
    assert client.post(address, {"question": question.id, "answer": "Lamps"}).status_code == 302
    assert EntrySummary.objects.get().state == "answered"
    assert "Lamps" in client.get(address).content.decode()


def test_what_is_proposed_is_shown_to_the_desk_and_not_to_the_filer(broker: User, officer: User) -> None:
    entry = lodged(broker, **WEAPONS)
    own = signed_in(broker).get(f"/entry-summaries/{entry.id}").content.decode()
    assert "Being assessed" in own
    assert "EN-RISK" not in own
    assert "proposed" not in own
    desk = signed_in(officer).get(f"/targeting/{entry.id}").content.decode()
    assert "The goods are on the alert list." in desk
    assert "EN-AL-001" in desk


def test_an_officer_takes_note_and_forbids_and_the_filer_reads_why(broker: User, officer: User) -> None:
    entry = lodged(broker, **WEAPONS)
    client = signed_in(officer)
    assert client.post(f"/targeting/{entry.id}/acknowledge").status_code == 302
    assert client.post(f"/targeting/{entry.id}", {"action": "forbid"}).status_code == 422
    decided = client.post(f"/targeting/{entry.id}", {"action": "forbid", "reason": "No licence"})
    assert decided.status_code == 302
    own = signed_in(broker).get(f"/entry-summaries/{entry.id}").content.decode()
    assert "Do not load" in own
    assert "No licence" in own


def test_an_officer_asks_and_the_question_is_in_the_thread(broker: User, officer: User) -> None:
    entry = lodged(broker)
    form = {"action": "ask", "code": "RFI-OTH", "reason": "Which licence?"}
    assert signed_in(officer).post(f"/targeting/{entry.id}", form).status_code == 302
    assert "Which licence?" in signed_in(broker).get(f"/entry-summaries/{entry.id}").content.decode()


def test_the_desk_lists_the_nearest_deadline_first(broker: User, officer: User) -> None:
    asked = lodged(broker, header__lrn="A", **VAGUE)
    warned = lodged(broker, header__lrn="B", **WEAPONS)
    done = lodged(broker, header__lrn="C")
    page = signed_in(officer).get("/targeting/").content.decode()
    assert page.index(warned.mrn) < page.index(asked.mrn)
    assert done.mrn not in page
    only = signed_in(officer).get("/targeting/?state=proposed").content.decode()
    assert asked.mrn not in only


def test_pages_of_the_desk_follow_each_other_without_a_row_twice_or_missing(broker: User, officer: User) -> None:
    with clock.frozen(clock.now() - timedelta(hours=1)):
        everything = {lodged(broker, header__lrn=f"E{number}", **VAGUE).mrn for number in range(60)}
    client, seen, address = signed_in(officer), [], "/targeting/"
    while address:
        page = client.get(address).context["page"]
        seen += [row.mrn for row in page.rows]
        address = f"/targeting/?cursor={page.next_cursor}" if page.next_cursor else ""
    assert len(seen) == len(set(seen)) == 60
    assert set(seen) == everything


@pytest.mark.parametrize("address", ["/targeting/", "/entry-summaries/"])
@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIl0", "%00"])
def test_a_cursor_that_was_not_made_here_is_refused_and_never_a_500(
    officer: User, broker: User, address: str, cursor: str
) -> None:
    person = officer if "targeting" in address else broker
    assert signed_in(person).get(f"{address}?cursor={cursor}").status_code == 400


@pytest.mark.parametrize(
    "path", ["/entry-summaries/", "/targeting/", "/targeting/01a205a4-059e-70a9-8274-4b99d93acf27"]
)
def test_a_visitor_is_asked_to_sign_in(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert "/sign-in" in response["Location"]


def test_a_filer_finds_no_desk_and_a_stranger_no_declaration(broker: User) -> None:
    entry = lodged(broker, **WEAPONS)
    assert signed_in(broker).get("/targeting/").status_code == 404
    assert signed_in(broker).post(f"/targeting/{entry.id}", {"action": "clear", "reason": "x"}).status_code == 404
    stranger = signed_in(accounts.user(Role.TRADER))
    assert stranger.get(f"/entry-summaries/{entry.id}").status_code == 404
    assert stranger.post(f"/entry-summaries/{entry.id}", {"question": entry.id, "answer": "x"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize(("address", "queries"), [("/targeting/", 4), ("/entry-summaries/", 4)])
def test_a_list_asks_the_same_few_questions_for_any_number_of_rows(
    broker: User, officer: User, rows: int, address: str, queries: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        lodged(broker, header__lrn=f"E{number}", **VAGUE)
    client = signed_in(officer if "targeting" in address else broker)
    client.get(address)
    with django_assert_num_queries(queries):  # session, user, membership, rows
        client.get(address)


@pytest.mark.parametrize("houses", [1, 8])
def test_a_page_of_the_desk_asks_the_same_few_questions_for_any_number_of_filings(
    broker: User, officer: User, houses: int, django_assert_num_queries: Any
) -> None:
    carrier: Organisation = accounts.organisation(identifier="ZZCAR0001")
    master = lodged(accounts.user(Role.CARRIER, of=carrier), lodger={"id": "ZZCAR0001"})
    for number in range(houses):
        lodged(broker, header__lrn=f"H{number}", carrier={"id": "ZZCAR0001"})
    client = signed_in(officer)
    client.get(f"/targeting/{master.id}")
    with django_assert_num_queries(8):  # session, user, membership, declaration, findings, questions, versions, filings
        page = client.get(f"/targeting/{master.id}").content.decode()
    assert ("in the house filings" in page) is (houses > 1)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_are_accessible_narrow_and_wide_in_both_directions(
    live_server: LiveServer, page: Page, width: int, language: str, request: pytest.FixtureRequest
) -> None:
    broker = accounts.user(Role.BROKER, of=accounts.organisation(identifier="ZZBRK0001"))
    officer = accounts.user(Role.OFFICER)
    asked = lodged(broker, header__lrn="A", **VAGUE)
    warned = lodged(broker, header__lrn="B", **WEAPONS)
    page.set_viewport_size({"width": width, "height": 900})
    for person, addresses in (
        (broker, ["/entry-summaries/", f"/entry-summaries/{asked.id}"]),
        (officer, ["/targeting/", f"/targeting/{warned.id}"]),
    ):
        session = signed_in(person).cookies["csw-sid"].value
        cookies = [{"name": "csw-sid", "value": session}, {"name": "csw-language", "value": language}]
        page.context.add_cookies([{**cookie, "url": live_server.url} for cookie in cookies])  # type: ignore[list-item]
        for address in addresses:
            assert page.goto(live_server.url + address)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width
