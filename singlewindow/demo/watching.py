"""What the demonstration's risk engine begins with: proposed by the analyst, agreed to by the supervisor."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from risk.models import Simulation
from risk.selectors.rule_sets import rule_set_in_force
from risk.services import risk_load
from risk.services.proposals import rule_change_propose
from risk.services.simulations import simulation_start
from risk.states import SimulationState
from risk.tasks import simulate
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.models import User
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_decide
from singlewindow.jobs.models import Job

UNDER_WAY = (SimulationState.QUEUED.value, SimulationState.RUNNING.value)
PROPOSES, AGREES = "analyst", "supervisor"


def risk_tables_load() -> int:
    """Put the shipped tables and alerts in force, by two people; how many proposals that took, none the second time."""
    if rule_set_in_force().tables:
        return 0
    proposed = risk_load(actor=person(PROPOSES)).proposals
    for proposal_id in proposed:
        agreed(proposal_id, "To begin with.")
    return len(proposed)


def agreed(proposal_id: UUID, reason: str) -> None:
    """The supervisor's word on what the analyst proposed."""
    proposal_decide(proposal_id=proposal_id, actor=person(AGREES), grant=True, reason=reason)


def simulation_play(trial: Simulation) -> bool:
    """Do the jobs of a simulation as a worker would; whether it is done."""
    waiting = Job.objects.filter(kind=simulate.name, subject_id=str(trial.pk), state="todo")
    while trial.state in UNDER_WAY and (jobs := list(waiting.values_list("pk", flat=True))):
        simulate(jobs)
        trial.refresh_from_db()
    return trial.state == SimulationState.DONE.value


def person(username: str) -> Actor:
    """One of the people of the demonstration, signed in."""
    return actor_of_user(User.objects.get(username=username))


EXAMINED_SHARE = 0.07
"""Share of what an office sees on a working day that it can examine, in the demonstration."""
EXPLORED = Decimal("0.25")
"""Share of the examinations that is kept to learn from: offices are small, and a tenth would be none."""


def selection_agreed(since: date, until: date, declarations: Mapping[str, float]) -> bool:
    """Set what offices can examine, the way anybody must: tried on past days, proposed, agreed to by a second person.

    Args:
        declarations: what each office saw on a day.
    """
    capacity = {office: max(1, round(count * EXAMINED_SHARE)) for office, count in sorted(declarations.items())}
    policy = replace(rule_set_in_force().selection, capacity={**capacity, "*": 1}, explore=EXPLORED)
    change = RuleChange(RuleChangeKind.SELECTION, policy.plain())
    analyst = person(PROPOSES)
    trial = simulation_start(
        actor=analyst, change=change, since=since, until=until, seed=1, title="What the offices can examine"
    )
    if not simulation_play(trial):
        return False
    proposed = rule_change_propose(actor=analyst, change=change, title="What the offices can examine")
    agreed(proposed, "It fits the officers we have.")
    return True
