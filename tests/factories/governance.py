"""Two people who put things in force together: the analyst proposes, the supervisor agrees."""

from uuid import UUID

from risk.services import risk_load
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Role
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.approvals.services import proposal_decide


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
