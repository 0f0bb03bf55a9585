"""A debt that a deposit and another guarantee bear together, and a debt in two steps: taken once, given back once.

Source: docs/rules/guarantees.md, GU-CSH-03, GU-LIM-01, GU-DIS-03; docs/rules/two-step.md, TS-04, TS-09; CA-016.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from agencies.models import WriteOff
from clearance.models import SupplementaryObligation
from clearance.rules.disputes import Alternative
from clearance.services.changes import change_decision
from clearance.services.disputes.accepting import dispute_accept
from clearance.services.disputes.opening import dispute_open
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.states import ChangeState
from declarations.types import Channel, Lodged
from fees.models import Demand, FiscalStatus
from fees.selectors import account_of, fiscal_status
from fees.selectors.lines import debt_moved, tax_lines
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.services import proposal_decide
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.models import Entry, Guarantee
from singlewindow.guarantees.rules.granting import Application
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.services.changing import code_change, limit_change
from singlewindow.guarantees.services.registering import guarantee_propose, guarantee_register
from singlewindow.guarantees.types import GuaranteeType
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, TransitionRefused
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.services import claim_accept, claim_approve, claim_verify, repayment_file
from singlewindow.revenue.services.determination import debt_determine
from singlewindow.revenue.types import FinalDebt
from tests.factories import accounts, agencies
from tests.factories.agencies import citing, oranges
from tests.factories.changes import amend, invalidate, with_price
from tests.factories.declarations import export_json, full_json, import_json, short_json
from tests.factories.guarantees import CODE, guarantee
from tests.factories.revenue import credited

Run = Callable[[], None]
pytestmark = pytest.mark.django_db
OPENING = 100_000_000


def lodged(filer: Organisation, values: dict[str, Any], *cited: Guarantee, method: str = "") -> Lodged:
    if cited:
        rows = [{"id": one.grn, "security_code": one.type, "access_code": CODE} for one in cited]
        values = values | {"guarantees": rows}
    if method:
        claims = [{"tax_type": "A00", "method": method}]
        values["items"] = [item | {"duty_claims": claims} for item in values["items"]]
    message = DeclarationMessage.model_validate(values)
    return declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=filer), channel=Channel.JSON)


def balance(trader: Organisation) -> int:
    account = account_of(trader.pk, currency="EUR")
    return account.balance_minor if account else 0


def state(declaration_id: UUID) -> str:
    return Declaration.objects.get(pk=declaration_id).legal_state


@pytest.fixture
def deposit(importer: Organisation) -> Guarantee:
    """A deposit of a hundred euros, less than any debt of these tests."""
    trader = accounts.actor(of=importer)
    told: dict[str, Any] = {"currency": "EUR", "reference_amount": Decimal(100), "valid_from": clock.today()}
    (applied,) = guarantee_register(actor=trader, application=Application(type=GuaranteeType.CASH, **told))
    examined = {"level": 100, "criteria": (), "reason": "Examined."}
    proposal = guarantee_propose(actor=accounts.actor(Role.OFFICER), guarantee_id=applied.id, **examined)
    proposal_decide(proposal_id=proposal, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Agreed.")
    code_change(actor=trader, guarantee_id=applied.id, code=CODE)
    return Guarantee.objects.get(pk=applied.id)


@pytest.fixture
def row(importer: Organisation) -> Guarantee:
    return guarantee(importer, limit_minor=50_000_000)


def asked(declaration_id: UUID, change: Any) -> None:
    """A supervisor grants what was asked, where somebody has to."""
    if change.state is ChangeState.REQUESTED:
        given = {"declaration_id": declaration_id, "number": change.number, "grant": True, "reason": "Proved."}
        change_decision(actor=accounts.actor(Role.OFFICER), **given)


def test_GU_CSH_03_a_deposit_is_set_aside_and_the_rest_stays_reserved(importer, row, deposit, jobs_done) -> None:
    declaration = lodged(importer, import_json(1), row, deposit, method="R")
    jobs_done()
    total = fiscal_status(declaration.id).total_minor
    assert state(declaration.id) == "RELEASED"
    assert [one.grn for one in reserved_for(declaration.id)] == [row.grn]
    held = sum(one.open_minor for one in reserved_for(declaration.id))
    assert held + debt_moved(declaration.id).security_minor == total


def test_GU_CSH_03_where_the_deposit_comes_first_what_it_lacks_is_reserved(importer, deposit, row, jobs_done) -> None:
    declaration = lodged(importer, import_json(1), deposit, row, method="R")
    jobs_done()
    total = fiscal_status(declaration.id).total_minor
    ((one,), aside) = reserved_for(declaration.id), debt_moved(declaration.id).security_minor
    assert (one.grn, one.open_minor, aside) == (row.grn, total - 10_000, 10_000)
    assert not Entry.objects.filter(guarantee=row, kind="CONVERT").exists()
    asked(declaration.id, invalidate(declaration.id, accounts.actor(of=importer), evidence="It went back."))
    row.refresh_from_db()
    assert (balance(importer), row.used_minor, ledger_verify()) == (OPENING, 0, [])


def test_CH_MON_01_an_amendment_reserves_what_the_deposit_does_not_bear(importer, deposit, row, jobs_done) -> None:
    declaration = lodged(importer, import_json(1), deposit, row, method="R")
    jobs_done()
    snapshot = declaration_snapshot(declaration.id)
    asked(declaration.id, amend(declaration.id, accounts.actor(of=importer), with_price(snapshot.message, "9000")))
    (one,) = reserved_for(declaration.id)
    assert one.open_minor == fiscal_status(declaration.id).total_minor - 10_000


def test_TS_04_what_is_set_aside_is_taken_first_and_the_rest_is_called(importer, deposit, row, jobs_done) -> None:
    short = lodged(importer, short_json(), deposit, row)
    jobs_done()
    total = fiscal_status(short.id).total_minor
    assert debt_moved(short.id).security_minor == 10_000
    with clock.frozen(clock.now() + timedelta(days=60)):
        Job.objects.filter(kind="clearance.two_step").update(not_before=clock.now() - timedelta(days=400))
        jobs_done()
    called = sum(Demand.objects.filter(declaration_id=short.id).values_list("amount_minor", flat=True))
    moved = debt_moved(short.id)
    assert (sum(moved.authorities.values()), called, moved.security_minor) == (10_000, total - 10_000, 0)
    assert (reserved_for(short.id), balance(importer), ledger_verify()) == ([], OPENING - 10_000, [])


def test_TS_05_the_full_declaration_is_paid_of_the_deposit_and_the_rest_is_freed(
    importer, deposit, row, jobs_done
) -> None:
    short = lodged(importer, short_json(), deposit, row)
    jobs_done()
    full = lodged(importer, full_json(short.mrn))
    jobs_done()  # every guarantee that was drawn on is locked before the account, or the watch of locks fails
    assert (state(short.id), state(full.id), reserved_for(short.id)) == ("CLEARED", "CLEARED", [])
    assert (balance(importer), ledger_verify()) == (OPENING - fiscal_status(full.id).total_minor, [])


def test_RV_FIN_01_a_debt_on_both_is_determined(importer, deposit, row, jobs_done) -> None:
    declaration = lodged(importer, import_json(1), deposit, row, method="R")
    jobs_done()
    final = FinalDebt(due=dict(FiscalStatus.objects.get(pk=declaration.id).due), reason="The invoice was checked.")
    with unit_of_work() as work:
        given = {"declaration_id": declaration.id, "actor": system_actor("revenue"), "at": clock.now()}
        debt_determine(work, final=final, **given)
    jobs_done()
    assert (state(declaration.id), reserved_for(declaration.id)) == ("CLEARED", [])
    assert balance(importer) == OPENING - fiscal_status(declaration.id).total_minor


@pytest.mark.parametrize("euros", [50, 200], ids=["less", "more"])
def test_GU_LIM_01_a_deposit_is_worth_what_was_paid_in(deposit, euros) -> None:
    with pytest.raises(RuleViolated) as caught:
        limit_change(
            actor=accounts.actor(Role.OFFICER), guarantee_id=deposit.pk, limit=Decimal(euros), reason="As asked."
        )
    assert [one.rule for one in caught.value.violations] == ["GU-LIM-01"]


@pytest.fixture
def pair(importer: Organisation, jobs_done: Run) -> tuple[Lodged, Lodged]:
    """A simplified declaration and the full one that was paid for it."""
    short = lodged(importer, short_json())
    jobs_done()
    full = lodged(importer, full_json(short.mrn))
    jobs_done()
    assert SupplementaryObligation.objects.get(pk=short.id).state == "COMPLETED"
    return short, full


def test_TS_09_nothing_comes_back_for_a_simplified_declaration_that_its_full_one_paid(importer, pair) -> None:
    short, full = pair
    assert balance(importer) == OPENING - fiscal_status(full.id).total_minor
    one, officer = tax_lines([short.id])[0], accounts.actor(Role.OFFICER)
    told = {"reason_code": "overcharged", "text": "The invoice was credited.", "actor": accounts.actor(of=importer)}
    asked_for = [LineAsked(one.item, one.tax_type, one.amount_minor)]
    claim_id = repayment_file(declaration_id=short.id, lines=asked_for, **told)
    claim_accept(claim_id=claim_id, actor=officer)
    claim_verify(claim_id=claim_id, amounts=None, reason="The papers agree.", actor=officer)
    with pytest.raises(RuleViolated) as caught:
        claim_approve(claim_id=claim_id, actor=accounts.actor(Role.SUPERVISOR))
    assert [found.rule for found in caught.value.violations] == ["RV-CLM-05"]
    assert (balance(importer), ledger_verify()) == (OPENING - fiscal_status(full.id).total_minor, [])


def test_TS_09_an_amendment_of_it_moves_no_money(importer, pair) -> None:
    short, full = pair
    snapshot = declaration_snapshot(short.id)
    asked(short.id, amend(short.id, accounts.actor(of=importer), with_price(snapshot.message, "90000")))
    assert declaration_snapshot(short.id).version == snapshot.version + 1
    assert balance(importer) == OPENING - fiscal_status(full.id).total_minor


def test_GU_DIS_03_what_is_owed_in_two_steps_is_not_disputed(country, jobs_done) -> None:
    poor = accounts.organisation(identifier="ZZIMP0001")
    short = lodged(poor, short_json())
    jobs_done()
    assert state(short.id) == "ACCEPTED"
    with pytest.raises(TransitionRefused):
        dispute_open(
            actor=accounts.actor(Role.OFFICER),
            declaration_id=short.id,
            alternatives=[Alternative(item=1, price=Decimal(90_000))],
            statement="Like goods cost more.",
            law="Customs Act, section 30",
        )


def test_GU_DIS_04_goods_with_a_permit_leave_on_security(country, jobs_done) -> None:
    trader = accounts.organisation()
    permit, row = agencies.permit(trader, valid_to="2030-12-31"), guarantee(trader, limit_minor=50_000_000)
    message = oranges({"documents": citing(permit.number)}, trader=trader.identifier)
    filer = accounts.actor(Role.TRADER, of=trader)
    declaration = declaration_lodge(message=message, actor=filer, channel=Channel.JSON)
    jobs_done()
    assert state(declaration.id) == "ACCEPTED"
    told = {"statement": "Like goods cost more.", "law": "Customs Act, section 30"}
    dearer = [Alternative(item=1, price=Decimal(9_000))]
    dispute_open(actor=accounts.actor(Role.OFFICER), declaration_id=declaration.id, alternatives=dearer, **told)
    credited(trader, "1000")
    # The permit is locked before the guarantee, or the watch of locks fails.
    given = {"declaration_id": declaration.id, "grn": row.grn, "access_code": CODE}
    assert dispute_accept(actor=filer, **given).release
    assert WriteOff.objects.filter(permit=permit, kind="consume").exists()


@pytest.mark.parametrize("secured", [False, True], ids=["offered", "security given"])
def test_GU_DIS_07_an_amendment_ends_what_was_offered_and_waits_for_what_is_secured(
    country, jobs_done, secured
) -> None:
    trader = accounts.organisation()
    row, filer = guarantee(trader, limit_minor=50_000_000), accounts.actor(Role.TRADER, of=trader)
    price = {"amount": "14", "currency": "EUR"}
    message = oranges({"price": price}, trader=trader.identifier, invoice_total=price)  # their permit is missing
    lodged = declaration_lodge(message=message, actor=filer, channel=Channel.JSON)
    jobs_done()
    told = {"statement": "Like goods cost more.", "law": "Customs Act, section 30"}
    dearer = [Alternative(item=1, price=Decimal(140))]
    dispute = dispute_open(actor=accounts.actor(Role.OFFICER), declaration_id=lodged.id, alternatives=dearer, **told)
    if secured:
        dispute_accept(actor=filer, declaration_id=lodged.id, grn=row.grn, access_code=CODE)
    before = declaration_snapshot(lodged.id)
    with pytest.raises(RuleViolated) if secured else nullcontext() as refused:
        amend(lodged.id, filer, with_price(before.message, "140"))
    assert state(lodged.id) == "ACCEPTED"
    dispute.refresh_from_db()
    assert dispute.state == ("SECURED" if secured else "WITHDRAWN")
    assert declaration_snapshot(lodged.id).version == before.version + (not secured)
    if refused is not None:
        assert [one.rule for one in refused.value.violations] == ["GU-DIS-07"]


def test_CA_016_goods_in_a_container_that_no_bill_names_are_amended(importer, jobs_done) -> None:
    export = lodged(importer, export_json(trader=importer.identifier))
    jobs_done()
    snapshot = declaration_snapshot(export.id)
    for price in ("2500", "2600"):
        asked(export.id, amend(export.id, accounts.actor(of=importer), with_price(snapshot.message, price)))
        snapshot = declaration_snapshot(export.id)
    assert snapshot.version == 3
