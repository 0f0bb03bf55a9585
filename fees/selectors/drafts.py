"""Reads of draft charges: what is open for comment, what was said, and what an authority prepares."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fees.models import Charge, ChargeComment, ChargeDraft
from fees.rules.schedule import ChargeTerms, CostPart
from fees.states import DraftState
from fees.types import ChargeEvent
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound

CUSTOMS = "CUS"
"""The authority of a person of customs, who has no agency."""
LISTED = 200


@dataclass(frozen=True, slots=True)
class CommentView:
    """What somebody said of a draft, and the answer."""

    id: UUID
    at: datetime
    organisation: str
    text: str
    answer: str
    no_answer_reason: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft charge as the public or its authority reads it."""

    id: UUID
    state: DraftState
    terms: ChargeTerms
    opened_at: datetime | None
    opened_on: date | None
    comments_until: date | None
    urgent_reason: str
    ended_at: datetime | None
    published_on: date | None
    withdrawn_reason: str
    comments: int
    unanswered: int

    def days_left(self, on: date) -> int:
        """Days on which one may still comment, that day included; 0 where one may not."""
        if self.state is not DraftState.OPEN or self.comments_until is None:
            return 0
        return max(0, (self.comments_until - on).days + 1)


def draft_authority(actor: Actor) -> str:
    """The authority whose charges the actor may draft; empty for none."""
    if not actor.may(Permission.DRAFT_CHARGE):
        return ""
    return actor.agency or CUSTOMS


def authority_name_of(actor: Actor) -> str:
    """What the schedule calls the actor's authority; the name of the organisation where it levies nothing yet."""
    rows = Charge.objects.filter(authority=draft_authority(actor)).order_by("-version_from_id", "-valid_from")
    return rows.values_list("authority_name", flat=True).first() or actor.organisation_name[:80]


def drafts_public(*, code: str = "") -> list[DraftView]:
    """Drafts that are or were open to the public, newest first.

    Args:
        code: those of one charge only.
    """
    rows = _rows().exclude(opened_on=None)
    return [_view(row) for row in (rows.filter(code=code) if code else rows)[:LISTED]]


def drafts_open_count(on: date) -> int:
    """How many drafts take comments on a day."""
    return ChargeDraft.objects.filter(state=DraftState.OPEN.value, comments_until__gte=on).count()


def drafts_own(actor: Actor) -> list[DraftView]:
    """Every draft of the actor's own authority, newest first."""
    authority = draft_authority(actor)
    return [_view(row) for row in _rows().filter(authority=authority)[:LISTED]] if authority else []


def draft_for(actor: Actor, draft_id: UUID) -> DraftView:
    """One draft: everybody's once it was open, its authority's before. Raises NotFound."""
    row = _rows().filter(pk=draft_id).first()
    if row is None or (row.opened_on is None and row.authority != draft_authority(actor)):
        raise NotFound
    return _view(row)


def draft_comments(draft_id: UUID) -> list[CommentView]:
    """What was said of a draft, in the order in which it was said."""
    rows = ChargeComment.objects.filter(draft_id=draft_id).order_by("at", "id")
    return [
        CommentView(row.id, row.at, row.organisation_name, row.text, row.answer, row.no_answer_reason, row.answered_at)
        for row in rows
    ]


def draft_terms(row: ChargeDraft) -> ChargeTerms:
    """The terms of a draft's row."""
    return ChargeTerms(
        code=row.code,
        title=row.title,
        authority=row.authority,
        authority_name=row.authority_name,
        law=row.law,
        event=ChargeEvent(row.event),
        unit=row.unit,
        amount=row.amount,
        percentage=row.percentage,
        minimum=row.minimum,
        maximum=row.maximum,
        prefixes=tuple(row.prefixes),
        in_vat_base=row.in_vat_base,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        comment=row.comment,
        reason=row.reason,
        cost_basis=row.cost_basis,
        cost_parts=tuple(CostPart(part["label"], Decimal(part["amount"])) for part in row.cost_components),
        services_a_year=row.services_a_year,
        expected_charge=row.expected_charge,
    )


def _rows() -> QuerySet[ChargeDraft]:
    waiting = Count("comments", filter=Q(comments__answered_at=None))
    return ChargeDraft.objects.annotate(said=Count("comments"), waiting=waiting).order_by("-id")


def _view(row: ChargeDraft) -> DraftView:
    return DraftView(
        id=row.id,
        state=DraftState(row.state),
        terms=draft_terms(row),
        opened_at=row.opened_at,
        opened_on=row.opened_on,
        comments_until=row.comments_until,
        urgent_reason=row.urgent_reason,
        ended_at=row.ended_at,
        published_on=row.published_on,
        withdrawn_reason=row.withdrawn_reason,
        comments=row.said,  # type: ignore[attr-defined]  # annotated
        unanswered=row.waiting,  # type: ignore[attr-defined]  # annotated
    )
