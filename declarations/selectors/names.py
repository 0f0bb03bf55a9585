"""What names declarations to their parties at an instant: MRN, LRN, and the version that was in force then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from declarations.models import Declaration, DeclarationVersion


@dataclass(frozen=True, slots=True)
class DeclarationName:
    """The numbers of a declaration, which never change, and since when each version was in force."""

    mrn: str
    lrn: str
    versions: tuple[tuple[datetime, int], ...] = ()

    def version_at(self, at: datetime) -> int:
        """The version in force at an instant."""
        return max((version for since, version in self.versions if since <= at), default=1)


def declaration_names(ids: Iterable[UUID]) -> Mapping[UUID, DeclarationName]:
    """The names of declarations by id; drafts and unknown ids are left out. Two queries for any number."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    rows = Declaration.objects.filter(pk__in=wanted, mrn__isnull=False).values_list("id", "mrn", "lrn")
    versions: dict[UUID, list[tuple[datetime, int]]] = {}
    kept = DeclarationVersion.objects.filter(declaration_id__in=wanted, version__gt=1)
    for declaration_id, since, version in kept.values_list("declaration_id", "in_force_from", "version"):
        versions.setdefault(declaration_id, []).append((since, version))
    return {
        declaration_id: DeclarationName(mrn or "", lrn, tuple(sorted(versions.get(declaration_id, ()))))
        for declaration_id, mrn, lrn in rows
    }
