"""Tables of penalties: what is held against whom, and what was disclosed before it was found."""

from django.db import models
from django.db.models import F, Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.penalties.states import DisclosureState, PenaltyState


class Disclosure(models.Model):
    """An error that a party told of itself, kept with its instant; only how it was settled is added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    """Who is responsible for what was declared."""
    offence = models.CharField(max_length=6)
    facts = models.CharField(max_length=2000)
    element = models.CharField(max_length=250, blank=True)
    """Pointer to what was declared wrongly."""
    evaded_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    filed_by = models.CharField(max_length=80)
    filed_at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True)
    """When customs had given notice before, if it had: the disclosure came late."""
    state = models.CharField(max_length=7, default=DisclosureState.FILED.value)
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(facts=""), name="disclosure_states_facts"),
            models.CheckConstraint(condition=Q(evaded_minor__gte=0), name="disclosure_evaded_not_negative"),
            models.CheckConstraint(
                condition=Q(noticed_at=None) | Q(noticed_at__lte=F("filed_at")), name="disclosure_notice_came_before"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DisclosureState]), name="disclosure_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="filed", settled_at=None, outcome="")
                | Q(state="settled", settled_at__isnull=False) & ~Q(outcome=""),
                name="disclosure_settled_with_an_outcome",
            ),
            models.UniqueConstraint(
                fields=("declaration_id", "organisation", "offence", "element"),
                condition=Q(state="filed"),
                name="disclosure_open_once",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-id"), name="disclosure_of_party"),
            models.Index(fields=("declaration_id",), name="disclosure_declaration"),
            models.Index(fields=("id",), condition=Q(state="filed"), name="disclosure_open"),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.offence} {self.state}"


class Penalty(models.Model):
    """One penalty: facts, law, range, blame, mitigation and amount, all as they were told to the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    """The person responsible for the breach, and nobody else (TFA 6.3.2)."""
    disclosure = models.ForeignKey("penalties.Disclosure", models.PROTECT, null=True, related_name="penalties")
    offence = models.CharField(max_length=6)
    offence_title = models.CharField(max_length=120)
    law = models.CharField(max_length=200)
    code_sha256 = models.CharField(max_length=64)
    facts = models.CharField(max_length=2000)
    degree = models.CharField(max_length=10)
    degree_title = models.CharField(max_length=120)
    base_minor = models.BigIntegerField()
    least_minor = models.BigIntegerField()
    most_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    mitigations = models.JSONField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, default=PenaltyState.NOTIFIED.value)
    notified_by = models.CharField(max_length=80)
    notified_at = models.DateTimeField()
    heard_until = models.DateTimeField()
    answer = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=1000, blank=True)
    demand_id = models.UUIDField(null=True)

    class Meta:
        verbose_name_plural = "penalties"
        constraints = (
            models.CheckConstraint(condition=~Q(facts="") & ~Q(law=""), name="penalty_states_facts_and_law"),
            models.CheckConstraint(
                condition=Q(least_minor__gte=0)
                & Q(gross_minor__gte=F("least_minor"))
                & Q(gross_minor__lte=F("most_minor"))
                & Q(amount_minor__gt=0)
                & Q(amount_minor__lte=F("gross_minor")),
                name="penalty_within_its_range",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PenaltyState]), name="penalty_state_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("notified_by")), name="penalty_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state="notified", decided_at=None)
                | ~Q(state="notified") & Q(decided_at__isnull=False) & ~Q(decision_reason=""),
                name="penalty_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["notified", "dropped"]) | Q(demand_id__isnull=False),
                name="penalty_issued_has_a_demand",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-id"), name="penalty_of_party"),
            models.Index(fields=("declaration_id",), name="penalty_declaration"),
            models.Index(fields=("heard_until", "id"), condition=Q(state="notified"), name="penalty_open"),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.offence} {self.state}"
