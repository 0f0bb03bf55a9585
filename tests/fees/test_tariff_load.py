"""FE-TAR: the tariff as data of a version."""

import shutil
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from fees.models import Charge, Measure, TariffVersion
from fees.rules.assessment import assess
from fees.selectors import tariff_current, tariff_of_version
from fees.services import tariff_load
from fees.services.tariff import DATA
from fees.types import Direction, MeasureKind
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated
from tests.factories import fees as make
from tests.factories.tariff import changed, coffee_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped files that a test may change."""
    return shutil.copytree(DATA, tmp_path / "data")


def _swap(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_FE_TAR_06_a_second_load_of_the_same_files_changes_nothing():
    first, second = tariff_load(), tariff_load()
    assert (first.changed, second.changed) == (True, False)
    assert first.label == second.label
    assert TariffVersion.objects.count() == 1


def test_FE_TAR_06_the_command_says_what_it_did_and_names_every_wrong_line(folder):
    out = StringIO()
    call_command("load_fees", stdout=out)
    call_command("load_fees", stdout=out)
    assert "nothing changed" in out.getvalue()
    _swap(folder / "measures.csv", ",20 % MIN 35 EUR/100 kg,", ",20 % AT LEAST 35,")
    _swap(folder / "charges.csv", "2025-11-15", "soon")
    with pytest.raises(CommandError) as error:
        call_command("load_fees", str(folder))
    assert "measures.csv, line" in str(error.value)
    assert "charges.csv, line" in str(error.value)
    assert TariffVersion.objects.count() == 1


def test_FE_TAR_05_a_rate_in_foreign_money_is_refused(folder):
    _swap(folder / "measures.csv", "35 EUR/100 kg", "35 USD/100 kg")
    with pytest.raises(RuleViolated) as error:
        tariff_load(folder)
    assert [violation.rule for violation in error.value.violations] == ["FE-TAR-05"]


def test_FE_TAR_10_no_load_changes_a_tariff_that_stands(folder):
    tariff_load()
    _swap(folder / "measures.csv", "duty,,090121,1011,import,,7.5 %", "duty,,090121,1011,import,,9.5 %")
    with pytest.raises(NotPermitted, match="another person agrees"):
        tariff_load(folder)
    with pytest.raises(CommandError, match="--by"):
        call_command("load_fees", str(folder))
    assert TariffVersion.objects.count() == 1


def test_FE_TAR_07_a_new_version_is_seen_at_once_and_the_old_one_can_be_read_again():
    before = tariff_load()
    item = make.facts(make.item(commodity_code="090121", origin="CN"))

    def duty(tariff):
        result = assess(item, tariff=tariff, rates={}, profile=make.profile(), on=make.DAY)
        return result.items[0].lines[0].amount

    assert duty(tariff_current()) == 75
    changed(coffee_at("9.5 %"))
    assert duty(tariff_current()) == 95
    assert duty(tariff_of_version(before.label)) == 75
    assert tariff_of_version(before.label).label == before.label
    with pytest.raises(NotFound):
        tariff_of_version("tariff-of-nowhere")


def test_FE_TAR_02_two_measures_of_one_key_never_hold_on_the_same_day(loaded_whole):
    row = Measure.objects.filter(kind="duty", prefix="610910", valid_from=date(2026, 1, 1)).get()
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "id"}
    with pytest.raises(IntegrityError, match="measure_one_in_force"), transaction.atomic():
        Measure.objects.create(**(values | {"valid_from": date(2030, 1, 1)}))
    with pytest.raises(IntegrityError, match="measure_one_in_force"), transaction.atomic():
        Measure.objects.create(**(values | {"valid_from": date(2025, 1, 1), "valid_to": date(2025, 12, 31)}))
    Measure.objects.create(**(values | {"valid_from": date(2019, 1, 1), "valid_to": date(2019, 12, 31)}))


def test_FE_TAR_07_a_published_row_is_never_changed_or_deleted(loaded_whole):
    for act in (
        lambda: Measure.objects.filter(prefix="09").update(expression="99 %"),
        lambda: Measure.objects.filter(prefix="09").delete(),
        lambda: Charge.objects.filter(code="CUS-IMP").update(amount=Decimal(1)),
    ):
        with pytest.raises(DatabaseError, match="only ever ended"), transaction.atomic():
            act()


def test_every_chapter_of_the_harmonized_system_has_a_duty_and_a_VAT_rate(loaded_whole):
    tariff = tariff_current()
    for chapter in range(1, 100):
        resolved = tariff.resolve(
            code=f"{chapter:02d}99990000",
            origin="CN",
            preferential_origin="CN",
            additional_codes=(),
            direction=Direction.IMPORT,
            on=make.DAY,
        )
        if chapter == 77:
            continue  # reserved in the Harmonized System: there are no such goods
        assert resolved.duty is not None, chapter
        assert resolved.vat is not None, chapter
        assert resolved.vat.kind is MeasureKind.VAT
