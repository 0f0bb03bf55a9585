"""Pages of payments, as traders, officers and auditors open them."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fees.models import Demand
from fees.selectors import account_of
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.approvals.models import Proposal
from singlewindow.jobs.models import Job
from singlewindow.payments.models import BankStatement, Basket, PayoutOrder, ProviderPayment, SuspenseItem
from singlewindow.payments.services.statements import statements_load
from tests.factories import accounts
from tests.factories.payments import Entry, basket, demand, funded, payer, sent, statement, treasurer

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(role: Role = Role.TRADER, of: Organisation | None = None) -> Client:
    client = Client()
    client.force_login(accounts.user(role, of=of), backend=BACKEND)
    return client


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation(name="Amari Foods Ltd")


def owner(trader: Organisation):
    return accounts.actor(Role.TRADER, of=trader)


def text_of(answer) -> str:
    return answer.content.decode()


def test_F51_a_trader_chooses_what_to_pay_and_pays_it_from_the_account(trader, django_assert_max_num_queries) -> None:
    client, actor = browser(of=trader), owner(trader)
    funded(trader, 100)
    asked = [demand(actor, 2_500, text="Import permit", authority="PHY"), demand(actor, 1_000)]
    with django_assert_max_num_queries(10):
        page = client.get("/payments/new")
    assert "Import permit" in text_of(page)
    made = client.post("/payments/new", {"demands": [str(one) for one in asked], "amount": "", "currency": "EUR"})
    own = Basket.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/payments/{own.pk}")
    with django_assert_max_num_queries(10):
        page = client.get(f"/payments/{own.pk}")
    assert "35.00" in text_of(page)
    assert client.post(f"/payments/{own.pk}/account").status_code == 302
    assert set(Demand.objects.values_list("state", flat=True)) == {"paid"}
    assert "Paid" in text_of(client.get("/payments/"))


def test_lists_cost_the_same_however_long_they_are(trader, django_assert_num_queries) -> None:
    client, actor = browser(of=trader), owner(trader)
    client.get("/payments/")
    for _ in range(12):
        basket(actor, demand(actor))
    with django_assert_num_queries(4):
        client.get("/payments/")


def test_the_bank_transfer_shows_account_reference_and_a_code(trader) -> None:
    client, actor = browser(of=trader), owner(trader)
    own = basket(actor, demand(actor))
    page = text_of(client.get(f"/payments/{own.pk}"))
    assert "DE89370400440532013000" in page
    assert own.reference in page
    code = client.get(f"/payments/{own.pk}/qr.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert code.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')  # without it no browser draws it
    assert client.post(f"/payments/{own.pk}/bank").status_code == 302
    assert Basket.objects.get().state == "pending"
    assert client.post(f"/payments/{own.pk}/cancel").status_code == 302
    assert Basket.objects.get().state == "cancelled"
    answer = client.post(f"/payments/{own.pk}/bank")
    assert answer.status_code == 409


def test_the_simulated_provider_is_sent_to_and_queues_what_it_will_tell(trader) -> None:
    client, actor = browser(of=trader), owner(trader)
    own = basket(actor, demand(actor))
    answer = client.post(f"/payments/{own.pk}/simulator")
    payment = ProviderPayment.objects.get()
    assert answer["Location"] == f"/payments/simulator/{payment.pk}"
    assert "No money moves here" in text_of(client.get(answer["Location"]))
    assert client.post(answer["Location"], {"behaviour": "twice"}).status_code == 302
    assert Job.objects.filter(kind="payments.simulate").count() == 3
    assert client.post(answer["Location"], {"behaviour": "dance"}).status_code == 404


def test_PY_PRV_08_without_the_demonstration_there_is_no_simulator(trader, settings) -> None:
    client, actor = browser(of=trader), owner(trader)
    own = basket(actor, demand(actor))
    sent(actor, own)
    settings.PAYMENT_PROVIDERS = {}
    payment = ProviderPayment.objects.get()
    assert client.get(f"/payments/simulator/{payment.pk}").status_code == 404
    assert client.post(f"/payments/{own.pk}/simulator").status_code == 404
    assert Client().post("/api/v1/payments/callbacks/simulator", b"{}", "application/json").status_code == 404


@pytest.mark.parametrize("amount", ["0", "-1", "1e3", "１２", "1,000", "1_000", "0.001", "ten", "NaN"])
def test_L12_an_amount_that_is_no_plain_number_is_refused_by_the_form(trader, amount) -> None:
    answer = browser(of=trader).post("/payments/new", {"amount": amount, "currency": "EUR"})
    assert (answer.status_code, Basket.objects.count()) == (422, 0)


def test_nothing_chosen_says_so(trader) -> None:
    answer = browser(of=trader).post("/payments/new", {"amount": ""})
    assert answer.status_code == 422
    assert "PY-BAS-01" in text_of(answer)


def test_a_trader_names_a_bank_account(trader) -> None:
    client = browser(of=trader)
    wrong = client.post("/payments/bank-account", {"iban": "NL03ABNA0123456789", "holder": "Amari"})
    assert wrong.status_code == 422
    right = client.post("/payments/bank-account", {"iban": "NL02 ABNA 0123 4567 89", "holder": "Amari"})
    assert right.status_code == 302
    assert "NL02ABNA0123456789" in text_of(client.get("/payments/bank-account"))


def test_PY_PO_07_a_trader_has_money_paid_out_once_for_each_form(trader) -> None:
    client = browser(of=trader)
    funded(trader, 100)
    form = {"act": "out", "out_amount": "30.00", "out_currency": "EUR", "key": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"}
    assert client.post("/payments/bank-account", form).status_code == 422
    client.post("/payments/bank-account", {"iban": "NL02ABNA0123456789", "holder": "Amari"})
    assert [client.post("/payments/bank-account", form).status_code for _ in range(2)] == [302, 302]
    assert account_of(trader.pk, currency="EUR").balance_minor == 7_000
    again = form | {"out_amount": "70.01", "key": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f51"}
    assert client.post("/payments/bank-account", again).status_code == 422
    assert client.post("/payments/bank-account", again | {"out_amount": "1e1"}).status_code == 422
    assert PayoutOrder.objects.get().amount_minor == 3_000


def test_an_officer_loads_a_statement_by_the_page_once() -> None:
    client = browser(Role.SUPERVISOR)
    body = statement(Entry(text="?"))

    def load(content: bytes = body):
        file = SimpleUploadedFile("camt.xml", content, content_type="application/xml")
        return client.post("/payments/statements", {"file": file})

    assert [load().status_code, load().status_code] == [302, 302]
    page = client.get("/payments/statements")
    assert (BankStatement.objects.count(), SuspenseItem.objects.count()) == (1, 1)
    assert "loaded before" in text_of(page)
    inner = client.get(f"/payments/statements/{BankStatement.objects.get().pk}")
    assert "Into suspense" in text_of(inner)
    refused = load(statement(Entry("1.00"), number=3, opening=9))
    assert refused.status_code == 422
    assert text_of(refused).count("PY-ST-08") >= 2
    assert load(b"<!DOCTYPE a><a/>").status_code == 400


def test_an_officer_clears_suspense_by_the_page_and_a_large_sum_waits_for_a_second(trader) -> None:
    statements_load(body=statement(Entry(text="a"), Entry("5000.00", text="b")), actor=treasurer())
    small, large = SuspenseItem.objects.order_by("amount_minor")
    client = browser(Role.SUPERVISOR)
    assert "Somebody" not in text_of(client.get("/payments/suspense"))
    form = {"act": "clear", "identifier": trader.identifier, "reason": "called"}
    assert client.post(f"/payments/suspense/{small.pk}", form | {"identifier": "ZZNOBODY"}).status_code == 422
    assert client.post(f"/payments/suspense/{small.pk}", form).status_code == 302
    assert account_of(trader.pk, currency="EUR").balance_minor == 2_500
    assert client.post(f"/payments/suspense/{small.pk}", form).status_code == 409
    assert client.post(f"/payments/suspense/{large.pk}", form).status_code == 302
    assert account_of(trader.pk, currency="EUR").balance_minor == 2_500
    proposal = Proposal.objects.get()
    assert "second officer" in text_of(client.get(f"/payments/suspense/{large.pk}"))
    own = client.post(f"/approvals/{proposal.pk}", {"decision": "grant", "reason": "mine"})
    assert own.status_code == 403
    second = browser(Role.SUPERVISOR)
    assert second.post(f"/approvals/{proposal.pk}", {"decision": "grant", "reason": "seen"}).status_code == 302
    assert account_of(trader.pk, currency="EUR").balance_minor == 502_500
    assert "called" in text_of(client.get(f"/payments/suspense/{large.pk}"))


def test_an_officer_makes_the_file_for_the_bank(trader) -> None:
    statements_load(body=statement(Entry(text="a")), actor=treasurer())
    client = browser(Role.SUPERVISOR)
    item = SuspenseItem.objects.get()
    assert client.post(f"/payments/suspense/{item.pk}", {"act": "return", "reason": "nobody's"}).status_code == 302
    assert client.post("/payments/payouts", {"currency": "EUR"}).status_code == 302
    order = PayoutOrder.objects.get()
    file = client.get(f"/payments/payouts/{order.file_id}.xml")
    assert (file["Content-Type"], order.end_to_end_id.encode() in file.content) == ("application/xml", True)
    assert client.post("/payments/payouts", {"currency": "EUR"}).status_code == 409
    assert client.get("/payments/payouts?state=filed").status_code == 200


def test_an_auditor_reads_everything_and_does_nothing(django_assert_max_num_queries) -> None:
    statements_load(body=statement(Entry(text="a")), actor=treasurer())
    client = browser(Role.AUDITOR)
    with django_assert_max_num_queries(16):
        page = client.get("/payments/ledger")
    assert "Everything agrees" in text_of(page)
    for path in ("statements", "suspense", f"suspense/{SuspenseItem.objects.get().pk}", "payouts"):
        assert client.get(f"/payments/{path}").status_code == 200, path
    assert client.get("/payments/ledger/accounts?kind=suspense&code=&currency=EUR").status_code == 200
    assert client.get("/payments/ledger/accounts?kind=nothing").status_code == 404
    form = {"act": "clear", "identifier": "X", "reason": "r"}
    assert client.post(f"/payments/suspense/{SuspenseItem.objects.get().pk}", form).status_code == 403
    assert client.post("/payments/payouts", {"currency": "EUR"}).status_code == 403
    assert client.post("/payments/statements").status_code == 403


@pytest.mark.parametrize("path", ["statements", "suspense", "payouts", "ledger", "ledger/accounts"])
def test_pages_of_officers_are_not_there_for_traders(path) -> None:
    assert browser().get(f"/payments/{path}").status_code == 404
    assert browser(Role.OFFICER).get(f"/payments/{path}").status_code == 404
    assert Client().get(f"/payments/{path}").status_code == 302


@pytest.mark.parametrize("path", ["", "new", "bank-account"])
def test_pages_of_traders_are_not_there_for_officers(path) -> None:
    assert browser(Role.SUPERVISOR).get(f"/payments/{path}").status_code == 404


def test_the_account_shows_each_currency_and_its_movements_as_a_file(trader) -> None:
    statements_load(
        body=statement(
            Entry("7.00", currency="USD", text=trader.identifier), iban="GB29NWBK60161331926819", currency="USD"
        ),
        actor=treasurer(),
    )
    funded(trader, 100)
    client = browser(of=trader)
    page = text_of(client.get("/account?currency=USD"))
    assert "7.00" in page
    assert "100.00" in page
    file = client.get("/account.csv?currency=USD")
    rows = list(csv.DictReader(io.StringIO(text_of(file))))
    assert [(row["amount"], row["currency"]) for row in rows] == [("7.00", "USD")]
    assert client.get("/account.csv?currency=CHF").status_code == 404


def test_no_cell_of_the_file_acts_as_a_formula(trader) -> None:
    actor = owner(trader)
    funded(trader, 100)
    client = browser(of=trader)
    own = basket(actor, demand(actor, 100, text="=HYPERLINK(1)"))
    client.post(f"/payments/{own.pk}/account")
    rows = list(csv.DictReader(io.StringIO(text_of(client.get("/account.csv")))))
    assert rows[0]["text"] == "'=HYPERLINK(1)"
    assert rows[0]["amount"] == "'-1.00"


def test_the_pages_of_another_trader_are_not_there() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    sent(actor, own)
    payment = ProviderPayment.objects.get()
    stranger = browser()
    for path in (f"{own.pk}", f"{own.pk}/qr.svg", f"simulator/{payment.pk}"):
        assert stranger.get(f"/payments/{path}").status_code == 404, path
    for act in ("account", "bank", "cancel", "simulator"):
        assert stranger.post(f"/payments/{own.pk}/{act}").status_code == 404, act
    assert Basket.objects.get().state == "pending"
