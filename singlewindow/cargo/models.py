"""Tables of cargo: manifests with their versions and transport documents, the write-off ledger, arrivals.

`packages_written` and `mass_written_kg` of a bill repeat the sum of its ledger, so that one check of the database
holds them between nothing and what was manifested, whoever writes.
"""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from singlewindow.cargo.states import BillState, CargoState, ManifestState
from singlewindow.cargo.types import ArrivalSubject, BillKind, ManifestKind, Mode, Movement
from singlewindow.kernel.identifiers import uuid7


def _mass(*, default: int | None = None) -> "models.DecimalField[Decimal, Decimal]":
    """Kilograms, as a message may write them."""
    if default is None:
        return models.DecimalField(max_digits=24, decimal_places=6)
    return models.DecimalField(max_digits=24, decimal_places=6, db_default=default)


def _mass_or_none() -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(max_digits=24, decimal_places=6, null=True)


class Manifest(models.Model):
    """What a carrier, or a forwarder under its master bills, says is on a conveyance."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=35)
    kind = models.CharField(max_length=13)
    mode = models.CharField(max_length=4)
    direction = models.CharField(max_length=7)
    carrier = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    conveyance_id = models.CharField(max_length=35)
    conveyance_name = models.CharField(max_length=70, db_default="")
    nationality = models.CharField(max_length=2, db_default="")
    voyage = models.CharField(max_length=35, db_default="")
    office = models.CharField(max_length=17, db_default="")
    place = models.CharField(max_length=17, db_default="")
    state = models.CharField(max_length=11)
    version = models.IntegerField(db_default=1)
    content_sha256 = models.CharField(max_length=64)
    expected_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("carrier", "reference"), condition=~Q(state="CANCELLED"), name="manifest_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ManifestState]), name="manifest_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ManifestKind]), name="manifest_kind_known"
            ),
            models.CheckConstraint(condition=Q(mode__in=[mode.value for mode in Mode]), name="manifest_mode_known"),
            models.CheckConstraint(condition=Q(direction__in=("inward", "outward")), name="manifest_direction_known"),
            models.CheckConstraint(
                condition=~Q(state="ARRIVED") | Q(arrived_at__isnull=False), name="manifest_arrived_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="DEPARTED") | Q(departed_at__isnull=False), name="manifest_departed_has_time"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="manifest_version_positive"),
        )
        indexes = (
            models.Index(fields=("carrier", "-id"), name="manifest_of_carrier"),  # the carrier's list
            models.Index(fields=("conveyance_id", "voyage"), name="manifest_of_call"),  # a conveyance's arrival
        )

    def __str__(self) -> str:
        return self.reference


class ManifestVersion(models.Model):
    """One version of a manifest's content, for ever."""

    pk = models.CompositePrimaryKey("manifest_id", "version")
    manifest = models.ForeignKey(Manifest, models.PROTECT, related_name="versions", db_index=False)
    version = models.IntegerField()
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=10)
    kept = models.JSONField(default=list, help_text="Elements of the sender's message that have no field here")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(source__in=("json", "edifact")), name="manifest_source_known"),
        )

    def __str__(self) -> str:
        return f"{self.manifest_id} version {self.version}"


class Bill(models.Model):
    """One transport document: a bill of lading, air waybill or consignment note, master or house."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    manifest = models.ForeignKey(Manifest, models.PROTECT, related_name="bills", db_index=False)
    sequence = models.IntegerField()
    kind = models.CharField(max_length=8)
    reference = models.CharField(max_length=35)
    reference_key = models.CharField(max_length=35)
    master_key = models.CharField(max_length=35, db_default="")
    master = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, db_index=False)
    state = models.CharField(max_length=9)
    consignor = models.JSONField(default=dict)
    consignee = models.JSONField(default=dict)
    notify = models.JSONField(default=dict)
    to_order = models.BooleanField(db_default=False)
    keys = ArrayField(models.CharField(max_length=80), default=list)
    consignor_keys = ArrayField(models.CharField(max_length=80), default=list)
    loading = models.CharField(max_length=17, db_default="")
    discharge = models.CharField(max_length=17, db_default="")
    goods = models.CharField(max_length=120, db_default="")
    packages = models.IntegerField()
    mass_kg = _mass_or_none()
    packages_written = models.IntegerField(db_default=0)
    mass_written_kg = _mass(default=0)
    houses = models.IntegerField(db_default=0)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("manifest", "reference_key"), name="bill_once_in_manifest"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in BillKind]), name="bill_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BillState]), name="bill_state_known"
            ),
            models.CheckConstraint(
                condition=Q(packages_written__gte=0) & Q(packages_written__lte=F("packages")),
                name="bill_packages_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(mass_written_kg__gte=0) & (Q(mass_kg__isnull=True) | Q(mass_written_kg__lte=F("mass_kg"))),
                name="bill_mass_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(state="LIVE") | Q(packages_written=0, mass_written_kg=0),
                name="bill_withdrawn_has_nothing_written",
            ),
            models.CheckConstraint(
                condition=Q(kind="house") | Q(master__isnull=True, master_key=""), name="bill_only_house_has_master"
            ),
            models.CheckConstraint(condition=~Q(master=F("id")), name="bill_not_its_own_master"),
            models.CheckConstraint(condition=Q(houses__gte=0), name="bill_houses_not_negative"),
        )
        indexes = (
            models.Index(fields=("reference_key",), name="bill_by_reference"),  # a declaration's citation
            models.Index(  # houses that wait for their master, or follow it
                fields=("master_key",), condition=Q(kind="house"), name="bill_by_master"
            ),
            models.Index(  # the houses of a master
                fields=("master",), condition=Q(master__isnull=False), name="bill_houses"
            ),
            models.Index(  # the undeclared list
                fields=("arrived_at", "id"),
                condition=Q(arrived_at__isnull=False, state="LIVE", houses=0)
                & (Q(packages_written__lt=F("packages")) | Q(packages=0, mass_written_kg__lt=F("mass_kg"))),
                name="bill_undeclared",
            ),
        )

    def __str__(self) -> str:
        return self.reference


class BillGoods(models.Model):
    """One line of goods of a transport document."""

    pk = models.CompositePrimaryKey("bill_id", "number")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="lines", db_index=False)
    number = models.IntegerField()
    description = models.CharField(max_length=512)
    hs = models.CharField(max_length=10, db_default="")
    package_type = models.CharField(max_length=2, db_default="")
    packages = models.IntegerField()
    mass_kg = _mass_or_none()
    marks = models.CharField(max_length=512, db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(packages__gte=0) & (Q(mass_kg__isnull=True) | Q(mass_kg__gte=0)),
                name="bill_goods_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.bill_id} line {self.number}"


class BillContainer(models.Model):
    """A container that a transport document's goods travel in."""

    pk = models.CompositePrimaryKey("bill_id", "container_id")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="containers", db_index=False)
    container_id = models.CharField(max_length=17)
    size_type = models.CharField(max_length=10, db_default="")
    seals = ArrayField(models.CharField(max_length=35), default=list)

    class Meta:
        indexes = (models.Index(fields=("container_id",), name="bill_by_container"),)  # arrival of a container

    def __str__(self) -> str:
        return self.container_id


class CargoLink(models.Model):
    """What one declaration takes from the manifests, and how far that went."""

    declaration_id = models.UUIDField(primary_key=True)
    mrn = models.CharField(max_length=18)
    direction = models.CharField(max_length=6)
    office = models.CharField(max_length=17, db_default="")
    state = models.CharField(max_length=12)
    version = models.IntegerField(db_default=1)
    lines = models.JSONField(default=list)
    keys = ArrayField(models.CharField(max_length=80), default=list)
    accepted = models.BooleanField(db_default=False)
    awaits_arrival = models.BooleanField(db_default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CargoState]), name="cargo_link_state_known"
            ),
            models.CheckConstraint(condition=Q(direction__in=("import", "export")), name="cargo_link_direction_known"),
        )
        indexes = (
            models.Index(  # the unmanifested list
                fields=("-declaration_id",),
                condition=Q(state__in=("CITED", "UNMANIFESTED")),
                name="cargo_link_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.state}"


class Citation(models.Model):
    """One reference by which a declaration's goods are found: a bill, a container, a consignment reference."""

    pk = models.CompositePrimaryKey("declaration_id", "kind", "reference")
    declaration_id = models.UUIDField()
    kind = models.CharField(max_length=9)
    reference = models.CharField(max_length=70)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("bill", "container", "plate", "ucr", "manifest")), name="citation_kind_known"
            ),
        )
        indexes = (models.Index(fields=("kind", "reference"), name="citation_by_reference"),)  # arrival, manifest

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class WriteOff(models.Model):
    """One entry of the ledger of bills, for ever: taken by an item, or the return of one earlier entry."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="write_offs", db_index=False)
    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    item = models.IntegerField()
    version = models.IntegerField()
    packages = models.IntegerField()
    mass_kg = _mass()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration_id", "bill", "item", "version"),
                condition=Q(reverses__isnull=True),
                name="cargo_write_off_once",
            ),
            models.CheckConstraint(
                condition=Q(packages__gte=0, mass_kg__gte=0) & (Q(packages__gt=0) | Q(mass_kg__gt=0)),
                name="cargo_write_off_positive",
            ),
        )
        indexes = (
            models.Index(fields=("declaration_id",), name="cargo_write_off_declaration"),  # give back
            models.Index(fields=("bill", "id"), name="cargo_write_off_bill"),  # the ledger of one bill
        )

    def __str__(self) -> str:
        return f"{self.mrn} item {self.item}: {self.packages} of {self.bill_id}"


class Arrival(models.Model):
    """One thing that a port, terminal, gate or carrier told, for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    movement = models.CharField(max_length=8)
    subject = models.CharField(max_length=9)
    reference = models.CharField(max_length=70)
    place = models.CharField(max_length=35, db_default="")
    source_reference = models.CharField(max_length=70, db_default="")
    message_code = models.CharField(max_length=3, db_default="")
    told_by = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    happened_at = models.DateTimeField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    kept = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(movement__in=[movement.value for movement in Movement]), name="arrival_movement_known"
            ),
            models.CheckConstraint(
                condition=Q(subject__in=[subject.value for subject in ArrivalSubject]), name="arrival_subject_known"
            ),
        )
        indexes = (
            models.Index(fields=("subject", "reference", "-id"), name="arrival_by_reference"),  # lodged afterwards
            models.Index(fields=("told_by", "-id"), name="arrival_of_teller"),  # the teller's list
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.reference} {self.movement}"


class Consolidation(models.Model):
    """A consignment reference that stands under a master reference (EAC), or a master that was shut (CST)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    master_ucr = models.CharField(max_length=70)
    ucr = models.CharField(max_length=70, db_default="")
    act = models.CharField(max_length=12)
    told_by = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(act__in=("associate", "disassociate"), ucr__gt="") | Q(act="shut", ucr=""),
                name="consolidation_act_known",
            ),
        )
        indexes = (
            models.Index(fields=("master_ucr", "id"), name="consolidation_by_master"),  # arrival of a master
            models.Index(fields=("ucr", "id"), name="consolidation_by_ucr"),  # where a consignment stands
        )

    def __str__(self) -> str:
        return f"{self.act} {self.ucr} {self.master_ucr}"
