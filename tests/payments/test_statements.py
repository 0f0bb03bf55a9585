"""Statements of the bank: checked as a whole, booked entry by entry, once."""

import pytest

from fees.models import Demand, LedgerTransaction
from fees.selectors import account_of, ledger_total
from fees.selectors.ledger import ledger_sum
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated
from singlewindow.payments.models import BankEntry, BankStatement, Basket, SuspenseItem
from singlewindow.payments.providers.simulator import SIMULATOR
from singlewindow.payments.selectors.verify import bank_positions, ledger_verify
from singlewindow.payments.services.baskets import basket_cancel, basket_pay_from_account
from singlewindow.payments.services.statements import statements_load
from tests.factories import accounts
from tests.factories.payments import Entry, basket, demand, jobs_do, payer, sent, statement, told, treasurer

pytestmark = pytest.mark.django_db


def load(*entries: Entry, **how):
    (loaded,) = statements_load(body=statement(*entries, **how), actor=how.pop("actor", None) or treasurer())
    return loaded


def outcomes() -> list[str]:
    return list(BankEntry.objects.order_by("statement_id", "ordinal").values_list("outcome", flat=True))


def balance(actor, currency: str = "EUR") -> int:
    held = account_of(actor.organisation_id, currency=currency)
    return held.balance_minor if held else 0


def agrees() -> bool:
    """The ledger holds together, and cash is what the bank says."""
    cash = {currency: -total for currency, total in ledger_sum("cash").items() if total}
    bank = {one.currency: one.closing_minor for one in bank_positions() if one.closing_minor}
    return (ledger_total(), ledger_verify(), cash) == (0, [], bank)


def rules_of(refusal) -> list[str]:
    return [one.rule for one in refusal.value.violations]


def test_PY_ST_10_a_transfer_with_the_reference_pays_the_basket() -> None:
    actor = payer()
    own = basket(actor, demand(actor, 2_500))
    loaded = load(Entry(reference=own.reference))
    assert (loaded.entries, loaded.booked, loaded.suspense) == (1, 1, 0)
    assert (Basket.objects.get(pk=own.pk).state, Demand.objects.get().state) == ("paid", "paid")
    assert (outcomes(), balance(actor), agrees()) == (["basket"], 0, True)


@pytest.mark.parametrize("written", ["{0}", "Invoice 7 {0} thanks", "{1}", "ref:{1}."], ids=str)
def test_PY_ST_10_the_reference_is_found_in_the_text_as_people_write_it(written) -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    spaced = " ".join(own.reference[at : at + 4] for at in range(0, len(own.reference), 4))
    load(Entry(text=written.format(own.reference, spaced.lower())))
    assert Basket.objects.get(pk=own.pk).state == "paid"


@pytest.mark.parametrize("version", [f"camt.053.001.{number:02}" for number in (2, 4, 6, 8, 13)])
def test_PY_ST_01_every_version_is_read(version) -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    body = statement(Entry(reference=own.reference), version=version)
    if version < "camt.053.001.08":  # where names stand beside the party and the state is a word
        body = body.replace(b"<Pty>", b"").replace(b"</Pty>", b"").replace(b"<Cd>BOOK</Cd>", b"BOOK")
    statements_load(body=body, actor=treasurer())
    assert Basket.objects.get(pk=own.pk).state == "paid"
    assert BankEntry.objects.get().party_name == "Amari Foods Ltd"


def test_PY_ST_07_a_file_loaded_twice_books_nothing_twice() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    body = statement(Entry(reference=own.reference), Entry("9.00", text="nobody knows"))
    assert not statements_load(body=body, actor=treasurer())[0].again
    before = (LedgerTransaction.objects.count(), BankEntry.objects.count(), SuspenseItem.objects.count())
    for same in (body, body.replace(b"?><Doc", b"?>\n<Doc")):
        assert statements_load(body=same, actor=treasurer())[0].again
    assert (LedgerTransaction.objects.count(), BankEntry.objects.count(), SuspenseItem.objects.count()) == before
    assert agrees()


def test_PY_ST_07_the_same_id_with_another_content_is_refused() -> None:
    load(Entry("5.00"))
    with pytest.raises(Conflict) as refusal:
        load(Entry("6.00"))
    assert rules_of(refusal) == ["PY-ST-07"]
    assert BankStatement.objects.count() == 1


def test_PY_ST_07_an_entry_that_comes_again_in_a_later_statement_is_refused() -> None:
    load(Entry("5.00", servicer="SRV-1"))
    with pytest.raises(RuleViolated) as refusal:
        load(Entry("5.00", servicer="SRV-1"), number=2, opening=500)
    assert rules_of(refusal) == ["PY-ST-07"]


def test_PY_ST_07_equal_entries_of_one_statement_are_two_payments() -> None:
    loaded = load(Entry("5.00"), Entry("5.00"), Entry("5.00", servicer="S"), Entry("5.00", servicer="S"))
    assert (loaded.entries, SuspenseItem.objects.count(), agrees()) == (4, 4, True)


def test_PY_ST_08_a_gap_between_statements_is_refused_with_every_finding() -> None:
    load(Entry("5.00"))
    with pytest.raises(RuleViolated) as refusal:
        load(Entry("1.00"), number=3, opening=400)
    assert rules_of(refusal) == ["PY-ST-08", "PY-ST-08"]
    load(Entry("1.00"), number=2, opening=500)
    assert agrees()


@pytest.mark.parametrize(("off", "taken"), [(0, True), (1, False), (-1, False)])
def test_PY_ST_05_balances_and_entries_must_agree_to_the_unit(off, taken) -> None:
    if taken:
        load(Entry("5.00"), closing=500)
        return
    with pytest.raises(RuleViolated) as refusal:
        load(Entry("5.00"), closing=500 + off)
    assert rules_of(refusal) == ["PY-ST-05"]
    assert (BankStatement.objects.count(), LedgerTransaction.objects.count()) == (0, 0)


def test_PY_ST_06_only_accounts_of_the_treasury_are_taken() -> None:
    with pytest.raises(RuleViolated) as refusal:
        load(Entry(), iban="NL91ABNA0417164300")
    assert rules_of(refusal) == ["PY-ST-06"]
    with pytest.raises(RuleViolated) as refusal:
        load(Entry(), iban="DE89370400440532013001")
    assert rules_of(refusal) == ["PY-ST-02"]


def test_PY_ST_10_a_part_waits_on_the_account_for_the_rest() -> None:
    actor = payer()
    own = basket(actor, demand(actor, 2_500))
    load(Entry("10.00", reference=own.reference))
    assert (Basket.objects.get(pk=own.pk).state, balance(actor)) == ("partly", 1_000)
    load(Entry("5.00", reference=own.reference), Entry("10.00", reference=own.reference), number=2, opening=1_000)
    assert (Basket.objects.get(pk=own.pk).state, balance(actor), agrees()) == ("paid", 0, True)


def test_PY_ST_11_what_is_too_much_or_comes_late_stays_on_the_account() -> None:
    actor = payer()
    own, late = basket(actor, demand(actor, 2_500)), basket(actor, demand(actor, 700))
    basket_cancel(basket_id=late.pk, actor=actor)
    load(Entry("30.00", reference=own.reference), Entry("7.00", reference=late.reference))
    assert (Basket.objects.get(pk=own.pk).state, balance(actor)) == ("paid", 500 + 700)
    assert (outcomes(), agrees()) == (["basket", "account"], True)


def test_PY_ST_11_another_currency_goes_onto_the_account_of_that_currency() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    dollars = {"iban": "GB29NWBK60161331926819", "currency": "USD"}
    load(Entry("30.00", reference=own.reference, currency="USD"), **dollars)
    assert (Basket.objects.get(pk=own.pk).state, balance(actor), balance(actor, "USD")) == ("open", 0, 3_000)
    assert agrees()


def test_PY_ST_12_the_identifier_in_the_text_names_the_organisation() -> None:
    actor, other = payer(identifier="ZZIMP0077"), payer(identifier="ZZIMP0078")
    own = basket(actor, demand(actor, 2_500))
    load(
        Entry("25.00", text="duty zzimp0077"),
        Entry("12.00", text="ZZIMP0077 top up"),
        Entry("12.00", text="for ZZIMP0077 and ZZIMP0078"),
    )
    assert outcomes() == ["basket", "account", "suspense"]
    assert (Basket.objects.get(pk=own.pk).state, balance(actor), balance(other), agrees()) == ("paid", 1_200, 0, True)


def test_PY_ST_13_what_nobody_can_place_is_kept_with_what_the_bank_said() -> None:
    load(
        Entry("9.00", text="thanks", name="Somebody", iban="NL02ABNA0123456789"),
        Entry("1.50", direction="DBIT", text="fee"),
    )
    first, second = SuspenseItem.objects.order_by("pk")
    by_amount = {first.amount_minor: first, second.amount_minor: second}
    assert by_amount.keys() == {900, -150}
    assert (by_amount[900].party_name, by_amount[900].party_iban, by_amount[900].text) == (
        "Somebody",
        "NL02ABNA0123456789",
        "thanks",
    )
    assert agrees()


def test_PY_ST_14_a_reversal_is_taken_from_suspense_until_somebody_looks() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    load(Entry(reference=own.reference))
    load(Entry(reference=own.reference, direction="DBIT", reversal=True), number=2, opening=2_500)
    assert (SuspenseItem.objects.get().reason, SuspenseItem.objects.get().amount_minor) == ("reversed", -2_500)
    assert agrees()


def test_PY_ST_15_a_provider_pays_over_what_it_took() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    told(sent(actor, own))
    jobs_do()
    assert ledger_sum("clearing") == {"EUR": -2_500}
    load(Entry(iban=SIMULATOR.settles_from, text="settlement"))
    assert (outcomes(), ledger_sum("clearing"), agrees()) == (["settled"], {"EUR": 0}, True)


def test_PY_ST_04_an_entry_of_several_payments_is_taken_apart_when_they_sum_up() -> None:
    actor = payer()
    one, two = basket(actor, demand(actor, 1_000)), basket(actor, demand(actor, 1_500))
    load(Entry("25.00", details=[("10.00", one.reference), ("15.00", two.reference)]))
    assert set(Basket.objects.values_list("state", flat=True)) == {"paid"}
    with pytest.raises(RuleViolated) as refusal:
        load(Entry("25.00", details=[("10.00", ""), ("15.01", "")]), number=2, opening=2_500)
    assert rules_of(refusal) == ["PY-ST-04"]


def test_two_baskets_with_the_same_demand_in_one_statement_pay_it_once() -> None:
    actor = payer()
    asked = demand(actor)
    one, two = basket(actor, asked), basket(actor, asked)
    load(Entry(reference=one.reference), Entry(reference=two.reference))
    assert (Demand.objects.get().state, balance(actor), agrees()) == ("paid", 2_500, True)


def test_only_who_may_book_money_loads_statements() -> None:
    for role in (Role.TRADER, Role.OFFICER, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            statements_load(body=statement(Entry()), actor=accounts.actor(role))


def test_what_the_bank_said_is_never_changed() -> None:
    load(Entry())
    for table in (BankEntry, BankStatement):
        with pytest.raises(Exception, match="append-only"), unit_of_work():
            table.objects.update(iban="X")


@pytest.mark.parametrize(("cents", "paid"), [(999, False), (1_000, True)], ids=["a cent short", "exactly enough"])
def test_PY_BAS_09_a_basket_whose_first_part_was_used_is_not_paid_until_the_account_bears_it(cents, paid) -> None:
    actor = payer()
    other, own = basket(actor, demand(actor, 1_000)), basket(actor, demand(actor, 2_500))
    load(Entry(amount="10.00", reference=own.reference))
    basket_pay_from_account(basket_id=other.pk, actor=actor)
    load(Entry(amount="15.00", reference=own.reference), number=2, opening=1_000)
    waiting = Basket.objects.get(pk=own.pk)
    assert (waiting.state, waiting.reason, waiting.received_minor, balance(actor)) == ("partly", "used", 2_500, 1_500)
    assert set(Demand.objects.filter(amount_minor=2_500).values_list("state", flat=True)) == {"open"}
    load(Entry(amount=f"{cents / 100:.2f}", text=f"for {identifier(actor)}"), number=3, opening=2_500)
    jobs_do("payments.resume")
    jobs_do("payments.resume")
    assert Basket.objects.get(pk=own.pk).state == ("paid" if paid else "partly")
    assert balance(actor) == (0 if paid else 2_499)
    assert agrees()


def test_PY_BAS_09_the_rest_sent_for_the_basket_itself_pays_it() -> None:
    actor = payer()
    other, own = basket(actor, demand(actor, 1_000)), basket(actor, demand(actor, 2_500))
    load(Entry(amount="10.00", reference=own.reference))
    basket_pay_from_account(basket_id=other.pk, actor=actor)
    load(Entry(amount="15.00", reference=own.reference), number=2, opening=1_000)
    load(Entry(amount="10.00", reference=own.reference), number=3, opening=2_500)
    assert (Basket.objects.get(pk=own.pk).state, Basket.objects.get(pk=own.pk).reason, balance(actor)) == (
        "paid",
        "",
        0,
    )
    assert agrees()


def identifier(actor) -> str:
    return Organisation.objects.get(pk=actor.organisation_id).identifier
