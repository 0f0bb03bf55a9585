"""What is remembered of parties, updated in the transaction of what happened."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from declarations.types import DeclarationSnapshot
from risk.rules.consignment import amount_in, container_ids_of, party_key, trading_parties
from risk.rules.parties import LOW_VALUE
from risk.selectors.facts import money_facts, side_of
from risk.types import HistoryEvent, Outcome
from singlewindow.db.work import Work
from singlewindow.kernel import clock

MONTH_SQL = """
INSERT INTO risk_partymonth (side, party, month, declarations, changes, inspections, findings)
VALUES (%(side)s, %(trader)s, date_trunc('month', %(at)s)::date, %(declarations)s, %(changes)s, %(inspections)s,
        %(findings)s)
ON CONFLICT (side, party, month) DO UPDATE SET
    declarations = risk_partymonth.declarations + EXCLUDED.declarations,
    changes = risk_partymonth.changes + EXCLUDED.changes,
    inspections = risk_partymonth.inspections + EXCLUDED.inspections,
    findings = risk_partymonth.findings + EXCLUDED.findings
"""

ACCEPTED_SQL = (
    """
WITH party AS (
    INSERT INTO risk_partyhistory (side, party, first_seen, last_seen)
    VALUES (%(side)s, %(trader)s, %(at)s::date, %(at)s::date)
    ON CONFLICT (side, party) DO UPDATE SET last_seen = EXCLUDED.last_seen
        WHERE risk_partyhistory.last_seen < EXCLUDED.last_seen
), seen AS (
    INSERT INTO risk_tradeseen (side, party, kind, value, first_seen)
    SELECT %(side)s, %(trader)s, kind, value, %(at)s::date
    FROM unnest(%(seen_kinds)s::text[], %(seen_values)s::text[]) AS s(kind, value)
    ON CONFLICT DO NOTHING
), small AS (
    INSERT INTO risk_smallconsignment (party, partner, hs6, declaration_id, at)
    SELECT %(trader)s, %(partner)s, hs6, %(declaration)s, %(at)s FROM unnest(%(small)s::text[]) AS s(hs6)
    ON CONFLICT DO NOTHING
), container AS (
    INSERT INTO risk_containeruse (container, party, declaration_id, at)
    SELECT number, %(trader)s, %(declaration)s, %(at)s FROM unnest(%(containers)s::text[]) AS s(number)
    ON CONFLICT DO NOTHING
)"""  # noqa: S608  (only constants of this module)
    + MONTH_SQL
)


def history_update(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    event: HistoryEvent,
    outcome: Outcome | None = None,
    at: datetime | None = None,
) -> None:
    """Remember what happened to a declaration: it was accepted, changed, or checked with an outcome.

    One statement; its cost does not grow with the trader's history. Call it in the transaction of the event, which
    happens once, and after `risk_assess`: a second call would count it twice.

    Locks: the trader's row of the month until the transaction ends.

    Raises:
        ValueError: an inspection without an outcome.
    """
    trader, partner = (party_key(party) for party in trading_parties(snapshot.message))
    if not trader:
        return
    if (event is HistoryEvent.INSPECTED) != (outcome is not None):
        raise ValueError("an inspection has an outcome, and nothing else has")
    parameters: dict[str, Any] = {
        "side": side_of(snapshot.message),
        "trader": trader,
        "partner": partner,
        "at": at or clock.now(),
        "declaration": snapshot.id,
        "declarations": int(event is HistoryEvent.ACCEPTED),
        "changes": int(event in (HistoryEvent.AMENDED, HistoryEvent.INVALIDATED)),
        "inspections": int(event is HistoryEvent.INSPECTED),
        "findings": int(outcome is not None and outcome.is_finding),
    }
    if event is not HistoryEvent.ACCEPTED:
        work.execute(MONTH_SQL, parameters)
        return
    seen = {("chapter", item.hs6[:2]) for item in snapshot.message.items if item.hs6}
    if partner:
        seen.add(("pair", partner))
    ordered = sorted(seen)  # one order for everyone: two acceptances cannot wait for each other in a circle
    parameters["seen_kinds"] = [kind for kind, _ in ordered]
    parameters["seen_values"] = [value for _, value in ordered]
    parameters["small"] = _small(snapshot) if partner else []
    parameters["containers"] = sorted(container_ids_of(snapshot.message))
    work.execute(ACCEPTED_SQL, parameters)


def _small(snapshot: DeclarationSnapshot) -> list[str]:
    facts = money_facts(snapshot.message)
    values: dict[str, Decimal] = defaultdict(Decimal)
    for item in snapshot.message.items:
        value = amount_in(item.price or item.customs_value or item.statistical_value, facts)
        if value is not None and item.hs6:
            values[item.hs6] += value
    return sorted(hs6 for hs6, value in values.items() if value < LOW_VALUE)


def history_forget(work: Work, *, before: datetime) -> int:
    """Drop what is too old for any rule: small consignments and uses of containers; the number of rows.

    Idempotent: yes.
    """
    rows = work.execute("DELETE FROM risk_smallconsignment WHERE at < %s", [before])
    return rows + work.execute("DELETE FROM risk_containeruse WHERE at < %s", [before])
