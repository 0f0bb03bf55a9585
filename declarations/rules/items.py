"""Rules of one goods item: what must be there, and what must agree."""

from collections.abc import Iterable

from declarations.rules.kinds import UNIT_PRICED, is_full, is_reduced, owes_full_export, owes_full_import
from declarations.rules.registry import NOTHING, Found, Severity, item_rule
from declarations.schemas import DeclarationMessage, GoodsItem
from singlewindow.kernel.mrn import MRN_FORM, mrn_is_valid
from singlewindow.reference.types import CodeLists


@item_rule("DL-020", source="WCO Data Model 145; HS Convention, article 3")
def commodity_given(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """An item of a full declaration has a commodity code."""
    if item.commodity_code is None and is_full(message):
        return (Found("/commodity_code", "The commodity code is missing.", "Look it up in the tariff."),)
    return NOTHING


@item_rule("DL-021", source="WCO Data Model 137")
def description_given(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """An item of a full declaration describes the goods."""
    if item.description is None and is_full(message):
        return (Found("/description", "The goods are not described.", "Describe them so that they can be recognised."),)
    return NOTHING


@item_rule("DL-022", source="WCO Data Model 126 and 128")
def masses_positive(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """A mass is more than zero."""
    gross, net = item.gross_mass_kg, item.net_mass_kg
    if (gross is None or gross) and (net is None or net):
        return NOTHING
    return tuple(
        Found(f"/{name}", f"The mass of item {item.number} is zero.", "State it in kilograms.", "0")
        for name, mass in (("gross_mass_kg", gross), ("net_mass_kg", net))
        if mass is not None and not mass
    )


@item_rule("DL-023", source="WCO Data Model 126 and 128")
def net_within_gross(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """The net mass is not more than the gross mass."""
    gross, net = item.gross_mass_kg, item.net_mass_kg
    if gross is None or net is None or net <= gross:
        return NOTHING
    text = f"The net mass of item {item.number} ({net:f} kg) is more than its gross mass ({gross:f} kg)."
    return (Found("/net_mass_kg", text, "Correct one of the two.", f"{net:f}"),)


@item_rule("DL-024", source="UCC Annex B, data element 18 01, columns B1 and H1")
def net_mass_given(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Goods released for free circulation or exported on a full data set state their net mass."""
    if item.net_mass_kg is None and (owes_full_import(item, message) or owes_full_export(item, message)):
        text = f"The net mass of item {item.number} is missing."
        return (Found("/net_mass_kg", text, "State it in kilograms, without packing."),)
    return NOTHING


@item_rule("DL-025", source="UCC Annex B, data element 18 04", severity=Severity.ADVICE)
def gross_mass_given(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """An item of a full declaration states its gross mass."""
    if item.gross_mass_kg is None and message.total_gross_mass_kg is None and is_full(message):
        return (Found("/gross_mass_kg", f"The gross mass of item {item.number} is missing.", "State it."),)
    return NOTHING


@item_rule("DL-026", source="UCC Annex B, data elements 14 08 and 14 10; WTO Valuation Agreement, articles 1 to 7")
def price_given(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Goods released for free circulation on a full data set state their price, unless they are valued without one."""
    if item.price is not None or not owes_full_import(item, message):
        return NOTHING
    valued_otherwise = item.customs_value is not None or item.statistical_value is not None
    if valued_otherwise or not UNIT_PRICED.isdisjoint(item.additional_procedures):
        return NOTHING
    text = f"The price of item {item.number} is missing."
    return (Found("/price", text, "State the price on the invoice, or the customs value and its method."),)


@item_rule("DL-027", source="UCC Annex B, data elements 16 08 and 16 09")
def origin_given(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Goods released for free circulation on a full data set state their origin."""
    if item.origin is None and item.preferential_origin is None and owes_full_import(item, message):
        return (Found("/origin", f"The origin of item {item.number} is missing.", "Name the country of origin."),)
    return NOTHING


@item_rule("DL-028", source="UCC article 64; UCC Annex B, data element 14 11")
def preference_has_origin(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """A preference by origin (codes 2 and 3) names the preferential origin."""
    if item.preference is not None and item.preference[0] in "23" and item.preferential_origin is None:
        text = f"Preference {item.preference} needs a preferential origin."
        return (Found("/preferential_origin", text, "Name it, or claim preference 100.", item.preference),)
    return NOTHING


@item_rule("DL-029", source="WCO Data Model 141 to 144", severity=Severity.ADVICE)
def packages_given(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """An item of a full declaration says how it is packed, and how many packages there are of goods not in bulk."""
    found = []
    for place, line in enumerate(item.packages):
        if line.count is None and line.type not in lists.bulk_package_types:
            found.append(Found(f"/packages/{place}/count", "The number of packages is missing.", "Count them."))
    if not item.packages:
        found.append(Found("/packages", f"The packages of item {item.number} are missing.", "Add them."))
    return found if found and is_full(message) and not is_reduced(item) else NOTHING


@item_rule("DL-030", source="domain: a permit is used by a quantity more than zero (LPCO write-off)")
def write_off_positive(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """The quantity that uses a permit is more than zero and has its unit."""
    found = []
    for place, document in enumerate(item.documents):
        if document.quantity is not None and not document.quantity:
            found.append(Found(f"/documents/{place}/quantity", "The quantity is zero.", "State what is used.", "0"))
        elif document.quantity is not None and document.unit is None:
            found.append(Found(f"/documents/{place}/unit", "The quantity has no unit.", "Add the permit's unit."))
    return found


@item_rule("DL-031", source="DG XXI/0879/99; UCC Annex B, MRN structure", severity=Severity.ADVICE)
def item_mrns_check(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """A previous document of the item in the form of an MRN has the right check character."""
    found = []
    for place, previous in enumerate(item.previous_documents):
        if MRN_FORM.fullmatch(previous.id) and not mrn_is_valid(previous.id):
            text = f"The check character of {previous.id} is wrong."
            pointer, remedy = f"/previous_documents/{place}/id", "Check the MRN for a slip of the pen."
            found.append(Found(pointer, text, remedy, previous.id))
    return found
