"""L7, L12, X1 to X12 on files of the bank and on callbacks: refused whole, at once, and nothing stays behind."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from singlewindow.accounts.permissions import Role
from singlewindow.kernel.errors import DomainError
from singlewindow.payments.models import SuspenseItem
from singlewindow.payments.services.bank_files import bank_file_load
from tests.factories import accounts
from tests.factories.payments import Entry, basket, demand, payer, sent, statement, told, treasurer
from tests.hostile.conftest import Nothing

pytestmark = pytest.mark.django_db

BILLION = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILES = {
    "X1 entities": statement(Entry(), head=BILLION),
    "X3 a file of the machine": statement(Entry(), head='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "X5 a document type only": statement(Entry(), head='<!DOCTYPE d SYSTEM "http://example.invalid/d.dtd">'),
    "X9 deep nesting": b"<a>" * 5_000 + b"</a>" * 5_000,
    "X11 more bytes than are read": b"<a>" + b"x" * 6_000_000 + b"</a>",
    "X12 another encoding": statement(Entry()).decode().replace("UTF-8", "UTF-7").encode(),
    "X18 bytes after the end": statement(Entry()) + b"<a/>",
    "X19 another message": statement(Entry()).replace(b"camt.053", b"camt.054"),
    "X19 another version": statement(Entry(), version="camt.053.001.99"),
    "no XML at all": b"%PDF-1.7",
    "nothing": b"",
    "no statement": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
    "wrong totals": statement(Entry("5.00"), closing=501),
    "a negative amount": statement(Entry("-5.00"), closing=500),
    "1e3": statement(Entry("5.00"), closing=500).replace(b">5.00</Amt>", b">1e3</Amt>", 2),
    "full-width digits": statement(Entry("5.00")).decode().replace('"EUR">5.00', '"EUR">５.00').encode(),
    "a comma": statement(Entry("5.00"), closing=500).replace(b">5.00<", b">5,00<"),
    "a sign": statement(Entry("5.00"), closing=500).replace(b">5.00<", b">+5.00<"),
    "finer than the currency": statement(Entry("5.00"), closing=500).replace(b">5.00<", b">5.001<"),
    "nineteen digits": statement(Entry("5.00"), closing=500).replace(b">5.00<", b">5000000000000000000<"),
    "nothing moved": statement(Entry("0.00"), closing=0),
    "another currency": statement(Entry("5.00", currency="USD"), closing=500),
    "neither credit nor debit": statement(Entry("5.00"), closing=500).replace(
        b">CRDT</CdtDbtInd><Sts>", b">BOTH</CdtDbtInd><Sts>"
    ),
    "no day": statement(Entry("5.00", booked="2026-02-30")),
    "a day in other digits": statement(Entry("5.00", booked="٢٠٢٦-02-03")),
    "no closing balance": statement(Entry("5.00")).replace(b"CLBD", b"XXXX"),
    "another IBAN": statement(Entry("5.00"), iban="NL91ABNA0417164300"),
    "an IBAN with a slip": statement(Entry("5.00"), iban="DE89370400440532013001"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_bank_that_is_not_right_is_refused_whole(name: str, nothing_left: Nothing) -> None:
    officer = treasurer()
    with nothing_left(), pytest.raises(DomainError) as refusal:
        bank_file_load(body=FILES[name], actor=officer)
    assert refusal.value.status in {400, 413, 422}
    assert all(one.rule and one.message for one in refusal.value.violations)


def test_every_finding_is_listed_at_once() -> None:
    body = statement(Entry("5.00"), Entry("6.00"), Entry("7.00", booked="never"), closing=0)
    body = body.replace(b">5.00<", b">5,00<").replace(b">6.00<", b">1e3<")
    with pytest.raises(DomainError) as refusal:
        bank_file_load(body=body, actor=treasurer())
    assert [one.pointer.rpartition("Stmt[1]")[2] for one in refusal.value.violations] == [
        "/Ntry[1]/Amt",
        "/Ntry[2]/Amt",
        "/Ntry[3]/BookgDt",
    ]


def test_a_hundred_thousand_entries_are_refused_in_bounded_time(nothing_left: Nothing) -> None:
    officer, one = treasurer(), "<Ntry><Amt>1</Amt></Ntry>"
    head, _, tail = statement(Entry("5.00")).decode().partition("</Stmt>")
    body = (head + one * 100_000 + "</Stmt>" + tail).encode()
    began = time.monotonic()
    with nothing_left(), pytest.raises(DomainError) as refusal:
        bank_file_load(body=body, actor=officer)
    assert (refusal.value.status in {400, 413, 422}, time.monotonic() - began < 10) == (True, True)


def test_two_thousand_entries_are_booked_in_one_act() -> None:
    entries = [Entry("1.00", servicer=f"S{number}", text="?") for number in range(2_000)]
    began = time.monotonic()
    (line,) = bank_file_load(body=statement(*entries), actor=treasurer())
    assert "2000" in line
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "'; DROP TABLE fees_account"]
)
def test_J19_what_people_write_to_the_bank_is_shown_as_text(text: str) -> None:
    bank_file_load(body=statement(Entry(text=text, name=text)), actor=treasurer())
    client = Client()
    client.force_login(accounts.user(Role.SUPERVISOR), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/payments/suspense").content.decode()
    assert "<script>alert" not in page
    assert escape(text) in page


@pytest.mark.parametrize("name", ["X1 entities", "wrong totals", "1e3"])
def test_the_page_refuses_the_same_files(name: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(accounts.user(Role.SUPERVISOR), backend="django.contrib.auth.backends.ModelBackend")
    file = SimpleUploadedFile("camt.xml", FILES[name], content_type="application/xml")
    assert client.post("/payments/statements", {"file": file}).status_code in {400, 422}


def test_L7_a_forged_callback_leaves_its_events_alone(nothing_left: Nothing) -> None:
    actor = payer()
    message = sent(actor, basket(actor, demand(actor)))
    with nothing_left("audit_event"):
        assert told(message, secret=b"guess").status_code == 401


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/json; charset=utf-16", ""])
def test_J11_a_callback_in_another_form_is_not_read(media: str) -> None:
    answer = Client().generic("POST", "/api/v1/payments/callbacks/simulator", b"{}", media)
    assert answer.status_code == 415


def test_a_callback_larger_than_any_message_is_not_read() -> None:
    answer = Client().generic("POST", "/api/v1/payments/callbacks/simulator", b"x" * 20_000, "application/json")
    assert answer.status_code == 413


def test_X13_a_comment_inside_an_amount_does_not_cut_it_short() -> None:
    body = statement(Entry("5.00"), closing=5).replace(b">5.00<", b">0.<!-- x -->05<", 1)
    bank_file_load(body=body, actor=treasurer())
    assert SuspenseItem.objects.get().amount_minor == 5
