"""Profiles of the demonstration: one in force, one that waits for the supervisor, one that is being written."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from risk.rules.profiles import profile_change
from risk.selectors.profiles import profile_for, profiles_in
from risk.services.profiles import profile_draft, profile_propose
from risk.services.simulations import simulation_start
from risk.states import ProfileState
from singlewindow.accounts.types import Actor
from singlewindow.demo.watching import PROPOSES, agreed, person, simulation_play
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated

REPLAYED = timedelta(days=30)
OWNER, BASIS = "Risk unit", "Customs act, section 12"


def _criterion(field: str, operator: str, *values: str) -> dict[str, Any]:
    return {"field": field, "operator": operator, "values": list(values)}


UNDERVALUED: dict[str, Any] = {
    "name": "Textiles far under their usual value",
    "all": [_criterion("hs6", "begins", "61", "62", "63", "64"), _criterion("unit_value_ratio", "less", "0.5")],
    "points": "25",
    "step": "TS-VALUE",
    "owner": OWNER,
    "basis": BASIS,
    "expected_hit_rate": "0.3",
    "valid_days": 90,
}
NEWCOMERS: dict[str, Any] = {
    "name": "New traders with dear goods from afar",
    "all": [_criterion("trader_known_days", "less", "60"), _criterion("total_value", "more", "20000")],
    "any": [[_criterion("pair_seen", "no"), _criterion("dispatched_elsewhere", "yes")]],
    "points": "15",
    "step": "TS-PARTIES",
    "owner": OWNER,
    "basis": BASIS,
    "expected_hit_rate": "0.2",
    "valid_days": 60,
}
SMALL_ARMS: dict[str, Any] = {
    "name": "Parts of arms",
    "all": [_criterion("hs6", "begins", "9305")],
    "lane": "RED",
    "step": "TS-LICENCE",
    "owner": OWNER,
    "basis": "Arms act, section 3",
    "expected_hit_rate": "0.1",
    "valid_days": 180,
}


def profiles_load() -> int:
    """Write the profiles, try two on the trade that is there, propose them and agree to the first; how many there are.

    Idempotent: where there are profiles already, nothing is done.
    """
    analyst = person(PROPOSES)
    if profiles_in(analyst, states=tuple(ProfileState)):
        return 0
    made = [profile_draft(actor=analyst, content=content) for content in (UNDERVALUED, NEWCOMERS, SMALL_ARMS)]
    proposed = [proposal for profile in made[:2] if (proposal := _tried_and_proposed(analyst, profile))]
    for proposal_id in proposed[:1]:
        agreed(proposal_id, "The figures hold.")
    return len(made)


def _tried_and_proposed(analyst: Actor, profile_id: UUID) -> UUID | None:
    """The proposal of a profile that was tried on the last days; none where nothing was scored that could be."""
    shown = profile_for(analyst, profile_id)
    change = profile_change(shown.content, code=shown.code, version=shown.version)
    until = clock.today()
    try:
        trial = simulation_start(actor=analyst, change=change, since=until - REPLAYED, until=until, title=shown.name)
    except RuleViolated:  # nothing was filed yet
        return None
    return profile_propose(actor=analyst, profile_id=profile_id) if simulation_play(trial) else None
