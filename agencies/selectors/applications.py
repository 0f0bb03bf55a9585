"""Applications: a trader's own, and the queue of an agency."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from agencies.models import Application, ApplicationPart, PartEntry
from agencies.selectors.holds import EPOCH
from agencies.selectors.places import uuid_of
from agencies.states import PART_OPEN, PartState
from agencies.types import ApplicationInfo, EntryKind, PartInfo, PartSaid
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

OPEN = [state.value for state in PART_OPEN]
FAR = 2**53 - 1
"""Stands in a cursor for a part whose clock stands: they come last."""


def applications_for(actor: Actor) -> QuerySet[Application]:
    """The applications of the actor's organisation: those that it wrote, and those in its own name.

    Raises:
        NotPermitted: the actor may not apply for permits.
    """
    actor.require(Permission.APPLY_PERMIT)
    own = Q(filed_by=actor.organisation_id) | Q(organisation_id=actor.organisation_id, applied_at__isnull=False)
    return Application.objects.select_related("organisation").filter(own)


def application_page(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[ApplicationInfo]:
    """A page of applications, newest first, in two queries."""
    rows = applications_for(actor).prefetch_related(
        Prefetch("parts", ApplicationPart.objects.order_by("agency", "code"))
    )
    if cursor:
        rows = rows.filter(pk__lt=uuid_of(cursor_decode(cursor, str)[0]))
    found = [_info(row, row.parts.all()) for row in rows.order_by("-pk")[: size + 1]]
    return page_of(found, size, lambda one: (str(one.id),))


def application_read(actor: Actor, application_id: UUID) -> ApplicationInfo:
    """One application of the actor's organisation. Raises NotFound for any other."""
    row = applications_for(actor).filter(pk=application_id).first()
    if row is None:
        raise NotFound
    return application_info(row)


def application_info(row: Application) -> ApplicationInfo:
    """The application as a value, with its parts; one query more."""
    return _info(row, ApplicationPart.objects.filter(application=row).order_by("agency", "code"))


def _info(row: Application, parts: Iterable[ApplicationPart]) -> ApplicationInfo:
    return ApplicationInfo(
        id=row.pk,
        reference=row.reference,
        holder_id=row.organisation_id,
        holder_identifier=row.organisation.identifier,
        holder_name=row.organisation.name,
        direction=row.direction,
        content=row.content,
        version=row.version,
        source=row.source,
        source_id=row.source_id,
        saved_at=row.saved_at,
        applied_at=row.applied_at,
        parts=tuple(_part(part, row) for part in parts),
    )


def _part(part: ApplicationPart, row: Application) -> PartInfo:
    return PartInfo(
        id=part.pk,
        application_id=row.pk,
        reference=row.reference,
        agency=part.agency,
        code=part.code,
        goods=tuple(part.goods),
        charge_code=part.charge_code,
        fee_state=part.fee_state,
        state=PartState(part.state),
        owner=part.owner,
        applied_at=part.applied_at,
        sla_hours=part.sla_hours,
        spent_s=part.spent_s,
        clock_from=part.clock_from,
        due_at=part.due_at,
        warned=part.warned,
        answer_by=part.answer_by,
        proposed_by=part.proposed_by,
        lpco=part.lpco,
        decided_at=part.decided_at,
        reason=part.reason,
        law=part.law,
        holder_name=row.organisation.name,
        holder_identifier=row.organisation.identifier,
    )


def parts_for_officer(actor: Actor) -> QuerySet[ApplicationPart]:
    """The parts of the officer's own agency. Raises NotPermitted: the actor manages no permits."""
    actor.require(Permission.MANAGE_PERMIT)
    return ApplicationPart.objects.select_related("application__organisation").filter(agency=actor.agency or "-")


def part_page(actor: Actor, *, cursor: str = "", state: str = "open", size: int = PAGE_SIZE) -> Page[PartInfo]:
    """A page of the agency's queue, the nearest deadline first; parts whose clock stands come last."""
    rows = parts_for_officer(actor)
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state:
        rows = rows.filter(state=state)
    if cursor:
        seconds, last = cursor_decode(cursor, int, str)
        after = uuid_of(last)
        if int(seconds) == FAR:
            rows = rows.filter(due_at=None, pk__gt=after)
        else:
            at = EPOCH + timedelta(microseconds=int(seconds))
            rows = rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=after) | Q(due_at=None))
    found = [_part(row, row.application) for row in rows.order_by("due_at", "pk")[: size + 1]]
    return page_of(found, size, _place)


def _place(part: PartInfo) -> tuple[int, str]:
    if part.due_at is None:
        return FAR, str(part.id)
    return (part.due_at - EPOCH) // timedelta(microseconds=1), str(part.id)


def part_for_officer(actor: Actor, part_id: UUID) -> tuple[PartInfo, ApplicationInfo, ApplicationPart]:
    """A part of the officer's agency with the whole dataset. Raises NotFound for another agency's."""
    row = parts_for_officer(actor).filter(pk=part_id).first()
    if row is None:
        raise NotFound
    return _part(row, row.application), application_info(row.application), row


def part_said(part_ids: Iterable[UUID]) -> dict[UUID, list[PartSaid]]:
    """Everything that was said about parts, oldest first; one query."""
    said: dict[UUID, list[PartSaid]] = {}
    for row in PartEntry.objects.filter(part_id__in=list(part_ids)).order_by("id"):
        kind = EntryKind(row.kind)
        one = PartSaid(kind, row.at, row.actor, row.element, row.text, row.deadline, row.consequence, row.state)
        said.setdefault(row.part_id, []).append(one)
    return said


def application_papers_may_read(actor: Actor, application_ids: Iterable[UUID]) -> bool:
    """Whether the actor may read documents that are bound to one of the applications: its organisation, its agencies.

    Source: docs/rules/documents.md, DOC-REA-01.
    """
    ids = list(application_ids)
    if actor.may(Permission.MANAGE_PERMIT) and actor.agency:
        return parts_for_officer(actor).filter(application_id__in=ids).exists()
    return actor.may(Permission.APPLY_PERMIT) and applications_for(actor).filter(pk__in=ids).exists()
