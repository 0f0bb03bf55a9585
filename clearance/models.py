"""Tables of clearance: one case a declaration, and what was done about it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from clearance.states import ControlState, DisputeState, SupplementaryState
from clearance.types import AlertKind, CheckKind, Holder, WarningKind
from risk.types import Lane, Outcome
from singlewindow.kernel.identifiers import uuid7


def _values(*enumeration: type) -> list[str]:
    return [str(value) for kind in enumeration for value in kind]  # type: ignore[attr-defined]


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
            models.CheckConstraint(condition=models.Q(lane__in=_values(Lane)), name="case_lane_known"),
            models.CheckConstraint(condition=models.Q(control_state__in=_values(ControlState)), name="case_control"),
            models.CheckConstraint(condition=models.Q(holder__in=_values(Holder)), name="case_holder_known"),
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
            models.CheckConstraint(condition=models.Q(kind__in=_values(CheckKind)), name="check_kind_known"),
            models.CheckConstraint(condition=models.Q(outcome__in=_values(Outcome)), name="check_outcome_known"),
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
            models.CheckConstraint(condition=models.Q(kind__in=_values(AlertKind)), name="alert_kind_known"),
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


class SupplementaryObligation(models.Model):
    """The full declaration that a simplified one owes: opened in the transaction of its release. Source: F14."""

    declaration = models.OneToOneField("declarations.Declaration", on_delete=models.PROTECT, primary_key=True)
    mrn = models.CharField(max_length=18)
    lrn = models.CharField(max_length=35)
    direction = models.CharField(max_length=6)
    lodged_by = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    """Who owes it: the trader, else the filer."""
    state = models.CharField(max_length=10, db_default=SupplementaryState.OWED.value)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    supplementary = models.OneToOneField(
        "declarations.Declaration", on_delete=models.PROTECT, null=True, related_name="completes"
    )
    """The full declaration, from its acceptance on."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=_values(SupplementaryState)), name="supplementary_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["OWED", "OVERDUE"], ended_at=None)
                | (~models.Q(state__in=["OWED", "OVERDUE"]) & models.Q(ended_at__isnull=False)),
                name="supplementary_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="COMPLETED") | models.Q(supplementary__isnull=False),
                name="supplementary_completed_by_one",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("opened_at")), name="supplementary_due_after_opening"
            ),
            models.UniqueConstraint(fields=("mrn",), name="supplementary_mrn_once"),
        )
        indexes = (
            # what officers and traders look for: what is still owed, the nearest day first
            models.Index(
                fields=("due_at", "declaration"), condition=models.Q(ended_at=None), name="supplementary_owed"
            ),
            models.Index(fields=("lodged_by", "-declaration"), name="supplementary_filer"),
            models.Index(fields=("organisation", "-declaration"), name="supplementary_trader"),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.state}"


class Dispute(models.Model):
    """Customs disputes value, origin or classification; the goods leave on security. Source: F52."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey("declarations.Declaration", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    """Of the declaration that is disputed: another version owes another amount."""
    mrn = models.CharField(max_length=18)
    state = models.CharField(max_length=9, db_default=DisputeState.OFFERED.value)
    grounds = ArrayField(models.CharField(max_length=14))
    statement = models.CharField(max_length=2000)
    law = models.CharField(max_length=200)
    alternative = models.JSONField()
    """What customs holds to be right: a list of items with what differs."""
    currency = models.CharField(max_length=3)
    declared_minor = models.BigIntegerField()
    alternative_minor = models.BigIntegerField()
    alternative_due = models.JSONField()
    """What each authority would be owed, in minor units."""
    security_minor = models.BigIntegerField()
    """What is asked: never more than the disputed part (TFA 7.3.3)."""
    fine_minor = models.BigIntegerField(default=0)
    """Asked beside it only where an offence is detected (TFA 7.3.4)."""
    offence = models.CharField(max_length=200, blank=True)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    grn = models.CharField(max_length=24, blank=True)
    """On which guarantee it was secured; empty: in cash."""
    accepted_by = models.CharField(max_length=80, blank=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=2000, blank=True)
    final_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration",), condition=models.Q(state__in=["OFFERED", "SECURED"]), name="dispute_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(security_minor__gt=0)
                & models.Q(security_minor__lte=models.F("alternative_minor") - models.F("declared_minor")),
                name="dispute_security_never_more",
            ),
            models.CheckConstraint(
                condition=models.Q(fine_minor=0) | (models.Q(fine_minor__gt=0) & ~models.Q(offence="")),
                name="dispute_fine_needs_offence",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in DisputeState]), name="dispute_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["OFFERED", "SECURED"], ended_at=None)
                | (models.Q(state__in=["SETTLED", "WITHDRAWN"]) & models.Q(ended_at__isnull=False)),
                name="dispute_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["SECURED", "SETTLED"]) | models.Q(accepted_at__isnull=False),
                name="dispute_secured_was_accepted",
            ),
        )
        indexes = (models.Index(fields=("state", "-id"), name="dispute_by_state"),)

    def __str__(self) -> str:
        return f"{self.mrn} {self.state}"


class Difference(models.Model):
    """What is declared and was found otherwise, beyond its tolerance. It stands until it is not found any more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey("declarations.Declaration", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    rule = models.CharField(max_length=8)
    subject = models.CharField(max_length=120, db_default="")
    key = models.CharField(max_length=64, help_text="The same for the same difference")
    expected = models.CharField(max_length=300, db_default="")
    found = models.CharField(max_length=300, db_default="")
    tolerance = models.CharField(max_length=40, db_default="")
    source = models.CharField(max_length=8)
    source_id = models.UUIDField(null=True, help_text="The bill or the captured event")
    pointer = models.CharField(max_length=120, db_default="")
    holds = models.BooleanField(help_text="Whether it holds the goods, or is only shown")
    after_release = models.BooleanField(db_default=False)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, help_text="Not found any more; the hold is an officer's to lift")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration", "key"), condition=models.Q(gone_at=None), name="difference_stands_once"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["manifest", "device"]), name="difference_source_known"
            ),
            models.CheckConstraint(
                condition=models.Q(gone_at=None) | models.Q(gone_at__gte=models.F("found_at")),
                name="difference_gone_after_found",
            ),
        )
        indexes = (models.Index(fields=("declaration", "id"), name="difference_of_declaration"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"


class EarlyWarning(models.Model):
    """The targeting desk is warned, once a version: of goods on their way, or of goods that left. Source: F28."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey("declarations.Declaration", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    kind = models.CharField(max_length=8)
    mrn = models.CharField(max_length=18)
    office = models.CharField(max_length=17, db_default="")
    mode = models.CharField(max_length=1, db_default="")
    importer = models.CharField(max_length=120, db_default="")
    goods = models.CharField(max_length=120, db_default="")
    reasons = models.JSONField(default=list, help_text="Rule and words of each reason; never told to a party")
    told = ArrayField(models.UUIDField(), default=list, help_text="Who was told to hold the goods")
    since = models.DateTimeField(help_text="When the version was lodged, took force, or differed")
    raised_at = models.DateTimeField()
    seconds = models.IntegerField(help_text="From lodging to warning")
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=80, db_default="")
    escalated_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=12, db_default="")

    class Meta:
        db_table = "clearance_warning"
        constraints = (
            models.UniqueConstraint(fields=("declaration", "version", "kind"), name="warning_once_a_version"),
            models.CheckConstraint(condition=models.Q(kind__in=_values(WarningKind)), name="warning_kind_known"),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("raised_at"), seconds__gte=0), name="warning_due_after_raised"
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by="")
                | (models.Q(acknowledged_at__gte=models.F("raised_at")) & ~models.Q(acknowledged_by="")),
                name="warning_acknowledged_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(escalated_at=None) | models.Q(escalated_at__gte=models.F("due_at")),
                name="warning_not_escalated_early",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_why="")
                | (models.Q(lifted_at__isnull=False) & ~models.Q(lifted_why="")),
                name="warning_lifted_whole",
            ),
        )
        indexes = (
            # the targeting desk, deadline first
            models.Index(
                fields=("due_at", "id"),
                condition=models.Q(acknowledged_at=None, lifted_at=None),
                name="warning_open",
            ),
            models.Index(fields=("-raised_at", "-id"), name="warning_recent"),  # figures of 30 days, the list of all
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.mrn}"
