"""The life of a permit: issued, suspended, revoked, expired."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from agencies.models import Agency, Permit, TradeDirection
from agencies.rules import LPCO_CODE
from agencies.selectors import permit_info
from agencies.states import PERMIT
from agencies.types import PermitInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, Violation

PERMIT_EXPIRY_DUE = "PermitExpiryDue"
EXPIRY_TASK = "agencies.tasks.expire"
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
STEPS = ("suspend", "reinstate", "revoke")


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitOrder:
    """What an officer says of a permit to be issued."""

    code: str
    number: str
    holder: str
    """The holder's identifier (EORI or taxpayer number)."""
    hs_prefix: str
    direction: str
    quantity: Decimal
    unit: str
    valid_from: date
    valid_to: date
    origin: str = ""
    tolerance: Decimal = Decimal(0)
    lpco: str = ""
    """Number of the document, where this is one of several lines of it."""
    line: int = 1
    value_limit: Decimal | None = None
    currency: str = ""
    single_use: bool = False


def permit_issue(*, actor: Actor, order: PermitOrder) -> PermitInfo:
    """Issue a permit of the actor's own agency.

    Source: docs/rules/agencies.md, AG-040.

    Raises:
        NotPermitted: the actor manages no agency's permits.
        RuleViolated: AG-040, one finding for each field that cannot be so.
        Conflict: the agency issued this number before.
    """
    actor.require(Permission.MANAGE_PERMIT)
    if not Agency.objects.filter(pk=actor.agency).exists():
        raise NotPermitted
    holder = organisation_by_identifier(order.holder)
    findings = list(order_findings(order))
    if holder is None:
        findings.insert(0, Violation("AG-040", "/holder", "No organisation has this identifier.", value=order.holder))
    if findings or holder is None:
        raise RuleViolated(violations=findings)
    with unit_of_work() as work:
        return permit_make(work, actor=actor, agency=actor.agency, holder_id=holder.pk, order=order)


def permit_make(work: Work, *, actor: Actor, agency: str, holder_id: UUID, order: PermitOrder) -> PermitInfo:
    """Write an issued permit, set its timer and tell its holder; the caller has checked the order.

    Raises:
        Conflict: the agency issued this number before.
    """
    permit = Permit(agency_id=agency, holder_id=holder_id, **_columns(order))
    try:
        with transaction.atomic():
            permit.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"Permit {order.code} {order.number} exists already.", code="permit_number") from error
    data = {"code": permit.code, "number": permit.number, "holder": order.holder}
    permit_expiry_await(work, permit, actor=actor)
    permit_record(work, permit, Verb.PERMIT_ISSUED, "permit.issued", actor=actor, data=data)
    return permit_info(permit)


def _columns(order: PermitOrder) -> dict[str, object]:
    return {field.name: getattr(order, field.name) for field in fields(order) if field.name != "holder"}


def order_findings(order: PermitOrder) -> Iterator[Violation]:
    """AG-040: a permit names its type, goods, direction, a positive quantity with its unit, and days in order."""
    checks = (
        ("/code", bool(LPCO_CODE.fullmatch(order.code)), "The type is 7P and two digits."),
        ("/number", 0 < len(order.number) <= 35, "The number has 1 to 35 characters."),
        (
            "/hs_prefix",
            order.hs_prefix.isascii() and order.hs_prefix.isdigit() and len(order.hs_prefix) in (2, 4, 6, 8, 10),
            "The HS code has 2, 4, 6, 8 or 10 digits.",
        ),
        ("/direction", order.direction in TradeDirection.values, "The direction is import or export."),
        ("/quantity", 0 < order.quantity < 10**12, "The quantity is more than zero."),
        ("/unit", 0 < len(order.unit) <= 5, "The unit is a code of one to five characters."),
        ("/tolerance", 0 <= order.tolerance <= 1, "The tolerance is a share from 0 to 1."),
        ("/valid_to", order.valid_to >= order.valid_from, "The last day is not before the first day."),
        (
            "/value_limit",
            order.value_limit is None or (0 < order.value_limit < 10**15 and bool(CURRENCY.fullmatch(order.currency))),
            "A value limit is more than zero, in a currency of three capital letters.",
        ),
    )
    for pointer, holds, sentence in checks:
        if not holds:
            yield Violation("AG-040", pointer, sentence)


def permit_step(*, permit_id: UUID, actor: Actor, step: str, reason: str) -> PermitInfo:
    """Suspend, reinstate or revoke a permit of the actor's own agency.

    Locks: the permit's row. What is reserved already stays reserved: the goods were accepted in good faith.

    Raises:
        NotFound: there is none, or it is another agency's.
        TransitionRefused: its state does not allow the step.
        RuleViolated: AG-041, no reason is given.
    """
    with unit_of_work() as work:
        permit = own_permit(permit_id, actor)
        permit.state = PERMIT.next_state(step if step in STEPS else "", permit.state).value
        if not reason.strip():
            raise RuleViolated(violations=[Violation("AG-041", "/reason", "Give the reason.")])
        if step == "reinstate" and (permit.used == permit_info(permit).limit or (permit.single_use and permit.used)):
            permit.save(update_fields=["state"])
            permit.state = PERMIT.next_state("exhaust", permit.state).value
        permit.save(update_fields=["state"])
        data = {"number": permit.number, "step": step, "state": permit.state}
        permit_record(
            work, permit, Verb.PERMIT_CHANGED, "permit.changed", actor=actor, data=data, reason=reason.strip()
        )
    return permit_info(permit)


def own_permit(permit_id: UUID, actor: Actor) -> Permit:
    """A permit of the actor's own agency, locked. Raises NotFound, NotPermitted."""
    actor.require(Permission.MANAGE_PERMIT)
    permits = Permit.objects.select_for_update(of=("self",)).select_related("holder")
    permit = permits.filter(pk=permit_id, agency_id=actor.agency).first()
    if permit is None:
        raise NotFound
    return permit


def permit_expiry_await(work: Work, permit: Permit, *, actor: Actor) -> None:
    """Set the timer that marks a permit as expired when its last day has passed."""
    midnight = datetime.combine(permit.valid_to + timedelta(days=1), time.min, tzinfo=UTC)
    queue(work, PERMIT_EXPIRY_DUE, subject_id=str(permit.pk), not_before=midnight, actor=actor)


def permit_expire(work: Work, permit_id: UUID, *, actor: Actor, on: date) -> bool:
    """Mark a permit whose last day has passed; False when it is not over, or ended otherwise.

    Nothing waits for it: every check asks for the day itself, so a late timer lets no goods through.

    Locks: the permit's row.

    Idempotent: an ended permit is left as it is.
    """
    permit = Permit.objects.select_for_update().filter(pk=permit_id, valid_to__lt=on).first()
    if permit is None or "expire" not in PERMIT.allowed(permit.state):
        return False
    permit.state = PERMIT.next_state("expire", permit.state).value
    permit.save(update_fields=["state"])
    data = {"number": permit.number, "step": "expire", "state": permit.state}
    permit_record(work, permit, Verb.PERMIT_CHANGED, "permit.changed", actor=actor, data=data)
    return True


def permit_record(
    work: Work,
    permit: Permit,
    verb: Verb,
    type: str,
    *,
    actor: Actor,
    data: Mapping[str, str],
    reason: str = "",
) -> None:
    """Leave the event of a change, and tell the holder."""
    event_record(
        work, actor=actor, verb=verb, subject_type="permit", subject_id=str(permit.pk), data=data, reason=reason
    )
    notice = {"code": permit.code, **data}
    party_event_publish(work, organisation_ids=[permit.holder_id], type=type, subject_id=str(permit.pk), data=notice)
