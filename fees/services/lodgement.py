"""What the tariff forbids, or allows with a document only, before a declaration is taken in."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal

from declarations.schemas import DeclarationMessage, GoodsItem
from fees.rules.shown import Shown, control_of
from fees.rules.tariff import TariffIndex
from fees.selectors.rates import tariff_lately
from fees.services.quotes import profile_and_day
from fees.types import Control, Direction
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Violation

CUSTOMS = "CUS"
"""Whose requirements are answered at lodgement; those of other authorities hold the goods instead (AG-004)."""


def tariff_check(message: DeclarationMessage, actor: Actor) -> Iterator[Violation]:
    """Refuse goods that the tariff forbids, and goods of which customs asks for a document that is not cited.

    The tariff stands in the process and is some seconds old at most; nothing is asked of the database.

    Source: docs/rules/fees.md, FE-CTL-01 and FE-CTL-02. Named in settings.LODGEMENT_CHECKS.
    """
    tariff = tariff_lately()
    if tariff is None or not tariff.has_controls:
        return
    on = profile_and_day(clock.now())[1]
    documents = frozenset(document.code for document in message.documents if document.code)
    for place, item in enumerate(message.items):
        for control in _controls(tariff, message, item, documents, on):
            found = _finding(control, item, f"/items/{place}")
            if found is not None:
                yield found


def tariff_check_needed(messages: Sequence[DeclarationMessage]) -> Collection[int]:
    """Which of many messages have goods that a control could concern: none where the tariff has no control."""
    tariff = tariff_lately()
    return range(len(messages)) if tariff is not None and tariff.has_controls else ()


def _controls(
    tariff: TariffIndex, message: DeclarationMessage, item: GoodsItem, documents: frozenset[str], on: date
) -> Iterator[Control]:
    if not item.commodity_code:
        return
    found = tariff.resolve(
        code=item.commodity_code,
        origin=item.origin or "",
        preferential_origin=item.preferential_origin or item.origin or "",
        additional_codes=tuple(extra.code for extra in item.additional_codes),
        direction=Direction(message.direction),
        on=on,
    )
    if not found.controls:
        return
    cited = documents.union(document.code for document in item.documents if document.code)
    shown = Shown(cited, item.price.amount if item.price else Decimal(0), _amounts(item))
    yield from (control_of(measure, shown) for measure in found.controls)


def _amounts(item: GoodsItem) -> dict[str, Decimal]:
    mass = item.net_mass_kg or item.gross_mass_kg
    return {} if mass is None else {"mass": mass}


def _finding(control: Control, item: GoodsItem, pointer: str) -> Violation | None:
    documents = ", ".join(control.documents)
    if control.outcome == "prohibited":
        remedy = f"Cite {documents} on the item, if you hold it." if documents else "The goods may not be declared."
        return Violation(
            "FE-CTL-01",
            f"{pointer}/commodity_code",
            f"Item {item.number}: goods of code {item.commodity_code} are forbidden by {control.law}.",
            remedy,
            item.commodity_code or "",
        )
    if control.outcome == "missing" and control.authority == CUSTOMS:
        return Violation(
            "FE-CTL-02",
            f"{pointer}/documents",
            f"Item {item.number}: {control.law} asks for a document that is not cited.",
            f"Cite one of these on the item: {documents}.",
            documents,
        )
    return None
