"""Whether an item agrees with the advance ruling that it cites. Source: docs/rules/fees.md, FE-RUL-01 to FE-RUL-03."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from declarations.schemas import GoodsItem
from singlewindow.kernel.errors import Violation

RULING_DOCUMENTS = frozenset({"C626", "C627"})
"""Document codes that cite a ruling: on the classification (C626) or the origin (C627) of goods."""


@dataclass(frozen=True, slots=True)
class RulingTerms:
    """A ruling as a check reads it."""

    number: str
    holder: str
    """The identifier of its holder."""
    commodity_code: str
    origin: str
    valid_from: date
    valid_to: date
    text: str


def rulings_cited(item: GoodsItem) -> Iterator[tuple[int, str]]:
    """The place and number of each ruling that an item cites."""
    for place, document in enumerate(item.documents):
        if document.code in RULING_DOCUMENTS and document.id:
            yield place, document.id.strip().upper()


def ruling_findings(
    item: GoodsItem, ruling: RulingTerms, parties: Collection[str], on: date, *, pointer: str, document: str
) -> Iterator[Violation]:
    """What stands against citing a ruling on an item; its text is told to its holder only."""
    if ruling.holder not in parties:
        sentence = f"Item {item.number}: the ruling {ruling.number} does not bind for any party of this declaration."
        yield Violation("FE-RUL-03", document, sentence, "Cite rulings of a party to it.", ruling.number)
        return
    if not ruling.valid_from <= on <= ruling.valid_to:
        days = f"{ruling.valid_from.isoformat()} to {ruling.valid_to.isoformat()}"
        sentence = f"Item {item.number}: the ruling {ruling.number} is valid from {days} only."
        yield Violation("FE-RUL-02", document, sentence, "Take it off the item, or apply for a new one.", ruling.number)
        return
    told = f"Ruling {ruling.number}: {ruling.text}"
    code = item.commodity_code or ""
    if not (code.startswith(ruling.commodity_code) or (code and ruling.commodity_code.startswith(code))):
        sentence = f"Item {item.number}: code {code} is not that of the ruling, {ruling.commodity_code}. {told}"
        remedy = f"Declare {ruling.commodity_code}, or do not cite the ruling."
        yield Violation("FE-RUL-01", f"{pointer}/commodity_code", sentence, remedy, code)
    if ruling.origin and item.origin != ruling.origin:
        sentence = f"Item {item.number}: origin {item.origin or '–'} is not that of the ruling, {ruling.origin}. {told}"
        remedy = f"Declare the origin {ruling.origin}, or do not cite the ruling."
        yield Violation("FE-RUL-01", f"{pointer}/origin", sentence, remedy, item.origin or "")
