"""A declaration is compared with manifests and captured events, and what differs is written down, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearance.models import Difference as Row
from clearance.rules.matching import Difference, differences_of
from clearance.selectors.matching import Standing, differences_standing, match_facts
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.capture.services import remarks_note
from singlewindow.db.work import Work
from singlewindow.kernel.identifiers import uuid7
from singlewindow.reference.selectors import profile

COLUMNS = (
    "id",
    "declaration_id",
    "version",
    "rule",
    "subject",
    "key",
    "expected",
    "found",
    "tolerance",
    "source",
    "source_id",
    "pointer",
    "holds",
    "after_release",
    "found_at",
)
GONE_SQL = """
UPDATE clearance_difference SET gone_at = greatest(%s, found_at)
WHERE declaration_id = %s AND gone_at IS NULL AND NOT key = ANY(%s) RETURNING rule, subject
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found."""

    new: tuple[Difference, ...]
    """Found for the first time, or again after they were gone."""
    holding: bool
    """Whether one of the new ones holds the goods."""
    before: bool
    """Whether anything was found of this declaration before."""


UNSEEN = Standing(frozenset(), any=False)
NOTHING = Compared((), holding=False, before=False)


def differences_find(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    actor: Actor,
    at: datetime,
    after_release: bool = False,
    first: bool = False,
) -> Compared:
    """Compare, write down what is new, and note what is not found any more.

    Belongs into a transaction that has the declaration's row locked: of two comparisons at once the second sees what
    the first wrote.

    Idempotent: a difference that stands is not written again.

    Args:
        first: the declaration was never compared before, so what stands need not be read.

    Source: docs/rules/matching.md, MT-010, MT-011.
    """
    scheme = profile(at.date()).matching
    if scheme is None:
        return NOTHING
    found = differences_of(match_facts(snapshot, scheme))
    standing = UNSEEN if first else differences_standing(snapshot.id)
    new = tuple(one for one in found if one.key not in standing.keys)
    rows = [_row(one, snapshot, at, holds=one.rule in scheme.holding, after_release=after_release) for one in new]
    work.insert(Row, COLUMNS, rows)
    for one in new:
        _record(work, snapshot, actor, Verb.DIFFERENCE_FOUND, one.rule, one.subject, at)
    seen = [(one.source_id, one.rule) for one in new if one.source == "device" and one.source_id is not None]
    remarks_note(work, declaration_id=snapshot.id, mrn=snapshot.mrn, found=seen)
    if standing.keys - {one.key for one in found}:
        _gone(work, snapshot, found, actor, at)
    return Compared(new, any(one.rule in scheme.holding for one in new), standing.any)


def _row(
    one: Difference, snapshot: DeclarationSnapshot, at: datetime, *, holds: bool, after_release: bool
) -> Sequence[object]:
    return (
        uuid7(),
        snapshot.id,
        snapshot.version,
        one.rule,
        one.subject[:120],
        one.key,
        one.expected[:300],
        one.found[:300],
        one.tolerance,
        one.source,
        one.source_id,
        one.pointer,
        holds,
        after_release,
        at,
    )


def _gone(work: Work, snapshot: DeclarationSnapshot, found: Sequence[Difference], actor: Actor, at: datetime) -> None:
    """What is not found any more is noted; its hold stays until an officer decides (MT-011)."""
    for rule, subject in work.fetch(GONE_SQL, [at, snapshot.id, [one.key for one in found]]):
        _record(work, snapshot, actor, Verb.DIFFERENCE_GONE, rule, subject, at)


def _record(
    work: Work, snapshot: DeclarationSnapshot, actor: Actor, verb: Verb, rule: str, subject: str, at: datetime
) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="declaration",
        subject_id=str(snapshot.id),
        data={"mrn": snapshot.mrn, "version": snapshot.version, "rule": rule, "subject": subject},
        at=at,
    )
