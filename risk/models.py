"""Tables of risk: committed rule sets, fact sets and seeds, results, the alert list, and what parties did before."""

from django.db import models

from risk.types import AlertKind, Lane
from singlewindow.kernel.identifiers import uuid7

ALERT_DAYS_MAX = 180
"""So long at most an alert stays in force before someone must look at it again (domain rule K3)."""
LANES = [(lane.value, lane.value.title()) for lane in Lane]


class RuleSet(models.Model):
    """A rule set that was committed before its first use. Append-only."""

    hash = models.CharField(primary_key=True, max_length=64)
    version = models.CharField(max_length=20)
    document = models.JSONField()
    committed_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return self.version


class FactTables(models.Model):
    """The tables that rules ask (value bands, sensitive goods, routes), whole, by their content. Append-only.

    Older versions stay, so that an old result can be computed again.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.CharField(max_length=64, db_index=True)
    document = models.JSONField()
    loaded_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return self.version[:12]


class SampleSeed(models.Model):
    """The secret from which the control sample of a month is drawn; kept from everybody until the month has ended.

    `commitment` (its SHA-256) may be shown at once: it proves later that the seed was not chosen afterwards.
    """

    period = models.CharField(primary_key=True, max_length=7)
    secret = models.BinaryField()
    commitment = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(period__regex=r"^\d{4}-\d{2}$"), name="sample_seed_period_form"),
        )

    def __str__(self) -> str:
        return self.period


class RiskAssessment(models.Model):
    """The result of one scoring. Append-only: a later one is another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField()
    declaration_version = models.PositiveSmallIntegerField()
    lodged_by_id = models.UUIDField(null=True)
    assessed_at = models.DateTimeField()
    lane = models.CharField(max_length=6, choices=LANES)
    band_lane = models.CharField(max_length=6, choices=LANES)
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField()
    hard = models.BooleanField()
    random_selected = models.BooleanField()
    sample_period = models.CharField(max_length=7)
    propensity = models.DecimalField(max_digits=9, decimal_places=8)
    rule_set_version = models.CharField(max_length=20)
    rule_set_hash = models.CharField(max_length=64)
    fact_set_version = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=("declaration_id", "-id"), name="risk_of_declaration"),
            models.Index(fields=("-assessed_at",), name="risk_newest"),  # hits of each rule in the last days
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(score__lte=100), name="risk_score_to_100"),
            models.CheckConstraint(condition=models.Q(lane__in=[lane.value for lane in Lane]), name="risk_lane_known"),
        )

    def __str__(self) -> str:
        return f"{self.declaration_id}: {self.score} {self.lane}"


class AlertEntry(models.Model):
    """Something to watch for, with who asked for it and until when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name.title()) for kind in AlertKind])
    value = models.CharField(max_length=70)
    """Party identification, name key, container number or first digits of a commodity code."""
    origin = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=200)
    basis = models.CharField(max_length=200)
    owner = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("kind", "value"), condition=models.Q(ended_at=None), name="alert_entry_in_force"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "value", "origin"), condition=models.Q(ended_at=None), name="alert_entry_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in AlertKind]), name="alert_entry_kind_known"
            ),
            models.CheckConstraint(
                condition=models.expressions.RawSQL(  # noqa: S611  (nothing in it comes from outside)
                    f"valid_to > valid_from AND valid_to - valid_from <= {ALERT_DAYS_MAX}", (), models.BooleanField()
                ),
                name="alert_entry_expires",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class PartyHistory(models.Model):
    """When a trader was first and last seen, on one side of trade."""

    id = models.BigAutoField(primary_key=True)
    side = models.CharField(max_length=6)
    party = models.CharField(max_length=80)
    first_seen = models.DateField()
    last_seen = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("side", "party"), name="party_history_once"),)

    def __str__(self) -> str:
        return f"{self.party} ({self.side})"


class PartyMonth(models.Model):
    """What a trader did in one month: a year is read from thirteen rows, however much was declared."""

    id = models.BigAutoField(primary_key=True)
    side = models.CharField(max_length=6)
    party = models.CharField(max_length=80)
    month = models.DateField()
    declarations = models.PositiveIntegerField(default=0, db_default=0)
    changes = models.PositiveIntegerField(default=0, db_default=0)
    inspections = models.PositiveIntegerField(default=0, db_default=0)
    findings = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("side", "party", "month"), name="party_month_once"),)

    def __str__(self) -> str:
        return f"{self.party} {self.month:%Y-%m}"


class TradeSeen(models.Model):
    """What a trader did at least once: `pair` with a partner abroad, or `chapter` of goods."""

    id = models.BigAutoField(primary_key=True)
    side = models.CharField(max_length=6)
    party = models.CharField(max_length=80)
    kind = models.CharField(max_length=7)
    value = models.CharField(max_length=80)
    first_seen = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("side", "party", "kind", "value"), name="trade_seen_once"),)

    def __str__(self) -> str:
        return f"{self.party}: {self.kind} {self.value}"


class SmallConsignment(models.Model):
    """Low-value goods of one HS6 between two parties, kept for as long as a split can be seen by them."""

    id = models.BigAutoField(primary_key=True)
    party = models.CharField(max_length=80)
    partner = models.CharField(max_length=80)
    hs6 = models.CharField(max_length=6)
    declaration_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("party", "partner", "at"), name="small_consignment_parties"),
            models.Index(fields=("at",), name="small_consignment_age"),
        )
        constraints = (models.UniqueConstraint(fields=("declaration_id", "hs6"), name="small_consignment_once"),)


class ContainerUse(models.Model):
    """A container in a declaration, kept for as long as its use elsewhere tells something."""

    id = models.BigAutoField(primary_key=True)
    container = models.CharField(max_length=17)
    party = models.CharField(max_length=80)
    declaration_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("container", "at"), name="container_use_recent"),
            models.Index(fields=("at",), name="container_use_age"),
        )
        constraints = (models.UniqueConstraint(fields=("declaration_id", "container"), name="container_use_once"),)
