"""What the country decides about entry summary declarations: data with its days in force, not code."""

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from singlewindow.kernel import clock

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long before loading or arrival a declaration must be here, for a mode of transport."""

    mode: int
    container: bool | None
    """Only for goods in containers (true) or without (false); nothing: for both."""
    before: timedelta
    event: str
    words: str


@dataclass(frozen=True, slots=True)
class EntryProfile:
    """One version of the profile."""

    version: str
    valid_from: date
    valid_to: date | None
    domestic_prefixes: tuple[str, ...]
    """How identification numbers of this territory begin: their holders are known, so no address is asked for."""
    reduced_data_set: bool
    """Whether the later edition of version 11.2 is in force, in which total of items and place may be left out."""
    bulk_kinds: frozenset[str]
    unpacked_kinds: frozenset[str]
    time_limits: tuple[TimeLimit, ...]
    voyage: timedelta
    """Shortest sea voyage counted for a limit before loading, since the message says only when the ship arrives."""
    vague_descriptions: frozenset[str]
    dangerous_words: dict[str, str]
    answer_time: timedelta
    alert_time: timedelta
    mass_tolerance: Decimal
    mrn_letter: str
    """The 17th character of the MRN."""
    kept: timedelta
    """How long after the expected arrival a declaration can still be used."""

    def domestic(self, identifier: str) -> bool:
        """Whether an identification number was given by this territory."""
        return identifier.startswith(self.domestic_prefixes)


@dataclass(frozen=True, slots=True)
class Alert:
    """An entry of the alert list."""

    id: str
    kind: str
    value: str
    reason: str
    effect: str
    valid_from: date
    valid_to: date | None


def profile(on: date | None = None) -> EntryProfile:
    """The version in force on a day (today)."""
    day = on or clock.today()
    return next(one for one in _profiles() if _in_force(one.valid_from, one.valid_to, day))


def alerts(on: date | None = None) -> tuple[Alert, ...]:
    """The entries of the alert list in force on a day (today)."""
    day = on or clock.today()
    return tuple(one for one in _alerts() if _in_force(one.valid_from, one.valid_to, day))


def _in_force(start: date, end: date | None, day: date) -> bool:
    return start <= day and (end is None or day <= end)


@cache
def _profiles() -> tuple[EntryProfile, ...]:
    content = json.loads((DATA / "profile.json").read_text(encoding="utf-8"))
    return tuple(_profile(one) for one in content["profiles"])


def _profile(values: dict[str, Any]) -> EntryProfile:
    return EntryProfile(
        version=values["version"],
        valid_from=date.fromisoformat(values["valid_from"]),
        valid_to=_day(values["valid_to"]),
        domestic_prefixes=tuple(values["domestic_prefixes"]),
        reduced_data_set=values["reduced_data_set"],
        bulk_kinds=frozenset(values["bulk_kinds"]),
        unpacked_kinds=frozenset(values["unpacked_kinds"]),
        time_limits=tuple(_limit(one) for one in values["time_limits"]),
        voyage=timedelta(hours=values["voyage_hours"]),
        vague_descriptions=frozenset(values["vague_descriptions"]),
        dangerous_words=values["dangerous_words"],
        answer_time=timedelta(hours=values["answer_hours"]),
        alert_time=timedelta(minutes=values["alert_minutes"]),
        mass_tolerance=Decimal(values["mass_tolerance"]),
        mrn_letter=values["mrn_letter"],
        kept=timedelta(days=values["kept_days"]),
    )


def _limit(values: dict[str, Any]) -> TimeLimit:
    before = timedelta(hours=values["hours_before"])
    return TimeLimit(values["mode"], values["container"], before, values["event"], values["words"])


@cache
def _alerts() -> tuple[Alert, ...]:
    with (DATA / "alerts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_alert(row) for row in csv.DictReader(file))


def _alert(row: dict[str, str]) -> Alert:
    start = date.fromisoformat(row["valid_from"])
    return Alert(
        row["id"], row["kind"], row["value"], row["reason"], row["effect"], start, _day(row["valid_to"] or None)
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
