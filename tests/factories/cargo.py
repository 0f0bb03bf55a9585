"""Carriers, manifests and arrivals for tests."""

from decimal import Decimal
from itertools import count
from typing import Any

from declarations.schemas import DeclarationMessage
from singlewindow.accounts.models import Organisation, OrganisationKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.cargo.models import Bill
from singlewindow.cargo.schemas import ArrivalMessage, ManifestMessage
from singlewindow.cargo.services import ArrivalReceipt, ManifestReceipt, arrival_tell, manifest_file
from singlewindow.db.work import unit_of_work
from tests.factories import accounts
from tests.factories.declarations import import_json, item_json

_numbers = count(1)

CONSIGNEE = {"id": "ZZIMP0001", "name": "Amari Foods Ltd"}


def carrier(**named: Any) -> Actor:
    """Somebody who files for a new carrier."""
    return accounts.actor(Role.CARRIER, of=accounts.organisation(kind=OrganisationKind.CARRIER, **named))


def terminal() -> Actor:
    """The gate of a new terminal."""
    return accounts.actor(Role.TERMINAL, of=accounts.organisation(kind=OrganisationKind.TERMINAL))


def bill_json(reference: str = "", *, packages: int = 10, mass: str = "100", **changes: Any) -> dict[str, Any]:
    """A bill of lading for the importer of the declarations' factory."""
    bill: dict[str, Any] = {
        "reference": reference or f"BL{next(_numbers):07d}",
        "consignor": {"name": "Guangdong Home Appliance Co"},
        "consignee": CONSIGNEE,
        "loading": "CNCAN",
        "discharge": "ZZAMA",
        "goods": [
            {
                "number": 1,
                "description": "Household goods",
                "packages": {"type": "CT", "count": packages},
                "gross_mass_kg": mass,
                "container_ids": ["CSQU3054383"],
            }
        ],
        "containers": [{"id": "CSQU3054383", "size_type": "22G1", "seals": ["SL123456"]}],
    }
    return bill | changes


def manifest_json(*bills: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A ship's manifest with these bills."""
    plain: dict[str, Any] = {
        "schema_version": "1",
        "reference": f"VOY{next(_numbers):06d}",
        "mode": "sea",
        "conveyance": {"id": "9074729", "name": "Amari Star", "nationality": "PA", "voyage": "026E"},
        "office": "ZZ000101",
        "place": "ZZAMA",
        "expected_at": "2026-12-01T06:00:00Z",
        "bills": list(bills) or [bill_json()],
    }
    return plain | changes


def filed(actor: Actor, *bills: dict[str, Any], **changes: Any) -> ManifestReceipt:
    """A manifest that was filed."""
    message = ManifestMessage.model_validate(manifest_json(*bills, **changes))
    with unit_of_work() as work:
        return manifest_file(work, message, actor)


def told(actor: Actor, **said: Any) -> ArrivalReceipt:
    """An arrival that was told."""
    with unit_of_work() as work:
        return arrival_tell(work, ArrivalMessage.model_validate(said), actor)


def bill_of(reference: str) -> Bill:
    """The newest bill with this reference."""
    return Bill.objects.filter(reference=reference).order_by("-id")[0]


def importing(*references: str, boxes: int = 1, items: int = 1, **changes: Any) -> dict[str, Any]:
    """An import that names these bills; each item is some boxes of coffee makers of 5.2 kg gross."""
    lines = [
        item_json(
            number,
            boxes=boxes,
            commodity_code="8516710000",
            description="Electric coffee makers for household use",
            origin="CN",
            supplementary_quantity={"quantity": str(boxes), "unit": "NAR"},
            net_mass_kg=str(Decimal("4.2") * boxes),
            gross_mass_kg=str(Decimal("5.2") * boxes),
            price={"amount": str(Decimal("38.5") * boxes), "currency": "EUR"},
        )
        for number in range(1, items + 1)
    ]
    gross = sum((Decimal(line["gross_mass_kg"]) for line in lines), Decimal(0))
    total = sum((Decimal(line["price"]["amount"]) for line in lines), Decimal(0))
    plain = import_json(items) | {
        "items": lines,
        "total_packages": boxes * items,
        "total_gross_mass_kg": str(gross),
        "invoice_total": {"amount": str(total), "currency": "EUR"},
        "previous_documents": [{"category": "Z", "type": "705", "id": reference} for reference in references],
    }
    return plain | changes


def importing_message(*references: str, **changes: Any) -> DeclarationMessage:
    """The same, read."""
    return DeclarationMessage.model_validate(importing(*references, **changes))


def carrier_of(organisation: Organisation) -> Actor:
    """Somebody who files for this carrier."""
    return accounts.actor(Role.CARRIER, of=organisation)
