"""A7, L12: no one person books, waives or sends out money alone, and nobody agrees whose office it is not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db.models import F
from django.test import Client

from fees.models import FiscalStatus
from fees.selectors import account_of
from fees.services import account_credit, debt_secure
from fees.services.crediting import credit_agreed, credit_or_propose
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from singlewindow.accounts.types import Actor
from singlewindow.approvals.limits import limits_tell
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.selectors import may_decide, proposal_for, proposal_view
from singlewindow.approvals.services import proposal_decide
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.forms import ApplyForm, LimitForm
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.services.changing import limit_change
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.models import PayoutOrder
from singlewindow.payments.services.payouts import REST, bank_account_name, payout_request, payouts_file
from singlewindow.penalties.forms import DiscloseForm
from singlewindow.quotas.forms import ChangeForm
from singlewindow.revenue.forms import DefermentForm, DrawbackForm
from singlewindow.revenue.models import Deferment
from singlewindow.revenue.services import debt_determine, deferment_propose
from singlewindow.revenue.services.determining import determination_begin
from singlewindow.revenue.types import FinalDebt
from tests.factories import accounts, approvals, guarantees, payments, revenue

pytestmark = pytest.mark.django_db

OURS, THEIRS = "NL02ABNA0123456789", "DE89370400440532013000"


def supervisor() -> Actor:
    return accounts.actor(Role.SUPERVISOR)


def decided(actor: Actor, grant: bool = True) -> None:
    proposal_decide(proposal_id=Proposal.objects.get(state="open").pk, actor=actor, grant=grant, reason="Looked at it.")


def balance(actor: Actor) -> int:
    assert actor.organisation_id is not None
    account = account_of(actor.organisation_id, currency="EUR")
    return account.balance_minor if account else 0


def test_AP_004_every_kind_of_money_names_who_may_agree_to_it() -> None:
    """An analyst of risk, who may agree to rules of risk, may agree to none of them."""
    money = {
        kind for kind in settings.PROPOSAL_KINDS if kind.partition(".")[0] not in {"risk", "screening", "agencies"}
    }
    needs = {Permission(settings.PROPOSAL_NEEDS[kind]) for kind in money}
    assert not needs & ROLE_PERMISSIONS[Role.RISK_ANALYST]
    assert needs <= ROLE_PERMISSIONS[Role.SUPERVISOR]


def test_AP_004_an_analyst_agrees_to_no_deferment() -> None:
    holder = revenue.trusted()
    deferment_propose(revenue.terms(holder), actor=supervisor())
    analyst = accounts.actor(Role.RISK_ANALYST)
    proposal = proposal_for(analyst, Proposal.objects.get().pk)
    assert not may_decide(analyst, proposal)
    with pytest.raises(NotPermitted):
        decided(analyst)
    assert Deferment.objects.get().state == "proposed"
    decided(supervisor())
    assert Deferment.objects.get().state == "active"


def test_AP_004_an_analyst_raises_no_limit() -> None:
    row = guarantees.guarantee(accounts.organisation(), limit_minor=100_000)
    limit_change(actor=supervisor(), guarantee_id=row.pk, limit=Decimal(9_000_000), reason="They trade more.")
    with pytest.raises(NotPermitted):
        decided(accounts.actor(Role.RISK_ANALYST))
    assert Guarantee.objects.get().limit_minor == 100_000


def test_A7_who_proposed_a_limit_does_not_agree_to_it() -> None:
    row, one = guarantees.guarantee(accounts.organisation(), limit_minor=100_000), supervisor()
    limit_change(actor=one, guarantee_id=row.pk, limit=Decimal(9_000_000), reason="They trade more.")
    with pytest.raises(NotPermitted, match="AP-002"):
        decided(one)


def test_FE_ACC_09_a_large_amount_is_booked_by_hand_by_two() -> None:
    trader, one = payments.payer(), supervisor()
    with pytest.raises(RuleViolated) as refusal:
        account_credit(
            organisation_id=trader.organisation_id, amount=Decimal("1000.01"), currency="EUR", reference="B1", actor=one
        )
    assert refusal.value.violations[0].rule == "FE-ACC-09"
    asked: dict[str, Any] = {"organisation_id": trader.organisation_id, "currency": "EUR", "reference": "B1"}
    assert credit_or_propose(amount=Decimal("1000.01"), actor=one, **asked) is not None
    assert balance(trader) == 0
    for wrong in (one, accounts.actor(Role.RISK_ANALYST)):
        with pytest.raises(NotPermitted):
            decided(wrong)
    decided(supervisor())
    assert balance(trader) == 100_001
    assert credit_or_propose(amount=Decimal(2000), actor=one, **asked) is not None
    with pytest.raises(Conflict):
        decided(supervisor())
    assert balance(trader) == 100_001


def test_FE_ACC_09_up_to_the_limit_one_is_enough_and_another_currency_needs_two() -> None:
    trader, one = payments.payer(), supervisor()
    asked: dict[str, Any] = {"organisation_id": trader.organisation_id, "actor": one}
    assert credit_or_propose(amount=Decimal(1000), currency="EUR", reference="B2", **asked) is None
    assert balance(trader) == 100_000
    assert credit_or_propose(amount=Decimal(1), currency="JPY", reference="B3", **asked) is not None


def test_FE_ACC_09_what_was_agreed_to_is_what_is_booked() -> None:
    trader = payments.payer()
    credit_or_propose(
        organisation_id=trader.organisation_id,
        amount=Decimal(5000),
        currency="EUR",
        reference="B4",
        actor=supervisor(),
    )
    proposal = Proposal.objects.get()
    page = Client()
    page.force_login(accounts.user(Role.SUPERVISOR), backend="django.contrib.auth.backends.ModelBackend")
    assert "5000.00" in page.get(f"/approvals/{proposal.pk}").content.decode().replace(",", "")


def test_FE_ACC_09_what_is_booked_is_what_the_proposal_is_sealed_with() -> None:
    trader = payments.payer()
    content = {"organisation": str(trader.organisation_id), "minor": "500000", "currency": "EUR", "reference": "B5"}
    approvals.propose(supervisor(), kind="fees.credit", evidence={"content": content})  # sealed with other content
    with pytest.raises(Conflict):
        decided(supervisor())
    assert balance(trader) == 0
    assert Proposal.objects.get().state == "open"


def test_FE_ACC_09_whoever_calls_it_an_analyst_books_nothing() -> None:
    trader, one = payments.payer(), supervisor()
    asked: dict[str, Any] = {"organisation_id": trader.organisation_id, "currency": "EUR", "reference": "B6"}
    credit_or_propose(amount=Decimal(5000), actor=one, **asked)
    proposal, analyst = proposal_view(Proposal.objects.get()), accounts.actor(Role.RISK_ANALYST)
    with pytest.raises(NotPermitted), unit_of_work() as work:
        credit_agreed(work, proposal, analyst)
    assert balance(trader) == 0


def test_GU_LIM_02_a_limit_that_changed_since_is_proposed_again() -> None:
    row, one = guarantees.guarantee(accounts.organisation(), limit_minor=100_000), supervisor()
    limit_change(actor=one, guarantee_id=row.pk, limit=Decimal(9_000_000), reason="They trade more.")
    limit_change(actor=one, guarantee_id=row.pk, limit=Decimal(500), reason="They trade less.")
    with pytest.raises(TransitionRefused):
        decided(supervisor())
    assert Guarantee.objects.get().limit_minor == 50_000


def test_PY_PO_08_money_does_not_leave_to_a_bank_account_that_was_just_changed() -> None:
    trader = payments.payer(rich=100)
    bank_account_name(iban=OURS, holder="Amari Foods Ltd", actor=trader)
    thief = accounts.actor(Role.TRADER, of=Organisation.objects.get(pk=trader.organisation_id))
    bank_account_name(iban=THEIRS, holder="Thief", actor=thief)
    bank_account_name(iban=THEIRS, holder="Thief", actor=thief)  # told twice it is no older
    payout_request(amount_minor=5_000, currency="EUR", key=uuid7(), actor=thief)
    with pytest.raises(Conflict):
        payouts_file(currency="EUR", actor=payments.treasurer())
    assert PayoutOrder.objects.get().iban == ""
    with clock.frozen(clock.now() + REST + timedelta(seconds=1)):
        payouts_file(currency="EUR", actor=payments.treasurer())
    assert PayoutOrder.objects.get().iban == THEIRS


def test_PY_PO_08_the_account_that_stood_is_put_back_and_rests_too() -> None:
    trader = payments.payer(rich=100)
    for iban in (OURS, THEIRS, OURS):
        bank_account_name(iban=iban, holder="Amari Foods Ltd", actor=trader)
    payout_request(amount_minor=5_000, currency="EUR", key=uuid7(), actor=trader)
    with pytest.raises(Conflict):
        payouts_file(currency="EUR", actor=payments.treasurer())
    with clock.frozen(clock.now() + REST + timedelta(seconds=1)):
        payouts_file(currency="EUR", actor=payments.treasurer())
    assert PayoutOrder.objects.get().iban == OURS


@pytest.fixture
def provisional(country: None) -> tuple[Any, dict[str, int]]:
    """A debt that is secured, and what each authority is owed of it."""
    holder = accounts.organisation()
    snapshot, total = revenue.assessed(holder)
    revenue.credited(holder, f"{total / 100:.2f}")
    with unit_of_work() as work:
        debt_secure(work, declaration_id=snapshot.id, organisation_id=holder.pk)
    return snapshot, dict(FiscalStatus.objects.get(pk=snapshot.id).due)


def test_RV_FIN_06_one_officer_waives_no_large_debt(provisional: tuple[Any, dict[str, int]], settings: Any) -> None:
    snapshot, due = provisional
    nothing = FinalDebt(due=dict.fromkeys(due, 0), reason="A friend.")
    settings.SUSPENSE_ALONE_MOST = {"EUR": sum(due.values()) - 1}
    officer = accounts.actor(Role.OFFICER)
    with pytest.raises(RuleViolated) as refusal, unit_of_work() as work:
        debt_determine(work, declaration_id=snapshot.id, final=nothing, actor=officer, at=clock.now())
    assert [one.rule for one in refusal.value.violations] == ["RV-FIN-06"]
    assert determination_begin(declaration_id=snapshot.id, final=nothing, actor=officer) is not None
    assert FiscalStatus.objects.get(pk=snapshot.id).state == "SECURED"
    for wrong in (officer, accounts.actor(Role.RISK_ANALYST)):
        with pytest.raises(NotPermitted):
            decided(wrong)
    decided(supervisor())
    status = FiscalStatus.objects.get(pk=snapshot.id)
    assert (status.state, status.total_minor) == ("FINAL", 0)


def test_RV_FIN_06_a_debt_that_changed_since_is_looked_at_again(
    provisional: tuple[Any, dict[str, int]], settings: Any
) -> None:
    snapshot, due = provisional
    settings.SUSPENSE_ALONE_MOST = {}
    nothing = FinalDebt(due=dict.fromkeys(due, 0), reason="A friend.")
    determination_begin(declaration_id=snapshot.id, final=nothing, actor=accounts.actor(Role.OFFICER))
    FiscalStatus.objects.filter(pk=snapshot.id).update(total_minor=F("total_minor") + 1)
    with pytest.raises(Conflict):
        decided(supervisor())
    assert FiscalStatus.objects.get(pk=snapshot.id).state == "SECURED"


def test_RV_FIN_06_what_is_determined_is_what_the_proposal_is_sealed_with(
    provisional: tuple[Any, dict[str, int]], settings: Any
) -> None:
    snapshot, due = provisional
    settings.SUSPENSE_ALONE_MOST = {}
    content = {
        "declaration": str(snapshot.id),
        "from": str(sum(due.values())),
        "due": dict.fromkeys(due, "0"),
        "reason": "A friend.",
        "law": "",
        "charge_interest": False,
        "interest_from": "",
    }
    made: dict[str, Any] = {"kind": "revenue.determination", "subject_id": str(snapshot.id)}
    approvals.propose(accounts.actor(Role.OFFICER), **made, evidence={"content": content})  # sealed with other content
    with pytest.raises(Conflict):
        decided(supervisor())
    assert FiscalStatus.objects.get(pk=snapshot.id).state == "SECURED"


def test_RV_FIN_06_up_to_the_limit_one_is_enough(provisional: tuple[Any, dict[str, int]], settings: Any) -> None:
    snapshot, due = provisional
    settings.SUSPENSE_ALONE_MOST = {"EUR": sum(due.values())}
    limits_tell()
    nothing = FinalDebt(due=dict.fromkeys(due, 0), reason="All of it was free of duty.")
    officer = accounts.actor(Role.OFFICER)
    assert determination_begin(declaration_id=snapshot.id, final=nothing, actor=officer) is None
    assert FiscalStatus.objects.get(pk=snapshot.id).state == "FINAL"


AMOUNTS = ("１２３", "1_000", "1,000", "1e3", "1E3", "NaN", "Infinity", "-Infinity", "0x10", "+5", ".5", "5.", "٣")
FIELDS = (
    (ApplyForm, "reference_amount"),
    (LimitForm, "limit"),
    (DefermentForm, "limit"),
    (DrawbackForm, "quantity"),
    (DiscloseForm, "evaded"),
    (ChangeForm, "quantity"),
)


@pytest.mark.parametrize("text", AMOUNTS)
@pytest.mark.parametrize(("form", "name"), FIELDS)
def test_L12_no_form_guesses_at_an_amount(form: type[forms.Form], name: str, text: str) -> None:
    with pytest.raises(forms.ValidationError):
        form.base_fields[name].clean(text)


@pytest.mark.parametrize(("form", "name"), FIELDS)
def test_L12_a_plain_amount_is_read(form: type[forms.Form], name: str) -> None:
    assert form.base_fields[name].clean(" 1250.50 ") == Decimal("1250.5")
