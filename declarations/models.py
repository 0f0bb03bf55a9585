"""Tables of declarations: one row for the document, one for each goods item and each container.

The content is kept once, as the canonical bytes that were lodged; the other columns repeat what lists, searches and
constraints need. No index holds a state or a time of a later step, so that accepting and releasing stay inside the
row's page (heap-only updates); lists are ordered by the id, a UUID version 7, which is the order of creation.
"""

from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q

from declarations.states import ChangeState, GoodsState, LegalState
from declarations.types import ChangeKind, Channel
from singlewindow.kernel.identifiers import uuid7

L = LegalState
PLAIN = {kind: [member.value for member in kind] for kind in (LegalState, GoodsState, Channel, ChangeKind, ChangeState)}
"""Values for constraints: a migration must not change with the code."""

UNNUMBERED = tuple(state.value for state in (L.DRAFT, L.SUBMITTED, L.REJECTED))
"""States before a declaration has its MRN."""

ACCEPTED_ONCE = tuple(state.value for state in (L.ACCEPTED, L.RELEASED, L.CLEARED, L.REFUSED))
"""States that only an accepted declaration reaches."""


def _decimal() -> "models.DecimalField[Decimal | None, Decimal | None]":
    """A message's number: up to 15 digits and 6 decimals, and room for the sum of 999 of them."""
    return models.DecimalField(max_digits=24, decimal_places=6, null=True)


def _instant() -> "models.DateTimeField[datetime | None, datetime | None]":
    return models.DateTimeField(null=True)


class Declaration(models.Model):
    """A declaration: a draft that its writer may change, or what was lodged and only steps on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mrn = models.CharField(max_length=18, null=True)  # noqa: DJ001  (a draft has none, and the key is unique)
    lrn = models.CharField(max_length=35, db_default="")
    direction = models.CharField(max_length=6)
    type_code = models.CharField(max_length=3, db_default="")
    channel = models.CharField(max_length=4)
    lodged_by = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    declarant_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False
    )
    trader_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False
    )
    submitter = models.CharField(max_length=80)
    declarant_identifier = models.CharField(max_length=17, db_default="")
    importer_identifier = models.CharField(max_length=17, db_default="")
    exporter_identifier = models.CharField(max_length=17, db_default="")
    office = models.CharField(max_length=17, db_default="")
    legal_state = models.CharField(max_length=11)
    goods_state = models.CharField(max_length=13)
    version = models.IntegerField(db_default=1)
    content = models.BinaryField(null=True)
    content_sha256 = models.CharField(max_length=64, db_default="")
    draft = models.JSONField(null=True)
    item_count = models.IntegerField(db_default=0)
    gross_mass_kg = _decimal()
    invoice_amount = _decimal()
    invoice_currency = models.CharField(max_length=3, db_default="")
    first_commodity = models.CharField(max_length=10, db_default="")
    export_country = models.CharField(max_length=2, db_default="")
    created_at = models.DateTimeField()
    saved_at = _instant()
    lodged_at = _instant()
    expires_at = _instant()
    presented_at = _instant()
    accepted_at = _instant()
    released_at = _instant()
    cleared_at = _instant()
    ended_at = _instant()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(legal_state__in=PLAIN[LegalState]), name="declaration_legal_known"),
            models.CheckConstraint(condition=Q(goods_state__in=PLAIN[GoodsState]), name="declaration_goods_known"),
            models.CheckConstraint(condition=Q(direction__in=("import", "export")), name="declaration_direction_known"),
            models.CheckConstraint(condition=Q(channel__in=PLAIN[Channel]), name="declaration_channel_known"),
            models.UniqueConstraint(fields=("mrn",), name="declaration_mrn_once"),
            # The predicate is on the MRN and not on the state, so that a change of state touches no index.
            models.UniqueConstraint(
                fields=("lodged_by", "lrn"), condition=Q(mrn__isnull=False), name="declaration_lrn_once"
            ),
            models.CheckConstraint(
                condition=Q(legal_state__in=UNNUMBERED, mrn__isnull=True)
                | (
                    ~Q(legal_state__in=UNNUMBERED)
                    & Q(mrn__isnull=False, lodged_at__isnull=False, content__isnull=False, draft__isnull=True)
                ),
                name="declaration_numbered_when_lodged",
            ),
            models.CheckConstraint(
                condition=Q(goods_state=GoodsState.EXPECTED.value, presented_at__isnull=True)
                | (~Q(goods_state=GoodsState.EXPECTED.value) & Q(presented_at__isnull=False)),
                name="declaration_presented_has_time",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True)
                | Q(presented_at__isnull=False, accepted_at__gte=F("lodged_at"))
                & Q(accepted_at__gte=F("presented_at")),
                name="declaration_accepted_after_lodged",
            ),
            models.CheckConstraint(
                condition=~Q(legal_state__in=ACCEPTED_ONCE) | Q(accepted_at__isnull=False),
                name="declaration_accepted_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(legal_state=L.RELEASED.value) | Q(released_at__isnull=False),
                name="declaration_released_has_time",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(released_at__gte=F("accepted_at")),
                name="declaration_released_after_accepted",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(cleared_at__gte=F("accepted_at")),
                name="declaration_cleared_after_accepted",
            ),
            models.CheckConstraint(
                condition=Q(gross_mass_kg__isnull=True) | Q(gross_mass_kg__gte=0), name="declaration_mass_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(invoice_amount__isnull=True) | Q(invoice_amount__gte=0),
                name="declaration_invoice_not_negative",
            ),
        )
        indexes = (
            models.Index(fields=("lodged_by", "-id"), name="declaration_of_filer"),  # the filer's list
            models.Index(  # the list of a declarant whose broker files
                fields=("declarant_organisation", "-id"),
                condition=~Q(declarant_organisation=F("lodged_by")),
                name="declaration_of_declarant",
            ),
            models.Index(  # the list of an importer or exporter whose broker files
                fields=("trader_organisation", "-id"),
                condition=~Q(trader_organisation=F("lodged_by")),
                name="declaration_of_trader",
            ),
            models.Index(OpClass("lrn", "varchar_pattern_ops"), name="declaration_lrn"),  # search by LRN or its start
            models.Index(fields=("importer_identifier", "-id"), name="declaration_importer"),  # search by importer
        )

    def __str__(self) -> str:
        return self.mrn or f"draft {self.lrn}"


class GoodsItem(models.Model):
    """One goods item of a lodged declaration, for searches and statistics; the content holds all of it."""

    pk = models.CompositePrimaryKey("declaration_id", "number")
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="items", db_index=False)
    number = models.IntegerField()
    commodity_code = models.CharField(max_length=10)
    hs6 = models.CharField(max_length=6)
    origin = models.CharField(max_length=4)
    procedure = models.CharField(max_length=4)
    net_mass_kg = _decimal()
    gross_mass_kg = _decimal()
    supplementary_quantity = _decimal()
    supplementary_unit = models.CharField(max_length=5)
    price_amount = _decimal()
    price_currency = models.CharField(max_length=3)
    description = models.CharField(max_length=512)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(number__gte=1), name="goods_item_number_positive"),
            models.CheckConstraint(
                condition=(Q(net_mass_kg__isnull=True) | Q(net_mass_kg__gte=0))
                & (Q(gross_mass_kg__isnull=True) | Q(gross_mass_kg__gte=0)),
                name="goods_item_mass_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.declaration_id} item {self.number}"


class TransportEquipment(models.Model):
    """A container or other equipment that a lodged declaration names."""

    pk = models.CompositePrimaryKey("declaration_id", "equipment_id")
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="equipment", db_index=False)
    equipment_id = models.CharField(max_length=17)

    class Meta:
        indexes = (
            models.Index(fields=("equipment_id", "-declaration"), name="equipment_by_id"),  # search by container
        )

    def __str__(self) -> str:
        return self.equipment_id


class ChangeRequest(models.Model):
    """A request to change or withdraw a declaration, or an officer's correction, with its own decision.

    What was asked never changes; the decision is written once. Triggers hold both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="changes", db_index=False)
    number = models.IntegerField()
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=9, db_default=ChangeState.REQUESTED.value)
    stage = models.CharField(max_length=10, help_text="Legal state in which it was asked for")
    base_version = models.IntegerField()
    granted_version = models.IntegerField(null=True)
    proposed = models.BinaryField(null=True, help_text="Canonical bytes of the new content; none to invalidate")
    reason_code = models.CharField(max_length=3, db_default="")
    reason = models.CharField(max_length=2000)
    evidence = models.CharField(max_length=2000, db_default="", help_text="That the goods came back, after release")
    reference = models.CharField(max_length=35, db_default="", help_text="The sender's own")
    channel = models.CharField(max_length=4)
    rule = models.CharField(max_length=12, help_text="The rule that says who decides")
    voluntary = models.BooleanField(db_default=False, help_text="Disclosed after release, before any notice")
    requested_by = models.CharField(max_length=80)
    requested_for = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False
    )
    requested_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True, help_text="By when an officer decides")
    decided_by = models.CharField(max_length=80, db_default="")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=2000, db_default="")
    difference = models.JSONField(default=list)
    money_before_minor = models.BigIntegerField(null=True)
    money_after_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("declaration", "number"), name="change_number_once"),
            models.UniqueConstraint(
                fields=("declaration",), condition=Q(state=ChangeState.REQUESTED.value), name="change_one_open"
            ),
            models.CheckConstraint(condition=Q(kind__in=PLAIN[ChangeKind]), name="change_kind_known"),
            models.CheckConstraint(condition=Q(state__in=PLAIN[ChangeState]), name="change_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="change_has_reason"),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.INVALIDATE.value, proposed__isnull=True)
                | (~Q(kind=ChangeKind.INVALIDATE.value) & Q(proposed__isnull=False)),
                name="change_proposes_content",
            ),
            models.CheckConstraint(
                condition=Q(state=ChangeState.REQUESTED.value, decided_at__isnull=True, decided_by="")
                | (~Q(state=ChangeState.REQUESTED.value) & Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="change_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.DENIED.value) | ~Q(decision_reason=""), name="change_denied_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(granted_version__isnull=True)
                | Q(state=ChangeState.GRANTED.value, granted_version=F("base_version") + 1),
                name="change_grants_next_version",
            ),
        )
        indexes = (
            models.Index(  # the officers' list
                fields=("deadline", "id"), condition=Q(state=ChangeState.REQUESTED.value), name="change_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.declaration_id}: {self.state}"


class DeclarationVersion(models.Model):
    """A content that was in force. Written with the first amendment for what stood before, then with each one."""

    id = models.BigAutoField(primary_key=True)
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="versions", db_index=False)
    version = models.IntegerField()
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    in_force_from = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    reason = models.CharField(max_length=2000, db_default="")
    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("declaration", "version"), name="declaration_version_once"),
            models.CheckConstraint(
                condition=Q(version=1, change__isnull=True) | Q(version__gt=1, change__isnull=False),
                name="declaration_version_by_change",
            ),
        )

    def __str__(self) -> str:
        return f"version {self.version} of {self.declaration_id}"
