"""Rules of the whole declaration: its items, its parties and what must agree."""

from collections.abc import Iterator
from decimal import Decimal

from declarations.rules.kinds import NO_GOODS_LETTERS, is_full
from declarations.rules.registry import Found, Severity, header_rule
from declarations.schemas import DeclarationMessage, Party
from singlewindow.kernel.mrn import CONTAINER_FORM, MRN_FORM, container_number_is_valid, mrn_is_valid
from singlewindow.reference.types import CodeLists

MAX_ITEMS = 999


@header_rule("DL-001", source="WCO Data Model, class GovernmentAgencyGoodsItem (1 to 999)")
def some_items(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """A declaration has at least one goods item and at most 999."""
    if not message.items:
        yield Found("/items", "There is no goods item.", "Add at least one.")
    elif len(message.items) > MAX_ITEMS:
        text = f"There are {len(message.items)} goods items; item {MAX_ITEMS + 1} and those after it are too many."
        yield Found(f"/items/{MAX_ITEMS}", text, f"Lodge at most {MAX_ITEMS} items in one declaration.")


@header_rule("DL-002", source="WCO Data Model 006; UCC Annex B, data element 11 03")
def numbered_in_order(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The items are numbered 1, 2, 3 and so on, without gap and without repetition."""
    for place, item in enumerate(message.items[:MAX_ITEMS], start=1):
        if item.number != place:
            text = f"Item {place} bears the number {item.number}."
            yield Found(f"/items/{place - 1}/number", text, f"Number it {place}.", str(item.number))


@header_rule("DL-003", source="WCO Data Model 111")
def counted(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The number of items that the header states is the number of items."""
    if message.item_count is not None and message.item_count != len(message.items):
        text = f"The header states {message.item_count} items, and there are {len(message.items)}."
        yield Found("/item_count", text, "Correct the number, or leave it out.", str(message.item_count))


@header_rule("DL-004", source="WCO Data Model 146", severity=Severity.ADVICE)
def packages_agree(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The total number of packages is the sum over the items, unless packages are shared or not counted."""
    stated = message.total_packages
    if stated is None:
        return
    counted = [line.count for item in message.items for line in item.packages]
    if counted and None not in counted and stated != sum(count or 0 for count in counted):
        text = f"The header states {stated} packages, and the items sum to {sum(count or 0 for count in counted)}."
        yield Found("/total_packages", text, "Check the numbers of packages.", str(stated))


@header_rule("DL-005", source="WCO Data Model 109 and 112; WTO Valuation Agreement, article 1")
def invoice_agrees(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The invoice total is the sum of the item prices, where all are given in the same currency."""
    total = message.invoice_total
    if total is None:
        return
    prices = [item.price for item in message.items if item.price is not None]
    if not prices or len(prices) != len(message.items) or any(p.currency != total.currency for p in prices):
        return
    summed = sum((price.amount for price in prices), Decimal(0))
    if summed != total.amount:
        numbers = "item 1" if len(prices) == 1 else f"items 1 to {len(prices)}"
        text = f"The invoice total is {total.amount:f}, and the prices of {numbers} sum to {summed:f} {total.currency}."
        yield Found("/invoice_total/amount", text, "Correct the total or the prices.", f"{total.amount:f}")


@header_rule("DL-006", source="UCC article 170; WCO class Declarant")
def declarant_named(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The declarant is named by an identification, or by name and address."""
    yield from _unnamed("/declarant", message.declarant, "declarant")


@header_rule("DL-007", source="UCC Annex B, data element 13 04")
def importer_named(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """An import declaration names the importer by an identification, or by name and address."""
    if message.type_code[:2] == "IM" and message.kind_letter not in NO_GOODS_LETTERS:
        yield from _unnamed("/importer", message.importer, "importer")


@header_rule("DL-008", source="UCC Annex B, data element 13 01")
def exporter_named(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """An export declaration names the exporter by an identification, or by name and address."""
    if message.type_code[:2] == "EX":
        yield from _unnamed("/exporter", message.exporter, "exporter")


@header_rule("DL-009", source="UCC article 19(1); WCO R004")
def representation_stated(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """Who represents another says whether directly or indirectly."""
    if message.representative is not None and message.representative.status is None:
        yield Found("/representative/status", "The kind of representation is missing.", "Say direct or indirect.")


@header_rule("DL-010", source="UCC Annex B, data element 17 01")
def exit_office_named(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """A full export declaration names the office of exit."""
    if message.type_code[:2] == "EX" and is_full(message) and message.exit_office is None:
        yield Found("/exit_office", "The office of exit is missing.", "Name the office where the goods leave.")


@header_rule("DL-011", source="ICC Incoterms 2020; UCC Annex B, data element 14 01")
def incoterm_has_place(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """A delivery term is followed by its named place."""
    terms = message.delivery_terms
    if terms is not None and terms.location is None and terms.location_name is None:
        yield Found("/delivery_terms/location", f"{terms.incoterm} needs a named place.", "Add the place or its code.")


@header_rule("DL-012", source="ISO 6346, section 4")
def containers_check(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """An identification in the form of a container number has the right check digit."""
    for place, equipment in enumerate(message.equipment):
        yield from _wrong_container(f"/equipment/{place}/id", equipment.id)
    known = {equipment.id for equipment in message.equipment}
    for place, item in enumerate(message.items[:MAX_ITEMS]):
        for line, number in enumerate(item.container_ids):
            if number not in known:
                yield from _wrong_container(f"/items/{place}/container_ids/{line}", number)


@header_rule("DL-013", source="WCO Data Model 159", severity=Severity.ADVICE)
def containers_known(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """A container that an item names is among the equipment of the consignment."""
    known = {equipment.id for equipment in message.equipment}
    for place, item in enumerate(message.items[:MAX_ITEMS]):
        for line, number in enumerate(item.container_ids):
            if number not in known:
                text = f"The container {number} is not among the equipment of the consignment."
                yield Found(f"/items/{place}/container_ids/{line}", text, "Add it to the equipment.", number)


@header_rule("DL-014", source="WCO Data Model 159")
def containers_once(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """Each container stands once among the equipment."""
    seen: set[str] = set()
    for place, equipment in enumerate(message.equipment):
        if equipment.id is not None and equipment.id in seen:
            text = f"The container {equipment.id} stands twice."
            yield Found(f"/equipment/{place}/id", text, "Leave out the second entry.", equipment.id)
        seen.add(equipment.id or "")


@header_rule("DL-015", source="DG XXI/0879/99; UCC Annex B, MRN structure", severity=Severity.ADVICE)
def previous_mrns_check(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """A previous document in the form of an MRN has the right check character."""
    for place, previous in enumerate(message.previous_documents):
        if MRN_FORM.fullmatch(previous.id) and not mrn_is_valid(previous.id):
            text = f"The check character of {previous.id} is wrong."
            yield Found(f"/previous_documents/{place}/id", text, "Check the MRN for a slip of the pen.", previous.id)


def _wrong_container(pointer: str, number: str | None) -> Iterator[Found]:
    if number is not None and CONTAINER_FORM.fullmatch(number) and not container_number_is_valid(number):
        text = f"The check digit of container {number} is wrong."
        yield Found(pointer, text, "Check the number on the container's door.", number)


def _unnamed(pointer: str, party: Party | None, role: str) -> Iterator[Found]:
    if party is None or (party.id is None and party.name is None):
        yield Found(pointer, f"The {role} is not named.", "Give its identification, or its name and address.")
    elif party.id is None and party.address is None:
        yield Found(f"{pointer}/address", f"The {role} has no address.", "Give its identification, or its address.")
