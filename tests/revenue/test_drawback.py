"""RV-DRB: duty comes back for goods that left again, in their share, and every quantity counts once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from declarations.models import Declaration
from fees.models import FiscalStatus
from fees.selectors import account_of, ledger_total
from fees.selectors.lines import tax_lines
from singlewindow.accounts.permissions import Role
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated
from singlewindow.revenue.models import Claim, ClaimLine, DrawbackLine, LineBalance, QuantityUse, YieldSet
from singlewindow.revenue.rules.drawback import ExitAsked, refund_minor, share_drawn, yield_of
from singlewindow.revenue.services import (
    DrawbackAsked,
    YieldRow,
    claim_accept,
    claim_approve,
    claim_refuse,
    claim_verify,
    drawback_file,
    yields_set,
)
from singlewindow.revenue.types import DrawbackBasis
from tests.factories import accounts
from tests.factories import revenue as make

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(importer, jobs_done):
    """A hundred coffee makers imported and forty of them exported again, by the same trader."""
    return make.imported_and_exported(importer, jobs_done, 100, 40), importer


def duty(declaration: Declaration) -> int:
    kinds = {"duty", "preference", "suspension", "anti_dumping"}
    return sum(one.amount_minor for one in tax_lines([declaration.pk]) if one.item == 1 and one.kind in kinds)


def asked(pair: Any, quantity: str = "40", **changes: Any) -> DrawbackAsked:
    imported, exported = pair
    values = {"basis": DrawbackBasis.UNUSED, "import_item": 1, "export_item": 1, "quantity": D(quantity)}
    exits = changes.pop("exits", None) or (ExitAsked(**(values | changes.pop("exit", {}))),)
    return DrawbackAsked(
        **(
            {
                "import_declaration_id": imported.pk,
                "export_declaration_id": exported.pk,
                "exits": exits,
                "text": "Sent back to the maker.",
            }
            | changes
        )
    )


def filed(pair: Any, payer: Any, quantity: str = "40", **changes: Any) -> Claim:
    actor = accounts.actor(Role.TRADER, of=payer)
    return Claim.objects.get(pk=drawback_file(asked(pair, quantity, **changes), actor=actor))


def refused(pair: Any, payer: Any, quantity: str = "40", **changes: Any) -> set[str]:
    with pytest.raises(RuleViolated) as refusal:
        filed(pair, payer, quantity, **changes)
    return {one.rule for one in refusal.value.violations}


@pytest.mark.parametrize(
    ("paid", "used", "imported", "rate", "refund"),
    [
        (100_00, "40", "100", "0.99", 39_60),
        (100_00, "100", "100", "0.99", 99_00),
        (100_00, "140", "100", "0.99", 99_00),  # never more than the whole
        (100_00, "33.333", "100", "1", 33_33),  # rounded down
        (1, "99", "100", "0.99", 0),
        (300_00, "1", "3", "0.99", 99_00),
    ],
)
def test_RV_DRB_05_the_formula(paid, used, imported, rate, refund):
    assert refund_minor(paid, used=D(used), imported=D(imported), rate=D(rate)) == refund
    assert share_drawn(D(used), D(imported)) <= 1


def test_RV_DRB_05_parts_never_sum_to_more_than_the_whole():
    parts = [refund_minor(100_01, used=D(1), imported=D(7), rate=D("0.99")) for _ in range(7)]
    assert sum(parts) <= refund_minor(100_01, used=D(7), imported=D(7), rate=D("0.99"))


def test_RV_DRB_05_forty_of_a_hundred_give_forty_hundredths_of_the_duty_at_the_rate(pair):
    declarations, payer = pair
    whole = duty(declarations[0])
    assert whole > 0
    claim = filed(declarations, payer)
    assert claim.claimed_minor == int(whole * D("0.4") * D("0.99"))
    assert {one.side: (one.used, one.total) for one in QuantityUse.objects.all()} == {
        "import": (D(40), D(100)),
        "export": (D(40), D(40)),
    }
    officer = accounts.actor(Role.OFFICER)
    claim_accept(claim_id=claim.pk, actor=officer)
    claim_verify(claim_id=claim.pk, amounts=None, reason="Seen at exit.", actor=officer)
    before, due = account_of(payer.pk, currency="EUR"), FiscalStatus.objects.get(pk=declarations[0].pk).due
    claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    after = account_of(payer.pk, currency="EUR")
    assert before is not None
    assert after is not None
    assert after.balance_minor - before.balance_minor == claim.claimed_minor
    assert FiscalStatus.objects.get(pk=declarations[0].pk).due == due  # the debt was right; it is drawn back
    assert ledger_total() == 0


def test_RV_DRB_04_a_second_claim_on_the_same_quantity_is_refused_and_a_refusal_frees_it(pair):
    declarations, payer = pair
    claim = filed(declarations, payer, "40")
    assert refused(declarations, payer, "1") == {"RV-DRB-04"}
    assert Claim.objects.count() == 1
    claim_refuse(claim_id=claim.pk, reason="Not the same goods.", actor=accounts.actor(Role.OFFICER))
    assert filed(declarations, payer, "40")


@pytest.mark.parametrize(("quantity", "rules"), [("40", set()), ("40.000001", {"RV-DRB-03"})])
def test_RV_DRB_03_no_more_than_was_exported(pair, quantity, rules):
    declarations, payer = pair
    if rules:
        assert refused(declarations, payer, quantity) == rules
    else:
        assert filed(declarations, payer, quantity)


@pytest.mark.parametrize(
    "exit_",
    [
        {"import_item": 9},
        {"export_item": 9},
        {"quantity": D(0)},
        {"quantity": D(-1)},
        {"basis": DrawbackBasis.DESTROYED},
        {"basis": DrawbackBasis.MANUFACTURED},
    ],
    ids=["no import item", "no export item", "nothing", "less than nothing", "no record", "no yield"],
)
def test_RV_DRB_03_lines_that_do_not_fit_are_refused(pair, exit_):
    declarations, payer = pair
    assert refused(declarations, payer, exit=exit_) == {"RV-DRB-03"}
    assert QuantityUse.objects.count() == LineBalance.objects.count() == 0


def test_RV_DRB_01_an_import_is_no_proof_of_export(pair):
    (imported, _exported), payer = pair
    assert "RV-DRB-01" in refused((imported, imported), payer)
    assert "RV-DRB-01" in refused((imported, imported), payer, export_declaration_id=None)


def test_RV_DRB_01_strangers_find_nothing(pair):
    declarations, _payer = pair
    with pytest.raises(NotFound):
        drawback_file(asked(declarations), actor=accounts.actor(Role.TRADER))
    with pytest.raises(NotPermitted):
        drawback_file(asked(declarations), actor=accounts.actor(Role.AUDITOR))


def test_RV_DRB_03_destroyed_goods_need_a_record_and_no_export(pair):
    declarations, payer = pair
    exit_ = {"basis": DrawbackBasis.DESTROYED, "evidence": "Record 12/2026 of Port Amari", "quantity": D(10)}
    claim = filed(declarations, payer, exit=exit_, export_declaration_id=None)
    row = DrawbackLine.objects.get(claim=claim)
    assert (row.export_declaration_id, row.import_quantity) == (None, D(10))


def test_RV_YLD_01_a_product_draws_what_it_contains_by_the_yield_of_its_day(pair):
    declarations, payer = pair
    supervisor = accounts.actor(Role.SUPERVISOR)
    values = {
        "authorisation": "ZZIPO0001",
        "holder_id": payer.pk,
        "valid_from": date(2026, 1, 1),
        "reason": "Audit of recipes",
        "actor": supervisor,
    }
    assert yields_set(rows=[YieldRow("8516", "851671", D("0.5"))], **values) == 1
    claim = filed(declarations, payer, exit={"basis": DrawbackBasis.MANUFACTURED}, authorisation="ZZIPO0001")
    assert DrawbackLine.objects.get(claim=claim).import_quantity == D(20)
    assert yields_set(rows=[YieldRow("8516", "851671", D("0.25"))], **values) == 2
    claim.refresh_from_db()
    assert claim.yield_set.version == 1
    officer = accounts.actor(Role.OFFICER)
    claim_accept(claim_id=claim.pk, actor=officer)
    claim_verify(claim_id=claim.pk, amounts=None, reason="As set.", actor=officer)
    with pytest.raises(NotPermitted):
        claim_approve(claim_id=claim.pk, actor=supervisor)  # RV-CLM-06: what it rests on is his own word
    claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))


def test_RV_YLD_01_yields_are_asked_for_whole_and_kept():
    holder, supervisor = accounts.organisation(), accounts.actor(Role.SUPERVISOR)
    values = {"authorisation": "A", "holder_id": holder.pk, "valid_from": date(2026, 1, 1), "reason": "x"}
    for rows in (
        [],
        [YieldRow("85", "8516", D(1))],
        [YieldRow("8516", "8516", D(0))],
        [YieldRow("=1+1", "8516", D(1))],
    ):
        with pytest.raises(RuleViolated):
            yields_set(rows=rows, actor=supervisor, **values)
    with pytest.raises(NotPermitted):
        yields_set(rows=[YieldRow("8516", "8516", D(1))], actor=accounts.actor(Role.OFFICER), **values)
    yields_set(rows=[YieldRow("8516", "8516", D(1))], actor=supervisor, **values)
    with pytest.raises(DatabaseError), transaction.atomic():
        YieldSet.objects.update(rows=[])
    assert issubclass(Conflict, Exception)


def test_RV_DRB_03_the_yield_that_fits_first_counts():
    rows = [
        {"input": "0901", "output": "210111", "per_output": "2.5"},
        {"input": "09", "output": "21", "per_output": "9"},
    ]
    assert yield_of(rows, input_code="0901110000", output_code="2101110000") == D("2.5")
    assert yield_of(rows, input_code="0902100000", output_code="2101200000") == D(9)
    assert yield_of(rows, input_code="1001", output_code="2101") is None


@pytest.mark.django_db(transaction=True)
def test_RV_DRB_04_of_claims_at_once_for_the_last_ten_one_wins(country, jobs_done):
    payer = make.importer_of_the_journey()
    declarations = make.imported_and_exported(payer, jobs_done, 100, 40)
    filed(declarations, payer, "30")
    actor = accounts.actor(Role.TRADER, of=payer)
    barrier = threading.Barrier(6)

    def one(_: int) -> bool:
        barrier.wait()
        try:
            drawback_file(asked(declarations, "10"), actor=actor)
        except RuleViolated:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(one, range(6))) == 1
    assert {one.side: one.used for one in QuantityUse.objects.all()} == {"import": D(40), "export": D(40)}
    claimed = sum(ClaimLine.objects.values_list("claimed_minor", flat=True))
    assert sum(LineBalance.objects.values_list("claimed_minor", flat=True)) == claimed
