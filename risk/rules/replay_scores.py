"""A replay in two steps: score every declaration under both rule sets, then pick within what each office can examine.

Between them stands the plan of each office and day, made from all that came on that day. So neither the order of the
parts nor the number of workers changes who is picked. Source: docs/rules/risk.md, RM-SIM-02 and RM-SIM-05.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from risk.rules.record import Record
from risk.rules.replay_sums import Known, Seen, Sums, origin_of, size_of
from risk.rules.rule_set import CompiledRuleSet
from risk.rules.scoring import PROFILE_PREFIX, decide
from risk.rules.selection import DaysBefore, DrawInputs, Room, choose, room_planned, uncertain
from risk.types import Finding, Lane, Pick, Stage

REPLAYED = (Stage.ACCEPTANCE.value, Stage.AMENDMENT.value)
"""Results of these stages are replayed, of each declaration the newest of the period."""
SIDES = ("live", "candidate")
SIZE_FIELD = "trader_declarations_year"


@dataclass(frozen=True, slots=True)
class Past:
    """A stored declaration with everything that its replay asks."""

    declaration_id: UUID
    on: date
    office: str
    lane: Lane
    record: Record
    lines: Sequence[Finding]
    probabilities: Sequence[float | None]
    """By the model of each side."""
    release_s: int | None
    known: Known | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where one side puts a declaration."""

    lane: Lane
    pick: Pick
    profiles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all declarations of a simulation are picked with."""

    secret: bytes
    """From the seed; the same for both sides, so that they differ by what was changed and by nothing else."""
    sample_rate: Decimal
    minor_digits: int


def score(past: Past, rules: Sequence[CompiledRuleSet], frame: Frame) -> list[Any]:
    """A declaration scored under both rule sets, as a row that `pick` reads: plain values, no floats."""
    draw = DrawInputs(past.declaration_id, past.on, minor_digits=frame.minor_digits)
    sides = [_side(past, one, probability, draw) for one, probability in zip(rules, past.probabilities, strict=True)]
    known = past.known
    return [
        str(past.declaration_id),
        past.office,
        past.on.isoformat(),
        origin_of(past.record.items),
        size_of(float(past.record.header.get(SIZE_FIELD, 0.0))),  # type: ignore[arg-type]
        past.lane.value,
        past.release_s,
        [known.outcome, known.revenue_minor, str(known.propensity)] if known is not None else None,
        *sides,
    ]


def _side(past: Past, rules: CompiledRuleSet, probability: float | None, draw: DrawInputs) -> list[Any]:
    """Score, lane of the band, hard lane, expected loss and profiles; nothing is drawn and nothing is over capacity."""
    decided = decide(past.record, past.lines, rules, probability=probability, draw=draw)
    hard = max((line.lane for line in decided.reasons if line.lane is not None), key=_rank, default=None)
    profiles = [line.rule for line in decided.reasons if line.rule.startswith(PROFILE_PREFIX)]
    return [
        str(decided.score),
        decided.band_lane.value,
        hard.value if hard is not None else "",
        decided.expected_loss_minor,
        profiles,
    ]


def _rank(lane: Lane) -> int:
    return lane.rank


def tally(rows: Iterable[Sequence[Any]], rules: Sequence[CompiledRuleSet]) -> dict[str, list[Any]]:
    """By office and day: declarations, and for each side those near the red band and the losses of those in it."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        cell = found.setdefault(f"{row[1]}|{row[2]}", [0, 0, [], 0, []])
        cell[0] += 1
        for place, one in enumerate(rules):
            points, band, _hard, loss, _profiles = row[8 + place]
            if band == Lane.RED:
                cell[2 + 2 * place].append(loss)
            elif uncertain(Decimal(points), one.bands.red, one.selection):
                cell[1 + 2 * place] += 1
    return found


def rooms_planned(
    tallies: Iterable[Mapping[str, Sequence[Any]]], rules: Sequence[CompiledRuleSet]
) -> dict[str, list[list[Any]]]:
    """The room of each office and day for each side, planned from what came on that very day."""
    together: dict[str, list[Any]] = {}
    for one in tallies:
        for key, cell in one.items():
            known = together.setdefault(key, [0, 0, [], 0, []])
            for place, amount in enumerate(cell):
                known[place] += amount
    return {
        key: [_room(cell, place, one, key.split("|")[0]) for place, one in enumerate(rules)]
        for key, cell in sorted(together.items())
    }


def _room(cell: Sequence[Any], place: int, rules: CompiledRuleSet, office: str) -> list[Any]:
    near, losses = cell[1 + 2 * place], cell[2 + 2 * place]
    policy = rules.selection
    room = room_planned(DaysBefore(1, cell[0], near, losses), policy.capacity_of(office), policy)
    return [room.threshold_minor, str(room.random_rate), str(room.uncertain_rate)]


class Picker:
    """Picks from scored rows within the rooms that were planned, and adds up what comes of it."""

    def __init__(
        self, rules: Sequence[CompiledRuleSet], frame: Frame, rooms: Mapping[str, Sequence[Sequence[Any]]]
    ) -> None:
        self._rules, self._frame = rules, frame
        self._plans = rooms
        self._rooms: dict[str, tuple[Room, ...]] = {}

    def sums(self, rows: Iterable[Sequence[Any]]) -> Sums:
        """What some scored rows add up to."""
        sums = Sums(salt=self._frame.secret[:32])
        for row in rows:
            known = row[7]
            seen = Seen(
                declaration_id=UUID(row[0]),
                origin=row[3],
                size=row[4],
                lane=Lane(row[5]),
                release_s=row[6],
                known=Known(known[0], known[1], Decimal(known[2])) if known is not None else None,
            )
            rooms, on = self._rooms_of(f"{row[1]}|{row[2]}"), date.fromisoformat(row[2])
            live, candidate = (
                self._picked(row[8 + place], one, seen.declaration_id, on, rooms[place])
                for place, one in enumerate(self._rules)
            )
            sums.add(seen, live, candidate)
        return sums

    def _rooms_of(self, key: str) -> tuple[Room, ...]:
        found = self._rooms.get(key)
        if found is None:
            found = tuple(
                Room(threshold, random_rate=Decimal(random), uncertain_rate=Decimal(near))
                for threshold, random, near in self._plans[key]
            )
            self._rooms[key] = found
        return found

    def _picked(
        self, scored: Sequence[Any], rules: CompiledRuleSet, declaration_id: UUID, on: date, room: Room
    ) -> Replayed:
        points, band, hard, loss, profiles = scored
        frame = self._frame
        draw = DrawInputs(
            declaration_id,
            on,
            secret=frame.secret,
            sample_rate=frame.sample_rate,
            room=room,
            minor_digits=frame.minor_digits,
        )
        hard_lane = Lane(hard) if hard else None
        chosen = choose(Decimal(points), Lane(band), hard_lane, loss, rules.bands.red, rules.selection, draw)
        return Replayed(chosen.lane, chosen.pick, profiles)
