"""A guarantee changes: suspended, reinstated, revoked, cancelled with notice, given another limit or access code."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.limits import alone
from singlewindow.approvals.services import proposal_lock, proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.guarantees.models import AccessCode, Guarantee
from singlewindow.guarantees.rules.granting import AMOUNT_MOST, limit_findings
from singlewindow.guarantees.selectors.guarantees import guarantee_view
from singlewindow.guarantees.services.codes import CODE_FORM, asker_of, attempts_left, code_make, code_proof, code_set
from singlewindow.guarantees.services.drawing import guarantees_for_update
from singlewindow.guarantees.services.monitoring import usage_watch
from singlewindow.guarantees.services.records import guarantee_tell
from singlewindow.guarantees.services.registering import reason_findings
from singlewindow.guarantees.services.timers import end_await
from singlewindow.guarantees.states import GUARANTEE
from singlewindow.guarantees.types import CodeKind, GuaranteeType, GuaranteeView
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.money import from_minor, quantize, to_minor

LIMIT = "guarantees.limit"
"""Kind of proposal; a key of settings.PROPOSAL_KINDS."""
NOTICE_DAYS = 16
"""Days of notice: the end takes effect on the sixteenth day after it (GU-LIF-02; after UCC implementing act, 82)."""
STEPS = frozenset({"suspend", "reinstate", "revoke"})


def guarantee_step(*, actor: Actor, guarantee_id: UUID, step: str, reason: str) -> GuaranteeView:
    """Suspend, reinstate or revoke. What is reserved stays: the goods were released in good faith.

    Locks: the guarantee.

    Source: GU-LIF-01, GU-LIF-05.

    Raises:
        NotFound: there is none. TransitionRefused: its state does not allow the step.
        RuleViolated: GU-LIF-04, no reason; GU-LIF-05, it is reinstated by two (`guarantee_reinstate`).
    """
    actor.require(Permission.MANAGE_GUARANTEE)
    with unit_of_work() as work:
        row = guarantee_locked_by_id(guarantee_id)
        GUARANTEE.next_state(step if step in STEPS else "", row.state)
        if step == "reinstate" and not alone(row.limit_minor, row.currency):
            sentence = "A second person must agree that a guarantee as large as this is drawn on again."
            raise RuleViolated(sentence, violations=[Violation("GU-LIF-05", "/step", sentence, "Propose it.")])
        step_take(work, row, step, actor=actor, reason=reason_checked(reason))
        return guarantee_view(row)


def step_take(work: Work, row: Guarantee, step: str, *, actor: Actor, reason: str) -> None:
    """Take a step with a guarantee that the caller holds, and tell it. Raises TransitionRefused."""
    row.state, row.reason = GUARANTEE.next_state(step, row.state).value, reason
    row.save(update_fields=["state", "reason"])
    guarantee_tell(work, row, Verb.GUARANTEE_CHANGED, actor=actor, more={"step": step}, reason=row.reason)
    _ended(work, row, actor)
    if step == "reinstate":
        queue(work, "GuaranteeGrew", subject_id=str(row.holder_id), actor=actor)


def guarantee_cancel(*, actor: Actor, guarantee_id: UUID, reason: str) -> GuaranteeView:
    """Give notice of its end, by the holder or, for the guarantor, by an officer. It ends on the sixteenth day.

    Locks: the guarantee.

    Idempotent: notice that was given stays.

    Source: GU-LIF-02.

    Raises:
        NotFound: there is none of the actor's. TransitionRefused: it is not in force.
        RuleViolated: GU-LIF-04, no reason.
    """
    with unit_of_work() as work:
        row = _own(actor, guarantee_id)
        GUARANTEE.next_state("cancel", row.state)
        text = reason_checked(reason)
        if row.liability_ends_on is not None:
            return guarantee_view(row)
        # The sixteenth day is the first on which nothing new is secured.
        row.liability_ends_on, row.reason = clock.today() + timedelta(days=NOTICE_DAYS - 1), text
        row.save(update_fields=["liability_ends_on", "reason"])
        end_await(work, row, row.liability_ends_on, actor=actor)
        more = {"step": "notice", "ends_on": row.liability_ends_on.isoformat()}
        guarantee_tell(work, row, Verb.GUARANTEE_CHANGED, actor=actor, more=dict(more), reason=text)
        return guarantee_view(row)


def limit_change(*, actor: Actor, guarantee_id: UUID, limit: Decimal, reason: str) -> UUID | None:
    """Lower the limit at once, or propose a higher one to a second person; never below what is used.

    Locks: its open proposal, then the guarantee, as granting does.

    Source: GU-LIM-01, GU-LIM-02.

    Returns:
        the id of the proposal, where one is needed.

    Raises:
        NotFound: there is none. RuleViolated: GU-LIM-01, GU-LIF-04. TransitionRefused: it is not in force.
    """
    actor.require(Permission.MANAGE_GUARANTEE)
    with unit_of_work() as work:
        proposal_lock(LIMIT, str(guarantee_id))
        row = guarantee_locked_by_id(guarantee_id)
        GUARANTEE.next_state("revoke", row.state)
        minor = _limit_minor(limit, row)
        text = reason_checked(reason)
        if minor <= row.limit_minor:
            _limit_set(work, row, minor, actor, text)
            return None
        now, then = (f"{from_minor(units, row.currency):f} {row.currency}" for units in (row.limit_minor, minor))
        return proposal_make(
            work,
            actor=actor,
            kind=LIMIT,
            subject_id=str(row.pk),
            title=f"{row.grn} {row.holder.name}",
            content_sha256=limit_digest(row, minor),
            evidence={"live": {"limit": now}, "candidate": {"limit": then}, "reason": text, "limit_minor": minor},
            address=reverse("guarantees:officer-one", args=[row.pk]),
        )


def limit_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Raise the limit that a second person agreed to.

    Locks: the guarantee; the caller holds the proposal.

    Raises:
        TransitionRefused: the guarantee was changed since.
    """
    row = guarantee_locked_by_id(UUID(proposal.subject_id))
    minor = int(proposal.evidence["limit_minor"])
    if limit_digest(row, minor) != proposal.content_sha256:
        raise TransitionRefused("The guarantee was changed since it was proposed; propose it again.")
    _limit_set(work, row, minor, actor, proposal.reason)


def limit_digest(row: Guarantee, minor: int) -> str:
    """The digest of a new limit upon the present one."""
    return sha256_hex(canonical_bytes({"grn": row.grn, "from": row.limit_minor, "to": minor, "state": row.state}))


def _limit_set(work: Work, row: Guarantee, minor: int, actor: Actor, reason: str) -> None:
    before, row.limit_minor, row.reference_minor = row.limit_minor, minor, minor
    row.save(update_fields=["limit_minor", "reference_minor"])
    more = {"step": "limit", "limit": f"{from_minor(minor, row.currency):f}", "currency": row.currency}
    guarantee_tell(work, row, Verb.GUARANTEE_CHANGED, actor=actor, more=dict(more), reason=reason)
    usage_watch(work, row, actor=actor, at=clock.now())
    if minor > before:
        queue(work, "GuaranteeGrew", subject_id=str(row.holder_id), actor=actor)


def _limit_minor(limit: Decimal, row: Guarantee) -> int:
    if not limit.is_finite() or not 0 < limit <= AMOUNT_MOST or quantize(limit, row.currency) != limit:
        sentence = f"The limit is more than zero, at most {AMOUNT_MOST:f}, and no finer than the currency."
        raise RuleViolated(violations=[Violation("GU-LIM-01", "/limit", sentence, value=str(limit)[:30])])
    minor = to_minor(limit, row.currency)
    if found := list(limit_findings(minor, row.used_minor, GuaranteeType(row.type))):
        raise RuleViolated(violations=found)
    return minor


def code_change(
    *, actor: Actor, guarantee_id: UUID, kind: CodeKind = CodeKind.MAIN, code: str = "", label: str = ""
) -> str:
    """Give a guarantee a new access code and return it, for this once: nobody can read it again.

    A new main code ends the one before; an additional one stands beside it, for a broker.

    Locks: the guarantee.

    Source: GU-COD-01, GU-COD-03.

    Args:
        code: four letters and digits; made by the window where none is given.

    Raises:
        NotFound: there is none of the actor's organisation.
        RuleViolated: GU-COD-03, the code has another form, or an additional one says not whom it is for.
    """
    actor.require(Permission.USE_GUARANTEE)
    found = []
    if code and not CODE_FORM.fullmatch(code):
        found.append(Violation("GU-COD-03", "/code", "An access code is four letters and digits."))
    if kind is CodeKind.ADDITIONAL and not 0 < len(label.strip()) <= 60:
        found.append(Violation("GU-COD-03", "/label", "Say whom the code is for, in up to 60 characters."))
    if found:
        raise RuleViolated(violations=found)
    with unit_of_work() as work:
        row = _own(actor, guarantee_id)
        new = code or code_make()
        kept = code_set(row, new, kind, at=clock.now(), label=label.strip() if kind is CodeKind.ADDITIONAL else "")
        _code_tell(work, row, kept, "set", actor)
    return new


def code_end(*, actor: Actor, guarantee_id: UUID, code_id: int) -> None:
    """End an additional access code.

    Locks: the guarantee.

    Idempotent: what has ended stays ended.

    Raises:
        NotFound: there is none such of the actor's organisation.
    """
    actor.require(Permission.USE_GUARANTEE)
    with unit_of_work() as work:
        row = _own(actor, guarantee_id)
        code = AccessCode.objects.filter(pk=code_id, guarantee=row, kind=CodeKind.ADDITIONAL.value).first()
        if code is None:
            raise NotFound
        if code.ended_at is None:
            code.ended_at = clock.now()
            code.save(update_fields=["ended_at"])
            _code_tell(work, row, code, "ended", actor)


def code_check(*, actor: Actor, guarantee: GuaranteeView, code: str) -> tuple[bool, int]:
    """Whether an access code is right, and how many wrong ones the actor's organisation may still give.

    Source: GU-COD-02.
    """
    actor.require(Permission.VIEW_GUARANTEE)
    at, asker = clock.now(), asker_of(actor)
    right = bool(code_proof(guarantee.id, code, asker=asker, at=at))
    return right, attempts_left(guarantee.id, asker=asker, at=at)


def _code_tell(work: Work, row: Guarantee, code: AccessCode, step: str, actor: Actor) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.GUARANTEE_CODE_CHANGED,
        subject_type="guarantee",
        subject_id=str(row.pk),
        data={"grn": row.grn, "kind": code.kind, "step": step},
    )


def _own(actor: Actor, guarantee_id: UUID) -> Guarantee:
    """A guarantee of the actor's organisation, or any for who manages them, locked."""
    row = guarantees_for_update().filter(pk=guarantee_id).first()
    if row is None or not (actor.may(Permission.MANAGE_GUARANTEE) or row.holder_id == actor.organisation_id):
        raise NotFound
    if not actor.may(Permission.MANAGE_GUARANTEE):
        actor.require(Permission.USE_GUARANTEE)
    return row


def guarantee_locked_by_id(guarantee_id: UUID) -> Guarantee:
    """A guarantee, locked. Raises NotFound."""
    row = guarantees_for_update().filter(pk=guarantee_id).first()
    if row is None:
        raise NotFound
    return row


def _ended(work: Work, row: Guarantee, actor: Actor) -> None:
    """What was paid in for it goes back, where it ended unused."""
    if row.state in {"REVOKED", "CANCELLED", "EXPIRED"}:
        queue(work, "GuaranteeEnded", subject_id=str(row.pk), actor=actor)


def reason_checked(reason: str) -> str:
    """The reason of a step. Raises RuleViolated (GU-LIF-04) where none is given."""
    if found := reason_findings(reason, "GU-LIF-04"):
        raise RuleViolated(violations=found)
    return reason.strip()
