"""Life cycles of risk, as tables: profiles and simulations. Source: docs/rules/risk.md; domain rules K3 and N04."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class ProfileState(StrEnum):
    """Where a profile stands."""

    DRAFT = "draft"  # Being written.
    SIMULATED = "simulated"  # Tried on the past in exactly this form.
    PROPOSED = "proposed"  # Waits for a second person.
    LIVE = "live"  # Part of the rule set in force.
    EXPIRED = "expired"  # Its days are over.
    ENDED = "ended"  # Ended, superseded, or given up.


class AlertState(StrEnum):
    """Where an entry of the alert list stands."""

    PROPOSED = "proposed"  # Waits for a second person.
    LIVE = "live"  # Declarations are compared with it.
    ENDED = "ended"  # Taken off the list, or never agreed to.


class SimulationState(StrEnum):
    """Where a replay stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


S, P = ProfileState, Permission

PROFILE = StateMachine(
    name="profile",
    states=ProfileState,
    initial=S.DRAFT,
    transitions=[
        Transition("simulate", frozenset({S.DRAFT, S.SIMULATED}), S.SIMULATED, P.EDIT_RISK),
        Transition("edit", frozenset({S.DRAFT, S.SIMULATED, S.PROPOSED}), S.DRAFT, P.EDIT_RISK),
        Transition("propose", frozenset({S.SIMULATED}), S.PROPOSED, P.EDIT_RISK),
        Transition("go_live", frozenset({S.PROPOSED}), S.LIVE, P.DECIDE_PROPOSAL),
        Transition("refuse", frozenset({S.PROPOSED}), S.DRAFT, P.DECIDE_PROPOSAL),
        Transition("expire", frozenset({S.LIVE}), S.EXPIRED, P.SYSTEM),
        Transition("end", frozenset({S.DRAFT, S.SIMULATED, S.PROPOSED, S.LIVE}), S.ENDED, P.EDIT_RISK),
    ],
)

A = AlertState

ALERT = StateMachine(
    name="alert",
    states=AlertState,
    initial=A.PROPOSED,
    transitions=[
        Transition("go_live", frozenset({A.PROPOSED}), A.LIVE, P.DECIDE_PROPOSAL),
        Transition("end", frozenset({A.PROPOSED, A.LIVE}), A.ENDED, P.EDIT_RISK),
    ],
)

R = SimulationState

SIMULATION = StateMachine(
    name="simulation",
    states=SimulationState,
    initial=R.QUEUED,
    transitions=[
        Transition("start", frozenset({R.QUEUED}), R.RUNNING, P.SYSTEM),
        Transition("finish", frozenset({R.RUNNING}), R.DONE, P.SYSTEM),
        Transition("stop", frozenset({R.QUEUED, R.RUNNING}), R.STOPPED, P.SIMULATE_RISK),
        Transition("fail", frozenset({R.QUEUED, R.RUNNING}), R.FAILED, P.SYSTEM),
    ],
)
