"""On which guarantees a declaration may draw: those that it cited and proved."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from declarations.schemas import DeclarationMessage
from singlewindow.guarantees.models import Citation
from singlewindow.guarantees.rules.citations import cited_in, commodities_of, countries_of, security_asked
from singlewindow.guarantees.types import Drawing
from singlewindow.reference.selectors import profile

__all__ = ["drawing_of", "drawing_on", "security_asked"]


def drawing_of(
    message: DeclarationMessage, *, declaration_id: UUID, holder_ids: Collection[UUID], on: date
) -> Drawing | None:
    """On which guarantees of this country a declaration may draw, in the order in which it names them.

    None where it proved none: a reference of another country is recorded, and secures nothing here.

    Source: GU-REL-03.
    """
    named = [cited.grn for cited in cited_in(message, profile(on).country_code)]
    proved = Citation.objects.filter(subject_id=declaration_id, guarantee__grn__in=named)
    known = set(proved.values_list("guarantee__grn", flat=True)) if named else set()
    grns = tuple(dict.fromkeys(grn for grn in named if grn in known))
    return drawing_on(message, grns, declaration_id=declaration_id, holder_ids=holder_ids, on=on) if grns else None


def drawing_on(
    message: DeclarationMessage,
    grns: tuple[str, ...],
    *,
    declaration_id: UUID,
    holder_ids: Collection[UUID],
    on: date,
) -> Drawing:
    """A drawing on named guarantees, in the light of what is declared."""
    return Drawing(
        grns=grns,
        holder_ids=frozenset(holder_ids),
        subject_id=declaration_id,
        on=on,
        office=message.office or "",
        commodity_codes=commodities_of(message),
        countries=countries_of(message),
    )
