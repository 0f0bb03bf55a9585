"""Demands: asked once, paid once, never changed (FE-DEM-01 to FE-DEM-04)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from fees.models import Account, Demand, Posting
from fees.services import account_credit
from fees.services.demands import demand_end, demand_make, demands_lock, demands_pay
from fees.types import DemandKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import TransitionRefused
from tests.factories import accounts

pytestmark = pytest.mark.django_db


def asked(organisation, source="penalty:1", minor=2_500):
    with unit_of_work() as work:
        return demand_make(
            work,
            source=source,
            kind=DemandKind.PENALTY,
            organisation_id=organisation.id,
            authority="CUS",
            amount_minor=minor,
            currency="EUR",
            text="Penalty 1",
            law="Customs Act, section 90",
            subject_type="penalty",
            subject_id="1",
            event_on=date(2026, 7, 1),
        )


def paid(organisation, *ids):
    with unit_of_work() as work:
        return demands_pay(work, demands_lock(work, ids), payer_id=organisation.id, actor=system_actor("fees"))


def test_the_same_event_asks_once__FE_DEM_01():
    organisation = accounts.organisation()
    assert asked(organisation) == asked(organisation)
    assert Demand.objects.count() == 1


def test_what_the_account_lacks_is_told_and_nothing_is_taken__FE_DEM_03():
    organisation = accounts.organisation()
    one, two = asked(organisation), asked(organisation, "penalty:2")
    account_credit(
        organisation_id=organisation.id,
        amount=Decimal("30.00"),
        currency="EUR",
        reference="R1",
        actor=accounts.actor(Role.SUPERVISOR),
    )
    assert paid(organisation, one, two) == 2_000
    assert set(Demand.objects.values_list("state", flat=True)) == {"open"}
    assert paid(organisation, one) == 0
    assert paid(organisation, one) == 0  # once
    assert Account.objects.get(kind="trader").balance_minor == 500
    assert sum(Posting.objects.values_list("amount_minor", flat=True)) == 0


def test_what_is_ended_is_not_paid_and_has_a_reason__FE_DEM_04():
    organisation = accounts.organisation()
    demand_id = asked(organisation)
    with unit_of_work() as work:
        demand_end(work, demands_lock(work, [demand_id])[0], "remit", reason="First error", actor=system_actor("fees"))
    with pytest.raises(TransitionRefused):
        paid(organisation, demand_id)


@pytest.mark.parametrize("change", ["amount_minor = 1", "source = 'x'", "state = 'cancelled', settled_at = now()"])
def test_the_database_refuses_to_change_what_was_asked(change):
    demand_id = asked(accounts.organisation())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE fees_demand SET {change} WHERE id = %s", [demand_id])
