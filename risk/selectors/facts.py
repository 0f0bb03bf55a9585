"""The facts of one declaration, in two queries whatever the length of anyone's history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection

from declarations.schemas import DeclarationMessage
from declarations.types import DeclarationSnapshot
from risk.models import FactTables
from risk.rules.consignment import container_ids_of, name_key, named_parties, party_key, trading_parties
from risk.rules.parties import SPLIT_WITHIN
from risk.rules.rule_set import RULE_SET
from risk.rules.tables import fact_set_of
from risk.types import EMPTY_FACT_SET, UNSEEN, Alert, AlertKind, Facts, FactSet, PartyRecord, SampleSeed
from singlewindow.accounts.selectors import registration_of
from singlewindow.kernel import clock
from singlewindow.reference import selectors as reference
from singlewindow.reference.types import RateMissing

CONTAINER_WITHIN = timedelta(days=7)
"""How far back RM-TRA-04 looks."""
YEAR = timedelta(days=365)
QUARTER = timedelta(days=91)
PREFIXES = (2, 4, 6, 8, 10)

# One round trip for everything that is kept of the past; every branch reads by an index, and at most a fixed number
# of rows of it. `kind` tells the branch, `found` its values as a JSON array.
FACTS_SQL = """
(SELECT 'fact_tables' AS kind, jsonb_build_array(version) AS found FROM risk_facttables ORDER BY id DESC LIMIT 1)
UNION ALL SELECT 'rule_set', '[]' FROM risk_ruleset WHERE hash = %(rule_set)s
UNION ALL SELECT 'seed', jsonb_build_array(encode(secret, 'hex')) FROM risk_sampleseed WHERE period = %(period)s
UNION ALL SELECT 'party', jsonb_build_array(first_seen) FROM risk_partyhistory
    WHERE side = %(side)s AND party = %(trader)s
UNION ALL SELECT 'month', jsonb_build_array(month, declarations, changes, inspections, findings) FROM risk_partymonth
    WHERE side = %(side)s AND party = %(trader)s AND month > %(year_ago)s
UNION ALL SELECT 'seen', jsonb_build_array(kind, value) FROM risk_tradeseen
    WHERE side = %(side)s AND party = %(trader)s
      AND (kind, value) IN (SELECT * FROM unnest(%(seen_kinds)s::text[], %(seen_values)s::text[]))
UNION ALL SELECT 'small', jsonb_build_array(hs6, count(*)) FROM (
    SELECT hs6 FROM risk_smallconsignment WHERE party = %(trader)s AND partner = %(partner)s
      AND at > %(split_from)s AND declaration_id <> %(declaration)s LIMIT 500) small GROUP BY hs6
UNION ALL SELECT 'container', jsonb_build_array(container, count(DISTINCT party)) FROM risk_containeruse
    WHERE container = ANY(%(containers)s) AND at > %(container_from)s AND party <> %(trader)s GROUP BY container
UNION ALL SELECT 'alert', jsonb_build_array(id, kind, value, origin, reason, valid_to) FROM risk_alertentry
    WHERE ended_at IS NULL AND valid_from <= %(on)s AND valid_to >= %(on)s
      AND (kind, value) IN (SELECT * FROM unnest(%(alert_kinds)s::text[], %(alert_values)s::text[]))
"""


def facts_for(snapshot: DeclarationSnapshot) -> Facts:
    """Everything that the rules ask beside the declaration itself.

    Two queries of our own: what is kept of the past, and the trader's registration. The tables of facts and the
    rates stand in the process and are read again when their version changes.
    """
    message, on = snapshot.message, clock.today()
    found = _found(snapshot, on)
    profile = reference.profile(on)
    trader, _ = trading_parties(message)
    registered = registration_of(party_key(trader)) if trader is not None and trader.id else None
    tables = found["fact_tables"]
    return Facts(
        on=on,
        currency=profile.currency,
        rates=rates_for(message, profile.currency, on),
        fact_set=_fact_set(tables[0][0]) if tables else EMPTY_FACT_SET,
        trader=_record(found["party"], found["month"], on),
        pair_seen=any(kind == "pair" for kind, _ in found["seen"]),
        chapters_seen=frozenset(value for kind, value in found["seen"] if kind == "chapter"),
        registered_on=registered[0].date() if registered else None,
        trusted_since=registered[1] if registered else None,
        small_consignments=dict(found["small"]),
        container_users=dict(found["container"]),
        alerts=tuple(_alert(values) for values in found["alert"]),
        sample_rate=profile.control_sample_rate,
        rule_set_committed=bool(found["rule_set"]),
        seed=_seed(snapshot, found["seed"]),
    )


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


def sample_period(snapshot: DeclarationSnapshot) -> str:
    """The month whose seed draws for a declaration: that of its lodging, so that the draw never changes."""
    return f"{snapshot.lodged_at:%Y-%m}"


def side_of(message: DeclarationMessage) -> str:
    """The side of trade on which the declaration counts for the trader."""
    return "export" if message.type_code[:2] == "EX" else "import"


def _found(snapshot: DeclarationSnapshot, on: date) -> Mapping[str, list[list[Any]]]:
    message = snapshot.message
    trader, partner = (party_key(party) for party in trading_parties(message))
    seen = [("chapter", item.hs6[:2]) for item in message.items if item.hs6] + [("pair", partner)]
    alerts = alert_keys(message)
    now = clock.now()
    parameters: dict[str, Any] = {
        "rule_set": RULE_SET.hash,
        "period": sample_period(snapshot),
        "side": side_of(message),
        "trader": trader,
        "partner": partner,
        "declaration": snapshot.id,
        "year_ago": on - YEAR,
        "seen_kinds": [kind for kind, _ in dict.fromkeys(seen)],
        "seen_values": [value for _, value in dict.fromkeys(seen)],
        "split_from": now - SPLIT_WITHIN,
        "containers": list(container_ids_of(message)),
        "container_from": now - CONTAINER_WITHIN,
        "on": on,
        "alert_kinds": [kind for kind, _ in alerts],
        "alert_values": [value for _, value in alerts],
    }
    found: dict[str, list[list[Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(FACTS_SQL, parameters)
        for kind, values in cursor.fetchall():
            found[kind].append(orjson.loads(values))
    return found


def alert_keys(message: DeclarationMessage) -> list[tuple[str, str]]:
    """Everything of a message that an alert may name, once each."""
    keys = [(AlertKind.CONTAINER.value, number) for number in container_ids_of(message)]
    for party in named_parties(message):
        if party.id:
            keys.append((AlertKind.PARTY.value, party_key(party)))
        if party.name:
            keys.append((AlertKind.NAME.value, name_key(party.name)))
    for item in message.items:
        code = item.commodity_code or ""
        keys += [(AlertKind.GOODS.value, code[:length]) for length in PREFIXES if len(code) >= length]
    return list(dict.fromkeys(keys))


def _alert(values: Sequence[str]) -> Alert:
    id_, kind, value, origin, reason, valid_to = values
    return Alert(id_, AlertKind(kind), value, origin, reason, date.fromisoformat(valid_to))


def _record(party: list[list[Any]], months: list[list[Any]], on: date) -> PartyRecord:
    if not party:
        return UNSEEN
    quarter = [row for row in months if date.fromisoformat(row[0]) > on - QUARTER]
    return PartyRecord(
        first_seen=date.fromisoformat(party[0][0]),
        declarations_year=sum(row[1] for row in months),
        declarations_quarter=sum(row[1] for row in quarter),
        changes_quarter=sum(row[2] for row in quarter),
        inspections_year=sum(row[3] for row in months),
        findings_year=sum(row[4] for row in months),
    )


def _seed(snapshot: DeclarationSnapshot, found: list[list[Any]]) -> SampleSeed | None:
    return SampleSeed(sample_period(snapshot), bytes.fromhex(found[0][0])) if found else None


@lru_cache(maxsize=4)
def _fact_set(version: str) -> FactSet:
    row = FactTables.objects.filter(version=version).order_by("-id").values_list("document", flat=True)[0]
    return fact_set_of(version, row)
