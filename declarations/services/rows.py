"""The columns and rows that repeat what a message says, for lists, searches and constraints."""

from typing import Any
from uuid import UUID

from declarations.models import GoodsItem, TransportEquipment
from declarations.schemas import DeclarationMessage
from declarations.services.authority import Filing
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import sha256_hex

ITEM_COLUMNS = (
    "declaration_id",
    "number",
    "commodity_code",
    "hs6",
    "origin",
    "procedure",
    "net_mass_kg",
    "gross_mass_kg",
    "supplementary_quantity",
    "supplementary_unit",
    "price_amount",
    "price_currency",
    "description",
)
EQUIPMENT_COLUMNS = ("declaration_id", "equipment_id")


def content_columns(message: DeclarationMessage, filing: Filing, content: bytes, sha256: str = "") -> dict[str, Any]:
    """The columns of a declaration that follow from its content and its parties; `sha256` where it is known already."""
    items, invoice = message.items, message.invoice_total
    masses = [item.gross_mass_kg for item in items if item.gross_mass_kg is not None]
    gross = message.total_gross_mass_kg or (sum(masses) if masses else None)
    return {
        "type_code": message.type_code,
        "declarant_organisation_id": filing.declarant_org,
        "trader_organisation_id": filing.trader_org,
        "declarant_identifier": filing.declarant_identifier,
        "importer_identifier": filing.importer_identifier,
        "exporter_identifier": filing.exporter_identifier,
        "office": message.office or "",
        "content": content,
        "content_sha256": sha256 or sha256_hex(content),
        "item_count": len(items),
        "gross_mass_kg": gross,
        "invoice_amount": invoice.amount if invoice else None,
        "invoice_currency": invoice.currency if invoice else "",
        "first_commodity": (items[0].commodity_code or "") if items else "",
        "export_country": message.export_country or "",
    }


def parts_insert(work: Work, declaration_id: UUID, message: DeclarationMessage) -> None:
    """Add the rows of goods items and equipment to the work."""
    key = str(declaration_id)  # written once, not with every row
    work.insert(
        GoodsItem,
        ITEM_COLUMNS,
        [
            (
                key,
                item.number,
                item.commodity_code or "",
                item.hs6,
                item.origin or "",
                item.procedure,
                item.net_mass_kg,
                item.gross_mass_kg,
                item.supplementary_quantity.quantity if item.supplementary_quantity else None,
                (item.supplementary_quantity.unit or "") if item.supplementary_quantity else "",
                item.price.amount if item.price else None,
                item.price.currency if item.price else "",
                item.description or "",
            )
            for item in message.items
        ],
    )
    named = [equipment.id for equipment in message.equipment]
    named += [container for item in message.items for container in item.container_ids]
    work.insert(
        TransportEquipment,
        EQUIPMENT_COLUMNS,
        [(key, equipment_id) for equipment_id in dict.fromkeys(named) if equipment_id],
    )
