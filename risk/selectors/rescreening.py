"""Which declarations meet something on the lists that their last result does not name."""

from collections.abc import Sequence
from uuid import UUID

from declarations.types import DeclarationSnapshot
from risk.models import RiskAssessment
from risk.rules.screened import SCREENING, screen_queries, screening_finding
from risk.selectors.rule_sets import rule_set_in_force
from singlewindow.screening.selectors import matches_of, set_version_now
from singlewindow.screening.types import Match


def screening_new(snapshots: Sequence[DeclarationSnapshot]) -> list[UUID]:
    """The declarations whose match is not in their newest result; all names are screened in one call."""
    version = set_version_now()
    if not version or not snapshots:
        return []
    asked = {one.id: screen_queries(one.message) for one in snapshots}
    by_query: dict[object, list[Match]] = {}
    distinct = list(dict.fromkeys(query for queries in asked.values() for query in queries))
    for match in matches_of(distinct, set_version=version):
        by_query.setdefault(match.query, []).append(match)
    if not by_query:
        return []
    least, known = rule_set_in_force().screening_threshold, _known(list(asked))
    found = []
    for declaration_id, queries in asked.items():
        finding = screening_finding([match for query in queries for match in by_query.get(query, ())], least)
        if finding is not None and (finding.figures["list"], finding.figures["uid"]) != known.get(declaration_id):
            found.append(declaration_id)
    return found


def _known(declaration_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """List and number of the entry that the newest result of each declaration names."""
    rows = (
        RiskAssessment.objects.filter(declaration_id__in=declaration_ids)
        .order_by("declaration_id", "-id")
        .distinct("declaration_id")
        .values_list("declaration_id", "reasons")
    )
    return {
        declaration_id: (reason["figures"]["list"], reason["figures"]["uid"])
        for declaration_id, reasons in rows
        for reason in reasons
        if reason["rule"] == SCREENING
    }
