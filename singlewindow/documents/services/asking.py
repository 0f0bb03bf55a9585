"""The one way to ask a trader for a document or an element: refused when it is here, and counted in the register.

Source: docs/rules/documents.md, OO-001 to OO-004 (domain.md F11, F12, F25, N11).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from singlewindow.accounts.selectors import organisations_of_agency
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.documents.models import Ask
from singlewindow.documents.rules.once import Decision, ask_decide, elements, exception_of
from singlewindow.documents.selectors.documents import document_held
from singlewindow.documents.states import TAKEN, AskOutcome
from singlewindow.documents.types import AskSubject, DocumentInfo
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.reference.selectors import profile
from singlewindow.reference.types import OnceOnlyScheme

COLUMNS = (
    "declaration_id",
    "direction",
    "code",
    "agency",
    "law",
    "exception",
    "outcome",
    "document_id",
    "asked_by",
    "asked_at",
)
HOLDER_SQL = """
INSERT INTO documents_originalask (id, declaration_id, mrn, code, holder, agency, asked_by, asked_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (declaration_id, code, agency) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and what became of it."""

    code: str
    agency: str
    exception: str
    decision: Decision
    held: DocumentInfo | None

    @property
    def taken(self) -> bool:
        """Whether it is asked of anybody."""
        return self.decision.outcome in TAKEN


class AlreadyHeld(Conflict):
    """What is asked for is here; the source is named in `violations`."""

    code = "ALREADY_HELD"
    title = "The window holds this already"

    def __init__(self, subject: AskSubject, actor: Actor, asked: Sequence[Asked]) -> None:
        refused = [one for one in asked if not one.taken]
        code = "NOT_ASKED_FOR" if all(one.decision.outcome is AskOutcome.EXEMPT for one in refused) else self.code
        super().__init__(
            " ".join(_sentence(one) for one in refused),
            violations=[_violation(one) for one in refused],
            code=code,
        )
        self.subject, self.actor, self.refused = subject, actor, refused


def element_ask(
    work: Work, actor: Actor, subject: AskSubject, codes: Sequence[str], *, agency: str, exception: str = ""
) -> list[Asked]:
    """Ask for documents or elements of a declaration; every request of every body goes this way.

    Returns one answer a code; where the original is with another body, that body is asked and the trader is not.

    Raises:
        AlreadyHeld: OO-001, OO-002; nothing is asked, and the caller records the refusal with `ask_refusal_record`
            after its own work was undone.
        RuleViolated: OO-004, the exception is none that is published; a code is no element of the register.
    """
    scheme = profile(clock.today()).once_only
    _known(scheme, codes, exception)
    asked = [_decided(scheme, subject, code, agency, exception) for code in dict.fromkeys(codes)]
    if not all(one.taken for one in asked):
        raise AlreadyHeld(subject, actor, asked)
    _write(work, actor, subject, asked, Verb.ELEMENT_ASKED)
    for one in asked:
        if one.decision.holder:
            _holder_ask(work, actor, subject, one)
    return asked


def ask_refusal_record(refused: AlreadyHeld) -> None:
    """Count a refused request in the register, in a transaction of its own."""
    with unit_of_work() as work:
        _write(work, refused.actor, refused.subject, refused.refused, Verb.ELEMENT_ASK_REFUSED)


def _known(scheme: OnceOnlyScheme | None, codes: Sequence[str], exception: str) -> None:
    found = [
        Violation("OO-004", "/codes", f"{code[:12]} is not in the register of elements.", "Choose one of the register.")
        for code in codes
        if code not in elements()
    ]
    if exception and (scheme is None or exception_of(scheme, exception) is None):
        remedy = "Name one of the published exceptions, or none."
        found.append(Violation("OO-004", "/exception", "There is no such published exception.", remedy, exception[:16]))
    if found:
        raise RuleViolated(found[0].message, violations=found)


def _decided(scheme: OnceOnlyScheme | None, subject: AskSubject, code: str, agency: str, exception: str) -> Asked:
    held = document_held(subject, code) if elements()[code].kind == "document" else None
    here = held is not None or code in subject.elements
    decision = ask_decide(scheme, code=code, direction=subject.direction, agency=agency, exception=exception, held=here)
    return Asked(code, agency, exception, decision, held)


def _write(work: Work, actor: Actor, subject: AskSubject, asked: Sequence[Asked], verb: Verb) -> None:
    now = clock.now()
    work.insert(
        Ask,
        COLUMNS,
        [
            (
                subject.declaration_id,
                subject.direction,
                one.code,
                one.agency,
                elements()[one.code].law,
                one.exception,
                one.decision.outcome.value,
                one.held.id if one.held else None,
                actor.label,
                now,
            )
            for one in asked
        ],
    )
    for one in asked:
        told = {"mrn": subject.mrn, "element": one.code, "agency": one.agency, "outcome": one.decision.outcome.value}
        event_record(
            work,
            actor=actor,
            verb=verb,
            subject_type="declaration",
            subject_id=str(subject.declaration_id),
            data=told | {"exception": one.exception, "rule": one.decision.rule, "holder": one.decision.holder},
        )


def _holder_ask(work: Work, actor: Actor, subject: AskSubject, one: Asked) -> None:
    """The body that holds the original is asked, once however often; a copy from the trader is enough (F25)."""
    row = (uuid7(), subject.declaration_id, subject.mrn, one.code, one.decision.holder, one.agency, actor.label)
    if not work.execute(HOLDER_SQL, [*row, clock.now()]):
        return
    party_event_publish(
        work,
        organisation_ids=organisations_of_agency(one.decision.holder),
        type="original.asked",
        subject_id=str(subject.declaration_id),
        data={"mrn": subject.mrn, "element": one.code, "asked_by": one.agency},
    )


def _sentence(one: Asked) -> str:
    name = elements()[one.code].name
    if one.decision.outcome is AskOutcome.EXEMPT:
        return f"{name} ({one.code}) is not asked for in this direction."
    if one.held is None:
        return f"{name} ({one.code}) stands in the declaration."
    return f"{name} ({one.code}) is here: {one.held.reference}, given on {one.held.given_at:%Y-%m-%d}."


def _violation(one: Asked) -> Violation:
    source = f"document:{one.held.id};given_at:{one.held.given_at.isoformat()}" if one.held else ""
    if one.decision.outcome is AskOutcome.HELD and one.held is None:
        source = "declaration"
    remedy = "Read what is here, or name a published exception with its law."
    return Violation(one.decision.rule, f"/codes/{one.code}", _sentence(one), remedy, one.code, source)
