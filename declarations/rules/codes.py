"""Rules of codes: each code stands in its list on the day of the declaration."""

from collections.abc import Iterable, Iterator

from declarations.rules.registry import NOTHING, Found, Severity, header_rule, item_rule
from declarations.schemas import DeclarationMessage, GoodsItem
from singlewindow.reference.types import CodeLists

_PARTIES = ("declarant", "submitter", "exporter", "consignor", "importer", "consignee", "buyer", "seller")
_ITEM_COUNTRIES = ("origin", "preferential_origin", "export_country", "destination_country")
_OFFICES = ("office", "presentation_office", "supervising_office", "exit_office")


@header_rule("DL-040", source="UCC Annex B, data elements 11 01 and 11 02")
def known_type(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The type of the declaration is one that is taken here."""
    # Q, the final supplementary declaration, is national and carries no goods that a list of kinds would describe.
    if message.type_code not in lists.declaration_types and message.type_code[2] != "Q":
        yield _unknown("/type_code", "type of declaration", message.type_code)


@header_rule("DL-041", source="ISO 3166-1")
def known_countries(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """Each country of the header is a country."""
    transport, place, terms = message.transport, message.goods_location, message.delivery_terms
    named: list[tuple[str, str | None]] = [
        ("/export_country", message.export_country),
        ("/destination_country", message.destination_country),
    ]
    if transport is not None:
        named.append(("/transport/border_nationality", transport.border_nationality))
        named += [(f"/transport/itinerary/{leg}", country) for leg, country in enumerate(transport.itinerary)]
    if place is not None:
        named.append(("/goods_location/country", place.country))
    if terms is not None:
        named.append(("/delivery_terms/country", terms.country))
    for role in _PARTIES:
        party = getattr(message, role)
        if party is not None and party.address is not None:
            named.append((f"/{role}/address/country", party.address.country))
    for pointer, country in named:
        if country is not None and country not in lists.countries:
            yield _unknown(pointer, "country", country)


@header_rule("DL-042", source="ISO 4217")
def known_currencies(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """Each currency of the header is a currency."""
    valuation = message.valuation
    named = [("/invoice_total/currency", message.invoice_total)]
    if valuation is not None:
        named += [("/valuation/freight/currency", valuation.freight)]
        named += [("/valuation/insurance/currency", valuation.insurance)]
        for name in ("other_charges", "deductions"):
            for place, charge in enumerate(getattr(valuation, name)):
                if charge.currency not in lists.currencies:
                    yield _unknown(f"/valuation/{name}/{place}/currency", "currency", charge.currency)
    for pointer, money in named:
        if money is not None and money.currency not in lists.currencies:
            yield _unknown(pointer, "currency", money.currency)


@header_rule("DL-043", source="UCC Annex B, data elements 17 01 to 17 10 (customs office list)")
def known_offices(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """Each customs office is one of ours, or has the number of a foreign one."""
    for name in _OFFICES:
        office = getattr(message, name)
        if office is not None and not lists.knows_office(office):
            yield _unknown(f"/{name}", "customs office", office)


@header_rule("DL-044", source="ICC Incoterms 2020 and 2010")
def known_incoterm(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The delivery term is an Incoterm."""
    if message.delivery_terms is not None and message.delivery_terms.incoterm not in lists.incoterms:
        yield _unknown("/delivery_terms/incoterm", "delivery term", message.delivery_terms.incoterm)


@header_rule("DL-045", source="UN/ECE Recommendation 19; UCC Annex B, data elements 19 03 and 19 04")
def known_modes(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """Each mode of transport is one of the list."""
    transport = message.transport
    if transport is None:
        return
    for name, mode in (("border_mode", transport.border_mode), ("inland_mode", transport.inland_mode)):
        if mode is not None and mode not in lists.transport_modes:
            yield _unknown(f"/transport/{name}", "mode of transport", mode)


@header_rule("DL-046", source="UCC Annex B, data element 11 05")
def known_nature(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The nature of the transaction is one of the list."""
    nature = message.transaction_nature
    if nature is not None and nature not in lists.transaction_natures:
        yield _unknown("/transaction_nature", "nature of transaction", nature)


@header_rule("DL-047", source="UCC Annex B, data elements 16 15 and 99 02", severity=Severity.ADVICE)
def known_national_codes(message: DeclarationMessage, lists: CodeLists) -> Iterator[Found]:
    """The kind of guarantee and the place of the goods are coded as the lists do; other countries add codes."""
    for place, guarantee in enumerate(message.guarantees):
        if guarantee.security_code is not None and guarantee.security_code not in lists.guarantee_types:
            yield _unknown(f"/guarantees/{place}/security_code", "type of guarantee", guarantee.security_code)
    location = message.goods_location
    if location is not None and location.type is not None and location.type not in lists.location_types:
        yield _unknown("/goods_location/type", "type of location", location.type)
    if location is not None and location.qualifier is not None and location.qualifier not in lists.location_qualifiers:
        yield _unknown("/goods_location/qualifier", "qualifier of the location", location.qualifier)


@item_rule("DL-050", source="HS Convention, article 3; nomenclature in force and its earlier editions")
def known_commodity(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """The commodity code begins with a subheading of the Harmonized System."""
    if item.commodity_code is None or lists.knows_subheading(item.commodity_code):
        return NOTHING
    remedy = "Look the goods up in the nomenclature."
    return (Found("/commodity_code", f"{item.commodity_code} is no commodity code.", remedy, item.commodity_code),)


@item_rule("DL-051", source="UCC Annex B, data elements 11 09 and 11 10")
def known_procedure(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Requested and previous procedure are of the list."""
    code = item.procedure
    if code[:2] in lists.requested_procedures and code[2:] in lists.previous_procedures:
        return NOTHING
    return (_unknown("/procedure", "procedure", code),)


@item_rule("DL-052", source="ISO 3166-1")
def known_item_countries(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Each country of the item is a country; a preferential origin may be a group of countries by its number."""
    countries = lists.countries
    named = (item.origin, item.preferential_origin, item.export_country, item.destination_country)
    if countries.issuperset(filter(None, named)):
        return NOTHING
    return [
        _unknown(f"/{name}", "country", code)
        for name, code in zip(_ITEM_COUNTRIES, named, strict=True)
        if code is not None and code not in countries and not code.isdecimal()
    ]


@item_rule("DL-053", source="ISO 4217")
def known_item_currencies(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Each currency of the item is a currency."""
    found = []
    stated = (
        ("price", item.price),
        ("statistical_value", item.statistical_value),
        ("customs_value", item.customs_value),
    )
    for name, money in stated:
        if money is not None and money.currency not in lists.currencies:
            found.append(_unknown(f"/{name}/currency", "currency", money.currency))
    for place, charge in enumerate(item.valuation_adjustments):
        if charge.currency not in lists.currencies:
            found.append(_unknown(f"/valuation_adjustments/{place}/currency", "currency", charge.currency))
    return found


@item_rule("DL-054", source="UN/ECE Recommendation 20; tariff units")
def known_units(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Each unit is one of the list, alone or with its qualifier."""
    found = []
    quantity = item.supplementary_quantity
    if quantity is not None and quantity.unit is not None and not lists.knows_unit(quantity.unit):
        found.append(_unknown("/supplementary_quantity/unit", "unit", quantity.unit))
    for place, document in enumerate(item.documents):
        if document.unit is not None and not lists.knows_unit(document.unit):
            found.append(_unknown(f"/documents/{place}/unit", "unit", document.unit))
    for place, claim in enumerate(item.duty_claims):
        if claim.unit is not None and not lists.knows_unit(claim.unit):
            found.append(_unknown(f"/duty_claims/{place}/unit", "unit", claim.unit))
    return found


@item_rule("DL-055", source="UN/ECE Recommendation 21")
def known_packages(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """Each type of package is one of the list."""
    found = []
    for place, line in enumerate(item.packages):
        if line.type is not None and line.type not in lists.package_types:
            found.append(_unknown(f"/packages/{place}/type", "type of package", line.type))
    return found


@item_rule("DL-056", source="UCC Annex B, data element 14 11")
def known_preference(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """The preference is one of the list."""
    if item.preference is None or item.preference in lists.preferences:
        return NOTHING
    return (_unknown("/preference", "preference", item.preference),)


@item_rule("DL-057", source="WTO Valuation Agreement, articles 1 to 7; UCC Annex B, data element 14 10")
def known_valuation(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """The valuation method is one of the list."""
    if item.valuation_method is None or item.valuation_method in lists.valuation_methods:
        return NOTHING
    return (_unknown("/valuation_method", "valuation method", item.valuation_method),)


@item_rule("DL-058", source="UCC Annex B, data element 11 05")
def known_item_nature(item: GoodsItem, message: DeclarationMessage, lists: CodeLists) -> Iterable[Found]:
    """The nature of the item's transaction is one of the list."""
    if item.transaction_nature is None or item.transaction_nature in lists.transaction_natures:
        return NOTHING
    return (_unknown("/transaction_nature", "nature of transaction", item.transaction_nature),)


def _unknown(pointer: str, what: str, code: str) -> Found:
    return Found(pointer, f"{code} is no {what} of the list in force.", "Use a code of the list.", code)
