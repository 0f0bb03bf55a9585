"""Tables of the outbox: jobs, and the sign of life of each part that works on them."""

from django.db import models
from django.db.models.functions import Now


class JobState(models.TextChoices):
    """Where a job stands. There is no "doing": a lease that runs out needs nobody to clean up after it."""

    TODO = "todo", "To do"
    DONE = "done", "Done"
    DEAD = "dead", "Failed too often"


class Job(models.Model):
    """One reaction to one event. The database is the queue of record; the broker is a doorbell."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60, help_text="Name of the Celery task")
    subject_id = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    dedup_key = models.CharField(max_length=160, null=True, unique=True)  # noqa: DJ001  (NULL: not deduplicated)
    conversation_id = models.CharField(max_length=64, db_default="")
    state = models.CharField(max_length=4, choices=JobState.choices, db_default=JobState.TODO.value)
    priority = models.SmallIntegerField(db_default=5)
    not_before = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    sent = models.SmallIntegerField(db_default=0)
    started = models.SmallIntegerField(db_default=0)
    last_error = models.TextField(db_default="")
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=JobState.DONE.value, done_at__isnull=False)
                | (~models.Q(state=JobState.DONE.value) & models.Q(done_at=None)),
                name="job_done_has_time",
            ),
        )
        indexes = (
            models.Index(  # relay: whose turn it is
                fields=("priority", "not_before", "id"), condition=models.Q(state="todo"), name="job_turn"
            ),
            models.Index(  # relay: how many are in flight
                fields=("lease_until",), condition=models.Q(state="todo", lease_until__isnull=False), name="job_leased"
            ),
            models.Index(fields=("id",), condition=models.Q(state="dead"), name="job_dead"),  # statusz
            models.Index(fields=("subject_id",), name="job_subject"),  # cancelling a timer
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} ({self.state})"


class Heartbeat(models.Model):
    """When a part of the system last showed a sign of life."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
