"""The legal state of several declarations at once, for apps that only need that."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from declarations.models import Declaration
from declarations.states import LegalState


def legal_states(ids: Iterable[UUID]) -> Mapping[UUID, LegalState]:
    """The legal state of each declaration by its id; unknown ids are left out. One query for any number."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    rows = Declaration.objects.filter(pk__in=wanted).values_list("pk", "legal_state")
    return {declaration_id: LegalState(state) for declaration_id, state in rows}
