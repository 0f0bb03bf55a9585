"""One case a declaration, what was asked, checked and alerted, and the audit after release."""

from django.db import models
from django.db.models.functions import Now

from clearance.models.values import values
from clearance.states import ControlState
from clearance.types import AlertKind, CheckKind, Holder
from risk.types import Lane, Outcome
from singlewindow.kernel.identifiers import uuid7


class Case(models.Model):
    """Where clearance of one declaration stands: lane, control, clock, and whose turn it is.

    The columns that repeat the declaration (mrn, importer, goods) are what the desk shows and filters by, so that a
    page of the desk reads one index.
    """

    declaration = models.OneToOneField("declarations.Declaration", on_delete=models.PROTECT, primary_key=True)
    mrn = models.CharField(max_length=18)
    lrn = models.CharField(max_length=35)
    direction = models.CharField(max_length=6)
    office = models.CharField(max_length=8)
    importer = models.CharField(max_length=120, db_default="")
    goods = models.CharField(max_length=120, db_default="")
    item_count = models.SmallIntegerField(db_default=1)
    amount_minor = models.BigIntegerField(db_default=0, help_text="Duty, taxes and charges, in minor units")
    currency = models.CharField(max_length=3, db_default="")
    lane = models.CharField(max_length=6)
    score = models.SmallIntegerField(db_default=0)
    control_state = models.CharField(max_length=13, db_default=ControlState.NONE.value)
    returns_to = models.CharField(max_length=13, db_default="", help_text="Control state that a query goes back to")
    holder = models.CharField(max_length=7)
    blocking = models.CharField(max_length=12, db_default="")
    agency = models.CharField(max_length=3, db_default="", help_text="Agency that holds the goods")
    decided_at = models.DateTimeField(null=True, help_text="When the lane was assigned")
    presented_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    amber_at = models.DateTimeField(null=True)
    red_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="Released, refused, expired or invalidated")
    automatic = models.BooleanField(db_default=False, help_text="Released without an officer")
    alert = models.CharField(max_length=9, db_default="", help_text="Latest alert raised")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(lane__in=values(Lane)), name="case_lane_known"),
            models.CheckConstraint(condition=models.Q(control_state__in=values(ControlState)), name="case_control"),
            models.CheckConstraint(condition=models.Q(holder__in=values(Holder)), name="case_holder_known"),
            models.CheckConstraint(
                condition=models.Q(claimed_by=None, claimed_at=None)
                | models.Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="case_claim_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None) | models.Q(closed_at__isnull=False), name="case_released_is_closed"
            ),
        )
        indexes = (
            # the desk: open cases, deadline first
            models.Index(fields=("red_at", "declaration"), condition=models.Q(closed_at=None), name="case_desk"),
            models.Index(
                fields=("office", "red_at", "declaration"), condition=models.Q(closed_at=None), name="case_desk_office"
            ),
            models.Index(fields=("accepted_at",), name="case_accepted"),  # lanes of the day
            models.Index(fields=("released_at",), name="case_released"),  # hours of the day
            models.Index(fields=("claimed_by",), condition=models.Q(closed_at=None), name="case_claimed"),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.control_state}"


class Check(models.Model):
    """A check of documents or goods, and what it found; written once, when it is over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("clearance.Case", on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=11)
    officer = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=10)
    revenue_delta_minor = models.BigIntegerField(
        db_default=0, help_text="Debt found, in minor units; less than 0: too much"
    )
    findings = models.TextField(db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=values(CheckKind)), name="check_kind_known"),
            models.CheckConstraint(condition=models.Q(outcome__in=values(Outcome)), name="check_outcome_known"),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.CONFORM.value) | ~models.Q(findings=""), name="check_tells_findings"
            ),
        )
        indexes = (models.Index(fields=("case", "ended_at"), name="check_case"),)


class Query(models.Model):
    """A question to the declarant, and the answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("clearance.Case", on_delete=models.PROTECT, related_name="queries")
    question = models.TextField()
    pointer = models.CharField(max_length=120, db_default="", help_text="The element asked about")
    consequence = models.CharField(max_length=300, db_default="")
    officer = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    deadline = models.DateTimeField()
    answer = models.TextField(db_default="")
    answered_by = models.CharField(max_length=80, db_default="")
    answered_at = models.DateTimeField(null=True)
    codes = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), help_text="Documents asked for"
    )
    lapsed_at = models.DateTimeField(null=True, help_text="The deadline passed without an answer")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(answered_at=None, lapsed_at=None),
                name="query_one_open_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(lapsed_at=None) | models.Q(lapsed_at__gte=models.F("deadline")),
                name="query_not_lapsed_early",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answer="")
                | (models.Q(answered_at__isnull=False) & ~models.Q(answer="")),
                name="query_answer_whole",
            ),
        )


class LaneChange(models.Model):
    """A change of lane by an officer; one that lowers RED waits for a second officer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("clearance.Case", on_delete=models.PROTECT, related_name="lane_changes")
    lane_from = models.CharField(max_length=6)
    lane_to = models.CharField(max_length=6)
    reason = models.TextField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, db_default="")
    ended_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=models.Q(ended_at=None), name="lane_change_one_open_per_case"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="lane_change_has_reason"),
            models.CheckConstraint(
                condition=~models.Q(lane_from=Lane.RED.value, granted=True)
                | (~models.Q(confirmed_by="") & ~models.Q(confirmed_by=models.F("asked_by"))),
                name="lane_change_from_red_by_two",
            ),
        )


class Alert(models.Model):
    """A warning that goods were not released in time: each kind once a declaration, whatever runs twice."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey("clearance.Case", on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=9)
    deadline = models.DateTimeField()
    raised_at = models.DateTimeField()
    late = models.BooleanField(help_text="Raised more than a minute after its deadline")
    holder = models.CharField(max_length=7)
    agency = models.CharField(max_length=3, db_default="")
    blocking = models.CharField(max_length=12)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "kind"), name="alert_once"),
            models.CheckConstraint(condition=models.Q(kind__in=values(AlertKind)), name="alert_kind_known"),
            models.CheckConstraint(condition=models.Q(raised_at__gte=models.F("deadline")), name="alert_not_early"),
        )
        indexes = (models.Index(fields=("-raised_at", "id"), name="alert_recent"),)


class PostClearanceCase(models.Model):
    """An audit after clearance, opened in the transaction of the release (BLUE lane), or of a difference found later.

    Source: domain.md K13, F37.
    """

    declaration = models.OneToOneField("declarations.Declaration", on_delete=models.PROTECT, primary_key=True)
    source = models.CharField(max_length=10)
    state = models.CharField(max_length=10, db_default="PLANNED")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(source__in=["BLUE", "RANDOM", "DIFFERENCE"]), name="post_clearance_source"
            ),
            models.CheckConstraint(condition=models.Q(state__in=["PLANNED"]), name="post_clearance_state"),
        )
        indexes = (models.Index(fields=("opened_at",), name="post_clearance_opened"),)
