"""Claims for money back: who asks for what, why, who decided, and what of each tax and quantity is taken already."""

from django.db import models
from django.db.models import F, Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.revenue.states import ClaimState
from singlewindow.revenue.types import ClaimKind, DrawbackBasis, Side


class Claim(models.Model):
    """One claim for repayment, remission or drawback."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=9)
    claimant = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    """Whose money it is."""
    declaration_id = models.UUIDField(null=True)
    declaration_version = models.IntegerField(null=True)
    mrn = models.CharField(max_length=18, blank=True, db_default="")
    demand_id = models.UUIDField(null=True)
    """The demand that is to be remitted."""
    yield_set = models.ForeignKey("revenue.YieldSet", models.PROTECT, null=True, related_name="+", db_index=False)
    reason_code = models.CharField(max_length=20)
    law = models.CharField(max_length=200)
    text = models.CharField(max_length=1000)
    currency = models.CharField(max_length=3)
    claimed_minor = models.BigIntegerField()
    approved_minor = models.BigIntegerField(null=True)
    interest_minor = models.BigIntegerField(db_default=0)
    state = models.CharField(max_length=9, default=ClaimState.FILED.value)
    filed_by = models.CharField(max_length=80)
    filed_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=80, blank=True, db_default="")
    verified_by = models.CharField(max_length=80, blank=True, db_default="")
    approved_by = models.CharField(max_length=80, blank=True, db_default="")
    decision = models.CharField(max_length=1000, blank=True, db_default="")
    """Why it was verified at this amount, or refused."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in ClaimKind]), name="revenue_claim_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in ClaimState]), name="revenue_claim_state_known"
            ),
            models.CheckConstraint(condition=Q(claimed_minor__gt=0), name="revenue_claim_asks_for_money"),
            models.CheckConstraint(
                condition=Q(approved_minor=None) | Q(approved_minor__gt=0, approved_minor__lte=F("claimed_minor")),
                name="revenue_claim_never_more_than_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "paid"])
                | (~Q(approved_by="") & ~Q(approved_by=F("verified_by")) & ~Q(approved_by=F("filed_by"))),
                name="revenue_claim_approved_by_another",  # RV-CLM-06
            ),
            models.CheckConstraint(
                condition=Q(kind="remission", demand_id__isnull=False, declaration_id=None)
                | Q(~Q(kind="remission"), demand_id=None, declaration_id__isnull=False),
                name="revenue_claim_names_its_subject",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "approved", "paid"]) | Q(approved_minor__isnull=False),
                name="revenue_claim_verified_has_amount",
            ),
            models.UniqueConstraint(
                fields=("demand_id",),
                condition=Q(demand_id__isnull=False) & ~Q(state__in=["refused", "withdrawn"]),
                name="revenue_claim_one_remission_of_a_demand",
            ),
        )
        indexes = (
            models.Index(fields=("claimant", "-id"), name="revenue_claim_of_claimant"),
            models.Index(
                fields=("id",), name="revenue_claim_to_decide", condition=Q(state__in=["filed", "accepted", "verified"])
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class ClaimLine(models.Model):
    """What a claim asks back of one tax of one item, and what of it was granted."""

    id = models.BigAutoField(primary_key=True)
    claim = models.ForeignKey("revenue.Claim", models.PROTECT, related_name="lines")
    declaration_id = models.UUIDField()
    item = models.IntegerField()
    tax_type = models.CharField(max_length=10)
    authority = models.CharField(max_length=3)
    claimed_minor = models.BigIntegerField()
    dropped_minor = models.BigIntegerField(db_default=0, default=0)
    """What of it fell away, because the declaration was changed (RV-CLM-11)."""
    approved_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("claim", "declaration_id", "item", "tax_type"), name="revenue_claim_line_once"
            ),
            models.CheckConstraint(
                condition=Q(dropped_minor__gte=0, dropped_minor__lte=F("claimed_minor")),
                name="revenue_claim_line_drops_what_was_claimed",
            ),
            models.CheckConstraint(condition=Q(claimed_minor__gt=0), name="revenue_claim_line_asks_for_money"),
            models.CheckConstraint(
                condition=Q(approved_minor=None)
                | Q(approved_minor__gte=0, approved_minor__lte=F("claimed_minor") - F("dropped_minor")),
                name="revenue_claim_line_never_more_than_claimed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_type} of item {self.item}"

    @property
    def asked_minor(self) -> int:
        """What it holds: what was granted, and before that what is still asked for."""
        return self.claimed_minor - self.dropped_minor if self.approved_minor is None else self.approved_minor


class LineBalance(models.Model):
    """How much of one tax that was paid is claimed already, in open claims and paid ones."""

    id = models.BigAutoField(primary_key=True)
    declaration_id = models.UUIDField()
    item = models.IntegerField()
    tax_type = models.CharField(max_length=10)
    paid_minor = models.BigIntegerField()
    claimed_minor = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("declaration_id", "item", "tax_type"), name="revenue_line_balance_once"),
            models.CheckConstraint(
                condition=Q(claimed_minor__gte=0, claimed_minor__lte=F("paid_minor")),
                name="revenue_never_more_than_paid",
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_type} of item {self.item}: {self.claimed_minor} of {self.paid_minor}"


class DrawbackLine(models.Model):
    """Imported goods of one item that left again, or were destroyed."""

    id = models.BigAutoField(primary_key=True)
    claim = models.ForeignKey("revenue.Claim", models.PROTECT, related_name="drawn")
    basis = models.CharField(max_length=9)
    import_declaration_id = models.UUIDField()
    import_item = models.IntegerField()
    import_quantity = models.DecimalField(max_digits=18, decimal_places=6)
    """Of the imported goods that the exported ones contain."""
    export_declaration_id = models.UUIDField(null=True)
    export_mrn = models.CharField(max_length=18, blank=True, db_default="")
    export_item = models.IntegerField(null=True)
    export_quantity = models.DecimalField(max_digits=18, decimal_places=6)
    evidence = models.CharField(max_length=200, blank=True, db_default="")
    """Reference of the record of destruction."""
    unit = models.CharField(max_length=8)
    per_output = models.DecimalField(max_digits=18, decimal_places=6)
    """Imported quantity in one unit of what was exported; 1 for unused goods."""
    share = models.DecimalField(max_digits=18, decimal_places=12)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(basis__in=[one.value for one in DrawbackBasis]), name="revenue_drawback_basis_known"
            ),
            models.CheckConstraint(
                condition=Q(import_quantity__gt=0, export_quantity__gt=0, per_output__gt=0),
                name="revenue_drawback_quantities_positive",
            ),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="revenue_drawback_share_at_most_whole"),
            models.CheckConstraint(
                condition=Q(basis="destroyed", export_declaration_id=None) & ~Q(evidence="")
                | ~Q(basis="destroyed") & Q(export_declaration_id__isnull=False, export_item__isnull=False),
                name="revenue_drawback_names_its_proof",
            ),
        )

    def __str__(self) -> str:
        return f"{self.import_quantity} {self.unit} of item {self.import_item}"


class QuantityUse(models.Model):
    """How much of an item's quantity claims use already: of imported goods, and of exported ones."""

    id = models.BigAutoField(primary_key=True)
    declaration_id = models.UUIDField()
    item = models.IntegerField()
    side = models.CharField(max_length=6)
    unit = models.CharField(max_length=8)
    total = models.DecimalField(max_digits=18, decimal_places=6)
    used = models.DecimalField(max_digits=18, decimal_places=6, db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("declaration_id", "item", "side"), name="revenue_quantity_use_once"),
            models.CheckConstraint(condition=Q(used__gte=0, used__lte=F("total")), name="revenue_never_used_twice"),
            models.CheckConstraint(
                condition=Q(side__in=[one.value for one in Side]), name="revenue_quantity_side_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} item {self.item}: {self.used} of {self.total} {self.unit}"


class YieldSet(models.Model):
    """The yields of one authorisation of manufacturing, as they stand from one version on; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authorisation = models.CharField(max_length=35)
    holder = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    valid_from = models.DateField()
    rows = models.JSONField()
    """Input code, output code and the quantity of input in one unit of output."""
    reason = models.CharField(max_length=500)
    set_by = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("authorisation", "version"), name="revenue_yield_version_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="revenue_yield_version_positive"),
        )

    def __str__(self) -> str:
        return f"{self.authorisation} {self.version}"
