"""What officers said of possible matches before."""

from collections.abc import Sequence
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.screening.models import MatchDecision
from singlewindow.screening.states import Verdict
from singlewindow.screening.types import Decision, Match

Key = tuple[str, str, str, str]


def decisions_of(matches: Sequence[Match]) -> dict[Key, Decision]:
    """The present decision of each match that has one, by subject, source, number and content of the entry."""
    rows = MatchDecision.objects.filter(
        subject_key__in={match.subject_key for match in matches},
        entry_sha256__in={match.entry.sha256 for match in matches},
        revised_by=None,
    )
    return {(row.subject_key, row.source, row.entry_uid, row.entry_sha256): decision_value(row) for row in rows}


def earlier_decisions(actor: Actor, *, source: str, uid: str, limit: int = 50) -> list[MatchDecision]:
    """What was said of possible matches with an entry, in any of its contents, newest first.

    Raises:
        NotFound: the actor may not see risk.
    """
    if not actor.may(Permission.VIEW_RISK):
        raise NotFound
    return list(MatchDecision.objects.filter(source=source, entry_uid=uid).order_by("-decided_at", "-id")[:limit])


def decision_for(subject: str, source: str, uid: str, sha256: str) -> Decision | None:
    """The present decision of one pair, if there is one."""
    row = MatchDecision.objects.filter(
        subject_key=subject, source=source, entry_uid=uid, entry_sha256=sha256, revised_by=None
    ).first()
    return decision_value(row) if row else None


def decision_value(row: MatchDecision) -> Decision:
    """A row as a value."""
    return Decision(UUID(str(row.pk)), Verdict(row.verdict), row.reason, row.decided_by, row.decided_at)
