"""Lists are loaded whole or not at all, proposed, and live only when a second person agreed."""

from typing import Any

import pytest
from django.db import Error, connection, transaction

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.services import proposal_decide, proposal_withdraw
from singlewindow.audit.models import Event
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated
from singlewindow.screening.models import EntryName, ListEntry, ListVersion
from singlewindow.screening.selectors import live_set, screen_names
from singlewindow.screening.services import lists_load
from singlewindow.screening.states import LIST, ListState
from singlewindow.screening.types import ScreenQuery, Source
from tests.factories import accounts
from tests.factories.screening import SDN_ALTERNATES, SDN_ROWS, primary, put_in_force, sdn_files, un_file

pytestmark = pytest.mark.django_db


def state_of(loaded: Any) -> str:
    return ListVersion.objects.get(pk=loaded.version_id).state


def test_SC_LST_05_a_loaded_list_is_proposed_and_nothing_is_held_against_it(first: Actor) -> None:
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    assert (loaded.source, loaded.entries, loaded.names, loaded.addresses) == (Source.OFAC_SDN, 5, 9, 2)
    assert state_of(loaded) == ListState.PROPOSED
    assert live_set().version == ""
    assert screen_names([ScreenQuery("Ivan Sergeevich Petrov")]) == []


def test_SC_LST_05_the_person_who_loaded_it_cannot_agree(first: Actor, second: Actor) -> None:
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    assert loaded.proposal_id is not None
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=loaded.proposal_id, actor=first, grant=True, reason="I looked twice.")
    proposal_decide(proposal_id=loaded.proposal_id, actor=second, grant=True, reason="Compared.")
    assert state_of(loaded) == ListState.LIVE
    assert [match.entry.uid for match in screen_names([ScreenQuery("Ivan Sergeevich Petrov")])] == ["101"]


def test_SC_LST_05_no_command_and_no_part_of_the_window_proposes_or_agrees(first: Actor) -> None:
    with pytest.raises(NotPermitted):
        lists_load(files=sdn_files(), actor=system_actor("command"))
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    assert loaded.proposal_id is not None
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=loaded.proposal_id, actor=system_actor("x"), grant=True, reason="Because.")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.TRADER, Role.AUDITOR])
def test_SC_LST_05_who_may_not_edit_risk_may_not_load(role: Role) -> None:
    with pytest.raises(NotPermitted):
        lists_load(files=sdn_files(), actor=accounts.actor(role))
    assert not ListVersion.objects.exists()


def test_SC_LST_05_the_database_itself_refuses_a_list_that_nobody_agreed_to(first: Actor) -> None:
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    with pytest.raises(Error, match="second person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE screening_listversion SET state = 'LIVE', live_at = now() WHERE id = %s", [loaded.version_id]
        )


def test_SC_LST_06_nothing_is_added_changed_or_removed_behind_the_back_of_who_agreed(first: Actor) -> None:
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    entry = ListEntry.objects.filter(version_id=loaded.version_id).first()
    assert entry is not None
    for sql in (
        "INSERT INTO screening_entryname (entry_id, name, quality) VALUES (%s, 'EXTRA', 'strong')",
        "UPDATE screening_listentry SET name = 'OTHER' WHERE id = %s",
        "DELETE FROM screening_entryname WHERE entry_id = %s",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [entry.pk])
    with pytest.raises(Error, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE screening_listversion SET content_sha256 = 'x' WHERE id = %s", [loaded.version_id])


def test_SC_LST_06_stored_rows_that_are_not_what_was_proposed_do_not_go_live(first: Actor, second: Actor) -> None:
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    assert loaded.proposal_id is not None
    with connection.cursor() as cursor:  # somebody with the keys of the database switches its guards off
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE screening_entryname SET name = 'HARMLESS' WHERE name LIKE 'PETROV%%'")
        cursor.execute("SET session_replication_role = origin")
    with pytest.raises(RuleViolated) as refused:
        proposal_decide(proposal_id=loaded.proposal_id, actor=second, grant=True, reason="Compared.")
    assert [one.rule for one in refused.value.violations] == ["SC-LST-06"]
    assert state_of(loaded) == ListState.PROPOSED


def test_SC_LST_05_the_same_content_a_second_time_changes_nothing(first: Actor, second: Actor) -> None:
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    (again,) = lists_load(files=sdn_files(), actor=second)
    assert (again.new, again.proposal_id, again.version_id) == (False, None, loaded.version_id)
    assert loaded.proposal_id is not None
    proposal_decide(proposal_id=loaded.proposal_id, actor=second, grant=True, reason="Compared.")
    (once_more,) = lists_load(files=list(reversed(sdn_files())), actor=first)
    assert (once_more.new, once_more.proposal_id) == (False, None)
    assert ListVersion.objects.count() == 1


def test_SC_LST_05_a_newer_list_takes_the_place_of_the_one_in_force_which_stays_on_record(
    first: Actor, second: Actor
) -> None:
    (old,) = put_in_force(sdn_files(), by=first, agreed_by=second)
    before = live_set().version
    (new,) = put_in_force(
        sdn_files([*SDN_ROWS, primary(106, "ORLOV, Boris", kind="individual")]), by=second, agreed_by=first
    )
    assert (state_of(old), state_of(new)) == (ListState.SUPERSEDED, ListState.LIVE)
    assert live_set().version != before
    assert ListEntry.objects.filter(version_id=old.version_id).count() == 5
    assert [match.entry.uid for match in screen_names([ScreenQuery("Boris Orlov")])] == ["106"]


def test_SC_LST_05_an_earlier_content_goes_back_in_force_only_by_two_people_again(first: Actor, second: Actor) -> None:
    (old,) = put_in_force(sdn_files(), by=first, agreed_by=second)
    put_in_force(sdn_files(SDN_ROWS[:4], SDN_ALTERNATES[:2]), by=first, agreed_by=second)
    (again,) = lists_load(files=sdn_files(), actor=second)
    assert (again.version_id, again.new, state_of(again)) == (old.version_id, False, ListState.PROPOSED)
    assert again.proposal_id is not None
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=again.proposal_id, actor=second, grant=True, reason="Mine.")
    third = accounts.actor(Role.RISK_ANALYST)
    proposal_decide(proposal_id=again.proposal_id, actor=third, grant=True, reason="The newer one was wrong.")
    assert state_of(old) == ListState.LIVE


def test_SC_LST_05_the_agreement_of_before_does_not_serve_a_second_time(first: Actor, second: Actor) -> None:
    """A hand in the tables brings back no list that went out of force, by what was agreed to then."""
    (old,) = put_in_force(sdn_files(), by=first, agreed_by=second)
    put_in_force(sdn_files(SDN_ROWS[:4], SDN_ALTERNATES[:2]), by=first, agreed_by=second)
    rows = ListVersion.objects.filter(pk=old.version_id)
    newer = ListVersion.objects.get(state="LIVE")
    for untrue in (None, newer.loaded_at):
        with pytest.raises(Error, match="never changes"), transaction.atomic():
            rows.update(superseded_at=untrue)
    rows.update(state="PROPOSED")
    with pytest.raises(Error, match="never changes"), transaction.atomic():
        ListVersion.objects.filter(pk=newer.pk).update(state="SUPERSEDED")
    ListVersion.objects.filter(pk=newer.pk).update(state="SUPERSEDED", superseded_at=newer.live_at)
    with pytest.raises(Error, match="agree anew"), transaction.atomic():
        rows.update(state="LIVE")


def test_SC_LST_05_a_proposal_from_before_another_version_went_live_is_outdated(first: Actor, second: Actor) -> None:
    (stale,) = lists_load(files=sdn_files(SDN_ROWS[:4], SDN_ALTERNATES[:2]), actor=first)
    put_in_force(sdn_files(), by=first, agreed_by=second)
    assert stale.proposal_id is not None
    with pytest.raises(Conflict):
        proposal_decide(proposal_id=stale.proposal_id, actor=second, grant=True, reason="Late.")
    assert state_of(stale) == ListState.PROPOSED


@pytest.mark.parametrize("way", ["refused", "taken back"])
def test_SC_LST_05_a_list_that_is_refused_or_taken_back_may_be_proposed_again(
    first: Actor, second: Actor, way: str
) -> None:
    (loaded,) = lists_load(files=sdn_files(), actor=first)
    assert loaded.proposal_id is not None
    if way == "refused":
        proposal_decide(proposal_id=loaded.proposal_id, actor=second, grant=False, reason="Not complete.")
    else:
        proposal_withdraw(proposal_id=loaded.proposal_id, actor=first)
    assert state_of(loaded) == ListState.DECLINED
    (again,) = lists_load(files=sdn_files(), actor=first)
    assert again.version_id == loaded.version_id
    assert again.proposal_id not in (None, loaded.proposal_id)
    assert state_of(again) == ListState.PROPOSED


def test_SC_LST_05_going_live_is_an_event_and_a_job_for_whoever_reacts(
    first: Actor, second: Actor, settings: Any
) -> None:
    settings.REACTIONS = settings.REACTIONS | {"ScreeningListLive": ["some.reaction"]}
    (loaded,) = put_in_force(sdn_files(), by=first, agreed_by=second)
    verbs = list(Event.objects.filter(subject_id=str(loaded.version_id)).order_by("id").values_list("verb", flat=True))
    assert verbs == ["screening.list_loaded", "screening.list_live"]
    job = Job.objects.get(kind="some.reaction")
    assert job.subject_id == str(loaded.version_id)
    assert job.payload == {"source": "ofac-sdn", "set_version": live_set().version}


def test_lists_of_several_offices_given_together_are_several_proposals(first: Actor) -> None:
    loaded = lists_load(files=[*sdn_files(), un_file([(1, "ERIC", "BADEGE")])], actor=first)
    assert [one.source for one in loaded] == [Source.OFAC_SDN, Source.UN]
    assert EntryName.objects.count() == 10


def test_the_database_knows_the_same_steps_as_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'screening_listversion_state_life_cycle'")
        (source,) = cursor.fetchone()
    for old, new in LIST.pairs():
        assert f"('{old}', '{new}')" in source
    assert source.count("('") == len(set(LIST.pairs()))
