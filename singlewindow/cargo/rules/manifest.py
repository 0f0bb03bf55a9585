"""What a manifest must say (CA-020 to CA-027), and what is only remarked upon."""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal

from singlewindow.cargo.rules.names import reference_key
from singlewindow.cargo.schemas import BillMessage, ConveyanceReport, ManifestMessage
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.mrn import container_number_is_valid


def findings_of(message: ManifestMessage, offices: Collection[str] = ()) -> Iterator[Violation]:
    """What is wrong, in the order of the message.

    Args:
        offices: the offices that there are; none given, none is checked.

    Source: docs/rules/cargo.md.
    """
    if not message.conveyance.named:
        text = "The conveyance has neither number nor voyage nor name."
        yield Violation("CA-028", "/conveyance/id", text, "Give the IMO number, flight, train or number plate.")
    if offices and _ours(message.office or "", offices) and message.office not in offices:
        yield Violation(
            "CA-024", "/office", "There is no such customs office.", "Name the office of arrival.", message.office or ""
        )
    seen: Counter[str] = Counter()
    for place, bill in enumerate(message.bills):
        key = reference_key(bill.reference)
        seen[key] += 1
        if seen[key] == 2:
            text = f"The manifest holds {bill.reference} twice."
            yield Violation("CA-020", f"/bills/{place}/reference", text, "Put its goods into one bill.", bill.reference)
        yield from _bill(message, bill, f"/bills/{place}")


def _ours(office: str, offices: Collection[str]) -> bool:
    """Whether an office claims to be one of this country; those of others are recorded."""
    return office[:2] in {known[:2] for known in offices}


def _bill(message: ManifestMessage, bill: BillMessage, pointer: str) -> Iterator[Violation]:
    if bill.kind == "house" and not bill.master:
        yield Violation("CA-021", f"{pointer}/master", "A house bill names the master bill that it stands under.")
    if bill.kind != "house" and bill.master:
        yield Violation(
            "CA-021", f"{pointer}/master", "Only a house bill stands under a master.", "Leave it out, or say house."
        )
    if bill.kind == "house" and bill.master and reference_key(bill.master) == reference_key(bill.reference):
        yield Violation("CA-021", f"{pointer}/master", "A bill cannot be its own master.", value=bill.master)
    if message.kind == "consolidation" and bill.kind != "house":
        yield Violation(
            "CA-022", f"{pointer}/kind", "A forwarder's consolidation holds house bills only.", value=bill.kind
        )
    if not bill.packages and not bill.gross_mass_kg:
        yield Violation(
            "CA-023", f"{pointer}/goods", "The goods have neither packages nor mass.", "Give one or both, over zero."
        )
    if bill.goods and not any(line.description for line in bill.goods):
        yield Violation(
            "CA-029", f"{pointer}/goods/0/description", "The goods are not described.", "Say what they are."
        )
    numbers = Counter(line.number for line in bill.goods)
    for place, line in enumerate(bill.goods):
        if numbers[line.number] > 1:
            numbers[line.number] = 0
            text = f"Line {line.number} is there more than once."
            yield Violation("CA-025", f"{pointer}/goods/{place}/number", text, "Number the lines.", str(line.number))


def warnings_of(message: ManifestMessage) -> Iterator[Violation]:
    """What is remarked upon and taken all the same: nobody to declare, container numbers, masters against houses."""
    if not message.bills:
        yield Violation(
            "CA-036", "/bills", "The manifest holds no transport document: it reports that there is no cargo."
        )
    for place, bill in enumerate(message.bills):
        pointer = f"/bills/{place}"
        if not (bill.to_order or _named(bill)):
            text = "Neither consignee nor notify party is named: whoever holds the bill may declare the goods."
            yield Violation("CA-026", f"{pointer}/consignee", text, "Name the consignee.")
        for number, container in enumerate(bill.containers):
            if not container_number_is_valid(container.id):
                text = f"{container.id} is no container number: its check digit does not fit."
                yield Violation("CA-027", f"{pointer}/containers/{number}/id", text, value=container.id)
    yield from _masters(message)


def _masters(message: ManifestMessage) -> Iterator[Violation]:
    houses: dict[str, list[BillMessage]] = {}
    for bill in message.bills:
        if bill.kind == "house" and bill.master:
            houses.setdefault(reference_key(bill.master), []).append(bill)
    for place, bill in enumerate(message.bills):
        under = houses.get(reference_key(bill.reference))
        if bill.kind != "master" or not under:
            continue
        packages = sum(house.packages for house in under)
        mass = sum((house.gross_mass_kg or Decimal(0) for house in under), Decimal(0))
        if packages != bill.packages or mass != (bill.gross_mass_kg or 0):
            text = (
                f"The house bills of {bill.reference} add up to {packages} packages and {mass:f} kg, "
                f"the master has {bill.packages} and {bill.gross_mass_kg or 0:f} kg."
            )
            yield Violation("CA-032", f"/bills/{place}/goods", text, "Check both; neither is changed.")


def _named(bill: BillMessage) -> bool:
    return any(party is not None and (party.id or party.name) for party in (bill.consignee, bill.notify))


def report_findings(report: ConveyanceReport) -> Iterator[Violation]:
    """What is wrong with a conveyance report."""
    if not report.conveyance.named and not report.manifest:
        text = "The report names neither a conveyance nor a manifest."
        yield Violation("CA-028", "/conveyance/id", text, "Give the IMO number, flight, train or number plate.")
