"""The write-off of permits at acceptance: each need is answered, and what is used is set aside."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from agencies.models import LpcoNeed, WriteOff
from agencies.rules import citations_of, requirements_of
from agencies.selectors import permits_named, requirement_index
from agencies.services.certificates import certificates_cite
from agencies.services.disclaimers import disclaimers_draw
from agencies.services.ledger import TAKE_SQL, WRITE_OFF_COLUMNS
from agencies.services.needs import claims_of, need_outcome, with_requirement
from agencies.types import LpcoState, PermitOutcome
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work

NEED_COLUMNS = (
    "declaration_id",
    "version",
    "item",
    "agency",
    "code",
    "requirement_id",
    "permit_id",
    "permit_number",
    "quantity",
    "remaining",
    "unit",
    "state",
)


def permits_reserve(work: Work, snapshot: DeclarationSnapshot, *, actor: Actor, at: datetime) -> list[PermitOutcome]:
    """Set aside what a declaration uses of its permits, and record what came of every need for one.

    Belongs into the transaction that accepts the declaration: what it reserves falls with it.

    Locks: the permits, one by one in the order of their ids, so that crossed declarations wait and never deadlock.

    Source: docs/rules/agencies.md, AG-010 to AG-014, AG-020 to AG-022, AG-080, AG-090
    (Regulation 2022/2399, quantity management).

    Raises:
        IntegrityError: the same version was reserved before; acceptance happens once.
    """
    message, on, index = snapshot.message, at.date(), requirement_index()
    needs = [need for need in requirements_of(message, index, on) if need.requirement.lpco_code]
    citations = citations_of(message)
    outcomes: list[PermitOutcome] = []
    if needs or citations:
        permits = permits_named((citation.code, citation.number) for citation in citations)
        claims = claims_of(citations, permits, message, on)
        granted = _take_all(work, claims, on)
        remaining = _remaining(work, {claim.permit_id for claim in claims if claim not in granted})
        outcomes = [_decided(claim, claim in granted, remaining) for claim in claims]
        for need in needs:
            outcome = need_outcome(need, claims, message, permits, index, on)
            if outcome is not None:
                outcomes.append(outcome)
        outcomes = [with_requirement(outcome, needs) for outcome in outcomes]
        outcomes = disclaimers_draw(work, snapshot, outcomes, index, actor=actor, at=at)
    outcomes += certificates_cite(work, snapshot, index, actor=actor, at=at)
    if outcomes:
        _record(work, snapshot, outcomes, actor=actor, at=at)
    return outcomes


def _take_all(work: Work, claims: Sequence[PermitOutcome], on: date) -> list[PermitOutcome]:
    """Take from each permit what all its items need; where that is too much, item by item while it lasts."""
    by_permit: dict[UUID, list[PermitOutcome]] = defaultdict(list)
    for claim in claims:
        if claim.state is LpcoState.RESERVED and claim.permit_id is not None and claim.quantity is not None:
            by_permit[claim.permit_id].append(claim)
    granted: list[PermitOutcome] = []
    for permit_id in sorted(by_permit):
        wanted = by_permit[permit_id]
        if _take(work, permit_id, sum((_asked(claim) for claim in wanted), Decimal(0)), on, _value(wanted)):
            granted += wanted
        elif len(wanted) > 1:
            granted += [one for one in wanted if _take(work, permit_id, _asked(one), on, one.value)]
    return granted


def _asked(claim: PermitOutcome) -> Decimal:
    return claim.quantity or Decimal(0)


def _value(claims: Sequence[PermitOutcome]) -> Decimal:
    return sum((claim.value for claim in claims), Decimal(0))


def _take(work: Work, permit_id: UUID, quantity: Decimal, on: date, value: Decimal) -> bool:
    return work.execute(TAKE_SQL, {"permit": permit_id, "quantity": quantity, "value": value, "on": on}) == 1


def _remaining(work: Work, permit_ids: set[UUID | None]) -> dict[UUID, tuple[Decimal, bool]]:
    """What is left of permits that could not give, and whether they may still be used, read after the refusal."""
    ids = sorted(permit_id for permit_id in permit_ids if permit_id is not None)
    if not ids:
        return {}
    rows = work.fetch(
        "SELECT id, quantity * (1 + tolerance) - used, state IN ('issued', 'exhausted') "
        "FROM agencies_permit WHERE id = ANY(%s::uuid[])",
        [[str(permit_id) for permit_id in ids]],
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _decided(claim: PermitOutcome, granted: bool, remaining: dict[UUID, tuple[Decimal, bool]]) -> PermitOutcome:
    if granted or claim.permit_id is None or claim.permit_id not in remaining:
        return claim
    left, usable = remaining[claim.permit_id]
    state = LpcoState.EXHAUSTED if usable and claim.state is LpcoState.RESERVED else LpcoState.INVALID
    return replace(claim, state=state, remaining=left)


def _record(
    work: Work, snapshot: DeclarationSnapshot, outcomes: Sequence[PermitOutcome], *, actor: Actor, at: datetime
) -> None:
    reserved = [o for o in outcomes if o.state is LpcoState.RESERVED]
    work.insert(
        LpcoNeed,
        NEED_COLUMNS,
        [
            (
                snapshot.id,
                snapshot.version,
                o.item,
                o.agency,
                o.code,
                o.requirement_id,
                o.permit_id,
                o.permit_number,
                o.quantity,
                o.remaining,
                o.unit,
                o.state.value,
            )
            for o in outcomes
        ],
    )
    work.insert(
        WriteOff,
        WRITE_OFF_COLUMNS,
        [
            (o.permit_id, snapshot.id, o.item, snapshot.version, "reserve", o.quantity, o.value, at, actor.label, "")
            for o in reserved
        ],
    )
    for outcome in reserved:
        event_record(
            work,
            actor=actor,
            verb=Verb.PERMIT_RESERVED,
            subject_type="permit",
            subject_id=str(outcome.permit_id),
            data={
                "mrn": snapshot.mrn,
                "item": outcome.item,
                "quantity": format(_asked(outcome), "f"),
                "unit": outcome.unit,
            },
            at=at,
        )
