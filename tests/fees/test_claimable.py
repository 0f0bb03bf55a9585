"""FE-CON, FE-QUO, FE-CTL and FE-VAL-06: which rate may be claimed, what is forbidden, and how goods are valued."""

from datetime import date
from decimal import Decimal

import pytest

from fees.rules.assessment import CannotAssess, assess
from fees.rules.canonical_form import assessment_json
from fees.rules.tariff import Condition
from fees.services.quotes import rates_for
from fees.types import Direction, MeasureKind
from singlewindow.quotas.types import QuotaStanding, StandingState
from tests.factories import fees as make

D = Decimal


def run(facts, *measures, groups=(), rates=(), **profile):
    tariff = make.tariff(*measures, groups=groups)
    by_currency = {rate.currency: rate for rate in rates}
    return assess(facts, tariff=tariff, rates=by_currency, profile=make.profile(**profile), on=make.DAY)


def document(code, action="apply", shown="", **more):
    return Condition(code, document=shown, action=action, **more)


def lines(assessment, item=0):
    return [(line.kind.value, line.amount) for line in assessment.items[item].lines if line.kind is not MeasureKind.VAT]


def reasons(assessment, item=0):
    return {candidate.measure: candidate.reason for candidate in assessment.items[item].candidates}


# Conditions ---------------------------------------------------------------------------------


NEEDS = (document("B", shown="D018"), document("B", "not_apply"))


@pytest.mark.parametrize(
    ("documents", "duty", "reason"),
    [(("D018",), "0", "applied"), ((), "250", "no_document"), (("D019",), "250", "no_document")],
)
def test_FE_CON_01_a_rate_for_goods_with_a_document_needs_it(documents, duty, reason):
    suspension = make.measure("suspension", "free", conditions=NEEDS, key="S")
    made = run(
        make.facts(make.item(preference="110", documents=documents)), make.measure("duty", "25 %", key="D"), suspension
    )
    assert lines(made)[0][1] == D(duty)
    assert reasons(made)["S"] == reason
    offered = next(one for one in made.items[0].candidates if one.measure == "S")
    assert offered.needs == (() if reason == "applied" else ("D018",))


def test_FE_CON_01_a_document_of_the_declaration_counts_for_its_items():
    suspension = make.measure("suspension", "free", conditions=NEEDS)
    facts = make.facts(make.item(preference="110"), documents=("D018",))
    assert lines(run(facts, make.measure("duty", "25 %"), suspension))[0][1] == 0


def test_FE_CON_02_conditions_of_two_classes_must_both_allow():
    both = (document("B", shown="D018"), document("Y", shown="Y900"))
    suspension = make.measure("suspension", "free", conditions=both)
    duty = make.measure("duty", "25 %")
    one = make.facts(make.item(preference="110", documents=("D018",)))
    two = make.facts(make.item(preference="110", documents=("D018", "Y900")))
    assert [lines(run(facts, duty, suspension))[0][1] for facts in (one, two)] == [250, 0]


ENTRY_PRICE = (
    Condition("V", amount=D(480), unit="t", action="apply", expression="12 %"),
    Condition("V", amount=D(440), unit="t", action="apply", expression="12 % + 4/100 kg"),
    Condition("V", action="apply"),
)


@pytest.mark.parametrize(
    ("price", "duty"),
    [("480.00", "57.60"), ("479.99", "97.60"), ("440.00", "92.80"), ("439.99", "352.80")],
    ids=["reached", "a cent under", "second step reached", "a cent under it"],
)
def test_FE_CON_04_an_entry_price_per_unit_chooses_the_rate(price, duty):
    measure = make.measure("duty", "12 % + 30/100 kg", conditions=ENTRY_PRICE)
    made = run(make.facts(make.item(price, net_mass_kg=D(1000))), measure)
    assert lines(made)[0][1] == D(duty)


def test_FE_CON_04_a_price_per_unit_without_the_quantity_waits_and_names_it():
    measure = make.measure("duty", "12 %", conditions=(Condition("V", amount=D(4), unit="l", action="apply"),))
    with pytest.raises(CannotAssess) as error:
        run(make.facts(make.item()), measure)
    assert [(found.rule, found.value) for found in error.value.findings] == [("FE-QTY-01", "l")]


@pytest.mark.parametrize(("documents", "levied"), [((), True), (("D008",), False)])
def test_FE_CON_03_a_tax_on_top_is_levied_unless_what_takes_it_away_is_shown(documents, levied):
    extra = make.measure("anti_dumping", "36.5 %", conditions=(document("A", "not_apply", "D008"),))
    made = run(make.facts(make.item(documents=documents)), make.measure("duty", "10 %"), extra)
    assert ("anti_dumping" in dict(lines(made))) is levied


# Quotas -------------------------------------------------------------------------------------


def standing(state, origins=()):
    return QuotaStanding("094001", state, "KGM", make.DAY, origins)


QUOTA = (make.measure("duty", "25 %", key="D"), make.measure("duty", "5 %", key="Q", order_number="094001"))


def quota_run(state, *, cited="094001", share=None, origins=(), measures=QUOTA, **changes):
    item = make.item(quota_order_number=cited, quota_share=share, **changes)
    quotas = () if state is None else (standing(state, origins),)
    return run(make.facts(item, quotas=quotas), *measures, make.measure("vat", "16 %"), groups=[make.group()])


@pytest.mark.parametrize(
    ("state", "duty", "reason"),
    [
        (StandingState.OPEN, "50", "applied"),
        (StandingState.CRITICAL, "50", "applied"),
        (StandingState.EXHAUSTED, "250", "quota_exhausted"),
        (StandingState.BLOCKED, "250", "quota_blocked"),
        (StandingState.CLOSED, "250", "quota_closed"),
        (StandingState.NONE, "250", "quota_none"),
        (None, "250", "quota_none"),
    ],
)
def test_FE_QUO_01_a_quota_is_claimed_while_it_is_open_or_critical_and_the_notice_says_why_not(state, duty, reason):
    made = quota_run(state)
    assert lines(made) == [("duty", D(duty))]
    assert reasons(made)["Q"] == reason


def test_FE_QUO_01_a_quota_must_be_cited():
    assert reasons(quota_run(StandingState.OPEN, cited=""))["Q"] == "quota_not_cited"
    unknown = quota_run(StandingState.OPEN, cited="099999")
    assert reasons(unknown)["Q"] == "quota_not_cited"
    assert quota_run(StandingState.OPEN, cited="099999", measures=QUOTA[:1]).notes == ("quota_not_in_tariff",)


@pytest.mark.parametrize(("origins", "duty"), [((), 50), (("KE",), 50), (("KEA",), 50), (("TZ", "UG"), 250)])
def test_FE_QUO_01_a_quota_for_some_origins_is_for_those(origins, duty):
    assert lines(quota_run(StandingState.OPEN, origins=origins))[0][1] == duty


def test_FE_QUO_02_a_preferential_quota_needs_the_claim_and_the_proof():
    measures = (
        make.measure("duty", "25 %"),
        make.measure("preference", "free", origin="KEA", key="Q", order_number="094001"),
    )
    without = quota_run(StandingState.OPEN, measures=measures, preference="300")
    assert reasons(without)["Q"] == "no_proof"
    with_proof = quota_run(StandingState.OPEN, measures=measures, preference="300", documents=("N954",))
    assert lines(with_proof) == [("preference", D(0))]


@pytest.mark.parametrize(("state", "security"), [(StandingState.OPEN, "0"), (StandingState.CRITICAL, "232.00")])
def test_FE_QUO_03_a_critical_quota_asks_to_secure_the_difference_with_its_VAT(state, security):
    made = quota_run(state)
    assert made.security == made.items[0].security == D(security)
    assert made.total == D("50") + D("168")


def test_FE_QUO_03_nothing_is_secured_where_the_best_other_rate_is_no_dearer():
    cheap = (make.measure("duty", "5 %", key="D"), QUOTA[1])
    made = quota_run(StandingState.CRITICAL, measures=cheap)
    assert made.security == 0
    assert reasons(made)["Q"] == "not_lowest"


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ("1", [("duty", D(50))]),
        ("0.4", [("duty", D("20.00")), ("duty", D("150.00"))]),
        ("0", [("duty", D(250))]),
    ],
)
def test_FE_QUO_04_what_was_granted_is_at_the_quotas_rate_and_the_rest_is_not(share, expected):
    made = quota_run(StandingState.CLOSED, share=D(share))
    assert lines(made) == expected
    assert made.security == 0
    if share == "0.4":
        assert [line.part for line in made.items[0].lines] == ["within", "beyond", ""]
        assert [line.base for line in made.items[0].lines[:2]] == [D(400), D(600)]
    if share == "0":
        assert reasons(made)["Q"] == "quota_not_granted"


# Controls -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "conditions", "documents", "outcome"),
    [
        ("prohibition", (), (), "prohibited"),
        ("prohibition", (document("B", "allow", "Y900"), document("B", "refuse")), (), "prohibited"),
        ("prohibition", (document("B", "allow", "Y900"), document("B", "refuse")), ("Y900",), "exempt"),
        ("requirement", (), (), "told"),
        ("requirement", (document("B", "allow", "C640"),), (), "missing"),
        ("requirement", (document("B", "allow", "C640"),), ("C640",), "met"),
    ],
)
def test_FE_CTL_01_the_notice_lists_what_the_tariff_forbids_or_asks_for(kind, conditions, documents, outcome):
    control = make.measure(kind, "free", conditions=conditions)
    made = run(make.facts(make.item(documents=documents)), control)
    assert [one.outcome for one in made.items[0].controls] == [outcome]
    assert made.total == 0


def test_FE_CTL_01_exports_are_controlled_too():
    control = make.measure("prohibition", "free", direction=Direction.EXPORT)
    made = run(make.facts(make.item(), direction=Direction.EXPORT), control)
    assert [one.outcome for one in made.items[0].controls] == ["prohibited"]


# Valuation ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["2", "3", "4", "5", "6"])
def test_FE_VAL_06_another_method_takes_the_value_that_is_stated_and_never_the_price(method):
    item = make.item("1000", stated_value=make.stated("1250"), valuation_method=method)
    made = run(make.facts(item, freight=make.stated("90"), additions=(make.stated("10", code="AI"),)))
    build = made.items[0].value
    assert (build.customs_value, build.basis, build.method) == (D(1250), "stated_value", method)
    assert made.notes == ("method_without_papers",)
    with pytest.raises(CannotAssess) as error:
        run(make.facts(make.item("1000", valuation_method=method)))
    assert [(found.rule, found.pointer) for found in error.value.findings] == [("FE-VAL-06", "/items/0/customs_value")]


def test_FE_VAL_07_a_value_declaration_answers_the_note():
    item = make.item("1", stated_value=make.stated("9"), valuation_method="3", documents=("N934",))
    assert run(make.facts(item)).notes == ()


def test_FE_VAL_08_each_adjustment_stands_in_the_notice_by_its_code():
    item = make.item("1000", additions=(make.stated("11", "USD", "AI"),), deductions=(make.stated("20", code="BF"),))
    facts = make.facts(item, additions=(make.stated("30", code="AE"),))
    made = run(facts, rates=[make.rate("USD", "1.1")])
    assert made.customs_value == D("1000") + D("10.00") - 20 + 30
    value = assessment_json(made)["items"][0]["value"]
    assert [(one["code"], one["effect"], one["amount"]) for one in value["adjustments"]] == [
        ("AI", "addition", "10"),
        ("BF", "deduction", "20"),
    ]
    assert [one["code"] for one in assessment_json(made)["adjustments"]] == ["AE"]


def test_FE_VAL_04_a_stated_value_bears_no_part_of_the_freight():
    items = (make.item("500"), make.item(price=None, number=2, stated_value=make.stated("500")))
    made = run(make.facts(*items, freight=make.stated("90")))
    assert [item.value.customs_value for item in made.items] == [D(590), D(500)]


def test_a_notice_never_holds_null_because_readers_drop_it():
    rate = make.measure("preference", "3/l", origin="KEA")
    made = run(make.facts(), make.measure("duty", "5 %"), rate, groups=[make.group()])
    assert [one.amount for one in made.items[0].candidates] == [D("50.00"), None]

    def values(part):
        if isinstance(part, dict):
            return [one for value in part.values() for one in values(value)]
        return [one for value in part for one in values(value)] if isinstance(part, list) else [part]

    assert None not in values(assessment_json(made))


@pytest.mark.parametrize(
    ("currency", "price", "stated", "rate", "duty"),
    [
        ("EUR", "0.05", "EUR", "", "0.01"),
        ("EUR", "26.75", "EUR", "", "2.68"),
        ("JPY", "25", "JPY", "", "3"),
        ("KWD", "0.125", "KWD", "", "0.013"),
        ("JPY", "1.55", "EUR", "0.00624", "25"),
        ("EUR", "100000", "JPY", "160.25", "62.40"),
        ("EUR", "100.125", "KWD", "0.333", "30.07"),
    ],
)
def test_L11_the_worked_table_to_the_unit(currency, price, stated, rate, duty):
    rates = [make.rate(stated, rate)] if rate else []
    made = run(
        make.facts(make.item(price, currency=stated)), make.measure("duty", "10 %"), rates=rates, currency=currency
    )
    assert lines(made) == [("duty", D(duty))]


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "rate"), [(date(2025, 1, 31), "1.12"), (date(2025, 2, 1), "1.10827")])
def test_L11_the_rate_of_yesterday_is_not_taken_for_today(on, rate):
    facts = make.facts(make.item(currency="USD"))
    assert rates_for(facts, currency="EUR", on=on)["USD"].rate == D(rate)


@pytest.mark.django_db
def test_L11_without_a_rate_for_the_day_there_is_none():
    assert rates_for(make.facts(make.item(currency="XAU")), currency="EUR", on=date(2026, 11, 20)) == {}
