"""RV-CLM-10, RV-CLM-11: what was given back by decision is known when a declaration is assessed anew, in any order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clearance.services.changes import change_decision
from declarations.models import Declaration
from declarations.selectors import declaration_snapshot
from declarations.states import LegalState
from fees.models import FiscalStatus, LedgerTransaction, Posting, Remission
from fees.selectors import account_of, ledger_total
from fees.selectors.lines import debt_moved, tax_lines
from fees.services import debt_return
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, DomainError, TransitionRefused
from singlewindow.revenue.models import Claim, ClaimLine, LineBalance
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.services import (
    claim_accept,
    claim_approve,
    claim_verify,
    claims_end,
    claims_hold,
    repayment_file,
)
from singlewindow.revenue.services.filing import claimed_subject, paid_findings, subject_keep
from tests.factories import accounts
from tests.factories import revenue as make
from tests.factories.changes import amend, with_price

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(importer, jobs_done):
    """A released import of which every tax was paid, and its payer."""
    return make.released(importer, jobs_done), importer


def asked_of(declaration: Declaration) -> dict[str, int]:
    """What the assessment in force asks of the first item, by tax."""
    return {one.tax_type: one.amount_minor for one in tax_lines([declaration.pk]) if one.item == 1}


def filed(declaration: Declaration, payer: Any, minor: int, *, ground: str = "overcharged", actor: Any = None) -> Claim:
    claim_id = repayment_file(
        declaration_id=declaration.pk,
        lines=[LineAsked(1, "A00", minor)],
        reason_code=ground,
        text="The invoice was credited.",
        actor=actor or accounts.actor(Role.TRADER, of=payer),
    )
    return Claim.objects.get(pk=claim_id)


def verified(claim: Claim) -> Claim:
    officer = accounts.actor(Role.OFFICER)
    if claim.state == "filed":
        claim_accept(claim_id=claim.pk, actor=officer)
    claim_verify(claim_id=claim.pk, amounts=None, reason="The papers agree.", actor=officer)
    claim.refresh_from_db()
    return claim


def repaid(claim: Claim) -> Claim:
    claim_approve(claim_id=verified(claim).pk, actor=accounts.actor(Role.SUPERVISOR))
    claim.refresh_from_db()
    return claim


def price(declaration: Declaration) -> str:
    content = declaration_snapshot(declaration.pk).message.items[0].price
    assert content is not None
    return str(content.amount)


def asked_for(declaration: Declaration, payer: Any, amount: str) -> int:
    """The number of a request for another price of the first item."""
    message = with_price(declaration_snapshot(declaration.pk).message, amount)
    return amend(declaration.pk, accounts.actor(Role.TRADER, of=payer), message).number


def granted(declaration: Declaration, number: int) -> None:
    supervisor = accounts.actor(Role.SUPERVISOR)
    values = {"declaration_id": declaration.pk, "number": number, "grant": True, "reason": "As asked."}
    change_decision(actor=supervisor, **values)


def amended(declaration: Declaration, payer: Any, amount: str) -> None:
    granted(declaration, asked_for(declaration, payer, amount))


def balance(payer: Any) -> int:
    view = account_of(payer.pk, currency="EUR")
    assert view is not None
    return view.balance_minor


def held(declaration: Declaration) -> int:
    """What the authorities hold for a declaration, by the ledger; and it is what the debt says."""
    status = FiscalStatus.objects.get(pk=declaration.pk)
    moved = debt_moved(declaration.pk).authorities
    assert {name: minor for name, minor in moved.items() if minor} == {
        name: minor for name, minor in status.due.items() if minor
    }
    assert status.total_minor == sum(status.due.values())
    assert ledger_total() == 0
    return status.total_minor


def assessed(declaration: Declaration) -> int:
    return sum(one.amount_minor for one in tax_lines([declaration.pk]))


def duty_at(declaration: Declaration, payer: Any, amount: str) -> int:
    """What duty another price would cost less, found out by amending and back."""
    before, standing = price(declaration), asked_of(declaration)["A00"]
    amended(declaration, payer, amount)
    less = standing - asked_of(declaration)["A00"]
    amended(declaration, payer, before)
    return less


def test_RV_CLM_10_an_amendment_that_raises_does_not_ask_again_for_what_was_repaid(paid):
    declaration, payer = paid
    repaid(filed(declaration, payer, 100))
    before, total = balance(payer), held(declaration)
    amended(declaration, payer, "800")
    assert held(declaration) == assessed(declaration) - 100
    assert before - balance(payer) == held(declaration) - total


def test_RV_CLM_10_an_amendment_of_another_matter_moves_nothing(paid):
    declaration, payer = paid
    repaid(filed(declaration, payer, 100))
    before, moved = balance(payer), LedgerTransaction.objects.count()
    snapshot = declaration_snapshot(declaration.pk)
    content = snapshot.message.canonical()
    content["items"][0]["description"] = "Coffee makers for households"
    number = amend(declaration.pk, accounts.actor(Role.TRADER, of=payer), type(snapshot.message)(**content)).number
    granted(declaration, number)
    assert (balance(payer), LedgerTransaction.objects.count()) == (before, moved)
    assert held(declaration) == assessed(declaration) - 100


@pytest.mark.parametrize("more", [0, 1, -1])
def test_RV_CLM_10_an_amendment_by_the_same_ground_returns_nothing_twice(paid, more):
    declaration, payer = paid
    less = duty_at(declaration, payer, "200")
    repaid(filed(declaration, payer, less + more))
    before = asked_of(declaration)
    start = balance(payer)
    amended(declaration, payer, "200")
    other = sum(before.values()) - sum(asked_of(declaration).values()) - less
    # What the assessment fell by beyond what was repaid comes back; what was repaid beyond it stays repaid.
    assert balance(payer) - start == other + max(-more, 0)
    assert held(declaration) == assessed(declaration) - max(more, 0)


def test_RV_CLM_10_amended_down_and_up_again_it_stands_as_if_it_had_not_been(paid):
    declaration, payer = paid
    first = price(declaration)
    repaid(filed(declaration, payer, 100))
    stood, held_then = balance(payer), held(declaration)
    for amount in ("200", "800", "300", "1", first):
        amended(declaration, payer, amount)
        assert held(declaration) >= 0
    assert (balance(payer), held(declaration)) == (stood, held_then)


def test_RV_CLM_10_what_was_waived_in_equity_stays_waived_and_never_below_zero(paid):
    declaration, payer = paid
    amount = asked_of(declaration)["A00"] * 3 // 5
    repaid(filed(declaration, payer, amount, ground="equity"))
    amended(declaration, payer, "200")
    after = asked_of(declaration)["A00"]
    assert held(declaration) == assessed(declaration) - min(amount, after)
    amended(declaration, payer, "1")
    assert asked_of(declaration).get("A00", 0) < amount
    assert held(declaration) == assessed(declaration) - asked_of(declaration).get("A00", 0) >= 0


def test_RV_CLM_10_the_request_tells_what_will_be_owed_net_of_what_was_repaid(paid):
    declaration, payer = paid
    repaid(filed(declaration, payer, 100))
    before = held(declaration)
    message = with_price(declaration_snapshot(declaration.pk).message, "800")
    change = amend(declaration.pk, accounts.actor(Role.TRADER, of=payer), message)
    assert change.money_before_minor == before
    granted(declaration, change.number)
    assert change.money_after_minor == held(declaration)


def test_RV_CLM_11_a_claim_that_waits_ends_when_an_amendment_gives_back_the_same(paid):
    declaration, payer = paid
    less = duty_at(declaration, payer, "200")
    claim = filed(declaration, payer, less)
    amended(declaration, payer, "200")
    claim.refresh_from_db()
    assert claim.state == "lapsed"
    assert "amended to version" in claim.decision
    assert Event.objects.filter(subject_id=str(claim.pk), verb="claim.lapsed").count() == 1
    assert LineBalance.objects.get(tax_type="A00").claimed_minor == 0
    with pytest.raises(TransitionRefused):
        claim_accept(claim_id=claim.pk, actor=accounts.actor(Role.OFFICER))
    assert held(declaration) == assessed(declaration)


def test_RV_CLM_11_a_claim_that_waits_asks_only_for_what_the_amendment_did_not_give_back(paid):
    declaration, payer = paid
    less = duty_at(declaration, payer, "200")
    claim = filed(declaration, payer, less + 50)
    amended(declaration, payer, "200")
    row = ClaimLine.objects.get(claim=claim)
    assert (row.claimed_minor, row.dropped_minor) == (less + 50, less)
    assert LineBalance.objects.get(tax_type="A00").claimed_minor == 50
    before = balance(payer)
    claim = repaid(claim)
    assert (claim.state, claim.approved_minor) == ("paid", 50)
    assert balance(payer) == before + 50
    assert held(declaration) == assessed(declaration) - 50


def test_RV_CLM_11_a_claim_that_waits_is_untouched_by_an_amendment_that_raises(paid):
    declaration, payer = paid
    claim = filed(declaration, payer, 100)
    amended(declaration, payer, "800")
    claim.refresh_from_db()
    assert claim.state == "filed"
    repaid(claim)
    assert held(declaration) == assessed(declaration) - 100


def test_RV_CLM_11_what_was_verified_on_other_figures_is_verified_again(paid):
    declaration, payer = paid
    claim = verified(filed(declaration, payer, 100))
    amended(declaration, payer, "800")
    claim.refresh_from_db()
    assert (claim.state, claim.approved_minor) == ("accepted", None)
    with pytest.raises(TransitionRefused):
        claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    assert repaid(claim).approved_minor == 100
    assert held(declaration) == assessed(declaration) - 100


def test_RV_CLM_11_an_amendment_asked_for_before_and_granted_after_the_claim_was_paid(paid):
    declaration, payer = paid
    less = duty_at(declaration, payer, "200")
    number = asked_for(declaration, payer, "200")
    repaid(filed(declaration, payer, less))
    before, start = asked_of(declaration), balance(payer)
    granted(declaration, number)
    other = sum(before.values()) - sum(asked_of(declaration).values()) - less
    assert balance(payer) - start == other
    assert held(declaration) == assessed(declaration)


def test_RV_CLM_11_with_a_declaration_that_is_invalidated_its_claims_end(paid):
    declaration, payer = paid
    repaid(filed(declaration, payer, 100))
    waiting, seen = filed(declaration, payer, 50), verified(filed(declaration, payer, 20))
    head, left, before = declaration_snapshot(declaration.pk), held(declaration), balance(payer)
    with unit_of_work() as work:
        claims = claims_hold(work, declaration.pk)
        debt_return(work, head, at=declaration.released_at, actor=system_actor("clearance"))
        claims_end(
            work, claims, reason="It was invalidated.", actor=system_actor("clearance"), at=declaration.released_at
        )
    for claim in (waiting, seen):
        claim.refresh_from_db()
        assert (claim.state, claim.decision) == ("lapsed", "It was invalidated.")
    assert LineBalance.objects.get().claimed_minor == 100
    assert balance(payer) == before + left
    assert held(declaration) == 0


def test_RV_CLM_03_of_an_invalidated_declaration_nothing_is_claimed(paid):
    declaration, payer = paid
    actor = accounts.actor(Role.TRADER, of=payer)
    subject = claimed_subject(actor, declaration.pk, declaration.released_at)
    gone = replace(subject, head=replace(subject.head, legal_state=LegalState.INVALIDATED))
    assert [one.rule for one in paid_findings(gone)] == ["RV-CLM-03"]
    assert paid_findings(subject) == []


def test_RV_CLM_05_a_claim_is_filed_on_the_figures_that_were_read_or_not_at_all(paid):
    declaration, payer = paid
    subject = claimed_subject(accounts.actor(Role.TRADER, of=payer), declaration.pk, declaration.released_at)
    amended(declaration, payer, "200")
    with pytest.raises(Conflict), unit_of_work() as work:
        subject_keep(work, subject)


def test_RV_CLM_10_two_remissions_of_one_tax_both_count(paid):
    declaration, payer = paid
    repaid(filed(declaration, payer, 100))
    repaid(filed(declaration, payer, 60, ground="equity"))
    amended(declaration, payer, "800")
    assert held(declaration) == assessed(declaration) - 160
    rows = list(Remission.objects.order_by("pk").values_list("low_minor", "high_minor"))
    assert rows[1] == (0, 60)
    assert rows[0][1] - rows[0][0] == 100
    with pytest.raises(IntegrityError), transaction.atomic():
        Remission.objects.create(
            declaration_id=declaration.pk,
            item=1,
            tax_type="A00",
            authority=Remission.objects.first().authority,
            low_minor=30,
            high_minor=31,
            source="claim:again",
            at=declaration.released_at,
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["approval", "amendment"])
def test_RV_CLM_11_an_amendment_beside_an_approval_returns_the_money_once(country, jobs_done, first):
    payer = make.importer_of_the_journey()
    declaration = make.released(payer, jobs_done)
    less = duty_at(declaration, payer, "200")
    claim = verified(filed(declaration, payer, less))
    number, start = asked_for(declaration, payer, "200"), balance(payer)
    paid_before = held(declaration)
    supervisor, done = accounts.actor(Role.SUPERVISOR), threading.Event()

    def approve() -> None:
        claim_approve(claim_id=claim.pk, actor=supervisor)

    def change() -> None:
        granted(declaration, number)

    mine, theirs = (approve, change) if first == "approval" else (change, approve)

    def second() -> bool:
        try:
            theirs()
        except DomainError:
            return False
        finally:
            done.set()
            connection.close()
        return True

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as work:
            mine()
            work.flush()
            running = pool.submit(second)
            assert not done.wait(1)
        assert running.result() is (first == "approval")
    claim.refresh_from_db()
    assert claim.state == ("paid" if first == "approval" else "lapsed")
    assert balance(payer) - start == paid_before - held(declaration)
    assert held(declaration) == assessed(declaration)
    assert Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_RV_CLM_05_a_claim_beside_an_amendment_is_not_filed_on_the_figures_of_before(country, jobs_done):
    payer = make.importer_of_the_journey()
    declaration = make.released(payer, jobs_done)
    actor, whole = accounts.actor(Role.TRADER, of=payer), asked_of(declaration)["A00"]
    number, done = asked_for(declaration, payer, "200"), threading.Event()

    def file() -> str:
        try:
            filed(declaration, payer, whole, actor=actor)
        except Conflict:
            return "refused"
        finally:
            done.set()
            connection.close()
        return "filed"

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as work:
            granted(declaration, number)
            work.flush()
            running = pool.submit(file)
            assert not done.wait(1)
        assert running.result() == "refused"
    assert not Claim.objects.exists()
