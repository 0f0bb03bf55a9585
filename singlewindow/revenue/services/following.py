"""What a change of a declaration does to the claims on it: they are worked out anew, or end with the reason.

Whoever changes a declaration takes its claims first (`claims_hold`), changes the debt, and lets the claims follow
(`claims_follow`, `claims_end`), all in one transaction: a claim is approved before the change or after it, never on
figures that stand no more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from fees.selectors.lines import debt_demands, demand_view
from fees.selectors.remissions import remissions_of, taxes_assessed
from fees.services.accounts import amount_text
from fees.states import DemandState
from fees.types import TaxKey
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.revenue.models import Claim, ClaimLine
from singlewindow.revenue.rules.following import Asking, Taking, cuts
from singlewindow.revenue.services.filing import claim_tell
from singlewindow.revenue.services.holding import claim_free, quantities_free, taxes_write
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.states import CLAIM, OPEN_CLAIMS, ClaimState
from singlewindow.revenue.types import ClaimKind

OPEN = [state.value for state in OPEN_CLAIMS]


@dataclass(frozen=True, slots=True)
class Held:
    """The open claims on a declaration, locked, and what was assessed of it before it is changed."""

    declaration_id: UUID
    claims: tuple[Claim, ...]
    assessed: Mapping[TaxKey, int] = field(default_factory=dict)


def claims_hold(work: Work, declaration_id: UUID) -> Held:
    """Take the open claims on a declaration, so that none of them is decided while it is changed.

    Locks: the claims, in the order of their ids; the caller holds the declaration and nothing below claims.

    Source: docs/rules/revenue.md, RV-CLM-11.
    """
    work.flush()
    own = Q(declaration_id=declaration_id) | Q(demand_id__in=debt_demands(declaration_id))
    rows = Claim.objects.select_for_update().filter(own, state__in=OPEN).order_by("pk")
    return Held(declaration_id, tuple(rows), taxes_assessed(declaration_id))


def claims_follow(work: Work, held: Held, *, reason: str, actor: Actor, at: datetime) -> None:
    """Work out anew what the claims on a declaration ask for, after its debt was assessed anew.

    What the new assessment gave back is not asked for any more; a claim for which nothing is left ends, and one that
    was verified on other figures is verified again. Whoever claims is told.

    Locks: the balances of the taxes; the caller holds the claims (`claims_hold`) and the fiscal status.

    Idempotent: where the figures did not change nothing happens.

    Source: RV-CLM-11, RV-CLM-09.

    Args:
        reason: what happened to the declaration, told to the claimants.

    Raises:
        RuleViolated: RV-CLM-09, the new assessment is below what was drawn back of a tax.
    """
    work.flush()
    after = taxes_assessed(held.declaration_id)
    changed = {key for key in {*held.assessed, *after} if held.assessed.get(key, 0) != after.get(key, 0)}
    if not changed:
        return
    states = [*OPEN, ClaimState.PAID.value]
    rows = ClaimLine.objects.filter(declaration_id=held.declaration_id, claim__state__in=states)
    lines = [one for one in rows.select_related("claim").order_by("claim_id", "pk") if _key(one) in changed]
    taking = _takings(held, after, lines, at)
    _drawn_stays(taking)
    cut = {pk: minor for one in taking.values() for pk, minor in cuts(one).items()}
    balances: defaultdict[tuple[int, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (item, tax_type, _), one in taking.items():
        paid, taken = balances[item, tax_type]
        left = sum(asking.minor - cut.get(asking.line, 0) for asking in one.asking)
        balances[item, tax_type] = (paid + one.after, taken + one.remitted_after + one.drawn + left)
    taxes_write(work, held.declaration_id, balances)
    for claim in held.claims:
        own = [one for one in lines if one.claim_id == claim.pk]
        if own:
            _follow(work, claim, cut, reason, actor, at)


def claims_end(work: Work, held: Held, *, reason: str, actor: Actor, at: datetime) -> None:
    """End the claims on a declaration that is invalidated: all that was paid for it came back by that.

    Locks: what the claims hold; the caller holds the claims.

    Idempotent: a claim ends once.

    Source: RV-CLM-11.
    """
    for claim in held.claims:
        demand = demand_view(claim.demand_id) if claim.demand_id else None
        if demand is None or demand.state != DemandState.OPEN.value:
            claim_free(work, claim)
            _lapse(work, claim, reason, actor, at)


def _takings(held: Held, after: Mapping[TaxKey, int], lines: Iterable[ClaimLine], at: datetime) -> dict[TaxKey, Taking]:
    """What stands against each tax that changed: what was remitted, what was drawn back, what is asked for."""
    bands, scheme = remissions_of(held.declaration_id), scheme_required(country_day(at))
    asking: defaultdict[TaxKey, list[Asking]] = defaultdict(list)
    drawn: defaultdict[TaxKey, int] = defaultdict(int)
    for line in lines:
        kind = ClaimKind(line.claim.kind)
        if line.claim.state in OPEN:
            ground = scheme.reason(line.claim.reason_code)
            waived = ground is not None and ground.waived
            asking[_key(line)].append(Asking(line.pk, line.asked_minor, kind is ClaimKind.DRAWBACK, waived))
        elif kind is ClaimKind.DRAWBACK:
            drawn[_key(line)] += line.approved_minor or 0
    return {
        key: Taking(
            key=key,
            before=held.assessed.get(key, 0),
            after=after.get(key, 0),
            bands=tuple(bands.get(key, ())),
            drawn=drawn[key],
            asking=tuple(asking[key]),
        )
        for key in dict.fromkeys(_key(line) for line in lines)
    }


def _drawn_stays(taking: Mapping[TaxKey, Taking]) -> None:
    """What was drawn back for goods that left again is not given back a second time (RV-CLM-09)."""
    found = [
        Violation(
            "RV-CLM-09",
            f"/items/{max(item - 1, 0)}",
            "Duty of this item was drawn back; what is owed for it cannot fall below that.",
            "Keep the item, and the quantity that left again.",
            tax_type,
        )
        for (item, tax_type, _), one in sorted(taking.items())
        if one.drawn > one.after - one.remitted_after
    ]
    if found:
        raise RuleViolated(violations=found)


def _follow(work: Work, claim: Claim, cut: Mapping[int, int], reason: str, actor: Actor, at: datetime) -> None:
    lines = list(ClaimLine.objects.filter(claim=claim).order_by("pk"))
    left = sum(line.asked_minor - cut.get(line.pk, 0) for line in lines)
    verified = claim.state == ClaimState.VERIFIED.value
    if not verified and left == sum(line.asked_minor for line in lines):
        return
    for line in lines:
        line.dropped_minor = line.claimed_minor - (line.asked_minor - cut.get(line.pk, 0))
        line.approved_minor = None
        line.save(update_fields=["dropped_minor", "approved_minor"])
    if not left:
        quantities_free(work, claim)
        _lapse(work, claim, reason, actor, at)
        return
    claim.approved_minor, claim.changed_at = None, at
    if verified:
        claim.state = CLAIM.next_state("recall", claim.state).value
    claim.save(update_fields=["state", "approved_minor", "changed_at"])
    asked = amount_text(left, claim.currency)
    claim_tell(work, claim, Verb.CLAIM_FOLLOWED, actor=actor, reason=reason, more={"asked": asked, "reason": reason})


def _lapse(work: Work, claim: Claim, reason: str, actor: Actor, at: datetime) -> None:
    claim.state, claim.changed_at = CLAIM.next_state("lapse", claim.state).value, at
    claim.approved_minor, claim.decision = None, reason
    claim.save(update_fields=["state", "changed_at", "approved_minor", "decision"])
    claim_tell(work, claim, Verb.CLAIM_LAPSED, actor=actor, reason=reason, more={"reason": reason})


def _key(line: ClaimLine) -> TaxKey:
    return (line.item, line.tax_type, line.authority)
