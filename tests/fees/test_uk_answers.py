"""FE-TX-08: answers of the UK Trade Tariff print the duty that our reader makes of their components."""

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fees.rules.uk_answers import Verdict, answer_check
from singlewindow.kernel.errors import FormatRefused


def answer(base: str, *components: tuple[str, str | None, str | None, str | None]) -> bytes:
    """An answer with one third country duty."""
    made = [
        {
            "id": f"1-{number}",
            "type": "measure_component",
            "attributes": {
                "duty_expression_id": one[0],
                "duty_amount": float(one[1]) if one[1] else None,
                "monetary_unit_code": one[2],
                "measurement_unit_code": one[3],
                "measurement_unit_qualifier_code": None,
            },
        }
        for number, one in enumerate(components)
    ]
    links = [{"id": one["id"], "type": "measure_component"} for one in made]
    measure = {
        "id": "1",
        "type": "measure",
        "relationships": {
            "measure_type": {"data": {"id": "103", "type": "measure_type"}},
            "duty_expression": {"data": {"id": "1-d", "type": "duty_expression"}},
            "measure_components": {"data": links},
            "geographical_area": {"data": {"id": "1011", "type": "geographical_area"}},
        },
    }
    duty = {"id": "1-d", "type": "duty_expression", "attributes": {"base": base}}
    kind = {"id": "103", "type": "measure_type", "attributes": {"measure_type_series_id": "C", "description": "Duty"}}
    head = {"attributes": {"goods_nomenclature_item_id": "0202300000"}}
    return json.dumps({"data": head, "included": [measure, duty, kind, *made]}).encode()


def test_every_measure_of_the_four_answers_gives_the_duty_that_the_answer_prints(shared_inputs):
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted((shared_inputs / "tariff-uk-json").glob("*.json")):
        for one in answer_check(path.read_bytes()):
            assert one.verdict is not Verdict.DIFFERS, one
            found[one.verdict.value, one.kind] += 1
    agreed = {kind: count for (verdict, kind), count in found.items() if verdict == "agrees"}
    assert agreed == {"preference": 209, "duty": 4, "vat": 5, "suspension": 3}
    assert sum(count for (verdict, _), count in found.items() if verdict == "no_rate") == 29


@pytest.mark.parametrize(
    ("base", "components", "verdict"),
    [
        ("12.80 % + 147.00 GBP / 100 kg", [("01", "12.8", None, None), ("04", "147", "GBP", "DTN")], Verdict.AGREES),
        ("12.80 % + 148.00 GBP / 100 kg", [("01", "12.8", None, None), ("04", "147", "GBP", "DTN")], Verdict.DIFFERS),
        ("8.00 % MIN 0.90 GBP / 100 kg", [("01", "8", None, None), ("15", "0.9", "GBP", "DTN")], Verdict.AGREES),
        ("8.00 % MAX 0.90 GBP / 100 kg", [("01", "8", None, None), ("15", "0.9", "GBP", "DTN")], Verdict.DIFFERS),
        ("8.00 %", [("01", "8", None, None), ("14", None, None, None)], Verdict.DIFFERS),
        ("p/st", [("99", None, None, "NAR")], Verdict.NO_RATE),
        ("", [], Verdict.NO_RATE),
    ],
)
def test_a_duty_is_compared_by_what_it_costs(base, components, verdict):
    (one,) = answer_check(answer(base, *components))
    assert one.verdict is verdict


def test_the_command_tells_what_agrees_and_fails_where_something_differs(tmp_path):
    good, bad, broken = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "broken.json"
    good.write_bytes(answer("8.00 %", ("01", "8", None, None)))
    bad.write_bytes(answer("9.00 %", ("01", "8", None, None)))
    broken.write_bytes(b'{"data": []}')
    out = StringIO()
    call_command("tariff_check_uk", good, stdout=out)
    assert "agrees 1, differs 0, no_rate 0 (duty 1)" in out.getvalue()
    with pytest.raises(CommandError, match=r"8 % / 9\.00 %"):
        call_command("tariff_check_uk", good, bad, stdout=out)
    with pytest.raises(CommandError, match="no answer of the tariff"):
        call_command("tariff_check_uk", broken)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, b'{"data": {"attributes": {}}}', b"\xff"])
def test_what_is_no_answer_is_refused(content):
    with pytest.raises(FormatRefused):
        answer_check(content)
