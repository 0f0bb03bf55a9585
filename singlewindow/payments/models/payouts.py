"""Money that is paid out: whose bank account, which order, in which file."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.states import PayoutState


class BankAccount(models.Model):
    """The bank account that a trader named for what is paid back; the newest one counts, none is changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    iban = models.CharField(max_length=34)
    holder = models.CharField(max_length=70)
    named_by = models.CharField(max_length=80)
    named_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("organisation", "-id"), name="bankaccount_newest"),)

    def __str__(self) -> str:
        return self.iban


class PayoutFile(models.Model):
    """One pain.001 message to the bank, kept byte by byte."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message_id = models.CharField(max_length=35, unique=True)
    currency = models.CharField(max_length=3)
    count = models.IntegerField()
    total_minor = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(count__gt=0, total_minor__gt=0), name="payoutfile_pays_something"),
        )

    def __str__(self) -> str:
        return self.message_id


class PayoutOrder(models.Model):
    """One sum to be paid out: taken from the ledger when ordered, and in exactly one file ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=100, unique=True)
    """What caused it: the same event never pays out twice."""
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", null=True)
    """Whose prepaid account it was taken from; none when money of suspense goes back to where it came from."""
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    end_to_end_id = models.CharField(max_length=35, unique=True)
    text = models.CharField(max_length=140)
    creditor = models.CharField(max_length=70, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    """Empty until the trader has named a bank account; fixed when the order is filed."""
    state = models.CharField(max_length=9, default=PayoutState.ORDERED.value)
    file = models.ForeignKey("payments.PayoutFile", models.PROTECT, related_name="orders", null=True)
    ordered_by = models.CharField(max_length=80)
    ordered_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=140, blank=True, db_default="")
    """Why the bank could not pay it."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_pays_something"),
            models.CheckConstraint(
                condition=Q(state="ordered", file=None) | Q(~Q(state="ordered"), ~Q(iban=""), file__isnull=False),
                name="payout_in_a_file_once_filed",
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(state="ordered"), name="payout_waiting"),)

    def __str__(self) -> str:
        return f"{self.end_to_end_id} {self.state}"
