"""What is remembered of parties and goods, updated in the transaction of what happened."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from declarations.types import DeclarationSnapshot
from risk.models import GoodsSeen
from risk.rules.consignment import amount_in, origin_of
from risk.rules.parties import LOW_VALUE
from risk.selectors.facts import money_facts
from risk.selectors.past import Asked, asked_of
from risk.types import HistoryEvent, Outcome
from singlewindow.db.work import Work
from singlewindow.kernel import clock

COUNTED_SQL = """
INSERT INTO risk_party{span} (side, party, {column}, declarations, changes, inspections, findings)
SELECT side, party, {value}, %(declarations)s, %(changes)s, %(inspections)s, %(findings)s
FROM unnest(%(sides)s::text[], %(parties)s::text[]) AS p(side, party)
ON CONFLICT (side, party, {column}) DO UPDATE SET
    declarations = risk_party{span}.declarations + EXCLUDED.declarations,
    changes = risk_party{span}.changes + EXCLUDED.changes,
    inspections = risk_party{span}.inspections + EXCLUDED.inspections,
    findings = risk_party{span}.findings + EXCLUDED.findings
"""
DAY_SQL = COUNTED_SQL.format(span="day", column="day", value="%(at)s::date")
MONTH_SQL = COUNTED_SQL.format(span="month", column="month", value="date_trunc('month', %(at)s)::date")

SEEN_SQL = """
    INSERT INTO risk_tradeseen (side, party, kind, value, first_seen)
    SELECT side, party, kind, value, %(at)s::date
    FROM unnest(%(seen_sides)s::text[], %(seen_parties)s::text[], %(seen_kinds)s::text[], %(seen_values)s::text[])
        AS s(side, party, kind, value)
    ON CONFLICT DO NOTHING
"""

CHANGED_SQL = f"WITH day AS ({DAY_SQL}), seen AS ({SEEN_SQL}) {MONTH_SQL}"

ACCEPTED_SQL = f"""
WITH party AS (
    INSERT INTO risk_partyhistory (side, party, first_seen, last_seen)
    SELECT side, party, %(at)s::date, %(at)s::date FROM unnest(%(sides)s::text[], %(parties)s::text[]) AS p(side, party)
    ON CONFLICT (side, party) DO UPDATE SET last_seen = EXCLUDED.last_seen
        WHERE risk_partyhistory.last_seen < EXCLUDED.last_seen
), day AS ({DAY_SQL}), seen AS ({SEEN_SQL}), small AS (
    INSERT INTO risk_smallconsignment (party, partner, hs6, declaration_id, at)
    SELECT %(trader)s, %(partner)s, hs6, %(declaration)s, %(at)s FROM unnest(%(small)s::text[]) AS s(hs6)
    ON CONFLICT DO NOTHING
), container AS (
    INSERT INTO risk_containeruse (container, party, declaration_id, at)
    SELECT number, %(trader)s, %(declaration)s, %(at)s FROM unnest(%(containers)s::text[]) AS s(number)
    ON CONFLICT DO NOTHING
)
{MONTH_SQL}
"""  # noqa: S608  (only constants of this module)


def history_update(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    event: HistoryEvent,
    outcome: Outcome | None = None,
    at: datetime | None = None,
) -> None:
    """Remember what happened to a declaration: it was accepted, changed, or checked with an outcome.

    The trader here, the partner abroad and the declarant are remembered each on a side of their own. One statement;
    its cost does not grow with anyone's history. Values of goods are only appended, and folded into what is usual by
    the tick (`goods_fold`). Call it in the transaction of the event, which happens once, and after `risk_assess`: a
    second call would count it twice.

    Locks: the rows of day and month of the three parties until the transaction ends, in one order for everyone.

    Source: RM-FCT-01.

    Raises:
        ValueError: an inspection without an outcome.
    """
    if (event is HistoryEvent.INSPECTED) != (outcome is not None):
        raise ValueError("an inspection has an outcome, and nothing else has")
    asked = asked_of(snapshot)
    parties = sorted(asked.parties)
    if not parties:
        return
    parameters: dict[str, Any] = {
        "sides": [side for side, _ in parties],
        "parties": [party for _, party in parties],
        "trader": asked.trader,
        "partner": asked.partner,
        "at": at or clock.now(),
        "declaration": snapshot.id,
        "declarations": int(event is HistoryEvent.ACCEPTED),
        "changes": int(event in (HistoryEvent.AMENDED, HistoryEvent.INVALIDATED)),
        "inspections": int(event is HistoryEvent.INSPECTED),
        "findings": int(outcome is not None and outcome.is_finding),
    }
    if event is HistoryEvent.ACCEPTED:
        _accepted(work, snapshot, asked, parameters)
        return
    found = outcome.value if outcome is not None and outcome.is_finding else ""
    parameters |= _seen([(*party, "found", found) for party in parties] if found else ())
    work.execute(CHANGED_SQL, parameters)


def _accepted(work: Work, snapshot: DeclarationSnapshot, asked: Asked, parameters: dict[str, Any]) -> None:
    facts = money_facts(snapshot.message)
    values: dict[str, Decimal] = defaultdict(Decimal)
    goods: list[tuple[str, str, float | None, float | None]] = []
    for item in snapshot.message.items:
        value = amount_in(item.price or item.customs_value or item.statistical_value, facts)
        if not item.hs6:
            continue
        if value is not None:
            values[item.hs6] += value
        mass, quantity = item.net_mass_kg, item.supplementary_quantity
        per_kg = float(value / mass) if value and mass else None
        unit_mass = float(mass / quantity.quantity) if mass and quantity is not None and quantity.quantity else None
        if per_kg is not None or unit_mass is not None:
            origin = origin_of(item, snapshot.message)
            goods.append((item.hs6, origin if len(origin) == 2 else "", per_kg, unit_mass))
    split = asked.trader and asked.partner
    parameters["small"] = sorted(hs6 for hs6, value in values.items() if value < LOW_VALUE) if split else []
    parameters["containers"] = sorted(asked.containers) if asked.trader else []
    parameters |= _seen([(asked.side, asked.trader, *key) for key in asked.seen])
    work.execute(ACCEPTED_SQL, parameters)
    work.insert(GoodsSeen, ("hs6", "origin", "value_per_kg", "unit_mass_kg"), goods)


def _seen(rows: Sequence[tuple[str, ...]]) -> dict[str, list[str]]:
    names = ("seen_sides", "seen_parties", "seen_kinds", "seen_values")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def history_forget(work: Work, *, recent: datetime, quarter: datetime, year: datetime) -> int:
    """Drop what is too old for any rule; the number of rows.

    Small consignments and uses of containers go by `recent`, days of parties by `quarter`, their months by `year`.

    Idempotent: yes.
    """
    rows = work.execute("DELETE FROM risk_smallconsignment WHERE at < %s", [recent])
    rows += work.execute("DELETE FROM risk_containeruse WHERE at < %s", [recent])
    rows += work.execute("DELETE FROM risk_partyday WHERE day < %s::date", [quarter])
    return rows + work.execute("DELETE FROM risk_partymonth WHERE month < %s::date", [year])
