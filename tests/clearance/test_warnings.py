"""The early warning: raised with the decision before arrival, told to the port, timed, escalated once, lifted."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from clearance.models import EarlyWarning
from clearance.selectors.warnings import warning_figures
from clearance.services import CheckResult, case_claim, check_conclude
from clearance.services.warnings import warning_acknowledge
from declarations.models import Declaration
from declarations.selectors import declaration_snapshot
from declarations.services.steps import declaration_expire
from risk.types import Outcome
from singlewindow.accounts.models import Organisation, OrganisationKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, NotPermitted
from tests.factories import accounts, clearance
from tests.factories.capture import gate
from tests.factories.changes import amend, with_item
from tests.factories.matching import TASKS, arrived, jobs_do

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def country(db: None) -> None:
    clearance.country_load()


@pytest.fixture
def trader(country: None) -> Organisation:
    return clearance.trader_rich()


@pytest.fixture
def officer() -> Actor:
    return accounts.actor(Role.OFFICER)


def terminal(office: str = "ZZ000101") -> Organisation:
    """A terminal with a clerk at an office."""
    port = accounts.organisation(kind=OrganisationKind.TERMINAL)
    accounts.user(Role.TERMINAL, of=port, office=office)
    return port


def on_the_way(trader: Organisation, **changes: Any) -> UUID:
    """Rifles from a country under embargo, lodged before they arrive."""
    return clearance.risky(trader, type_code="IMD", **changes)


def told(port: Organisation) -> list[PartyEvent]:
    return list(PartyEvent.objects.filter(organisation=port).order_by("pk"))


def test_WRN01_goods_on_their_way_that_meet_a_hard_profile_raise_one_warning_with_its_reasons(
    trader: Organisation,
) -> None:
    declaration_id = on_the_way(trader)
    warning = EarlyWarning.objects.get(declaration_id=declaration_id)
    assert warning.kind == "arrival"
    assert warning.reasons
    assert all(reason["rule"].startswith("RM-") for reason in warning.reasons)
    assert 0 <= warning.seconds < 60
    assert warning.due_at == warning.raised_at + timedelta(minutes=30), "by sea"
    assert Event.objects.filter(verb="warning.raised", subject_id=str(declaration_id)).count() == 1


def test_WRN01_goods_of_low_risk_and_goods_that_are_here_raise_none(trader: Organisation) -> None:
    clearance.lodged(trader, type_code="IMD")
    clearance.risky(trader)
    assert not EarlyWarning.objects.exists()


def test_WRN02_by_air_there_are_ten_minutes(trader: Organisation) -> None:
    on_the_way(trader, transport={"border_mode": "4", "border_id": "KQ123", "border_nationality": "KE"})
    warning = EarlyWarning.objects.get()
    assert warning.due_at - warning.raised_at == timedelta(minutes=10)


def test_WRN03_the_port_is_told_what_to_hold_and_nothing_of_why(trader: Organisation) -> None:
    port, airport, other = terminal(), terminal("ZZ000201"), terminal("")
    owner = gate()
    declaration_id = on_the_way(trader)
    assert told(airport) == told(other) == []
    assert PartyEvent.objects.filter(organisation=owner.organisation_id).count() == 1, "it has devices there"
    (event,) = told(port)
    warning = EarlyWarning.objects.get()
    assert event.type == "hold_instruction"
    assert event.subject_id == str(warning.pk)
    assert event.data == {
        "reference": str(warning.pk),
        "instruction": "do_not_release",
        "text": "Do not release these goods. Contact customs.",
        "office": "ZZ000101",
        "containers": ["CSQU3054383"],
        "transport_documents": ["MAEU123456789"],
    }
    mrn = Declaration.objects.get(pk=declaration_id).mrn
    for secret in (str(mrn), "RM-", "RED", "Amari Foods", "9303", "KP"):
        assert secret not in str(event.data)
    assert set(warning.told) == {port.pk, owner.organisation_id}


def test_WRN04_taking_note_is_timed_and_who_did_it_first_counts(trader: Organisation, officer: Actor) -> None:
    on_the_way(trader)
    warning = EarlyWarning.objects.get()
    with clock.frozen(warning.raised_at + timedelta(seconds=90)):
        warning_acknowledge(warning_id=warning.pk, actor=officer)
        warning_acknowledge(warning_id=warning.pk, actor=accounts.actor(Role.SUPERVISOR))
        figures = warning_figures(officer)
    assert EarlyWarning.objects.get().acknowledged_by == officer.label
    assert Event.objects.filter(verb="warning.acknowledged").count() == 1
    assert (figures.waiting, figures.median, figures.p90) == (0, timedelta(seconds=90), timedelta(seconds=90))


@pytest.mark.parametrize(("late", "escalated"), [(-1, False), (1, True)])
def test_WRN05_after_the_deadline_the_supervisors_are_told_once(
    trader: Organisation, late: int, escalated: bool
) -> None:
    chiefs = accounts.organisation(kind=OrganisationKind.CUSTOMS)
    accounts.user(Role.SUPERVISOR, of=chiefs)
    on_the_way(trader)
    due = EarlyWarning.objects.get().due_at
    with clock.frozen(due + timedelta(seconds=late)):
        jobs_do("clearance.warning_due")
        jobs_do("clearance.warning_due")
    assert bool(EarlyWarning.objects.get().escalated_at) is escalated
    assert [event.type for event in told(chiefs)] == (["warning.escalated"] if escalated else [])


def test_WRN05_a_warning_that_was_taken_note_of_is_not_escalated(trader: Organisation, officer: Actor) -> None:
    on_the_way(trader)
    warning = EarlyWarning.objects.get()
    warning_acknowledge(warning_id=warning.pk, actor=officer)
    with clock.frozen(warning.due_at + timedelta(hours=1)):
        jobs_do("clearance.warning_due")
    assert EarlyWarning.objects.get().escalated_at is None


def test_WRN06_release_lifts_the_instruction_and_the_port_is_told(trader: Organisation, officer: Actor) -> None:
    port = terminal()
    declaration_id = on_the_way(trader)
    arrived(declaration_id)
    assert [event.type for event in told(port)] == ["hold_instruction"]
    case_claim(declaration_id=declaration_id, actor=officer)
    check_conclude(declaration_id=declaration_id, actor=officer, result=CheckResult(outcome=Outcome.CONFORM))
    assert Declaration.objects.get(pk=declaration_id).released_at is not None
    assert [event.type for event in told(port)] == ["hold_instruction", "hold_instruction.lifted"]
    assert "customs has released them" in told(port)[1].data["text"]
    assert EarlyWarning.objects.get().lifted_why == "released"


def test_WRN06_a_declaration_that_ends_ends_its_instruction_and_says_that_nothing_is_released(
    trader: Organisation,
) -> None:
    port = terminal()
    declaration_id = on_the_way(trader)
    with clock.frozen(clock.now() + timedelta(days=31)):
        with unit_of_work() as work:
            declaration_expire(work, declaration_id, system_actor("declarations"))
        jobs_do("clearance.close")
    assert [event.data["text"] for event in told(port)][1:] == [
        "This instruction is over, but the goods are not released: their declaration has ended."
    ]


def test_an_amended_version_gets_a_warning_of_its_own_that_replaces_the_one_before(trader: Organisation) -> None:
    port = terminal()
    declaration_id = on_the_way(trader)
    first = EarlyWarning.objects.get()
    actor = accounts.actor(Role.TRADER, of=trader)
    amend(declaration_id, actor, with_item(declaration_snapshot(declaration_id).message, description="Parts of arms"))
    versions = list(EarlyWarning.objects.order_by("version").values_list("version", "lifted_why"))
    assert versions == [(1, "superseded"), (2, "")]
    assert told(port)[1].data["replaces"] == [str(first.pk)]


def test_only_the_targeting_desk_sees_and_takes_note(trader: Organisation) -> None:
    on_the_way(trader)
    warning = EarlyWarning.objects.get()
    for role in (Role.TRADER, Role.TERMINAL, Role.AUDITOR, Role.DEVICE):
        person = accounts.user(role)
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/targeting/warnings/").status_code == 404
        assert client.post(f"/targeting/warnings/{warning.pk}/acknowledge").status_code == 404
        with pytest.raises(NotPermitted):
            warning_acknowledge(warning_id=warning.pk, actor=accounts.actor(role))
        with pytest.raises(NotFound):
            warning_figures(accounts.actor(role))


def test_the_database_keeps_what_was_warned_of_and_each_step_once(trader: Organisation, officer: Actor) -> None:
    on_the_way(trader)
    warning_acknowledge(warning_id=EarlyWarning.objects.get().pk, actor=officer)
    for sql in (
        "UPDATE clearance_warning SET acknowledged_at = acknowledged_at + interval '1 hour'",
        "UPDATE clearance_warning SET reasons = '[]'",
        "DELETE FROM clearance_warning",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_every_task_of_these_tests_reacts_to_an_event() -> None:
    reacting = {task for tasks in settings.REACTIONS.values() for task in tasks}
    assert set(TASKS) <= reacting
