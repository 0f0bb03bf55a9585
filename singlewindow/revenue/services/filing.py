"""Filing a claim for repayment or remission: what it asks for is held from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from declarations.selectors import declaration_head_for
from declarations.states import LegalState
from declarations.types import DeclarationHead
from fees.selectors import fiscal_status
from fees.selectors.lines import DemandView, TaxLine, debt_payer, demand_view, tax_lines
from fees.services.accounts import amount_text
from fees.services.movements import debts_keep
from fees.services.repayments import PAID
from fees.states import DemandState
from fees.types import DemandKind, FiscalStatusView
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.revenue.models import Claim, ClaimLine
from singlewindow.revenue.rules.claims import (
    LineAsked,
    LinePaid,
    ground_findings,
    line_findings,
    time_findings,
)
from singlewindow.revenue.services.deferments import number_next
from singlewindow.revenue.services.holding import taxes_take
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.states import ClaimState
from singlewindow.revenue.types import ClaimKind

REMITTED = frozenset({DemandKind.DUTY, DemandKind.INTEREST})
"""Demands that can be waived here; penalties are mitigated by their own rules."""
LINE_COLUMNS = ("claim_id", "declaration_id", "item", "tax_type", "authority", "claimed_minor")


@dataclass(frozen=True, slots=True)
class Subject:
    """A declaration that is claimed on: what was paid for it, by whom."""

    head: DeclarationHead
    status: FiscalStatusView
    payer_id: UUID
    lines: tuple[TaxLine, ...]


def repayment_file(
    *,
    declaration_id: UUID,
    lines: Sequence[LineAsked],
    reason_code: str,
    text: str,
    actor: Actor,
    at: datetime | None = None,
) -> UUID:
    """Claim back taxes of a declaration that were paid; returns the claim's id.

    Locks: the fiscal status, then the balances of the taxes, in the order of their keys.

    Source: docs/rules/revenue.md, RV-CLM-01 to RV-CLM-05 (domain.md K11, K18).

    Raises:
        NotPermitted: the actor may not claim.
        NotFound: there is no such declaration for the actor, or another paid it.
        RuleViolated: RV-CLM-01 to RV-CLM-05, everything at once.
        Conflict: the declaration was changed at the same time.
    """
    actor.require(Permission.CLAIM_REPAYMENT)
    moment = at or clock.now()
    today = country_day(moment)
    scheme = scheme_required(today)
    subject = claimed_subject(actor, declaration_id, moment)
    reason = scheme.reason(reason_code)
    released = subject.head.released_at
    paid = taxes_paid(subject)
    found = [
        *ground_findings(ClaimKind.REPAYMENT, reason_code, text, reason),
        *time_findings(country_day(released) if released else None, today, scheme.repayment_years),
        *paid_findings(subject),
        *line_findings(lines, paid),
    ]
    if found or reason is None:
        raise RuleViolated(violations=found)
    with unit_of_work() as work:
        subject_keep(work, subject)
        wanted = {
            (declaration_id, line.item, line.tax_type): (line.minor, paid[line.item, line.tax_type].minor)
            for line in lines
        }
        refuse_short(taxes_take(work, wanted))
        row = Claim.objects.create(
            number=number_next(work, "CL"),
            kind=ClaimKind.REPAYMENT.value,
            claimant_id=subject.payer_id,
            declaration_id=declaration_id,
            declaration_version=subject.head.version,
            mrn=subject.head.mrn,
            reason_code=reason_code,
            law=reason.law,
            text=text.strip(),
            currency=subject.status.currency,
            claimed_minor=sum(line.minor for line in lines),
            filed_by=actor.label,
            filed_at=moment,
            changed_at=moment,
        )
        rows = [
            (row.pk, declaration_id, one.item, one.tax_type, paid[one.item, one.tax_type].authority, one.minor)
            for one in lines
        ]
        work.insert(ClaimLine, LINE_COLUMNS, rows)
        claim_tell(work, row, Verb.CLAIM_FILED, actor=actor, told=subject.head.parties)
    return row.pk


def remission_file(*, demand_id: UUID, reason_code: str, text: str, actor: Actor, at: datetime | None = None) -> UUID:
    """Ask that an open demand is waived; returns the claim's id.

    Source: RV-CLM-08.

    Raises:
        NotPermitted: the actor may not claim.
        NotFound: it is no demand on an organisation that the actor may file for.
        RuleViolated: RV-CLM-01, or RV-CLM-08: it is not open, or not waived on this way.
        Conflict: another claim asks for it already.
    """
    actor.require(Permission.CLAIM_REPAYMENT)
    moment = at or clock.now()
    scheme = scheme_required(country_day(moment))
    demand = demand_required(actor, demand_id, moment)
    reason = scheme.reason(reason_code)
    found = ground_findings(ClaimKind.REMISSION, reason_code, text, reason)
    if demand.kind not in REMITTED or demand.state != DemandState.OPEN.value:
        sentence = "Only an open demand for duty or interest is waived on this way."
        found.append(Violation("RV-CLM-08", "/demand", sentence, value=demand.state))
    if found or reason is None:
        raise RuleViolated(violations=found)
    with unit_of_work() as work:
        work.fetch("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"remission:{demand_id}"])
        open_ = Claim.objects.filter(demand_id=demand_id).exclude(
            state__in=[ClaimState.REFUSED.value, ClaimState.WITHDRAWN.value]
        )
        if open_.exists():
            raise Conflict("Another claim asks for this demand already.")
        row = Claim.objects.create(
            id=uuid7(),
            number=number_next(work, "CL"),
            kind=ClaimKind.REMISSION.value,
            claimant_id=demand.organisation_id,
            demand_id=demand_id,
            reason_code=reason_code,
            law=reason.law,
            text=text.strip(),
            currency=demand.currency,
            claimed_minor=demand.amount_minor,
            filed_by=actor.label,
            filed_at=moment,
            changed_at=moment,
        )
        claim_tell(work, row, Verb.CLAIM_FILED, actor=actor)
    return row.pk


def claimed_subject(actor: Actor, declaration_id: UUID, at: datetime) -> Subject:
    """A declaration that the actor sees and whose payer it may file for. Raises NotFound."""
    head = declaration_head_for(actor, declaration_id)
    payer_id = debt_payer(declaration_id)
    if payer_id is None or not organisations_actor_may_file_for(actor, at=at).filter(pk=payer_id).exists():
        raise NotFound
    return Subject(head, fiscal_status(declaration_id), payer_id, tuple(tax_lines([declaration_id])))


def taxes_paid(subject: Subject) -> dict[tuple[int, str], LinePaid]:
    """What was charged of each tax of each item; a tax of several lines, as one whose quota is split, is one."""
    paid: dict[tuple[int, str], LinePaid] = {}
    for line in subject.lines:
        key = (line.item, line.tax_type)
        before = paid[key].minor if key in paid else 0
        paid[key] = LinePaid(line.item, line.tax_type, line.authority, before + line.amount_minor)
    return paid


def subject_keep(work: Work, subject: Subject) -> None:
    """Keep what a claim is filed on from being assessed anew until it is filed.

    Locks: the fiscal status.

    Raises:
        Conflict: it was assessed anew since it was read.
    """
    debts_keep(work, [subject.head.id])
    if tuple(tax_lines([subject.head.id])) != subject.lines:
        raise Conflict("The declaration was changed at the same time; look at it and claim again.")


def paid_findings(subject: Subject) -> list[Violation]:
    """RV-CLM-03: only what was paid comes back; what is deferred or secured was not paid yet."""
    if subject.head.legal_state is LegalState.INVALIDATED:
        sentence = "The declaration was invalidated; what was paid for it came back by that."
        return [Violation("RV-CLM-03", "/declaration", sentence, "", subject.head.legal_state.value)]
    if subject.status.state in PAID:
        return []
    sentence = "What the declaration owes was not paid for good yet."
    remedy = "Claim when its statement is paid, or its debt is determined."
    return [Violation("RV-CLM-03", "/declaration", sentence, remedy, subject.status.state.value)]


def refuse_short(short: Sequence[tuple[UUID, int, str]]) -> None:
    """Refuse a claim for taxes that are claimed already. Raises RuleViolated (RV-CLM-05)."""
    if short:
        sentence = "It is more than is left: other claims ask for it, or it was given back."
        raise RuleViolated(
            violations=[
                Violation("RV-CLM-05", "/lines", sentence, "Claim less.", f"{tax} of item {item}")
                for _, item, tax in short
            ]
        )


def demand_required(actor: Actor, demand_id: UUID, at: datetime | None = None) -> DemandView:
    """A demand on an organisation that the actor may file for. Raises NotFound."""
    at = at or clock.now()
    demand = demand_view(demand_id)
    if demand is None:
        raise NotFound
    if not organisations_actor_may_file_for(actor, at=at).filter(pk=demand.organisation_id).exists():
        raise NotFound
    return demand


def claim_tell(
    work: Work,
    row: Claim,
    verb: Verb,
    *,
    actor: Actor,
    reason: str = "",
    told: Sequence[UUID] = (),
    more: dict[str, JsonValue] | None = None,
) -> None:
    """One event, and one line in the feed of the claimant and the parties."""
    data: dict[str, JsonValue] = {
        "claim": row.number,
        "kind": row.kind,
        "state": row.state,
        "mrn": row.mrn,
        "claimed": amount_text(row.claimed_minor, row.currency),
        "currency": row.currency,
        "law": row.law,
        **({"approved": amount_text(row.approved_minor, row.currency)} if row.approved_minor is not None else {}),
        **(more or {}),
    }
    subject_id = str(row.pk)
    at = row.changed_at
    event_record(
        work, actor=actor, verb=verb, subject_type="claim", subject_id=subject_id, data=data, reason=reason, at=at
    )
    organisations = list(dict.fromkeys([row.claimant_id, *told]))
    party_event_publish(
        work, organisation_ids=organisations, type=f"claim.{row.state}", subject_id=subject_id, data=data, at=at
    )
