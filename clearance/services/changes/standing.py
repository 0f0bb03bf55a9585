"""Where a declaration stands when a change is asked for, what the change would break, and what it would cost."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from agencies.selectors import holds_for
from agencies.states import HoldState
from agencies.types import PERMIT_KINDS
from clearance.models import Case
from clearance.rules.changes import Ruling, Stage, Way, amendment_ruling, invalidation_ruling
from clearance.states import ControlState
from declarations.schemas import DeclarationMessage, in_message_order
from declarations.services.authority import filing_for
from declarations.services.changes import Asked, Money
from declarations.services.checks import message_checked
from declarations.services.contents import amendment_findings
from declarations.states import LegalState
from declarations.types import ChangeKind, DeclarationHead, DeclarationSnapshot
from fees.selectors import fiscal_status
from fees.selectors.remissions import remitted_of
from fees.services import quote_make
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.money import to_minor
from singlewindow.reference.selectors import profile

REASON_MAX = 2000
LEDGER_RULES = frozenset({"CA-010", "CA-012"})
"""Asked of the room beside what the declaration itself holds; the ledger asks again when it takes the difference."""
UNANNOUNCED = frozenset({ControlState.NONE.value, ControlState.SELECTED.value})
"""A choice before arrival is told to nobody, so it stands against nothing."""


def check_announced(head: DeclarationHead) -> bool:
    """Whether customs or another agency told that it checks, or has checked.

    A permit that is missing is no check: naming it is what the declarant is asked to do.

    Source: CH-STG-03.
    """
    state = Case.objects.filter(pk=head.id).values_list("control_state", flat=True).first()
    if state is not None and state not in UNANNOUNCED:
        return True
    return any(
        hold.state is HoldState.UPHELD or (hold.kind not in PERMIT_KINDS and hold.state is not HoldState.WITHDRAWN)
        for hold in holds_for(head.id)
    )


def ruling_for(head: DeclarationHead, asked: Asked, at: datetime) -> Ruling:
    """Who decides what is asked, by the profile in force; what is not taken at all is refused here.

    Raises:
        TransitionRefused: CH-END-01, the declaration has ended.
        RuleViolated: CH-STG-05, CH-INV-05, the time is over; CH-INV-04, evidence is missing.
    """
    country = profile(at.date())
    stage = Stage(legal=head.legal_state, announced=check_announced(head), released_at=head.released_at, at=at)
    if asked.kind is ChangeKind.INVALIDATE:
        ruling = invalidation_ruling(
            stage,
            after_release=timedelta(days=country.invalidation_days_after_release),
            automatic=country.invalidation_automatic_when_accepted,
            evidence=asked.evidence,
        )
    else:
        ruling = amendment_ruling(stage, after_release=timedelta(days=country.amendment_days_after_release))
    _refuse(ruling, head)
    return ruling


def _refuse(ruling: Ruling, head: DeclarationHead) -> None:
    if ruling.way is Way.ENDED:
        raise TransitionRefused(f"A declaration in state {head.legal_state} cannot be changed this way.")
    if ruling.way is Way.LATE:
        message = "The time in which this could be asked after release is over."
        raise RuleViolated(violations=[Violation(ruling.rule, "", message, "Ask customs for an appeal.")])
    if ruling.way is Way.EVIDENCE:
        message = "After release a declaration is invalidated only when the goods came back."
        raise RuleViolated(violations=[Violation(ruling.rule, "/evidence", message, "Say what shows that they did.")])


def text_violations(asked: Asked) -> Iterable[Violation]:
    """What is wrong with the reason and the evidence (CH-REA-01)."""
    if not asked.reason.strip() or len(asked.reason) > REASON_MAX:
        message = f"Give the reason, in {REASON_MAX} characters at most."
        yield Violation("CH-REA-01", "/reason", message, "Say why the declaration is to be changed.")
    if len(asked.evidence) > REASON_MAX:
        yield Violation("CH-REA-01", "/evidence", f"At most {REASON_MAX} characters.", "Shorten it.")


def amendment_checked(
    snapshot: DeclarationSnapshot,
    message: DeclarationMessage,
    actor: Actor,
    at: datetime,
    *,
    by_declarant: bool = True,
) -> None:
    """Ask everything of new content at once: what an amendment may change, the rules of lodgement, and the mandate.

    After acceptance what the present content breaks too, because data ended since, is not held against the new one.

    Raises:
        NotPermitted: DL-AUT, a party gave no mandate.
        RuleViolated: everything that is broken.
    """
    if by_declarant:
        filing_for(message, actor, at)
    accepted = snapshot.legal_state is not LegalState.REGISTERED
    found = list(amendment_findings(snapshot.message, message.without_access_codes(), same_goods=accepted))
    if not any(violation.rule == "CH-NIL-01" for violation in found):
        broken = _broken(message, actor, at)
        if accepted and broken:
            known = {(violation.rule, violation.value) for violation in _broken(snapshot.message, actor, at)}
            broken = [one for one in broken if (one.rule, one.value) not in known and one.rule not in LEDGER_RULES]
        found += broken
    if found:
        count = len(found)
        text = found[0].message if count == 1 else f"The amendment breaks rules in {count} places."
        raise RuleViolated(text, violations=in_message_order(found))


def _broken(message: DeclarationMessage, actor: Actor, at: datetime) -> list[Violation]:
    try:
        message_checked(message, actor, at)
    except RuleViolated as refusal:
        return list(refusal.violations)
    return []


def money_of(snapshot: DeclarationSnapshot, message: DeclarationMessage | None, at: datetime) -> Money:
    """What the declaration owes, and what it would owe with other content (nothing when it is invalidated).

    At the rates of acceptance, once it is accepted. What cannot be worked out is left out.
    """
    moment = snapshot.accepted_at or at
    status = fiscal_status(snapshot.id)
    currency, before = status.currency, status.total_minor if status.currency else None
    if before is None:
        before, currency = _quoted(snapshot.message, moment, snapshot)
    if message is None:
        return Money(before_minor=before, after_minor=0 if before is not None else None, currency=currency)
    after, other = _quoted(message, moment, snapshot)
    return Money(before_minor=before, after_minor=after, currency=currency or other)


def _quoted(message: DeclarationMessage, at: datetime, of: DeclarationSnapshot) -> tuple[int | None, str]:
    """Under the tariff that the declaration was assessed with, once it was (FE-TAR-07)."""
    try:
        assessment = quote_make(message, at=at, declaration_id=of.id if of.accepted_at else None).assessment
    except (RuleViolated, NotFound):
        return None, ""
    less = remitted_of(of.id, assessment) if of.accepted_at else 0
    return to_minor(assessment.total, assessment.currency) - less, assessment.currency
