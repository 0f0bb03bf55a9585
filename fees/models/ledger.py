"""Money as double entry: every transaction's postings sum to zero, and nothing is ever changed or taken back.

A posting is signed: what an account holder may dispose of grows with positive ones. Money that came in stands as
a negative balance of the cash account. Only traders' balances are kept on the row: a balance on the authorities'
rows would make every release wait for every other.
"""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7


class AccountKind(models.TextChoices):
    """Whose account it is."""

    TRADER = "trader", "Trader"
    AUTHORITY = "authority", "Authority"
    SUSPENSE = "suspense", "Suspense"
    CASH = "cash", "Cash"
    SECURITY = "security", "Security"
    RECEIVABLE = "receivable", "Receivable"
    CLEARING = "clearing", "Clearing"


class Account(models.Model):
    """A prepaid account of a trader, what a trader still has to pay, or an account on the other side.

    A receivable is what the authorities have booked and the trader pays later: a deferred payment. It stands as a
    negative balance, and is the sum of its postings like that of every account but the traders'. A clearing account
    holds money on its way: taken by a payment provider and not yet on the bank account, or ordered to be paid out.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False
    )
    authority = models.CharField(max_length=3, blank=True)
    currency = models.CharField(max_length=3)
    balance_minor = models.BigIntegerField(db_default=0)
    """Kept by the database from the postings, for traders only."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(balance_minor__gte=0), name="account_never_below_zero"),
            models.CheckConstraint(
                condition=Q(kind__in=["trader", "receivable"], organisation__isnull=False, authority="")
                | Q(~Q(authority=""), kind__in=["authority", "clearing"], organisation=None)
                | Q(kind__in=["suspense", "cash", "security"], organisation=None, authority=""),
                name="account_holder_fits_kind",
            ),
            models.UniqueConstraint(
                fields=("organisation", "currency"), condition=Q(kind="trader"), name="account_trader_once"
            ),
            models.UniqueConstraint(
                fields=("organisation", "currency"), condition=Q(kind="receivable"), name="account_receivable_once"
            ),
            models.UniqueConstraint(
                fields=("kind", "authority", "currency"),
                condition=Q(organisation=None),
                name="account_other_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.authority or self.organisation_id or ''} {self.currency}"


class LedgerTransaction(models.Model):
    """One movement of money and the event that caused it; the same event never moves money twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source_event = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()
    text = models.CharField(max_length=200)
    declaration_id = models.UUIDField(null=True)
    mrn = models.CharField(max_length=18, blank=True)
    actor = models.CharField(max_length=80)

    class Meta:
        indexes = (
            models.Index(
                fields=("declaration_id",), condition=Q(declaration_id__isnull=False), name="ledger_of_declaration"
            ),
        )

    def __str__(self) -> str:
        return self.source_event


class Posting(models.Model):
    """One side of a transaction."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey("fees.LedgerTransaction", models.PROTECT, related_name="postings")
    account = models.ForeignKey("fees.Account", models.PROTECT, related_name="postings", db_index=False)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(amount_minor=0), name="posting_moves_money"),)
        indexes = (models.Index(fields=("account", "-id"), name="posting_movements"),)

    def __str__(self) -> str:
        return f"{self.amount_minor}"
