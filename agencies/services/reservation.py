"""The write-off of permits: reserved at acceptance, consumed at release, given back when that falls away."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from agencies.models import LpcoNeed, WriteOff
from agencies.rules import Citation, citation_findings, citations_of, covered, quantity_of, requirements_of, waived
from agencies.selectors import permits_named, requirement_index
from agencies.types import ItemRequirement, LpcoState, PermitInfo, PermitOutcome
from declarations.schemas import DeclarationMessage
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work

TAKE_SQL = """
UPDATE agencies_permit SET used = used + %(quantity)s,
    state = CASE WHEN used + %(quantity)s = quantity * (1 + tolerance) THEN 'exhausted' ELSE state END
WHERE id = %(permit)s AND state = 'issued' AND valid_from <= %(on)s AND valid_to >= %(on)s
  AND used + %(quantity)s <= quantity * (1 + tolerance)
"""
"""The guard: whoever comes second sees what the first left, because the row is read again after the wait."""

LOCK_SQL = """
SELECT id FROM agencies_permit
WHERE id IN (SELECT permit_id FROM agencies_writeoff WHERE declaration_id = %s AND kind = 'reserve')
ORDER BY id FOR NO KEY UPDATE
"""

CONSUME_SQL = """
INSERT INTO agencies_writeoff (permit_id, declaration_id, item, version, kind, quantity, at, actor, reason)
SELECT permit_id, declaration_id, item, version, 'consume', quantity, %(at)s, %(actor)s, ''
FROM agencies_writeoff r WHERE declaration_id = %(declaration)s AND kind = 'reserve' AND NOT EXISTS (
    SELECT FROM agencies_writeoff o WHERE o.declaration_id = r.declaration_id AND o.permit_id = r.permit_id
      AND o.item = r.item AND o.version = r.version AND o.kind IN ('consume', 'free'))
RETURNING permit_id, quantity
"""

FREE_SQL = """
WITH back AS (
    INSERT INTO agencies_writeoff (permit_id, declaration_id, item, version, kind, quantity, at, actor, reason)
    SELECT permit_id, declaration_id, item, version, 'free', quantity, %(at)s, %(actor)s, ''
    FROM agencies_writeoff r WHERE declaration_id = %(declaration)s AND kind = 'reserve' AND NOT EXISTS (
        SELECT FROM agencies_writeoff o WHERE o.declaration_id = r.declaration_id AND o.permit_id = r.permit_id
          AND o.item = r.item AND o.version = r.version AND o.kind = 'free')
    RETURNING permit_id, quantity)
UPDATE agencies_permit p SET used = used - b.quantity,
    state = CASE WHEN state = 'exhausted' THEN 'issued' ELSE state END
FROM (SELECT permit_id, sum(quantity) AS quantity FROM back GROUP BY permit_id) b
WHERE p.id = b.permit_id RETURNING p.id, b.quantity
"""

WRITE_OFF_COLUMNS = ("permit_id", "declaration_id", "item", "version", "kind", "quantity", "at", "actor", "reason")
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

    Source: docs/rules/agencies.md, AG-010, AG-011, AG-020 to AG-022 (Regulation 2022/2399, quantity management).

    Raises:
        IntegrityError: the same version was reserved before; acceptance happens once.
    """
    message, on = snapshot.message, at.date()
    needs = [need for need in requirements_of(message, requirement_index(), on) if need.requirement.lpco_code]
    citations = citations_of(message)
    if not needs and not citations:
        return []
    permits = permits_named((citation.code, citation.number) for citation in citations)
    claims = _claims(citations, permits, message, on)
    granted = _take_all(work, claims, on)
    remaining = _remaining(work, {claim.permit_id for claim in claims if claim not in granted})
    outcomes = [_decided(claim, claim in granted, remaining) for claim in claims]
    outcomes += [outcome for need in needs if (outcome := _need_outcome(need, claims, message, permits)) is not None]
    outcomes = [_with_requirement(outcome, needs) for outcome in outcomes]
    _record(work, snapshot, outcomes, actor=actor, at=at)
    return outcomes


def _claims(
    citations: Iterable[Citation],
    permits: dict[tuple[str, str], PermitInfo],
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
        )
        key = (citation.item, citation.code, citation.number)
        before = asked.get(key)
        if before is not None and before.quantity is not None and claim.quantity is not None:
            claim = replace(claim, quantity=before.quantity + claim.quantity)
        asked[key] = claim
    return list(asked.values())


def _take_all(work: Work, claims: Sequence[PermitOutcome], on: date) -> list[PermitOutcome]:
    """Take from each permit what all its items need; where that is too much, item by item while it lasts."""
    by_permit: dict[UUID, list[PermitOutcome]] = defaultdict(list)
    for claim in claims:
        if claim.state is LpcoState.RESERVED and claim.permit_id is not None and claim.quantity is not None:
            by_permit[claim.permit_id].append(claim)
    granted: list[PermitOutcome] = []
    for permit_id in sorted(by_permit):
        wanted = by_permit[permit_id]
        if _take(work, permit_id, sum((_asked(claim) for claim in wanted), Decimal(0)), on):
            granted += wanted
        elif len(wanted) > 1:
            granted += [claim for claim in wanted if _take(work, permit_id, _asked(claim), on)]
    return granted


def _asked(claim: PermitOutcome) -> Decimal:
    return claim.quantity or Decimal(0)


def _take(work: Work, permit_id: UUID, quantity: Decimal, on: date) -> bool:
    return work.execute(TAKE_SQL, {"permit": permit_id, "quantity": quantity, "on": on}) == 1


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


def _need_outcome(
    need: ItemRequirement,
    claims: Sequence[PermitOutcome],
    message: DeclarationMessage,
    permits: dict[tuple[str, str], PermitInfo],
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
    return PermitOutcome(
        item=need.item,
        agency=requirement.agency,
        code=requirement.lpco_code,
        state=LpcoState.WAIVED if waived(message, need) else LpcoState.MISSING,
        unit=requirement.unit,
        requirement_id=requirement.id,
    )


def _with_requirement(outcome: PermitOutcome, needs: Sequence[ItemRequirement]) -> PermitOutcome:
    if outcome.requirement_id is not None:
        return outcome
    ids = (
        need.requirement.id
        for need in needs
        if need.requirement.lpco_code == outcome.code and outcome.item in (0, need.item)
    )
    return replace(outcome, requirement_id=next(ids, None))


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
            (o.permit_id, snapshot.id, o.item, snapshot.version, "reserve", o.quantity, at, actor.label, "")
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


def permits_lock(work: Work, declaration_id: UUID) -> None:
    """Lock the permits that a declaration reserved, in the order of their ids.

    Release asks for this before it locks an account: permits come first everywhere, so that no two acts wait for
    each other.
    """
    work.fetch(LOCK_SQL, [declaration_id])


def permits_consume(work: Work, declaration_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Use up for good what a declaration reserved; belongs into the release transaction. Returns the entries made.

    Locks: its permits in the order of their ids; none when it reserved none.

    Idempotent: what is consumed or given back stays so.
    """
    return _settle(work, CONSUME_SQL, Verb.PERMIT_CONSUMED, declaration_id, actor=actor, at=at)


def permits_free(work: Work, declaration_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Give back what a declaration reserved, after its refusal or invalidation. Returns the permits given back to.

    Locks: its permits in the order of their ids; none when it reserved none.

    Idempotent: each reservation is given back once, whoever asks and how often.

    Source: docs/rules/agencies.md, AG-023.
    """
    return _settle(work, FREE_SQL, Verb.PERMIT_FREED, declaration_id, actor=actor, at=at)


def _settle(work: Work, sql: str, verb: Verb, declaration_id: UUID, *, actor: Actor, at: datetime) -> int:
    if not work.fetch(LOCK_SQL, [declaration_id]):
        return 0
    rows = work.fetch(sql, {"declaration": declaration_id, "at": at, "actor": actor.label})
    for permit_id, quantity in rows:
        event_record(
            work,
            actor=actor,
            verb=verb,
            subject_type="permit",
            subject_id=str(permit_id),
            data={"declaration": str(declaration_id), "quantity": format(quantity, "f")},
            at=at,
        )
    return len(rows)
