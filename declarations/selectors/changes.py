"""Requests to change a declaration, and every content that was in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from declarations.models import ChangeRequest, Declaration, DeclarationVersion
from declarations.schemas import DeclarationMessage
from declarations.selectors.snapshots import declaration_head_for, draft_for
from declarations.states import ChangeState, LegalState
from declarations.types import Change, ChangeKind, DeclarationHead, Draft, VersionRow
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import Page, cursor_decode, page_of


def change_value(row: ChangeRequest) -> Change:
    """A request as a value."""
    return Change(
        id=row.pk,
        declaration_id=row.declaration_id,
        number=row.number,
        kind=ChangeKind(row.kind),
        state=ChangeState(row.state),
        stage=LegalState(row.stage),
        base_version=row.base_version,
        granted_version=row.granted_version,
        proposed=bytes(row.proposed) if row.proposed is not None else None,
        reason_code=row.reason_code,
        reason=row.reason,
        evidence=row.evidence,
        reference=row.reference,
        channel=row.channel,
        rule=row.rule,
        voluntary=row.voluntary,
        requested_by=row.requested_by,
        requested_for=row.requested_for_id,
        requested_at=row.requested_at,
        deadline=row.deadline,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        difference=tuple(row.difference),
        money_before_minor=row.money_before_minor,
        money_after_minor=row.money_after_minor,
        currency=row.currency,
    )


def changes_of(declaration_id: UUID) -> tuple[Change, ...]:
    """Every request about a declaration, newest first; the caller has established who may read them."""
    rows = ChangeRequest.objects.filter(declaration_id=declaration_id).order_by("-number")
    return tuple(change_value(row) for row in rows)


def changes_for(actor: Actor, declaration_id: UUID) -> tuple[Change, ...]:
    """Every request about a declaration that the actor may see, newest first. Raises NotFound."""
    head = declaration_head_for(actor, declaration_id)
    return changes_of(head.id)


def change_of(declaration_id: UUID, number: int) -> Change:
    """One request of a declaration. Raises NotFound; the caller has established who may read it."""
    row = ChangeRequest.objects.filter(declaration_id=declaration_id, number=number).first()
    if row is None:
        raise NotFound
    return change_value(row)


def change_open_of(declaration_id: UUID) -> Change | None:
    """The request that waits for a decision."""
    row = ChangeRequest.objects.filter(declaration_id=declaration_id, state=ChangeState.REQUESTED.value).first()
    return change_value(row) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One line of the officers' list of requests."""

    id: UUID
    declaration_id: UUID
    number: int
    kind: ChangeKind
    stage: LegalState
    mrn: str
    lrn: str
    office: str
    reason: str
    requested_at: datetime
    deadline: datetime | None
    voluntary: bool
    money_delta_minor: int | None
    currency: str


def changes_waiting_page(actor: Actor, *, cursor: str = "", size: int = 50) -> Page[ChangeLine]:
    """Requests that wait for an officer, deadline first.

    Raises:
        NotFound: the actor does not work at the desk.
        FormatRefused: a cursor of another list.
    """
    if not actor.may(Permission.VIEW_DESK):
        raise NotFound
    rows = ChangeRequest.objects.filter(state=ChangeState.REQUESTED.value, deadline__isnull=False)
    if cursor:
        after, last = _keys(cursor)
        rows = rows.filter(deadline__gte=after).exclude(deadline=after, id__lte=last)
    columns = ("id", "declaration_id", "number", "kind", "stage", "reason", "requested_at", "deadline", "voluntary")
    found = rows.order_by("deadline", "id").values(
        *columns,
        "currency",
        delta=F("money_after_minor") - F("money_before_minor"),
        mrn=F("declaration__mrn"),
        lrn=F("declaration__lrn"),
        office=F("declaration__office"),
    )[: size + 1]
    return page_of([_line(row) for row in found], size, lambda line: (str(line.deadline), str(line.id)))


def _keys(cursor: str) -> tuple[datetime, UUID]:
    after, last = cursor_decode(cursor, str, str)
    try:
        return datetime.fromisoformat(str(after)), UUID(str(last))
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def _line(row: dict[str, Any]) -> ChangeLine:
    delta = row.pop("delta")
    kind, stage = ChangeKind(row.pop("kind")), LegalState(row.pop("stage"))
    return ChangeLine(**row, kind=kind, stage=stage, money_delta_minor=delta)


def changes_waiting_count() -> int:
    """How many requests wait for an officer."""
    return ChangeRequest.objects.filter(state=ChangeState.REQUESTED.value, deadline__isnull=False).count()


def amendment_draft_of(actor: Actor, declaration_id: UUID) -> Draft | None:
    """The draft in which the actor's organisation writes a change of a declaration."""
    row = (
        Declaration.objects.filter(
            legal_state=LegalState.DRAFT.value,
            lodged_by=actor.organisation_id,
            draft__form__amends=str(declaration_id),
        )
        .values_list("id", flat=True)
        .first()
    )
    return draft_for(actor, row) if row is not None else None


def versions_of(head: DeclarationHead) -> Sequence[VersionRow]:
    """Every content that was in force, newest first; what was never amended has the one that was lodged."""
    rows = (
        DeclarationVersion.objects.filter(declaration_id=head.id)
        .order_by("-version")
        .values("version", "content_sha256", "in_force_from", "made_by", "reason", change_number=F("change__number"))
    )
    kept = [VersionRow(**row) for row in rows]
    return kept or [
        VersionRow(version=1, content_sha256=head.content_sha256, in_force_from=head.lodged_at, made_by=head.submitter)
    ]


def version_message(declaration_id: UUID, version: int) -> DeclarationMessage:
    """The content of one version. Raises NotFound; the caller has established who may read it."""
    rows = DeclarationVersion.objects.filter(declaration_id=declaration_id, version=version)
    content = rows.values_list("content", flat=True).first()
    if content is None and version == 1:
        content = Declaration.objects.filter(pk=declaration_id, version=1).values_list("content", flat=True).first()
    if content is None:
        raise NotFound
    return DeclarationMessage.model_validate_json(bytes(content))
