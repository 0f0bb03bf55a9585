"""Possible matches of one declaration with listed parties, and the results that name an entry."""

from collections.abc import Collection
from uuid import UUID

from declarations.schemas import DeclarationMessage
from risk.models import RiskAssessment
from risk.rules.screened import SCREENING, screen_queries
from risk.selectors.rule_sets import rule_set_in_force
from risk.types import RiskShown
from singlewindow.screening.selectors import screen_names
from singlewindow.screening.types import Match


def matches_told(message: DeclarationMessage) -> list[tuple[int, Match]]:
    """Each possible match of the names of a declaration that counts, with the place of its name; decided or not."""
    least = rule_set_in_force().screening_threshold
    return [
        (place, match)
        for place, query in enumerate(screen_queries(message))
        for match in screen_names([query])
        if match.score >= max(least, match.threshold)
    ]


def is_screened(shown: RiskShown) -> bool:
    """Whether a match with a listed party is among the reasons of a result."""
    return any(reason.rule == SCREENING for reason in shown.reasons)


def results_naming(declaration_ids: Collection[UUID], *, source: str, uid: str) -> list[UUID]:
    """Of some declarations those of which a result names an entry of a list."""
    named = [{"rule": SCREENING, "figures": {"list": source, "uid": uid}}]
    found = RiskAssessment.objects.filter(declaration_id__in=declaration_ids, reasons__contains=named)
    return sorted(set(found.values_list("declaration_id", flat=True)))
