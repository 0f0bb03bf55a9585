"""The public check of a printed notice: genuine, and whether it still stands, and nothing of the trade behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from fees.models import Assessment, FiscalStatus
from fees.signing import notice_of_code
from fees.types import AssessmentKind
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, NotFound
from singlewindow.kernel.money import from_minor

TRIES_AN_HOUR = 20
"""Comparisons of one notice in an hour: enough for a queue at a gate, too few to try totals (FE-NOT-03)."""

LOOK_SQL = """
INSERT INTO fees_noticelook (assessment_id, hour, tries) VALUES (%s, %s, 1)
ON CONFLICT (assessment_id) DO UPDATE
    SET tries = CASE WHEN fees_noticelook.hour = excluded.hour THEN least(fees_noticelook.tries + 1, %s) ELSE 1 END,
        hour = excluded.hour
RETURNING tries
"""


class TooManyTries(DomainError):
    """One notice was compared too often in this hour."""

    code = "too_many_requests"
    status = 429
    title = "This was tried too often; try again in an hour"


class NoticeStanding(StrEnum):
    """What a genuine notice is worth now."""

    CURRENT = "current"  # What it asks for is what is owed.
    SUPERSEDED = "superseded"  # A later assessment stands.
    ANNULLED = "annulled"  # The declaration was withdrawn or refused; nothing of it is owed.


@dataclass(frozen=True, slots=True)
class NoticeCheck:
    """What anyone who holds a notice may learn: no party, no goods, no amount."""

    assessment_id: UUID
    kind: AssessmentKind
    on: date
    sha256_begin: str
    standing: NoticeStanding


def notice_check(code: str) -> NoticeCheck:
    """How a notice stands, by its code.

    A code that is not ours is refused without a question to the database, and looks like one that never was.

    Source: FE-NOT-01, FE-NOT-02.

    Raises:
        NotFound: no notice has this code.
    """
    row = _row(code)
    return NoticeCheck(row.pk, AssessmentKind(row.kind), row.on, row.sha256[:16], _standing(row))


def notice_compare(code: str, *, mrn: str, total: Decimal) -> bool:
    """Whether the printed number and total are those of the notice: one answer for both.

    Source: FE-NOT-03.

    Raises:
        NotFound: no notice has this code.
        TooManyTries: it was compared too often in this hour.
    """
    row = _row(code)
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    with unit_of_work() as work:
        ((tries,),) = work.fetch(LOOK_SQL, [row.pk, hour, TRIES_AN_HOUR + 1])
    if tries > TRIES_AN_HOUR:
        raise TooManyTries
    known = FiscalStatus.objects.filter(pk=row.declaration_id).values_list("mrn", flat=True).first()
    return known == mrn and from_minor(row.total_minor, row.currency) == total


def _row(code: str) -> Assessment:
    assessment_id = notice_of_code(code)
    row = Assessment.objects.filter(pk=assessment_id).first() if assessment_id else None
    if row is None:
        raise NotFound
    return row


def _standing(row: Assessment) -> NoticeStanding:
    status = FiscalStatus.objects.filter(pk=row.declaration_id).values_list("assessment_id", "due", "total_minor")
    current, due, total = status.first() or (None, {}, 0)
    if current != row.pk:
        return NoticeStanding.SUPERSEDED
    if row.total_minor and not total and not due:
        return NoticeStanding.ANNULLED
    return NoticeStanding.CURRENT
