"""F49: one hundred vectors, worked out by a plain script that shares no code with the engine, agree to the cent."""

import ast
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fees.rules.assessment import assess
from fees.rules.tariff import Condition, Relief
from fees.types import Assessment, MeasureKind, Rounding
from singlewindow.quotas.types import QuotaStanding, StandingState
from tests.factories import fees as make

HERE = Path(__file__).parent / "vectors"
VECTORS: list[dict[str, Any]] = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
ROUNDINGS = {"half up": Rounding.HALF_UP, "half even": Rounding.HALF_EVEN, "down": Rounding.DOWN, "up": Rounding.UP}

PUBLISHED = {
    "V001": ("49160.00", {"duty": "10000.00", "excise": "22000.00", "vat": "17160.00"}),
    "V002": ("55375.00", {"duty": "10000.00", "excise": "27500.00", "vat": "17875.00"}),
    "V003": ("280.00", {"duty": "280.00"}),
    "V004": ("110.00", {"duty": "110.00"}),
    "V005": ("0.01", {"duty": "0.01"}),
    "V006": ("2.68", {"duty": "2.68"}),
}
"""Amounts known from publications (domain K4, reliability L11), so that script and engine do not err together."""


def test_there_are_one_hundred_vectors_and_the_published_table_is_what_the_script_works_out() -> None:
    assert len(VECTORS) == 100
    assert len({json.dumps(vector["input"], sort_keys=True) for vector in VECTORS}) == 100
    run = subprocess.run([sys.executable, str(HERE / "compute.py")], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == VECTORS


def test_the_script_of_the_vectors_imports_nothing_of_the_project() -> None:
    allowed = {"json", "re", "sys", "fractions", "pathlib", "cases"}
    for name in ("compute.py", "cases.py"):
        for node in ast.walk(ast.parse((HERE / name).read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert set(names) <= allowed, name


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_amounts_stand_in_the_table(name: str) -> None:
    expected = next(vector["expect"] for vector in VECTORS if vector["id"] == name)
    total, lines = PUBLISHED[name]
    assert (expected["total"], {"vat": "0.00"} | dict(expected["lines"][0])) == (total, {"vat": "0.00"} | lines)


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{vector['id']} {vector['title']}" for vector in VECTORS])
def test_F49_the_engine_agrees_with_the_vector_to_the_cent(vector: dict[str, Any]) -> None:
    assert _found(_assessed(vector["input"])) == _expected(vector["expect"])


def _found(made: Assessment) -> dict[str, Any]:
    return {
        "customs_values": [item.value.customs_value for item in made.items],
        "lines": [[(_kind(line.kind), line.amount) for line in item.lines] for item in made.items],
        "charges": [(charge.code, charge.amount) for charge in made.charges],
        "total": made.total,
        "security": made.security,
    }


def _kind(kind: MeasureKind) -> str:
    return kind.value


def _expected(expect: dict[str, Any]) -> dict[str, Any]:
    return {
        "customs_values": [Decimal(value) for value in expect["customs_values"]],
        "lines": [[(kind, Decimal(amount)) for kind, amount in lines] for lines in expect["lines"]],
        "charges": [(code, Decimal(amount)) for code, amount in expect["charges"]],
        "total": Decimal(expect["total"]),
        "security": Decimal(expect["security"]),
    }


def _assessed(case: dict[str, Any]) -> Assessment:
    items = tuple(_item(item, place) for place, item in enumerate(case["items"]))
    standings = [QuotaStanding(name, StandingState(state), "KGM", make.DAY) for name, state in _quotas(case)]
    facts = make.facts(
        *items,
        incoterm=case.get("incoterm", ""),
        freight=_sum(case.get("freight")),
        insurance=_sum(case.get("insurance")),
        invoice_total=_sum(case.get("invoice")),
        additions=tuple(_sum(one) for one in case.get("additions", ())),
        deductions=tuple(_sum(one) for one in case.get("deductions", ())),
        documents=tuple(case.get("documents", ())),
        quotas=tuple(standings),
    )
    tariff = make.tariff(
        *(_measure(measure, place) for place, measure in enumerate(case["measures"])),
        charges=[_charge(charge) for charge in case.get("charges", ())],
        reliefs=[
            Relief(one["procedure"], frozenset(MeasureKind(tax) for tax in one["taxes"]), one["code"], "")
            for one in case.get("reliefs", ())
        ],
        groups=[make.group()],
    )
    profile = make.profile(
        currency=case["currency"],
        valuation_basis=case.get("basis", "CIF"),
        freight_shared_by=case.get("shared_by", "value"),
        de_minimis_value=Decimal(case.get("de_minimis_duty", 0)),
        de_minimis_vat=Decimal(case.get("de_minimis_vat", 0)),
    )
    rates = {code: make.rate(code, value) for code, value in case.get("rates", {}).items()}
    return assess(facts, tariff=tariff, rates=rates, profile=profile, on=make.DAY)


def _quotas(case: dict[str, Any]) -> list[tuple[str, str]]:
    return list(case.get("quotas", {}).items())


def _item(item: dict[str, Any], place: int) -> Any:
    return make.item(
        number=place + 1,
        origin=item.get("origin", "KE"),
        price=_sum(item.get("price")),
        stated_value=_sum(item.get("value")),
        valuation_method=item.get("method", ""),
        net_mass_kg=Decimal(item["net"]),
        gross_mass_kg=Decimal(item["gross"]),
        quantities=tuple((unit, Decimal(amount)) for unit, amount in item.get("quantities", {}).items()),
        preference=item.get("preference", "100"),
        procedure=item.get("procedure", "4000"),
        documents=tuple(item.get("documents", ())),
        additional_codes=tuple(item.get("additional", ())),
        additions=tuple(_sum(one) for one in item.get("additions", ())),
        deductions=tuple(_sum(one) for one in item.get("deductions", ())),
        quota_order_number=item.get("quota", ""),
        quota_share=Decimal(item["share"]) if "share" in item else None,
    )


def _sum(stated: list[str] | None) -> Any:
    return None if stated is None else make.stated(stated[-2], stated[-1], "" if len(stated) == 2 else stated[0])


def _measure(measure: dict[str, Any], place: int) -> Any:
    changes: dict[str, Any] = {"key": f"{measure['kind']}/{place}"}
    if measure["kind"] == "preference":
        changes["origin"] = "KEA"
    for ours, theirs in (("origin", "origin"), ("order_number", "order"), ("additional_code", "company")):
        if theirs in measure:
            changes[ours] = measure[theirs]
    if "tax" in measure:
        changes["tax_type"] = measure["tax"]
    if "rounding" in measure:
        changes["rounding"] = ROUNDINGS[measure["rounding"]]
    changes["conditions"] = tuple(_condition(*one) for one in measure.get("conditions", ()))
    return make.measure(measure["kind"], measure["rate"], **changes)


def _condition(code: str, shown: str, action: str, rate: str = "") -> Condition:
    if shown.startswith(">="):
        amount, unit = shown[2:].split("/")
        return Condition(code, amount=Decimal(amount), unit=unit, action=action, expression=rate)
    return Condition(code, document="" if shown == "-" else shown, action=action, expression=rate)


def _charge(charge: dict[str, Any]) -> Any:
    changes: dict[str, Any] = {
        "in_vat_base": charge.get("in_vat_base", False),
        "amount": Decimal(charge["amount"]) if "amount" in charge else None,
        "percentage": Decimal(charge["percentage"]) if "percentage" in charge else None,
        "minimum": Decimal(charge["least"]) if "least" in charge else None,
        "maximum": Decimal(charge["most"]) if "most" in charge else None,
    }
    if charge.get("per") == "item":
        changes["event"] = "import_item"
    return make.charge(charge["code"], **changes)
