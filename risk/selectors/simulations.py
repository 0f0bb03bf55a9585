"""Reads of simulations: their list, one with its progress and figures, and the run that something new stands on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from risk.models import Profile, Simulation
from risk.rules.changes import change_apply
from risk.rules.rule_set import RULE_SET, CompiledRuleSet, compiled
from risk.selectors.rule_sets import rule_set_of
from risk.states import SIMULATION, SimulationState
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import Page, cursor_decode, page_of

PAGE = 20
VALID_DAYS = 30
"""So many days at most a run may be old when what it tried goes live (RM-SIM-10)."""
HEAD = (
    "id", "title", "state", "change", "change_sha256", "base_hash", "candidate_hash", "since", "until", "seed",
    "asked_by", "asked_at", "started_at", "ended_at", "total", "done", "declarations", "result_sha256", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SimulationHead:
    """A simulation and how far it has come."""

    id: UUID
    title: str
    state: SimulationState
    change: RuleChange
    change_sha256: str
    base_hash: str
    candidate_hash: str
    since: date
    until: date
    seed: int
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    total: int
    done: int
    declarations: int
    result_sha256: str
    error: str

    @property
    def ended(self) -> bool:
        """Whether nothing of it changes any more."""
        return self.state in SIMULATION.terminal()


def simulations_for(actor: Actor, *, cursor: str = "", size: int = PAGE) -> Page[SimulationHead]:
    """The simulations, newest first; none for who may not try rules on the past."""
    if not actor.may(Permission.SIMULATE_RISK):
        return Page([])
    rows = Simulation.objects.order_by("-pk")
    if cursor:
        (after,) = cursor_decode(cursor, str)
        rows = rows.filter(pk__lt=_uuid(str(after)))
    heads = [_head(values) for values in rows.values(*HEAD)[: size + 1]]
    return page_of(heads, size, lambda head: (str(head.id),))


def simulation_for(actor: Actor, simulation_id: UUID) -> SimulationHead:
    """One simulation. Raises NotFound: there is none, or the actor may not see it."""
    found = _of(actor, simulation_id).values(*HEAD).first()
    if found is None:
        raise NotFound
    return _head(found)


def simulation_result_for(actor: Actor, simulation_id: UUID) -> dict[str, Any] | None:
    """The figures of one that is done. Raises NotFound: there is none, or the actor may not see it."""
    found = _of(actor, simulation_id).values_list("result").first()
    if found is None:
        raise NotFound
    result: dict[str, Any] | None = found[0]
    return result


def simulation_of(change_sha256: str) -> Simulation | None:
    """The newest finished run of exactly this change that is not too old to put it in force (RM-SIM-10)."""
    since = clock.now() - timedelta(days=VALID_DAYS)
    runs = Simulation.objects.filter(change_sha256=change_sha256, state=SimulationState.DONE.value, ended_at__gte=since)
    return runs.order_by("-ended_at").first()


def rule_sets_of(base_hash: str, change: RuleChange, on: date) -> tuple[CompiledRuleSet, CompiledRuleSet]:
    """The rule set that a simulation started from, and the candidate.

    Raises:
        RuleViolated: RM-ACT-06, the change does not fit.
    """
    live = RULE_SET if base_hash == RULE_SET.hash else rule_set_of(base_hash)
    return live, compiled(change_apply(live.document, change, on=on))


def profile_of(change: RuleChange) -> UUID | None:
    """The version of the profile that a change puts in force or ends; none where it is no profile's."""
    if change.kind not in (RuleChangeKind.PROFILE_ADD, RuleChangeKind.PROFILE_END):
        return None
    found = Profile.objects.filter(code=change.values["code"], version=change.values["version"])
    return found.values_list("pk", flat=True).first()


def _of(actor: Actor, simulation_id: UUID) -> Any:
    if not actor.may(Permission.SIMULATE_RISK):
        raise NotFound
    return Simulation.objects.filter(pk=simulation_id)


def _head(values: dict[str, Any]) -> SimulationHead:
    return SimulationHead(
        **values | {"state": SimulationState(values["state"]), "change": RuleChange.of(values["change"])}
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
