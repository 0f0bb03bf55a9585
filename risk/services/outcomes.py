"""What a check found, taken into everything that learns from it, in the transaction of the check."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from declarations.selectors import declaration_snapshot
from declarations.types import DeclarationSnapshot
from risk.models import InspectionOutcome
from risk.rules.consignment import main_heading, party_key, trading_parties
from risk.rules.scoring import ADJUSTMENTS
from risk.services.history import history_update
from risk.types import HistoryEvent, Outcome, Pick
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.identifiers import uuid7

DOCUMENTS, EXAMINATION = "documents", "examination"
COLUMNS = (
    "id",
    "declaration_id",
    "assessment_id",
    "kind",
    "outcome",
    "revenue_delta_minor",
    "at",
    "office",
    "pick",
    "control",
    "propensity",
    "rules",
    "hs4",
    "trader",
)

NEWEST_SQL = """
SELECT id, office, pick, control, propensity, reasons FROM risk_riskassessment
WHERE declaration_id = %s AND assessed_at <= %s ORDER BY id DESC LIMIT 1
"""
CHECKED_SQL = """
INSERT INTO risk_ruleday (rule, day, inspections, findings, revenue_minor)
SELECT rule, %(day)s, 1, %(found)s, %(revenue)s FROM unnest(%(rules)s::text[]) AS r(rule)
ON CONFLICT (rule, day) DO UPDATE SET
    inspections = risk_ruleday.inspections + 1,
    findings = risk_ruleday.findings + EXCLUDED.findings,
    revenue_minor = risk_ruleday.revenue_minor + EXCLUDED.revenue_minor
"""
# A day's hits are set, not added to, and within a day they only grow: counting twice, or two at once, changes nothing.
HITS_SQL = """
INSERT INTO risk_ruleday (rule, day, hits)
SELECT reason->>'rule', %(day)s, count(DISTINCT declaration_id)
FROM risk_riskassessment, jsonb_array_elements(reasons) AS reason
WHERE assessed_at >= %(from)s AND assessed_at < %(to)s AND NOT reason->>'rule' = ANY(%(no_rules)s)
GROUP BY reason->>'rule' ORDER BY (reason->>'rule') COLLATE "C"
ON CONFLICT (rule, day) DO UPDATE SET hits = EXCLUDED.hits WHERE risk_ruleday.hits < EXCLUDED.hits
"""


def outcome_record(
    work: Work,
    subject: DeclarationSnapshot | UUID,
    *,
    outcome: Outcome,
    revenue_delta_minor: int = 0,
    kind: str = EXAMINATION,
    actor: Acting,
    at: datetime | None = None,
) -> UUID:
    """Remember what a check found: for learning, for the hit rate of each rule that fired, for the parties.

    The pick, its chance and the rules are those of the newest result of the declaration, so that each outcome knows how
    it came to be seen. Hit rates have moved when the transaction ends. Call it once a check, in its transaction.

    Locks: the rows of the day of the rules that fired and of the parties, in one order, until the transaction ends.

    Source: RM-LRN-01 (domain rules K3, F29).

    Args:
        kind: `documents` or `examination`.
        revenue_delta_minor: what the check brought, in minor units of the country's currency.
    """
    snapshot = subject if isinstance(subject, DeclarationSnapshot) else declaration_snapshot(subject)
    at = at or clock.now()
    work.flush()
    found = work.fetch(NEWEST_SQL, [snapshot.id, at])
    assessment, office, pick, control, propensity, reasons = (
        found[0] if found else (None, snapshot.office, Pick.NONE.value, False, Decimal(0), [])
    )
    rules = fired(reasons)
    outcome_id = uuid7()
    row = (
        outcome_id,
        snapshot.id,
        assessment,
        kind,
        outcome.value,
        revenue_delta_minor,
        at,
        office or snapshot.office,
        pick,
        control,
        propensity,
        rules,
        main_heading(snapshot.message),
        party_key(trading_parties(snapshot.message)[0]),
    )
    work.insert(InspectionOutcome, COLUMNS, [row])
    if rules:
        day: dict[str, Any] = {
            "rules": rules,
            "day": at.date(),
            "found": int(outcome.is_finding),
            "revenue": revenue_delta_minor,
        }
        work.execute(CHECKED_SQL, day)
    history_update(work, snapshot, event=HistoryEvent.INSPECTED, outcome=outcome, at=at)
    event_record(
        work,
        actor=actor,
        verb=Verb.OUTCOME_RECORDED,
        subject_type="declaration",
        subject_id=str(snapshot.id),
        data={"outcome": outcome.value, "kind": kind, "pick": pick, "control": control, "rules": len(rules)},
        at=at,
    )
    return outcome_id


def fired(reasons: Any) -> list[str]:
    """Rules and profiles among stored reasons, in one order, without the lines that are no rule."""
    stored = orjson.loads(reasons) if isinstance(reasons, str) else reasons
    return sorted({reason["rule"] for reason in stored} - set(ADJUSTMENTS))


def rule_hits_count(*, last: date, days: int = 2) -> int:
    """Count how often each rule and profile fired on each of some days up to `last`; the rows that changed.

    A declaration counts once a day, however often it was scored.

    Idempotent: yes; what was counted is set, not added to.

    Source: RM-LRN-02.
    """
    changed = 0
    for back in range(days):
        day = last - timedelta(days=back)
        start = datetime.combine(day, datetime.min.time(), tzinfo=clock.now().tzinfo)
        with unit_of_work() as work:
            changed += work.execute(
                HITS_SQL,
                {"day": day, "from": start, "to": start + timedelta(days=1), "no_rules": sorted(ADJUSTMENTS)},
            )
    return changed
