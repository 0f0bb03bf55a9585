"""How many picks for inspection an office has made on a day."""

from django.db import models


class InspectionDay(models.Model):
    """The picks of one office and day; the row is locked by each pick, so that capacity is never exceeded."""

    id = models.BigAutoField(primary_key=True)
    office = models.CharField(max_length=8)
    day = models.DateField()
    capacity = models.PositiveIntegerField()
    hard = models.PositiveIntegerField(db_default=0)
    loss = models.PositiveIntegerField(db_default=0)
    explore = models.PositiveIntegerField(db_default=0)
    control = models.PositiveIntegerField(db_default=0)
    seen = models.PositiveIntegerField(db_default=0, help_text="Declarations a day in the days before")
    room = models.JSONField(help_text="How the day was planned: risk.rules.selection.Room")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("office", "day"), name="inspection_day_once"),)
