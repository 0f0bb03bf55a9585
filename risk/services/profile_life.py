"""What becomes of profiles that were proposed: going live, returning, ending, and expiring by themselves."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.urls import reverse

from risk.models import PROFILE_DAYS_MAX, Profile
from risk.rules.profile_words import profile_sentence
from risk.rules.profiles import profile_change, profile_end_change
from risk.schemas import ProfileContent
from risk.services.activation import rule_set_change
from risk.services.profile_rows import KIND_END, profile_lock, profile_tell
from risk.services.profiles import reason_checked, simulation_required
from risk.states import PROFILE, ProfileState
from risk.types import RuleChange
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue, timers_cancel
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.errors import Conflict

WARN_DAYS = 14
"""So long before its last day the owner of a profile is warned."""


def profile_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put a profile in force that a second person agreed to; the older version of its code ends.

    Locks: the proposal (by its caller), the profile, the older version, then the rule set.

    Source: docs/rules/profiles.md, RM-PRO-13 and RM-PRO-16; domain rules K3, N02 and N04.

    Raises:
        TransitionRefused: it is not proposed any more.
        Conflict: its content is not what was proposed.
        RuleViolated: RM-PRO-13, the simulation is not of this content.
    """
    row = profile_lock(UUID(proposal.subject_id))
    state = PROFILE.next_state("go_live", row.state)
    if row.content_sha256 != proposal.content_sha256:
        raise Conflict("The profile is not what was proposed. It must be proposed again.")
    simulation_required(row)
    for older in Profile.objects.select_for_update().filter(code=row.code, state=ProfileState.LIVE.value):
        _end(work, older, actor, f"Version {row.version} takes its place.")
    on = clock.today()
    row.state, row.live_at = state.value, clock.now()
    row.valid_to = on + timedelta(days=min(row.valid_days, PROFILE_DAYS_MAX))
    row.save(update_fields=["state", "live_at", "valid_to"])
    content = ProfileContent.model_validate(row.content)
    change = profile_change(content, code=row.code, version=row.version)
    rule_set_change(work, change, actor=actor, proposal_id=proposal.id)
    until = row.valid_to.isoformat()
    profile_tell(work, row, actor, Verb.PROFILE_LIVE, data={"proposal": str(proposal.id), "until": until})
    _warn_later(work, row)


def profile_returns(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Make a profile a draft again whose proposal was refused or taken back; one that is a draft already stays one.

    Locks: the proposal (by its caller), then the profile.
    """
    row = profile_lock(UUID(proposal.subject_id))
    if row.state != ProfileState.PROPOSED.value or row.content_sha256 != proposal.content_sha256:
        return
    row.state, row.simulation_id = PROFILE.next_state("refuse", row.state).value, None
    row.save(update_fields=["state", "simulation_id"])
    profile_tell(work, row, actor, Verb.PROFILE_RETURNED, reason=proposal.reason)


def profile_end_propose(*, actor: Actor, profile_id: UUID, reason: str) -> UUID:
    """Propose that a live profile ends before its time; the id of the proposal.

    Locks: the profile.

    Source: docs/rules/profiles.md, RM-PRO-15.

    Raises:
        NotPermitted, NotFound: the actor writes no profiles, or there is none.
        RuleViolated: RM-PRO-14, no reason is given.
        Conflict: it is not live.
    """
    actor.require(Permission.EDIT_RISK)
    text = reason_checked(reason)
    with unit_of_work() as work:
        row = profile_lock(profile_id)
        if row.state != ProfileState.LIVE.value:
            raise Conflict("Only a live profile is ended so; give up one that is not live.")
        return proposal_make(
            work,
            actor=actor,
            kind=KIND_END,
            subject_id=str(row.id),
            title=f"{row.code} v{row.version}: {row.name}",
            content_sha256=_end_change(row).sha256,
            evidence={
                "what": profile_sentence(ProfileContent.model_validate(row.content)),
                "reason": text,
                "expected_hit_rate": str(row.expected_hit_rate),
            },
            address=reverse("risk:profile", args=[row.id]),
        )


def profile_ends(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """End a live profile as a second person agreed to.

    Locks: the proposal (by its caller), the profile, then the rule set.

    Raises:
        Conflict: it is not live any more.
    """
    row = profile_lock(UUID(proposal.subject_id))
    if row.state != ProfileState.LIVE.value or _end_change(row).sha256 != proposal.content_sha256:
        raise Conflict("The profile is not live any more.")
    _end(work, row, actor, str(proposal.evidence.get("reason", "")))
    rule_set_change(work, _end_change(row), actor=actor, proposal_id=proposal.id)


def profiles_expire() -> int:
    """Take every live profile out of force whose last day is past; how many.

    Locks: each profile, then the rule set, one profile a transaction.

    Idempotent: one that is expired is not live any more.
    """
    actor = system_actor("risk")
    past = Profile.objects.filter(state=ProfileState.LIVE.value, valid_to__lt=clock.today())
    return sum(_expire(profile_id, actor) for profile_id in past.order_by("code").values_list("id", flat=True))


def _expire(profile_id: UUID, actor: Actor) -> bool:
    with unit_of_work() as work:
        row = profile_lock(profile_id)
        if row.state != ProfileState.LIVE.value or row.valid_to is None or row.valid_to >= clock.today():
            return False
        row.state, row.ended_at = PROFILE.next_state("expire", row.state).value, clock.now()
        row.save(update_fields=["state", "ended_at"])
        rule_set_change(work, _end_change(row), actor=actor, proposal_id=None)
        profile_tell(work, row, actor, Verb.PROFILE_EXPIRED, data={"until": row.valid_to.isoformat()})
        return True


def profile_warn(work: Work, job: JobContext) -> None:
    """Tell, once, that the days of a live profile are nearly over.

    Idempotent: the job is done once; a profile that is not live any more is left alone.
    """
    row = Profile.objects.filter(pk=job.subject_id, state=ProfileState.LIVE.value).first()
    if row is not None and row.valid_to is not None:
        data = {"until": row.valid_to.isoformat(), "owner": row.owner}
        profile_tell(work, row, system_actor("risk"), Verb.PROFILE_END_NEAR, data=data)


def _end_change(row: Profile) -> RuleChange:
    return profile_end_change(code=row.code, version=row.version, content_sha256=row.content_sha256)


def _end(work: Work, row: Profile, actor: Acting, reason: str) -> None:
    row.state, row.ended_at, row.end_reason = PROFILE.next_state("end", row.state).value, clock.now(), reason[:300]
    row.save(update_fields=["state", "ended_at", "end_reason"])
    timers_cancel(work, subject_id=str(row.id), kind="risk.profile_warn")
    profile_tell(work, row, actor, Verb.PROFILE_ENDED, reason=row.end_reason)


def _warn_later(work: Work, row: Profile) -> None:
    if row.valid_to is None or row.valid_days <= WARN_DAYS:
        return
    at = datetime.combine(row.valid_to - timedelta(days=WARN_DAYS), time(), tzinfo=clock.now().tzinfo)
    queue(work, "ProfileEndNear", subject_id=str(row.id), dedup=f"{row.id}:end-near", not_before=at)
