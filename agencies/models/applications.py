"""Applications: one dataset of a trader, one part for each agency, and everything that was said about it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models.law import TradeDirection
from agencies.states import PartState
from agencies.types import EntryKind
from singlewindow.kernel.identifiers import uuid7


class Application(models.Model):
    """What a trader asks of all agencies at once; a draft until it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    filed_by = models.UUIDField(help_text="The organisation that writes it: the holder's own, or its agent's")
    direction = models.CharField(max_length=6, choices=TradeDirection.choices)
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=12, blank=True, help_text="declaration, application or nothing")
    source_id = models.UUIDField(null=True)
    authors = ArrayField(models.CharField(max_length=80), default=list)
    saved_at = models.DateTimeField()
    applied_by = models.CharField(max_length=80, blank=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(applied_at=None, applied_by="") | Q(applied_at__isnull=False) & ~Q(applied_by=""),
                name="application_applied_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=TradeDirection.values), name="application_direction_known"
            ),
        )
        indexes = (models.Index(fields=("filed_by", "-id"), name="application_of_filer"),)  # a trader's list

    def __str__(self) -> str:
        return self.reference


class ApplicationPart(models.Model):
    """What one agency has to decide of an application: one permit, with its own state, fee and clock.

    The clock counts `spent_s` seconds up to `clock_from`, and runs on from there; while it stands `clock_from` is
    empty. `due_at` is the instant at which the agency's time is over if it keeps running.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey("agencies.Application", on_delete=models.PROTECT, related_name="parts")
    agency = models.CharField(max_length=3)
    code = models.CharField(max_length=4)
    requirements = ArrayField(models.CharField(max_length=20), default=list)
    goods = ArrayField(models.PositiveSmallIntegerField(), default=list, help_text="Lines of the dataset")
    charge_code = models.CharField(max_length=12, blank=True)
    fee_state = models.CharField(max_length=4, choices=[("none", "None"), ("due", "Due"), ("paid", "Paid")])
    state = models.CharField(max_length=12, choices=[(state.value, state.name.title()) for state in PartState])
    owner = models.CharField(max_length=80, blank=True)
    applied_at = models.DateTimeField()
    sla_hours = models.PositiveSmallIntegerField()
    spent_s = models.PositiveIntegerField(default=0)
    clock_from = models.DateTimeField(null=True)
    clock_number = models.PositiveSmallIntegerField(
        default=0, help_text="Which run of the clock; old timers do nothing"
    )
    due_at = models.DateTimeField(null=True)
    warned = models.PositiveSmallIntegerField(default=0, help_text="0, 75 or 100 per cent of the time were told")
    answer_by = models.DateTimeField(null=True, help_text="The deadline of the open query")
    proposed_by = models.CharField(
        max_length=80, blank=True, help_text="Who proposed to issue it, where two must agree"
    )
    order = models.JSONField(null=True, help_text="What is proposed to be issued")
    lpco = models.CharField(max_length=35, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    law = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("application", "agency", "code"), name="part_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PartState]), name="part_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="under_review", clock_from__isnull=False, due_at__isnull=False)
                | ~Q(state="under_review") & Q(clock_from=None),
                name="part_clock_runs_in_review",
            ),
            models.CheckConstraint(
                condition=Q(state="queried", answer_by__isnull=False) | ~Q(state="queried") & Q(answer_by=None),
                name="part_query_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason="") & ~Q(law=""), name="part_refusal_has_reason_and_law"
            ),
            models.CheckConstraint(condition=~Q(state="issued") | ~Q(lpco=""), name="part_issued_has_permit"),
        )
        indexes = (
            models.Index(fields=("agency", "state", "due_at", "id"), name="part_of_agency"),  # the officers' queue
        )

    def __str__(self) -> str:
        return f"{self.agency} {self.code}: {self.state}"


class PartEntry(models.Model):
    """One thing that was said or done about a part, for ever."""

    part = models.ForeignKey("agencies.ApplicationPart", on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.name.title()) for kind in EntryKind])
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    element = models.CharField(max_length=100, blank=True, help_text="Pointer of the element that a query is about")
    text = models.CharField(max_length=1000, blank=True)
    deadline = models.DateTimeField(null=True)
    consequence = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, help_text="The state after it")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="query") | Q(deadline__isnull=False) & ~Q(consequence="") & ~Q(text=""),
                name="part_query_names_deadline_and_consequence",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
