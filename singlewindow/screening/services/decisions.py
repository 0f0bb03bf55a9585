"""An officer says what a possible match is; it is remembered for that name and that content of the entry."""

from decimal import Decimal
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.screening.models import ListEntry, MatchDecision
from singlewindow.screening.selectors.decisions import decision_for, decision_value
from singlewindow.screening.selectors.matches import subject_key
from singlewindow.screening.states import Verdict
from singlewindow.screening.types import Decision, ScreenQuery

REASON_LENGTH = 500
NAME_LENGTH = 1_000
LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtextextended('screening-match:' || %s, 0))"


def match_decide(
    *,
    query: ScreenQuery,
    entry_id: UUID,
    verdict: Verdict,
    reason: str,
    actor: Actor,
    score: float | None = None,
    revises: UUID | None = None,
) -> Decision:
    """Confirm or dismiss a possible match, for this name and for as long as the entry says what it says now.

    Locks: the pair of name and entry, so that of two officers at once one decides and the other is told.

    Source: docs/rules/screening.md, SC-DEC-01 to SC-DEC-04.

    Args:
        revises: the decision that the actor has seen and replaces; none for a first one.

    Raises:
        NotPermitted: the actor is no person, or may not decide.
        NotFound: there is no such entry.
        RuleViolated: SC-DEC-02, no reason is given.
        Conflict: SC-DEC-03, another officer has decided meanwhile.
    """
    with unit_of_work() as work:
        return match_decide_in(
            work,
            query=query,
            entry_id=entry_id,
            verdict=verdict,
            reason=reason,
            actor=actor,
            score=score,
            revises=revises,
        )


def match_decide_in(
    work: Work,
    *,
    query: ScreenQuery,
    entry_id: UUID,
    verdict: Verdict,
    reason: str,
    actor: Actor,
    score: float | None = None,
    revises: UUID | None = None,
) -> Decision:
    """The same as part of a larger act."""
    actor.require(Permission.SCREEN_PARTIES)
    if actor.kind is not ActorKind.USER:
        raise NotPermitted("Only a person decides what a match is (SC-DEC-01).")
    text = reason.strip()
    if not text or len(text) > REASON_LENGTH:
        sentence = f"Give a reason of 1 to {REASON_LENGTH} characters."
        raise RuleViolated(sentence, violations=[Violation("SC-DEC-02", "/reason", sentence, "Say why.")])
    entry = ListEntry.objects.select_related("version").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound
    subject = subject_key(query)
    work.fetch(LOCK_SQL, [f"{subject}:{entry.version.source}:{entry.uid}:{entry.sha256}"])
    standing = decision_for(subject, entry.version.source, entry.uid, entry.sha256)
    if (standing.id if standing else None) != revises:
        raise Conflict("Another officer has decided this match meanwhile; read it first (SC-DEC-03).")
    row = MatchDecision.objects.create(
        id=uuid7(),
        subject_key=subject,
        subject_name=query.name.replace("\x00", "")[:NAME_LENGTH],
        source=entry.version.source,
        entry_uid=entry.uid,
        entry_sha256=entry.sha256,
        version_id=entry.version_id,
        verdict=verdict.value,
        reason=text,
        score=None if score is None else Decimal(str(round(score, 1))),
        revises_id=revises,
        decided_by=actor.label,
        decided_at=clock.now(),
    )
    _tell(work, row, actor)
    return decision_value(row)


def _tell(work: Work, row: MatchDecision, actor: Actor) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.MATCH_DECIDED,
        subject_type="screening_match",
        subject_id=str(row.pk),
        data={
            "source": row.source,
            "entry": row.entry_uid,
            "entry_sha256": row.entry_sha256,
            "subject": row.subject_key,
            "verdict": row.verdict,
        },
        reason=row.reason,
    )
    queue(work, "ScreeningMatchDecided", subject_id=str(row.pk), payload={"subject_key": row.subject_key})
