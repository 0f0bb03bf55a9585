"""The pages of screening: lists, a name tried, an entry, a decision; for those who may see risk, and nobody else."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.screening.models import ListEntry, ListVersion, MatchDecision
from singlewindow.screening.selectors import matches_of, screen_names
from singlewindow.screening.services import lists_load
from singlewindow.screening.types import ScreenQuery
from singlewindow.screening.views import match_address
from tests.factories import accounts
from tests.factories.screening import sdn_files

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_without_a_list_the_page_says_so(officer: Client) -> None:
    page = text(officer.get("/screening/"))
    assert "No list is in force" in page
    assert "No list yet" in page


def test_a_proposed_list_is_shown_with_who_loaded_it_and_the_way_to_decide_for_another(
    client: Client, first: Actor
) -> None:
    lists_load(files=sdn_files(), actor=first)
    client.force_login(User.objects.get(pk=first.id), backend=BACKEND)
    assert "A list waits for a second person" in text(client.get("/screening/"))
    assert "Read the proposal and decide" not in text(client.get("/screening/"))
    client.force_login(accounts.user(Role.RISK_ANALYST), backend=BACKEND)
    assert "Read the proposal and decide" in text(client.get("/screening/"))
    version = ListVersion.objects.get()
    page = text(client.get(f"/screening/lists/{version.pk}"))
    for word in ("OFAC Specially Designated Nationals", "sdn.csv", "alt.csv", "add.csv", version.content_sha256):
        assert word in page


@pytest.mark.usefixtures("in_force")
def test_a_name_is_tried_and_each_match_explained(officer: Client) -> None:
    page = text(officer.get("/screening/", {"name": "Иван Петров", "country": "ru", "birth": "1970"}))
    assert "1 possible match" in page
    for word in ("PETROV, Ivan Sergeevich", "PETROFF, Iwan", "ivan petrov", "petroff", "in Latin letters", "RU"):
        assert word in page
    assert "The year fits" in page
    page = text(officer.get("/screening/", {"name": "Mohamed al Khalidi"}))
    for word in ("khalidi", "mahmud", "not in the name"):
        assert word in page
    assert "Nobody alike" in text(officer.get("/screening/", {"name": "Highland Coffee Exporters"}))


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"name": "NS Leader", "kind": "vessel"}, "NS LEADER"),
        ({"name": "Ocean Pearl", "kind": "vessel", "identifier": "9339301"}, "The same number"),
        ({"name": "14 Harbour Embankment Novorossiysk", "kind": "address", "country": "RU"}, "Address, word by word"),
        ({"name": "", "kind": "party"}, "Write a name."),
        ({"name": "x", "kind": "nonsense"}, "Error:"),
    ],
    ids=["vessel", "IMO number", "address", "no name", "no such kind"],
)
def test_kinds_of_questions(officer: Client, asked: dict[str, str], word: str) -> None:
    assert word in text(officer.get("/screening/", asked))


@pytest.mark.usefixtures("in_force")
def test_an_entry_shows_all_that_the_list_says(officer: Client) -> None:
    entry = ListEntry.objects.get(uid="102")
    page = text(officer.get(f"/screening/entries/{entry.pk}"))
    for word in ("NOVATEK MORSKIE PEREVOZKI", "NSC", "14 Harbour Embankment", "Tax ID No 7701234567", "None yet."):
        assert word in page


@pytest.mark.usefixtures("in_force")
def test_an_officer_dismisses_a_match_and_the_page_shows_it(officer: Client) -> None:
    query = ScreenQuery("Ivan Petrov", country="ZZ")
    (match,) = screen_names([query])
    address = match_address(match)
    assert "Your decision" in text(officer.get(address))
    assert "Write the reason." in text(officer.post(address, {"verdict": "DISMISSED", "reason": ""}))
    assert not MatchDecision.objects.exists()
    done = officer.post(address, {"verdict": "DISMISSED", "reason": "Born in 1991."}, follow=True)
    assert "The decision is kept." in text(done)
    assert "Born in 1991." in text(done)
    assert matches_of([query]) == ()
    again = officer.post(address, {"verdict": "CONFIRMED", "reason": "Second thoughts."})
    assert (again.status_code, MatchDecision.objects.count()) == (409, 1)
    revises = str(MatchDecision.objects.get().pk)
    officer.post(address, {"verdict": "CONFIRMED", "reason": "Passport seen.", "revises": revises})
    assert matches_of([query])[0].confirmed


@pytest.mark.usefixtures("in_force")
def test_an_auditor_sees_a_match_and_decides_nothing(client: Client) -> None:
    client.force_login(accounts.user(Role.AUDITOR), backend=BACKEND)
    (match,) = screen_names([ScreenQuery("Ivan Petrov")])
    assert "Your decision" not in text(client.get(match_address(match)))
    answer = client.post(match_address(match), {"verdict": "CONFIRMED", "reason": "x"})
    assert (answer.status_code, MatchDecision.objects.count()) == (404, 0)


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize("role", [Role.TRADER, Role.BROKER, Role.AGENCY_OFFICER, Role.ADMINISTRATOR, Role.CARRIER])
def test_to_others_the_pages_do_not_exist(client: Client, role: Role) -> None:
    entry, version = ListEntry.objects.get(uid="101"), ListVersion.objects.get()
    pages = ["/screening/", f"/screening/lists/{version.pk}", f"/screening/entries/{entry.pk}"]
    pages.append(f"/screening/entries/{entry.pk}/match?{urlencode({'name': 'Ivan Petrov'})}")
    for page in pages:
        assert client.get(page).status_code == 302
    client.force_login(accounts.user(role), backend=BACKEND)
    for page in pages:
        assert client.get(page).status_code == 404


def test_what_is_not_there_is_404(officer: Client) -> None:
    for page in (f"/screening/lists/{uuid4()}", f"/screening/entries/{uuid4()}", f"/screening/entries/{uuid4()}/match"):
        assert officer.get(page).status_code == 404


@pytest.mark.usefixtures("in_force")
def test_the_pages_ask_a_fixed_number_of_questions(
    officer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    officer.get("/screening/", {"name": "Ivan Petrov"})
    entry = ListEntry.objects.get(uid="101")
    asks: list[tuple[Callable[[], Any], int]] = [
        (lambda: officer.get("/screening/", {"name": "Ivan Petrov"}), 12),
        (lambda: officer.get(f"/screening/entries/{entry.pk}"), 12),
    ]
    for ask, most in asks:
        with django_assert_max_num_queries(most):
            ask()


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize(("language", "word"), [("fr", "Filtrage des sanctions"), ("ar", "تطابق محتمل")])
def test_the_pages_speak_other_languages(officer: Client, language: str, word: str) -> None:
    page = officer.get("/screening/", {"name": "Ivan Petrov"}, headers={"accept-language": language})
    assert word in text(page)
