"""Tables of captured events: the devices, what they told for ever, and from what it differs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from singlewindow.capture.types import DeviceKind, EventKind
from singlewindow.kernel.identifiers import uuid7


class Device(models.Model):
    """A gate camera, scale, seal reader or scanner of an organisation. It is taken out of use and never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=40)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    office = models.CharField(max_length=17)
    place = models.CharField(max_length=35, db_default="")
    kind = models.CharField(max_length=11)
    calibrated_until = models.DateField(null=True, help_text="Empty: this device needs no calibration")
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=80)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="device_number_once"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in DeviceKind]), name="device_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="scale") | Q(calibrated_until__isnull=False), name="device_scale_is_calibrated"
            ),
        )
        indexes = (models.Index(fields=("office", "number"), name="device_of_office"),)  # the list of devices

    def __str__(self) -> str:
        return self.number


class DeviceEvent(models.Model):
    """One thing that a device saw, as it was sent; the other columns repeat what is looked up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="events", db_index=False)
    event_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=9)
    office = models.CharField(max_length=17)
    place = models.CharField(max_length=35, db_default="")
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    container = models.CharField(max_length=17, db_default="")
    plate = models.CharField(max_length=35, db_default="")
    mrn = models.CharField(max_length=18, db_default="")
    net_kg = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    marks = ArrayField(models.CharField(max_length=12), default=list)
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("device", "event_id"), name="device_event_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EventKind]), name="device_event_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(net_kg__isnull=True) | Q(net_kg__gt=0), name="device_event_net_positive"
            ),
        )
        indexes = (
            models.Index(fields=("container", "-id"), condition=~Q(container=""), name="device_event_container"),
            models.Index(fields=("plate", "-id"), condition=~Q(plate=""), name="device_event_plate"),
            models.Index(fields=("mrn", "-id"), condition=~Q(mrn=""), name="device_event_mrn"),
            models.Index(fields=("kind", "-id"), name="device_event_of_kind"),  # the officers' list
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class EventRemark(models.Model):
    """A captured event differs from a declaration, by a rule; for ever."""

    pk = models.CompositePrimaryKey("event_id", "declaration_id", "rule")
    event = models.ForeignKey(DeviceEvent, models.PROTECT, related_name="remarks", db_index=False)
    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    rule = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("declaration_id",), name="event_remark_declaration"),)

    def __str__(self) -> str:
        return f"{self.rule} on {self.mrn}"
