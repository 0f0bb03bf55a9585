"""Documents seen from a declaration: what it names, what is here, who may read it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from agencies.selectors import holds_for, lpco_status
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_head_for
from declarations.types import DeclarationHead, DeclarationSnapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.documents.types import AskSubject, Named
from singlewindow.kernel.errors import NotFound

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


def document_owners(head: DeclarationHead, actor: Actor) -> tuple[UUID, ...]:
    """The organisations whose documents the actor may name for a declaration: its own, and parties it files for."""
    may = set(organisations_actor_may_file_for(actor).values_list("pk", flat=True))
    own = (actor.organisation_id,) if actor.organisation_id else ()
    return tuple(dict.fromkeys((*own, *(party for party in head.parties if party in may))))


def papers_may_read(actor: Actor, declaration_ids: Sequence[UUID]) -> bool:
    """Whether the actor has a part in one of the declarations: customs, an agency that requires something, a party.

    Source: docs/rules/documents.md, DOC-REA-01.
    """
    if actor.may(Permission.VIEW_ANY_DECLARATION):
        return True
    if actor.agency:
        return any(actor.agency in _bodies(one) for one in declaration_ids)
    return actor.may(Permission.VIEW_OWN_DECLARATION) and any(_is_party(actor, one) for one in declaration_ids)


def _bodies(declaration_id: UUID) -> Iterable[str]:
    """The agencies that hold the goods of a declaration or ask a permit for them."""
    holds = {hold.agency for hold in holds_for(declaration_id)}
    return holds | {outcome.agency for outcome in lpco_status(declaration_id).outcomes}


def _is_party(actor: Actor, declaration_id: UUID) -> bool:
    try:
        declaration_head_for(actor, declaration_id)
    except NotFound:
        return False
    return True
