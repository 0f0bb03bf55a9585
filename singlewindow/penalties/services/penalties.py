"""Penalties: notice with the facts, an answer, and a decision by somebody else than who gave the notice."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from declarations.selectors import declaration_head
from declarations.types import DeclarationHead
from fees.services.demands import demand_end, demand_make, demands_lock
from fees.types import DemandKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor
from singlewindow.penalties.code import penalty_code
from singlewindow.penalties.models import Disclosure, Penalty
from singlewindow.penalties.rules import penalty_work_out
from singlewindow.penalties.selectors import first_breach, penalty_for
from singlewindow.penalties.services.disclosures import EVADED_MOST, FACTS_MAX, disclosure_close
from singlewindow.penalties.states import PENALTY, DisclosureState, PenaltyState
from singlewindow.penalties.types import Base, Mitigation, PenaltyCode, Worked
from singlewindow.reference.selectors import profile

REASON_MAX = 1000
AUTHORITY = "CUS"
BY_THE_WINDOW = frozenset({"DISC", "LATED", "FIRST"})
"""Mitigations that follow from what is on record: nobody grants or withholds them (PN-MIT-01)."""


@dataclass(frozen=True, slots=True)
class Charged:
    """What is held against a person, as an officer states it."""

    offence: str
    degree: str
    facts: str
    base_minor: int
    """What was evaded or what the goods are worth, as the offence asks; 0 for amounts named by law."""
    organisation_id: UUID
    mitigations: tuple[str, ...] = ()
    """Codes that the officer finds to be met; those on record are added by the window."""


def penalty_notify(*, actor: Actor, declaration_id: UUID, charged: Charged, at: datetime | None = None) -> Penalty:
    """Tell a person what is held against them: facts, law, range, blame, mitigation, amount, and until when to answer.

    A disclosure that came before any notice takes off its share whoever decides, and so does a first breach.

    Locks: the declaration, then the disclosure.

    Source: docs/rules/penalties.md, PN-NOT-01, PN-MIT-01, PN-WHO-01; TFA 6.3.2 to 6.3.6.

    Raises:
        RuleViolated: PN-NOT-01, what is stated is incomplete or unknown to the law; every finding at once.
        NotFound: there is no such declaration.
    """
    actor.require(Permission.PROPOSE_PENALTY)
    moment = at or clock.now()
    with unit_of_work() as work:
        head = declaration_head(declaration_id, lock=True)
        day = (head.accepted_at or head.lodged_at).date()
        code = penalty_code(day)
        _stated(charged, code, head)
        disclosure = _disclosure(head.id, charged)
        mitigations = _mitigations(charged, code, disclosure, moment)
        currency = profile(moment.date()).currency
        worked = penalty_work_out(
            code.offences[charged.offence],
            code.degrees[charged.degree],
            mitigations,
            base_minor=charged.base_minor,
            currency=currency,
            at_most=code.terms.taken_off_at_most,
        )
        row = _row(head, charged, code, worked, currency, actor, moment)
        row.disclosure = disclosure
        row.save(force_insert=True)
        _tell(work, row, Verb.PENALTY_NOTIFIED, "penalty_notified", actor, moment)
    return row


def _stated(charged: Charged, code: PenaltyCode, head: DeclarationHead) -> None:
    wrong: list[Violation] = []
    if charged.offence not in code.offences:
        wrong.append(_wrong("/offence", "There is no such breach in the law of the day of the declaration."))
    if charged.degree not in code.degrees:
        wrong.append(_wrong("/degree", "State how much the person is to be blamed."))
    if not 0 < len(charged.facts.strip()) <= FACTS_MAX or "\x00" in charged.facts:
        wrong.append(_wrong("/facts", f"State the facts, in at most {FACTS_MAX} characters."))
    if charged.organisation_id not in head.parties:
        wrong.append(_wrong("/organisation", "Only a party of the declaration can be the person responsible."))
    unknown = set(charged.mitigations) - set(code.mitigations)
    if unknown:
        wrong.append(_wrong("/mitigations", f"The law knows no mitigation {', '.join(sorted(unknown))[:60]}."))
    offence = code.offences.get(charged.offence)
    needed = offence is not None and offence.base is not Base.FIXED
    if not 0 <= charged.base_minor <= EVADED_MOST or (needed and charged.base_minor == 0):
        wrong.append(_wrong("/base", "State the amount that the range is a share of."))
    if wrong:
        raise RuleViolated(violations=wrong)


def _wrong(pointer: str, message: str) -> Violation:
    return Violation("PN-NOT-01", pointer, message, "Correct it and give the notice again.")


def _disclosure(declaration_id: UUID, charged: Charged) -> Disclosure | None:
    """What the person disclosed of this breach and is not settled, the earliest first, locked."""
    return (
        Disclosure.objects.select_for_update()
        .filter(
            declaration_id=declaration_id,
            organisation_id=charged.organisation_id,
            offence=charged.offence,
            state=DisclosureState.FILED.value,
        )
        .order_by("id")
        .first()
    )


def _mitigations(charged: Charged, code: PenaltyCode, disclosure: Disclosure | None, at: datetime) -> list[Mitigation]:
    found = set(charged.mitigations) - BY_THE_WINDOW
    if disclosure is not None:
        found.add("DISC" if disclosure.noticed_at is None else "LATED")
    if first_breach(charged.organisation_id, since=at - timedelta(days=code.terms.first_within_days)):
        found.add("FIRST")
    return [code.mitigations[one] for one in sorted(found) if one in code.mitigations]


def _row(
    head: DeclarationHead,
    charged: Charged,
    code: PenaltyCode,
    worked: Worked,
    currency: str,
    actor: Actor,
    at: datetime,
) -> Penalty:
    offence, degree = code.offences[charged.offence], code.degrees[charged.degree]
    return Penalty(
        id=uuid7(),
        declaration_id=head.id,
        mrn=head.mrn,
        organisation_id=charged.organisation_id,
        offence=offence.code,
        offence_title=offence.title,
        law=offence.law,
        code_sha256=code.sha256,
        facts=charged.facts.strip(),
        degree=degree.code,
        degree_title=degree.title,
        base_minor=worked.base_minor,
        least_minor=worked.least_minor,
        most_minor=worked.most_minor,
        gross_minor=worked.gross_minor,
        mitigations=[asdict(one) | {"share": f"{one.share:f}"} for one in worked.mitigated],
        amount_minor=worked.amount_minor,
        currency=currency,
        notified_by=actor.label,
        notified_at=at,
        heard_until=at + timedelta(hours=24 * code.terms.hearing_days),
    )


def penalty_answer(*, actor: Actor, penalty_id: UUID, text: str, at: datetime | None = None) -> None:
    """Keep what the person says to what is held against them, once, before it is decided.

    Locks: the penalty.

    Source: PN-HRD-01.

    Raises:
        NotFound: it is not theirs.
        RuleViolated: PN-HRD-02, the answer is empty, too long, late or the second one.
    """
    actor.require(Permission.DISCLOSE_ERROR)
    penalty_for(actor, penalty_id)
    moment = at or clock.now()
    with unit_of_work() as work:
        row = _locked(penalty_id)
        said = text.strip()
        if not 0 < len(said) <= FACTS_MAX or "\x00" in said:
            raise _refused("PN-HRD-02", "/text", f"State your answer, in at most {FACTS_MAX} characters.")
        if row.state != PenaltyState.NOTIFIED.value or row.answer:
            raise _refused("PN-HRD-02", "", "It was answered or decided already.")
        row.answer, row.answered_at = said, moment
        row.save(update_fields=["answer", "answered_at"])
        _tell(work, row, Verb.PENALTY_ANSWERED, "penalty_answered", actor, moment)


def penalty_decide(*, actor: Actor, penalty_id: UUID, issue: bool, reason: str, at: datetime | None = None) -> None:
    """Decide a penalty: issue it, so that its amount is owed, or drop it; by somebody else than who gave the notice.

    Locks: the penalty, then its disclosure.

    Source: PN-TWO-01 (TFA 6.3.4: no conflict of interest), PN-HRD-01.

    Raises:
        NotPermitted: PN-TWO-01, the same officer gave the notice.
        RuleViolated: PN-HRD-01, the person may still answer; PN-DEC-01, no reason is given.
        TransitionRefused: it is decided.
    """
    actor.require(Permission.DECIDE_PENALTY)
    moment = at or clock.now()
    with unit_of_work() as work:
        row = _locked(penalty_id)
        target = PENALTY.next_state("issue" if issue else "drop", row.state)
        if actor.label == row.notified_by:
            raise NotPermitted("Who gave the notice of a penalty does not decide it (PN-TWO-01).")
        if not 0 < len(reason.strip()) <= REASON_MAX:
            raise _refused("PN-DEC-01", "/reason", f"Give the reason, in at most {REASON_MAX} characters.")
        if issue and not row.answer and moment < row.heard_until:
            raise _refused("PN-HRD-01", "", "The person may still answer; it is decided after that.")
        if issue:
            row.demand_id = _demand(work, row, actor, moment)
        _decided(row, target, reason, actor, moment)
        verb = Verb.PENALTY_ISSUED if issue else Verb.PENALTY_DROPPED
        _tell(work, row, verb, f"penalty_{target.value}", actor, moment)
        if row.disclosure_id is not None:
            disclosure = Disclosure.objects.select_for_update().get(pk=row.disclosure_id)
            if disclosure.state == DisclosureState.FILED.value:
                outcome = "A penalty was decided." if issue else "No penalty follows."
                disclosure_close(work, disclosure, outcome=outcome, actor=actor, at=moment)


def _demand(work: Work, row: Penalty, actor: Actor, at: datetime) -> UUID:
    terms = penalty_code(row.notified_at.date()).terms
    return demand_make(
        work,
        source=f"penalty:{row.id}",
        kind=DemandKind.PENALTY,
        organisation_id=row.organisation_id,
        authority=AUTHORITY,
        amount_minor=row.amount_minor,
        currency=row.currency,
        text=f"Penalty of {row.mrn}: {row.offence_title}"[:200],
        law=row.law,
        subject_type="penalty",
        subject_id=str(row.id),
        event_on=at.date(),
        due_on=(at + timedelta(days=terms.due_days)).date(),
        declaration_id=row.declaration_id,
        actor=actor,
        at=at,
    )


def penalty_cancel(*, actor: Actor, penalty_id: UUID, reason: str, at: datetime | None = None) -> None:
    """Take a decided penalty back before it is paid; what was paid is claimed back as a repayment.

    Locks: the penalty, then its demand.

    Raises:
        NotPermitted: PN-TWO-01, the same officer gave the notice or decided it.
        TransitionRefused: it is not owed (any more).
    """
    actor.require(Permission.DECIDE_PENALTY)
    moment = at or clock.now()
    with unit_of_work() as work:
        row = _locked(penalty_id)
        target = PENALTY.next_state("cancel", row.state)
        if actor.label in (row.notified_by, row.decided_by):
            raise NotPermitted("Who gave the notice or decided it does not take it back (PN-TWO-01).")
        if not 0 < len(reason.strip()) <= REASON_MAX:
            raise _refused("PN-DEC-01", "/reason", f"Give the reason, in at most {REASON_MAX} characters.")
        if row.demand_id is not None:
            demand = demands_lock(work, [row.demand_id])[0]
            demand_end(work, demand, "cancel", reason=reason.strip()[:500], actor=actor, at=moment)
        _decided(row, target, reason, actor, moment)
        _tell(work, row, Verb.PENALTY_CANCELLED, "penalty_cancelled", actor, moment)


def penalty_paid(work: Work, job: JobContext) -> None:
    """Mark a penalty whose demand was paid; other demands are not its concern.

    Locks: the penalty.

    Idempotent: what is paid stays so.
    """
    if job.payload.get("subject_type") != "penalty":
        return
    row = _locked(UUID(job.subject_id))
    if row.state != PenaltyState.ISSUED.value:
        return
    actor = system_actor("penalties", conversation_id=job.conversation_id)
    row.state = PENALTY.next_state("pay", row.state).value
    row.save(update_fields=["state"])
    _tell(work, row, Verb.PENALTY_PAID, "penalty_paid", actor, clock.now())


def _decided(row: Penalty, target: PenaltyState, reason: str, actor: Actor, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at = target.value, actor.label, at
    row.decision_reason = reason.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason", "demand_id"])


def _locked(penalty_id: UUID) -> Penalty:
    row = Penalty.objects.select_for_update().filter(pk=penalty_id).first()
    if row is None:
        raise NotFound("There is no such penalty.")
    return row


def _refused(rule: str, pointer: str, message: str) -> RuleViolated:
    return RuleViolated(violations=[Violation(rule, pointer, message, "")])


def _tell(work: Work, row: Penalty, verb: Verb, type_: str, actor: Actor, at: datetime) -> None:
    subject_id = str(row.id)
    data: dict[str, JsonValue] = {
        "mrn": row.mrn,
        "offence": row.offence,
        "law": row.law,
        "state": row.state,
        "currency": row.currency,
        "amount": f"{from_minor(row.amount_minor, row.currency):f}",
    }
    event_record(work, actor=actor, verb=verb, subject_type="penalty", subject_id=subject_id, data=data, at=at)
    told: Iterable[UUID] = [row.organisation_id]
    party_event_publish(work, organisation_ids=told, type=type_, subject_id=subject_id, data=data, at=at)
