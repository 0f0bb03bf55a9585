"""Charges before they are in the schedule: what an authority drafts, and what the public says of it.

Source: TFA articles 1, 2 and 6.1 to 6.2; docs/rules/fees.md, FE-SCH-01 to FE-SCH-09.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fees.states import DraftState
from fees.types import ChargeEvent
from singlewindow.kernel.identifiers import uuid7

_EMPTY = Q(published_on=None)


class ChargeDraft(models.Model):
    """A version of a charge as an authority proposes it; what was put out for comment never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    authority = models.CharField(max_length=3)
    authority_name = models.CharField(max_length=80)
    law = models.CharField(max_length=160)
    event = models.CharField(max_length=20)
    unit = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    percentage = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    minimum = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    maximum = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    prefixes = ArrayField(models.CharField(max_length=10), default=list)
    in_vat_base = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    comment = models.CharField(max_length=300, blank=True)

    reason = models.CharField(max_length=2000)
    """Why the authority wants it, for the public."""
    cost_basis = models.CharField(max_length=2000)
    """How the cost of the service was found."""
    cost_components = models.JSONField(default=list)
    """What the service costs in a year, part by part: `[{"label": "Staff", "amount": "174000"}]`."""
    cost_total = models.DecimalField(max_digits=16, decimal_places=2)
    services_a_year = models.IntegerField()
    expected_charge = models.DecimalField(max_digits=14, decimal_places=4)
    """What one service is charged on average: the amount itself where it is fixed."""

    state = models.CharField(max_length=10, default=DraftState.DRAFT.value)
    content_sha256 = models.CharField(max_length=64)
    created_by = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_on = models.DateField(null=True)
    comments_until = models.DateField(null=True)
    """The last day for comments, in the country's own time."""
    urgent_reason = models.CharField(max_length=500, blank=True, db_default="")
    """Why it could not wait for the comments; published with the charge (F03)."""
    ended_at = models.DateTimeField(null=True)
    """When it was published or withdrawn."""
    published_on = models.DateField(null=True)
    version = models.ForeignKey("fees.TariffVersion", models.PROTECT, null=True, related_name="+", db_index=False)
    """The version of the data that brought it into the schedule."""
    withdrawn_reason = models.CharField(max_length=500, blank=True, db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DraftState]), name="charge_draft_state_known"
            ),
            models.CheckConstraint(
                condition=Q(event__in=[event.value for event in ChargeEvent]), name="charge_draft_event_known"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{3}-[A-Z0-9]{2,6}$"), name="charge_draft_code_form"),
            models.CheckConstraint(
                condition=Q(amount=None, percentage__isnull=False, maximum__isnull=False)
                | Q(amount__isnull=False, percentage=None, minimum=None, maximum=None),
                name="charge_draft_amount_or_capped_share",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0, expected_charge=F("amount")),
                name="charge_draft_expects_its_amount",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="charge_draft_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(services_a_year__gt=0, cost_total__gte=0)
                & ~Q(cost_basis="")
                & ~Q(law="")
                & ~Q(title="")
                & ~Q(reason=""),
                name="charge_draft_says_why_and_what_it_costs",
            ),
            models.CheckConstraint(
                condition=Q(state=DraftState.DRAFT.value, opened_on=None)
                | Q(state=DraftState.WITHDRAWN.value)
                | Q(opened_on__isnull=False, opened_at__isnull=False, comments_until__isnull=False),
                name="charge_draft_open_has_its_days",
            ),
            models.CheckConstraint(
                condition=(~Q(state=DraftState.PUBLISHED.value) & _EMPTY)
                | (
                    Q(state=DraftState.PUBLISHED.value, version__isnull=False, valid_from__gt=F("published_on"))
                    & (Q(published_on__gt=F("comments_until")) | ~Q(urgent_reason=""))
                ),
                name="charge_draft_published_after_comments",
            ),
            models.CheckConstraint(
                condition=~Q(state=DraftState.WITHDRAWN.value) | ~Q(withdrawn_reason=""),
                name="charge_draft_withdrawn_with_reason",
            ),
        )
        indexes = (
            models.Index(fields=("state", "-id"), name="charge_draft_list"),
            models.Index(fields=("code", "valid_from"), name="charge_draft_of_charge"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title} ({self.state})"


class ChargeComment(models.Model):
    """What somebody says of an open draft, and the authority's answer; said once, answered once."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    draft = models.ForeignKey(ChargeDraft, models.PROTECT, related_name="comments")
    at = models.DateTimeField()
    on = models.DateField()
    """The day in the country's own time."""
    author = models.CharField(max_length=64)
    organisation_id = models.UUIDField(null=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    """As the public reads it; a person's name is not published."""
    text = models.CharField(max_length=2000)
    answer = models.CharField(max_length=2000, blank=True, db_default="")
    no_answer_reason = models.CharField(max_length=500, blank=True, db_default="")
    answered_by = models.CharField(max_length=64, blank=True, db_default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="charge_comment_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", no_answer_reason="", answered_by="")
                | Q(answered_at__isnull=False)
                & ~Q(answered_by="")
                & ((~Q(answer="") & Q(no_answer_reason="")) | (Q(answer="") & ~Q(no_answer_reason=""))),
                name="charge_comment_answered_one_way",
            ),
        )
        indexes = (models.Index(fields=("author", "at"), name="charge_comment_author"),)

    def __str__(self) -> str:
        return f"{self.draft_id} {self.at:%Y-%m-%d}"
