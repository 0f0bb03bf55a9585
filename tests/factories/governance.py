"""Two people who put things in force together: the analyst proposes, the supervisor agrees."""

from datetime import timedelta
from uuid import UUID

from risk.models import Simulation
from risk.services import risk_load, rule_change_propose
from risk.states import SimulationState
from risk.types import RuleChange
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Role
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.approvals.services import proposal_decide
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.learning.services import model_register
from tests.factories.learning import made_model


def person(name: str, role: Role) -> Actor:
    """Somebody who signed in, without a row of their own."""
    return Actor(
        kind=ActorKind.USER,
        id=f"user-{name}",
        name=name,
        roles=frozenset({role}),
        permissions=ROLE_PERMISSIONS[role],
        conversation_id=f"test-{name}",
    )


ANALYST = person("analyst", Role.RISK_ANALYST)
OTHER_ANALYST = person("analyst2", Role.RISK_ANALYST)
SUPERVISOR = person("supervisor", Role.SUPERVISOR)


def agree(*proposals: UUID, by: Actor = SUPERVISOR) -> None:
    """The second person's word on each."""
    for proposal in proposals:
        proposal_decide(proposal_id=proposal, actor=by, grant=True, reason="Looked at it, agreed.")


def risk_live(by: Actor = ANALYST, and_by: Actor = SUPERVISOR) -> str:
    """The shipped tables of facts and alerts in force, as two people put them; the version of the tables."""
    loaded = risk_load(actor=by)
    agree(*loaded.proposals, by=and_by)
    return loaded.fact_set_version


def tried(change: RuleChange, *, finished: bool = True) -> Simulation:
    """A simulation of exactly this change, as a replay leaves it."""
    now = clock.now()
    made = Simulation.objects.create(
        title="tried",
        change=change.plain(),
        change_sha256=change.sha256,
        base_hash="0" * 64,
        candidate_hash="1" * 64,
        since=now.date() - timedelta(days=30),
        until=now.date(),
        seed=1,
        asked_by="user:test",
        asked_at=now,
    )
    row = Simulation.objects.filter(pk=made.pk)
    row.update(state=SimulationState.RUNNING.value, started_at=now)
    if finished:
        result = {"declarations": 0}
        row.update(state=SimulationState.DONE.value, ended_at=now, result=result, result_sha256="2" * 64)
    return made


def change_live(change: RuleChange, title: str = "a change") -> None:
    """A change of the rule set in force: tried, proposed by the analyst, agreed to by the supervisor."""
    tried(change)
    agree(rule_change_propose(actor=ANALYST, change=change, title=title))


def model_registered(by: Actor = ANALYST) -> str:
    """A small trained model, registered; its hash."""
    with unit_of_work() as work:
        return model_register(work, made_model().files, actor=by).hash
