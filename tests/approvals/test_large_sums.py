"""AP-005: whatever is written to the tables of money, no person alone books, clears or gives back a large sum."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.limits import limits_tell
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.models import PayoutOrder, SuspenseItem
from singlewindow.revenue.models import Determination
from tests.factories import accounts, approvals

pytestmark = pytest.mark.django_db

MOST = 100_000
"""What one officer books alone, in cents: settings.SUSPENSE_ALONE_MOST."""
ACCOUNT = """
INSERT INTO fees_account (id, kind, organisation_id, authority, currency) VALUES (%s, 'trader', %s, '', 'EUR')
"""
ACCOUNTS = f"{ACCOUNT}, (%s, 'cash', NULL, '', 'EUR')"
MOVED = """
INSERT INTO fees_ledgertransaction (id, source_event, at, text, mrn, actor) VALUES (%s, %s, now(), 'By hand', '', %s)
"""
POSTED = "INSERT INTO fees_posting (transaction_id, account_id, amount_minor) VALUES (%s, %s, %s), (%s, %s, %s)"


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(write: Callable[[], object]) -> bool:
    """Whether the database refuses a write, at once or at the end of the act; what it takes stays."""
    try:
        with transaction.atomic():
            write()
            sql("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        if "second person" not in str(error):
            raise
        return True
    finally:
        sql("SET CONSTRAINTS ALL DEFERRED")
    return False


def officers() -> tuple[Actor, Actor]:
    return accounts.actor(Role.SUPERVISOR), accounts.actor(Role.SUPERVISOR)


@pytest.fixture
def agreed(settings: Any) -> Callable[..., None]:
    """One officer proposes and another agrees; what takes effect is written by the test itself."""
    settings.PROPOSAL_KINDS = dict.fromkeys(settings.PROPOSAL_KINDS, "tests.factories.approvals.effect")

    def agree(one: Actor, another: Actor, kind: str, subject: str, content: dict[str, Any] | None = None) -> None:
        made = approvals.propose(one, kind=kind, subject_id=subject, evidence={"content": content or {}})
        proposal_decide(proposal_id=made, actor=another, grant=True, reason="Looked at it.")

    return agree


class Books:
    """The account of a trader, written to by hand."""

    def __init__(self) -> None:
        self.organisation: Organisation = accounts.organisation()
        self.trader, self.cash = uuid7(), uuid7()
        sql(ACCOUNTS, self.trader, self.organisation.pk, self.cash)

    def post(self, moved: object, minor: int) -> None:
        sql(POSTED, moved, self.trader, minor, moved, self.cash, -minor)

    def book(self, minor: int, by: str, source: str = "credit:B1") -> object:
        moved = uuid7()
        sql(MOVED, moved, source, by)
        self.post(moved, minor)
        return moved

    def content(self, minor: int, reference: str = "B1") -> dict[str, str]:
        named = {"organisation": str(self.organisation.pk), "minor": str(minor)}
        return named | {"currency": "EUR", "reference": reference}


def test_AP_005_no_person_books_a_large_sum_alone() -> None:
    books, (one, _) = Books(), officers()
    assert refused(lambda: books.book(MOST + 1, one.label))
    assert refused(lambda: books.book(MOST + 1, one.label, f"clear:{uuid7()}"))
    assert refused(lambda: books.book(MOST + 1, "client:7"))
    assert not refused(lambda: books.book(MOST, one.label))


def test_AP_005_nothing_is_added_to_a_small_sum_that_makes_it_large() -> None:
    books, (one, _) = Books(), officers()
    moved = books.book(MOST, one.label)
    assert refused(lambda: books.post(moved, 1))


def test_AP_005_a_large_sum_is_booked_as_it_was_agreed_to(agreed: Callable[..., None]) -> None:
    books, (one, another) = Books(), officers()
    agreed(one, another, "fees.credit", sha256_hex(b"B1"), books.content(5 * MOST))
    assert refused(lambda: books.book(5 * MOST, one.label))  # who proposed it
    assert refused(lambda: books.book(5 * MOST + 1, another.label))
    assert refused(lambda: books.book(5 * MOST, another.label, "credit:B2"))
    assert refused(lambda: Books.book(other_trader(books), 5 * MOST, another.label))
    assert not refused(lambda: books.book(5 * MOST, another.label))


def other_trader(books: Books) -> Books:
    other = object.__new__(Books)
    other.organisation, other.trader, other.cash = accounts.organisation(), uuid7(), books.cash
    add = (
        "INSERT INTO fees_account (id, kind, organisation_id, authority, currency) VALUES (%s, 'trader', %s, '', 'EUR')"
    )
    sql(add, other.trader, other.organisation.pk)
    return other


def test_AP_005_what_the_bank_tells_of_needs_nobody() -> None:
    assert not refused(lambda: Books().book(MOST * 50, system_actor("payments").label))


def held(minor: int) -> SuspenseItem:
    return SuspenseItem.objects.create(
        source=f"bank:{uuid7()}", currency="EUR", amount_minor=minor, at=clock.now(), origin="bank", reason="unknown"
    )


def clear(item: SuspenseItem, by: Actor, state: str = "cleared") -> Callable[[], object]:
    values = {"state": state, "cleared_by": by.label, "cleared_at": clock.now(), "cleared_why": "Theirs"}
    return lambda: SuspenseItem.objects.filter(pk=item.pk).update(**values)


@pytest.mark.parametrize("state", ["cleared", "returned"])
@pytest.mark.parametrize("sign", [1, -1])
def test_AP_005_no_large_sum_leaves_suspense_by_one_person(agreed: Callable[..., None], state: str, sign: int) -> None:
    item, (one, another) = held(sign * (MOST + 1)), officers()
    assert refused(clear(item, one, state))
    agreed(one, another, "payments.clear", str(item.pk))
    assert refused(clear(item, one, state))
    assert refused(clear(held(sign * (MOST + 1)), another, state))  # another sum
    assert not refused(clear(item, another, state))
    assert not refused(clear(held(sign * MOST), one, state))


def order(item: SuspenseItem, by: Actor, minor: int) -> Callable[[], object]:
    return lambda: PayoutOrder.objects.create(
        source=f"suspense:{item.pk}",
        currency="EUR",
        amount_minor=minor,
        end_to_end_id=uuid7().hex[:35],
        text="Back",
        ordered_by=by.label,
        ordered_at=clock.now(),
    )


def test_AP_005_no_large_sum_is_paid_out_of_suspense_by_one_person(agreed: Callable[..., None]) -> None:
    item, (one, another) = held(MOST + 1), officers()
    assert refused(order(item, one, MOST + 1))
    agreed(one, another, "payments.clear", str(item.pk))
    assert refused(order(item, one, MOST + 1))
    assert not refused(order(item, another, MOST + 1))
    assert not refused(order(held(MOST), one, MOST))


def determine(of: Organisation, declaration: object, by: str, fall: int) -> Callable[[], object]:
    nothing = dict.fromkeys(("interest", "security", "freed", "called", "account", "demanded"), 0)
    return lambda: Determination.objects.create(
        declaration_id=declaration,
        mrn="26ZZ0000000000000A",
        organisation=of,
        currency="EUR",
        provisional_minor=5 * MOST,
        final_minor=5 * MOST - fall,
        **{f"{name}_minor": minor for name, minor in nothing.items()},
        interest={},
        due={},
        reason="A friend.",
        law="art. 1",
        actor=by,
        at=clock.now(),
    )


def test_AP_005_no_debt_falls_far_by_one_person(agreed: Callable[..., None]) -> None:
    holder, declaration, (one, another) = accounts.organisation(), uuid7(), officers()
    assert refused(determine(holder, declaration, one.label, MOST + 1))
    content = {"from": str(5 * MOST), "due": {"CUS": str(3 * MOST - 2), "HEA": "1"}}
    agreed(one, another, "revenue.determination", str(declaration), content)
    fall = 2 * MOST + 1
    assert refused(determine(holder, declaration, one.label, fall))
    assert refused(determine(holder, declaration, another.label, fall + 1))
    assert refused(determine(holder, uuid7(), another.label, fall))
    assert not refused(determine(holder, declaration, another.label, fall))
    assert not refused(determine(holder, uuid7(), one.label, MOST))
    assert not refused(determine(holder, uuid7(), system_actor("revenue").label, 5 * MOST))


def test_AP_005_the_database_is_told_the_limits_of_the_settings(settings: Any) -> None:
    def known(currency: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT approvals_alone_most(%s)", [currency])
            (most,) = cursor.fetchone()
        return int(most)

    assert {currency: known(currency) for currency in settings.SUSPENSE_ALONE_MOST} == settings.SUSPENSE_ALONE_MOST
    assert known("JPY") == 0
    settings.SUSPENSE_ALONE_MOST = {"JPY": 7}
    limits_tell()
    limits_tell()
    assert (known("JPY"), known("EUR")) == (7, 0)
    settings.SUSPENSE_ALONE_MOST = {}
    limits_tell()
    assert known("JPY") == 0
    settings.SUSPENSE_ALONE_MOST = {"E'R": 1}
    with pytest.raises(ValueError, match="no currency"):
        limits_tell()


def test_AP_005_a_proposal_that_waits_or_was_refused_is_no_word() -> None:
    item, (one, another) = held(MOST + 1), officers()
    made = approvals.propose(one, kind="payments.clear", subject_id=str(item.pk))
    assert refused(clear(item, another))
    Proposal.objects.filter(pk=made).update(
        state="refused", decided_by=another.label, decided_at=clock.now(), reason="No."
    )
    assert refused(clear(item, another))


WITHOUT = {
    "fees_posting_by_two": ("fees_posting", lambda one: Books().book(MOST + 1, one.label)),
    "payments_suspenseitem_by_two": ("payments_suspenseitem", lambda one: clear(held(MOST + 1), one)()),
    "payments_payoutorder_by_two": ("payments_payoutorder", lambda one: order(held(MOST + 1), one, MOST + 1)()),
    "revenue_determination_by_two": (
        "revenue_determination",
        lambda one: determine(accounts.organisation(), uuid7(), one.label, MOST + 1)(),
    ),
}


@pytest.mark.parametrize("guard", WITHOUT)
def test_AP_005_without_the_guard_the_database_takes_what_it_refused(guard: str) -> None:
    table, write = WITHOUT[guard]
    one, _ = officers()
    assert refused(lambda: write(one))
    sql(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
    assert not refused(lambda: write(one))
