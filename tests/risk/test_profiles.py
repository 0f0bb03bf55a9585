"""The life of a profile: written, tried, proposed, agreed to by another person, in force, over.

Mutation seen to fail: with the profile locked before its proposal in `profile_lock_whole`, an edit and a decision at
once wait for each other until the database ends one of them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from threading import Event as Signal
from time import sleep
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from risk.models import Profile, RuleSetInForce
from risk.selectors.rule_sets import rule_set_in_force
from risk.services.profile_life import profile_end_propose, profile_warn, profiles_expire
from risk.services.profile_rows import profile_lock
from risk.services.profiles import (
    profile_draft,
    profile_edit,
    profile_new_version,
    profile_propose,
    profile_simulated,
    profile_withdraw,
)
from risk.states import ProfileState
from singlewindow.accounts.permissions import Permission, Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide, proposal_lock, proposal_withdraw
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import (
    Conflict,
    DomainError,
    NotFound,
    NotPermitted,
    PreconditionFailed,
    RuleViolated,
    TransitionRefused,
)
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts, profiles
from tests.factories.profiles import content

pytestmark = pytest.mark.django_db


def decide(proposal_id: Any, actor: Actor, *, grant: bool = True) -> Any:
    return proposal_decide(proposal_id=proposal_id, actor=actor, grant=grant, reason="Looked at it.")


def codes_in_force() -> list[tuple[str, int]]:
    return [(one["code"], one["version"]) for one in rule_set_in_force().document["profiles"]]


def verbs_of(profile: Profile) -> list[str]:
    return list(Event.objects.filter(subject_id=str(profile.id)).order_by("id").values_list("verb", flat=True))


def test_a_profile_goes_live_only_when_simulated_and_agreed_to_by_another_person() -> None:
    writer, second = accounts.actor(Role.RISK_ANALYST), accounts.actor(Role.SUPERVISOR)
    made, proposal_id = profiles.proposed(writer)
    before = rule_set_in_force().hash
    with pytest.raises(NotPermitted):
        decide(proposal_id, writer)
    decide(proposal_id, second)
    made.refresh_from_db()
    assert made.state == ProfileState.LIVE
    assert made.valid_to == clock.today() + timedelta(days=90)
    assert codes_in_force() == [(made.code, 1)]
    newest = RuleSetInForce.objects.latest("id")
    assert (newest.proposal_id, newest.rule_set_id != before) == (proposal_id, True)
    assert verbs_of(made) == [
        Verb.PROFILE_WRITTEN,
        Verb.PROFILE_SIMULATED,
        Verb.PROFILE_PROPOSED,
        Verb.PROFILE_LIVE,
    ]


def test_RM_PRO_13_what_was_not_simulated_in_exactly_this_form_is_not_proposed() -> None:
    writer = accounts.actor(Role.RISK_ANALYST)
    made = profiles.draft(writer)
    with pytest.raises(TransitionRefused):
        profile_propose(actor=writer, profile_id=made.id)
    run = profiles.simulate(made)
    profile_edit(actor=writer, profile_id=made.id, content=content(points="26"))
    with pytest.raises(TransitionRefused):
        profile_propose(actor=writer, profile_id=made.id)
    with unit_of_work() as work:
        sha256 = Profile.objects.get(pk=made.id).content_sha256
        told = {"profile_id": made.id, "simulation_id": run.id, "actor": system_actor("tests")}
        assert not profile_simulated(work, content_sha256=made.content_sha256, **told)
        assert profile_simulated(work, content_sha256=sha256, **told)
    with pytest.raises(RuleViolated) as refused:
        profile_propose(actor=writer, profile_id=made.id)
    assert [one.rule for one in refused.value.violations] == ["RM-PRO-13"]


@pytest.mark.parametrize(("days", "taken"), [(29, True), (31, False)])
def test_RM_PRO_13_a_simulation_grows_too_old_to_be_proposed(days: int, taken: bool) -> None:
    writer = accounts.actor(Role.RISK_ANALYST)
    made = profiles.simulated(writer)
    with clock.frozen(clock.now() + timedelta(days=days)):
        if taken:
            assert profile_propose(actor=writer, profile_id=made.id)
        else:
            with pytest.raises(RuleViolated):
                profile_propose(actor=writer, profile_id=made.id)


def test_the_evidence_of_a_proposal_names_the_run_its_digest_and_its_figures() -> None:
    made, proposal_id = profiles.proposed()
    evidence = Proposal.objects.get(pk=proposal_id).evidence
    assert evidence["simulation"] == str(made.simulation_id)
    assert len(evidence["digest"]) == 64
    assert evidence["declarations"] == 12_000
    assert evidence["profile"] == {"hits": 61, "known": 30, "found": 11}
    assert (evidence["live"]["held"], evidence["candidate"]["hit_rate"]) == (900, "0.1394")


def test_RM_PRO_11_any_edit_withdraws_the_proposal_and_no_editor_can_agree_later() -> None:
    writer, editor = accounts.actor(Role.RISK_ANALYST), accounts.actor(Role.RISK_ANALYST)
    made, first = profiles.proposed(writer)
    profile_edit(actor=editor, profile_id=made.id, content=content(points="30"))
    made.refresh_from_db()
    assert (made.state, made.simulation_id) == (ProfileState.DRAFT, None)
    assert Proposal.objects.get(pk=first).state == "withdrawn"
    assert made.editors == sorted([writer.label, editor.label])
    profiles.simulate(made)
    second = profile_propose(actor=writer, profile_id=made.id)
    for author in (writer, editor):
        with pytest.raises(NotPermitted):
            decide(second, author)
    with pytest.raises(TransitionRefused):
        decide(first, accounts.actor(Role.SUPERVISOR))
    decide(second, accounts.actor(Role.RISK_ANALYST))
    assert Profile.objects.get(pk=made.id).state == ProfileState.LIVE


def test_the_same_content_again_changes_nothing_and_keeps_the_proposal() -> None:
    made, proposal_id = profiles.proposed()
    profile_edit(actor=accounts.actor(Role.RISK_ANALYST), profile_id=made.id, content=content(points="25.0"))
    assert Proposal.objects.get(pk=proposal_id).state == "open"
    assert Profile.objects.get(pk=made.id).editors == made.editors


def test_an_edit_of_what_somebody_else_changed_since_is_refused() -> None:
    writer = accounts.actor(Role.RISK_ANALYST)
    made = profiles.draft(writer)
    profile_edit(actor=writer, profile_id=made.id, content=content(points="30"), seen_sha256=made.content_sha256)
    with pytest.raises(PreconditionFailed):
        profile_edit(actor=writer, profile_id=made.id, content=content(points="31"), seen_sha256=made.content_sha256)


@pytest.mark.parametrize("end", ["refused", "taken back"])
def test_a_profile_that_is_refused_or_taken_back_is_a_draft_again(end: str) -> None:
    writer = accounts.actor(Role.RISK_ANALYST)
    made, proposal_id = profiles.proposed(writer)
    if end == "refused":
        decide(proposal_id, accounts.actor(Role.SUPERVISOR), grant=False)
    else:
        proposal_withdraw(proposal_id=proposal_id, actor=writer, reason="Not yet.")
    made.refresh_from_db()
    assert (made.state, made.simulation_id) == (ProfileState.DRAFT, None)
    assert verbs_of(made)[-1] == Verb.PROFILE_RETURNED
    assert codes_in_force() == []


def test_a_new_version_takes_the_place_of_the_live_one_when_it_goes_live() -> None:
    writer, second = accounts.actor(Role.RISK_ANALYST), accounts.actor(Role.SUPERVISOR)
    first = profiles.live(writer)
    newer = Profile.objects.get(pk=profile_new_version(actor=writer, profile_id=first.id))
    assert (newer.code, newer.version, newer.content) == (first.code, 2, first.content)
    with pytest.raises(Conflict, match="RM-PRO-12"):
        profile_new_version(actor=writer, profile_id=first.id)
    profile_edit(actor=writer, profile_id=newer.id, content=content(points="40"))
    newer.refresh_from_db()
    profiles.simulate(newer)
    decide(profile_propose(actor=writer, profile_id=newer.id), second)
    first.refresh_from_db()
    newer.refresh_from_db()
    assert (first.state, newer.state) == (ProfileState.ENDED, ProfileState.LIVE)
    assert first.end_reason == "Version 2 takes its place."
    assert codes_in_force() == [(first.code, 2)]


def test_RM_PRO_15_a_live_profile_ends_only_when_a_second_person_agrees() -> None:
    writer, second = accounts.actor(Role.RISK_ANALYST), accounts.actor(Role.SUPERVISOR)
    made = profiles.live(writer)
    with pytest.raises(Conflict, match="RM-PRO-15"):
        profile_withdraw(actor=writer, profile_id=made.id, reason="Enough.")
    with pytest.raises(RuleViolated, match="reason"):
        profile_end_propose(actor=writer, profile_id=made.id, reason=" ")
    proposal_id = profile_end_propose(actor=writer, profile_id=made.id, reason="Nothing was found.")
    with pytest.raises(NotPermitted):
        decide(proposal_id, writer)
    assert codes_in_force() == [(made.code, 1)]
    decide(proposal_id, second)
    made.refresh_from_db()
    assert (made.state, made.end_reason) == (ProfileState.ENDED, "Nothing was found.")
    assert codes_in_force() == []


def test_a_draft_is_given_up_with_a_reason_and_stays_on_record() -> None:
    made, proposal_id = profiles.proposed()
    writer = accounts.actor(Role.RISK_ANALYST)
    profile_withdraw(actor=writer, profile_id=made.id, reason="Not needed.")
    made.refresh_from_db()
    assert (made.state, made.end_reason) == (ProfileState.ENDED, "Not needed.")
    assert Proposal.objects.get(pk=proposal_id).state == "withdrawn"
    with pytest.raises(TransitionRefused):
        profile_edit(actor=writer, profile_id=made.id, content=content(points="30"))


@pytest.mark.parametrize(("days", "state"), [(10, ProfileState.LIVE), (11, ProfileState.EXPIRED)])
def test_RM_PRO_17_a_profile_ends_by_itself_when_its_last_day_is_past(days: int, state: ProfileState) -> None:
    made = profiles.live(valid_days=10)
    with clock.frozen(clock.now() + timedelta(days=days)):
        profiles_expire()
        profiles_expire()
    made.refresh_from_db()
    assert made.state == state
    assert bool(codes_in_force()) is (state is ProfileState.LIVE)
    assert verbs_of(made).count(Verb.PROFILE_EXPIRED) == (state is ProfileState.EXPIRED)


def test_RM_PRO_17_fourteen_days_before_the_last_one_it_is_told_once() -> None:
    made = profiles.live(valid_days=60)
    job = Job.objects.get(kind="risk.profile_warn")
    assert job.not_before.date() == clock.today() + timedelta(days=46)
    context = JobContext(job.id, job.kind, job.subject_id, job.payload, "", 1)
    with unit_of_work() as work:
        profile_warn(work, context)
    assert verbs_of(made)[-1] == Verb.PROFILE_END_NEAR
    assert not Job.objects.filter(subject_id=str(profiles.live(valid_days=14).id)).exists()


def test_who_may_not_write_profiles_takes_no_step() -> None:
    made = profiles.simulated()
    for role in (Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.TRADER, Role.ADMINISTRATOR):
        actor = accounts.actor(role)
        acts: list[Callable[[], Any]] = [
            lambda actor=actor: profile_draft(actor=actor, content=content()),
            lambda actor=actor: profile_edit(actor=actor, profile_id=made.id, content=content(points="1")),
            lambda actor=actor: profile_new_version(actor=actor, profile_id=made.id),
            lambda actor=actor: profile_propose(actor=actor, profile_id=made.id),
            lambda actor=actor: profile_withdraw(actor=actor, profile_id=made.id, reason="x"),
            lambda actor=actor: profile_end_propose(actor=actor, profile_id=made.id, reason="x"),
        ]
        for act in acts:
            with pytest.raises(NotPermitted):
                act()
    with pytest.raises(NotFound):
        profile_propose(actor=accounts.actor(Role.RISK_ANALYST), profile_id=uuid7())


def test_the_window_itself_may_not_propose_or_agree() -> None:
    writer = accounts.actor(Role.RISK_ANALYST)
    made = profiles.simulated(writer)
    assert system_actor("risk").may(Permission.DECIDE_PROPOSAL)
    with pytest.raises(NotPermitted):
        profile_propose(actor=system_actor("risk"), profile_id=made.id)
    proposal_id = profile_propose(actor=writer, profile_id=made.id)
    with pytest.raises(NotPermitted):
        decide(proposal_id, system_actor("risk"))
    assert Profile.objects.get(pk=made.id).state == ProfileState.PROPOSED


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE risk_profile SET state = 'live', live_at = now(), valid_to = now() WHERE id = %s",
        "UPDATE risk_profile SET state = 'expired' WHERE id = %s",
        "DELETE FROM risk_profile WHERE id = %s",
        "UPDATE risk_profile SET valid_days = 181 WHERE id = %s",
        "UPDATE risk_profile SET hard = true, lane = 'BLUE' WHERE id = %s",
    ],
)
def test_the_database_refuses_what_no_second_person_agreed_to(sql: str) -> None:
    made, _ = profiles.proposed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [made.id])


@pytest.mark.parametrize("column", ["content = '{}'", "content_sha256 = repeat('0', 64)", "points = 1", "basis = 'x'"])
def test_the_database_keeps_what_is_live_as_it_was_agreed_to(column: str) -> None:
    made = profiles.live()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE risk_profile SET {column} WHERE id = %s", [made.id])


def test_the_database_refuses_a_grant_of_other_content() -> None:
    made, proposal_id = profiles.proposed()
    Profile.objects.filter(pk=made.id).update(content_sha256="0" * 64)
    with pytest.raises(Conflict):
        decide(proposal_id, accounts.actor(Role.SUPERVISOR))
    assert Proposal.objects.get(pk=proposal_id).state == "open"
    with pytest.raises(DatabaseError), transaction.atomic():
        Profile.objects.filter(pk=made.id).update(
            state="live", live_at=clock.now(), valid_to=clock.today(), simulation_id=uuid7()
        )


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Let every act begin at the same instant, each on a connection of its own; refusals are answers too."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=10)
            return act()
        except DomainError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_puts_it_in_force() -> None:
    for _ in range(3):
        made, proposal_id = profiles.proposed()
        seconds = [accounts.actor(Role.SUPERVISOR) for _ in range(3)]
        answers = at_once(*[partial(decide, proposal_id, actor) for actor in seconds])
        assert sum(isinstance(answer, TransitionRefused) for answer in answers) == 2
        assert verbs_of(made).count(Verb.PROFILE_LIVE) == 1
        assert codes_in_force().count((made.code, 1)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_an_edit_and_a_grant_at_once_one_wins_and_what_is_live_is_what_was_agreed_to() -> None:
    writer, editor, second = (accounts.actor(role) for role in (Role.RISK_ANALYST, Role.RISK_ANALYST, Role.SUPERVISOR))
    for number in range(6):
        made, proposal_id = profiles.proposed(writer, points=str(10 + number))
        edited = content(points=str(40 + number))
        answers = at_once(
            lambda: decide(proposal_id, second),  # noqa: B023
            lambda: profile_edit(actor=editor, profile_id=made.id, content=edited),  # noqa: B023
        )
        agreed = made.content_sha256
        made.refresh_from_db()
        assert sum(isinstance(answer, DomainError) for answer in answers) == 1
        if made.state == ProfileState.LIVE:
            assert made.content_sha256 == agreed
        else:
            assert (made.state, Proposal.objects.get(pk=proposal_id).state) == (ProfileState.DRAFT, "withdrawn")


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_a_decision_take_their_locks_in_one_order_so_that_neither_waits_for_ever() -> None:
    writer = accounts.actor(Role.RISK_ANALYST)
    made, _ = profiles.proposed(writer)
    decided_half = Signal()

    def decision() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            proposal_lock("risk.profile", str(made.id))
            decided_half.set()
            for _ in range(200):
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(WAITING)
                if cursor.fetchone()[0]:
                    break
                sleep(0.02)
            profile_lock(made.id)

    def edited() -> None:
        decided_half.wait(timeout=10)
        profile_edit(actor=writer, profile_id=made.id, content=content(points="33"))

    assert at_once(decision, edited) == [None, None]


@pytest.mark.django_db(transaction=True)
def test_drafts_and_versions_that_are_begun_at_once_get_numbers_of_their_own() -> None:
    writer = accounts.actor(Role.RISK_ANALYST)
    made = at_once(*[lambda: profile_draft(actor=writer, content=content())] * 4)
    assert Profile.objects.filter(pk__in=made).values("code").distinct().count() == 4
    first = profiles.live(writer)
    answers = at_once(*[lambda: profile_new_version(actor=writer, profile_id=first.id)] * 3)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2
    assert Profile.objects.filter(code=first.code).count() == 2
