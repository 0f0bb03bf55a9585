"""Counting the examinations of an office and day, so that its capacity is never exceeded by what may be left."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

import orjson

from risk.rules.policy import SelectionPolicy
from risk.rules.rule_set import CompiledRuleSet
from risk.rules.scoring import Decided
from risk.rules.selection import DaysBefore, DrawInputs, Room, room_planned
from risk.types import Lane, Pick
from singlewindow.db.work import Work

DAYS_BEFORE = timedelta(days=7)
READ_MOST = 20_000
"""Results of the days before that a plan looks at."""

STATE_SQL = """
SELECT d.room, d.capacity, d.hard + d.loss + d.explore + d.control, d.loss, d.explore,
    (SELECT pick FROM risk_riskassessment WHERE declaration_id = %(declaration)s
        AND pick IN ('loss', 'uncertain', 'random', 'hard', 'control') ORDER BY id DESC LIMIT 1)
FROM (SELECT 1) one LEFT JOIN risk_inspectionday d ON d.office = %(office)s AND d.day = %(day)s
"""

BEFORE_SQL = """
SELECT score, expected_loss_minor FROM risk_riskassessment
WHERE office = %s AND assessed_at >= %s AND assessed_at < %s ORDER BY assessed_at DESC LIMIT %s
"""

TAKE_SQL = """
UPDATE risk_inspectionday SET {column} = {column} + 1
WHERE office = %(office)s AND day = %(day)s AND hard + loss + explore + control < capacity AND {column} < %(most)s
"""
COUNT_SQL = "UPDATE risk_inspectionday SET {column} = {column} + 1 WHERE office = %(office)s AND day = %(day)s"

COLUMN = {
    Pick.HARD: "hard",
    Pick.CONTROL: "control",
    Pick.LOSS: "loss",
    Pick.UNCERTAIN: "explore",
    Pick.RANDOM: "explore",
}


def choice_make(
    work: Work,
    decide: Callable[[DrawInputs], Decided],
    draw: DrawInputs,
    *,
    rules: CompiledRuleSet,
    office: str,
) -> tuple[Decided, DrawInputs]:
    """Decide with the room that the office has left, and count the examination; what it was decided with.

    Hard profiles and the control sample are counted and never refused. What may be left is counted by one statement
    that fails when the capacity is used: then it is decided again without that room.

    Locks: the office's row of the day, where something is counted.

    Source: docs/rules/risk.md, RM-SEL-01 to RM-SEL-04.
    """
    capacity = rules.selection.capacity_of(office)
    if capacity is None:
        return decide(draw), draw
    room = _room(work, draw, capacity, office, rules)
    for _ in range(3):
        draw = replace(draw, room=room)
        decided = decide(draw)
        pick = decided.chosen.pick
        if pick is room.counted or decided.lane is not Lane.RED or _taken(work, pick, draw.on, office, rules):
            break
        room = replace(room, loss=False) if pick is Pick.LOSS else replace(room, explore=False)
    return decided, draw


def _room(work: Work, draw: DrawInputs, capacity: int, office: str, rules: CompiledRuleSet) -> Room:
    """The room that is left as far as can be seen without a lock."""
    asked = {"declaration": draw.declaration_id, "office": office, "day": draw.on}
    ((plan, planned_for, used, loss, explored, counted),) = work.fetch(STATE_SQL, asked)
    if plan is None:
        room = _planned(work, draw.on, capacity, office, rules)
        return replace(room, counted=Pick(counted or Pick.NONE))
    room = Room.of(orjson.loads(plan) if isinstance(plan, str | bytes) else plan)
    return replace(
        room,
        loss=used < planned_for and loss < most_of(Pick.LOSS, planned_for, rules.selection),
        explore=used < planned_for and explored < most_of(Pick.RANDOM, planned_for, rules.selection),
        counted=Pick(counted or Pick.NONE),
    )


def most_of(pick: Pick, capacity: int, policy: SelectionPolicy) -> int:
    """Examinations a day that a reason may take at most.

    A part of one is rounded up for exploration and down for what is kept from the greatest losses: an office that
    examines two a day explores too, as often as its rates say.
    """
    kept = capacity * policy.explore
    return capacity - int(kept) if pick is Pick.LOSS else ceil(kept)


def _planned(work: Work, day: date, capacity: int, office: str, rules: CompiledRuleSet) -> Room:
    """Plan the day of an office by the days before, once; the first of two plans stands."""
    rows = work.fetch(BEFORE_SQL, [office, day - DAYS_BEFORE, day, READ_MOST])
    red, width = rules.bands.red, rules.selection.width
    before = DaysBefore(
        days=DAYS_BEFORE.days,
        declarations=len(rows),
        uncertain=sum(red - width <= score < red for score, _ in rows),
        losses_minor=[loss or 0 for score, loss in rows if score >= red],
    )
    room = room_planned(before, capacity, rules.selection)
    seen = int(Decimal(before.declarations) / before.days)
    values = [office, day, capacity, seen, orjson.dumps(room.plain()).decode()]
    work.execute(
        "INSERT INTO risk_inspectionday (office, day, capacity, seen, room) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        values,
    )
    return room


def _taken(work: Work, pick: Pick, day: date, office: str, rules: CompiledRuleSet) -> bool:
    """Count an examination; false where the capacity is used and the examination may be left."""
    column = COLUMN[pick]
    parameters = {"office": office, "day": day}
    if pick in (Pick.HARD, Pick.CONTROL):
        return work.execute(COUNT_SQL.format(column=column), parameters) > 0
    capacity = rules.selection.capacity_of(office) or 0
    most = most_of(pick, capacity, rules.selection)
    return work.execute(TAKE_SQL.format(column=column), parameters | {"most": most}) > 0
