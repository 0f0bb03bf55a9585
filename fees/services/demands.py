"""Money asked for beside the debt of a declaration: made once, paid once, or ended with a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from fees.models import Demand, LedgerTransaction, Posting
from fees.rules.tariff import ScheduledCharge
from fees.selectors.tariff import tariff_current
from fees.services.accounts import POSTING_COLUMNS, TRANSACTION_COLUMNS, account_open, amount_text, credit_tell
from fees.services.movements import Side, money_post, sources_posted
from fees.states import DEMAND, DemandState
from fees.types import DemandKind
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import to_minor
from singlewindow.reference.selectors import profile

DUE_AFTER = timedelta(days=30)
"""How long a demand may wait that names no day of its own."""

MAKE_SQL = """
INSERT INTO fees_demand (id, source, kind, organisation_id, authority, currency, amount_minor, text, law, charge_code,
    event_on, published_on, declaration_id, subject_type, subject_id, state, due_on, made_at)
VALUES (%(id)s, %(source)s, %(kind)s, %(organisation_id)s, %(authority)s, %(currency)s, %(amount_minor)s, %(text)s,
    %(law)s, %(charge_code)s, %(event_on)s, %(published_on)s, %(declaration_id)s, %(subject_type)s, %(subject_id)s,
    'open', %(due_on)s, %(made_at)s)
ON CONFLICT (source) DO NOTHING RETURNING id
"""
LOCK_SQL = """
SELECT id, source, organisation_id, authority, currency, amount_minor, text, declaration_id, subject_type, subject_id,
    kind, state
FROM fees_demand WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
SETTLE_SQL = "UPDATE fees_demand SET state = %s, settled_at = %s, reason = %s WHERE id = %s"
PAYER_SQL = """
SELECT id, balance_minor FROM fees_account WHERE organisation_id = %s AND currency = %s AND kind = 'trader'
FOR NO KEY UPDATE
"""


PAID_BY_SQL = """
SELECT account.organisation_id FROM fees_ledgertransaction AS moved
JOIN fees_posting AS posting ON posting.transaction_id = moved.id
JOIN fees_account AS account ON account.id = posting.account_id AND account.kind = 'trader'
WHERE moved.source_event = %s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One demand, read under its lock."""

    id: UUID
    source: str
    organisation_id: UUID
    authority: str
    currency: str
    amount_minor: int
    text: str
    declaration_id: UUID | None
    subject_type: str
    subject_id: str
    kind: DemandKind
    state: DemandState


def demand_make(
    work: Work,
    *,
    source: str,
    kind: DemandKind,
    organisation_id: UUID,
    authority: str,
    amount_minor: int,
    currency: str,
    text: str,
    law: str,
    subject_type: str,
    subject_id: str,
    event_on: date,
    due_on: date | None = None,
    declaration_id: UUID | None = None,
    charge: ScheduledCharge | None = None,
    actor: Actor | None = None,
    at: datetime | None = None,
) -> UUID:
    """Ask an organisation for money, once for each source; returns the demand's id.

    Idempotent: the same source answers with the demand that stands.

    Source: docs/rules/fees.md, FE-DEM-01, FE-DEM-02 (a fee of an agency names the published charge that it is).
    """
    moment, who = at or clock.now(), actor or system_actor("fees")
    row: dict[str, Any] = {
        "id": uuid7(),
        "source": source,
        "kind": kind.value,
        "organisation_id": organisation_id,
        "authority": authority,
        "currency": currency,
        "amount_minor": amount_minor,
        "text": text,
        "law": law,
        "charge_code": charge.code if charge else "",
        "published_on": charge.published_on if charge else None,
        "event_on": event_on,
        "due_on": due_on or (moment + DUE_AFTER).date(),
        "declaration_id": declaration_id,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "made_at": moment,
    }
    made = work.fetch(MAKE_SQL, row)
    if not made:
        return Demand.objects.values_list("pk", flat=True).get(source=source)
    data: dict[str, JsonValue] = {
        "kind": kind.value,
        "text": text,
        "authority": authority,
        "currency": currency,
        "amount": amount_text(amount_minor, currency),
        "due_on": row["due_on"].isoformat(),
    }
    demand_id = row["id"]
    event_record(
        work, actor=who, verb=Verb.DEMAND_MADE, subject_type="demand", subject_id=str(demand_id), data=data, at=moment
    )
    party_event_publish(
        work, organisation_ids=[organisation_id], type="demand_made", subject_id=str(demand_id), data=data, at=moment
    )
    return UUID(str(demand_id))


def demands_lock(work: Work, ids: Iterable[UUID]) -> list[Asked]:
    """The demands, locked in the order of their ids.

    Raises:
        NotFound: one of them is not there.
    """
    wanted = sorted(set(ids))
    rows = work.fetch(LOCK_SQL, [[str(demand_id) for demand_id in wanted]])
    if len(rows) != len(wanted):
        raise NotFound("There is no such demand.")
    return [_asked(row) for row in rows]


def _asked(row: Sequence[Any]) -> Asked:
    return Asked(
        id=row[0],
        source=row[1],
        organisation_id=row[2],
        authority=row[3],
        currency=row[4],
        amount_minor=row[5],
        text=row[6],
        declaration_id=row[7],
        subject_type=row[8],
        subject_id=row[9],
        kind=DemandKind(row[10]),
        state=DemandState(row[11]),
    )


def demands_pay(
    work: Work, demands: Sequence[Asked], *, payer_id: UUID, actor: Actor, at: datetime | None = None
) -> int:
    """Pay locked demands from a prepaid account, all or none; returns the minor units that are missing, 0 when paid.

    Those that are paid already are left as they are.

    Locks: the payer's account of each currency, after the demands.

    Source: docs/rules/fees.md, FE-DEM-03.

    Raises:
        TransitionRefused: one was cancelled or remitted.
    """
    moment = at or clock.now()
    open_ = [demand for demand in demands if demand.state is not DemandState.PAID]
    for demand in open_:
        DEMAND.transition("pay", demand.state)
    for currency in sorted({demand.currency for demand in open_}):
        part = [demand for demand in open_ if demand.currency == currency]
        rows = work.fetch(PAYER_SQL, [payer_id, currency])
        total = sum(demand.amount_minor for demand in part)
        if not rows or rows[0][1] < total:
            return total - (rows[0][1] if rows else 0)
        for demand in part:
            _pay(work, demand, rows[0][0], actor, moment)
    return 0


def _pay(work: Work, demand: Asked, payer: UUID, actor: Actor, at: datetime) -> None:
    owed_to = _account_owed(work, demand)
    transaction_id = uuid7()
    row = (transaction_id, f"demand:{demand.id}", at, demand.text, demand.declaration_id, "", actor.label)
    work.insert(LedgerTransaction, TRANSACTION_COLUMNS, [row])
    sides = [(transaction_id, payer, -demand.amount_minor), (transaction_id, owed_to, demand.amount_minor)]
    work.insert(Posting, POSTING_COLUMNS, sides)
    demand_settled(work, demand, "pay", Verb.DEMAND_PAID, actor=actor, at=at)
    queue(
        work,
        "DemandPaid",
        subject_id=demand.subject_id,
        payload={"demand": str(demand.id), "kind": demand.kind.value, "subject_type": demand.subject_type},
        actor=actor,
    )


def _account_owed(work: Work, demand: Asked) -> UUID:
    """Where the money of a demand goes: to its authority, or to the receivable of what was deferred (RV-STM-03)."""
    if demand.kind is DemandKind.STATEMENT:
        return account_open(work, "receivable", organisation_id=demand.organisation_id, currency=demand.currency)
    return account_open(work, "authority", authority=demand.authority, currency=demand.currency)


def demand_end(
    work: Work, demand: Asked, action: str, *, reason: str, actor: Actor, at: datetime | None = None
) -> None:
    """Cancel or remit a locked demand that is still open. Raises TransitionRefused.

    Source: docs/rules/fees.md, FE-DEM-04.
    """
    verb = Verb.DEMAND_REMITTED if action == "remit" else Verb.DEMAND_CANCELLED
    demand_settled(work, demand, action, verb, actor=actor, at=at or clock.now(), reason=reason)


def demand_settled(
    work: Work, demand: Asked, action: str, verb: Verb, *, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """Take the step of a demand's life cycle and tell it; whoever moves the money calls this in the same act."""
    state = DEMAND.next_state(action, demand.state)
    work.execute(SETTLE_SQL, [state.value, at, reason, demand.id])
    data: dict[str, JsonValue] = {
        "kind": demand.kind.value,
        "text": demand.text,
        "currency": demand.currency,
        "state": state.value,
        "amount": amount_text(demand.amount_minor, demand.currency),
    }
    subject_id = str(demand.id)
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="demand",
        subject_id=subject_id,
        data=data,
        reason=reason,
        at=at,
    )
    told = [demand.organisation_id]
    party_event_publish(
        work, organisation_ids=told, type=f"demand_{state.value}", subject_id=subject_id, data=data, at=at
    )


def charge_bill(work: Work, job: JobContext) -> None:
    """Ask for a charge of the published schedule that another app says is due.

    The payload names the charge, who pays, the day of the event and what it is for; a charge that was not published on
    that day is not billed, and the app is told that nothing is to be paid.

    Idempotent: by the subject and the charge.

    Source: docs/rules/fees.md, FE-CHG-01, FE-DEM-02.
    """
    told = job.payload
    actor = system_actor("fees", conversation_id=job.conversation_id)
    if _charge_demand(work, job, actor) is None:
        nothing = {"demand": "", "kind": DemandKind.AGENCY_FEE.value, "subject_type": told["subject_type"]}
        queue(work, "DemandPaid", subject_id=job.subject_id, payload=nothing, actor=actor)


def charge_end(work: Work, job: JobContext) -> None:
    """Take a fee back whose service was given up before it began: cancelled while open, given back where it was paid.

    A bill that was not made yet is made and cancelled, so that it is not made later.

    Locks: the demand, then the account.

    Idempotent: by the subject and the charge, and by the source in the ledger.

    Source: docs/rules/fees.md, FE-DEM-05.
    """
    actor = system_actor("fees", conversation_id=job.conversation_id)
    demand_id = _charge_demand(work, job, actor)
    if demand_id is None:
        return
    (demand,) = demands_lock(work, [demand_id])
    if demand.state is DemandState.OPEN:
        demand_end(work, demand, "cancel", reason="It was withdrawn before it was begun.", actor=actor)
    elif demand.state is DemandState.PAID:
        _give_back(work, demand, actor)


def _give_back(work: Work, demand: Asked, actor: Actor) -> None:
    """Payment and withdrawal crossed: who paid has the fee again, once."""
    source = f"demand-back:{demand.id}"
    if sources_posted(work, [source]):
        return
    ((payer_id,),) = work.fetch(PAID_BY_SQL, [f"demand:{demand.id}"])
    money_post(
        work,
        source=source,
        text=f"Given back: {demand.text}",
        currency=demand.currency,
        sides=[
            Side("trader", demand.amount_minor, payer_id),
            Side("authority", -demand.amount_minor, authority=demand.authority),
        ],
        actor=actor,
        at=clock.now(),
    )
    credit_tell(work, payer_id, demand.amount_minor, demand.currency, demand.text, actor)
    queue(work, "AccountCredited", subject_id=str(payer_id), actor=actor)


def _charge_demand(work: Work, job: JobContext, actor: Actor) -> UUID | None:
    """The demand for a charge that is due, made now where it is not there; none where nothing was published."""
    told = job.payload
    on = date.fromisoformat(told["event_on"])
    charge = next((one for one in tariff_current().charges if one.code == told["charge"] and one.in_force(on)), None)
    if charge is None or charge.published_on > on or charge.amount is None or charge.amount == 0:
        return None
    currency = profile(on).currency
    return demand_make(
        work,
        source=f"fee:{charge.code}:{job.subject_id}",
        kind=DemandKind.AGENCY_FEE,
        organisation_id=UUID(told["organisation_id"]),
        authority=charge.authority,
        amount_minor=to_minor(charge.amount, currency),
        currency=currency,
        text=told["text"],
        law=charge.law,
        subject_type=told["subject_type"],
        subject_id=job.subject_id,
        event_on=on,
        charge=charge,
        actor=actor,
    )


def refusal_no_money(missing_minor: int, currency: str) -> RuleViolated:
    """The refusal of a payment that the account does not cover (FE-DEM-03)."""
    text = amount_text(missing_minor, currency)
    return RuleViolated(
        violations=[
            Violation(
                "FE-DEM-03",
                "",
                f"The prepaid account lacks {text} {currency}.",
                "Pay money in, or pay fewer demands at once.",
                text,
            )
        ]
    )
