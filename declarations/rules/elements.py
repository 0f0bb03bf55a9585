"""What people call the fields of a declaration: one name for each, as a difference between versions shows it."""


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is written; pages translate it where it is shown."""
    return text


_ = gettext_noop

NAMES: dict[str, str] = {
    "type_code": _("Declaration type"),
    "office": _("Office"),
    "presentation_office": _("Office of presentation"),
    "supervising_office": _("Supervising office"),
    "exit_office": _("Office of exit"),
    "item_count": _("Number of items"),
    "total_packages": _("Packages in all"),
    "total_gross_mass_kg": _("Gross mass in all (kg)"),
    "invoice_total": _("Invoice total"),
    "declarant": _("Declarant"),
    "representative": _("Representative"),
    "exporter": _("Exporter"),
    "importer": _("Importer"),
    "consignor": _("Consignor"),
    "consignee": _("Consignee"),
    "buyer": _("Buyer"),
    "seller": _("Seller"),
    "authorisations": _("Authorisation"),
    "guarantees": _("Guarantee"),
    "documents": _("Document"),
    "previous_documents": _("Previous document"),
    "additional_information": _("Additional information"),
    "transport": _("Transport"),
    "goods_location": _("Place of the goods"),
    "equipment": _("Container"),
    "container_ids": _("Container"),
    "export_country": _("Country of dispatch"),
    "destination_country": _("Country of destination"),
    "delivery_terms": _("Delivery terms"),
    "transaction_nature": _("Nature of the transaction"),
    "warehouse": _("Warehouse"),
    "ucr": _("Consignment reference"),
    "valuation": _("Costs"),
    "freight": _("Freight"),
    "insurance": _("Insurance"),
    "description": _("Description"),
    "commodity_code": _("Commodity code"),
    "additional_codes": _("Additional code"),
    "origin": _("Country of origin"),
    "preferential_origin": _("Preferential origin"),
    "preference": _("Preference"),
    "procedure": _("Procedure"),
    "additional_procedures": _("Additional procedure"),
    "gross_mass_kg": _("Gross mass (kg)"),
    "net_mass_kg": _("Net mass (kg)"),
    "supplementary_quantity": _("Supplementary quantity"),
    "price": _("Price"),
    "statistical_value": _("Statistical value"),
    "customs_value": _("Customs value"),
    "valuation_method": _("Valuation method"),
    "packages": _("Packages"),
    "quota_order_number": _("Quota"),
    "duty_claims": _("Duty claimed"),
    "lrn": _("Reference (LRN)"),
    "issued_at": _("Time of issue"),
    "tax_point_at": _("Tax point"),
}
"""By the last part of the pointer that has a name."""

OTHER = _("Other field")


def element_name(pointer: str) -> str:
    """The name of the field that a pointer is in: that of its innermost named part. Untranslated."""
    parts = pointer.split("/")
    return next((NAMES[part] for part in reversed(parts) if part in NAMES), OTHER)


def item_number(pointer: str) -> int:
    """The goods item that a pointer is in, counted from 1; 0 for the header."""
    head, _slash, rest = pointer.removeprefix("/").partition("/")
    place = rest.partition("/")[0]
    return int(place) + 1 if head == "items" and place.isdecimal() else 0
