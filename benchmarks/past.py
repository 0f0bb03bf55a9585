"""A made past, written straight into the tables: results with their records, releases and checks, from a seed.

It stands for the load of a replay, not for a country: values are drawn field by field.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from declarations.models import Declaration
from risk.models import InspectionOutcome, RiskAssessment
from risk.rules.record import FIELDS, Kind
from risk.rules.registry import RULES, RiskRule
from risk.rules.rule_set import RULE_SET
from risk.selectors.rule_sets import rule_set_hash_in_force
from risk.services.activation import rule_set_ensure
from singlewindow.accounts.types import system_actor
from singlewindow.db.copying import rows_copy, rows_encode
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.canonical import sha256_hex

BATCH = 2_000
OFFICES = ("ZZ000101", "ZZ000201", "ZZ000301")
ORIGINS = ("CN", "DE", "IN", "KE", "VN", "US", "TR", "AE", "ZA", "BR", "PK", "FR")
OUTCOMES = ("conform",) * 6 + ("clerical", "value", "class", "quantity")
RESULT_COLUMNS = (
    "id", "declaration_id", "declaration_version", "assessed_at", "lane", "band_lane", "score", "reasons", "hard",
    "random_selected", "sample_period", "propensity", "rule_set_version", "rule_set_hash", "fact_set_version", "stage",
    "office", "pick", "control", "record",
)  # fmt: skip
DECLARATION_COLUMNS = (
    "id", "mrn", "lrn", "direction", "type_code", "channel", "lodged_by_id", "submitter", "office", "legal_state",
    "goods_state", "content", "content_sha256", "created_at", "lodged_at", "presented_at", "accepted_at", "released_at",
)  # fmt: skip
OUTCOME_COLUMNS = (
    "id", "declaration_id", "kind", "outcome", "revenue_delta_minor", "at", "office", "pick", "control", "propensity",
    "rules",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of one declaration."""

    result: tuple[Any, ...]
    declaration: tuple[Any, ...]
    outcome: tuple[Any, ...] | None


def past_write(count: int, *, filer: UUID, seed: int = 1, since: datetime, days: int, items: int = 3) -> None:
    """Write a past of so many declarations, evenly over some days, by COPY in commits of two thousand."""
    with unit_of_work() as work:
        rule_set_ensure(work, rule_set_hash_in_force(), actor=system_actor("benchmarks"))
    made = past(count, filer=filer, seed=seed, since=since, days=days, items=items)
    while batch := [one for _, one in zip(range(BATCH), made, strict=False)]:
        with transaction.atomic():
            _copy(Declaration, DECLARATION_COLUMNS, [one.declaration for one in batch])
            _copy(RiskAssessment, RESULT_COLUMNS, [one.result for one in batch])
            outcomes = [one.outcome for one in batch if one.outcome is not None]
            if outcomes:
                _copy(InspectionOutcome, OUTCOME_COLUMNS, outcomes)


def _copy(model: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    rows_copy(model._meta.db_table, columns, rows_encode(rows))


def past(count: int, *, filer: UUID, seed: int, since: datetime, days: int, items: int) -> Iterator[Written]:
    """A past, declaration by declaration, in the order of time."""
    draw = random.Random(seed)
    rules = [rule for rule in RULES.values() if rule.points]
    between = timedelta(days=days) / count
    for number in range(count):
        yield _one(draw, rules, number, since + between * number, filer, items)


def _one(draw: random.Random, rules: list[RiskRule], number: int, at: datetime, filer: UUID, items: int) -> Written:
    declaration_id, result_id = _uuid(draw, at), _uuid(draw, at)
    office = draw.choice(OFFICES)
    lines = [_line(rule) for rule in draw.sample(rules, draw.choice((0, 0, 0, 1, 1, 2, 3, 5)))]
    score = min(sum(Decimal(line["points"]) for line in lines), Decimal(100))
    lane = RULE_SET.bands.lane(score)
    control = draw.random() < 0.01
    record = {"h": _header(draw), "i": [_item(draw) for _ in range(draw.randint(1, 2 * items - 1))]}
    moment = at.astimezone(UTC)
    result = (
        result_id, declaration_id, 1, moment, "RED" if control else lane.value, lane.value, score, lines, False,
        control, f"{at:%Y-%m}", Decimal(1) if lane.needs_officer else Decimal("0.01"), RULE_SET.version,
        RULE_SET.hash, "made", "acceptance", office, "control" if control else "none", control, orjson.dumps(record),
    )  # fmt: skip
    held = control or lane.needs_officer
    hours = draw.lognormvariate(2, 1) if held else draw.lognormvariate(-4, 1)
    declaration = (
        declaration_id, f"26ZZ{number:012d}R0", f"PAST-{number}", "import", "IMA", "json", filer, "client:1", office,
        "RELEASED", "RELEASABLE", b"{}", sha256_hex(b"{}"), moment, moment, moment, moment,
        moment + timedelta(hours=hours),
    )  # fmt: skip
    return Written(result, declaration, _outcome(draw, declaration_id, moment, office, lane.value, control, held))


def _outcome(
    draw: random.Random, declaration_id: UUID, at: datetime, office: str, lane: str, control: bool, held: bool
) -> tuple[Any, ...] | None:
    if not held or draw.random() < 0.1:
        return None
    outcome = draw.choice(OUTCOMES)
    delta = draw.randint(1_000, 500_000) if outcome not in ("conform", "clerical") else 0
    propensity = Decimal(1) if lane in ("YELLOW", "RED") else Decimal("0.01")
    return (
        _uuid(draw, at), declaration_id, "examination", outcome, delta, at + timedelta(hours=5), office,
        "control" if control else "loss", control, propensity, [],
    )  # fmt: skip


def _header(draw: random.Random) -> dict[str, Any]:
    values = {name: _value(draw, field.kind) for name, field in FIELDS.items() if not field.item}
    values |= {
        "trader": f"ZZIMP{draw.randint(1, 4000):04d}",
        "total_value": round(draw.lognormvariate(9, 1.5), 2),
        "revenue": round(draw.lognormvariate(6, 1.5), 2),
        "trader_declarations_year": float(draw.choice((0, 3, 8, 40, 300, 2000))),
        "trusted": draw.random() < 0.05,
    }
    return values


def _item(draw: random.Random) -> dict[str, Any]:
    values = {name: _value(draw, field.kind) for name, field in FIELDS.items() if field.item}
    hs6 = f"{draw.randint(1, 97):02d}{draw.randint(1, 30):02d}{draw.randint(1, 90):02d}"
    values |= {
        "commodity": f"{hs6}0000",
        "hs6": hs6,
        "origin": draw.choice(ORIGINS),
        "value": round(draw.lognormvariate(8, 1.5), 2),
        "unit_value_ratio": round(draw.lognormvariate(0, 0.5), 4),
    }
    return values


def _value(draw: random.Random, kind: Kind) -> Any:
    if kind is Kind.NUMBER:
        return float(draw.randint(0, 400))
    if kind is Kind.FLAG:
        return draw.random() < 0.5
    code = f"C{draw.randint(1, 99):02d}"
    return code if kind is Kind.CODE else [code]


def _line(rule: RiskRule) -> dict[str, Any]:
    return {
        "rule": rule.id, "points": str(rule.points), "reason": "as made", "item": None, "also_items": [], "lane": None,
        "step": rule.step.value, "figures": {},
    }  # fmt: skip


def _uuid(draw: random.Random, at: datetime) -> UUID:
    """A UUID version 7 of an instant."""
    head = int(at.timestamp() * 1000) << 80 | 7 << 76 | draw.getrandbits(12) << 64
    return UUID(int=head | 2 << 62 | draw.getrandbits(62))
