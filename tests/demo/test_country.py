"""The demonstration country: loaded twice it is there once, and low-risk trade leaves without a human."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count

from clearance.models import Case, SupplementaryObligation
from declarations.models import ChangeRequest, Declaration
from singlewindow.accounts.models import Membership
from singlewindow.accounts.permissions import Role
from singlewindow.cargo.models import Bill, CargoLink, Manifest
from singlewindow.cargo.selectors import bills_out_of_balance
from singlewindow.demo.people import CLIENT_ID
from singlewindow.demo.trade import COUNT
from singlewindow.documents.models import Document, DocumentLink
from singlewindow.ens.models import EntrySummary
from singlewindow.lowvalue.models import BulkFile
from singlewindow.webhooks.models import Delivery, WebhookEndpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(request: pytest.FixtureRequest) -> str:
    for command in ("load_fees", "load_agencies"):
        call_command(command, verbosity=0, stdout=StringIO())
    said = StringIO()
    call_command("load_demo", count=getattr(request, "param", COUNT), stdout=said)
    return said.getvalue()


def test_with_the_default_data_nine_of_ten_declarations_need_no_human(loaded: str) -> None:
    accepted = Case.objects.filter(accepted_at__isnull=False)
    easy = accepted.filter(lane__in=["GREEN", "BLUE"]).count()
    assert accepted.count() > 100
    assert easy >= 0.9 * accepted.count(), loaded
    assert accepted.filter(automatic=True).count() >= 0.9 * easy
    assert accepted.filter(lane__in=["YELLOW", "RED"]).exists()


@pytest.mark.parametrize("loaded", [5], indirect=True)
def test_a_second_load_adds_nothing(loaded: str) -> None:
    before = Declaration.objects.count()
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert Declaration.objects.count() == before
    assert "is there" in said.getvalue()


@pytest.mark.parametrize("loaded", [1], indirect=True)
def test_every_role_can_sign_in_and_is_printed(loaded: str) -> None:
    people = set(Role) - {Role.DEVICE}  # a camera is software
    assert {Role(role) for role in Membership.objects.values_list("role", flat=True)} == people
    said = StringIO()
    call_command("demo_accounts", stdout=said)
    assert all(role.value in said.getvalue() for role in people)
    assert CLIENT_ID in said.getvalue()


@pytest.mark.parametrize("loaded", [30], indirect=True)
def test_what_was_declared_is_in_manifests_and_a_little_is_not(loaded: str) -> None:
    assert bills_out_of_balance() == []
    states = set(CargoLink.objects.filter(accepted=True).values_list("state", flat=True))
    assert {"WRITTEN_OFF", "UNMANIFESTED"} <= states
    assert Bill.objects.filter(kind="house", master__isnull=False, arrived_at__isnull=False).count() == 3
    assert Manifest.objects.filter(state="ARRIVED").exists()


@pytest.mark.parametrize("loaded", [30], indirect=True)
def test_every_kind_of_filing_is_there_to_be_seen(loaded: str) -> None:
    states = set(EntrySummary.objects.values_list("state", flat=True))
    assert states == {"assessment_complete", "information_requested", "proposed"}
    assert SupplementaryObligation.objects.filter(state="OWED").count() == 2
    assert ChangeRequest.objects.filter(decided_at=None).count() == 1
    assert Document.objects.count() == 3
    assert DocumentLink.objects.values("document").annotate(times=Count("id")).filter(times=2).count() == 1
    assert BulkFile.objects.get().lines == 48
    assert Bill.objects.filter(keys__contains=["id:ZZPAR0001"]).count() == 48
    assert WebhookEndpoint.objects.get().state == "PAUSED"
    assert not Delivery.objects.filter(state="DELIVERED", attempts=0).exists()
