"""A declaration from lodgement to release: by itself, by an officer, with money missing, with an agency's hold."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from clearance.models import Alert, Case
from clearance.services import CheckResult, case_claim, check_conclude
from clearance.states import ControlState
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge, goods_present
from declarations.types import Channel, Lodged
from fees.selectors import account_of, fiscal_state
from fees.services import account_credit
from fees.states import FiscalState
from risk.types import Lane, Outcome
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.audit.verbs import Verb
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.declarations import import_json, import_message, item_json

Run = Callable[[], None]

pytestmark = pytest.mark.django_db


def _lodge(filer: Organisation, **changes: object) -> Lodged:
    actor = accounts.actor(Role.TRADER, of=filer)
    return declaration_lodge(message=import_message(3, **changes), actor=actor, channel=Channel.JSON)


def test_a_low_risk_import_is_released_and_cleared_by_itself(importer: Organisation, jobs_done: Run) -> None:
    lodged = _lodge(importer)
    jobs_done()
    declaration, case = Declaration.objects.get(pk=lodged.id), Case.objects.get(pk=lodged.id)
    assert (declaration.legal_state, declaration.goods_state) == ("CLEARED", "RELEASABLE")
    assert (case.lane in {Lane.GREEN.value, Lane.BLUE.value}, case.automatic) == (True, True)
    assert fiscal_state(lodged.id) is FiscalState.FINAL
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {Verb.DECLARATION_ACCEPTED, Verb.RISK_ASSESSED, Verb.DECLARATION_RELEASED, Verb.ACCOUNT_DEBITED} <= verbs
    told = list(PartyEvent.objects.order_by("id").values_list("type", flat=True))
    assert told.index("accepted") < told.index("released") < told.index("cleared")


def test_goods_presented_later_than_lodged_are_released_on_presentation(importer: Organisation, jobs_done: Run) -> None:
    lodged = _lodge(importer, type_code="IMD")
    jobs_done()
    waiting = Declaration.objects.get(pk=lodged.id)
    assert (waiting.legal_state, waiting.goods_state) == ("REGISTERED", "EXPECTED")
    assert Case.objects.get(pk=lodged.id).amount_minor > 0
    goods_present(declaration_id=lodged.id, actor=accounts.actor(Role.TRADER, of=importer))
    jobs_done()
    assert Declaration.objects.get(pk=lodged.id).legal_state == "CLEARED"


def test_missing_money_is_a_state_that_ends_when_money_comes(country: None, jobs_done: Run) -> None:
    trader = accounts.organisation(identifier="ZZIMP0009")
    lodged = _lodge(trader, importer={"id": "ZZIMP0009"}, declarant={"id": "ZZIMP0009"})
    jobs_done()
    case = Case.objects.get(pk=lodged.id)
    assert (case.blocking, case.holder) == ("money", "trader")
    assert fiscal_state(lodged.id) is FiscalState.INSUFFICIENT
    assert PartyEvent.objects.filter(type="insufficient_funds", organisation=trader).count() == 1
    account_credit(
        organisation_id=trader.pk, amount=Decimal(90_000), currency="EUR", reference="p1", actor=system_actor("bank")
    )
    jobs_done()
    assert Declaration.objects.get(pk=lodged.id).legal_state == "CLEARED"
    account = account_of(trader.pk, currency="EUR")
    assert account is not None
    assert account.balance_minor == 9_000_000 - case.amount_minor


def test_a_risky_import_waits_for_an_officer_who_claims_examines_and_releases(
    importer: Organisation, jobs_done: Run
) -> None:
    lodged = _risky(importer)
    jobs_done()
    case = Case.objects.get(pk=lodged.id)
    assert case.lane in {Lane.RED.value, Lane.YELLOW.value}
    assert (case.holder, case.blocking) == ("customs", "customs_hold")
    officer = accounts.actor(Role.OFFICER)
    case_claim(declaration_id=lodged.id, actor=officer)
    verdict = check_conclude(declaration_id=lodged.id, actor=officer, result=CheckResult(Outcome.CONFORM))
    assert verdict.release
    assert Declaration.objects.get(pk=lodged.id).legal_state == "CLEARED"
    assert Case.objects.get(pk=lodged.id).control_state == ControlState.DONE


def _risky(importer: Organisation) -> Lodged:
    """Rifles from a country under embargo, called parts, for three euros."""
    item = item_json(1, description="parts", commodity_code="9303300000", origin="KP", boxes=1)
    item["price"] = {"amount": "3", "currency": "EUR"}
    plain = import_json(1) | {"items": [item], "invoice_total": item["price"], "total_packages": 1}
    plain["total_gross_mass_kg"] = item["gross_mass_kg"]
    actor = accounts.actor(Role.TRADER, of=importer)
    return declaration_lodge(message=DeclarationMessage.model_validate(plain), actor=actor, channel=Channel.JSON)


def test_goods_that_stay_raise_each_alert_once_to_whoever_holds_them(importer: Organisation, jobs_done: Run) -> None:
    lodged = _risky(importer)
    jobs_done()
    case = Case.objects.get(pk=lodged.id)
    assert case.red_at is not None
    assert case.accepted_at is not None
    assert case.red_at - case.accepted_at == timedelta(hours=24)
    with clock.frozen(case.red_at):
        Job.objects.filter(kind="clearance.clock", payload__kind__in=["amber", "red"]).update(
            not_before=clock.now() - timedelta(days=3)
        )
        jobs_done()
        jobs_done()
    assert sorted(Alert.objects.values_list("kind", flat=True)) == ["amber", "red"]
    assert Case.objects.get(pk=lodged.id).alert == "red"
