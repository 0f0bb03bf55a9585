"""Payouts: taken once, in exactly one file, confirmed by the bank or back."""

from decimal import Decimal

import pytest
from lxml import etree

from fees.selectors import account_of, ledger_total
from fees.selectors.ledger import ledger_sum
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated
from singlewindow.payments.models import BankAccount, PayoutFile, PayoutOrder, SuspenseItem
from singlewindow.payments.selectors.bank import payout_file_body
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.payments.services.bank_files import bank_file_load
from singlewindow.payments.services.clearing import Plan, suspense_clear
from singlewindow.payments.services.payouts import bank_account_name, payout_order, payouts_file
from singlewindow.payments.services.statements import statements_load
from tests.factories.payments import Entry, payer, statement, treasurer

pytestmark = pytest.mark.django_db

NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
THEIRS = "NL02ABNA0123456789"


def trader(rich: int = 100, *, named: bool = True) -> Actor:
    actor = payer(rich=rich)
    if named:
        bank_account_name(iban="NL02 ABNA 0123 4567 89", holder="Amari Foods Ltd", actor=actor)
    return actor


def order(actor: Actor, minor: int = 2_500, source: str = "refund:1", currency: str = "EUR"):
    with unit_of_work() as work:
        return payout_order(
            work,
            organisation_id=actor.organisation_id,
            amount_minor=minor,
            currency=currency,
            source=source,
            text="Refund of duty",
            actor=treasurer(),
        )


def balance(actor: Actor) -> int:
    return account_of(actor.organisation_id, currency="EUR").balance_minor


def agrees() -> bool:
    return (ledger_total(), ledger_verify()) == (0, [])


def test_PY_PO_01_an_order_takes_the_money_once_for_each_source() -> None:
    actor = trader()
    assert order(actor) == order(actor)
    assert (balance(actor), PayoutOrder.objects.count(), ledger_sum("clearing"), agrees()) == (
        7_500,
        1,
        {"EUR": 2_500},
        True,
    )


@pytest.mark.parametrize(("minor", "taken"), [(10_000, True), (10_001, False), (0, False), (-1, False)])
def test_PY_PO_02_only_what_the_account_holds_is_paid_out(minor: int, taken: bool) -> None:
    actor = trader()
    if taken:
        order(actor, minor)
        assert balance(actor) == 0
        return
    with pytest.raises(RuleViolated):
        order(actor, minor)
    assert (balance(actor), PayoutOrder.objects.count()) == (10_000, 0)


def test_PY_PO_04_the_file_has_every_order_once_with_number_and_sum() -> None:
    one, two = trader(), trader()
    order(one, 2_500, "a"), order(two, 1_005, "b")
    officer = treasurer()
    name, body = payout_file_body(officer, payouts_file(currency="EUR", actor=officer))
    root = etree.fromstring(body)
    assert root.xpath("string(//p:GrpHdr/p:MsgId)", namespaces=NS) == name
    assert root.xpath("//p:NbOfTxs/text()", namespaces=NS) == ["2", "2"]
    assert {Decimal(text) for text in root.xpath("//p:CtrlSum/text()", namespaces=NS)} == {Decimal("35.05")}
    assert sorted(root.xpath("//p:InstdAmt/text()", namespaces=NS), key=Decimal) == ["10.05", "25.00"]
    ids = set(PayoutOrder.objects.values_list("end_to_end_id", flat=True))
    assert set(root.xpath("//p:EndToEndId/text()", namespaces=NS)) == ids
    assert set(root.xpath("//p:CdtrAcct//p:IBAN/text()", namespaces=NS)) == {THEIRS}


def test_PY_PO_05_an_order_is_in_exactly_one_file_ever() -> None:
    actor, officer = trader(), treasurer()
    order(actor)
    payouts_file(currency="EUR", actor=officer)
    with pytest.raises(Conflict):
        payouts_file(currency="EUR", actor=officer)
    order(actor, 100, "b")
    payouts_file(currency="EUR", actor=officer)
    assert list(PayoutFile.objects.order_by("pk").values_list("count", flat=True)) == [1, 1]
    with pytest.raises(Exception, match="in a file already"), unit_of_work():
        PayoutOrder.objects.update(file=PayoutFile.objects.latest("pk"))


def test_PY_PO_03_an_order_waits_until_a_bank_account_is_named() -> None:
    actor, officer = trader(named=False), treasurer()
    order(actor)
    with pytest.raises(Conflict):
        payouts_file(currency="EUR", actor=officer)
    with pytest.raises(RuleViolated):
        bank_account_name(iban="NL03ABNA0123456789", holder="A", actor=actor)
    bank_account_name(iban=THEIRS, holder="Amari Foods Ltd", actor=actor)
    payouts_file(currency="EUR", actor=officer)
    assert PayoutOrder.objects.get().iban == THEIRS
    assert BankAccount.objects.count() == 1


def filed(actor: Actor, minor: int = 2_500) -> PayoutOrder:
    order(actor, minor)
    payouts_file(currency="EUR", actor=treasurer())
    return PayoutOrder.objects.get()


def load(*entries: Entry, **how) -> None:
    statements_load(body=statement(*entries, **how), actor=treasurer())


def test_PY_PO_06_the_statement_confirms_and_a_return_puts_the_money_back() -> None:
    actor = trader()
    own = filed(actor)
    load(Entry("25.00", direction="DBIT", end_to_end=own.end_to_end_id))
    own.refresh_from_db()
    assert (own.state, ledger_sum("clearing"), agrees()) == ("confirmed", {"EUR": 0}, True)
    load(Entry("25.00", end_to_end=own.end_to_end_id, returned="AC04"), number=2, opening=-2_500)
    own.refresh_from_db()
    assert (own.state, own.reason, balance(actor), agrees()) == ("bounced", "AC04", 10_000, True)
    told = PartyEvent.objects.get(type="payout_bounced")
    assert (told.organisation_id, told.data["reason"]) == (actor.organisation_id, "AC04")


def test_PY_PO_06_paid_and_returned_on_one_statement_whatever_comes_first() -> None:
    actor = trader()
    own = filed(actor)
    back = Entry("25.00", end_to_end=own.end_to_end_id, returned="AC04")
    load(back, Entry("25.00", direction="DBIT", end_to_end=own.end_to_end_id))
    own.refresh_from_db()
    assert (own.state, balance(actor), agrees()) == ("bounced", 10_000, True)


def test_PY_PO_06_one_debit_for_the_whole_file_confirms_all_of_it() -> None:
    one, two = trader(), trader()
    order(one, 2_500, "a"), order(two, 500, "b")
    payouts_file(currency="EUR", actor=treasurer())
    load(Entry("30.00", direction="DBIT", group=PayoutFile.objects.get().message_id))
    assert set(PayoutOrder.objects.values_list("state", flat=True)) == {"confirmed"}
    assert agrees()


def test_PY_PO_06_a_debit_of_another_amount_confirms_nothing() -> None:
    own = filed(trader())
    load(Entry("24.99", direction="DBIT", end_to_end=own.end_to_end_id))
    own.refresh_from_db()
    assert (own.state, SuspenseItem.objects.get().amount_minor, agrees()) == ("filed", -2_499, True)


def test_PY_PO_06_a_return_told_twice_puts_the_money_back_once() -> None:
    actor = trader()
    own = filed(actor)
    load(Entry("25.00", direction="DBIT", end_to_end=own.end_to_end_id))
    back = Entry("25.00", end_to_end=own.end_to_end_id, returned="AC04")
    load(back, back, number=2, opening=-2_500)
    assert (balance(actor), SuspenseItem.objects.get().reason, agrees()) == (10_000, "bounced", True)


REFUSED = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>
</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


@pytest.mark.parametrize(("status", "back"), [("RJCT", True), ("ACSC", False)])
def test_PY_PO_06_what_the_bank_refuses_is_back_once(status: str, back: bool) -> None:
    actor = trader()
    own = filed(actor)
    for _ in range(2):
        bank_file_load(body=REFUSED.format(id=own.end_to_end_id, status=status).encode(), actor=treasurer())
    own.refresh_from_db()
    assert (own.state == "bounced", balance(actor) == 10_000, agrees()) == (back, back, True)


def test_a_return_of_money_that_came_from_suspense_is_in_suspense_again() -> None:
    load(Entry("9.00", text="?"))
    suspense_clear(suspense_id=SuspenseItem.objects.get().pk, plan=Plan("return"), reason="back", actor=treasurer())
    payouts_file(currency="EUR", actor=treasurer())
    own = PayoutOrder.objects.get()
    load(
        Entry("9.00", direction="DBIT", end_to_end=own.end_to_end_id),
        Entry("9.00", end_to_end=own.end_to_end_id, returned="AC04"),
        number=2,
        opening=900,
    )
    assert list(SuspenseItem.objects.order_by("pk").values_list("state", flat=True)) == ["returned", "open"]
    assert agrees()


def test_only_who_books_money_takes_a_file_to_the_bank() -> None:
    actor, officer = trader(), treasurer()
    order(actor)
    file_id = payouts_file(currency="EUR", actor=officer)
    with pytest.raises(NotFound):
        payout_file_body(actor, file_id)
    with pytest.raises(NotFound):
        payouts_file(currency="CHF", actor=officer)
