"""Risk profiles for tests: a content, and profiles that have come as far as a test needs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from risk.models import Profile, Simulation
from risk.rules.profiles import profile_change
from risk.rules.rule_set import RULE_SET
from risk.schemas import ProfileContent
from risk.services.profiles import profile_draft, profile_propose, profile_simulated
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.services import proposal_decide
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from tests.factories import accounts

RESULT: dict[str, Any] = {
    "declarations": 12_000,
    "live": {"held": 900, "held_share": "0.0750", "found": 120, "hit_rate": {"value": "0.1333"}, "false_alarms": 780},
    "candidate": {
        "held": 940,
        "held_share": "0.0783",
        "found": 131,
        "hit_rate": {"value": "0.1394"},
        "false_alarms": 809,
    },
    "profiles": {"live": [], "candidate": [{"code": "PR-0001", "hits": 61, "known": 30, "found": 11}]},
}


def criterion(field: str, operator: str, *values: str) -> dict[str, Any]:
    """One criterion as plain values."""
    return {"field": field, "operator": operator, "values": list(values)}


CLOTHES = [
    criterion("commodity", "begins", "61", "62"),
    criterion("origin", "in", "CN"),
    criterion("unit_value_ratio", "less", "0.4"),
]


def content(**changes: Any) -> dict[str, Any]:
    """A profile that finds cheap clothes, as an analyst writes it."""
    values: dict[str, Any] = {
        "name": "Clothes far under their usual value",
        "all": CLOTHES,
        "any": [],
        "lane": None,
        "points": "25",
        "step": "TS-VALUE",
        "owner": "Valuation unit",
        "basis": "Customs act, section 41",
        "expected_hit_rate": "0.25",
        "valid_days": 90,
    }
    return values | changes


def draft(actor: Actor | None = None, **changes: Any) -> Profile:
    """A profile as a draft."""
    made = profile_draft(actor=actor or accounts.actor(Role.RISK_ANALYST), content=content(**changes))
    return Profile.objects.get(pk=made)


def simulate(profile: Profile, result: dict[str, Any] | None = None) -> Simulation:
    """A finished simulation of exactly what a profile says, told to the profile."""
    stored = ProfileContent.model_validate(profile.content)
    change = profile_change(stored, code=profile.code, version=profile.version)
    at = clock.now()
    found = result if result is not None else RESULT
    run = Simulation.objects.create(
        title=profile.name,
        change=change.plain(),
        change_sha256=change.sha256,
        base_hash=RULE_SET.hash,
        candidate_hash="c" * 64,
        since=at.date() - timedelta(days=90),
        until=at.date() - timedelta(days=1),
        seed=1,
        asked_by="user:1",
        asked_at=at,
    )
    for state in ("running", "done"):
        run.state, run.ended_at, run.result, run.result_sha256 = state, at, found, sha256_hex(canonical_bytes(found))
        run.save()
    with unit_of_work() as work:
        told = profile_simulated(
            work,
            profile_id=profile.id,
            content_sha256=stored.sha256,
            simulation_id=run.id,
            actor=system_actor("tests"),
        )
    assert told
    return run


def simulated(actor: Actor | None = None, **changes: Any) -> Profile:
    """A profile that was simulated."""
    made = draft(actor, **changes)
    simulate(made)
    made.refresh_from_db()
    return made


def proposed(actor: Actor | None = None, **changes: Any) -> tuple[Profile, UUID]:
    """A profile that waits for a second person, and its proposal."""
    writer = actor or accounts.actor(Role.RISK_ANALYST)
    made = simulated(writer, **changes)
    proposal_id = profile_propose(actor=writer, profile_id=made.id)
    made.refresh_from_db()
    return made, proposal_id


def live(actor: Actor | None = None, **changes: Any) -> Profile:
    """A profile in force."""
    made, proposal_id = proposed(actor, **changes)
    second = accounts.actor(Role.SUPERVISOR)
    proposal_decide(proposal_id=proposal_id, actor=second, grant=True, reason="The figures hold.")
    made.refresh_from_db()
    return made
