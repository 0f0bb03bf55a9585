"""What came of each need of a declaration for a permit: claimed, waived, missing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from agencies.rules import (
    Citation,
    RequirementIndex,
    citation_findings,
    covered,
    disclaimer_applies,
    goods_value,
    quantity_of,
    waiver_of,
)
from agencies.types import ItemRequirement, LpcoState, PermitInfo, PermitOutcome
from declarations.schemas import DeclarationMessage
from singlewindow.kernel.money import Money, quantize
from singlewindow.reference.selectors import exchange_rate, profile

Permits = dict[tuple[str, str], PermitInfo]


def claims_of(
    citations: Iterable[Citation],
    permits: Permits,
    message: DeclarationMessage,
    on: date,
) -> list[PermitOutcome]:
    """What is asked of each permit by each item; a permit that may not be used is marked invalid."""
    asked: dict[tuple[int, str, str], PermitOutcome] = {}
    for citation in citations:
        permit = permits.get((citation.code, citation.number))
        if permit is None:
            continue
        usable = not any(citation_findings(citation, permit, message, on))
        claim = PermitOutcome(
            item=citation.item,
            agency=permit.agency,
            code=permit.code,
            state=LpcoState.RESERVED if usable else LpcoState.INVALID,
            permit_number=permit.number,
            permit_id=permit.id,
            quantity=quantity_of(citation, permit, message),
            remaining=permit.remaining,
            unit=permit.unit,
            value=value_of(citation, permit, message, on) if usable else Decimal(0),
        )
        key = (citation.item, citation.code, citation.number)
        before = asked.get(key)
        if before is not None and before.quantity is not None and claim.quantity is not None:
            claim = replace(claim, quantity=before.quantity + claim.quantity, value=before.value)
        asked[key] = claim
    return list(asked.values())


def value_of(citation: Citation, permit: PermitInfo, message: DeclarationMessage, on: date) -> Decimal:
    """What the goods take of a permit limited by value, in its currency at the rate of the day; else nothing."""
    if permit.value_limit is None:
        return Decimal(0)
    values = [goods_value(item) for item in covered(permit, message, citation.goods)]
    total = sum((_in(value, permit.currency, on) for value in values if value is not None), Decimal(0))
    return quantize(total, permit.currency)


def _in(value: Money, currency: str, on: date) -> Decimal:
    if value.currency == currency:
        return value.amount
    own = profile(on).currency
    amount = value.amount if value.currency == own else value.amount / exchange_rate(value.currency, on).rate
    return amount if currency == own else amount * exchange_rate(currency, on).rate


def need_outcome(
    need: ItemRequirement,
    claims: Sequence[PermitOutcome],
    message: DeclarationMessage,
    permits: Permits,
    index: RequirementIndex,
    on: date,
) -> PermitOutcome | None:
    """A need that no permit answers: waived or missing; nothing where a claim speaks for it."""
    requirement = need.requirement
    for claim in claims:
        if claim.code != requirement.lpco_code:
            continue
        if claim.item == need.item:
            return None
        if claim.item == 0:
            permit = permits[claim.code, claim.permit_number]
            if any(item.number == need.item for item in covered(permit, message, message.items)):
                return None
    waiver = waiver_of(message, need)
    code = next((item.commodity_code or "" for item in message.items if item.number == need.item), "")
    if waiver and not disclaimer_applies(index.disclaimers.get(waiver), code, on):
        waiver = ""
    return PermitOutcome(
        item=need.item,
        agency=requirement.agency,
        code=requirement.lpco_code,
        state=LpcoState.WAIVED if waiver else LpcoState.MISSING,
        unit=requirement.unit,
        requirement_id=requirement.id,
        waiver=waiver,
    )


def with_requirement(outcome: PermitOutcome, needs: Sequence[ItemRequirement]) -> PermitOutcome:
    """The outcome with the requirement that it answers."""
    if outcome.requirement_id is not None:
        return outcome
    ids = (
        need.requirement.id
        for need in needs
        if need.requirement.lpco_code == outcome.code and outcome.item in (0, need.item)
    )
    return replace(outcome, requirement_id=next(ids, None))
