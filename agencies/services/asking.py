"""Bodies of the border ask for documents, on their pages and through their software, by the rule of the desk."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from agencies.selectors import agency_takes_part, requirement_index
from agencies.types import CUSTOMS
from declarations.selectors import ask_subject, declaration_snapshot
from singlewindow.accounts.permissions import Permission, Role
from singlewindow.accounts.selectors import organisations_of_agency
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import party_event_publish
from singlewindow.db.work import Work
from singlewindow.documents.services import element_ask
from singlewindow.documents.services.asking import Asked
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated, Violation

HOURS, HOURS_MAX = 48, 720


def documents_request(
    work: Work,
    actor: Actor,
    *,
    declaration_id: UUID,
    codes: Sequence[str],
    exception: str = "",
    consequence: str = "",
    hours: int = HOURS,
) -> dict[str, Any]:
    """Ask for documents or elements of a declaration, and tell its parties in their feed.

    Source: OO-001 to OO-004, CL-QRY-05.

    Raises:
        NotPermitted: the actor's organisation is no body of the border.
        NotFound: the declaration is none in which the body has a part.
        AlreadyHeld: something asked for is here, or is not asked for in this direction.
        RuleViolated: OO-004; CL-QRY-05, nothing is asked for, or the time to answer is out of bounds.
    """
    agency = asker_of(actor, declaration_id)
    if not codes or not 1 <= hours <= HOURS_MAX:
        message = f"A request names what it asks for, and leaves 1 to {HOURS_MAX} hours."
        found = Violation("CL-QRY-05", "/codes", message, "Name codes of the register of elements.")
        raise RuleViolated(message, violations=[found])
    snapshot = declaration_snapshot(declaration_id)
    asked = element_ask(work, actor, ask_subject(snapshot), codes, agency=agency, exception=exception)
    deadline = clock.now() + timedelta(hours=hours)
    of_trader = [one.code for one in asked if not one.decision.holder]
    told: dict[str, JsonValue] = {
        "mrn": snapshot.mrn,
        "agency": agency,
        "deadline": deadline.isoformat(),
        "consequence": consequence.strip()[:300],
    }
    if of_trader:
        party_event_publish(
            work,
            organisation_ids=snapshot.parties,
            type="documents.requested",
            subject_id=str(declaration_id),
            data={**told, "codes": list(of_trader)},
        )
    return {**told, "asked": [_output(one) for one in asked]}


def asker_of(actor: Actor, declaration_id: UUID) -> str:
    """The body for which an actor may ask about a declaration.

    Raises:
        NotPermitted: the actor's organisation is no body of the border.
        NotFound: there is no such declaration, or the body has no part in it.
    """
    actor.require(Permission.ASK_ELEMENT)
    agency = agency_of(actor)
    if agency != CUSTOMS and not agency_takes_part(agency, declaration_id):
        raise NotFound
    return agency


def agency_of(actor: Actor) -> str:
    """The body that an actor acts for. Raises NotPermitted: none."""
    if actor.agency:
        return actor.agency
    if actor.roles & {Role.OFFICER, Role.SUPERVISOR}:
        return CUSTOMS
    for code in requirement_index().agencies:
        if actor.organisation_id in organisations_of_agency(code):
            return code
    raise NotPermitted


def _output(one: Asked) -> dict[str, str]:
    return {"code": one.code, "outcome": one.decision.outcome.value, "holder": one.decision.holder}
