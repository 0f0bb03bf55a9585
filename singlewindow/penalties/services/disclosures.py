"""Errors that a party tells of itself: kept with their instant, settled with or without a penalty."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from declarations.selectors import declaration_head, declaration_head_for
from declarations.states import LegalState
from declarations.types import DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor, minor_unit, to_minor
from singlewindow.penalties.code import penalty_code
from singlewindow.penalties.models import Disclosure
from singlewindow.penalties.services.notice import noticed_at
from singlewindow.penalties.states import DISCLOSURE
from singlewindow.reference.selectors import profile

FACTS_MAX, ELEMENT_MAX, OUTCOME_MAX = 2000, 250, 500
EVADED_MOST = 10**15
"""Minor units; more than any country collects in a year."""

CORRIGIBLE = frozenset({LegalState.ACCEPTED, LegalState.RELEASED, LegalState.CLEARED})
"""Before acceptance a declaration is simply amended; after its end nothing is left to correct."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What is disclosed, as it was typed."""

    offence: str
    facts: str
    evaded: Decimal
    """Duty and taxes that were not paid because of it, as far as the party knows; 0 where none."""
    element: str = ""


def disclosure_file(
    *, actor: Actor, declaration_id: UUID, disclosed: Disclosed, at: datetime | None = None
) -> Disclosure:
    """Keep an error that a party tells of itself, with the instant and whether customs had given notice before.

    Locks: the declaration, so that no notice and no disclosure of it pass each other.

    Source: docs/rules/penalties.md, PN-DIS-01 to PN-DIS-04; TFA 6.3.6.

    Raises:
        NotFound: the declaration is not theirs.
        TransitionRefused: PN-DIS-02, it is not accepted yet (amend it) or it has ended.
        RuleViolated: PN-DIS-03, what is told is incomplete; every finding at once.
        Conflict: PN-DIS-04, the same is disclosed and waits.
    """
    with unit_of_work() as work:
        return disclosure_file_in(work, actor=actor, declaration_id=declaration_id, disclosed=disclosed, at=at)


def disclosure_file_in(
    work: Work, *, actor: Actor, declaration_id: UUID, disclosed: Disclosed, at: datetime | None = None
) -> Disclosure:
    """As `disclosure_file`, within the caller's act."""
    actor.require(Permission.DISCLOSE_ERROR)
    declaration_head_for(actor, declaration_id)
    moment = at or clock.now()
    currency = profile(moment.date()).currency
    evaded_minor = _checked(disclosed, currency, moment)
    head = declaration_head(declaration_id, lock=True)
    if head.legal_state not in CORRIGIBLE:
        raise TransitionRefused("Before acceptance a declaration is amended; after its end nothing is disclosed.")
    organisation_id = _responsible(head)
    standing = Disclosure.objects.filter(
        declaration_id=head.id,
        organisation_id=organisation_id,
        offence=disclosed.offence,
        element=disclosed.element,
        state=DISCLOSURE.initial.value,
    )
    if standing.exists():
        raise Conflict("The same error of this declaration was disclosed and waits for customs.")
    row = Disclosure(
        id=uuid7(),
        declaration_id=head.id,
        mrn=head.mrn,
        organisation_id=organisation_id,
        offence=disclosed.offence,
        facts=disclosed.facts.strip(),
        element=disclosed.element.strip(),
        evaded_minor=evaded_minor,
        currency=currency,
        filed_by=actor.label,
        filed_at=moment,
        noticed_at=noticed_at(head.id),
    )
    row.save(force_insert=True)
    data: dict[str, JsonValue] = {"mrn": head.mrn, "offence": row.offence, "before_notice": row.noticed_at is None}
    _tell(work, row, Verb.ERROR_DISCLOSED, "error_disclosed", actor, moment, data)
    return row


def disclosure_settle(*, actor: Actor, disclosure_id: UUID, outcome: str, at: datetime | None = None) -> None:
    """Say that no penalty follows from a disclosure, and what does.

    Locks: the disclosure.

    Raises:
        TransitionRefused: it is settled.
    """
    actor.require(Permission.DECIDE_PENALTY)
    if not outcome.strip():
        violation = Violation("PN-DIS-05", "/outcome", "The outcome is not stated.", "Say what follows from it.")
        raise RuleViolated(violations=[violation])
    with unit_of_work() as work:
        row = Disclosure.objects.select_for_update().filter(pk=disclosure_id).first()
        if row is None:
            raise NotFound("There is no such disclosure.")
        disclosure_close(work, row, outcome=outcome.strip()[:OUTCOME_MAX], actor=actor, at=at or clock.now())


def disclosure_close(work: Work, row: Disclosure, *, outcome: str, actor: Actor, at: datetime) -> None:
    """Settle a locked disclosure and tell the parties."""
    row.state = DISCLOSURE.next_state("settle", row.state).value
    row.settled_at, row.outcome = at, outcome
    row.save(update_fields=["state", "settled_at", "outcome"])
    _tell(work, row, Verb.DISCLOSURE_SETTLED, "disclosure_settled", actor, at, {"mrn": row.mrn, "outcome": outcome})


def _responsible(head: DeclarationHead) -> UUID:
    """Who answers for what was declared: the importer or exporter, else the declarant, else who filed (PN-WHO-01)."""
    return head.trader_org or head.declarant_org or head.lodged_by


def _checked(disclosed: Disclosed, currency: str, at: datetime) -> int:
    """What was evaded in minor units; every finding at once (PN-DIS-03)."""
    wrong: list[Violation] = []
    if disclosed.offence not in penalty_code(at.date()).offences:
        message = "There is no such breach in the law of that day."
        wrong.append(Violation("PN-DIS-03", "/offence", message, "Choose one of the list.", disclosed.offence[:20]))
    if not disclosed.facts.strip():
        wrong.append(Violation("PN-DIS-03", "/facts", "The facts are not stated.", "Say what was wrong and how."))
    for name, text, most in (("facts", disclosed.facts, FACTS_MAX), ("element", disclosed.element, ELEMENT_MAX)):
        if len(text) > most or "\x00" in text:
            wrong.append(Violation("PN-DIS-03", f"/{name}", f"At most {most} characters of text.", "Shorten it."))
    evaded_minor = -1
    try:
        if disclosed.evaded.is_finite() and abs(disclosed.evaded) < EVADED_MOST:
            evaded_minor = to_minor(disclosed.evaded, currency)
    except ValueError:
        evaded_minor = -1
    if not 0 <= evaded_minor <= EVADED_MOST:
        message = f"The amount must be 0 or more, with at most {minor_unit(currency)} decimals."
        wrong.append(Violation("PN-DIS-03", "/evaded", message, "Correct the amount.", f"{disclosed.evaded}"[:40]))
    if wrong:
        raise RuleViolated(violations=wrong)
    return evaded_minor


def _tell(
    work: Work, row: Disclosure, verb: Verb, type_: str, actor: Actor, at: datetime, data: dict[str, JsonValue]
) -> None:
    subject_id = str(row.id)
    event_record(work, actor=actor, verb=verb, subject_type="disclosure", subject_id=subject_id, data=data, at=at)
    more: dict[str, JsonValue] = {"amount": f"{from_minor(row.evaded_minor, row.currency):f}", "currency": row.currency}
    told = [row.organisation_id]
    party_event_publish(work, organisation_ids=told, type=type_, subject_id=subject_id, data=data | more, at=at)
