"""Public pages, sign-in, languages and refusals, tried by a visitor, a stranger and the right reader."""

from http import HTTPStatus

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import VISITOR
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, Violation
from singlewindow.web import views
from singlewindow.web.middleware import RefusalPages
from singlewindow.web.navigation import WORK, links_for
from tests.factories import accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    """A browser that nobody has signed in with."""
    return Client()


@pytest.mark.parametrize("name", ["web:home", "web:sign-in"])
def test_anyone_reads_the_public_pages(visitor: Client, name: str) -> None:
    response = visitor.get(reverse(name))
    assert response.status_code == HTTPStatus.OK
    assert "nonce" not in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_the_page_names_the_country_of_its_profile(visitor: Client) -> None:
    assert "Republic of Kivana" in visitor.get("/").content.decode()


def test_signing_in_leads_to_the_first_page_of_ones_own_menu(visitor: Client) -> None:
    person = accounts.user(Role.TRADER)
    answer = visitor.post(reverse("web:sign-in"), {"username": person.username, "password": accounts.PASSWORD})
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == reverse("web:start")
    links = links_for(WORK, accounts.actor(Role.TRADER), "")
    assert visitor.get(reverse("web:start"))["Location"] == (links[0].href if links else "/")


def test_signing_in_goes_on_to_where_one_was_going_but_never_to_another_site(visitor: Client) -> None:
    person = accounts.user(Role.TRADER)
    secret = {"username": person.username, "password": accounts.PASSWORD}
    elsewhere = visitor.post(reverse("web:sign-in") + "?next=https://evil.example/", secret)
    assert elsewhere["Location"] == reverse("web:start")
    visitor.logout()
    assert visitor.post(reverse("web:sign-in") + "?next=/status", secret)["Location"] == "/status"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(visitor: Client) -> None:
    page = visitor.post(reverse("web:sign-in"), {"username": "nobody", "password": "x"}).content.decode()
    assert "The user name and the password do not match" in page
    assert 'role="alert"' in page
    assert "<title>Error: Sign in" in page


def test_guessing_is_slowed_with_a_page_that_says_for_how_long(visitor: Client) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = visitor.post(reverse("web:sign-in"), {"username": "guessed", "password": "x"})
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer["Retry-After"] == "900"
    assert "15 minutes" in answer.content.decode()


def test_signing_out_is_a_post_and_ends_the_session(client: Client) -> None:
    client.force_login(accounts.user(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("web:sign-out")).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert client.post(reverse("web:sign-out")).status_code == HTTPStatus.FOUND
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_the_language_is_switched_by_a_form_and_turns_the_page(visitor: Client, code: str, direction: str) -> None:
    visitor.post(reverse("web:language"), {"language": code, "next": "/"})
    assert f'<html lang="{code}" dir="{direction}">' in visitor.get("/").content.decode()


@pytest.mark.parametrize("code", ["fr", "ar"])
def test_the_menu_speaks_the_language_of_the_reader(visitor: Client, code: str) -> None:
    with translation.override(code):
        word = translation.gettext("Service status")
    assert word != "Service status"
    assert word in visitor.get("/", headers={"accept-language": code}).content.decode()


def test_the_menu_shows_only_what_the_reader_may_do() -> None:
    shown = {role: {link.name for link in links_for(WORK, accounts.actor(role), "/")} for role in Role}
    assert "clearance_desk" not in shown[Role.TRADER]
    assert "portal_new" not in shown[Role.OFFICER]
    assert links_for(WORK, VISITOR, "/") == []


def test_the_user_menu_names_person_and_organisation(client: Client) -> None:
    person = accounts.user(of=accounts.organisation(name="Amari <Foods>"))
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/").content.decode()
    assert "Amari &lt;Foods&gt;" in page
    assert "Sign out" in page


def test_the_style_guide_is_for_administrators(client: Client, administrator: User) -> None:
    assert client.get(reverse("web:styleguide")).status_code == HTTPStatus.NOT_FOUND
    client.force_login(accounts.user(Role.TRADER), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("web:styleguide")).status_code == HTTPStatus.NOT_FOUND
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("web:styleguide")).status_code == HTTPStatus.OK


def test_a_page_that_is_not_there_is_told_in_the_windows_own_look(visitor: Client) -> None:
    answer = visitor.get("/no/such/page")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert 'class="notice-page"' in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page_that_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("web:language"), {"language": "fr"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This form is out of date" in answer.content.decode()


def test_an_error_of_ours_draws_a_page_that_needs_nothing() -> None:
    from django.views.defaults import server_error

    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert b"Something went wrong on our side" in answer.content


def refused(error: Exception, *, role: Role | None) -> HttpResponse | None:
    """The page of a refusal for a person of the role, or for a visitor."""
    request: HttpRequest = RequestFactory().get("/desk")
    request.actor = accounts.actor(role) if role else VISITOR  # type: ignore[attr-defined]
    return RefusalPages(lambda _: HttpResponse()).process_exception(request, error)


def test_a_visitor_is_asked_to_sign_in_and_comes_back() -> None:
    answer = refused(NotPermitted(), role=None)
    assert answer is not None
    assert answer["Location"] == reverse("web:sign-in") + "?next=/desk"


@pytest.mark.parametrize(("error", "status"), [(NotPermitted(), 403), (Conflict(), 409)])
def test_a_stranger_is_told_why_with_the_right_status(error: Exception, status: int) -> None:
    answer = refused(error, role=Role.TRADER)
    assert answer is not None
    assert answer.status_code == status


def test_broken_rules_are_all_listed() -> None:
    answer = refused(RuleViolated(violations=[Violation("DL-001", "/items", "No goods.")]), role=Role.TRADER)
    assert answer is not None
    assert b"DL-001" in answer.content
    assert b"No goods." in answer.content


def test_other_errors_stay_errors() -> None:
    assert refused(ValueError("ours"), role=Role.TRADER) is None


def test_the_status_page_tells_what_statusz_tells(visitor: Client) -> None:
    slow = visitor.get("/statusz").json()["status"] == "degraded"
    page = visitor.get(reverse("web:status"))
    assert page.status_code == HTTPStatus.OK
    assert ("Slower than usual" in page.content.decode()) is slow


def test_the_status_page_answers_when_the_database_does_not() -> None:
    def unreachable(*_: object) -> None:
        raise DatabaseError

    with connection.execute_wrapper(unreachable):
        answer = views.status(RequestFactory().get("/status"))
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert b"Not working" in answer.content
