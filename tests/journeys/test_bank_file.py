"""A bank file loaded twice: what a trader owes to two agencies is paid by one transfer, and counted once."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from declarations.models import Declaration
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.models import Demand, LedgerTransaction
from fees.selectors import account_of, fiscal_state
from fees.selectors.ledger import ledger_sum
from fees.states import FiscalState
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.audit.verbs import Verb
from singlewindow.payments.models import BankEntry, Basket, SuspenseItem
from singlewindow.payments.selectors.verify import ledger_verify
from tests.factories import accounts
from tests.factories.declarations import import_message
from tests.factories.payments import Entry, demand, statement

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
Run = Callable[[], None]


def browser(person: object) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def load(officer: Client, body: bytes) -> str:
    file = SimpleUploadedFile("statement.xml", body, content_type="application/xml")
    return officer.post("/payments/statements", {"file": file}, follow=True).content.decode()


def test_one_transfer_pays_two_agencies_and_frees_the_goods_however_often_the_file_comes(
    country: None, jobs_done: Run
) -> None:
    trader = accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")
    actor = accounts.actor(Role.TRADER, of=trader)
    person, officer = browser(accounts.user(Role.TRADER, of=trader)), browser(accounts.user(Role.SUPERVISOR))

    goods = declaration_lodge(message=import_message(1), actor=actor, channel=Channel.JSON)
    jobs_done()
    assert fiscal_state(goods.id) is FiscalState.INSUFFICIENT
    fee = demand(actor, 2_500, authority="PHY", text="Import permit")

    made = person.post("/payments/new", {"demands": [str(fee)], "declarations": [str(goods.id)], "amount": ""})
    own = Basket.objects.get()
    assert made.status_code == 302
    person.post(f"/payments/{own.pk}/bank")
    shown = person.get(f"/payments/{own.pk}").content.decode()
    assert own.reference in shown

    amount = f"{own.total_minor / 100:.2f}"
    stranger = Entry("12.34", text="happy birthday", name="Aunt Mary")
    body = statement(Entry(amount, text=f"/RFB/{own.reference}"), stranger)
    assert "2 entries" in load(officer, body)
    jobs_done()

    assert Declaration.objects.get(pk=goods.id).legal_state == "CLEARED"
    assert Demand.objects.get(pk=fee).state == "paid"
    assert Basket.objects.get().state == "paid"
    assert account_of(trader.pk, currency="EUR").balance_minor == 0
    counted = (LedgerTransaction.objects.count(), BankEntry.objects.count(), SuspenseItem.objects.count())

    for again in (body, body.replace(b"<GrpHdr>", b"<!-- sent again --><GrpHdr>")):
        assert "loaded before" in load(officer, again)
        jobs_done()
    assert (LedgerTransaction.objects.count(), BankEntry.objects.count(), SuspenseItem.objects.count()) == counted
    assert Event.objects.filter(verb=Verb.STATEMENT_LOADED).count() == 1
    assert PartyEvent.objects.filter(type="basket_paid").count() == 1
    assert (ledger_verify(), ledger_sum("cash")) == ([], {"EUR": -(own.total_minor + 1_234)})

    item = SuspenseItem.objects.get()
    assert "Aunt Mary" in officer.get("/payments/suspense").content.decode()
    officer.post(f"/payments/suspense/{item.pk}", {"act": "return", "reason": "nobody here is her nephew"})
    assert officer.post("/payments/payouts", {"currency": "EUR"}).status_code == 302
    assert ledger_verify() == []
    assert "Everything agrees" in officer.get("/payments/ledger").content.decode()
