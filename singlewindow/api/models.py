"""The table behind Idempotency-Key."""

from django.db import models
from django.db.models.functions import Now


class IdempotentAnswer(models.Model):
    """The first answer to a key of a caller, written in the transaction of its effect."""

    id = models.BigAutoField(primary_key=True)
    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_hash = models.BinaryField()
    status = models.SmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=("caller", "key"), name="idempotent_answer_once"),)
        indexes = (models.Index(fields=("created_at",), name="idempotent_answer_age"),)  # purge

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
