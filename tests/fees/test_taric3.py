"""FE-TX: TARIC3 envelopes are read whole or refused; what has no place in the tariff is named."""

from datetime import date
from decimal import Decimal

import pytest

from fees.models import Measure, Nomenclature, TaricRecord, TariffChange
from fees.rules.taric3.catalogue import BELONGS_TO
from fees.rules.taric3.envelope import Envelope, Update
from fees.rules.taric3.envelope import envelope_read as read
from fees.rules.taric3.expressions import DutyComponent, NotHeld, expression_of
from fees.rules.taric3.state import Kept, records_apply
from fees.selectors import measures_for, nomenclature_line, tariff_current
from fees.selectors.changes import change_for, change_rows_for
from fees.types import Direction
from singlewindow.kernel.errors import DomainError, RuleViolated
from tests.factories.tariff import FIRST, envelope_read, enveloped, measure_records, put_in_force

NEW_YEAR = date(2027, 1, 1)
KEPT = 44
"""Sample envelopes that stand on their own; the others change or describe what no envelope before them created."""


def codes(error: DomainError) -> list[str]:
    return [one.rule for one in error.violations]


def test_FE_TX_01_each_of_the_sample_files_is_read_whole_or_refused_with_a_reason(shared_inputs):
    whole, records, refused = 0, 0, {}
    for path in sorted((shared_inputs / "taric3").glob("*.xml")):
        try:
            envelope = read(path.read_bytes())
        except DomainError as error:
            refused[path.name] = codes(error)
        else:
            whole, records = whole + 1, records + len(envelope.records)
    assert (whole, records, len(refused)) == (143, 382, 7)
    assert refused["tests_test_files_invalid.xml"] == ["format.xml.not_well_formed"]
    assert refused["tests_test_files_invalid_id.xml"] == ["FE-TX-01"]
    assert all(found for found in refused.values())


def outcome(content: bytes, name: str) -> tuple[str, list[str]]:
    """Whether an envelope was kept as a draft, and what was said of it."""
    try:
        change_id = envelope_read(content, name=name)
    except DomainError as error:
        return "refused", [one.message for one in error.violations]
    return "kept", [f"{one['record']} {one['why']}" for one in TariffChange.objects.get(pk=change_id).unread]


def before(envelope: Envelope) -> dict[tuple[str, str], Kept]:
    """The records that an envelope takes for granted: what it changes or deletes, and what its records belong to."""
    created = {(one.element, one.key) for one in envelope.records if one.update is Update.CREATE}
    taken = {(one.element, one.key) for one in envelope.records} - created
    for one in envelope.records:
        if one.element in BELONGS_TO:
            parent, names = BELONGS_TO[one.element]
            taken.add((parent, "/".join(str(one.values[name]) for name in names)))
    return {key: Kept({}) for key in taken - created}


def test_FE_TX_04_samples_fit_to_the_records_that_they_take_for_granted(shared_inputs):
    fits, twice = 0, []
    for path in sorted((shared_inputs / "taric3").glob("*.xml")):
        try:
            envelope = read(path.read_bytes())
        except DomainError:
            continue
        after, wrong = records_apply(before(envelope), envelope)
        fits += not wrong
        twice += [path.name] if wrong else []
        assert not any(kept.number == "" and kept.values for kept in after.values())
    assert (fits, twice) == (
        142,
        ["commoditiy_parsers_importer_examples_goods_nomenclature_description_period_multi_CREATE.xml"],
    )


@pytest.mark.django_db
def test_FE_TX_05_no_sample_named_invalid_is_taken_without_a_word(loaded_whole, shared_inputs):
    names = sorted((shared_inputs / "taric3").glob("*_invalid*.xml"))
    assert len(names) == 4
    assert all(outcome(path.read_bytes(), path.name)[1] for path in names)


@pytest.mark.django_db
def test_FE_TX_06_each_sample_is_kept_as_a_draft_or_refused_with_its_findings(loaded_whole, shared_inputs):
    found = [outcome(path.read_bytes(), path.name) for path in sorted((shared_inputs / "taric3").glob("*.xml"))]
    assert len(found) == 150
    assert all(said for what, said in found if what == "refused")
    assert sum(what == "kept" for what, _ in found) == KEPT


@pytest.mark.parametrize(
    ("components", "text"),
    [
        ([(1, "12.5")], "12.5 %"),
        ([(1, "12.800"), (4, "88.4", "EUR", "DTN")], "12.8 % + 88.4 EUR/100 kg"),
        ([(1, "8"), (15, "22", "EUR", "DTN"), (17, "56", "EUR", "DTN")], "8 % MIN 22 EUR/100 kg MAX 56 EUR/100 kg"),
        ([(35, "56", "EUR", "DTN"), (1, "8"), (19, "2", "EUR", "NAR")], "8 % + 2 EUR/item MAX 56 EUR/100 kg"),
        ([(1, "3", "EUR", "ASV", "X"), (20, "10", "EUR", "HLT")], "3 EUR/% vol/hl + 10 EUR/hl"),
        ([(1, "150", "EUC", "KGM")], "1.5 EUR/kg"),
        ([(37, None)], "free"),
    ],
)
def test_FE_TX_06_components_become_an_expression(components, text):
    made = [DutyComponent(one[0], Decimal(one[1]) if one[1] else None, *one[2:]) for one in components]
    assert expression_of(made, "EUR") == text


@pytest.mark.parametrize(
    ("component", "why"),
    [
        ((2, "1"), "minus"),
        ((12, None), "Meursing"),
        ((14, None), "Meursing"),
        ((21, None), "sugar"),
        ((25, None), "sugar"),
        ((27, None), "flour"),
        ((29, None), "flour"),
        ((99, None, "", "NAR"), "supplementary unit"),
        ((7, "12.77"), "not known"),
        ((1, "5", "GBP", "DTN"), "currency"),
        ((1, "5", "EUR", "KGM", "E"), "KGM#E"),
        ((1, "5", "EUR"), "without a unit"),
        ((4, "5"), "further component"),
        ((1, None), "no amount"),
    ],
)
def test_FE_TX_06_a_component_without_a_form_is_said_and_never_guessed(component, why):
    made = DutyComponent(component[0], Decimal(component[1]) if component[1] else None, *component[2:])
    with pytest.raises(NotHeld, match=why):
        expression_of([made], "EUR")


@pytest.mark.django_db
def test_a_measure_of_an_envelope_is_in_force_when_two_people_agreed(loaded_whole):
    records = measure_records(
        type="552",
        area="CN",
        code="0901210010",
        components=(
            "duty.expression.id=01|duty.amount=8",
            "duty.expression.id=15|duty.amount=22|monetary.unit.code=EUR|measurement.unit.code=DTN",
        ),
        more="|additional.code.type=C|additional.code=777",
    )
    change_id = envelope_read(enveloped(*records))
    head = change_for(FIRST, change_id)
    assert head.unread == ()
    (row,) = change_rows_for(FIRST, change_id).rows
    assert row.after is not None
    assert (row.kind, row.after["expression"], row.after["prefix"]) == (
        "anti_dumping", "8 % MIN 22 EUR/100 kg", "0901210010",
    )  # fmt: skip
    put_in_force(change_id)
    found = measures_for("0901210010", "CN", Direction.IMPORT, NEW_YEAR)
    assert [one.rate for one in found if one.additional_code and one.additional_code.code == "C777"] == [
        "8 % MIN 22 EUR/100 kg"
    ]
    assert TaricRecord.objects.count() == 3


@pytest.mark.django_db
def test_the_next_envelope_changes_and_deletes_what_the_one_before_created(loaded_whole):
    put_in_force(envelope_read(enveloped(*measure_records(type="552", area="CN"))))

    def rates() -> list[str]:
        on = tariff_current().measures_on(NEW_YEAR)
        return [one.expression.text for one in on if one.kind == "anti_dumping" and one.prefix == "0901210090"]

    assert rates() == ["6.5 %"]
    dearer = measure_records(type="552", area="CN", components=("duty.expression.id=01|duty.amount=9",), update=1)
    put_in_force(envelope_read(enveloped(*dearer, envelope_id="260002")))
    assert rates() == ["9 %"]
    gone = measure_records(type="552", area="CN", components=("duty.expression.id=01|duty.amount=9",), update=2)
    put_in_force(envelope_read(enveloped(*gone, envelope_id="260003")))
    assert rates() == []
    assert not TaricRecord.objects.filter(version_to=None).exists()
    assert Measure.objects.filter(prefix="0901210090", kind="anti_dumping").count() == 2


@pytest.mark.django_db
def test_FE_TX_04_what_does_not_fit_to_the_records_before_is_refused_with_its_place(loaded_whole):
    changing = measure_records(type="552", update=1)
    with pytest.raises(RuleViolated) as refused:
        envelope_read(enveloped(*changing))
    assert codes(refused.value) == ["FE-TX-04", "FE-TX-04"]
    assert refused.value.violations[0].pointer == "/transactions/0/messages/0/records/0/measure"
    alone = ["430 05 3 measure.component measure.sid=5|duty.expression.id=01|duty.amount=3"]
    with pytest.raises(RuleViolated) as refused:
        envelope_read(enveloped(*alone))
    assert codes(refused.value) == ["FE-TX-05"]
    assert not TariffChange.objects.exists()


@pytest.mark.django_db
def test_FE_TAR_02_a_measure_that_holds_already_is_refused_with_the_record_that_says_it(loaded_whole):
    with pytest.raises(RuleViolated) as refused:
        envelope_read(enveloped(*measure_records(code="0901210000")))
    (found,) = refused.value.violations
    assert (found.rule, found.pointer) == ("FE-TAR-02", "/transactions/0/messages/0/records/0")


@pytest.mark.django_db
def test_FE_TX_07_a_measure_with_a_part_that_has_no_form_is_left_out_whole_and_named(loaded_whole):
    components = ("duty.expression.id=01|duty.amount=9", "duty.expression.id=14")
    change_id = envelope_read(
        enveloped(
            *measure_records(type="552", area="CN", components=components),
            *measure_records(900_002, type="552", area="IN", code="0901220000"),
            *measure_records(900_003, type="490", area="IN", code="0901220000"),
        )
    )
    head = change_for(FIRST, change_id)
    assert [(one["record"], one["what"]) for one in head.unread] == [("1", "measure 900001"), ("6", "measure 900003")]
    assert "Meursing" in head.unread[0]["why"]
    assert "490" in head.unread[1]["why"]
    assert [row.subject for row in change_rows_for(FIRST, change_id).rows] == ["anti_dumping|A30|import|090122|IN||"]


@pytest.mark.django_db
def test_a_requirement_with_its_conditions_and_an_excluded_country(loaded_whole):
    records = [
        "140 00 3 measure.type.series measure.type.series.id=B|validity.start.date=2020-01-01"
        "|measure.type.combination=1",
        "235 00 3 measure.type measure.type.id=724|validity.start.date=2020-01-01|trade.movement.code=0|priority.code=1"
        "|measure.component.applicable.code=1|origin.dest.code=0|order.number.capture.code=2|measure.explosion.level=20"
        "|measure.type.series.id=B",
        *measure_records(type="724", code="3903110000", components=()),
        "430 10 3 measure.condition measure.condition.sid=1|measure.sid=900001|condition.code=B"
        "|component.sequence.number=1|action.code=29|certificate.type.code=C|certificate.code=057",
        "430 10 3 measure.condition measure.condition.sid=2|measure.sid=900001|condition.code=B"
        "|component.sequence.number=2|action.code=09",
        "430 15 3 measure.excluded.geographical.area measure.sid=900001|excluded.geographical.area=NO",
        "205 00 3 certificate certificate.type.code=C|certificate.code=057|validity.start.date=2020-01-01",
        "205 05 3 certificate.description.period certificate.description.period.sid=1|certificate.type.code=C"
        "|certificate.code=057|validity.start.date=2020-01-01",
        "205 10 3 certificate.description certificate.description.period.sid=1|language.id=EN|certificate.type.code=C"
        "|certificate.code=057|description=Copy of the declaration of conformity",
    ]
    put_in_force(envelope_read(enveloped(*records)))
    found = [one for one in measures_for("3903110000", "CN", Direction.IMPORT, NEW_YEAR) if one.tax_type == "724"]
    (needed, otherwise) = found[0].conditions
    assert needed.document is not None
    assert (needed.document.text, needed.action) == ("Copy of the declaration of conformity", "allow")
    assert (otherwise.document, otherwise.action) == (None, "refuse")
    assert not [one for one in measures_for("3903110000", "NO", Direction.IMPORT, NEW_YEAR) if one.tax_type == "724"]


@pytest.mark.django_db
def test_a_line_of_the_nomenclature_takes_its_place_and_the_line_above_is_declared_no_more(loaded_whole):
    assert (line := nomenclature_line("0101210000", NEW_YEAR)) is not None
    assert line.declarable
    common = "goods.nomenclature.sid=7|goods.nomenclature.item.id=0101210010|productline.suffix=80"
    records = [
        "400 00 3 goods.nomenclature goods.nomenclature.sid=7|goods.nomenclature.item.id=0101210010"
        "|producline.suffix=80|validity.start.date=2026-01-01|statistical.indicator=0",
        f"400 05 3 goods.nomenclature.indents goods.nomenclature.indent.sid=1|{common}|validity.start.date=2026-01-01"
        "|number.indents=2",
        f"400 10 3 goods.nomenclature.description.period goods.nomenclature.description.period.sid=1|{common}"
        "|validity.start.date=2026-01-01",
        f"400 15 3 goods.nomenclature.description goods.nomenclature.description.period.sid=1|language.id=EN|{common}"
        "|description=Of the breed Kivana",
        f"400 10 3 goods.nomenclature.description.period goods.nomenclature.description.period.sid=2|{common}"
        "|validity.start.date=2026-07-01",
        f"400 15 3 goods.nomenclature.description goods.nomenclature.description.period.sid=2|language.id=EN|{common}"
        "|description=Of the breed Kivana, with papers",
    ]
    put_in_force(envelope_read(enveloped(*records)))
    assert (fresh := nomenclature_line("0101210010", date(2026, 3, 1))) is not None
    assert (fresh.description, fresh.declarable, fresh.parent) == ("Of the breed Kivana", True, "0101210000")
    assert (later := nomenclature_line("0101210010", NEW_YEAR)) is not None
    assert later.description == "Of the breed Kivana, with papers"
    assert (above := nomenclature_line("0101210000", NEW_YEAR)) is not None
    assert (above.declarable, above.children) == (False, 1)
    assert Nomenclature.objects.filter(version_to=None, code="0101210010").count() == 2


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (lambda text: text.replace(b'id="260001"', b'id="26001"'), "FE-TX-01"),
        (lambda text: text.replace(b"env:envelope", b"env:letter"), "FE-TX-01"),
        (lambda text: text.replace(b"<oub:update.type>3", b"<oub:update.type>4"), "FE-TX-02"),
        (lambda text: text.replace(b"<oub:record.code>430</oub:record.code>", b""), "FE-TX-02"),
        (lambda text: text.replace(b"oub:measure>", b"oub:meazure>"), "FE-TX-02"),
        (lambda text: text.replace(b"2027-01-01", b"2027-02-30"), "FE-TX-03"),
        (lambda text: text.replace(b"oub:measure.type>", b"oub:measure.sort>"), "FE-TX-03"),
        (lambda text: text.replace(b">6.5<", b">6,5<"), "FE-TX-03"),
    ],
)
def test_FE_TX_02_a_broken_record_is_refused_with_its_place(broken, rule):
    with pytest.raises(RuleViolated) as refused:
        read(broken(enveloped(*measure_records())))
    assert rule in codes(refused.value)
