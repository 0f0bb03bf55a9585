"""What a trader does with an application: send it, answer a question about it, take a part back."""

from datetime import datetime
from uuid import UUID

from agencies.models import Application, ApplicationPart, PartEntry
from agencies.rules.applications import parts_of
from agencies.schemas import application_data
from agencies.selectors import requirement_index
from agencies.selectors.applications import application_info, applications_for
from agencies.services.applications.steps import ENTRY_COLUMNS, part_of_trader, part_step
from agencies.states import PART, PartState
from agencies.types import ApplicationInfo, EntryKind, PartPlan
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, NotPermitted, PreconditionFailed, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

CHARGE_DUE = "ChargeDue"
CHARGE_GONE = "ChargeGone"
SUBJECT = "lpco_part"
TEXT_LENGTH = 1000


def application_apply(*, actor: Actor, application_id: UUID, version: int | None = None) -> ApplicationInfo:
    """Send an application: each agency that its goods need gets its part, and begins when its fee is paid.

    Locks: the application.

    Source: docs/rules/agencies.md, AG-060, AG-061, AG-068.

    Raises:
        NotFound: there is no such draft of the actor's organisation.
        NotPermitted: the actor may not (any more) apply for the holder.
        PreconditionFailed: it was saved since it was read.
        RuleViolated: AG-060 for each field that cannot be so; AG-061, no agency asks for a permit.
    """
    actor.require(Permission.APPLY_PERMIT)
    with unit_of_work() as work:
        row = applications_for(actor).select_for_update(of=("self",)).filter(pk=application_id, applied_at=None).first()
        if row is None:
            raise NotFound
        if version is not None and version != row.version:
            raise PreconditionFailed("Someone saved this application in the meantime; read it again.")
        if not organisations_actor_may_file_for(actor).filter(pk=row.organisation_id).exists():
            raise NotPermitted("You may not apply for this organisation.")
        data = application_data(row.content)
        now = clock.now()
        plans = parts_of(data, requirement_index(), now.date())
        if not plans:
            sentence = "No agency asks for a permit for these goods."
            raise RuleViolated(violations=[Violation("AG-061", "/goods", sentence, "Nothing needs to be applied for.")])
        row.content, row.applied_by, row.applied_at = data.canonical(), actor.label, now
        row.authors = sorted({*row.authors, actor.label})
        row.save(update_fields=["content", "applied_by", "applied_at", "authors"])
        for plan in plans:
            _part_make(work, row, plan, actor, now)
        _tell(work, row, plans, actor)
    row.refresh_from_db()
    return application_info(row)


def _part_make(work: Work, row: Application, plan: PartPlan, actor: Actor, at: datetime) -> None:
    part = ApplicationPart(
        id=uuid7(),
        application=row,
        agency=plan.agency,
        code=plan.code,
        requirements=list(plan.requirements),
        goods=list(plan.goods),
        charge_code=plan.charge_code,
        fee_state="due" if plan.charge_code else "none",
        state=PART.next_state("apply", PartState.DRAFT).value,
        applied_at=at,
        sla_hours=plan.sla_hours,
    )
    part.save(force_insert=True)
    entry = (part.pk, EntryKind.APPLIED.value, at, actor.label, "", "", None, "", part.state)
    work.insert(PartEntry, ENTRY_COLUMNS, [entry])
    if not plan.charge_code:
        part_step(work, part, "begin", kind=EntryKind.BEGUN, actor=system_actor("agencies"), at=at)
        return
    queue(work, CHARGE_DUE, subject_id=str(part.pk), payload=_charge(part, row, at), actor=actor)


def _charge(part: ApplicationPart, row: Application, at: datetime) -> dict[str, str]:
    return {
        "charge": part.charge_code,
        "organisation_id": str(row.organisation_id),
        "event_on": at.date().isoformat(),
        "text": f"{row.reference} {part.agency} {part.code}",
        "subject_type": SUBJECT,
    }


def _tell(work: Work, row: Application, plans: tuple[PartPlan, ...], actor: Actor) -> None:
    agencies: list[JsonValue] = [plan.agency for plan in plans]
    data: dict[str, JsonValue] = {"reference": row.reference, "agencies": agencies}
    subject = str(row.pk)
    event_record(
        work, actor=actor, verb=Verb.LPCO_APPLIED, subject_type="lpco_application", subject_id=subject, data=data
    )
    organisations = {row.organisation_id, row.filed_by}
    party_event_publish(work, organisation_ids=organisations, type="lpco.sent", subject_id=subject, data=data)


def part_answer(*, actor: Actor, part_id: UUID, text: str) -> None:
    """Answer the question of an agency; its clock runs on.

    Locks: the part.

    Raises:
        NotFound: the part is none of the actor's organisation.
        TransitionRefused: nothing is asked, or the deadline has passed.
        RuleViolated: AG-069, the answer is empty or too long.
    """
    with unit_of_work() as work:
        part = part_of_trader(work, part_id, actor)
        PART.next_state("answer", part.state)
        said = text.strip()
        if not said or len(said) > TEXT_LENGTH:
            sentence = f"Write an answer of 1 to {TEXT_LENGTH} characters."
            raise RuleViolated(violations=[Violation("AG-069", "/text", sentence)])
        part_step(work, part, "answer", kind=EntryKind.ANSWER, actor=actor, at=clock.now(), text=said)


def part_withdraw(*, actor: Actor, part_id: UUID, reason: str = "") -> None:
    """Take a part back before it is decided; other parts go on. A fee that was still to be paid is not asked for more.

    Locks: its proposal, then the part.

    Source: docs/rules/agencies.md, AG-079.

    Raises:
        NotFound: the part is none of the actor's organisation.
        TransitionRefused: it is decided.
    """
    with unit_of_work() as work:
        part = part_of_trader(work, part_id, actor, outdate="The application was taken back.")
        PART.next_state("withdraw", part.state)
        if part.state == PartState.APPLIED.value and part.fee_state == "due" and part.applied_at is not None:
            payload = _charge(part, part.application, part.applied_at)
            queue(work, CHARGE_GONE, subject_id=str(part.pk), payload=payload, actor=actor)
        part.proposed_by, part.order = "", None
        said = reason.strip()[:TEXT_LENGTH]
        part_step(work, part, "withdraw", kind=EntryKind.WITHDRAW, actor=actor, at=clock.now(), text=said)
