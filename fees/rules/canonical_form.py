"""The notice as bytes: what quote, estimate and assessment have in common, and nothing else.

Source: domain.md N06 and F50; RFC 8785.
"""

from decimal import Decimal

from fees.types import (
    Adjustment,
    Assessment,
    Candidate,
    ChargeLine,
    Control,
    ItemAssessment,
    Line,
    Step,
    Sum,
    ValueBuild,
)
from singlewindow.kernel.canonical import JsonValue, canonical_bytes
from singlewindow.quotas.types import QuotaStanding
from singlewindow.reference.types import ExchangeRate

FORM = "assessment/2"
"""Name of this form; a change of the form changes it. Form 1 lacks quotas, controls, methods and what is secured."""


def assessment_bytes(assessment: Assessment) -> bytes:
    """The RFC 8785 bytes of an assessment."""
    return canonical_bytes(assessment_json(assessment))


def assessment_json(assessment: Assessment) -> dict[str, JsonValue]:
    """The assessment as JSON: amounts and quantities as decimal strings, days as ISO 8601."""
    return {
        "form": FORM,
        "date": assessment.on.isoformat(),
        "direction": assessment.direction.value,
        "currency": assessment.currency,
        "snapshot": {
            "tariff": assessment.tariff,
            "profile": assessment.profile,
            "exchange_rates": [_rate(rate) for rate in assessment.rates],
            "quotas": [_standing(standing) for standing in assessment.quotas],
        },
        "items": [_item(item) for item in assessment.items],
        "charges": [_charge(charge) for charge in assessment.charges],
        "unbilled": [
            {"code": charge.code, "title": charge.title, "published_on": charge.published_on.isoformat()}
            for charge in assessment.unbilled
        ],
        "notes": list(assessment.notes),
        "adjustments": [_adjustment(adjustment) for adjustment in assessment.adjustments],
        "customs_value": _text(assessment.customs_value),
        "due": {authority: _text(amount) for authority, amount in assessment.due},
        "total": _text(assessment.total),
        "security": _text(assessment.security),
    }


def _text(value: Decimal) -> str:
    """The shortest plain form: no exponent, no trailing zeros after the point."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _rate(rate: ExchangeRate) -> JsonValue:
    return {
        "id": rate.id,
        "base": rate.base,
        "currency": rate.currency,
        "rate": _text(rate.rate),
        "direction": rate.direction.value,
        "valid_from": rate.valid_from.isoformat(),
        "source": rate.source,
    }


def _item(item: ItemAssessment) -> JsonValue:
    return {
        "number": item.number,
        "commodity_code": item.commodity_code,
        "origin": item.origin,
        "procedure": item.procedure,
        "value": _value(item.value),
        "candidates": [_candidate(candidate) for candidate in item.candidates],
        "lines": [_line(line) for line in item.lines],
        "controls": [_control(control) for control in item.controls],
        "security": _text(item.security),
    }


def _value(build: ValueBuild) -> JsonValue:
    return {
        "basis": build.basis,
        "stated": _sum(build.stated),
        "price": _text(build.price),
        "freight": _text(build.freight),
        "insurance": _text(build.insurance),
        "additions": _text(build.additions),
        "deductions": _text(build.deductions),
        "customs_value": _text(build.customs_value),
        "method": build.method,
        "adjustments": [_adjustment(adjustment) for adjustment in build.adjustments],
    }


def _adjustment(adjustment: Adjustment) -> JsonValue:
    return {
        "code": adjustment.code,
        "effect": adjustment.effect,
        "stated": _sum(adjustment.stated),
        "amount": _text(adjustment.amount),
    }


def _standing(standing: QuotaStanding) -> JsonValue:
    return {"order_number": standing.order_number, "state": standing.state.value, "on": standing.on.isoformat()}


def _control(control: Control) -> JsonValue:
    return {
        "measure": control.measure,
        "kind": control.kind.value,
        "law": control.law,
        "authority": control.authority,
        "outcome": control.outcome,
        "documents": list(control.documents),
    }


def _sum(stated: Sum) -> JsonValue:
    return {"amount": _text(stated.amount), "currency": stated.currency}


def _candidate(candidate: Candidate) -> JsonValue:
    return {
        "measure": candidate.measure,
        "kind": candidate.kind.value,
        "rate": candidate.rate,
        "law": candidate.law,
        "amount": "" if candidate.amount is None else _text(candidate.amount),  # never null: readers drop nulls
        "reason": candidate.reason,
        "order_number": candidate.order_number,
        "needs": list(candidate.needs),
    }


def _line(line: Line) -> JsonValue:
    return {
        "tax_type": line.tax_type,
        "kind": line.kind.value,
        "measure": line.measure,
        "law": line.law,
        "authority": line.authority,
        "base": _text(line.base),
        "rate": line.rate,
        "steps": [_step(step) for step in line.steps],
        "rounding": line.rounding.value,
        "computed": _text(line.computed),
        "relief": line.relief,
        "amount": _text(line.amount),
        "order_number": line.order_number,
        "part": line.part,
    }


def _step(step: Step) -> JsonValue:
    return {
        "operator": step.operator,
        "rate": step.rate,
        "of": _text(step.of),
        "unit": step.unit,
        "gives": _text(step.gives),
    }


def _charge(charge: ChargeLine) -> JsonValue:
    return {
        "code": charge.code,
        "title": charge.title,
        "authority": charge.authority,
        "law": charge.law,
        "measure": charge.measure,
        "item": charge.item,
        "base": _text(charge.base),
        "rate": charge.rate,
        "amount": _text(charge.amount),
        "published_on": charge.published_on.isoformat(),
        "in_vat_base": charge.in_vat_base,
    }
