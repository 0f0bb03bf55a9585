"""The table of proposals: what waits for a second person, and what one decided."""

from django.db import models

from singlewindow.approvals.states import ProposalState
from singlewindow.kernel.identifiers import uuid7


class Proposal(models.Model):
    """Something that goes live only when a person who did not write it agrees."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    content_sha256 = models.CharField(max_length=64)
    evidence = models.JSONField(default=dict)
    address = models.CharField(max_length=200, db_default="")
    state = models.CharField(max_length=9, db_default=ProposalState.OPEN.value)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    authors = models.JSONField()
    decided_by = models.CharField(max_length=80, db_default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject_id"),
                condition=models.Q(state=ProposalState.OPEN.value),
                name="proposal_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ProposalState]), name="proposal_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[ProposalState.OPEN.value, ProposalState.WITHDRAWN.value])
                | (~models.Q(decided_by="") & models.Q(decided_at__isnull=False)),
                name="proposal_decided_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("proposed_by")), name="proposal_second_person"
            ),
        )
        indexes = (models.Index(fields=("state", "-proposed_at"), name="proposal_list"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"
