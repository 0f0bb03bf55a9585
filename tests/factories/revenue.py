"""Deferments, debts and claims for tests of revenue."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel, DeclarationSnapshot
from fees.services import account_credit, assessment_make
from fees.types import AssessmentKind
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide
from singlewindow.db.work import unit_of_work
from singlewindow.revenue.models import Deferment
from singlewindow.revenue.services import DefermentTerms, debt_defer, deferment_propose
from singlewindow.revenue.types import DefermentBasis
from tests.factories import accounts
from tests.factories import fees as make
from tests.factories.declarations import export_json, import_json, import_message, item_json

_serial = count(1)


def trusted(**changes: Any) -> Organisation:
    """An organisation that is a trusted trader."""
    organisation = accounts.organisation(**changes)
    organisation.trusted_since = date(2020, 1, 1)
    organisation.save(update_fields=["trusted_since"])
    return organisation


def terms(holder: Organisation, **changes: Any) -> DefermentTerms:
    """A deferment of 10,000 EUR for a trusted trader."""
    values: dict[str, Any] = {
        "holder_id": holder.pk,
        "currency": "EUR",
        "limit_minor": 1_000_000,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "basis": DefermentBasis.AEO,
        "conditions": "Trusted trader, no arrears in three years",
    }
    return DefermentTerms(**(values | changes))


def deferment(holder: Organisation, **changes: Any) -> Deferment:
    """A deferment that two supervisors put in force."""
    deferment_id = deferment_propose(terms(holder, **changes), actor=accounts.actor(Role.SUPERVISOR))
    granted(deferment_id)
    return Deferment.objects.get(pk=deferment_id)


def granted(subject_id: UUID, *, by: Actor | None = None) -> None:
    """A second supervisor's word on what was proposed of a subject."""
    proposal = Proposal.objects.get(subject_id=str(subject_id), state="open")
    actor = by or accounts.actor(Role.SUPERVISOR)
    proposal_decide(proposal_id=proposal.pk, actor=actor, grant=True, reason="Looked at it, agreed.")


def assessed(organisation: Organisation, message: DeclarationMessage | None = None) -> tuple[DeclarationSnapshot, int]:
    """A declaration that was assessed, and what it costs in minor units."""
    snapshot = make.snapshot(message or import_message(), lodged_by=organisation.pk)
    with unit_of_work() as work:
        summary = assessment_make(
            work, snapshot, at=snapshot.accepted_at or snapshot.lodged_at, kind=AssessmentKind.ASSESSMENT
        )
    return snapshot, summary.total_minor


def deferred(snapshot: DeclarationSnapshot, at: datetime) -> Any:
    """The debt of a declaration deferred at an instant; none where it is not borne."""
    with unit_of_work() as work:
        return debt_defer(
            work, declaration_id=snapshot.id, organisation_id=snapshot.lodged_by, at=at, actor=system_actor("tests")
        )


def credited(organisation: Organisation, amount: str) -> None:
    """Money received on a prepaid account."""
    account_credit(
        organisation_id=organisation.pk,
        amount=Decimal(amount),
        currency="EUR",
        reference=f"R-{next(_serial)}",
        actor=system_actor("tests"),
    )


def importer_of_the_journey() -> Organisation:
    """The trader of the journeys with money, where no fixture made it."""
    payer = Organisation.objects.filter(identifier="ZZIMP0001").first() or accounts.organisation(identifier="ZZIMP0001")
    credited(payer, "1000000")
    return payer


def lodged(filer: Organisation, values: dict[str, Any]) -> Declaration:
    """A declaration lodged by its trader."""
    message = DeclarationMessage.model_validate(values)
    done = declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=filer), channel=Channel.JSON)
    return Declaration.objects.get(pk=done.id)


def released(filer: Organisation, jobs_done: Callable[[], None], values: dict[str, Any] | None = None) -> Declaration:
    """A declaration whose goods were released by itself."""
    declaration = lodged(filer, values or import_json())
    jobs_done()
    declaration.refresh_from_db()
    if declaration.released_at is None:
        raise AssertionError(f"not released: {declaration.legal_state}")
    return declaration


def sized(values: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """A message with this one item, and totals that fit it."""
    return values | {
        "items": [item],
        "total_packages": sum(package["count"] for package in item["packages"]),
        "total_gross_mass_kg": item["gross_mass_kg"],
        "invoice_total": item["price"],
    }


def imported_and_exported(
    trader: Organisation, jobs_done: Callable[[], None], imported: int, exported: int
) -> tuple[Declaration, Declaration]:
    """Coffee makers imported by a trader, and some of them exported again by the same one; both released."""
    first = released(trader, jobs_done, sized(import_json(), item_json(1, boxes=imported)))
    item = item_json(1, boxes=exported, procedure="1000")
    del item["preference"]
    values = export_json(trader=trader.identifier)
    return first, released(trader, jobs_done, sized(values, item))
