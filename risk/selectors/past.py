"""What is kept of the past, read in one query for one declaration or for a thousand.

Every branch reads by an index, and of each key a number of rows that does not grow with anyone's history: a party has
one row, 90 days at most and 13 months; goods have one histogram of each measure.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from declarations.schemas import DeclarationMessage
from declarations.types import DeclarationSnapshot
from risk.rules.bands import LEARNED_FROM, WORLD
from risk.rules.consignment import (
    container_ids_of,
    name_key,
    named_parties,
    origin_of,
    party_key,
    trading_parties,
)
from risk.rules.parties import SPLIT_WITHIN
from risk.types import AlertKind
from singlewindow.db.prepared import Prepared

CONTAINER_WITHIN = timedelta(days=7)
"""How far back RM-TRA-04 looks."""
YEAR, QUARTER, MONTH = timedelta(days=365), timedelta(days=90), timedelta(days=30)
PREFIXES = (2, 4, 6, 8, 10)
PARTNER, DECLARANT = "partner", "declarant"
"""Sides on which a party is remembered beside `import` and `export` of the trader here (RM-FCT-01)."""

# `kind` tells the branch, `found` its values as a JSON array. A lateral subquery is asked once for each key, by index.
PAST_SQL = """
(SELECT 'rule_set' AS kind, jsonb_build_array(rule_set_id) AS found FROM risk_rulesetinforce ORDER BY id DESC LIMIT 1)
UNION ALL SELECT 'seed', jsonb_build_array(period, encode(secret, 'hex')) FROM risk_sampleseed
    WHERE period = ANY(%(periods)s)
UNION ALL SELECT 'party', jsonb_build_array(k.side, k.party, h.first_seen,
        d.declarations_month, d.declarations, d.changes, d.inspections, d.findings,
        m.declarations, m.changes, m.inspections, m.findings)
    FROM unnest(%(sides)s::text[], %(parties)s::text[]) AS k(side, party),
    LATERAL (SELECT first_seen FROM risk_partyhistory
        WHERE side = k.side AND party = k.party AND first_seen <= %(on)s) h,
    LATERAL (SELECT coalesce(sum(declarations) FILTER (WHERE day > %(month_ago)s), 0) AS declarations_month,
            coalesce(sum(declarations), 0) AS declarations, coalesce(sum(changes), 0) AS changes,
            coalesce(sum(inspections), 0) AS inspections, coalesce(sum(findings), 0) AS findings
        FROM risk_partyday
        WHERE side = k.side AND party = k.party AND day > %(quarter_ago)s AND day <= %(on)s) d,
    LATERAL (SELECT coalesce(sum(declarations), 0) AS declarations, coalesce(sum(changes), 0) AS changes,
            coalesce(sum(inspections), 0) AS inspections, coalesce(sum(findings), 0) AS findings
        FROM risk_partymonth
        WHERE side = k.side AND party = k.party AND month > %(year_ago)s AND month <= %(on)s) m
UNION ALL SELECT 'kind', jsonb_build_array(k.side, k.party, s.value)
    FROM unnest(%(sides)s::text[], %(parties)s::text[]) AS k(side, party),
    LATERAL (SELECT value FROM risk_tradeseen
        WHERE side = k.side AND party = k.party AND kind = 'found' AND first_seen <= %(on)s) s
UNION ALL SELECT 'seen', jsonb_build_array(k.side, k.party, k.kind, k.value)
    FROM unnest(%(seen_sides)s::text[], %(seen_parties)s::text[], %(seen_kinds)s::text[], %(seen_values)s::text[])
        AS k(side, party, kind, value),
    LATERAL (SELECT FROM risk_tradeseen
        WHERE side = k.side AND party = k.party AND kind = k.kind AND value = k.value AND first_seen <= %(on)s) s
UNION ALL SELECT 'small', jsonb_build_array(k.declaration, s.hs6, count(*))
    FROM unnest(%(split_ids)s::uuid[], %(split_parties)s::text[], %(split_partners)s::text[])
        AS k(declaration, party, partner),
    LATERAL (SELECT hs6 FROM risk_smallconsignment
        WHERE party = k.party AND partner = k.partner AND at > %(split_from)s AND at <= %(now)s
          AND declaration_id <> k.declaration LIMIT 500) s
    GROUP BY k.declaration, s.hs6
UNION ALL SELECT 'container', jsonb_build_array(k.party, k.container, s.users)
    FROM unnest(%(box_parties)s::text[], %(boxes)s::text[]) AS k(party, container),
    LATERAL (SELECT count(DISTINCT party) AS users FROM risk_containeruse
        WHERE container = k.container AND at > %(box_from)s AND at <= %(now)s AND party <> k.party) s
    WHERE s.users > 0
UNION ALL SELECT 'alert', jsonb_build_array(id, kind, value, origin, reason, valid_to) FROM risk_alertentry
    WHERE state = 'live' AND valid_from <= %(on)s AND valid_to >= %(on)s
      AND (kind, value) IN (SELECT * FROM unnest(%(alert_kinds)s::text[], %(alert_values)s::text[]))
UNION ALL SELECT 'goods', jsonb_build_array(k.hs6, k.origin, g.measure, g.counts)
    FROM unnest(%(hs6s)s::text[], %(origins)s::text[]) AS k(hs6, origin),
    LATERAL (SELECT measure, counts FROM risk_goodsband
        WHERE hs6 = k.hs6 AND origin = k.origin AND n >= %(learned_from)s) g
"""

_TEXTS = (
    *("periods", "sides", "parties", "seen_sides", "seen_parties", "seen_kinds", "seen_values", "split_parties"),
    *("split_partners", "box_parties", "boxes", "alert_kinds", "alert_values", "hs6s", "origins"),
)
PAST = Prepared(
    "risk_past",
    PAST_SQL,
    dict.fromkeys(_TEXTS, "text[]")
    | dict.fromkeys(("on", "month_ago", "quarter_ago", "year_ago"), "date")
    | dict.fromkeys(("now", "split_from", "box_from"), "timestamptz")
    | {"split_ids": "uuid[]", "learned_from": "bigint"},
)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The keys by which the past of one declaration is found."""

    snapshot: DeclarationSnapshot
    side: str
    trader: str
    partner: str
    declarant: str
    office: str
    seen: tuple[Key, ...]
    """Kind and value of what the trader may have done before."""
    containers: tuple[str, ...]
    alerts: tuple[Key, ...]
    goods: tuple[Key, ...]
    """HS6 and origin."""
    period: str

    @property
    def parties(self) -> tuple[Key, ...]:
        """Side and key of each party that is known."""
        found = ((self.side, self.trader), (PARTNER, self.partner), (DECLARANT, self.declarant))
        return tuple(key for key in found if key[1])


Found = dict[str, list[list[Any]]]


def asked_of(snapshot: DeclarationSnapshot) -> Asked:
    """What to ask for a declaration."""
    message = snapshot.message
    trader, partner = (party_key(party) for party in trading_parties(message))
    office = message.office or snapshot.office
    goods = dict.fromkeys((item.hs6, origin_of(item, message)) for item in message.items if item.hs6)
    return Asked(
        snapshot=snapshot,
        side=side_of(message),
        trader=trader,
        partner=partner,
        declarant=party_key(message.declarant),
        office=office,
        seen=tuple(seen_keys(message, partner, office)) if trader else (),
        containers=container_ids_of(message),
        alerts=tuple(alert_keys(message)),
        goods=tuple(dict.fromkeys([*goods, *((hs6, WORLD) for hs6, _ in goods)])),
        period=sample_period(snapshot),
    )


def past_read(asked: Sequence[Asked], *, on: date, now: datetime) -> Found:
    """The rows of all branches for some declarations, in one query."""
    parties = _distinct(key for one in asked for key in one.parties)
    seen = _distinct((one.side, one.trader, *key) for one in asked for key in one.seen)
    small = [(one.snapshot.id, one.trader, one.partner) for one in asked if one.trader and one.partner]
    boxes = _distinct((one.trader, box) for one in asked for box in one.containers)
    alerts = _distinct(key for one in asked for key in one.alerts)
    goods = _distinct(key for one in asked for key in one.goods)
    parameters: dict[str, Any] = {
        "periods": list({one.period for one in asked}),
        "on": on,
        "now": now,
        "month_ago": on - MONTH,
        "quarter_ago": on - QUARTER,
        "year_ago": on - YEAR,
        "split_from": now - SPLIT_WITHIN,
        "box_from": now - CONTAINER_WITHIN,
        "learned_from": LEARNED_FROM,
        **_columns(("sides", "parties"), parties),
        **_columns(("seen_sides", "seen_parties", "seen_kinds", "seen_values"), seen),
        **_columns(("split_ids", "split_parties", "split_partners"), small),
        **_columns(("box_parties", "boxes"), boxes),
        **_columns(("alert_kinds", "alert_values"), alerts),
        **_columns(("hs6s", "origins"), goods),
    }
    found: Found = defaultdict(list)
    for kind, values in PAST.fetch(parameters):
        found[kind].append(orjson.loads(values))
    return found


def _distinct(keys: Any) -> list[tuple[Any, ...]]:
    return list(dict.fromkeys(keys))


def _columns(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def side_of(message: DeclarationMessage) -> str:
    """The side of trade on which the declaration counts for the trader."""
    return "export" if message.type_code[:2] == "EX" else "import"


def sample_period(snapshot: DeclarationSnapshot) -> str:
    """The month whose seed draws for a declaration: that of its lodging, so that the draw never changes."""
    return f"{snapshot.lodged_at:%Y-%m}"


def seen_keys(message: DeclarationMessage, partner: str, office: str) -> list[Key]:
    """What a trader does by this declaration, for the first time or again: kind and value, in one order for everyone.

    Two acceptances that remember them in this order cannot wait for each other in a circle.
    """
    keys = {("pair", partner), ("office", office)}
    for item in message.items:
        keys |= {("chapter", item.hs6[:2]), ("heading", item.hs6[:4]), ("origin", origin_of(item, message))}
    return sorted((kind, value) for kind, value in keys if value)


def alert_keys(message: DeclarationMessage) -> list[Key]:
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
