"""Tables of scoring: committed rule sets, fact tables, seeds, results."""

from django.db import models

from risk.types import Lane, Pick, Stage
from singlewindow.kernel.identifiers import uuid7

LANES = [(lane.value, lane.value.title()) for lane in Lane]


class RuleSet(models.Model):
    """A rule set that was committed before its first use. Append-only."""

    hash = models.CharField(primary_key=True, max_length=64)
    version = models.CharField(max_length=20)
    document = models.JSONField()
    committed_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return self.version


class RuleSetInForce(models.Model):
    """Which rule set results are computed with from an instant on; the newest row counts. Append-only."""

    id = models.BigAutoField(primary_key=True)
    rule_set = models.ForeignKey("risk.RuleSet", on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    proposal_id = models.UUIDField(
        null=True, help_text="The proposal that was granted; none: a new release of the code"
    )
    change = models.CharField(max_length=200, db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("proposal_id",), name="rule_set_once_a_proposal"),)

    def __str__(self) -> str:
        return f"{self.rule_set_id} from {self.from_at:%Y-%m-%d %H:%M}"


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
    score = models.DecimalField(max_digits=5, decimal_places=2)
    reasons = models.JSONField()
    hard = models.BooleanField()
    random_selected = models.BooleanField()
    sample_period = models.CharField(max_length=7)
    propensity = models.DecimalField(max_digits=9, decimal_places=8)
    rule_set_version = models.CharField(max_length=20)
    rule_set_hash = models.CharField(max_length=64)
    fact_set_version = models.CharField(max_length=64)
    stage = models.CharField(max_length=10, db_default=Stage.ACCEPTANCE.value)
    office = models.CharField(max_length=8, db_default="")
    model_hash = models.CharField(max_length=64, db_default="")
    probability = models.FloatField(null=True, help_text="Of non-compliance, by the model in force")
    shadow = models.JSONField(null=True, help_text="Probabilities of models that are only watched, by their hash")
    expected_loss_minor = models.BigIntegerField(null=True, help_text="Revenue at risk times probability")
    pick = models.CharField(max_length=9, db_default=Pick.NONE.value)
    control = models.BooleanField(db_default=False, help_text="Drawn for the control sample, whatever its lane")
    screening_version = models.CharField(max_length=64, db_default="")
    record = models.BinaryField(null=True, help_text="What the engine saw, for replay: risk.rules.record")
    room = models.JSONField(null=True, help_text="What the choice rested on, for replay: risk.rules.selection.Room")
    shares = models.JSONField(null=True, help_text="Points of the model by feature, where a person will look")

    class Meta:
        indexes = (
            models.Index(fields=("declaration_id", "-id"), name="risk_of_declaration"),
            models.Index(fields=("-assessed_at",), name="risk_newest"),  # hits of each rule in the last days
            models.Index(fields=("assessed_at",), condition=models.Q(control=True), name="risk_control"),
            models.Index(  # the days before, from which an office plans its day
                fields=("office", "assessed_at"), include=("score", "expected_loss_minor"), name="risk_of_office"
            ),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(score__lte=100), name="risk_score_to_100"),
            models.CheckConstraint(condition=models.Q(lane__in=[lane.value for lane in Lane]), name="risk_lane_known"),
            models.CheckConstraint(condition=models.Q(pick__in=[pick.value for pick in Pick]), name="risk_pick_known"),
            models.CheckConstraint(
                condition=models.Q(stage__in=[stage.value for stage in Stage]), name="risk_stage_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.declaration_id}: {self.score} {self.lane}"
