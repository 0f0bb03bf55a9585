"""The life of a permit outside declarations: by hand, suspended, expired (AG-024, AG-040 to AG-042, L3)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from agencies.models import Permit, WriteOff
from agencies.selectors import permits_out_of_balance
from agencies.services import permit_issue, permit_step, permit_write_off
from agencies.services.permits import EXPIRY_TASK, PermitOrder
from agencies.tasks import expire
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, NotFound, NotPermitted, RuleViolated, TransitionRefused
from tests.factories import accounts, agencies

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def officer() -> Actor:
    return accounts.actor(Role.AGENCY_OFFICER)


def write_off(permit: Permit, actor: Actor, *, quantity="10", unit="KGM", reason="Landed from a yacht", at=NOON):
    with clock.frozen(at):
        return permit_write_off(permit_id=permit.pk, actor=actor, quantity=Decimal(quantity), unit=unit, reason=reason)


def test_AG_024_an_officer_writes_off_by_hand_with_a_reason(trader, officer):
    permit = agencies.permit(trader)
    assert write_off(permit, officer).remaining == 90
    entry = WriteOff.objects.get(permit=permit)
    assert (entry.kind, entry.reason, entry.declaration_id) == ("manual", "Landed from a yacht", None)
    assert permits_out_of_balance() == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"quantity": "0"}, "AG-004"),
        ({"quantity": "-1"}, "AG-004"),
        ({"quantity": "1e-7"}, "AG-004"),
        ({"quantity": "NaN"}, "AG-004"),
        ({"quantity": "Infinity"}, "AG-004"),
        ({"unit": "TNE"}, "AG-004"),
        ({"at": datetime(2027, 1, 1, tzinfo=UTC)}, "AG-002"),
        ({"at": datetime(2025, 12, 31, 23, 59, tzinfo=UTC)}, "AG-002"),
        ({"quantity": "100.000001"}, "AG-020"),
        ({"reason": " "}, "AG-041"),
    ],
    ids=[
        "zero",
        "negative",
        "too fine",
        "no number",
        "endless",
        "other unit",
        "expired",
        "early",
        "too much",
        "no reason",
    ],
)
def test_L3_a_write_off_that_cannot_be_is_refused_and_changes_nothing(trader, officer, change, rule):
    permit = agencies.permit(trader)
    with pytest.raises(RuleViolated) as refused:
        write_off(permit, officer, **change)
    assert [found.rule for found in refused.value.violations] == [rule]
    assert not WriteOff.objects.exists()


@pytest.mark.parametrize("state", ["suspended", "revoked", "expired"])
def test_L3_nothing_is_written_off_a_permit_that_is_out_of_force(trader, officer, state):
    with pytest.raises(RuleViolated) as refused:
        write_off(agencies.permit(trader, state=state), officer)
    assert refused.value.violations[0].rule == "AG-002"


def test_only_the_issuing_agency_writes_off_or_changes_a_permit(trader):
    permit = agencies.permit(trader)
    vet = accounts.actor(Role.AGENCY_OFFICER, agency="VET")
    with pytest.raises(NotFound):
        write_off(permit, vet)
    with pytest.raises(NotFound):
        permit_step(permit_id=permit.pk, actor=vet, step="revoke", reason="x")
    with pytest.raises(NotPermitted):
        permit_step(permit_id=permit.pk, actor=accounts.actor(of=trader), step="revoke", reason="x")


def test_AG_041_a_revoked_permit_stays_revoked(trader, officer):
    permit = agencies.permit(trader)
    permit_step(permit_id=permit.pk, actor=officer, step="revoke", reason="False documents")
    for step in ("reinstate", "suspend", "revoke", "expire", "exhaust"):
        with pytest.raises(TransitionRefused):
            permit_step(permit_id=permit.pk, actor=officer, step=step, reason="x")


def test_AG_041_a_used_up_permit_is_still_used_up_after_its_suspension(trader, officer):
    permit = agencies.permit(trader)
    write_off(permit, officer, quantity="100")
    permit_step(permit_id=permit.pk, actor=officer, step="suspend", reason="Outbreak")
    assert permit_step(permit_id=permit.pk, actor=officer, step="reinstate", reason="Over").state == "exhausted"


def test_AG_042_a_permit_is_marked_expired_by_its_timer_after_its_last_day(trader, officer):
    agencies.agency()
    order = PermitOrder(
        code="7P01",
        number="PHY-77",
        holder=trader.identifier,
        hs_prefix="0805",
        direction="import",
        quantity=Decimal(5),
        unit="KGM",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 6, 30),
    )
    issued = permit_issue(actor=officer, order=order)
    job = Job.objects.get(kind=EXPIRY_TASK)
    assert job.not_before == datetime(2026, 7, 1, tzinfo=UTC)
    with clock.frozen(datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)):
        assert issued.state_on(clock.today()) == "issued"
    with clock.frozen(job.not_before):
        assert issued.state_on(clock.today()) == "expired"
        expire([job.pk])
        expire([job.pk])
    assert Permit.objects.get(pk=issued.id).state == "expired"


def test_an_unknown_holder_is_named_beside_every_other_fault(officer):
    agencies.agency()
    order = PermitOrder(
        code="N853",
        number="",
        holder="ZZNOBODY",
        hs_prefix="1",
        direction="both",
        quantity=Decimal(0),
        unit="",
        valid_from=date(2026, 1, 2),
        valid_to=date(2026, 1, 1),
        tolerance=Decimal(2),
    )
    with pytest.raises(DomainError) as refused:
        permit_issue(actor=officer, order=order)
    pointers = [found.pointer for found in refused.value.violations]
    assert pointers == [
        "/holder", "/code", "/number", "/hs_prefix", "/direction", "/quantity", "/unit", "/tolerance", "/valid_to",
    ]  # fmt: skip
