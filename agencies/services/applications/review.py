"""What an agency's officer does with a part before deciding: take it in hand, ask, refuse."""

from datetime import timedelta
from uuid import UUID

from agencies.services.applications.applying import TEXT_LENGTH
from agencies.services.applications.steps import part_of_agency, part_step
from agencies.states import PART, PART_OPEN, PartState
from agencies.types import EntryKind
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotPermitted, RuleViolated, TransitionRefused, Violation

ANSWER_DUE = "LpcoAnswerDue"
ANSWER_HOURS, ANSWER_HOURS_MAX = 72, 720
CONSEQUENCE_LENGTH, REASON_LENGTH, LAW_LENGTH = 300, 500, 200


def part_claim(*, actor: Actor, part_id: UUID) -> None:
    """Take a part in hand, or give it back to the agency's pool when it is one's own. Raises NotFound."""
    with unit_of_work() as work:
        part = part_of_agency(work, part_id, actor)
        if PartState(part.state) not in PART_OPEN:
            raise TransitionRefused("This part is decided.")
        if part.owner not in ("", actor.label):
            raise TransitionRefused("Another officer has it in hand.")
        part.owner = "" if part.owner else actor.label
        part.save(update_fields=["owner"])


def part_query(
    *, actor: Actor, part_id: UUID, text: str, element: str = "", hours: int = ANSWER_HOURS, consequence: str
) -> None:
    """Ask the applicant; the agency's clock stands until the answer or the deadline.

    Locks: its proposal, then the part.

    Source: docs/rules/agencies.md, AG-063, AG-069.

    Raises:
        NotFound: the part is another agency's.
        TransitionRefused: it is not under review.
        RuleViolated: AG-069, question, deadline or consequence are missing or out of bounds.
    """
    with unit_of_work() as work:
        part = part_of_agency(work, part_id, actor, outdate="The agency asked the applicant.")
        PART.next_state("query", part.state)
        checks = (
            ("/text", 0 < len(text.strip()) <= TEXT_LENGTH, f"Write the question, in {TEXT_LENGTH} characters."),
            ("/element", len(element.strip()) <= 100, "Name one element."),
            ("/hours", 1 <= hours <= ANSWER_HOURS_MAX, f"Leave 1 to {ANSWER_HOURS_MAX} hours."),
            (
                "/consequence",
                0 < len(consequence.strip()) <= CONSEQUENCE_LENGTH,
                "Say what happens without an answer.",
            ),
        )
        findings = [Violation("AG-069", pointer, sentence) for pointer, holds, sentence in checks if not holds]
        if findings:
            raise RuleViolated(violations=findings)
        now = clock.now()
        deadline = now + timedelta(hours=hours)
        part.proposed_by, part.order = "", None
        part_step(
            work,
            part,
            "query",
            kind=EntryKind.QUERY,
            actor=actor,
            at=now,
            text=text.strip(),
            element=element.strip(),
            deadline=deadline,
            consequence=consequence.strip(),
        )
        payload = {"clock": part.clock_number}
        queue(work, ANSWER_DUE, subject_id=str(part.pk), payload=payload, not_before=deadline, actor=actor)


def part_refuse(*, actor: Actor, part_id: UUID, reason: str, law: str) -> None:
    """Refuse a part, with the reason and the law.

    Locks: its proposal, then the part.

    Source: docs/rules/agencies.md, AG-065, AG-069.

    Raises:
        NotFound: the part is another agency's.
        NotPermitted: AG-065, the actor wrote the application.
        TransitionRefused: it is not under review.
        RuleViolated: AG-069, reason or law are missing.
    """
    with unit_of_work() as work:
        part = part_of_agency(work, part_id, actor, outdate="The agency refused the application.")
        PART.next_state("refuse", part.state)
        if actor.label in part.application.authors:
            raise NotPermitted("You wrote this application; another officer decides it (AG-065).")
        checks = (
            ("/reason", 0 < len(reason.strip()) <= REASON_LENGTH, "Give the reason."),
            ("/law", 0 < len(law.strip()) <= LAW_LENGTH, "Name the law."),
        )
        findings = [Violation("AG-069", pointer, sentence) for pointer, holds, sentence in checks if not holds]
        if findings:
            raise RuleViolated(violations=findings)
        now = clock.now()
        part.reason, part.law, part.decided_by, part.decided_at = reason.strip(), law.strip(), actor.label, now
        part.proposed_by, part.order = "", None
        part_step(work, part, "refuse", kind=EntryKind.REFUSED, actor=actor, at=now, text=reason.strip())
