"""Replays of the past with another rule set."""

from django.db import models

from risk.states import SimulationState
from singlewindow.kernel.identifiers import uuid7


class Simulation(models.Model):
    """One replay of a period: what was tried, beside what was live, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, db_default=SimulationState.QUEUED.value)
    change = models.JSONField(help_text="What the candidate changes: see risk.types.RuleChange")
    change_sha256 = models.CharField(max_length=64)
    base_hash = models.CharField(max_length=64, help_text="The rule set in force when it was started")
    candidate_hash = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField()
    seed = models.BigIntegerField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(db_default=0, help_text="Steps: each part is scored, then picked from")
    done = models.PositiveIntegerField(db_default=0, help_text="Steps that were done")
    rooms = models.JSONField(null=True, help_text="Room of each office and day, planned when all is scored")
    declarations = models.PositiveIntegerField(
        db_default=0, help_text="Results of the period, before the newest are chosen"
    )
    result = models.JSONField(null=True)
    result_sha256 = models.CharField(max_length=64, db_default="")
    error = models.CharField(max_length=500, db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in SimulationState]), name="simulation_state_known"
            ),
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="simulation_period"),
            models.CheckConstraint(
                condition=~models.Q(state=SimulationState.DONE.value)
                | (models.Q(result__isnull=False) & ~models.Q(result_sha256="")),
                name="simulation_done_has_result",
            ),
        )
        indexes = (
            models.Index(fields=("-asked_at",), name="simulation_list"),
            models.Index(  # the run that something that goes live stands on
                fields=("change_sha256", "-ended_at"),
                condition=models.Q(state=SimulationState.DONE.value),
                name="simulation_of_change",
            ),
        )


class SimulationPart(models.Model):
    """A stretch of the period, from one result to another in the order of time, that one worker replays at a time.

    Parts are there while the simulation runs: their sums are added up when all are done, and then they go.
    """

    id = models.BigAutoField(primary_key=True)
    simulation = models.ForeignKey("risk.Simulation", on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    first_id = models.UUIDField()
    last_at = models.DateTimeField()
    last_id = models.UUIDField()
    rows = models.PositiveIntegerField()
    scored = models.JSONField(null=True, help_text="Scores of both rule sets, before anybody is picked")
    tally = models.JSONField(null=True, help_text="What rooms are planned from: losses by office and day")
    sums = models.JSONField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("simulation", "number"), name="simulation_part_once"),)
        indexes = (  # the next part that nobody works on
            models.Index(
                fields=("simulation", "number"), condition=models.Q(sums__isnull=True), name="simulation_part_todo"
            ),
        )
