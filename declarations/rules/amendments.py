"""What an amendment may change: never who declares, and after acceptance never the goods (CH-IMM, CH-GDS).

Pure: two messages in, every violation out. Who decides, and until when, is the rule of clearance.
"""

from collections.abc import Iterable, Iterator

from declarations.rules.changes import field_changes
from declarations.rules.elements import element_name
from declarations.schemas import DeclarationMessage, GoodsItem, Party
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Violation

CHAPTER_DIGITS = 2
NEW_DECLARATION = "Lodge a new declaration for it, and have this one invalidated."


def amendment_findings(
    before: DeclarationMessage, after: DeclarationMessage, *, same_goods: bool
) -> tuple[Violation, ...]:
    """Everything that an amendment may not do, at once.

    Args:
        same_goods: whether the declaration is accepted, so that it must go on about the same goods.

    Source: docs/rules/changes.md, CH-NIL-01, CH-IMM-01 to CH-IMM-05, CH-GDS-01 to CH-GDS-04 (domain.md K11).
    """
    if before.canonical_bytes() == after.canonical_bytes():
        return (Violation("CH-NIL-01", "", "The amendment changes nothing.", "Change at least one field."),)
    found = list(_immutable(before, after))
    if same_goods:
        if not found and before.type_code != after.type_code:
            message = "The kind of an accepted declaration cannot be changed."
            found.append(Violation("CH-IMM-05", "/type_code", message, f"Send {before.type_code}.", after.type_code))
        found += _other_goods(before, after)
    return tuple(found)


def difference(before: DeclarationMessage, after: DeclarationMessage) -> list[JsonValue]:
    """Every single field that differs as plain JSON: pointer, element, before and after where there is one."""
    lines: list[JsonValue] = []
    for change in field_changes(before, after):
        line: dict[str, JsonValue] = {"pointer": change.pointer, "element": element_name(change.pointer)}
        if change.before is not None:
            line["before"] = change.before
        if change.after is not None:
            line["after"] = change.after
        lines.append(line)
    return lines


def _immutable(before: DeclarationMessage, after: DeclarationMessage) -> Iterator[Violation]:
    if before.declarant.id != after.declarant.id:
        yield Violation(
            "CH-IMM-01", "/declarant/id", "The declarant cannot be changed.", NEW_DECLARATION, after.declarant.id or ""
        )
    if before.lrn != after.lrn:
        yield Violation("CH-IMM-02", "/lrn", "The reference (LRN) cannot be changed.", f"Send {before.lrn}.", after.lrn)
    if before.direction != after.direction:
        message = "An import cannot become an export, nor an export an import."
        yield Violation("CH-IMM-03", "/type_code", message, NEW_DECLARATION, after.type_code)
    elif before.goods_presented != after.goods_presented:
        message = "Whether the goods were presented when it was lodged cannot be changed."
        remedy = "Present the goods when they have arrived."
        yield Violation("CH-IMM-04", "/type_code", message, remedy, after.type_code)


def _other_goods(before: DeclarationMessage, after: DeclarationMessage) -> Iterator[Violation]:
    """After acceptance: chapter of the tariff, origin, trader and containers make the goods what they are."""
    declared = {_kind(item) for item in before.items}
    for place, item in enumerate(after.items):
        chapter, origin = _kind(item)
        if chapter not in {known for known, _ in declared}:
            message = "This is another chapter of the tariff than was declared, so these are other goods."
            yield Violation(
                "CH-GDS-01", f"/items/{place}/commodity_code", message, NEW_DECLARATION, item.commodity_code or ""
            )
        elif (chapter, origin) not in declared:
            message = "Goods of this chapter were declared with another origin, so these are other goods."
            yield Violation("CH-GDS-02", f"/items/{place}/origin", message, NEW_DECLARATION, origin)
    yield from _goods_gone(declared, after)
    yield from _trader_changed(before, after)
    old, new = _containers(before), _containers(after)
    if old and new and not old & new:
        message = "None of the containers declared before is named any more, so these are other goods."
        yield Violation("CH-GDS-04", "/equipment", message, NEW_DECLARATION, ", ".join(sorted(new)))


def _goods_gone(declared: Iterable[tuple[str, str]], after: DeclarationMessage) -> Iterator[Violation]:
    kept = {_kind(item)[0] for item in after.items}
    gone = sorted({chapter for chapter, _ in declared} - kept)
    if gone:
        message = "Goods that were declared and accepted are left out."
        remedy = "Keep an item for them; goods that did not come are told to customs with the request."
        yield Violation("CH-GDS-01", "/items", message, remedy, ", ".join(gone))


def _trader_changed(before: DeclarationMessage, after: DeclarationMessage) -> Iterator[Violation]:
    role = "exporter" if before.direction == "export" else "importer"
    old, new = _id(getattr(before, role)), _id(getattr(after, role))
    if old and old != new:
        message = "The goods were declared for another trader."
        yield Violation("CH-GDS-03", f"/{role}/id", message, NEW_DECLARATION, new)


def _kind(item: GoodsItem) -> tuple[str, str]:
    return (item.commodity_code or "")[:CHAPTER_DIGITS], item.origin or ""


def _id(party: Party | None) -> str:
    return (party.id if party else None) or ""


def _containers(message: DeclarationMessage) -> set[str]:
    named = {equipment.id for equipment in message.equipment}
    return {name for name in named | {one for item in message.items for one in item.container_ids} if name}
