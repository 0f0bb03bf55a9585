"""The write-off of permits at acceptance: each need is answered, and what is used is set aside."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from agencies.models import LpcoNeed, WriteOff
from agencies.rules import citations_of, requirements_of
from agencies.selectors import law_and_permits
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

    Belongs into the transaction that accepts the declaration: what it reserves falls with it. A reservation is one
    statement: the conditional UPDATE of the permit, its entry in the ledger, the need that it answers and the event.

    Locks: the permits, one by one in the order of their ids, so that crossed declarations wait and never deadlock.

    Source: docs/rules/agencies.md, AG-010 to AG-014, AG-020 to AG-022, AG-080, AG-090
    (Regulation 2022/2399, quantity management).

    Raises:
        IntegrityError: the same version was reserved before; acceptance happens once.
    """
    message, on = snapshot.message, at.date()
    citations = citations_of(message)
    index, permits = law_and_permits((citation.code, citation.number) for citation in citations)
    needs = [need for need in requirements_of(message, index, on) if need.requirement.lpco_code]
    outcomes: list[PermitOutcome] = []
    if needs or citations:
        claims = [with_requirement(claim, needs) for claim in claims_of(citations, permits, message, on)]
        granted = _take_all(Reserving(snapshot, actor, at), claims)
        remaining = _remaining(work, {claim.permit_id for claim in claims if claim not in granted})
        outcomes = [_decided(claim, claim in granted, remaining) for claim in claims]
        for need in needs:
            outcome = need_outcome(need, claims, message, permits, index, on)
            if outcome is not None:
                outcomes.append(outcome)
        outcomes = disclaimers_draw(work, snapshot, outcomes, index, actor=actor, at=at)
    outcomes += certificates_cite(work, snapshot, index, actor=actor, at=at)
    _needs_record(work, snapshot, [one for one in outcomes if one.state is not LpcoState.RESERVED])
    return outcomes


@dataclass(frozen=True, slots=True)
class Reserving:
    """For which declaration permits are taken, by whom and when."""

    snapshot: DeclarationSnapshot
    actor: Actor
    at: datetime

    def take(self, permit_id: UUID, claims: Sequence[PermitOutcome]) -> bool:
        """Take from a permit what these items need, and record it; where that is too much, nothing."""
        rows = Work()  # its own, so that the permit's row is locked with what belongs to it and nothing else
        _needs_record(rows, self.snapshot, claims)
        self._ledger_record(rows, claims)
        quantity = sum((_asked(claim) for claim in claims), Decimal(0))
        value = sum((claim.value for claim in claims), Decimal(0))
        return _take(rows, permit_id, quantity, self.at.date(), value)

    def _ledger_record(self, rows: Work, claims: Sequence[PermitOutcome]) -> None:
        snapshot, label = self.snapshot, self.actor.label
        rows.insert(
            WriteOff,
            WRITE_OFF_COLUMNS,
            [
                (o.permit_id, snapshot.id, o.item, snapshot.version, "reserve", o.quantity, o.value, self.at, label, "")
                for o in claims
            ],
        )
        for claim in claims:
            quantity = format(_asked(claim), "f")
            event_record(
                rows,
                actor=self.actor,
                verb=Verb.PERMIT_RESERVED,
                subject_type="permit",
                subject_id=str(claim.permit_id),
                data={"mrn": snapshot.mrn, "item": claim.item, "quantity": quantity, "unit": claim.unit},
                at=self.at,
            )


def _take_all(reserving: Reserving, claims: Sequence[PermitOutcome]) -> list[PermitOutcome]:
    """Take from each permit what all its items need; where that is too much, item by item while it lasts."""
    by_permit: dict[UUID, list[PermitOutcome]] = defaultdict(list)
    for claim in claims:
        if claim.state is LpcoState.RESERVED and claim.permit_id is not None and claim.quantity is not None:
            by_permit[claim.permit_id].append(claim)
    granted: list[PermitOutcome] = []
    for permit_id in sorted(by_permit):
        wanted = by_permit[permit_id]
        if reserving.take(permit_id, wanted):
            granted += wanted
        elif len(wanted) > 1:
            granted += [one for one in wanted if reserving.take(permit_id, [one])]
    return granted


def _asked(claim: PermitOutcome) -> Decimal:
    return claim.quantity or Decimal(0)


def _take(rows: Work, permit_id: UUID, quantity: Decimal, on: date, value: Decimal) -> bool:
    """The guard, with the rows that are written only if it holds."""
    return rows.flush_if(TAKE_SQL, {"permit": permit_id, "quantity": quantity, "value": value, "on": on})


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


def _needs_record(work: Work, snapshot: DeclarationSnapshot, outcomes: Sequence[PermitOutcome]) -> None:
    rows = [
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
    ]
    work.insert(LpcoNeed, NEED_COLUMNS, rows)
