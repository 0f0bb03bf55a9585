"""What may be disputed, and what may not be asked for it. Source: docs/rules/guarantees.md, GU-DIS and GU-TFA."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from declarations.schemas import DeclarationMessage, GoodsItem, MoneyAmount
from singlewindow.kernel.errors import Violation

GROUNDS = ("value", "origin", "classification")
TEXT_MOST, LAW_MOST = 2000, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What customs holds to be right of one item; what is empty is as declared."""

    item: int
    price: Decimal | None = None
    """In the currency of the declared price."""
    origin: str = ""
    commodity_code: str = ""
    without_preference: bool = False

    @property
    def grounds(self) -> frozenset[str]:
        """What is disputed of the item."""
        named = {
            "value": self.price is not None,
            "origin": bool(self.origin) or self.without_preference,
            "classification": bool(self.commodity_code),
        }
        return frozenset(ground for ground, disputed in named.items() if disputed)

    @property
    def plain(self) -> dict[str, str | int | bool]:
        """As it is kept."""
        kept: dict[str, str | int | bool] = {"item": self.item}
        if self.price is not None:
            kept["price"] = format(self.price, "f")
        for name in ("origin", "commodity_code"):
            if getattr(self, name):
                kept[name] = getattr(self, name)
        if self.without_preference:
            kept["without_preference"] = True
        return kept


def alternative_findings(message: DeclarationMessage, alternatives: Sequence[Alternative]) -> Iterator[Violation]:
    """GU-DIS-01: each item is one of the declaration, once, and something of it is disputed."""
    numbers = [item.number for item in message.items]
    if not alternatives:
        yield _wrong("GU-DIS-01", "/items", "Say what is disputed of at least one item.")
    for place, one in enumerate(alternatives):
        pointer = f"/items/{place}"
        if one.item not in numbers:
            yield _wrong("GU-DIS-01", pointer, "The declaration has no such item.", str(one.item))
            continue
        if not one.grounds:
            yield _wrong("GU-DIS-01", pointer, "Say what is disputed: value, origin or classification.", str(one.item))
        if one.price is not None and not (one.price.is_finite() and 0 < one.price < 10**15):
            yield _wrong("GU-DIS-01", f"{pointer}/price", "The price is more than zero.", str(one.price)[:30])
        if one.price is not None and message.items[numbers.index(one.item)].price is None:
            yield _wrong("GU-DIS-01", f"{pointer}/price", "No price is declared that could be disputed.")
    if len({one.item for one in alternatives}) != len(alternatives):
        yield _wrong("GU-DIS-01", "/items", "Each item is named once.")


def text_findings(statement: str, law: str) -> Iterator[Violation]:
    """GU-DIS-02: what is disputed and why is told to the trader, with the law."""
    if not 0 < len(statement.strip()) <= TEXT_MOST:
        yield _wrong("GU-DIS-02", "/statement", f"Say what is disputed and why, in up to {TEXT_MOST} characters.")
    if not 0 < len(law.strip()) <= LAW_MOST:
        yield _wrong("GU-DIS-02", "/law", f"Name the law, in up to {LAW_MOST} characters.")


def message_disputed(message: DeclarationMessage, alternatives: Sequence[Alternative]) -> DeclarationMessage:
    """The declaration as it would be if customs were right."""
    by_item = {one.item: one for one in alternatives}
    items = tuple(_item(item, by_item[item.number]) if item.number in by_item else item for item in message.items)
    return message.model_copy(update={"items": items})


def _item(item: GoodsItem, one: Alternative) -> GoodsItem:
    changed: dict[str, object] = {}
    if one.price is not None and item.price is not None:
        changed["price"] = MoneyAmount(amount=one.price, currency=item.price.currency)
        # A value that the declarant states beside the price would be taken instead of it.
        changed |= {"customs_value": None, "statistical_value": None}
    if one.origin:
        changed |= {"origin": one.origin}
    if one.origin or one.without_preference:
        changed |= {"preference": None, "preferential_origin": None}
    if one.commodity_code:
        changed |= {"commodity_code": one.commodity_code}
    return item.model_copy(update=changed)


def asking_findings(
    *, declared_minor: int, alternative_minor: int, security_minor: int, fine_minor: int, offence: str
) -> Iterator[Violation]:
    """What may not be asked of a trader for the release of disputed goods.

    Source: WTO Trade Facilitation Agreement, article 7.3; rules GU-TFA-01, GU-TFA-02 and GU-TFA-05.
    """
    disputed = alternative_minor - declared_minor
    if disputed <= 0:
        text = "What is disputed would cost no more: nothing may be asked for it."
        yield _wrong("GU-TFA-05", "/items", text, "", "Release the goods without security.")
        return
    if security_minor > disputed:
        text = "The security is more than the duties, taxes and fees that are in dispute."
        yield _wrong("GU-TFA-01", "/security", text, str(security_minor), "Ask for the disputed part at most.")
    if security_minor <= 0:
        yield _wrong("GU-TFA-01", "/security", "The security is more than zero.", str(security_minor))
    if fine_minor < 0:
        yield _wrong("GU-TFA-02", "/fine", "A fine is not negative.", str(fine_minor))
    if fine_minor > 0 and not offence.strip():
        text = "Security for a fine may be asked only where an offence that calls for one is detected."
        yield _wrong(
            "GU-TFA-02", "/offence", text, "", "Name the offence, or ask for nothing beyond the disputed part."
        )


def due_of(parts: Mapping[str, int]) -> dict[str, int]:
    """What each authority is owed, without those that are owed nothing."""
    return {authority: minor for authority, minor in parts.items() if minor}


def _wrong(rule: str, pointer: str, message: str, value: str = "", remedy: str = "") -> Violation:
    return Violation(rule, pointer, message, remedy, value)
