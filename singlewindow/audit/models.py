"""Tables that only grow: audit events, and the events that each party may read."""

from django.db import models


class Event(models.Model):
    """One act: its canonical bytes, and the leaf of the public log that stands for it.

    `canonical` is the RFC 8785 form, stored as bytes and never made again from columns. `leaf_hash` is the RFC 6962
    leaf over `commitment` = SHA-256(salt, canonical): whoever is handed salt and bytes can prove the act, whoever
    is not learns nothing from the log. The other columns repeat what the bytes say, for reading.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=64)
    conversation_id = models.CharField(max_length=64)
    canonical = models.BinaryField()
    salt = models.BinaryField()
    leaf_hash = models.BinaryField()

    class Meta:
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "id"), name="event_subject"),  # timelines
            models.Index(fields=("actor", "id"), name="event_actor"),  # what one officer did
        )
        constraints = (
            models.CheckConstraint(
                condition=models.expressions.RawSQL(
                    "octet_length(salt) = 32 AND octet_length(leaf_hash) = 32", (), models.BooleanField()
                ),
                name="event_hash_sizes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_id}"


class PartyEvent(models.Model):
    """One event of the feed of one organisation.

    `transaction_id` orders the feed: ids are given before commit, so a smaller id can appear after a larger one;
    readers stop before the oldest transaction that is still open and therefore never pass a row by.
    """

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField(
        db_default=models.expressions.RawSQL("(pg_current_xact_id()::text::bigint)", (), models.BigIntegerField())
    )
    event_id = models.UUIDField(unique=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, db_index=False)
    type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        indexes = (
            models.Index(fields=("organisation", "transaction_id", "id"), name="party_event_feed"),
            models.Index(fields=("subject_id", "id"), name="party_event_subject"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.subject_id}"


class FeedHorizon(models.Model):
    """How far the feed of an organisation was cleared away: what stood up to here can be read no more."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, primary_key=True)
    transaction_id = models.BigIntegerField()
    event = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.event}"
