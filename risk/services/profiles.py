"""Writing profiles: drafting, editing, new versions, trying them on the past, proposing, giving up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.urls import reverse

from risk.models import Profile, Simulation
from risk.rules.profile_check import profile_read
from risk.rules.profile_figures import key_figures
from risk.rules.profile_words import profile_sentence
from risk.rules.profiles import profile_change
from risk.schemas import ProfileContent
from risk.selectors.simulations import simulation_of
from risk.services.profile_rows import (
    CONTENT_COLUMNS,
    KIND,
    content_write,
    editor_add,
    profile_lock,
    profile_lock_whole,
    profile_tell,
    proposal_drop,
)
from risk.states import PROFILE, ProfileState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.errors import Conflict, NotFound, PreconditionFailed, RuleViolated, Violation

NUMBER_LOCK = 7_262_110
"""Advisory lock under which a profile gets its number, so that two drafts at once get two."""
REASON_LENGTH = 300
UNFINISHED = (ProfileState.DRAFT.value, ProfileState.SIMULATED.value, ProfileState.PROPOSED.value)


def profile_draft(*, actor: Actor, content: Mapping[str, Any]) -> UUID:
    """Write a new profile with a code of its own.

    Locks: the numbering of profiles.

    Source: docs/rules/profiles.md, RM-PRO-01 to RM-PRO-10.

    Raises:
        NotPermitted: the actor writes no profiles.
        RuleViolated: every wrong element of the content.
    """
    actor.require(Permission.EDIT_RISK)
    checked = profile_read(content)
    with unit_of_work() as work:
        work.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
        newest = Profile.objects.aggregate(newest=Max("code"))["newest"]
        number = int(newest.removeprefix("PR-")) + 1 if newest else 1
        return _insert(work, actor, checked, code=f"PR-{number:04d}", version=1).id


def profile_edit(*, actor: Actor, profile_id: UUID, content: Mapping[str, Any], seen_sha256: str = "") -> None:
    """Change what is not live: it becomes a draft again, the editor is remembered, an open proposal is withdrawn.

    Locks: the open proposal, then the profile.

    Idempotent: the same content again changes nothing.

    Source: docs/rules/profiles.md, RM-PRO-11.

    Args:
        seen_sha256: digest of the content that the editor saw; empty: whatever stands there.

    Raises:
        NotPermitted, NotFound: the actor writes no profiles, or there is none.
        RuleViolated: every wrong element of the content.
        PreconditionFailed: somebody else changed it since.
        TransitionRefused: it is live or over; a new version is written instead.
    """
    actor.require(Permission.EDIT_RISK)
    checked = profile_read(content)
    with unit_of_work() as work:
        row, proposal = profile_lock_whole(profile_id)
        state = PROFILE.next_state("edit", row.state)
        if seen_sha256 and seen_sha256 != row.content_sha256:
            raise PreconditionFailed("Somebody else changed this profile since you opened it. Look at it again.")
        if checked.sha256 == row.content_sha256:
            return
        proposal_drop(work, proposal, actor, "The profile was edited.")
        before = row.content_sha256
        content_write(row, checked)
        editor_add(row, actor)
        row.state, row.simulation_id, row.changed_at = state.value, None, clock.now()
        row.save(update_fields=[*CONTENT_COLUMNS, "editors", "state", "simulation_id", "changed_at"])
        profile_tell(work, row, actor, Verb.PROFILE_WRITTEN, before=before)


def profile_new_version(*, actor: Actor, profile_id: UUID) -> UUID:
    """A draft with the content of a profile that is live or over, under the same code.

    Locks: the newest version of the code.

    Raises:
        NotPermitted, NotFound: the actor writes no profiles, or there is none.
        Conflict: RM-PRO-12, a version is being written already.
    """
    actor.require(Permission.EDIT_RISK)
    with unit_of_work() as work:
        source = Profile.objects.filter(pk=profile_id).first()
        if source is None:
            raise NotFound
        newest = Profile.objects.select_for_update().filter(code=source.code).order_by("-version")[:1].get()
        unfinished = Profile.objects.filter(code=source.code, state__in=UNFINISHED).first()
        if unfinished is not None:
            raise Conflict(f"Version {unfinished.version} of {source.code} is being written already (RM-PRO-12).")
        checked = ProfileContent.model_validate(source.content)
        return _insert(work, actor, checked, code=source.code, version=newest.version + 1).id


def profile_simulated(work: Work, *, profile_id: UUID, content_sha256: str, simulation_id: UUID, actor: Acting) -> bool:
    """Note that a replay of exactly this content is done; false where it was edited, proposed or given up meanwhile.

    Locks: the profile.

    Idempotent: the same simulation again changes nothing.
    """
    row = Profile.objects.select_for_update().filter(pk=profile_id).first()
    if (
        row is None
        or row.content_sha256 != content_sha256
        or "simulate" not in PROFILE.allowed(ProfileState(row.state))
    ):
        return False
    if row.simulation_id == simulation_id:
        return True
    row.state, row.simulation_id = PROFILE.next_state("simulate", row.state).value, simulation_id
    row.save(update_fields=["state", "simulation_id"])
    profile_tell(work, row, actor, Verb.PROFILE_SIMULATED, data={"simulation": str(simulation_id)})
    return True


def profile_propose(*, actor: Actor, profile_id: UUID) -> UUID:
    """Put a simulated profile before a second person, with the figures of its simulation; the id of the proposal.

    Locks: the profile.

    Source: docs/rules/profiles.md, RM-PRO-13; domain rule N04.

    Raises:
        NotPermitted, NotFound: the actor writes no profiles, or there is none.
        TransitionRefused: it is not simulated.
        RuleViolated: RM-PRO-13, no finished simulation is of exactly this content.
    """
    actor.require(Permission.EDIT_RISK)
    with unit_of_work() as work:
        row = profile_lock(profile_id)
        state = PROFILE.next_state("propose", row.state)
        simulation = simulation_required(row)
        row.state, row.simulation_id = state.value, simulation.id
        row.save(update_fields=["state", "simulation_id"])
        proposal_id = proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(row.id),
            title=f"{row.code} v{row.version}: {row.name}",
            content_sha256=row.content_sha256,
            evidence=profile_evidence(row, simulation),
            address=reverse("risk:profile", args=[row.id]),
            authors=[row.author, *row.editors],
        )
        profile_tell(work, row, actor, Verb.PROFILE_PROPOSED, data={"proposal": str(proposal_id)})
        return proposal_id


def profile_withdraw(*, actor: Actor, profile_id: UUID, reason: str) -> None:
    """Give up a profile that is not live; it stays on record as ended.

    Locks: the open proposal, then the profile.

    Raises:
        NotPermitted, NotFound: the actor writes no profiles, or there is none.
        RuleViolated: RM-PRO-14, no reason is given.
        TransitionRefused: it is over; Conflict: it is live, which ends by two people only.
    """
    actor.require(Permission.EDIT_RISK)
    text = reason_checked(reason)
    with unit_of_work() as work:
        row, proposal = profile_lock_whole(profile_id)
        state = PROFILE.next_state("end", row.state)
        if row.state == ProfileState.LIVE.value:
            raise Conflict("A live profile ends when a second person agrees (RM-PRO-15). Propose its end.")
        proposal_drop(work, proposal, actor, "The profile was given up.")
        row.state, row.ended_at, row.end_reason = state.value, clock.now(), text
        row.save(update_fields=["state", "ended_at", "end_reason"])
        profile_tell(work, row, actor, Verb.PROFILE_ENDED, reason=text)


def reason_checked(reason: str) -> str:
    """A reason without needless spaces.

    Raises:
        RuleViolated: RM-PRO-14, there is none, or it is too long.
    """
    text = " ".join(reason.split())
    if not text or len(text) > REASON_LENGTH:
        sentence = f"Give a reason of 1 to {REASON_LENGTH} characters."
        raise RuleViolated(sentence, violations=[Violation("RM-PRO-14", "/reason", sentence, "Say why.")])
    return text


def simulation_required(row: Profile) -> Simulation:
    """The newest finished simulation of exactly what the profile says that is not too old (RM-SIM-10).

    Raises:
        RuleViolated: RM-PRO-13, there is none.
    """
    change = profile_change(ProfileContent.model_validate(row.content), code=row.code, version=row.version)
    found = simulation_of(change.sha256)
    if found is None:
        sentence = "No recent finished simulation is of exactly this content."
        remedy = "Simulate it, and propose it when the simulation is done."
        raise RuleViolated(sentence, violations=[Violation("RM-PRO-13", "/simulation", sentence, remedy)])
    return found


def _insert(work: Work, actor: Actor, content: ProfileContent, *, code: str, version: int) -> Profile:
    at = clock.now()
    row = Profile(
        code=code,
        version=version,
        state=PROFILE.initial.value,
        author=actor.label,
        editors=[actor.label],
        created_at=at,
        changed_at=at,
    )
    content_write(row, content)
    row.save(force_insert=True)
    profile_tell(work, row, actor, Verb.PROFILE_WRITTEN)
    return row


def profile_evidence(row: Profile, simulation: Simulation) -> dict[str, Any]:
    """What who decides about a profile reads: what it was tried on, with the figures that matter."""
    content = ProfileContent.model_validate(row.content)
    return {
        "what": profile_sentence(content),
        "simulation": str(simulation.id),
        "digest": simulation.result_sha256,
        "since": simulation.since.isoformat(),
        "until": simulation.until.isoformat(),
        "expected_hit_rate": str(row.expected_hit_rate),
        "valid_days": row.valid_days,
        "basis": row.basis,
        "owner": row.owner,
        **key_figures(simulation.result or {}, row.code),
    }
