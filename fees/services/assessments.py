"""Assessing a declaration: the engine's answer, kept with its lines and its place in the fiscal life cycle."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from psycopg2.extras import Json

from declarations.selectors import declaration_snapshot
from declarations.states import LegalState
from declarations.types import DeclarationSnapshot
from fees.models import Assessment as AssessmentRow
from fees.models import AssessmentLine, FiscalStatus
from fees.rules.assessment import CannotAssess
from fees.rules.facts import facts_of
from fees.selectors.assessments import fiscal_state
from fees.selectors.tariff import tariff_at, tariff_of_version
from fees.services.quotes import Quote, assessed
from fees.services.remissions import remissions_credit
from fees.states import FISCAL, OPEN, FiscalState
from fees.types import Assessment, AssessmentKind, AssessmentSummary
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue, timers_cancel
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.quotas.selectors import quota_shares

AGAIN = "fees.assess_again"
"""The task that tries again."""

TRY_AGAIN_AFTER = timedelta(minutes=15)
"""How long an assessment that waits for a rate sleeps before it is tried again."""

# One round trip: which tariff is current, the one of the first assessment, and where the money stands, locked.
STANDING_SQL = """
WITH standing AS (SELECT state, version, waiting_for FROM fees_fiscalstatus WHERE declaration_id = %s FOR UPDATE)
SELECT v.id, v.sha256, s.state, coalesce(s.version, 0), s.waiting_for,
    CASE WHEN s.version > 0 THEN (SELECT tariff FROM fees_assessment WHERE declaration_id = %s AND kind = 'assessment'
                                  ORDER BY version LIMIT 1) END
FROM (SELECT id, sha256 FROM fees_tariffversion ORDER BY id DESC LIMIT 1) v LEFT JOIN standing s ON true
"""
UPDATE_SQL = """
UPDATE fees_fiscalstatus SET state = %s, assessment_id = %s, version = %s, currency = %s, total_minor = %s,
    missing_minor = 0, due = %s, waiting_for = %s, changed_at = %s
WHERE declaration_id = %s
"""
WAIT_SQL = "UPDATE fees_fiscalstatus SET waiting_for = %s WHERE declaration_id = %s"
STATUS_COLUMNS = (
    *("state", "assessment_id", "version", "currency", "total_minor", "due", "waiting_for", "changed_at"),
    *("declaration_id", "mrn", "organisation_id", "parties"),
)
ASSESSMENT_COLUMNS = (
    *("id", "declaration_id", "declaration_version", "version", "kind", "at", "on", "canonical", "sha256"),
    *("total_minor", "currency", "tariff", "profile", "exchange_rates", "security_minor"),
)
LINE_COLUMNS = (
    *("assessment_id", "item", "tax_type", "kind", "authority", "measure", "base_minor", "amount_minor", "relief"),
    *("event_on", "published_on"),
)


@dataclass(frozen=True, slots=True)
class _Act:
    """One assessment being made, and what stood before it."""

    work: Work
    snapshot: DeclarationSnapshot
    tariff: tuple[int, str]
    """Number and hash of the tariff in force."""
    pinned: str
    """The tariff under which the declaration was assessed first; empty before that (FE-TAR-07)."""
    kind: AssessmentKind
    at: datetime
    payer_id: UUID
    actor: Actor
    known: bool
    """Whether the money of the declaration has a row already."""
    state: FiscalState
    version: int
    waiting: list[dict[str, str]]
    """What an earlier try waited for."""

    @property
    def who(self) -> tuple[str, UUID, Json]:
        """The end of a row of the fiscal status: the number, who pays, who is told."""
        return (self.snapshot.mrn, self.payer_id, Json([str(party) for party in self.snapshot.parties]))


def assessment_make(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    at: datetime,
    kind: AssessmentKind,
    payer_id: UUID | None = None,
    actor: Actor | None = None,
) -> AssessmentSummary:
    """Assess a declaration at an instant and keep the result; an estimate leaves the fiscal state alone.

    Where something is missing nothing is taken as zero: the answer names what it waits for, the state stays
    NOT_ASSESSED, the parties are told, and a timer tries again.

    Locks: the fiscal status of the declaration. Of two assessments in one unit of work, flush between them.

    Args:
        payer_id: whose prepaid account will pay; without it the trader's, else the filer's.

    Raises:
        TransitionRefused: the debt is paid, secured or final, so that it is no longer assessed this way.
    """
    act = _act(work, snapshot, at=at, kind=kind, payer_id=payer_id, actor=actor)
    if act.state not in OPEN:
        raise TransitionRefused(f"The debt is {act.state}; it is not assessed again.")
    try:
        quote = _quote(act)
    except CannotAssess as error:
        return _wait(act, error.findings)
    return _keep(act, quote)


def assessment_renew(
    work: Work, snapshot: DeclarationSnapshot, *, at: datetime, actor: Actor | None = None
) -> AssessmentSummary:
    """Assess new content of a declaration whose debt is covered or final: the state stays, the figures are new.

    What was remitted by decision is taken from what is owed. The caller moves the difference in the same transaction.

    Locks: the fiscal status of the declaration.

    Source: docs/rules/fees.md, FE-REM-01.

    Raises:
        RuleViolated: something that the assessment needs is missing; nothing is taken as zero.
    """
    act = _act(work, snapshot, at=at, kind=AssessmentKind.ASSESSMENT, payer_id=None, actor=actor)
    try:
        quote = _quote(act)
    except CannotAssess as error:
        raise RuleViolated("The costs cannot be worked out.", violations=error.findings) from error
    summary = _keep(act, quote)
    remitted = remissions_credit(work, snapshot.id)
    if not remitted:
        return summary
    owed = summary.total_minor - remitted
    return replace(summary, total_minor=owed, total=from_minor(owed, summary.currency))


def _act(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    at: datetime,
    kind: AssessmentKind,
    payer_id: UUID | None,
    actor: Actor | None,
) -> _Act:
    rows = work.fetch(STANDING_SQL, [snapshot.id, snapshot.id])
    if not rows:
        raise NotFound("No tariff is loaded; run the command load_fees.")
    tariff_id, tariff_sha256, state, version, waiting, pinned = rows[0]
    return _Act(
        work=work,
        snapshot=snapshot,
        tariff=(tariff_id, tariff_sha256),
        pinned=pinned or "",
        kind=kind,
        at=at,
        payer_id=payer_id or snapshot.trader_org or snapshot.lodged_by,
        actor=actor or system_actor("fees"),
        known=state is not None,
        state=FiscalState(state or FiscalState.NOT_ASSESSED),
        version=version,
        waiting=orjson.loads(waiting) if isinstance(waiting, str) else waiting or [],
    )


def _quote(act: _Act) -> Quote:
    facts = facts_of(act.snapshot.message)
    cites = any(item.quota_order_number for item in facts.items)
    tariff = tariff_at(*act.tariff)
    if act.pinned and act.pinned != tariff.label:
        tariff = tariff_of_version(act.pinned)
    shares = quota_shares(act.snapshot.id) if cites else None
    return assessed(facts, at=act.at, tariff=tariff, shares=shares, declaration_id=act.snapshot.id)


def _keep(act: _Act, quote: Quote) -> AssessmentSummary:
    assessment, work = quote.assessment, act.work
    version, currency, assessment_id = act.version + 1, assessment.currency, uuid7()
    state = act.state
    if act.kind is AssessmentKind.ASSESSMENT and act.state in OPEN:
        state = FISCAL.next_state("assess", act.state)
    total = to_minor(assessment.total, currency)
    security = to_minor(assessment.security, currency)
    rates = [rate.id for rate in assessment.rates]
    row = (
        *(assessment_id, act.snapshot.id, act.snapshot.version, version, act.kind.value, act.at, assessment.on),
        *(quote.canonical, quote.sha256, total, currency, assessment.tariff, assessment.profile, rates, security),
    )
    work.insert(AssessmentRow, ASSESSMENT_COLUMNS, [row])
    work.insert(AssessmentLine, LINE_COLUMNS, _lines(assessment_id, assessment))
    due = Json({authority: to_minor(amount, currency) for authority, amount in assessment.due})
    status = (state.value, assessment_id, version, currency, total, due, Json([]), act.at, act.snapshot.id)
    if act.known:
        work.execute(UPDATE_SQL, status)
    else:
        work.insert(FiscalStatus, STATUS_COLUMNS, [(*status, *act.who)])
    _tell_made(act, quote)
    return AssessmentSummary(
        assessment_id=assessment_id,
        kind=act.kind,
        version=version,
        state=state,
        currency=currency,
        total=assessment.total,
        total_minor=total,
        sha256=quote.sha256,
        security_minor=security,
    )


def _lines(assessment_id: UUID, assessment: Assessment) -> Iterator[Sequence[Any]]:
    currency, on = assessment.currency, assessment.on
    for item in assessment.items:
        for line in item.lines:
            base, amount = to_minor(line.base, currency), to_minor(line.amount, currency)
            yield (
                *(assessment_id, item.number, line.tax_type, line.kind.value, line.authority, line.measure),
                *(base, amount, line.relief, on, None),
            )
    for charge in assessment.charges:
        base, amount = to_minor(charge.base, currency), to_minor(charge.amount, currency)
        yield (
            *(assessment_id, charge.item, charge.code, "charge", charge.authority, charge.measure),
            *(base, amount, "", on, charge.published_on),
        )


def _tell_made(act: _Act, quote: Quote) -> None:
    assessment = quote.assessment
    data: dict[str, JsonValue] = {
        "mrn": act.snapshot.mrn,
        "kind": act.kind.value,
        "total": f"{assessment.total:f}",
        "currency": assessment.currency,
        "sha256": quote.sha256,
    }
    snapshot_ids: dict[str, JsonValue] = {"tariff": assessment.tariff, "profile": assessment.profile}
    _tell(
        act,
        Verb.ASSESSMENT_MADE,
        "assessed" if act.kind is AssessmentKind.ASSESSMENT else "estimated",
        data,
        more=snapshot_ids,
    )


def _tell(
    act: _Act, verb: Verb, type_: str, data: dict[str, JsonValue], more: dict[str, JsonValue] | None = None
) -> None:
    subject_id = str(act.snapshot.id)
    event_record(
        act.work,
        actor=act.actor,
        verb=verb,
        subject_type="declaration",
        subject_id=subject_id,
        data=data | (more or {}),
        at=act.at,
    )
    party_event_publish(
        act.work, organisation_ids=act.snapshot.parties, type=type_, subject_id=subject_id, data=data, at=act.at
    )


def _wait(act: _Act, findings: tuple[Violation, ...]) -> AssessmentSummary:
    """Name what is missing, tell the parties once, and set a timer; the state stays as it is (FE-FX-01)."""
    waiting = [asdict(finding) for finding in findings]
    if not act.known:
        status = (act.state.value, None, act.version, "", 0, Json({}), Json(waiting), act.at, act.snapshot.id)
        act.work.insert(FiscalStatus, STATUS_COLUMNS, [(*status, *act.who)])
    elif waiting != act.waiting:
        act.work.execute(WAIT_SQL, [Json(waiting), act.snapshot.id])
    if waiting != act.waiting:
        _tell_waiting(act, findings)
    subject_id = str(act.snapshot.id)
    timers_cancel(act.work, subject_id=subject_id, kind=AGAIN)
    queue(act.work, "AssessmentAwaited", subject_id=subject_id, not_before=clock.now() + TRY_AGAIN_AFTER)
    return AssessmentSummary(
        assessment_id=None,
        kind=act.kind,
        version=act.version,
        state=act.state,
        currency="",
        total=Decimal(0),
        total_minor=0,
        sha256="",
        waiting_for=findings,
    )


def _tell_waiting(act: _Act, findings: tuple[Violation, ...]) -> None:
    data: dict[str, JsonValue] = {
        "mrn": act.snapshot.mrn,
        "rules": sorted({finding.rule for finding in findings}),
        "reasons": [finding.message for finding in findings],
    }
    _tell(act, Verb.ASSESSMENT_AWAITED, "assessment_waits", data)


def assessment_again(work: Work, job: JobContext) -> None:
    """Try an assessment once more that waited for a rate, a value or a quantity; then what waited for it goes on.

    Rates and law are those of acceptance, whenever it succeeds.

    Idempotent: a declaration that was assessed in the meantime, or that has ended, is left alone.
    """
    snapshot = declaration_snapshot(UUID(job.subject_id), lock=True)
    if fiscal_state(snapshot.id) is not FiscalState.NOT_ASSESSED:
        return
    if snapshot.legal_state is LegalState.ACCEPTED:
        at, kind = snapshot.accepted_at or clock.now(), AssessmentKind.ASSESSMENT
    elif snapshot.legal_state is LegalState.REGISTERED:
        at, kind = clock.now(), AssessmentKind.ESTIMATE
    else:
        return
    summary = assessment_make(work, snapshot, at=at, kind=kind)
    if summary.state is FiscalState.ASSESSED:
        queue(work, "DebtAssessed", subject_id=str(snapshot.id))
