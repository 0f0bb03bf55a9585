"""The once-only register: for each element who asks, under which law, how often asked, reused and refused (N11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from singlewindow.documents.models import Ask, DocumentLink
from singlewindow.documents.rules.once import Element, elements
from singlewindow.documents.states import TAKEN, AskOutcome

_TAKEN = [outcome.value for outcome in TAKEN]
_REFUSED = [AskOutcome.HELD.value, AskOutcome.EXEMPT.value]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One element of the register with its figures."""

    element: Element
    asked: int
    """Requests that reached a trader or a holder."""
    excepted: int
    """Of these, under a published exception."""
    refused: int
    """Requests that were refused, because it was here or is not asked for."""
    given: int
    """Documents that were given once."""
    used: int
    """Declarations, permits and answers that they serve."""
    held: int
    """Requests that were refused because it was here: who asked read that instead."""
    bodies: tuple[str, ...]
    """Who has asked so far."""

    @property
    def reused(self) -> int:
        """Uses of a document beyond its first; of a data element, how often who asked read the declaration instead."""
        return max(0, self.used - self.given) if self.element.kind == "document" else self.held


def register_rows() -> Sequence[RegisterRow]:
    """Every element of the register: three queries, whatever their number."""
    asks = {
        row["code"]: row
        for row in Ask.objects.values("code").annotate(
            asked=Count("pk", filter=Q(outcome__in=_TAKEN)),
            excepted=Count("pk", filter=Q(outcome=AskOutcome.EXCEPTED.value)),
            refused=Count("pk", filter=Q(outcome__in=_REFUSED)),
            held=Count("pk", filter=Q(outcome=AskOutcome.HELD.value)),
        )
    }
    uses = {
        row["document__code"]: row
        for row in DocumentLink.objects.values("document__code").annotate(
            given=Coalesce(Count("document", distinct=True), 0), used=Count("pk")
        )
    }
    bodies: dict[str, list[str]] = {}
    for code, agency in Ask.objects.order_by("code", "agency").values_list("code", "agency").distinct():
        bodies.setdefault(code, []).append(agency)
    return [
        _row(element, asks.get(code, {}), uses.get(code, {}), bodies.get(code, []))
        for code, element in elements().items()
    ]


def _row(element: Element, asks: Mapping[str, Any], uses: Mapping[str, Any], bodies: list[str]) -> RegisterRow:
    return RegisterRow(
        element=element,
        asked=asks.get("asked", 0),
        excepted=asks.get("excepted", 0),
        refused=asks.get("refused", 0),
        given=uses.get("given", 0),
        used=uses.get("used", 0),
        held=asks.get("held", 0),
        bodies=tuple(bodies),
    )
