"""N04: nothing that changes what is picked goes live without a replay of exactly itself, and a second person."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from risk.models import Profile, Simulation
from risk.rules.profiles import profile_change
from risk.schemas import ProfileContent
from risk.selectors.rule_sets import rule_set_in_force
from risk.selectors.simulations import simulation_of
from risk.services.profiles import profile_draft, profile_edit, profile_propose
from risk.services.proposals import rule_change_propose
from risk.services.simulations import simulation_stop
from risk.types import RuleChange
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_decide
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.reference.loading import LOADS
from singlewindow.reference.selectors import reference_refresh
from tests.factories import accounts
from tests.factories.risk import NOW
from tests.factories.simulations import LOWER, done, jobs_do, past, started

pytestmark = pytest.mark.django_db
CONTENT: dict[str, Any] = {
    "name": "Dear goods from China",
    "all": [{"field": "origin", "operator": "in", "values": ["CN"]}],
    "points": "60",
    "owner": "Customs risk unit",
    "basis": "Customs Act, art. 12",
    "expected_hit_rate": "0.2",
    "valid_days": 90,
}


@pytest.fixture(autouse=True)
def _country() -> Iterator[None]:
    """The country's profile, a past of one day, and a clock that stands still."""
    for load in LOADS:
        if load.name == "profiles.json":
            load.model._default_manager.bulk_create(load.model(**row, source="test") for row in load.rows())
    reference_refresh()
    with clock.frozen(NOW):
        past(120)
        yield
    reference_refresh()


@pytest.fixture
def analyst() -> Actor:
    return accounts.actor(Role.RISK_ANALYST)


@pytest.fixture
def supervisor() -> Actor:
    return accounts.actor(Role.SUPERVISOR)


def change_of(row: Profile) -> RuleChange:
    return profile_change(ProfileContent.model_validate(row.content), code=row.code, version=row.version)


def refused(act: Any, kind: type[DomainError], rule: str = "") -> None:
    before = rule_set_in_force().hash
    with pytest.raises(kind) as found:
        act()
    assert not rule or rule in {one.rule for one in found.value.violations}
    assert rule_set_in_force().hash == before


def test_a_profile_goes_live_after_a_replay_of_exactly_its_content_and_another_persons_word(
    analyst: Actor, supervisor: Actor
) -> None:
    profile_id = profile_draft(actor=analyst, content=CONTENT)
    refused(lambda: profile_propose(actor=analyst, profile_id=profile_id), TransitionRefused)
    run = done(change_of(Profile.objects.get()), actor=analyst)
    row = Profile.objects.get()
    assert (row.state, row.simulation_id) == ("simulated", run.pk)
    assert run.result is not None
    (hit,) = run.result["profiles"]["candidate"]
    assert (hit["code"], run.result["profiles"]["live"]) == (row.code, [])
    assert 0 < hit["hits"] < 120

    profile_edit(actor=analyst, profile_id=profile_id, content=CONTENT | {"points": "59"})
    edited = Profile.objects.get()
    assert (edited.state, edited.simulation_id) == ("draft", None)
    assert simulation_of(change_of(edited).sha256) is None
    refused(lambda: profile_propose(actor=analyst, profile_id=profile_id), TransitionRefused)

    done(change_of(edited), actor=analyst)
    proposal = profile_propose(actor=analyst, profile_id=profile_id)
    refused(lambda: proposal_decide(proposal_id=proposal, actor=analyst, grant=True, reason="mine"), NotPermitted)
    proposal_decide(proposal_id=proposal, actor=supervisor, grant=True, reason="It finds more.")
    assert [one["code"] for one in rule_set_in_force().document["profiles"]] == [row.code]
    assert rule_set_in_force().hash == Simulation.objects.order_by("-id")[0].candidate_hash


def test_an_edit_while_the_replay_runs_leaves_the_profile_a_draft(analyst: Actor) -> None:
    profile_id = profile_draft(actor=analyst, content=CONTENT)
    run = started(change_of(Profile.objects.get()), actor=analyst)
    profile_edit(actor=analyst, profile_id=profile_id, content=CONTENT | {"valid_days": 91})
    jobs_do()
    run.refresh_from_db()
    row = Profile.objects.get()
    assert (run.state, row.state, row.simulation_id) == ("done", "draft", None)
    refused(lambda: profile_propose(actor=analyst, profile_id=profile_id), TransitionRefused)


def test_bands_go_live_only_with_a_finished_replay_of_exactly_these(analyst: Actor, supervisor: Actor) -> None:
    def propose(change: RuleChange = LOWER) -> Any:
        return rule_change_propose(actor=analyst, change=change, title="Lower bands")

    refused(propose, RuleViolated, "RM-ACT-01")
    run = started(actor=analyst)
    refused(propose, RuleViolated, "RM-ACT-01")
    simulation_stop(simulation_id=run.pk, actor=analyst)
    refused(propose, RuleViolated, "RM-ACT-01")
    finished = done(actor=analyst)
    other = replace(LOWER, values={**LOWER.values, "red": 41})
    refused(lambda: propose(other), RuleViolated, "RM-ACT-01")
    proposal_decide(proposal_id=propose(), actor=supervisor, grant=True, reason="Fewer are missed.")
    assert rule_set_in_force().bands.red == 40
    assert rule_set_in_force().hash == finished.candidate_hash
