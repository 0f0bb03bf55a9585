"""A declaration as the rule of asking once sees it: what it names, and the elements that it holds."""

from declarations.schemas import DeclarationMessage
from declarations.types import DeclarationSnapshot
from singlewindow.documents.types import AskSubject, Named

ITEM_ELEMENTS = {
    "137": "description",
    "145": "commodity_code",
    "063": "origin",
    "115": "preference",
    "126": "gross_mass_kg",
    "128": "net_mass_kg",
    "130": "supplementary_quantity",
    "112": "price",
    "103": "valuation_method",
    "141": "packages",
    "144": "packages",
}
HEADER_ELEMENTS = {
    "D026": "lrn",
    "G005": "office",
    "R123": "declarant",
    "R037": "importer",
    "R031": "exporter",
    "R003": "representative",
    "D018": "previous_documents",
    "159": "equipment",
    "062": "export_country",
    "090": "delivery_terms",
    "109": "invoice_total",
    "118": "agreed_rate",
    "131": "total_gross_mass_kg",
    "146": "total_packages",
    "016": "ucr",
    "100": "guarantees",
}
"""Fields of the message by the number of their data element: what may not be asked for again."""


def ask_subject(snapshot: DeclarationSnapshot) -> AskSubject:
    """A declaration as the rule of asking once sees it."""
    return AskSubject(
        declaration_id=snapshot.id,
        mrn=snapshot.mrn,
        direction=snapshot.direction,
        parties=snapshot.parties,
        named=documents_named_by(snapshot.message),
        elements=_elements(snapshot.message),
    )


def documents_named_by(message: DeclarationMessage) -> tuple[Named, ...]:
    """The documents that a declaration names with a code and a number, on its header and its items."""
    header = [Named(one.code, one.id) for one in message.documents if one.code and one.id]
    lines = [
        Named(one.code, one.id, item.number or place)
        for place, item in enumerate(message.items, start=1)
        for one in item.documents
        if one.code and one.id
    ]
    return tuple(header + lines)


def _elements(message: DeclarationMessage) -> frozenset[str]:
    header = {number for number, field in HEADER_ELEMENTS.items() if getattr(message, field, None)}
    items = {
        number
        for number, field in ITEM_ELEMENTS.items()
        if message.items and all(getattr(item, field, None) for item in message.items)
    }
    return frozenset(header | items)
