"""What is remembered of parties and goods, so that a rule asks a few rows whatever the length of the past."""

from django.db import models


class PartyHistory(models.Model):
    """When a trader was first and last seen, on one side of trade."""

    id = models.BigAutoField(primary_key=True)
    side = models.CharField(max_length=9)
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
    side = models.CharField(max_length=9)
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
    side = models.CharField(max_length=9)
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


class PartyDay(models.Model):
    """What a party did on one day, kept for a quarter: 30 and 90 days are read from so many rows at most."""

    id = models.BigAutoField(primary_key=True)
    side = models.CharField(max_length=9)
    party = models.CharField(max_length=80)
    day = models.DateField()
    declarations = models.PositiveIntegerField(db_default=0)
    changes = models.PositiveIntegerField(db_default=0)
    inspections = models.PositiveIntegerField(db_default=0)
    findings = models.PositiveIntegerField(db_default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("side", "party", "day"), name="party_day_once"),)
        indexes = (models.Index(fields=("day",), name="party_day_age"),)


class GoodsSeen(models.Model):
    """Values per kilogram and masses per unit as they were accepted, until they are folded into `GoodsBand`."""

    id = models.BigAutoField(primary_key=True)
    hs6 = models.CharField(max_length=6)
    origin = models.CharField(max_length=2)
    value_per_kg = models.FloatField(null=True)
    unit_mass_kg = models.FloatField(null=True)


class GoodsBand(models.Model):
    """How often each size of value per kilogram or mass per unit was seen for goods of one HS6 and origin.

    A histogram over logarithms: medians and quantiles are read from one row, however much was declared.
    """

    id = models.BigAutoField(primary_key=True)
    hs6 = models.CharField(max_length=6)
    origin = models.CharField(max_length=2)
    """`*` is the whole world."""
    measure = models.CharField(max_length=5)
    n = models.BigIntegerField(db_default=0)
    counts = models.JSONField()
    folded_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hs6", "origin", "measure"), name="goods_band_once"),)
