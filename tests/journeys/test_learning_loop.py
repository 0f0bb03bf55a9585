"""F29, the way round: what an officer finds moves hit rates the same day, the next result, and what is learned from."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clearance.services import CheckResult, case_claim, check_conclude
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel, Lodged
from risk.models import GoodsSeen, InspectionOutcome, RiskAssessment
from risk.selectors import facts_for
from risk.selectors.hit_rates import ALL, hit_rates
from risk.selectors.outcomes_frame import outcomes_frame
from risk.types import Outcome
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.declarations import import_json, item_json

Run = Callable[[], None]

pytestmark = pytest.mark.django_db


def risky(importer: Organisation, lrn: str) -> Lodged:
    """Rifles from a country under embargo, called parts, for three euros."""
    item = item_json(1, description="parts", commodity_code="9303300000", origin="KP", boxes=1)
    item["price"] = {"amount": "3", "currency": "EUR"}
    plain = import_json(1, lrn=lrn) | {"items": [item], "invoice_total": item["price"], "total_packages": 1}
    plain["total_gross_mass_kg"] = item["gross_mass_kg"]
    message = DeclarationMessage.model_validate(plain)
    return declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=importer), channel=Channel.JSON)


def test_F29_a_finding_moves_hit_rates_histories_and_rows_for_learning(importer: Organisation, jobs_done: Run) -> None:
    first = risky(importer, "LOOP-1")
    jobs_done()
    assert GoodsSeen.objects.count() == 1
    officer = accounts.actor(Role.OFFICER)
    case_claim(declaration_id=first.id, actor=officer)
    found = CheckResult(Outcome.PROHIBITED, findings="Rifles without a licence.", revenue_delta_minor=75_000)
    check_conclude(declaration_id=first.id, actor=officer, result=found)

    kept, result = InspectionOutcome.objects.get(), RiskAssessment.objects.get(declaration_id=first.id)
    assert (kept.assessment_id, kept.outcome, kept.revenue_delta_minor) == (result.id, "prohibited", 75_000)
    assert kept.kind == ("examination" if result.lane == "RED" else "documents")
    rates = hit_rates(accounts.actor(Role.RISK_ANALYST))
    assert {"RM-ALE-04", "RM-GDS-02"} <= set(kept.rules)
    assert all((rates[rule, 30].checked, rates[rule, 30].found) == (1, 1) for rule in kept.rules)
    assert rates[ALL, 30].revenue_minor == 75_000

    second = risky(importer, "LOOP-2")
    known = facts_for(declaration_snapshot(second.id))
    assert (known.trader.findings_quarter, known.trader.kinds_found) == (1, {"prohibited"})
    jobs_done()
    fired = {reason["rule"] for reason in RiskAssessment.objects.get(declaration_id=second.id).reasons}
    assert "RM-PAR-05" in fired

    frame = outcomes_frame(clock.now() + timedelta(seconds=1))
    assert (list(frame.fraud), list(frame.critical)) == ([1], [1])
    assert list(frame.rows.numbers["trader_declarations_year"]) == [0]
