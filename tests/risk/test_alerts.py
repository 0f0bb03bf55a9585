"""The alert list: one person proposes, another agrees, to an entry and to its end alike."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from risk.models import AlertEntry
from risk.selectors.alerts import AlertStands, alert_counts, alert_for, alerts_for
from risk.services import alert_end_propose, alert_propose
from risk.types import AlertKind
from singlewindow.accounts.permissions import Role
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide, proposal_withdraw
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated
from tests.factories import accounts
from tests.factories.governance import ANALYST, OTHER_ANALYST, agree

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def proposed(value: str = "X1", *, kind: AlertKind = AlertKind.PARTY, days: int = 30, **more: Any) -> UUID:
    told: dict[str, Any] = {"reason": "Seen twice", "basis": "Act s. 61", "owner": "Desk"} | more
    return alert_propose(actor=ANALYST, kind=kind, value=value, valid_to=clock.today() + timedelta(days=days), **told)


def live(value: str = "X1", **more: Any) -> UUID:
    proposal_id = proposed(value, **more)
    agree(proposal_id)
    return UUID(Proposal.objects.get(pk=proposal_id).subject_id)


def rules_and_fields(act: Any) -> set[tuple[str, str]]:
    with pytest.raises(RuleViolated) as caught:
        act()
    return {(one.rule, one.pointer) for one in caught.value.violations}


@pytest.mark.parametrize(("days", "fits"), [(0, False), (1, True), (180, True), (181, False)])
def test_RM_ALE_06_an_entry_ends_from_tomorrow_to_180_days_off(days: int, fits: bool) -> None:
    if fits:
        proposed(days=days)
    else:
        assert rules_and_fields(lambda: proposed(days=days)) == {("RM-ALE-06", "/valid_to")}
    assert AlertEntry.objects.count() == fits


@pytest.mark.parametrize(
    ("kind", "value", "origin", "field"),
    [
        (AlertKind.PARTY, " ", "", "/value"),
        (AlertKind.PARTY, "x" * 71, "", "/value"),
        (AlertKind.GOODS, "8", "", "/value"),
        (AlertKind.GOODS, "84713", "cn", "/origin"),
        (AlertKind.CONTAINER, "CSQU3054384", "", "/value"),
        (AlertKind.PARTY, "X1", "CN", "/origin"),
    ],
)
def test_RM_ALE_05_a_value_has_the_form_of_its_kind(kind: AlertKind, value: str, origin: str, field: str) -> None:
    assert rules_and_fields(lambda: proposed(value, kind=kind, origin=origin)) == {("RM-ALE-05", field)}
    assert not AlertEntry.objects.exists()


def test_RM_ALE_05_all_that_is_wrong_is_told_at_once() -> None:
    found = rules_and_fields(lambda: proposed(" ", days=0, reason="", basis="x" * 201, owner=" "))
    assert {field for _, field in found} == {"/value", "/reason", "/basis", "/owner", "/valid_to"}


def test_the_same_stands_on_the_list_once() -> None:
    proposed("x 1")
    with pytest.raises(Conflict):
        proposed("X1")


def test_what_is_over_by_its_last_day_makes_room_for_the_same() -> None:
    first = live(days=1)
    with clock.frozen(clock.now() + timedelta(days=1)), pytest.raises(Conflict):
        proposed()
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert alert_for(ANALYST, first).stands is AlertStands.EXPIRED
        proposed()
        assert alert_for(ANALYST, first).stands is AlertStands.ENDED


def test_RM_ALE_07_a_live_entry_leaves_the_list_when_a_second_person_agrees() -> None:
    entry_id = live()
    proposal_id = alert_end_propose(actor=ANALYST, alert_id=entry_id, reason="The owner is proven")
    assert alert_for(ANALYST, entry_id).stands is AlertStands.LIVE
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=proposal_id, actor=ANALYST, grant=True, reason="mine")
    proposal_decide(proposal_id=proposal_id, actor=OTHER_ANALYST, grant=False, reason="Not yet")
    assert alert_for(ANALYST, entry_id).stands is AlertStands.LIVE
    agree(alert_end_propose(actor=ANALYST, alert_id=entry_id, reason="The owner is proven"))
    assert alert_for(ANALYST, entry_id).stands is AlertStands.ENDED
    with pytest.raises(NotFound):
        alert_end_propose(actor=ANALYST, alert_id=entry_id, reason="again")


def test_RM_ALE_07_what_only_waits_is_taken_back_by_who_proposed_it() -> None:
    proposal_id = proposed()
    entry_id = UUID(Proposal.objects.get(pk=proposal_id).subject_id)
    with pytest.raises(NotFound):
        alert_end_propose(actor=ANALYST, alert_id=entry_id, reason="a live one only")
    with pytest.raises(NotFound):
        proposal_withdraw(proposal_id=proposal_id, actor=OTHER_ANALYST)
    proposal_withdraw(proposal_id=proposal_id, actor=ANALYST, reason="A mistake")
    assert alert_for(ANALYST, entry_id).stands is AlertStands.ENDED


def test_RM_ALE_07_an_end_needs_a_reason_and_an_analyst() -> None:
    entry_id = live()
    assert rules_and_fields(lambda: alert_end_propose(actor=ANALYST, alert_id=entry_id, reason=" ")) == {
        ("RM-ALE-05", "/reason")
    }
    with pytest.raises(NotPermitted):
        alert_end_propose(actor=accounts.actor(Role.OFFICER), alert_id=entry_id, reason="r")


def test_entries_are_counted_and_listed_page_by_page_as_they_stand() -> None:
    live("X1")
    live("8471", kind=AlertKind.GOODS)
    proposed("X3")
    assert alert_counts(ANALYST) == {
        AlertStands.LIVE: 2,
        AlertStands.PROPOSED: 1,
        AlertStands.EXPIRED: 0,
        AlertStands.ENDED: 0,
    }
    first = alerts_for(ANALYST, size=2)
    second = alerts_for(ANALYST, size=2, cursor=first.next_cursor)
    assert [one.value for one in (*first.rows, *second.rows)] == ["X3", "8471", "X1"]
    assert [one.value for one in alerts_for(ANALYST, stands=AlertStands.LIVE, kind=AlertKind.GOODS).rows] == ["8471"]
    assert alerts_for(accounts.actor(Role.TRADER), stands=None).rows == []


def test_an_analyst_proposes_an_entry_on_the_page_and_its_end_too(client: Client) -> None:
    client.force_login(accounts.user(Role.RISK_ANALYST), backend=BACKEND)
    told = {"kind": "container", "value": "CSQU3054384", "reason": "r", "basis": "b", "owner": "o"}
    last = (clock.today() + timedelta(days=9)).isoformat()
    wrong = client.post(reverse("risk:alert-new"), {**told, "valid_to": last})
    assert wrong.status_code == 422
    assert "#id_value" in wrong.content.decode()
    made = client.post(reverse("risk:alert-new"), {**told, "value": "CSQU3054383", "valid_to": last})
    proposal = Proposal.objects.get()
    assert made.headers["Location"] == reverse("approvals:proposal", args=[proposal.id])
    again = client.post(reverse("risk:alert-new"), {**told, "value": "CSQU3054383", "valid_to": last})
    assert again.status_code == 409
    page = reverse("risk:alert", args=[proposal.subject_id])
    assert reverse("approvals:proposal", args=[proposal.id]) in client.get(page).content.decode()
    proposal_decide(proposal_id=proposal.id, actor=ANALYST, grant=True, reason="yes")
    assert client.post(page, {"reason": ""}).status_code == 422
    ended = client.post(page, {"reason": "Seal explained"})
    end = Proposal.objects.get(kind="risk.alert_end")
    assert ended.headers["Location"] == reverse("approvals:proposal", args=[end.id])


def test_strangers_find_no_alert_list(client: Client) -> None:
    entry_id = live()
    client.force_login(accounts.user(Role.TRADER), backend=BACKEND)
    addresses = [reverse("risk:alerts"), reverse("risk:alert-new"), reverse("risk:alert", args=[entry_id])]
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    client.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
    assert [client.get(address).status_code for address in addresses] == [200, 404, 200]
    assert client.post(addresses[2], {"reason": "r"}).status_code == 404
    client.force_login(accounts.user(Role.RISK_ANALYST), backend=BACKEND)
    assert client.get(reverse("risk:alert", args=[uuid4()])).status_code == 404


def test_the_list_costs_the_same_for_one_entry_and_for_twenty(client: Client) -> None:
    client.force_login(accounts.user(Role.RISK_ANALYST), backend=BACKEND)
    counts = []
    for number in range(20):
        proposed(f"P{number}")
        if number in (0, 19):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(reverse("risk:alerts"))
            counts.append(len(queries))
    assert counts[0] == counts[1]
