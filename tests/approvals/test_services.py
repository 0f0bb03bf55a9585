"""Two people for what goes live: AP-001 to AP-003, in the services and in the database.

Mutation seen to fail: without `select_for_update` in `proposal_decide`, of three who decide at once more than one
finds it open, and the database ends all but one with an error instead of a refusal.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from singlewindow.accounts.permissions import Permission, Role
from singlewindow.accounts.types import ActorKind, system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.selectors import may_decide, proposal_for, proposal_granted, proposals_for
from singlewindow.approvals.services import (
    proposal_decide,
    proposal_lock,
    proposal_make,
    proposal_outdate,
    proposal_withdraw,
)
from singlewindow.approvals.states import ProposalState
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts, approvals

pytestmark = pytest.mark.django_db

Done = list[tuple[str, str, str]]


def test_AP_001_what_another_person_agrees_to_takes_effect_at_once(kinds: Done) -> None:
    second = accounts.actor(Role.SUPERVISOR)
    proposal_id = approvals.propose(subject_id="thing")
    view = proposal_decide(proposal_id=proposal_id, actor=second, grant=True, reason=" It holds. ")
    assert (view.state, view.decided_by, view.reason) == (ProposalState.GRANTED, second.label, "It holds.")
    assert kinds == [("effect", "thing", second.label)]
    verbs = Event.objects.filter(subject_id=str(proposal_id)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [Verb.PROPOSAL_MADE, Verb.PROPOSAL_GRANTED]
    assert proposal_granted(proposal_id) == view


def test_AP_001_what_is_refused_or_taken_back_takes_no_effect_but_its_subject_is_told(kinds: Done) -> None:
    writer, second = accounts.actor(Role.RISK_ANALYST), accounts.actor(Role.SUPERVISOR)
    refused = approvals.propose(writer, subject_id="refused")
    proposal_decide(proposal_id=refused, actor=second, grant=False, reason="It does not hold.")
    back = approvals.propose(writer, subject_id="taken back")
    proposal_withdraw(proposal_id=back, actor=writer, reason="Not yet.")
    assert kinds == [("declined", "refused", second.label), ("declined", "taken back", writer.label)]
    assert proposal_granted(refused) is None


def test_AP_001_an_effect_that_refuses_leaves_the_proposal_open(kinds: Done) -> None:
    proposal_id = approvals.propose(subject_id="refuses to fit")
    with pytest.raises(Conflict):
        proposal_decide(proposal_id=proposal_id, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Yes.")
    row = Proposal.objects.get(pk=proposal_id)
    assert (row.state, row.decided_by, kinds) == ("open", "", [])


def test_AP_001_newer_content_of_the_same_subject_takes_the_place_of_what_waits(kinds: Done) -> None:
    first = approvals.propose(subject_id="thing")
    second = approvals.propose(subject_id="thing", content_sha256="b" * 64)
    assert Proposal.objects.get(pk=first).state == "withdrawn"
    assert Proposal.objects.get(pk=second).state == "open"
    with pytest.raises(TransitionRefused):
        proposal_decide(proposal_id=first, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Yes.")
    assert kinds == []


def test_AP_002_nobody_who_wrote_it_agrees_or_refuses(kinds: Done) -> None:
    writer, helper = accounts.actor(Role.RISK_ANALYST), accounts.actor(Role.RISK_ANALYST)
    proposal_id = approvals.propose(writer, authors=[helper.label])
    for author in (writer, helper):
        assert not may_decide(author, proposal_for(author, proposal_id))
        for grant in (True, False):
            with pytest.raises(NotPermitted):
                proposal_decide(proposal_id=proposal_id, actor=author, grant=grant, reason="Yes.")
    assert Proposal.objects.get(pk=proposal_id).state == "open"
    assert kinds == []


def test_AP_002_only_people_propose_and_agree() -> None:
    person = accounts.actor(Role.RISK_ANALYST)
    machine = replace(person, kind=ActorKind.CLIENT, permissions=person.permissions | {Permission.DECIDE_PROPOSAL})
    proposal_id = approvals.propose()
    for actor in (machine, system_actor("risk")):
        with pytest.raises(NotPermitted):
            approvals.propose(actor)
        with pytest.raises(NotPermitted):
            proposal_decide(proposal_id=proposal_id, actor=actor, grant=True, reason="Yes.")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.TRADER, Role.ADMINISTRATOR, Role.AGENCY_OFFICER])
def test_AP_002_who_may_not_decide_does_not(role: Role) -> None:
    proposal_id = approvals.propose()
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=proposal_id, actor=accounts.actor(role), grant=True, reason="Yes.")


@pytest.mark.parametrize(
    ("reason", "taken"), [("", False), ("  ", False), ("x", True), ("x" * 500, True), ("x" * 501, False)]
)
def test_AP_003_a_decision_has_a_reason_of_1_to_500_characters(reason: str, taken: bool) -> None:
    proposal_id = approvals.propose()
    second = accounts.actor(Role.SUPERVISOR)
    if taken:
        assert proposal_decide(proposal_id=proposal_id, actor=second, grant=False, reason=reason).reason == reason
        return
    with pytest.raises(RuleViolated) as refused:
        proposal_decide(proposal_id=proposal_id, actor=second, grant=False, reason=reason)
    assert [one.rule for one in refused.value.violations] == ["AP-003"]


def test_what_is_decided_is_not_decided_or_taken_back_again() -> None:
    writer, second = accounts.actor(Role.RISK_ANALYST), accounts.actor(Role.SUPERVISOR)
    proposal_id = approvals.propose(writer)
    proposal_decide(proposal_id=proposal_id, actor=second, grant=True, reason="Yes.")
    with pytest.raises(TransitionRefused):
        proposal_decide(proposal_id=proposal_id, actor=second, grant=False, reason="No.")
    with pytest.raises(TransitionRefused):
        proposal_withdraw(proposal_id=proposal_id, actor=writer)
    with pytest.raises(NotFound):
        proposal_decide(proposal_id=uuid7(), actor=second, grant=True, reason="Yes.")


def test_only_who_wrote_it_takes_it_back() -> None:
    proposal_id = approvals.propose()
    with pytest.raises(NotFound):
        proposal_withdraw(proposal_id=proposal_id, actor=accounts.actor(Role.RISK_ANALYST))


def test_an_act_on_the_subject_locks_and_outdates_its_proposal() -> None:
    proposal_id = approvals.propose(subject_id="thing")
    with unit_of_work() as work:
        found = proposal_lock(approvals.KIND, "thing")
        assert found is not None
        proposal_outdate(work, proposal_id=found.id, actor=accounts.actor(Role.RISK_ANALYST), reason="Edited.")
        assert proposal_lock(approvals.KIND, "thing") is None
    assert Proposal.objects.get(pk=proposal_id).reason == "Edited."


def test_an_unknown_kind_is_a_mistake_of_the_code() -> None:
    with pytest.raises(ValueError, match="no key"), unit_of_work() as work:
        proposal_make(
            work,
            actor=accounts.actor(Role.RISK_ANALYST),
            kind="tests.other",
            subject_id="1",
            title="x",
            content_sha256="a" * 64,
        )


def test_who_may_not_see_proposals_sees_none() -> None:
    proposal_id = approvals.propose()
    for role in (Role.OFFICER, Role.TRADER, Role.ADMINISTRATOR):
        assert proposals_for(accounts.actor(role)).rows == []
        with pytest.raises(NotFound):
            proposal_for(accounts.actor(role), proposal_id)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'granted', decided_by = proposed_by, decided_at = now()",
        "state = 'granted'",
        "state = 'granted', decided_by = 'user:0'",
        "state = 'granted', decided_by = 'system:risk', decided_at = now()",
        "state = 'granted', decided_by = 'client:1', decided_at = now()",
        "content_sha256 = repeat('e', 64)",
        "evidence = '{}'",
        "authors = '[]'",
        "proposed_by = 'user:0', authors = jsonb_build_array('user:0')",
        "subject_id = 'other'",
        "state = 'nonsense'",
    ],
)
def test_the_database_refuses_what_the_services_refuse(change: str) -> None:
    proposal_id = approvals.propose()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE approvals_proposal SET {change} WHERE id = %s", [proposal_id])


def test_the_database_refuses_the_decision_of_any_author_and_a_second_decision() -> None:
    helper = accounts.actor(Role.RISK_ANALYST)
    proposal_id = approvals.propose(authors=[helper.label])
    rows = Proposal.objects.filter(pk=proposal_id)
    grant = {"state": "granted", "decided_at": "2026-01-01T00:00:00Z"}
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(decided_by=helper.label, **grant)
    rows.update(decided_by="user:0", **grant)
    for change in ({"state": "refused"}, {"reason": "Another."}, {"decided_by": "user:1"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM approvals_proposal WHERE id = %s", [proposal_id])


def test_the_database_takes_no_proposal_that_begins_decided_and_no_two_open_ones_of_a_subject() -> None:
    proposal_id = approvals.propose(subject_id="thing")
    row = Proposal.objects.get(pk=proposal_id)
    row.pk = uuid7()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
    row.state, row.decided_by, row.decided_at = "granted", "user:0", row.proposed_at
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_of_several_who_decide_at_once_one_does(kinds: Done) -> None:
    seconds = [accounts.actor(Role.SUPERVISOR) for _ in range(3)]
    for number in range(4):
        proposal_id = approvals.propose(subject_id=f"thing {number}")
        start = Barrier(len(seconds))

        def decide(place: int, proposal_id: Any = proposal_id, start: Barrier = start) -> Any:
            try:
                start.wait(timeout=10)
                grant = place != 1
                return proposal_decide(proposal_id=proposal_id, actor=seconds[place], grant=grant, reason="Yes.")
            except TransitionRefused as refused:
                return refused
            finally:
                connection.close()

        act: Callable[[int], Any] = decide
        with ThreadPoolExecutor(len(seconds)) as pool:
            answers = list(pool.map(act, range(len(seconds))))
        assert sum(isinstance(answer, TransitionRefused) for answer in answers) == 2
        assert len([one for one in kinds if one[1] == f"thing {number}"]) == 1
