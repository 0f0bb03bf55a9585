"""The facts of declarations: two queries for one or for many, whatever the length of anyone's history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState
from declarations.types import DeclarationSnapshot
from risk.models import FactTables
from risk.rules.tables import fact_set_of, fact_set_version
from risk.selectors.past import (
    DECLARANT,
    PARTNER,
    Asked,
    Found,
    asked_of,
    past_read,
    sample_period,
    side_of,
)
from risk.selectors.rule_sets import rule_set_of
from risk.types import EMPTY_FACT_SET, UNSEEN, Alert, AlertKind, Counts, Facts, FactSet, PartyRecord, SampleSeed
from singlewindow.accounts.selectors import registrations_of
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.reference import selectors as reference
from singlewindow.reference.types import CountryProfile, RateMissing

__all__ = ["facts_for", "facts_for_many", "money_facts", "rates_for", "sample_period", "side_of"]


def facts_for(snapshot: DeclarationSnapshot) -> Facts:
    """Everything that the rules ask beside the declaration itself.

    Two queries of our own: what is kept of the past, and the trader's registration. The tables of facts, the rates and
    the tariff stand in the process and are read again when their version changes. Only what happened until now counts.
    """
    return facts_for_many((snapshot,))[0]


def facts_for_many(snapshots: Sequence[DeclarationSnapshot]) -> list[Facts]:
    """The facts of each of some declarations, in as many queries as for one.

    None of them counts as the past of another.
    """
    if not snapshots:
        return []
    on, now = clock.today(), clock.now()
    asked = [asked_of(snapshot) for snapshot in snapshots]
    found = past_read(asked, on=on, now=now)
    registered = registrations_of({one.trader for one in asked if one.trader and not one.trader.startswith("~")})
    past = _Past(found, on)
    profile = reference.profile(on)
    duty = _duty_percents([snapshot.message for snapshot in snapshots], on)
    return [
        _facts(one, past, profile, registered.get(one.trader), percents)
        for one, percents in zip(asked, duty, strict=True)
    ]


class _Past:
    """What was found, by key."""

    def __init__(self, found: Found, on: date) -> None:
        self.on = on
        kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
        for side, party, kind in found["kind"]:
            kinds[side, party].add(kind)
        self.parties = {
            (row[0], row[1]): _record(row, frozenset(kinds.get((row[0], row[1]), ()))) for row in found["party"]
        }
        self.seen = {tuple(row) for row in found["seen"]}
        self.small: dict[str, dict[str, int]] = defaultdict(dict)
        for declaration, hs6, count in found["small"]:
            self.small[declaration][hs6] = count
        self.boxes = {(party, box): users for party, box, users in found["container"]}
        self.alerts: dict[tuple[str, str], list[Alert]] = defaultdict(list)
        for row in found["alert"]:
            self.alerts[row[1], row[2]].append(_alert(row))
        self.goods: dict[tuple[str, str], list[tuple[str, Counts]]] = defaultdict(list)
        for hs6, origin, measure, (buckets, numbers) in found["goods"]:
            self.goods[hs6, origin].append((measure, (buckets, numbers)))
        self.seeds = {period: SampleSeed(period, bytes.fromhex(secret)) for period, secret in found["seed"]}
        self.rule_set = found["rule_set"][0][0] if found["rule_set"] else ""
        tables = rule_set_of(self.rule_set).tables if self.rule_set else ""
        self.fact_set = fact_set_at(tables) if tables else EMPTY_FACT_SET

    def party(self, side: str, party: str) -> PartyRecord:
        return self.parties.get((side, party), UNSEEN)


def _facts(
    one: Asked,
    past: _Past,
    profile: CountryProfile,
    registered: tuple[Any, date | None] | None,
    percents: Mapping[int, float],
) -> Facts:
    snapshot, message = one.snapshot, one.snapshot.message
    seen: dict[str, set[str]] = defaultdict(set)
    for kind, value in one.seen:
        if (one.side, one.trader, kind, value) in past.seen:
            seen[kind].add(value)
    goods = {(*key, measure): counts for key in one.goods for measure, counts in past.goods.get(key, ())}
    return Facts(
        on=past.on,
        currency=profile.currency,
        rates=rates_for(message, profile.currency, past.on),
        fact_set=past.fact_set,
        trader=past.party(one.side, one.trader),
        partner=past.party(PARTNER, one.partner),
        declarant=past.party(DECLARANT, one.declarant),
        pair_seen=bool(seen["pair"]),
        chapters_seen=frozenset(seen["chapter"]),
        headings_seen=frozenset(seen["heading"]),
        origins_seen=frozenset(seen["origin"]),
        office_seen=bool(seen["office"]),
        office=one.office,
        lodged_at=snapshot.lodged_at.astimezone(_zone(profile.time_zone)),
        prelodged=snapshot.goods_state is GoodsState.EXPECTED,
        duty_percents=percents,
        goods=goods,
        registered_on=registered[0].date() if registered else None,
        trusted_since=registered[1] if registered else None,
        small_consignments=past.small.get(str(snapshot.id), {}),
        container_users={box: past.boxes[one.trader, box] for box in one.containers if (one.trader, box) in past.boxes},
        alerts=tuple(alert for key in one.alerts for alert in past.alerts.get(key, ())),
        sample_rate=profile.control_sample_rate,
        rule_set_hash=past.rule_set,
        seed=past.seeds.get(one.period),
    )


def _record(row: Sequence[Any], kinds: frozenset[str]) -> PartyRecord:
    return PartyRecord(
        first_seen=date.fromisoformat(row[2]),
        declarations_month=row[3],
        declarations_quarter=row[4],
        changes_quarter=row[5],
        inspections_quarter=row[6],
        findings_quarter=row[7],
        declarations_year=row[8],
        changes_year=row[9],
        inspections_year=row[10],
        findings_year=row[11],
        kinds_found=kinds,
    )


def _alert(values: Sequence[str]) -> Alert:
    id_, kind, value, origin, reason, valid_to = values
    return Alert(id_, AlertKind(kind), value, origin, reason, date.fromisoformat(valid_to))


def rates_for(message: DeclarationMessage, home: str, on: date) -> dict[str, Decimal]:
    """The rates of the currencies that the message names; a currency without a rate of the day is left out."""
    amounts = [item.price or item.customs_value or item.statistical_value for item in message.items]
    if message.valuation is not None:
        amounts.append(message.valuation.freight)
    rates: dict[str, Decimal] = {}
    for currency in {amount.currency for amount in amounts if amount is not None} - {home}:
        with suppress(RateMissing):
            rates[currency] = reference.exchange_rate(currency, on).rate
    return rates


def money_facts(message: DeclarationMessage) -> Facts:
    """Only what turns the message's amounts into the country's currency today."""
    on = clock.today()
    home = reference.profile(on).currency
    return Facts(on=on, currency=home, rates=rates_for(message, home, on))


@lru_cache(maxsize=4)
def fact_set_at(version: str) -> FactSet:
    """The tables of a version, read once in each process.

    Raises:
        NotFound: none of that version is stored; rows that came under its name with another content do not count.
    """
    for document in FactTables.objects.filter(version=version).order_by("id").values_list("document", flat=True):
        if fact_set_version(document) == version:
            return fact_set_of(version, document)
    raise NotFound(f"No tables of version {version} are stored.")


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _duty_percents(messages: Sequence[DeclarationMessage], on: date) -> list[Mapping[int, float]]:
    found: list[Mapping[int, float]] = import_string(settings.DUTY_PERCENTS)(messages, on)
    return found
