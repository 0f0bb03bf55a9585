"""Tables of learning: models that were registered, and their files. Both only grow."""

from django.db import models
from django.db.models import F, Q


class ModelVersion(models.Model):
    """A trained model, named by the digest of its manifest. That it is here says nothing of whether it is used."""

    hash = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    spec = models.CharField(max_length=60, help_text="The source of rows that it learned from")
    data_from = models.DateField()
    data_to = models.DateField()
    data_rows = models.BigIntegerField()
    figures = models.JSONField(help_text="Of the rows held apart, as risk_evaluate prints them")
    card = models.TextField(help_text="Markdown")
    registered_by = models.CharField(max_length=80)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="model_hash_form"),
            models.CheckConstraint(condition=Q(data_to__gte=F("data_from")), name="model_period_in_order"),
            models.CheckConstraint(condition=Q(data_rows__gte=1), name="model_learned_from_rows"),
        )
        indexes = (models.Index(fields=("-registered_at", "hash"), name="model_newest_first"),)

    def __str__(self) -> str:
        return f"{self.name} {self.hash[:12]}"


class ModelFile(models.Model):
    """One file of a model, byte for byte."""

    model = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("model", "name"), name="model_file_once"),)

    def __str__(self) -> str:
        return f"{self.model_id} {self.name}"
