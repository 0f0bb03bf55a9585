"""Value limits, single use, re-credit, thresholds, uses; and the invariant over any sequence (AG-020)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Permit, WriteOff
from agencies.selectors import needs_for, permits_out_of_balance, requirements_for
from agencies.services import permit_write_off, permits_consume, permits_free, permits_reserve, write_off_reverse
from agencies.services.changes import permits_change
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import DomainError
from tests.factories import accounts, agencies
from tests.factories.agencies import AT, citing, oranges, snapshot

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def reserved(trader: Organisation, permit: Permit, *items: dict) -> tuple:
    rows = [{"documents": citing(permit.number), **item} for item in items or ({},)]
    declaration = snapshot(oranges(*rows, trader=trader.identifier), of=trader)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=AT)
    return declaration, [outcome.state.value for outcome in outcomes]


@pytest.mark.parametrize(
    ("limit", "state"), [("500", "reserved"), ("499.99", "exhausted")], ids=["enough", "a cent short"]
)
def test_AG_020_a_permit_limited_by_value_is_never_exceeded(trader, limit, state):
    permit = agencies.permit(trader, value_limit=Decimal(limit), currency="EUR")
    price = {"price": {"amount": "500", "currency": "EUR"}}
    declaration, states = reserved(trader, permit, price)
    assert states == [state]
    permit.refresh_from_db()
    assert permit.value_used == (500 if state == "reserved" else 0)
    with unit_of_work() as work:
        permits_free(work, declaration.id, actor=SYSTEM, at=AT)
    permit.refresh_from_db()
    assert (permit.value_used, permits_out_of_balance()) == (0, [])


def test_a_permit_for_single_use_serves_one_declaration_and_another_when_it_is_given_back(trader):
    permit = agencies.permit(trader, single_use=True)
    first, states = reserved(trader, permit, {}, {})
    assert states == ["reserved", "reserved"]
    assert reserved(trader, permit)[1] == ["exhausted"]
    with unit_of_work() as work:
        permits_free(work, first.id, actor=SYSTEM, at=AT)
    assert reserved(trader, permit)[1] == ["reserved"]


def test_AG_025_what_was_used_at_release_comes_back_as_a_recredit_once(trader):
    permit = agencies.permit(trader)
    declaration, _ = reserved(trader, permit)
    with unit_of_work() as work:
        permits_consume(work, declaration.id, actor=SYSTEM, at=AT)
    for _ in range(2):
        with unit_of_work() as work:
            permits_free(work, declaration.id, actor=SYSTEM, at=AT)
    assert list(WriteOff.objects.order_by("id").values_list("kind", flat=True)) == ["reserve", "consume", "recredit"]
    permit.refresh_from_db()
    assert permit.used == 0


def test_AG_013_less_than_the_exempt_quantity_needs_no_permit(trader):
    agencies.requirement(exempt_below=Decimal(10))
    on = date(2026, 6, 1)
    assert requirements_for(oranges({"net_mass_kg": "10"}), on)
    assert not requirements_for(oranges({"net_mass_kg": "9.999999"}), on)


def test_AG_014_a_requirement_of_certain_procedures_or_uses_is_asked_of_those_only(trader):
    agencies.requirement(procedures=["40", "61"], end_use="E01")
    on = date(2026, 6, 1)
    assert requirements_for(oranges({"procedure": "4000", "additional_procedures": ["E01"]}), on)
    assert not requirements_for(oranges({"procedure": "4000"}), on)
    assert not requirements_for(oranges({"procedure": "5100", "additional_procedures": ["E01"]}), on)


def test_the_finder_tells_issuer_law_fee_time_conditions_and_ways_around(django_assert_max_num_queries):
    agencies.requirement(sla_hours=24, conditions="Free of leaves", documents=["N851"], exempt_below=Decimal(5))
    asked = {"commodity_code": "0805102000", "direction": "import", "country": "MA", "on": date(2026, 6, 1)}
    needs_for(**asked)
    with django_assert_max_num_queries(1):
        (need,) = needs_for(**asked)
    assert (need.agency, need.lpco_code, need.sla_hours, need.conditions) == ("PHY", "7P01", 24, "Free of leaves")
    assert (need.documents, need.disclaimers) == (("N851",), (("7W01", "Goods for laboratory use"),))
    assert not needs_for(**asked, quantity=Decimal("4.9"))
    assert not needs_for(**(asked | {"direction": "export"}))
    assert not needs_for(**(asked | {"on": date(2023, 12, 31)}))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "consume", "free", "change", "change_released", "manual", "reverse"]),
        st.integers(0, 4),
        st.decimals("0.000001", "70", places=6),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS, tolerance=st.sampled_from(["0", "0.05", "1"]))
def test_AG_020_whatever_happens_a_permit_is_neither_exceeded_nor_out_of_balance(trader, acts, tolerance):
    """Any sequence of reservation, release, amendment, invalidation, entry by hand and reversal."""
    permit = agencies.permit(trader, tolerance=Decimal(tolerance))
    officer = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
    lodged = [snapshot(oranges(trader=trader.identifier), of=trader) for _ in range(5)]
    for act, which, quantity in acts:
        declaration = lodged[which]
        message = oranges({"documents": citing(permit.number, quantity=str(quantity), unit="KGM")})
        message = message.model_copy(update={"importer": declaration.message.importer})
        newer = replace(declaration, message=message, version=declaration.version + 1)
        try:
            with unit_of_work() as work:
                if act == "reserve":
                    permits_free(work, declaration.id, actor=SYSTEM, at=AT)
                    permits_reserve(work, newer, actor=SYSTEM, at=AT)
                elif act == "consume":
                    permits_consume(work, declaration.id, actor=SYSTEM, at=AT)
                elif act == "free":
                    permits_free(work, declaration.id, actor=SYSTEM, at=AT)
                elif act.startswith("change"):
                    permits_change(work, newer, actor=SYSTEM, at=AT, consumed=act == "change_released")
                elif act == "manual":
                    permit_write_off(permit_id=permit.pk, actor=officer, quantity=quantity, unit="KGM", reason="x")
                else:
                    entry = WriteOff.objects.filter(permit=permit, kind="manual").first()
                    if entry is not None:
                        write_off_reverse(permit_id=permit.pk, entry_id=entry.pk, actor=officer, reason="x")
        except DomainError:
            pass
        else:
            if act in ("reserve", "change", "change_released"):
                lodged[which] = newer
        permit.refresh_from_db()
        assert 0 <= permit.used <= permit.quantity * (1 + permit.tolerance)
        assert permits_out_of_balance() == []
