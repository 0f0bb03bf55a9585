"""What a port is told: which goods to hold, and never why."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from declarations.services.cargo import cargo_claim
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import organisations_serving
from singlewindow.audit.services import party_event_publish
from singlewindow.capture.selectors import owners_of_devices_at
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import JsonValue

HOLD, LIFTED = "hold_instruction", "hold_instruction.lifted"
HOLD_TEXT = "Do not release these goods. Contact customs."
LIFTED_TEXTS = {
    "released": "The instruction to hold these goods is lifted: customs has released them.",
    "not_chosen": "The instruction to hold these goods is lifted. Release them only when customs has released them.",
    "ended": "This instruction is over, but the goods are not released: their declaration has ended.",
}
NAMED_MOST = 200


def port_of(office: str) -> list[UUID]:
    """The terminals of an office: those with a gate clerk there, and those with a device there."""
    return sorted({*organisations_serving(office, Role.TERMINAL), *owners_of_devices_at(office)})


def port_tell(
    work: Work,
    warning_id: UUID,
    snapshot: DeclarationSnapshot,
    told: Iterable[UUID],
    *,
    replaces: Iterable[UUID],
    at: datetime,
) -> None:
    """Tell terminals to hold goods, by their feeds and webhooks.

    The least that lets them act: containers and transport documents, the number of the declaration only where there
    are neither. Nothing tells who the parties are, what the goods are, nor why.

    Source: docs/rules/clearance.md, CL-WRN-03.
    """
    before: list[JsonValue] = [str(one) for one in replaces]
    data: dict[str, JsonValue] = {"instruction": "do_not_release", "text": HOLD_TEXT, **_named(snapshot)}
    _publish(work, warning_id, told, HOLD, data | ({"replaces": before} if before else {}), at)


def port_tell_lifted(
    work: Work, warning_id: UUID, snapshot: DeclarationSnapshot, told: Iterable[UUID], *, why: str, at: datetime
) -> None:
    """Tell those who hold goods that the instruction is over, and what holds now."""
    data: dict[str, JsonValue] = {"instruction": "lifted", "text": LIFTED_TEXTS[why], **_named(snapshot)}
    _publish(work, warning_id, told, LIFTED, data, at)


def _named(snapshot: DeclarationSnapshot) -> dict[str, JsonValue]:
    claim = cargo_claim(snapshot.message)
    containers: list[JsonValue] = [*claim.containers[:NAMED_MOST]]
    bills = dict.fromkeys(bill.reference for line in claim.lines for bill in line.bills)
    documents: list[JsonValue] = [*list(bills)[:NAMED_MOST]]
    named: dict[str, JsonValue] = {
        "office": snapshot.office,
        "containers": containers,
        "transport_documents": documents,
    }
    return named if containers or documents else named | {"mrn": snapshot.mrn}


def _publish(
    work: Work, warning_id: UUID, told: Iterable[UUID], type: str, data: dict[str, JsonValue], at: datetime
) -> None:
    whole: dict[str, JsonValue] = {"reference": str(warning_id), **data}
    party_event_publish(work, organisation_ids=told, type=type, subject_id=str(warning_id), data=whole, at=at)
