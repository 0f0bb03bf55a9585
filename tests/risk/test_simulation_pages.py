"""Pages of simulations: who sees them, what they show, and that they hold without script."""

import csv
import io
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from risk.models import Simulation
from singlewindow.accounts.permissions import Role
from tests.factories import accounts
from tests.factories.simulations import SINCE, UNTIL, done, jobs_do, past, started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
BANDS = {"blue": "20", "yellow": "30", "red": "40", "since": SINCE, "until": UNTIL, "seed": "7", "title": "Lower"}


def browser(role: Role) -> Client:
    client = Client()
    client.force_login(accounts.user(role), backend=BACKEND)
    return client


@pytest.fixture
def analyst() -> Iterator[Client]:
    return browser(Role.RISK_ANALYST)


def addresses(run: Simulation) -> list[str]:
    own = [run.pk]
    return [
        reverse("risk:simulations"),
        reverse("risk:simulation-new"),
        reverse("risk:simulation", args=own),
        reverse("risk:simulation-csv", args=own),
    ]


@pytest.mark.parametrize("role", [Role.RISK_ANALYST, Role.SUPERVISOR])
def test_analysts_and_supervisors_see_every_page(role: Role) -> None:
    past(60)
    run = done()
    client = browser(role)
    assert [client.get(address).status_code for address in addresses(run)] == [200] * 4


@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.AGENCY_OFFICER])
def test_for_everybody_else_no_page_of_simulations_exists(role: Role) -> None:
    past(60)
    run = done()
    client = browser(role)
    assert [client.get(address).status_code for address in addresses(run)] == [404] * 4
    for act in ("stop", "propose"):
        assert client.post(reverse(f"risk:simulation-{act}", args=[run.pk])).status_code == 404
    assert client.post(reverse("risk:simulation-new") + "?what=bands", BANDS).status_code == 404
    assert Simulation.objects.count() == 1


def test_a_simulation_is_asked_for_on_the_page_and_shown_while_it_runs_and_when_it_is_done(analyst: Client) -> None:
    past(60)
    answer = analyst.post(reverse("risk:simulation-new") + "?what=bands", BANDS)
    run = Simulation.objects.get()
    address = reverse("risk:simulation", args=[run.pk])
    assert (answer.status_code, answer["Location"]) == (302, address)
    waiting = analyst.get(address).content.decode()
    assert "hx-get" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    part = analyst.get(address + "?part=progress", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part
    assert "<html" not in part.content.decode()
    jobs_do()
    part = analyst.get(address + "?part=progress", headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    page = analyst.get(address).content.decode()
    run.refresh_from_db()
    assert run.result_sha256 in page
    assert run.base_hash in page
    assert run.candidate_hash in page
    for heading in ("Lanes", "What checks found", "Work and time", "Whom it meets"):
        assert heading in page
    assert "hx-get" not in page


def test_what_is_wrong_with_a_simulation_is_told_at_its_field_and_none_is_begun(analyst: Client) -> None:
    past(60)
    address = reverse("risk:simulation-new") + "?what=bands"
    same = BANDS | {"blue": "30", "yellow": "50", "red": "70"}
    for wrong, sentence in (
        (same, "This changes nothing"),
        (BANDS | {"since": "2020-01-01", "until": "2020-01-02"}, "Nothing was scored in this period"),
        (BANDS | {"since": UNTIL, "until": SINCE}, "The period ends before it begins"),
        (BANDS | {"blue": "90"}, "cannot be made"),
        (BANDS | {"seed": "-1"}, "Seed"),
    ):
        answer = analyst.post(address, wrong)
        assert answer.status_code == 422, wrong
        assert sentence in answer.content.decode()
    assert not Simulation.objects.exists()


@pytest.mark.parametrize("what", ["profile", "model", "bands", "selection"])
def test_every_kind_of_change_has_a_form_and_no_other_has(analyst: Client, what: str) -> None:
    page = analyst.get(reverse("risk:simulation-new") + f"?what={what}")
    assert page.status_code == 200
    assert analyst.get(reverse("risk:simulation-new") + "?what=tables").status_code == 404


def test_capacity_and_draws_are_tried_from_the_page(analyst: Client) -> None:
    past(60)
    given = {
        "capacity": "ZZ000101 = 1\n* = 2",
        "explore": "20",
        "uncertain": "50",
        "width": "25",
        "over": "YELLOW",
        "since": SINCE,
        "until": UNTIL,
        "seed": "7",
    }
    answer = analyst.post(reverse("risk:simulation-new") + "?what=selection", given)
    assert answer.status_code == 302, answer.content.decode()
    assert Simulation.objects.get().change["values"]["capacity"] == {"ZZ000101": 1, "*": 2}
    jobs_do()
    assert analyst.get(answer["Location"]).status_code == 200


def test_a_simulation_is_stopped_on_its_page_once(analyst: Client) -> None:
    past(60)
    run = started()
    stop = reverse("risk:simulation-stop", args=[run.pk])
    assert analyst.get(stop).status_code == 405
    assert analyst.post(stop).status_code == 302
    assert analyst.post(stop).status_code == 409
    run.refresh_from_db()
    assert run.state == "stopped"


def test_the_figures_are_told_as_csv_in_which_nothing_is_a_formula(analyst: Client) -> None:
    past(60)
    run = done(title="=cmd()")
    answer = analyst.get(reverse("risk:simulation-csv", args=[run.pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["section", "group", "figure", "live", "candidate"]
    assert ["run", "", "digest", run.result_sha256, ""] in rows
    assert {row[0] for row in rows[1:]} == {"run", "all", "moves", "origins", "sizes"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert run.result is not None
    lanes = {row[2]: row[3] for row in rows if row[2].startswith("lanes.")}
    assert {f"lanes.{lane}": str(count) for lane, count in run.result["live"]["lanes"].items()} == lanes


def test_the_pages_ask_the_database_a_fixed_number_of_times(analyst: Client) -> None:
    past(60)
    run = done()
    for address, most in zip(addresses(run), (6, 8, 6, 6), strict=True):
        analyst.get(address)
        with CaptureQueriesContext(connection) as queries:
            analyst.get(address)
        assert len(queries) <= most, (address, len(queries))
