"""What the acts on profiles share: locking in one order, writing content into the row, telling what was done."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from risk.models import Profile
from risk.schemas import ProfileContent
from risk.states import ProfileState
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_lock, proposal_outdate
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, NotFound

KIND, KIND_END = "risk.profile", "risk.profile_end"
CONTENT_COLUMNS = (
    "name",
    "content",
    "content_sha256",
    "hard",
    "lane",
    "points",
    "owner",
    "basis",
    "expected_hit_rate",
    "valid_days",
)


def profile_lock(profile_id: UUID) -> Profile:
    """The row of a profile, kept from changing until the transaction ends.

    Locks: the profile.

    Raises:
        NotFound: there is none.
    """
    row = Profile.objects.select_for_update().filter(pk=profile_id).first()
    if row is None:
        raise NotFound
    return row


def profile_lock_whole(profile_id: UUID) -> tuple[Profile, ProposalView | None]:
    """A profile with its open proposal, for an act that outdates it.

    Locks: the proposal first and the profile then, as granting does, so that neither waits for the other for ever.

    Raises:
        NotFound: there is no such profile.
        Conflict: it was proposed just now, after nothing was found to lock.
    """
    proposal = proposal_lock(KIND, str(profile_id))
    row = profile_lock(profile_id)
    if row.state == ProfileState.PROPOSED.value and proposal is None:
        raise Conflict("Someone has just proposed this profile. Look at it again.")
    return row, proposal


def proposal_drop(work: Work, proposal: ProposalView | None, actor: Actor, reason: str) -> None:
    """Withdraw the open proposal of a profile, if there is one."""
    if proposal is not None:
        proposal_outdate(work, proposal_id=proposal.id, actor=actor, reason=reason)


def content_write(row: Profile, content: ProfileContent) -> None:
    """Put a content into the columns of a row; the caller saves it."""
    row.name, row.content, row.content_sha256 = content.name, dict(content.plain()), content.sha256
    row.hard, row.lane, row.points = content.hard, content.lane.value if content.lane else "", Decimal(content.points)
    row.owner, row.basis = content.owner, content.basis
    row.expected_hit_rate, row.valid_days = Decimal(content.expected_hit_rate), content.valid_days


def editor_add(row: Profile, actor: Acting) -> None:
    """Remember who wrote: none of them may agree."""
    row.editors = sorted({row.author, *row.editors, actor.label})


def profile_tell(
    work: Work,
    row: Profile,
    actor: Acting,
    verb: Verb,
    *,
    reason: str = "",
    before: str = "",
    data: Mapping[str, JsonValue] | None = None,
) -> None:
    """Record a step of a profile; every event names its code, version and the digest of its content."""
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="risk_profile",
        subject_id=str(row.id),
        data={"code": row.code, "version": row.version, "content": row.content_sha256, **(data or {})},
        reason=reason,
        before=before,
        after=row.content_sha256,
    )
