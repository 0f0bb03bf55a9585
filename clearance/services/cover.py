"""How the debt of each kind of declaration is covered in the transaction of its release. Nothing goes unsecured."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from clearance.services.disputes.standing import Disputed, dispute_secured
from clearance.services.two_step.obligations import is_simplified
from clearance.services.two_step.payment import full_declaration_cover
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.types import DeclarationHead, DeclarationSnapshot
from fees.selectors import security_due
from fees.services import account_debit, debt_secure
from fees.services.covering import debt_pay_and_secure, debt_secure_on
from fees.states import FiscalState
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.guarantees.selectors import drawing_of, security_asked
from singlewindow.guarantees.types import Drawing, Purpose
from singlewindow.revenue.services import debt_defer

DEFERRED_METHOD = "E"
"""Method of payment: deferred, on the monthly statement of an approval."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a declaration says of its payment, and what stands behind it."""

    methods: frozenset[str]
    drawing: Drawing | None
    """The guarantees of this country that it cited and proved; none where there are none."""
    extra_minor: int
    """What law asks to be secured beside the debt."""
    disputed: Disputed | None

    @property
    def secured(self) -> bool:
        """Whether the debt itself is to be secured, and can be."""
        return self.drawing is not None and security_asked(self.methods)


def debt_cover(work: Work, head: DeclarationHead, *, actor: Actor, at: datetime) -> FiscalState:
    """Cover what a declaration owes in the way that is declared; a part in dispute is secured and never paid.

    A simplified declaration is secured, on a cited guarantee or from the account; a full one is paid out of that
    security. Method E is deferred where an approval bears it. Methods R to V are secured on a cited guarantee. All
    others, and what nothing else bears, come from the prepaid account.

    Locks: the caller holds the declaration; a full one locks the obligation and the simplified declaration before the
    money. Then fiscal status, guarantee, deferment, account.

    Source: docs/rules/guarantees.md, GU-REL-01 to GU-REL-04; TS-01, TS-05, CL-REL-02.
    """
    payer = head.trader_org or head.lodged_by
    work.flush()
    asked = _asked(head)
    if is_simplified(head):
        return _simplified(work, head, asked, payer, actor, at)
    settled = full_declaration_cover(work, head, payer=payer, actor=actor, at=at)
    if settled is not None:
        return settled
    if asked.disputed is not None or (asked.extra_minor and not asked.secured):
        return _paid_and_secured(work, head, asked, payer, actor, at)
    if asked.secured and asked.drawing is not None:
        return _secured(work, head, asked, asked.drawing, Purpose.DEBT, payer, actor, at)
    if DEFERRED_METHOD in asked.methods:
        deferred = debt_defer(work, declaration_id=head.id, organisation_id=payer, actor=actor, at=at)
        if deferred is not None:
            return deferred.state
    return account_debit(work, declaration_id=head.id, organisation_id=payer, actor=actor, at=at).state


def _asked(head: DeclarationHead) -> Asked:
    snapshot = head if isinstance(head, DeclarationSnapshot) else declaration_snapshot(head.id)
    message = snapshot.message
    return Asked(
        methods=methods_of(message),
        drawing=drawing_of(message, declaration_id=head.id, holder_ids=head.parties, on=head.lodged_at.date())
        if message.guarantees
        else None,
        extra_minor=security_due(head.id),
        disputed=dispute_secured(snapshot),
    )


def methods_of(message: DeclarationMessage) -> frozenset[str]:
    """The methods of payment that the items of a message claim, in capital letters."""
    return frozenset(claim.method.upper() for item in message.items for claim in item.duty_claims if claim.method)


def _simplified(
    work: Work, head: DeclarationHead, asked: Asked, payer: UUID, actor: Actor, at: datetime
) -> FiscalState:
    if asked.drawing is not None:
        return _secured(work, head, asked, asked.drawing, Purpose.TWO_STEP, payer, actor, at)
    return debt_secure(work, declaration_id=head.id, organisation_id=payer, actor=actor, at=at).state


def _secured(
    work: Work,
    head: DeclarationHead,
    asked: Asked,
    drawing: Drawing,
    purpose: Purpose,
    payer: UUID,
    actor: Actor,
    at: datetime,
) -> FiscalState:
    return debt_secure_on(
        work,
        declaration_id=head.id,
        organisation_id=payer,
        drawing=replace(drawing, on=at.date()),
        purpose=purpose.value,
        extra={Purpose.SECURITY.value: asked.extra_minor},
        actor=actor,
        at=at,
    ).state


def _paid_and_secured(
    work: Work, head: DeclarationHead, asked: Asked, payer: UUID, actor: Actor, at: datetime
) -> FiscalState:
    """Pay the debt as declared; secure what is in dispute and what law asks beside it."""
    extra = {Purpose.SECURITY.value: asked.extra_minor}
    drawing = asked.drawing
    if asked.disputed is not None:
        extra |= asked.disputed.amounts
        drawing = asked.disputed.drawing
    return debt_pay_and_secure(
        work,
        declaration_id=head.id,
        organisation_id=payer,
        drawing=replace(drawing, on=at.date()) if drawing else None,
        extra={purpose: minor for purpose, minor in extra.items() if minor},
        actor=actor,
        at=at,
    ).state
