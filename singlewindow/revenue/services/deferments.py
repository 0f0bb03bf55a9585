"""Approvals of deferred payment: proposed by one, agreed to by another, suspended, resumed and ended."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_id, registration_of
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.guarantees.services.drawing import guarantee_free, guarantee_reserve, guarantees_lock
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor
from singlewindow.revenue.models import Deferment
from singlewindow.revenue.rules.deferments import deferment_findings
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.states import DEFERMENT, DefermentState
from singlewindow.revenue.types import DefermentBasis

KIND = "revenue.deferment"
PURPOSE = "deferment"
"""What a guarantee holds for a deferment is held under this name."""

VERBS = {
    "grant": Verb.DEFERMENT_GRANTED,
    "decline": Verb.DEFERMENT_DECLINED,
    "suspend": Verb.DEFERMENT_SUSPENDED,
    "resume": Verb.DEFERMENT_RESUMED,
    "end": Verb.DEFERMENT_ENDED,
}
REASON_LENGTH = 500
BY_ONE = frozenset({"suspend", "end"})
"""Steps that end or lower what customs risks: one supervisor takes them."""


@dataclass(frozen=True, slots=True)
class DefermentTerms:
    """What is proposed: who may pay later, how much, from when to when, and on what it rests."""

    holder_id: UUID
    currency: str
    limit_minor: int
    valid_from: date
    valid_to: date | None
    basis: DefermentBasis
    conditions: str
    grn: str = ""
    access_code: str = ""
    """Never kept: it proves at once that the guarantee may be drawn on."""


def deferment_propose(terms: DefermentTerms, *, actor: Actor, at: datetime | None = None) -> UUID:
    """Propose that an organisation may pay later; a second person must agree before anything is deferred.

    Where a guarantee stands behind it the whole limit is set aside on it now, and freed if nobody agrees.

    Locks: the open proposal of the subject, then the guarantee.

    Source: docs/rules/revenue.md, RV-DEF-01 and RV-DEF-02.

    Raises:
        NotPermitted: the actor may not manage deferments.
        RuleViolated: RV-DEF-01, RV-DEF-02, or what stands against the guarantee (GU-G01 to GU-G13).
    """
    actor.require(Permission.MANAGE_DEFERMENT)
    moment = at or clock.now()
    scheme = scheme_required(country_day(moment))
    holder = organisation_by_id(terms.holder_id)
    registered = registration_of(holder.identifier)
    trusted = bool(registered and registered[1] and registered[1] <= terms.valid_from)
    standing = Deferment.objects.filter(
        holder_id=terms.holder_id, currency=terms.currency, state__in=["active", "suspended"]
    ).exists()
    found = deferment_findings(
        limit_minor=terms.limit_minor,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        basis=terms.basis,
        conditions=terms.conditions,
        grn=terms.grn,
        trusted=trusted,
        known_basis=scheme.deferment_basis,
        standing=standing,
    )
    if found:
        raise RuleViolated(violations=found)
    with unit_of_work() as work:
        deferment_id, number = uuid7(), number_next(work, "DF")
        content = _content(terms, number)
        digest = sha256_hex(canonical_bytes(content))
        Deferment.objects.create(
            id=deferment_id,
            number=number,
            holder_id=terms.holder_id,
            currency=terms.currency,
            limit_minor=terms.limit_minor,
            valid_from=terms.valid_from,
            valid_to=terms.valid_to,
            basis=terms.basis.value,
            grn=terms.grn,
            conditions=terms.conditions,
            content_sha256=digest,
            made_at=moment,
            changed_at=moment,
        )
        if terms.grn:
            guarantee_reserve(
                work,
                grn=terms.grn,
                access_code=terms.access_code,
                holder_ids=[terms.holder_id],
                subject_id=deferment_id,
                purpose=PURPOSE,
                amount_minor=terms.limit_minor,
                currency=terms.currency,
                on=terms.valid_from,
                actor=actor,
                at=moment,
            )
        proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(deferment_id),
            title=f"{number}: {holder.name} may pay later, up to {content['limit']} {terms.currency}",
            content_sha256=digest,
            evidence=content,
            address=f"/deferments/{deferment_id}",
        )
        event_record(
            work,
            actor=actor,
            verb=Verb.DEFERMENT_PROPOSED,
            subject_type="deferment",
            subject_id=str(deferment_id),
            data=content,
            at=moment,
        )
    return deferment_id


def deferment_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put an agreed deferment in force, and have what waits for money looked at again.

    Locks: the deferment; the proposal is locked already.

    Raises:
        RuleViolated: RV-DEF-01, another one came into force meanwhile.
    """
    asked = Deferment.objects.get(pk=proposal.subject_id)
    if Deferment.objects.filter(
        holder_id=asked.holder_id, currency=asked.currency, state__in=["active", "suspended"]
    ).exists():
        sentence = "The organisation has a deferment in this currency that did not end."
        raise RuleViolated(violations=[Violation("RV-DEF-01", "/holder", sentence, "End that one first.")])
    row = deferment_step(work, UUID(proposal.subject_id), "grant", actor=actor, reason="")
    queue(work, "AccountCredited", subject_id=str(row.holder_id), actor=actor)


def deferment_declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """End a deferment that nobody agreed to, and free what a guarantee held for it.

    Locks: the guarantee that stands behind it, then the deferment.
    """
    deferment_id = UUID(proposal.subject_id)
    guarantee_behind_lock(work, deferment_id)
    row = deferment_step(work, deferment_id, "decline", actor=actor, reason=proposal.reason)
    _free(work, row, actor)


def deferment_change(*, deferment_id: UUID, action: str, reason: str, actor: Actor) -> None:
    """Suspend or end a deferment, with a reason; it is resumed by `deferment_resume`.

    What is deferred already stays owed and stays on its statements.

    Locks: the guarantee that stands behind it, then the deferment.

    Source: RV-DEF-08.

    Raises:
        NotPermitted: the actor may not manage deferments.
        RuleViolated: RV-DEF-08, no reason is given, or it ends while something is still owed under it.
        TransitionRefused: it stands otherwise.
    """
    actor.require(Permission.MANAGE_DEFERMENT)
    text = reason_checked(reason)
    with unit_of_work() as work:
        guarantee_behind_lock(work, deferment_id)
        row = deferment_step(work, deferment_id, action if action in BY_ONE else "", actor=actor, reason=text)
        if action == "end":
            if row.used_minor:
                left = f"{from_minor(row.used_minor, row.currency):f} {row.currency}"
                sentence = f"{left} are still owed under it."
                remedy = "Suspend it, and end it when its statements are paid."
                raise RuleViolated(violations=[Violation("RV-DEF-08", "/action", sentence, remedy, left)])
            _free(work, row, actor)


def reason_checked(reason: str) -> str:
    """The reason of a step. Raises RuleViolated (RV-DEF-08) where none is given."""
    text = reason.strip()
    if text and len(text) <= REASON_LENGTH:
        return text
    sentence = f"Give a reason of 1 to {REASON_LENGTH} characters."
    raise RuleViolated(sentence, violations=[Violation("RV-DEF-08", "/reason", sentence, "Say why.")])


def deferment_step(work: Work, deferment_id: UUID, action: str, *, actor: Actor, reason: str) -> Deferment:
    """Take one step of the life cycle and tell it. Locks: the deferment. Raises NotFound, TransitionRefused."""
    row = Deferment.objects.select_for_update().filter(pk=deferment_id).first()
    if row is None:
        raise NotFound
    before = DefermentState(row.state)
    row.state = DEFERMENT.next_state(action, before).value
    row.reason, row.changed_at = reason, clock.now()
    row.save(update_fields=["state", "reason", "changed_at"])
    data: dict[str, JsonValue] = {
        "deferment": row.number,
        "state": row.state,
        "limit": f"{from_minor(row.limit_minor, row.currency):f}",
        "currency": row.currency,
    }
    event_record(
        work,
        actor=actor,
        verb=VERBS[action],
        subject_type="deferment",
        subject_id=str(row.pk),
        data=data,
        reason=reason,
        at=row.changed_at,
    )
    party_event_publish(
        work, organisation_ids=[row.holder_id], type=f"deferment.{row.state}", subject_id=str(row.pk), data=data
    )
    return row


def number_next(work: Work, prefix: str) -> str:
    """The next number of this room: a prefix, the year, and a serial that is never given twice."""
    ((serial,),) = work.fetch("SELECT nextval('revenue_number')")
    return f"{prefix}-{clock.now().year}-{serial:06d}"


def _content(terms: DefermentTerms, number: str) -> dict[str, JsonValue]:
    return {
        "number": number,
        "holder": str(terms.holder_id),
        "limit": f"{from_minor(terms.limit_minor, terms.currency):f}",
        "currency": terms.currency,
        "valid_from": terms.valid_from.isoformat(),
        "valid_to": terms.valid_to.isoformat() if terms.valid_to else "",
        "basis": terms.basis.value,
        "grn": terms.grn,
        "conditions": terms.conditions,
    }


def _free(work: Work, row: Deferment, actor: Actor) -> None:
    if row.grn:
        guarantee_free(work, subject_id=row.pk, purpose=PURPOSE, actor=actor, at=clock.now())


def guarantee_behind_lock(work: Work, deferment_id: UUID) -> None:
    """Lock the guarantee that stands behind a deferment, where one does."""
    grn = Deferment.objects.filter(pk=deferment_id).values_list("grn", flat=True).first()
    if grn:
        guarantees_lock(work, [grn])
