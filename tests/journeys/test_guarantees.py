"""Goods released on a guarantee, value settled later, the rest freed (F52, K6; GU-REL, GU-DIS, GU-TFA)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from clearance.models import Dispute
from clearance.rules.disputes import Alternative
from clearance.services.desk import case_claim
from clearance.services.disputes.accepting import dispute_accept
from clearance.services.disputes.opening import dispute_open, dispute_withdraw
from clearance.services.disputes.settling import Outcome, dispute_determine, dispute_end_begin
from clearance.states import DISPUTE
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel, Lodged
from fees.models import Demand, Posting
from fees.selectors import account_of, fiscal_state, fiscal_status
from fees.selectors.lines import debt_moved
from fees.states import FiscalState
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.services import proposal_decide
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.selectors.lists import guarantees_out_of_balance
from singlewindow.guarantees.services.changing import limit_change
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.kernel.money import from_minor
from singlewindow.portal.covered import covered_by
from singlewindow.revenue.services.determination import debt_determine
from singlewindow.revenue.types import FinalDebt
from tests.factories import accounts
from tests.factories.changes import amend, invalidate, with_price
from tests.factories.clearance import risky
from tests.factories.declarations import full_json, import_json, short_json
from tests.factories.guarantees import CODE, guarantee

Run = Callable[[], None]
pytestmark = pytest.mark.django_db
OPENING = 100_000_000


def cited(row: Guarantee, code: str | None = CODE) -> dict[str, Any]:
    return {"guarantees": [{"id": row.grn, "security_code": row.type, **({"access_code": code} if code else {})}]}


def lodge(filer: Organisation, values: dict[str, Any], row: Guarantee | None = None, method: str = "R") -> Lodged:
    if row is not None:
        values = values | cited(row)
        claims = [{"tax_type": "A00", "method": method}]
        values["items"] = [item | {"duty_claims": claims} for item in values["items"]]
    message = DeclarationMessage.model_validate(values)
    return declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=filer), channel=Channel.JSON)


def balance(trader: Organisation) -> int:
    account = account_of(trader.pk, currency="EUR")
    return account.balance_minor if account else 0


def state(declaration_id: UUID) -> str:
    return Declaration.objects.get(pk=declaration_id).legal_state


def sums_hold() -> bool:
    """Every posting together is zero, and every guarantee is what its entries say."""
    return sum(Posting.objects.values_list("amount_minor", flat=True)) == 0 and guarantees_out_of_balance() == []


@pytest.fixture
def row(importer: Organisation) -> Guarantee:
    """A comprehensive guarantee that bears every debt of these tests."""
    return guarantee(importer, limit_minor=50_000_000)


@pytest.mark.parametrize("method", ["R", "S", "T", "U", "V"])
def test_GU_REL_01_goods_leave_on_a_cited_guarantee_and_no_money_moves(importer, row, jobs_done, method) -> None:
    lodged = lodge(importer, import_json(1), row, method)
    jobs_done()
    assert (state(lodged.id), fiscal_state(lodged.id)) == ("RELEASED", FiscalState.SECURED)
    (held,) = reserved_for(lodged.id)
    assert (held.open_minor, held.purpose) == (fiscal_status(lodged.id).total_minor, "debt")
    assert balance(importer) == OPENING
    assert sums_hold()


def test_GU_REL_01_settled_later_it_is_paid_and_freed(importer, row, jobs_done) -> None:
    lodged = lodge(importer, import_json(1), row)
    jobs_done()
    total = fiscal_status(lodged.id).total_minor
    with unit_of_work() as work:
        determined = debt_determine(
            work,
            declaration_id=lodged.id,
            final=FinalDebt(due=_due(lodged.id), reason="The invoice was checked."),
            actor=system_actor("revenue"),
            at=clock.now(),
        )
    jobs_done()
    assert (determined.account_minor, determined.freed_minor) == (total, total)
    assert (state(lodged.id), balance(importer), reserved_for(lodged.id)) == ("CLEARED", OPENING - total, [])
    assert sums_hold()


def _due(declaration_id: UUID) -> dict[str, int]:
    from fees.models import FiscalStatus

    return dict(FiscalStatus.objects.get(pk=declaration_id).due)


def test_GU_CIT_01_what_stands_against_a_cited_guarantee_is_told_at_lodgement(importer) -> None:
    elsewhere = guarantee(importer, offices=["ZZ000301"])
    with pytest.raises(RuleViolated) as caught:
        lodge(importer, import_json(1), elsewhere)
    assert [one.rule for one in caught.value.violations] == ["GU-G11"]


def test_GU_REL_02_goods_wait_for_the_guarantee_and_leave_when_its_limit_is_raised(importer, jobs_done) -> None:
    small = guarantee(importer, limit_minor=1_000)
    lodged = lodge(importer, import_json(1), small)
    jobs_done()
    assert (state(lodged.id), fiscal_state(lodged.id)) == ("ACCEPTED", FiscalState.INSUFFICIENT)
    assert (balance(importer), reserved_for(lodged.id)) == (OPENING, [])
    told = PartyEvent.objects.filter(type="guarantee.refused").first()
    assert told is not None
    assert told.data["rules"] == ["GU-G09"]
    Guarantee.objects.filter(pk=small.pk).update(limit_minor=50_000_000, reference_minor=50_000_000)
    officer = accounts.actor(Role.OFFICER)
    limit_change(actor=officer, guarantee_id=small.pk, limit=Decimal(400_000), reason="Fewer debts.")
    _waiting_again(importer, jobs_done)
    assert state(lodged.id) == "RELEASED"
    assert sums_hold()


def _waiting_again(importer: Organisation, jobs_done: Run) -> None:
    from singlewindow.jobs.services import queue

    with unit_of_work() as work:
        queue(work, "GuaranteeGrew", subject_id=str(importer.pk))
    jobs_done()
    jobs_done()


def test_GU_REL_03_a_reference_of_another_country_secures_nothing_and_the_account_pays(importer, jobs_done) -> None:
    values = import_json(1) | {"guarantees": [{"id": "23GB0000010000058", "security_code": "1", "access_code": "AC01"}]}
    values["items"] = [item | {"duty_claims": [{"tax_type": "A00", "method": "R"}]} for item in values["items"]]
    lodged = lodge(importer, values)
    jobs_done()
    assert (state(lodged.id), fiscal_state(lodged.id)) == ("CLEARED", FiscalState.FINAL)
    assert balance(importer) < OPENING


def test_GU_REL_04_a_simplified_declaration_stands_on_the_guarantee_until_the_full_one(
    importer, row, jobs_done
) -> None:
    short = lodge(importer, short_json() | cited(row))
    jobs_done()
    (held,) = reserved_for(short.id)
    assert (state(short.id), held.purpose, balance(importer)) == ("RELEASED", "two_step", OPENING)
    full = lodge(importer, full_json(short.mrn))
    jobs_done()
    assert (state(short.id), state(full.id)) == ("CLEARED", "CLEARED")
    assert reserved_for(short.id) == []
    assert balance(importer) == OPENING - fiscal_status(full.id).total_minor
    assert sums_hold()


def test_CH_MON_01_an_amendment_after_release_adapts_what_is_reserved(importer, row, jobs_done) -> None:
    lodged = lodge(importer, import_json(1), row)
    jobs_done()
    before = reserved_for(lodged.id)[0].open_minor
    snapshot = declaration_snapshot(lodged.id)
    price = snapshot.message.items[0].price
    assert price is not None
    dearer = with_price(snapshot.message, str(price.amount * 2))
    change = amend(lodged.id, accounts.actor(of=importer), dearer)
    _grant(lodged.id, change)
    after = reserved_for(lodged.id)[0].open_minor
    assert after == fiscal_status(lodged.id).total_minor > before
    assert balance(importer) == OPENING
    assert sums_hold()


def _grant(declaration_id: UUID, change: Any) -> None:
    from clearance.services.changes import change_decision
    from declarations.states import ChangeState

    if change.state is ChangeState.REQUESTED:
        change_decision(
            actor=accounts.actor(Role.OFFICER),
            declaration_id=declaration_id,
            number=change.number,
            grant=True,
            reason="Proved.",
        )


def test_CH_MON_02_an_invalidation_frees_once(importer, row, jobs_done) -> None:
    lodged = lodge(importer, import_json(1), row)
    jobs_done()
    change = invalidate(lodged.id, accounts.actor(of=importer), evidence="The goods went back.")
    _grant(lodged.id, change)
    jobs_done()
    assert (state(lodged.id), reserved_for(lodged.id), balance(importer)) == ("INVALIDATED", [], OPENING)
    assert sums_hold()


def test_CH_MON_02_what_was_demanded_and_not_paid_is_cancelled_and_does_not_come_back(importer, jobs_done) -> None:
    poor = accounts.organisation()
    backed = guarantee(poor, limit_minor=50_000_000)
    lodged = lodge(poor, import_json(1, trader=poor.identifier), backed)
    jobs_done()
    due = {name: minor * 2 for name, minor in _due(lodged.id).items()}
    with unit_of_work() as work:
        final = FinalDebt(due=due, reason="The invoice was checked.")
        debt_determine(work, declaration_id=lodged.id, final=final, actor=system_actor("revenue"), at=clock.now())
    assert set(Demand.objects.values_list("kind", flat=True)) == {"duty", "guarantee_call"}
    change = invalidate(lodged.id, accounts.actor(of=poor), evidence="The goods went back.")
    _grant(lodged.id, change)
    jobs_done()
    assert (state(lodged.id), balance(poor)) == ("INVALIDATED", 0)
    assert set(Demand.objects.values_list("state", flat=True)) == {"cancelled"}
    backed.refresh_from_db()
    assert backed.used_minor == 0
    assert sums_hold()


def test_GU_CSH_03_a_deposit_becomes_what_is_set_aside_and_the_rest_comes_back(importer, jobs_done) -> None:
    from singlewindow.approvals.services import proposal_decide
    from singlewindow.guarantees.rules.granting import Application
    from singlewindow.guarantees.services.changing import code_change
    from singlewindow.guarantees.services.registering import guarantee_propose, guarantee_register
    from singlewindow.guarantees.types import GuaranteeType

    trader = accounts.actor(of=importer)
    application = Application(
        type=GuaranteeType.CASH, currency="EUR", reference_amount=Decimal(9_000), valid_from=clock.today()
    )
    (applied,) = guarantee_register(actor=trader, application=application)
    proposal = guarantee_propose(
        actor=accounts.actor(Role.OFFICER), guarantee_id=applied.id, level=100, criteria=(), reason="Examined."
    )
    proposal_decide(proposal_id=proposal, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Agreed.")
    assert balance(importer) == OPENING - 900_000
    assert code_change(actor=trader, guarantee_id=applied.id, code=CODE) == CODE
    row = Guarantee.objects.get(pk=applied.id)
    lodged = lodge(importer, import_json(1), row)
    jobs_done()
    total = fiscal_status(lodged.id).total_minor
    row.refresh_from_db()
    assert (state(lodged.id), row.state) == ("RELEASED", "USED")
    assert (balance(importer), debt_moved(lodged.id).security_minor) == (OPENING - total, total)
    assert sums_hold()


# Disputes -----------------------------------------------------------------------------------------


@pytest.fixture
def held(importer: Organisation, jobs_done: Run) -> UUID:
    """A consignment of rifles that an officer holds, because its value is not believed."""
    declaration_id = risky(importer)
    assert state(declaration_id) == "ACCEPTED"
    return declaration_id


@pytest.fixture
def officer() -> Actor:
    return accounts.actor(Role.OFFICER, office="ZZ000101")


def dearer(price: str = "300") -> list[Alternative]:
    return [Alternative(item=1, price=Decimal(price))]


def opened(officer: Actor, declaration_id: UUID, **changes: Any) -> Dispute:
    told = {"alternatives": dearer(), "statement": "Like goods cost a hundred times more.", "law": "Customs Act, 30"}
    return dispute_open(actor=officer, declaration_id=declaration_id, **(told | changes))


def test_F52_value_is_disputed_goods_leave_on_a_guarantee_and_the_rest_is_freed(
    importer, row, held, officer, jobs_done
) -> None:
    dispute = opened(officer, held)
    assert dispute.security_minor == dispute.alternative_minor - dispute.declared_minor > 0
    verdict = dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=row.grn, access_code=CODE)
    assert verdict.release
    assert (state(held), fiscal_state(held)) == ("RELEASED", FiscalState.SECURED)
    (reserved,) = reserved_for(held)
    assert (reserved.purpose, reserved.open_minor) == ("dispute", dispute.security_minor)
    assert balance(importer) == OPENING - dispute.declared_minor
    told = dict(covered_by(held, [reserved], dispute.currency))
    paid, secured = (from_minor(minor, "EUR") for minor in (dispute.declared_minor, dispute.security_minor))
    assert told == {"Paid:": paid, "Secured on a guarantee:": secured}, "each part with its amount, not one sum"
    supervisor = accounts.actor(Role.SUPERVISOR)
    between = {name: minor // 2 for name, minor in dispute.alternative_due.items()}
    determined = dispute_determine(
        actor=supervisor, declaration_id=held, outcome=Outcome.AMOUNTS, reason="Half is right.", amounts=between
    )
    jobs_done()
    dispute.refresh_from_db()
    assert (dispute.state, state(held), reserved_for(held)) == ("SETTLED", "CLEARED", [])
    assert determined.freed_minor == dispute.security_minor
    assert sums_hold()


@pytest.mark.parametrize("outcome", [Outcome.DECLARED, Outcome.ALTERNATIVE])
def test_F52_in_cash_it_comes_back_or_pays(importer, held, officer, jobs_done, outcome) -> None:
    dispute = opened(officer, held)
    assert dispute_accept(actor=accounts.actor(of=importer), declaration_id=held).release
    assert balance(importer) == OPENING - dispute.alternative_minor
    dispute_determine(
        actor=accounts.actor(Role.SUPERVISOR), declaration_id=held, outcome=outcome, reason="Decided on appeal."
    )
    jobs_done()
    paid = dispute.declared_minor if outcome is Outcome.DECLARED else dispute.alternative_minor
    assert balance(importer) in (OPENING - paid, OPENING - paid - (OPENING - paid - balance(importer)))
    assert sum(debt_moved(held).authorities.values()) >= paid
    assert debt_moved(held).security_minor == 0
    assert sums_hold()


def test_RV_FIN_06_one_officer_ends_no_large_dispute_as_declared(importer, held, officer, jobs_done, settings) -> None:
    dispute = opened(officer, held)
    assert dispute_accept(actor=accounts.actor(of=importer), declaration_id=held).release
    one, end = accounts.actor(Role.SUPERVISOR), {"declaration_id": held, "reason": "A friend."}
    settings.SUSPENSE_ALONE_MOST = {"EUR": dispute.alternative_minor - dispute.declared_minor - 1}
    with pytest.raises(RuleViolated) as caught:
        dispute_determine(actor=one, outcome=Outcome.DECLARED, **end)
    assert [found.rule for found in caught.value.violations] == ["RV-FIN-06"]
    assert Dispute.objects.get().state == "SECURED"
    waits = dispute_end_begin(actor=one, outcome=Outcome.DECLARED, **end)
    assert waits is not None
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=waits, actor=one, grant=True, reason="Mine.")
    proposal_decide(proposal_id=waits, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Seen it.")
    jobs_done()
    assert (Dispute.objects.get().state, fiscal_state(held), balance(importer)) == (
        *("SETTLED", FiscalState.FINAL),
        OPENING - dispute.declared_minor,
    )
    assert sums_hold()


@pytest.mark.parametrize(("extra", "refused"), [(0, False), (1, True)], ids=["the disputed part", "a cent more"])
def test_GU_TFA_01_no_more_is_asked_than_what_is_disputed(held, officer, extra, refused) -> None:
    probe = opened(officer, held)
    dispute_withdraw(actor=officer, declaration_id=held, reason="Once more.")
    disputed = probe.alternative_minor - probe.declared_minor
    if refused:
        with pytest.raises(RuleViolated) as caught:
            opened(officer, held, security_minor=disputed + extra)
        assert [one.rule for one in caught.value.violations] == ["GU-TFA-01"]
    else:
        assert opened(officer, held, security_minor=disputed).security_minor == disputed


@pytest.mark.parametrize(("offence", "refused"), [("", True), ("False invoice, Customs Act, 80", False)])
def test_GU_TFA_02_nothing_is_asked_for_a_fine_unless_an_offence_is_detected(held, officer, offence, refused) -> None:
    if refused:
        with pytest.raises(RuleViolated) as caught:
            opened(officer, held, fine_minor=10_000, offence=offence)
        assert [one.rule for one in caught.value.violations] == ["GU-TFA-02"]
    else:
        assert opened(officer, held, fine_minor=10_000, offence=offence).fine_minor == 10_000


def test_GU_TFA_03_the_form_of_the_security_is_the_traders_choice(importer, row, held, officer) -> None:
    opened(officer, held)
    assert dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=row.grn).release


def test_GU_TFA_04_what_is_no_longer_required_is_freed_without_being_asked(
    importer, row, held, officer, jobs_done
) -> None:
    opened(officer, held)
    dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=row.grn, access_code=CODE)
    with unit_of_work() as work:
        debt_determine(
            work,
            declaration_id=held,
            final=FinalDebt(due=debt_moved(held).authorities, reason="As declared."),
            actor=system_actor("revenue"),
            at=clock.now(),
        )
    jobs_done()
    assert reserved_for(held) == []
    assert Dispute.objects.get(declaration_id=held).state == "SETTLED"


@pytest.mark.parametrize("price", ["3", "2.99"], ids=["as declared", "less than declared"])
def test_GU_TFA_05_nothing_is_asked_where_what_is_disputed_would_cost_no_more(held, officer, price) -> None:
    with pytest.raises(RuleViolated) as caught:
        opened(officer, held, alternatives=dearer(price))
    assert [one.rule for one in caught.value.violations] == ["GU-TFA-05"]


def test_GU_DIS_01_what_is_disputed_is_told_whole_or_refused_whole(held, officer) -> None:
    with pytest.raises(RuleViolated) as caught:
        opened(officer, held, alternatives=[Alternative(item=9), Alternative(item=1)], statement=" ", law="")
    assert [one.rule for one in caught.value.violations] == ["GU-DIS-01", "GU-DIS-01", "GU-DIS-02", "GU-DIS-02"]
    assert not Dispute.objects.exists()


def test_GU_DIS_03_another_officers_case_is_left_alone_and_one_dispute_is_enough(held, officer) -> None:
    other = accounts.actor(Role.OFFICER, office="ZZ000101")
    case_claim(declaration_id=held, actor=other)
    with pytest.raises(Conflict):
        opened(officer, held)
    opened(other, held)
    with pytest.raises(Conflict):
        opened(other, held)


def test_GU_DIS_04_a_guarantee_that_does_not_bear_it_leaves_everything_as_it_was(importer, held, officer) -> None:
    small = guarantee(importer, limit_minor=1)
    opened(officer, held)
    with pytest.raises(RuleViolated) as caught:
        dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=small.grn, access_code=CODE)
    assert [one.rule for one in caught.value.violations] == ["GU-G09"]
    assert (state(held), Dispute.objects.get().state, balance(importer)) == ("ACCEPTED", "OFFERED", OPENING)


def test_GU_DIS_04_strangers_and_wrong_codes_get_nowhere(importer, row, held, officer) -> None:
    opened(officer, held)
    stranger = accounts.actor()
    with pytest.raises((NotFound, NotPermitted)):
        dispute_accept(actor=stranger, declaration_id=held, grn=row.grn, access_code=CODE)
    with pytest.raises(RuleViolated) as caught:
        dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=row.grn, access_code="WRNG")
    assert [one.rule for one in caught.value.violations] == ["GU-G03"]
    foreign = guarantee(accounts.organisation())
    with pytest.raises(RuleViolated) as caught:
        dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=foreign.grn, access_code=CODE)
    assert [one.rule for one in caught.value.violations] == ["GU-G01"]


def test_GU_DIS_06_a_dispute_that_is_not_secured_is_not_determined(held, officer) -> None:
    opened(officer, held)
    with pytest.raises(NotFound):
        dispute_determine(
            actor=accounts.actor(Role.SUPERVISOR), declaration_id=held, outcome=Outcome.DECLARED, reason="Too early."
        )


def test_a_dispute_ends_with_its_declaration(importer, row, held, officer, jobs_done) -> None:
    opened(officer, held)
    dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=row.grn, access_code=CODE)
    change = invalidate(held, accounts.actor(of=importer), evidence="The goods went back.")
    _grant(held, change)
    jobs_done()
    assert (Dispute.objects.get().state, reserved_for(held), balance(importer)) == ("WITHDRAWN", [], OPENING)
    assert sums_hold()


def test_a_secured_dispute_is_not_withdrawn_but_determined(importer, row, held, officer) -> None:
    opened(officer, held)
    dispute_accept(actor=accounts.actor(of=importer), declaration_id=held, grn=row.grn, access_code=CODE)
    with pytest.raises(TransitionRefused):
        dispute_withdraw(actor=officer, declaration_id=held, reason="No more.")


def test_the_steps_of_the_database_are_those_of_the_table() -> None:
    import importlib

    guards = importlib.import_module("clearance.migrations.0008_dispute_guards")
    assert list(guards.PAIRS) == list(DISPUTE.pairs())
