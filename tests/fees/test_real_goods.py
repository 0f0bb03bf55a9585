"""Every code of the nomenclature and every real message can be assessed, or says what it needs."""

from datetime import date

import pytest

from declarations.messages import parse
from fees.rules.assessment import CannotAssess, assess
from fees.rules.facts import facts_of
from fees.selectors import tariff_current
from fees.services.quotes import rates_for
from singlewindow.kernel.errors import FormatRefused
from singlewindow.reference.selectors import code_lists, profile
from tests.factories import fees as make

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 20)
NEED_A_QUANTITY = {
    "2202", "2203", "2204", "2205", "2206", "2207", "2208", "2402", "2710", "2716", "4011", "6403",
}  # fmt: skip
"""Headings with a rate charged on litres, items, pairs or energy: mass alone is not enough for them."""


def test_every_code_of_the_nomenclature_assesses_with_value_and_mass_alone_or_names_its_quantity(loaded_whole):
    tariff, country, lists = tariff_current(), profile(ON), code_lists(ON)
    missing = {}
    for code in sorted(lists.hs6 | lists.national_codes):
        try:
            assess(make.facts(make.item(commodity_code=code)), tariff=tariff, rates={}, profile=country, on=ON)
        except CannotAssess as error:
            missing[code] = {finding.rule for finding in error.findings}
    assert {rule for rules in missing.values() for rule in rules} == {"FE-QTY-01"}
    assert {code[:4] for code in missing} <= NEED_A_QUANTITY


def test_real_import_messages_are_assessed_or_say_what_they_wait_for(loaded_whole, shared_inputs):
    tariff, country = tariff_current(), profile(ON)
    assessed, waiting = 0, {}
    for path in sorted((shared_inputs / "cds-dec").rglob("*")):
        try:
            message = parse(path.read_bytes(), "application/xml").message if path.is_file() else None
        except FormatRefused:
            continue
        if message is None or message.direction != "import":
            continue
        facts = facts_of(message)
        rates = rates_for(facts, currency=country.currency, on=ON)
        try:
            assess(facts, tariff=tariff, rates=rates, profile=country, on=ON)
            assessed += 1
        except CannotAssess as error:
            waiting[path.name] = sorted({finding.rule for finding in error.findings})
    assert assessed > 0
    assert assessed / (assessed + len(waiting)) > 0.8, waiting
    named = {"FE-VAL-01", "FE-VAL-06", "FE-QTY-01", "FE-TAR-04", "FE-FX-01"}
    assert {rule for rules in waiting.values() for rule in rules} <= named
