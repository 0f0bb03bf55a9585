"""Answers of the UK Trade Tariff as a check: our reader of components against the text that the answer prints itself.

The components of a measure go the way of an envelope (`taric3.expressions`); the printed duty is read as a rate of
law (`expression.parse`). Both are worked out for the same goods and must give the same duty.

Source: docs/rules/fees.md, FE-TX-08; JSON:API form of the UK Trade Tariff.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from fees.rules.expression import parse
from fees.rules.taric3.expressions import DutyComponent, NotHeld, expression_of
from fees.rules.taric3.kinds import kind_of
from fees.rules.units import UNITS
from singlewindow.kernel.refusals import refuse_format

CURRENCY: Final = "GBP"
VALUES: Final = (Decimal("0.01"), Decimal(100), Decimal("12345.67"))
AMOUNTS: Final = {unit.dimension: Decimal("12.5") for unit in UNITS.values()}


class Verdict(StrEnum):
    """What comparing one measure found."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NO_RATE = "no_rate"
    """A control or a supplementary unit: neither its components nor its text is a rate."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of an answer: what its components give here, and what the answer prints."""

    code: str
    measure: str
    kind: str
    area: str
    ours: str
    printed: str
    verdict: Verdict


def answer_check(content: bytes) -> list[Compared]:
    """Compare every measure of an answer.

    Raises:
        FormatRefused: it is no answer of the tariff.
    """
    try:
        answer = json.loads(content, parse_float=Decimal)
        code = str(answer["data"]["attributes"]["goods_nomenclature_item_id"])
        included = {(str(one["type"]), str(one["id"])): one for one in answer["included"]}
        return [_compared(code, one, included) for (kind, _), one in included.items() if kind == "measure"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        refuse_format("tariff.answer", f"It is no answer of the tariff about a commodity: {error!r}."[:300])


Included = Mapping[tuple[str, str], Mapping[str, Any]]


def _compared(code: str, measure: Mapping[str, Any], included: Included) -> Compared:
    (measure_type,) = _related(measure, "measure_type", included)
    (duty,) = _related(measure, "duty_expression", included)
    printed = str(duty["attributes"]["base"] or "").strip()
    components = [_component(one["attributes"]) for one in _related(measure, "measure_components", included)]
    try:
        ours = expression_of(components, CURRENCY)
    except NotHeld as why:
        ours = f"({why})"
    series = str(measure_type["attributes"].get("measure_type_series_id") or "")
    known = kind_of(str(measure_type["id"]), series)
    area = measure["relationships"]["geographical_area"]["data"]["id"]
    kind = known[0].value if known else str(measure_type["attributes"]["description"])
    return Compared(code, str(measure["id"]), kind, str(area), ours, printed, _verdict(ours, printed))


def _verdict(ours: str, printed: str) -> Verdict:
    rates = [_worked(text) for text in (ours, printed)]
    if rates == [None, None]:
        return Verdict.NO_RATE
    return Verdict.AGREES if rates[0] == rates[1] else Verdict.DIFFERS


def _worked(text: str) -> tuple[Decimal, ...] | None:
    """What a rate gives for each sample value; none for what is no rate."""
    try:
        expression = parse(text)
    except ValueError:
        return None
    return tuple(expression.evaluate(value, AMOUNTS)[0] for value in VALUES)


def _related(one: Mapping[str, Any], name: str, included: Included) -> Iterator[Mapping[str, Any]]:
    data = one["relationships"][name]["data"]
    for link in data if isinstance(data, list) else [data]:
        yield included[str(link["type"]), str(link["id"])]


def _component(attributes: Mapping[str, Any]) -> DutyComponent:
    amount = attributes["duty_amount"]
    return DutyComponent(
        expression_id=int(attributes["duty_expression_id"]),
        amount=None if amount is None else Decimal(str(amount)),
        currency=str(attributes["monetary_unit_code"] or ""),
        unit=str(attributes["measurement_unit_code"] or ""),
        qualifier=str(attributes["measurement_unit_qualifier_code"] or ""),
    )
