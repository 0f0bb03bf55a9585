"""What the page of a case explains: the running sum, the way to green, matches and what is said of them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from clearance.models import Case
from clearance.tasks import rematch, rescore, rescreen
from risk.models import RiskAssessment
from risk.rules.policy import Scale
from risk.selectors.explanations import explanation_for
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Role
from singlewindow.jobs.models import Job
from singlewindow.screening.models import ListEntry, MatchDecision
from tests.factories import accounts
from tests.factories.clearance import country_load, lodged, risky, trader_rich
from tests.factories.governance import ANALYST, change_live, model_registered
from tests.factories.screening import forget, put_in_force, un_file

LISTED = {"id": "XX99", "name": "Bosco Ntaganda", "address": {"country": "CN"}}
BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _country(db: None) -> Iterator[None]:
    country_load()
    forget()
    yield
    forget()


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
    return client


def matched() -> tuple[UUID, str]:
    """A declaration held for a match, and the address at which that is decided."""
    put_in_force([un_file([(6908001, "BOSCO", "NTAGANDA")])])
    declaration_id = lodged(trader_rich(), exporter=LISTED)
    entry = ListEntry.objects.get()
    for place in range(4):
        address = reverse("clearance:match", args=[declaration_id, place, entry.id])
        if _page_has(declaration_id, address):
            return declaration_id, address
    raise AssertionError("no card of the match on the page")


def _page_has(declaration_id: UUID, address: str) -> bool:
    client = Client()
    client.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
    return address in client.get(reverse("clearance:case", args=[declaration_id])).content.decode()


def field(address: str, name: str) -> str:
    *_, place, entry = address.split("/")
    return f"{place}-{entry}-{name}"


def jobs_due(*tasks: Any) -> None:
    for task in tasks:
        task(list(Job.objects.filter(kind=task.name, state="todo").values_list("id", flat=True)))


def test_the_page_shows_how_the_score_is_summed_up_and_what_would_have_made_it_green(officer: Client) -> None:
    page = officer.get(reverse("clearance:case", args=[risky(trader_rich())])).content.decode()
    assert 'class="why__run' in page
    assert "Held whatever the score:" in page or "It would have been green without:" in page
    assert ".;" not in page.split('class="why__green"')[1].split("</p>")[0]


def test_a_dismissed_match_is_remembered_and_the_declaration_scored_again_without_it(officer: Client) -> None:
    declaration_id, address = matched()
    assert officer.post(address, {"verdict": "DISMISSED", field(address, "reason"): ""}).status_code == 422
    assert officer.post(address, {"verdict": "nonsense", field(address, "reason"): "x"}).status_code == 422
    assert not MatchDecision.objects.exists()
    done = officer.post(address, {"verdict": "DISMISSED", field(address, "reason"): "Born in another year"})
    assert done.status_code == 302
    assert done.headers["Location"].startswith(reverse("clearance:case", args=[declaration_id]))
    jobs_due(rematch, rescore)
    newest = RiskAssessment.objects.filter(declaration_id=declaration_id).order_by("-id")[0]
    assert newest.stage == "again"
    assert "RM-SCR-01" not in {reason["rule"] for reason in newest.reasons}
    assert Case.objects.get(pk=declaration_id).lane == "RED"
    page = officer.get(reverse("clearance:case", args=[declaration_id])).content.decode()
    assert "a later result never lowers it" in page


def test_a_confirmed_match_stands_in_the_result_and_is_looked_for_in_all_that_is_open(officer: Client) -> None:
    declaration_id, address = matched()
    officer.post(address, {"verdict": "CONFIRMED", field(address, "reason"): "The passport is the same"})
    jobs_due(rematch, rescreen, rescore)
    newest = RiskAssessment.objects.filter(declaration_id=declaration_id).order_by("-id")[0]
    (line,) = [reason for reason in newest.reasons if reason["rule"] == "RM-SCR-01"]
    assert line["figures"]["decision"] == "confirmed"
    page = officer.get(reverse("clearance:case", args=[declaration_id])).content.decode()
    assert "The passport is the same" in page
    again = officer.post(address, {"verdict": "DISMISSED", field(address, "reason"): "Not seen the first word"})
    assert again.status_code == 409


def test_a_match_is_decided_by_who_screens_and_only_where_it_is(client: Client) -> None:
    _, address = matched()
    told = {"verdict": "DISMISSED", field(address, "reason"): "x"}
    client.force_login(accounts.user(Role.TRADER), backend=BACKEND)
    assert client.post(address, told).status_code == 404
    client.force_login(accounts.user(Role.AUDITOR), backend=BACKEND)
    assert client.post(address, told).status_code == 404
    client.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
    *front, _place, entry = address.split("/")
    assert client.post("/".join([*front, "77", entry]), told).status_code == 404
    assert not MatchDecision.objects.exists()


def test_the_part_of_the_model_is_told_feature_by_feature_and_sums_to_its_points(officer: Client) -> None:
    plain = Scale().plain() | {"double": "12", "base": "0.001", "most": "60"}
    change_live(RuleChange(RuleChangeKind.MODEL, {"hash": model_registered(), "scale": plain}))
    declaration_id = risky(trader_rich())
    page = officer.get(reverse("clearance:case", args=[declaration_id])).content.decode()
    shares = page.split('class="why__more"')[1].split("</details>")[0]
    told = explanation_for(ANALYST, declaration_id).model
    assert told is not None
    assert all(f"{share.points}</bdi>" in shares for share in told.shares)
    assert f"<strong>{told.points}</strong>" in shares
    assert "probability that something is wrong" in page
