"""Cases as the way through the window makes them: lodged, presented, decided."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.management import call_command

from clearance.tasks import decide
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.services import account_credit
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.jobs.models import Job
from tests.factories import accounts
from tests.factories.declarations import import_json, item_json
from tests.factories.governance import risk_live
from tests.factories.tariff import tariff_small_load

OFFICE = "ZZ000101"


def country_load() -> None:
    """Tariff, agencies and risk facts as they are shipped; the shipped code lists answer without a load."""
    tariff_small_load()
    call_command("load_agencies", verbosity=0)
    risk_live()


def trader_rich(identifier: str = "ZZIMP0001", name: str = "Amari Foods Ltd") -> Organisation:
    """A trader whose account covers any debt of a test."""
    trader = accounts.organisation(identifier=identifier, name=name)
    account_credit(
        organisation_id=trader.pk,
        amount=Decimal(1_000_000),
        currency="EUR",
        reference=f"opening balance {identifier}",
        actor=system_actor("tests"),
    )
    return trader


def lodged(trader: Organisation, *, items: int = 1, **changes: Any) -> UUID:
    """A declaration of low risk, lodged and decided: released by itself."""
    return _through(trader, import_json(items, **changes))


def risky(trader: Organisation, *, items: int = 1, **changes: Any) -> UUID:
    """Rifles from a country under embargo, called parts, for three euros each: RED, waiting for an officer."""
    return _through(trader, risky_json(items) | changes)


def risky_json(items: int = 1, *, trader: str = "ZZIMP0001") -> dict[str, Any]:
    """Rifles from a country under embargo, called parts, as plain JSON: an officer holds them."""
    lines = []
    for number in range(1, items + 1):
        line = item_json(number, description="parts", commodity_code="9303300000", origin="KP", boxes=1)
        lines.append(line | {"price": {"amount": "3", "currency": "EUR"}})
    gross = sum((Decimal(line["gross_mass_kg"]) for line in lines), Decimal(0))
    return import_json(items, trader=trader) | {
        "items": lines,
        "invoice_total": {"amount": str(3 * items), "currency": "EUR"},
        "total_packages": items,
        "total_gross_mass_kg": str(gross),
    }


def _through(trader: Organisation, plain: dict[str, Any]) -> UUID:
    actor = accounts.actor(Role.TRADER, of=trader)
    message = DeclarationMessage.model_validate(plain)
    declaration_id = declaration_lodge(message=message, actor=actor, channel=Channel.JSON).id
    jobs_do(declaration_id)
    return declaration_id


def jobs_do(declaration_id: UUID) -> None:
    """Do the decisions that are due for a declaration, as a worker would."""
    due = Job.objects.filter(subject_id=str(declaration_id), kind=decide.name, state="todo")
    decide(list(due.values_list("id", flat=True)))
