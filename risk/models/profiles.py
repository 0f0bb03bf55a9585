"""Risk profiles that analysts write."""

from django.db import models

from risk.states import ProfileState
from risk.types import Lane
from singlewindow.kernel.identifiers import uuid7

PROFILE_DAYS_MAX = 180
"""So long at most a profile is live before someone must look at it again (domain rule K3)."""


class Profile(models.Model):
    """Criteria that give a lane or points, with owner, legal basis and end. What is live never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=12, help_text="PR-0001; the versions of a profile share it")
    version = models.PositiveSmallIntegerField(db_default=1)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=9, db_default=ProfileState.DRAFT.value)
    content = models.JSONField(help_text="risk.schemas.ProfileContent as plain values")
    content_sha256 = models.CharField(max_length=64)
    hard = models.BooleanField(help_text="Always holds: trust and capacity do not lower it")
    lane = models.CharField(max_length=6, db_default="")
    points = models.DecimalField(max_digits=5, decimal_places=2, db_default=0)
    owner = models.CharField(max_length=80)
    basis = models.CharField(max_length=200)
    expected_hit_rate = models.DecimalField(max_digits=4, decimal_places=3)
    valid_days = models.PositiveSmallIntegerField()
    valid_to = models.DateField(null=True, help_text="Set when it goes live")
    author = models.CharField(max_length=80)
    editors = models.JSONField(default=list, help_text="Labels of everyone who wrote it")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    simulation_id = models.UUIDField(null=True)
    live_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, db_default="")
    retire_proposed_at = models.DateTimeField(null=True, help_text="Its hit rate was too low for too long")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("code", "version"), name="profile_version_once"),
            models.UniqueConstraint(
                fields=("code",), condition=models.Q(state=ProfileState.LIVE.value), name="profile_one_live"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ProfileState]), name="profile_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_days__gte=1, valid_days__lte=PROFILE_DAYS_MAX), name="profile_expires"
            ),
            models.CheckConstraint(
                condition=models.Q(expected_hit_rate__gte=0, expected_hit_rate__lte=1), name="profile_hit_rate_share"
            ),
            models.CheckConstraint(
                condition=models.Q(hard=False) | models.Q(lane__in=[Lane.YELLOW.value, Lane.RED.value]),
                name="profile_hard_holds",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ProfileState.LIVE.value)
                | models.Q(live_at__isnull=False, valid_to__isnull=False, simulation_id__isnull=False),
                name="profile_live_was_simulated",
            ),
        )
        indexes = (models.Index(fields=("state", "code"), name="profile_list"),)

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
