"""Rows of our tariff from the records that stand; what has no place in it is named with record and reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fees.rules.taric3.state import Kept, State

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unread:
    """What a record says that the tariff does not hold."""

    record: str
    """Its sequence number; empty for one of an earlier envelope."""
    what: str
    why: str

    def plain(self) -> dict[str, str]:
        """As it is stored."""
        return {"record": self.record, "what": self.what, "why": self.why}


@dataclass(frozen=True, slots=True)
class Made:
    """A row with the record that it comes from."""

    sheet: str
    row: Row
    source: Kept


@dataclass(slots=True)
class Derived:
    """Every row that the records stand for, and what of them is not held."""

    rows: list[Made] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def add(self, sheet: str, row: Row, source: Kept) -> None:
        """Note a row."""
        self.rows.append(Made(sheet, row, source))

    def leave(self, source: Kept, what: str, why: str) -> None:
        """Note what is left out, where the envelope at hand says it."""
        if source.number:
            self.unread.append(Unread(source.number, what, why))


def validity(values: Mapping[str, Any]) -> Row:
    """The days that a record holds, as columns."""
    return {"valid_from": values["validity.start.date"], "valid_to": values.get("validity.end.date")}


ELSEWHERE: Mapping[str, str] = {
    "quota.order.number": "quotas stand in their own register",
    "quota.order.number.origin": "quotas stand in their own register",
    "quota.order.number.origin.exclusions": "quotas stand in their own register",
    "quota.definition": "quotas stand in their own register",
    "quota.association": "quotas stand in their own register",
    "quota.blocking.period": "quotas stand in their own register",
    "quota.suspension.period": "quotas stand in their own register",
    "quota.balance.event": "balances are counted here, not taken over",
    "quota.unblocking.event": "balances are counted here, not taken over",
    "quota.critical.event": "balances are counted here, not taken over",
    "quota.exhaustion.event": "balances are counted here, not taken over",
    "quota.reopening.event": "balances are counted here, not taken over",
    "quota.unsuspension.event": "balances are counted here, not taken over",
    "quota.closed.and.transferred.event": "balances are counted here, not taken over",
    "monetary.exchange.period": "exchange rates are reference data",
    "monetary.exchange.rate": "exchange rates are reference data",
    "measure.partial.temporary.stop": "a stop of a measure is held as the end of its validity only",
    "fts.regulation.action": "a stop of a regulation is held as the end of each measure only",
    "full.temporary.stop.regulation": "a stop of a regulation is held as the end of each measure only",
    "regulation.replacement": "measures name the regulation that they rest on one by one",
    "goods.nomenclature.origin": "where a code came from is not held",
    "goods.nomenclature.successor": "what a code became is not held",
    "goods.nomenclature.group": "groups of codes are not held",
    "goods.nomenclature.group.description": "groups of codes are not held",
    "nomenclature.group.membership": "groups of codes are not held",
    "footnote.association.additional.code": "footnotes of additional codes are not held",
    "additional.code.type.measure.type": "which types take which additional codes is not held",
}
"""Record types without a place in the tariff, and why. They are kept as records."""


def left_out(state: State, derived: Derived) -> None:
    """Name the records of the envelope at hand whose type has no place in the tariff."""
    for (element, key), kept in state.items():
        if element in ELSEWHERE:
            derived.leave(kept, f"{element} {key}", ELSEWHERE[element])


def in_language(records: list[Kept]) -> str:
    """The English text, or the first there is."""
    ordered = sorted(records, key=lambda kept: kept.values.get("language.id") != "EN")
    return str(ordered[0].values.get("description", "")) if ordered else ""


def spans(first: Any, last: Any, starts: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The days between two, cut wherever something begins anew."""
    days = [first, *sorted({day for day in starts if day > first and (last is None or day <= last)})]
    for place, day in enumerate(days):
        following = days[place + 1] if place + 1 < len(days) else None
        yield day, following - timedelta(days=1) if following else last
