"""The final determination: what a provisional debt comes to, its interest and its security, in one entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from declarations.selectors import declaration_head
from fees.selectors.lines import Moved, debt_moved, debt_payer
from fees.services.accounts import amount_text
from fees.services.debts import Debt, debt_lock, debt_tell
from fees.services.demands import demand_make
from fees.services.finality import debt_fix
from fees.services.movements import Side, balance_lock, money_post
from fees.states import FISCAL, FiscalState
from fees.types import DemandKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.services.drawing import guarantee_convert, guarantee_free, guarantees_lock_for
from singlewindow.guarantees.types import Reservation
from singlewindow.jobs.services import queue
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.reference.selectors import profile
from singlewindow.revenue.models import Determination
from singlewindow.revenue.rules.determination import Covering, Owed, cover, determination_findings
from singlewindow.revenue.rules.interest import interest_on
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.types import Determined, FinalDebt, Interest

CUSTOMS = "CUS"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A provisional debt, locked, with everything that stands behind it."""

    debt: Debt
    final: FinalDebt
    moved: Moved
    held: tuple[Reservation, ...]
    interest: Interest
    balance_minor: int

    @property
    def reserved_minor(self) -> int:
        """What guarantees hold for it."""
        return sum(one.open_minor for one in self.held)

    @property
    def interest_minor(self) -> int:
        """Interest in minor units."""
        return to_minor(self.interest.amount, self.debt.currency)

    @property
    def owed(self) -> list[Owed]:
        """What each authority is still owed, or gives back, and the interest."""
        names = sorted({*self.final.due, *self.moved.authorities})
        parts = [Owed(name, False, self.final.due.get(name, 0) - self.moved.authorities.get(name, 0)) for name in names]
        return [part for part in [*parts, Owed(CUSTOMS, True, self.interest_minor)] if part.minor]


def lowered_alone(declaration_id: UUID, total_minor: int, final: FinalDebt, currency: str) -> bool:
    """Whether one officer may let a debt fall to this (RV-FIN-06).

    It falls from what was paid and secured, where that is more than the debt as declared: a dispute, a quota that is
    nearly used up.
    """
    moved = debt_moved(declaration_id)
    reserved = sum(one.open_minor for one in reserved_for(declaration_id))
    held = sum(moved.authorities.values()) + moved.security_minor + reserved
    return max(total_minor, held) - sum(final.due.values()) <= settings.SUSPENSE_ALONE_MOST.get(currency, 0)


def debt_determine(
    work: Work, *, declaration_id: UUID, final: FinalDebt, actor: Actor, at: datetime, agreed: bool = False
) -> Determined:
    """Fix a provisional debt for good: the difference, the interest and the security are settled in one entry.

    What was set aside pays first, then the prepaid account where it bears the whole rest. What nothing covers is
    demanded, and taken from the guarantee as far as it holds something; the rest of the guarantee is freed.

    Locks: the fiscal status, the guarantees, the prepaid account.

    Idempotent: a debt is determined once; asked again, the answer is what was determined.

    Source: docs/rules/revenue.md, RV-FIN-01 to RV-FIN-06 (domain.md F55; TFA 7.3).

    Args:
        agreed: whether a second officer agreed to it.

    Raises:
        NotPermitted: the actor may not determine debts.
        NotFound: nothing was assessed.
        TransitionRefused: the debt is not provisional.
        RuleViolated: RV-FIN-02, RV-FIN-03, or RV-FIN-06, it falls by more than one officer waives alone.
    """
    actor.require(Permission.DETERMINE_DEBT)
    payer_id = final.payer_id or debt_payer(declaration_id)
    if payer_id is None:
        raise NotFound("Nothing was assessed for this declaration.")
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=payer_id, at=at, actor=actor)
    known = Determination.objects.filter(declaration_id=declaration_id).first()
    if known is not None:
        return _answer(known)
    FISCAL.transition("make_final", debt.state)
    if debt.state is not FiscalState.SECURED:
        raise TransitionRefused("Only a debt that is secured and not yet fixed is determined (RV-FIN-01).")
    found = determination_findings(final, awaits_full_declaration=_awaits_full(declaration_id))
    by_hand = actor.kind is ActorKind.USER and not agreed  # the window itself determines by rule, as of a quota
    if not found and by_hand and not lowered_alone(declaration_id, debt.total_minor, final, debt.currency):
        sentence = "The debt falls by more than one officer waives alone."
        found.append(Violation("RV-FIN-06", "/due", sentence, "Propose it to a second officer."))
    if found:
        raise RuleViolated(violations=found)
    case = _case(work, debt, final, at)
    covering = cover(
        case.owed,
        aside_minor=case.moved.security_minor,
        balance_minor=case.balance_minor,
        reserved_minor=case.reserved_minor,
    )
    _post(work, case, covering)
    freed = _guarantee(work, case, covering)
    _demands(work, case, covering)
    debt_fix(work, debt, final.due)
    row = _write(case, covering, freed)
    _tell(work, case, row)
    queue(work, "DebtsFinal", subject_id=str(declaration_id), actor=actor)
    return _answer(row)


def _awaits_full(declaration_id: UUID) -> bool:
    """Whether it is a simplified declaration, which its full one settles."""
    try:
        head = declaration_head(declaration_id)
    except NotFound:
        return False
    scheme = profile(head.lodged_at.date()).two_step
    return scheme is not None and head.type_code[2] in scheme.simplified


def _case(work: Work, debt: Debt, final: FinalDebt, at: datetime) -> Case:
    guarantees_lock_for(work, debt.declaration_id)
    held = tuple(reserved_for(debt.declaration_id))  # as it stands under the lock
    balance = balance_lock(work, debt.payer_id, debt.currency)
    return Case(debt, final, debt_moved(debt.declaration_id), held, _interest(debt, final, at), balance)


def _interest(debt: Debt, final: FinalDebt, at: datetime) -> Interest:
    """Interest on what is owed more than was assessed, from the day after release to the day of determination."""
    on = country_day(at)
    scheme = scheme_required(on)
    more = max(sum(final.due.values()) - debt.total_minor, 0) if final.charge_interest else 0
    interest = interest_on(
        from_minor(more, debt.currency),
        debt.currency,
        first=final.interest_from or _released_on(debt, on) + DAY,
        last=on,
        rates=scheme.interest_rates,
        day_count=scheme.interest_day_count,
    )
    if interest.amount < scheme.interest_minimum:
        return Interest(interest.principal, interest.currency, interest.day_count, (), from_minor(0, debt.currency))
    return interest


def _released_on(debt: Debt, otherwise: date) -> date:
    try:
        released_at = declaration_head(debt.declaration_id).released_at
    except NotFound:
        return otherwise
    return country_day(released_at) if released_at else otherwise


def _post(work: Work, case: Case, covering: Covering) -> None:
    """The one entry: security out, each authority its part, the interest, and the rest from or to the account."""
    debt = case.debt
    sides = [Side("security", -case.moved.security_minor)]
    sides += [Side("authority", part.minor, authority=part.authority) for part in covering.paid]
    sides.append(Side("trader", -covering.account_minor, debt.payer_id))
    moved = [side for side in sides if side.amount_minor]
    if moved:
        money_post(
            work,
            source=f"final:{debt.declaration_id}",
            text=f"Final determination of {debt.mrn}",
            currency=debt.currency,
            sides=moved,
            actor=debt.actor,
            at=debt.at,
            declaration_id=debt.declaration_id,
            mrn=debt.mrn,
        )


def _guarantee(work: Work, case: Case, covering: Covering) -> int:
    """Take from the guarantees what nothing else covers, and free the rest; returns what was freed."""
    debt, left = case.debt, covering.called_minor
    reason = f"Final determination of {debt.mrn}"
    for purpose in dict.fromkeys(one.purpose for one in case.held):
        if left > 0:
            left -= guarantee_convert(
                work,
                subject_id=debt.declaration_id,
                purpose=purpose,
                amount_minor=left,
                actor=debt.actor,
                at=debt.at,
                reason=reason,
            )
    if not case.held:
        return 0
    return guarantee_free(work, subject_id=debt.declaration_id, actor=debt.actor, at=debt.at, reason=reason)


def _demands(work: Work, case: Case, covering: Covering) -> None:
    """Demand what nothing covered; what the guarantee answers for is called, the rest is asked of the payer."""
    debt, scheme = case.debt, scheme_required(country_day(case.debt.at))
    for part, kind in _kinds(covering):
        text = f"Interest on {debt.mrn}: {case.interest.formula}" if part.interest else f"Final duty of {debt.mrn}"
        demand_make(
            work,
            source=f"final:{debt.declaration_id}:{part.authority}:{kind.value}:{'i' if part.interest else 'd'}",
            kind=kind,
            organisation_id=debt.payer_id,
            authority=part.authority,
            amount_minor=part.minor,
            currency=debt.currency,
            text=text[:200],
            law=scheme.interest_law if part.interest else case.final.law or scheme.determination_law,
            subject_type="determination",
            subject_id=str(debt.declaration_id),
            event_on=country_day(debt.at),
            declaration_id=debt.declaration_id,
            actor=debt.actor,
            at=debt.at,
        )


def _kinds(covering: Covering) -> Iterator[tuple[Owed, DemandKind]]:
    for part in covering.called:
        yield part, DemandKind.GUARANTEE_CALL
    for part in covering.demanded:
        yield part, DemandKind.INTEREST if part.interest else DemandKind.DUTY


def _write(case: Case, covering: Covering, freed: int) -> Determination:
    debt = case.debt
    return Determination.objects.create(
        declaration_id=debt.declaration_id,
        mrn=debt.mrn,
        organisation_id=debt.payer_id,
        currency=debt.currency,
        provisional_minor=debt.total_minor,
        final_minor=sum(case.final.due.values()),
        interest_minor=case.interest_minor,
        interest=case.interest.plain,
        security_minor=case.moved.security_minor,
        freed_minor=freed,
        called_minor=covering.called_minor,
        account_minor=covering.account_minor,
        demanded_minor=sum(part.minor for part in covering.demanded),
        due=dict(case.final.due),
        reason=case.final.reason.strip(),
        law=case.final.law or scheme_required(country_day(debt.at)).determination_law,
        actor=debt.actor.label,
        at=debt.at,
    )


def _tell(work: Work, case: Case, row: Determination) -> None:
    def text(minor: int) -> str:
        return amount_text(minor, row.currency)

    more: dict[str, JsonValue] = {
        "state": FiscalState.FINAL.value,
        "total": text(row.final_minor),
        "provisional": text(row.provisional_minor),
        "delta": text(row.final_minor - row.provisional_minor),
        "interest": text(row.interest_minor),
        "formula": case.interest.formula,
        "from_security": text(row.security_minor),
        "from_account": text(row.account_minor),
        "freed": text(row.freed_minor),
        "called": text(row.called_minor),
        "demanded": text(row.demanded_minor + row.called_minor),
        "reason": row.reason,
        "law": row.law,
    }
    debt_tell(work, case.debt, Verb.DEBT_DETERMINED, "debt_determined", more)


def _answer(row: Determination) -> Determined:
    return Determined(
        declaration_id=row.declaration_id,
        final_minor=row.final_minor,
        delta_minor=row.final_minor - row.provisional_minor,
        interest_minor=row.interest_minor,
        security_minor=row.security_minor,
        freed_minor=row.freed_minor,
        called_minor=row.called_minor,
        account_minor=row.account_minor,
        demanded_minor=row.demanded_minor,
    )
