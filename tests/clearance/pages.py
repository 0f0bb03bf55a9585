"""A desk to look at: a small country with cases, browsers of its people, and the addresses of its pages."""

import re
from uuid import UUID

from django.test import Client, TestCase
from django.urls import reverse

from clearance.selectors import case_view
from clearance.services import case_claim
from singlewindow.accounts.models import Organisation, User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from tests.factories import accounts, clearance

BACKEND = "django.contrib.auth.backends.ModelBackend"
ROW = re.compile(r"<tr>\s*<th scope=\"row\"><span class=\"cell\"><a class=\"ref\" href=\"([^\"]+)\" data-open>")


class Desk(TestCase):
    """A country with two cases for officers and one declaration that went by itself."""

    trader: Organisation
    officer: User
    supervisor: User
    first: UUID
    second: UUID
    easy: UUID

    @classmethod
    def setUpTestData(cls) -> None:
        """Load the country once and lodge three declarations in it."""
        clearance.country_load()
        cls.trader = clearance.trader_rich()
        cls.officer, cls.supervisor = accounts.user(Role.OFFICER), accounts.user(Role.SUPERVISOR)
        cls.first, cls.second = clearance.risky(cls.trader), clearance.risky(cls.trader, items=3)
        cls.easy = clearance.lodged(cls.trader)

    def signed_in(self, user: User) -> Client:
        """The browser of a person."""
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    def standing(self, client: Client, declaration_id: UUID) -> str:
        """The guard against stale pages, as the page carries it now."""
        page = client.get(case_url(declaration_id)).content.decode()
        found = re.search(r'name="standing" value="([0-9a-f]+)"', page)
        assert found, page
        return found[1]

    def claimed(self, declaration_id: UUID) -> Client:
        """The browser of the officer, who has claimed a case."""
        case_claim(declaration_id=declaration_id, actor=actor_of_user(self.officer))
        return self.signed_in(self.officer)


def case_url(declaration_id: UUID) -> str:
    """The decision page."""
    return reverse("clearance:case", args=[declaration_id])


def act_url(declaration_id: UUID, act: str, then: str = "") -> str:
    """Where an act is sent."""
    return reverse("clearance:act", args=[declaration_id, act]) + (f"?then={then}" if then else "")


def rows_of(page: str) -> list[str]:
    """The addresses of the cases in a list."""
    return ROW.findall(page)


def standing_of(declaration_id: UUID, user: User) -> str:
    """The mark of the case as it stands now, without the page."""
    return case_view(actor_of_user(user), declaration_id).standing
