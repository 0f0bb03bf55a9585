"""Two-step declaration: the goods leave on a short one, the full one follows, or the debt is fixed (TS-01 to TS-08)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from clearance.models import SupplementaryObligation
from clearance.states import SUPPLEMENTARY
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel, Lodged
from fees.models import Account, Posting
from fees.selectors import account_of, fiscal_state
from fees.states import FiscalState
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated
from tests.factories import accounts
from tests.factories.declarations import full_json, import_json, short_json

Run = Callable[[], None]

pytestmark = pytest.mark.django_db


def _lodge(filer: Organisation, values: dict[str, Any]) -> Lodged:
    message = DeclarationMessage.model_validate(values)
    return declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=filer), channel=Channel.JSON)


def _balance(trader: Organisation) -> int:
    account = account_of(trader.pk, currency="EUR")
    assert account is not None
    return account.balance_minor


def _security() -> int:
    accounts_of_security = Account.objects.filter(kind="security")
    return sum(Posting.objects.filter(account__in=accounts_of_security).values_list("amount_minor", flat=True))


def _state(declaration_id: UUID) -> str:
    return Declaration.objects.get(pk=declaration_id).legal_state


def _at(moment: datetime, jobs_done: Run) -> None:
    """Let the timers up to a moment come."""
    with clock.frozen(moment):
        Job.objects.filter(kind="clearance.two_step", not_before__lte=moment).update(
            not_before=clock.now() - timedelta(days=400)
        )
        jobs_done()


@pytest.fixture
def short(importer: Organisation, jobs_done: Run) -> Lodged:
    """A short declaration on which the goods have left."""
    lodged = _lodge(importer, short_json())
    jobs_done()
    return lodged


def test_TS_01_goods_leave_on_a_short_declaration_against_security(importer: Organisation, short: Lodged) -> None:
    assert _state(short.id) == "RELEASED"
    assert fiscal_state(short.id) is FiscalState.SECURED
    assert _security() > 0
    assert _balance(importer) == 100_000_000 - _security()
    assert "supplementary_owed" in set(PartyEvent.objects.values_list("type", flat=True))


def test_TS_02_the_full_one_is_owed_fourteen_days_after_arrival(short: Lodged) -> None:
    obligation = SupplementaryObligation.objects.get(pk=short.id)
    declaration = Declaration.objects.get(pk=short.id)
    assert declaration.presented_at is not None
    assert obligation.due_at - declaration.presented_at == timedelta(days=14)
    steps = Job.objects.filter(kind="clearance.two_step").order_by("not_before").values_list("payload__step", flat=True)
    assert list(steps) == ["remind", "remind", "fall_due", "fix_debt"]


def test_TS_05_the_full_declaration_settles_the_security_and_clears_both(
    importer: Organisation, short: Lodged, jobs_done: Run
) -> None:
    full = _lodge(importer, full_json(short.mrn))
    jobs_done()
    assert (_state(short.id), _state(full.id)) == ("CLEARED", "CLEARED")
    assert _security() == 0
    assert SupplementaryObligation.objects.get(pk=short.id).state == "COMPLETED"
    assert not Job.objects.filter(kind="clearance.two_step", state="todo").exists()
    total = -sum(
        Posting.objects.filter(account__kind="trader", transaction__declaration_id__in=[short.id, full.id]).values_list(
            "amount_minor", flat=True
        )
    )
    assert _balance(importer) == 100_000_000 - total


@pytest.mark.parametrize("boxes", [5, 10, 20])
def test_TS_05_more_comes_back_and_less_is_taken_from_the_account(
    importer: Organisation, short: Lodged, jobs_done: Run, boxes: int
) -> None:
    full = _lodge(importer, full_json(short.mrn, boxes))
    jobs_done()
    same_goods = full_json("", boxes)
    for name in ("previous_documents", "type_code", "lrn"):
        same_goods.pop(name)
    alone = _lodge(importer, import_json(1) | same_goods)
    before = _balance(importer)
    jobs_done()
    paid_alone = before - _balance(importer)
    assert _state(alone.id) == "CLEARED"
    assert 100_000_000 - before == paid_alone
    assert _state(full.id) == "CLEARED"


def test_TS_05_a_full_declaration_that_the_account_cannot_bear_waits_and_the_security_stays(
    country: None, jobs_done: Run
) -> None:
    trader = accounts.organisation(identifier="ZZIMP0009", name="Small Trader")
    _credit(trader, Decimal(300), "first")
    own = {"importer": {"id": "ZZIMP0009"}, "declarant": {"id": "ZZIMP0009"}}
    short = _lodge(trader, short_json(**own))
    jobs_done()
    assert _state(short.id) == "RELEASED"
    aside = _security()
    full = _lodge(trader, full_json(short.mrn, 500, **own))
    jobs_done()
    assert (_state(full.id), fiscal_state(full.id)) == ("ACCEPTED", FiscalState.INSUFFICIENT)
    assert _security() == aside
    _credit(trader, Decimal(100_000), "second")
    jobs_done()
    assert (_state(full.id), _state(short.id), _security()) == ("CLEARED", "CLEARED", 0)


def test_TS_01_without_money_for_the_security_the_goods_wait(country: None, jobs_done: Run) -> None:
    trader = accounts.organisation(identifier="ZZIMP0009", name="Small Trader")
    own = {"importer": {"id": "ZZIMP0009"}, "declarant": {"id": "ZZIMP0009"}}
    short = _lodge(trader, short_json(**own))
    jobs_done()
    assert (_state(short.id), fiscal_state(short.id)) == ("ACCEPTED", FiscalState.INSUFFICIENT)
    assert not SupplementaryObligation.objects.exists()


def test_TS_03_and_TS_04_reminders_then_overdue_then_the_debt_on_what_is_known(
    importer: Organisation, short: Lodged, jobs_done: Run
) -> None:
    obligation = SupplementaryObligation.objects.get(pk=short.id)
    aside = _security()
    _at(obligation.due_at - timedelta(days=5), jobs_done)
    assert PartyEvent.objects.filter(type="supplementary_reminder").count() == 1
    _at(obligation.due_at - timedelta(seconds=1), jobs_done)
    obligation.refresh_from_db()
    assert (obligation.state, PartyEvent.objects.filter(type="supplementary_reminder").count()) == ("OWED", 2)
    _at(obligation.due_at, jobs_done)
    obligation.refresh_from_db()
    assert (obligation.state, fiscal_state(short.id)) == ("OVERDUE", FiscalState.SECURED)
    _at(obligation.due_at + timedelta(days=7), jobs_done)
    obligation.refresh_from_db()
    assert (obligation.state, _state(short.id), _security()) == ("DEBT_FIXED", "CLEARED", 0)
    taken = PartyEvent.objects.get(type="debt_on_best_information")
    assert taken.data["taken_minor"] == aside
    assert fiscal_state(short.id) is FiscalState.FINAL


def test_TS_03_an_overdue_one_is_still_completed(importer: Organisation, short: Lodged, jobs_done: Run) -> None:
    obligation = SupplementaryObligation.objects.get(pk=short.id)
    _at(obligation.due_at, jobs_done)
    _lodge(importer, full_json(short.mrn))
    jobs_done()
    obligation.refresh_from_db()
    assert (obligation.state, _state(short.id)) == ("COMPLETED", "CLEARED")


def test_TS_06_a_second_full_declaration_is_refused(importer: Organisation, short: Lodged, jobs_done: Run) -> None:
    _lodge(importer, full_json(short.mrn))
    jobs_done()
    with pytest.raises(RuleViolated) as refusal:
        _lodge(importer, full_json(short.mrn))
    [found] = refusal.value.violations
    assert (found.rule, found.pointer, found.value) == ("TS-06", "/previous_documents/0/id", short.mrn)


def test_TS_06_of_two_lodged_at_once_the_first_accepted_completes(
    importer: Organisation, short: Lodged, jobs_done: Run
) -> None:
    first, second = (_lodge(importer, full_json(short.mrn)) for _ in range(2))
    jobs_done()
    assert SupplementaryObligation.objects.get(pk=short.id).supplementary_id in {first.id, second.id}
    assert {_state(first.id), _state(second.id)} == {"CLEARED"}
    assert _security() == 0


def test_TS_07_both_go_in_the_same_direction(importer: Organisation, short: Lodged) -> None:
    obligation = SupplementaryObligation.objects.get(pk=short.id)
    obligation.direction = "export"
    obligation.save(update_fields=["direction"])
    with pytest.raises(RuleViolated) as refusal:
        _lodge(importer, full_json(short.mrn))
    assert [found.rule for found in refusal.value.violations] == ["TS-07"]


def test_TS_08_after_the_debt_was_fixed_the_way_is_an_amendment(
    importer: Organisation, short: Lodged, jobs_done: Run
) -> None:
    obligation = SupplementaryObligation.objects.get(pk=short.id)
    for moment in (obligation.due_at, obligation.due_at + timedelta(days=7)):
        _at(moment, jobs_done)
    with pytest.raises(RuleViolated) as refusal:
        _lodge(importer, full_json(short.mrn))
    assert [found.rule for found in refusal.value.violations] == ["TS-08"]


def test_TS_05_the_number_of_anothers_declaration_says_nothing(
    importer: Organisation, short: Lodged, jobs_done: Run
) -> None:
    other = accounts.organisation(identifier="ZZIMP0010", name="Other Trader")
    _credit(other, Decimal(100_000), "other")
    own = {"importer": {"id": "ZZIMP0010"}, "declarant": {"id": "ZZIMP0010"}}
    full = _lodge(other, full_json(short.mrn, **own))
    jobs_done()
    assert _state(full.id) == "CLEARED"
    assert SupplementaryObligation.objects.get(pk=short.id).state == "OWED"
    assert _state(short.id) == "RELEASED"


def test_the_life_cycle_of_what_is_owed_is_the_one_that_the_database_holds() -> None:
    from importlib import import_module

    migration = import_module("clearance.migrations.0003_supplementary_obligation")
    assert sorted(migration.PAIRS) == sorted(SUPPLEMENTARY.pairs())


def _credit(trader: Organisation, amount: Decimal, reference: str) -> None:
    from fees.services import account_credit
    from singlewindow.accounts.types import system_actor

    account_credit(
        organisation_id=trader.pk, amount=amount, currency="EUR", reference=reference, actor=system_actor("tests")
    )
