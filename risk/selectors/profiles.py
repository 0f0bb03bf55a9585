"""Reads of profiles: the list with what needs someone, one profile with its versions, and its history."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from risk.models import Profile, RuleDay, Simulation
from risk.schemas import ProfileContent
from risk.states import ProfileState, SimulationState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode

UNFINISHED = (ProfileState.DRAFT, ProfileState.SIMULATED, ProfileState.PROPOSED)
"""States of a version that is still being written."""
END_NEAR = timedelta(days=14)
CHOICES_MOST = 500
"""Profiles that a list of choices offers."""
HIT_DAYS = 90
"""Days over which the hit rate of a profile is told; one of `hit_rates.WINDOWS`."""


@dataclass(frozen=True, slots=True)
class ProfileShown:
    """A version of a profile."""

    id: UUID
    code: str
    version: int
    name: str
    state: ProfileState
    content: ProfileContent
    content_sha256: str
    owner: str
    basis: str
    expected_hit_rate: Decimal
    valid_days: int
    valid_to: date | None
    author: str
    editors: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    live_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    retire_proposed_at: datetime | None
    simulation_id: UUID | None

    @property
    def days_left(self) -> int | None:
        """Days until its last one, for what is live."""
        if self.state is not ProfileState.LIVE or self.valid_to is None:
            return None
        return (self.valid_to - clock.today()).days

    @property
    def ends_soon(self) -> bool:
        """Whether someone must look at it, because its days are nearly over."""
        left = self.days_left
        return left is not None and left <= END_NEAR.days


@dataclass(frozen=True, slots=True)
class TriedOn:
    """The finished simulation that a profile stands on."""

    id: UUID
    title: str
    since: date
    until: date
    ended_at: datetime | None
    result: Mapping[str, Any]
    result_sha256: str


def profiles_in(actor: Actor, *, states: Collection[ProfileState]) -> list[ProfileShown]:
    """The newest profiles in some states, by code, to choose from; none for who may not see them."""
    if not actor.may(Permission.VIEW_PROPOSAL):
        return []
    rows = Profile.objects.filter(state__in=[state.value for state in states]).order_by("code", "-version")
    return [profile_shown(row) for row in rows[:CHOICES_MOST]]


def profiles_for(
    actor: Actor, *, state: ProfileState | None, cursor: str = "", size: int = PAGE_SIZE
) -> Page[ProfileShown]:
    """The profiles in a state, or those that need someone, newest first; none for who may not see them.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    if not actor.may(Permission.VIEW_PROPOSAL):
        return Page([])
    rows = Profile.objects.filter(_needs_someone() if state is None else Q(state=state.value)).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([profile_shown(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def _needs_someone() -> Q:
    """What is not finished, and what is live and near its end or found too little."""
    near = Q(valid_to__lte=clock.today() + END_NEAR) | Q(retire_proposed_at__isnull=False)
    return Q(state__in=[state.value for state in UNFINISHED]) | Q(state=ProfileState.LIVE.value) & near


def profile_counts(actor: Actor) -> dict[ProfileState, int]:
    """How many profiles there are in each state."""
    if not actor.may(Permission.VIEW_PROPOSAL):
        return {}
    counted = Profile.objects.values_list("state").annotate(count=Count("id")).order_by("state")
    return {ProfileState(state): count for state, count in counted}


def profile_for(actor: Actor, profile_id: UUID) -> ProfileShown:
    """One version of a profile.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    row = Profile.objects.filter(pk=profile_id).first() if actor.may(Permission.VIEW_PROPOSAL) else None
    if row is None:
        raise NotFound
    return profile_shown(row)


def profile_versions(code: str) -> list[ProfileShown]:
    """Every version of a profile, newest first."""
    return [profile_shown(row) for row in Profile.objects.filter(code=code).order_by("-version")]


def profile_tried_on(profile: ProfileShown) -> TriedOn | None:
    """The finished simulation that a profile stands on, if there is one."""
    if profile.simulation_id is None:
        return None
    row = Simulation.objects.filter(pk=profile.simulation_id, state=SimulationState.DONE.value).first()
    if row is None:
        return None
    return TriedOn(row.id, row.title, row.since, row.until, row.ended_at, row.result or {}, row.result_sha256)


def profile_weeks(code: str) -> list[float]:
    """Share of checks with a finding in each of the last weeks in which a profile's picks were checked, oldest first.

    The rates themselves are those of `risk.selectors.hit_rates`.
    """
    since = clock.today() - timedelta(days=HIT_DAYS)
    weeks: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    days = RuleDay.objects.filter(rule=code, day__gt=since, inspections__gt=0)
    for day, checks, findings in days.values_list("day", "inspections", "findings"):
        week = weeks[(day - since).days // 7]
        week[0] += checks
        week[1] += findings
    return [found / checked for _, (checked, found) in sorted(weeks.items())]


def profile_shown(row: Profile) -> ProfileShown:
    """A row as a value."""
    return ProfileShown(
        id=row.id,
        code=row.code,
        version=row.version,
        name=row.name,
        state=ProfileState(row.state),
        content=ProfileContent.model_validate(row.content),
        content_sha256=row.content_sha256,
        owner=row.owner,
        basis=row.basis,
        expected_hit_rate=row.expected_hit_rate,
        valid_days=row.valid_days,
        valid_to=row.valid_to,
        author=row.author,
        editors=tuple(row.editors),
        created_at=row.created_at,
        changed_at=row.changed_at,
        live_at=row.live_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        retire_proposed_at=row.retire_proposed_at,
        simulation_id=row.simulation_id,
    )
