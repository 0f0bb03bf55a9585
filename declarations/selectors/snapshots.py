"""One declaration whole, as it stands at this instant."""

from typing import Any
from uuid import UUID

from django.db import connection

from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.selectors.lists import declaration_list_for
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationHead, DeclarationSnapshot, Draft
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound

LOOKED_AT = 50

HEAD_COLUMNS = (
    ("id", "id"),
    ("mrn", "mrn"),
    ("lrn", "lrn"),
    ("version", "version"),
    ("direction", "direction"),
    ("type_code", "type_code"),
    ("channel", "channel"),
    ("lodged_by", "lodged_by_id"),
    ("declarant_org", "declarant_organisation_id"),
    ("trader_org", "trader_organisation_id"),
    ("submitter", "submitter"),
    ("office", "office"),
    ("legal_state", "legal_state"),
    ("goods_state", "goods_state"),
    ("content_sha256", "content_sha256"),
    ("lodged_at", "lodged_at"),
    ("presented_at", "presented_at"),
    ("accepted_at", "accepted_at"),
    ("released_at", "released_at"),
    ("expires_at", "expires_at"),
)
"""Field of the value, column of the table."""

_FIELDS = tuple(name for name, _ in HEAD_COLUMNS)
_COLUMNS = ", ".join(column for _, column in HEAD_COLUMNS)
HEAD_SQL = f"SELECT {_COLUMNS} FROM declarations_declaration WHERE id = %s AND mrn IS NOT NULL"  # noqa: S608  (names of this module)
SNAPSHOT_SQL = (
    f"SELECT {_COLUMNS}, content FROM declarations_declaration "  # noqa: S608  (names of this module)
    "WHERE id = %s AND mrn IS NOT NULL"
)


def declaration_head(declaration_id: UUID, *, lock: bool = False) -> DeclarationHead:
    """A lodged declaration without its content.

    Locks: the row, when asked to; then nobody else takes a step until this transaction ends.

    Raises:
        NotFound: nothing was lodged under this id.
    """
    return DeclarationHead(**_head(_one(HEAD_SQL, declaration_id, lock)))


def declaration_snapshot(declaration_id: UUID, *, lock: bool = False) -> DeclarationSnapshot:
    """A lodged declaration with its content.

    Locks: the row, when asked to; then nobody else takes a step until this transaction ends.

    Raises:
        NotFound: nothing was lodged under this id.
    """
    *head, content = _one(SNAPSHOT_SQL, declaration_id, lock)
    return DeclarationSnapshot(**_head(head), message=DeclarationMessage.model_validate_json(bytes(content)))


def declaration_head_for(actor: Actor, declaration_id: UUID) -> DeclarationHead:
    """The head of a lodged declaration that the actor may see. Raises NotFound."""
    return DeclarationHead(**_head(_visible(actor, declaration_id)))


def declaration_snapshot_for(actor: Actor, declaration_id: UUID) -> DeclarationSnapshot:
    """A lodged declaration that the actor may see, with its content. Raises NotFound."""
    *head, content = _visible(actor, declaration_id, "content")
    return DeclarationSnapshot(**_head(head), message=DeclarationMessage.model_validate_json(bytes(content)))


def declaration_id_of_mrn(mrn: str) -> UUID | None:
    """The declaration that has the number."""
    return Declaration.objects.filter(mrn=mrn).values_list("id", flat=True).first()


def draft_for(actor: Actor, declaration_id: UUID) -> Draft:
    """A draft of the actor's own organisation. Raises NotFound."""
    draft = Declaration.objects.filter(
        pk=declaration_id, legal_state=LegalState.DRAFT.value, lodged_by=actor.organisation_id
    ).first()
    if draft is None or draft.saved_at is None:
        raise NotFound
    return Draft(
        id=draft.pk,
        organisation_id=draft.declarant_organisation_id or draft.lodged_by_id,
        content=draft.draft or {},
        version=draft.version,
        saved_at=draft.saved_at,
    )


def _visible(actor: Actor, declaration_id: UUID, *more: str) -> tuple[Any, ...]:
    columns = [column for _, column in HEAD_COLUMNS]
    rows = declaration_list_for(actor).filter(pk=declaration_id, mrn__isnull=False).values_list(*columns, *more)
    row = rows.first()
    if row is None:
        raise NotFound
    return tuple(row)


def _one(sql: str, declaration_id: UUID, lock: bool) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql + " FOR UPDATE" if lock else sql, [declaration_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return tuple(row)


def _head(values: Any) -> dict[str, Any]:
    fields = dict(zip(_FIELDS, values, strict=True))
    fields["channel"] = Channel(fields["channel"])
    fields["legal_state"], fields["goods_state"] = LegalState(fields["legal_state"]), GoodsState(fields["goods_state"])
    return fields


def declaration_id_of_lrn(lodged_by: UUID, lrn: str) -> UUID | None:
    """The declaration that an organisation lodged under a reference number; nothing where there is none."""
    return (
        Declaration.objects.filter(lodged_by=lodged_by, lrn=lrn, mrn__isnull=False).values_list("pk", flat=True).first()
    )


def declaration_last_of(actor: Actor, principal: UUID, direction: str) -> DeclarationSnapshot | None:
    """The newest declaration that the actor's organisation lodged for a principal in a direction, if any.

    Looks at the newest fifty that it lodged, so that its cost does not grow with the table.
    """
    if actor.organisation_id is None:
        return None
    newest = Declaration.objects.filter(lodged_by=actor.organisation_id, mrn__isnull=False).order_by("-id")
    for row in newest.values("id", "direction", "declarant_organisation_id", "trader_organisation_id")[:LOOKED_AT]:
        if row["direction"] == direction and principal in (
            row["declarant_organisation_id"],
            row["trader_organisation_id"],
        ):
            return declaration_snapshot(row["id"])
    return None
