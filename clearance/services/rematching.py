"""What an officer said of a possible match bears on every open declaration that it held, or will hold."""

from clearance.models import Case
from risk.selectors.matched import results_naming
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.screening.models import MatchDecision
from singlewindow.screening.states import Verdict


def matches_rescore(work: Work, job: JobContext) -> None:
    """Have open declarations scored again whose result names the entry; a confirmed match looks at all that is open.

    A lane is never lowered by it: the officer who has the case reads the new result and decides.

    Idempotent: each call asks for the same results again.

    Source: docs/rules/risk.md, RM-SCR-02.
    """
    said = MatchDecision.objects.filter(pk=job.subject_id).first()
    if said is None:
        return
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    opened = list(Case.objects.filter(closed_at=None).values_list("pk", flat=True))
    for declaration_id in results_naming(opened, source=said.source, uid=said.entry_uid):
        queue(work, "ScreeningMet", subject_id=str(declaration_id), priority=2, actor=actor)
    if said.verdict == Verdict.CONFIRMED.value:
        queue(work, "ListsToScreen", subject_id=str(said.pk), actor=actor)
