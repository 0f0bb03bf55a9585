"""Issuing what was applied for: by one officer, or by two of the agency where its data say so (A7)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from agencies.models import ApplicationPart, Requirement
from agencies.rules.applications import second_needed
from agencies.schemas import ApplicationData, application_data
from agencies.selectors import requirement_index
from agencies.services.applications.drafting import NUMBER_SQL
from agencies.services.applications.steps import ISSUE_KIND, part_of_agency, part_step
from agencies.services.permits import PermitOrder, order_findings, permit_make
from agencies.states import PART
from agencies.types import EntryKind, PermitInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_decide, proposal_lock, proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated, Violation


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One line of what is issued: of which goods of the application, and how much."""

    number: int
    quantity: Decimal
    value_limit: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOrder:
    """What an officer issues of a part."""

    valid_from: date
    valid_to: date
    lines: tuple[IssueLine, ...]
    tolerance: Decimal = Decimal(0)
    single_use: bool = False

    def plain(self) -> dict[str, Any]:
        """The order as plain JSON values."""
        lines = [
            {name: str(value) for name, value in asdict(line).items() if value not in (None, "")} for line in self.lines
        ]
        return {
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat(),
            "tolerance": str(self.tolerance),
            "single_use": self.single_use,
            "lines": lines,
        }


def order_read(plain: dict[str, Any]) -> IssueOrder:
    """An order from its plain values."""
    return IssueOrder(
        valid_from=date.fromisoformat(plain["valid_from"]),
        valid_to=date.fromisoformat(plain["valid_to"]),
        tolerance=Decimal(plain["tolerance"]),
        single_use=plain["single_use"],
        lines=tuple(
            IssueLine(
                int(line["number"]),
                Decimal(line["quantity"]),
                Decimal(line["value_limit"]) if "value_limit" in line else None,
                line.get("currency", ""),
            )
            for line in plain["lines"]
        ),
    )


def part_issue(*, actor: Actor, part_id: UUID, order: IssueOrder) -> tuple[PermitInfo, ...]:
    """Issue the permit of a part; where two officers must agree, propose it and return nothing yet.

    Locks: the part.

    Source: docs/rules/agencies.md, AG-040, AG-065 to AG-067.

    Raises:
        NotFound: the part is another agency's.
        NotPermitted: AG-065, the actor wrote the application; AG-067, the actor set the limit that applies.
        TransitionRefused: it is not under review.
        RuleViolated: AG-040, one finding for each field that cannot be so.
    """
    with unit_of_work() as work:
        part = part_of_agency(work, part_id, actor)
        PART.next_state("issue", part.state)
        data = application_data(part.application.content)
        limit = _limit(part)
        _four_eyes(part, actor, limit)
        orders = _orders(part, data, order)
        findings = [found for one in orders for found in order_findings(one)]
        if findings or not orders:
            findings = findings or [Violation("AG-040", "/lines", "Issue at least one line.")]
            raise RuleViolated(violations=findings)
        if second_needed([line.quantity for line in order.lines], limit):
            _propose(work, part, order, actor)
            return ()
        return _issue(work, part, order, actor, clock.now())


def _limit(part: ApplicationPart) -> Decimal | None:
    """What one officer may issue alone, by the agency's data."""
    limits = Requirement.objects.filter(key__in=part.requirements).values_list("second_above", flat=True)
    return min((limit for limit in limits if limit is not None), default=None)


def _four_eyes(part: ApplicationPart, actor: Actor, limit: Decimal | None) -> None:
    if actor.label in part.application.authors:
        raise NotPermitted("You wrote this application; another officer decides it (AG-065).")
    if limit is not None and requirement_index().loaded_by == actor.label:
        raise NotPermitted("You set the limit of what one officer may issue; another officer decides this (AG-067).")


def _orders(part: ApplicationPart, data: ApplicationData, order: IssueOrder, lpco: str = "-") -> list[PermitOrder]:
    """The lines as permits: each with the goods, country and unit that were applied for."""
    goods = {line.number: line for line in data.goods if line.number in part.goods}
    if any(line.number not in goods for line in order.lines):
        raise RuleViolated(violations=[Violation("AG-040", "/lines", "A line was not applied for from this agency.")])
    several = len(order.lines) > 1
    return [
        PermitOrder(
            code=part.code,
            number=f"{lpco}/{place}" if several else lpco,
            holder=part.application.organisation.identifier,
            hs_prefix=goods[line.number].commodity_code,
            origin=goods[line.number].country,
            direction=data.direction,
            quantity=line.quantity,
            unit=goods[line.number].unit,
            tolerance=order.tolerance,
            valid_from=order.valid_from,
            valid_to=order.valid_to,
            lpco=lpco,
            line=place,
            value_limit=line.value_limit,
            currency=line.currency if line.value_limit is not None else "",
            single_use=order.single_use,
        )
        for place, line in enumerate(order.lines, start=1)
    ]


def _propose(work: Work, part: ApplicationPart, order: IssueOrder, actor: Actor) -> None:
    plain = order.plain()
    part.proposed_by, part.order = actor.label, plain
    part.save(update_fields=["proposed_by", "order"])
    holder = part.application.organisation
    proposal_make(
        work,
        actor=actor,
        kind=ISSUE_KIND,
        subject_id=str(part.pk),
        title=f"{part.agency} {part.code} {part.application.reference}",
        content_sha256=_digest(plain),
        evidence={"name": holder.name, "what": ", ".join(f"{line.number}: {line.quantity:f}" for line in order.lines)},
        address=f"/agency/applications/{part.pk}",
        authors=part.application.authors,
    )
    data = {"reference": part.application.reference, "agency": part.agency, "step": EntryKind.PROPOSED.value}
    subject = str(part.pk)
    event_record(work, actor=actor, verb=Verb.LPCO_STEP, subject_type="lpco_part", subject_id=subject, data=data)


def _digest(plain: dict[str, Any]) -> str:
    return sha256_hex(canonical_bytes(plain))


def part_agree(*, actor: Actor, part_id: UUID, grant: bool, reason: str) -> None:
    """Agree, as a second officer of the agency, that a part is issued as proposed, or say no.

    Locks: the proposal, then the part.

    Source: docs/rules/agencies.md, AG-066; docs/rules/approvals.md, AP-002.

    Raises:
        NotFound: nothing is proposed to the actor's agency.
        NotPermitted: the actor proposed it, or wrote the application.
        RuleViolated: AP-003, no reason.
    """
    actor.require(Permission.MANAGE_PERMIT)
    own = ApplicationPart.objects.filter(pk=part_id, agency=actor.agency or "-").exists()
    with unit_of_work():
        proposal = proposal_lock(ISSUE_KIND, str(part_id)) if own else None
        if proposal is None:
            raise NotFound
        proposal_decide(proposal_id=proposal.id, actor=actor, grant=grant, reason=reason)


def issue_takes_effect(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Issue what was proposed (settings.PROPOSAL_KINDS). Raises NotFound: the actor is of another agency."""
    part = part_of_agency(work, UUID(proposal.subject_id), actor)
    PART.next_state("issue", part.state)
    _four_eyes(part, actor, _limit(part))
    if part.order is None or _digest(part.order) != proposal.content_sha256:
        raise NotPermitted("What is proposed has changed; read it again.")
    _issue(work, part, order_read(part.order), actor, clock.now())


def issue_declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Go on with the review when a proposal was refused or taken back (settings.PROPOSAL_DECLINED)."""
    part = ApplicationPart.objects.select_for_update().filter(pk=UUID(proposal.subject_id)).first()
    if part is not None:
        part.proposed_by, part.order = "", None
        part.save(update_fields=["proposed_by", "order"])


def _issue(work: Work, part: ApplicationPart, order: IssueOrder, actor: Actor, at: datetime) -> tuple[PermitInfo, ...]:
    (number,) = work.fetch(NUMBER_SQL)[0]
    part.lpco = f"{part.agency}-{at:%Y}-L{number:06d}"
    data = application_data(part.application.content)
    holder_id = part.application.organisation_id
    issued = tuple(
        permit_make(work, actor=actor, agency=part.agency, holder_id=holder_id, order=one)
        for one in _orders(part, data, order, part.lpco)
    )
    part.decided_by, part.decided_at = actor.label, at
    part_step(work, part, "issue", kind=EntryKind.ISSUED, actor=actor, at=at, text=part.lpco)
    return issued
