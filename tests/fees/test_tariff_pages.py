"""Pages of changes of the tariff: two people walk from the files to the version in force."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fees.models import TariffChange, TariffVersion
from singlewindow.accounts.permissions import Role
from singlewindow.approvals.models import Proposal
from tests.factories import accounts
from tests.factories.tariff import FIRST, changed, coffee_at, envelope_read, enveloped, files, measure_records

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(accounts.user(role), backend=BACKEND)
    return client


def sent(client: Client, given: dict[str, bytes]):
    uploads = [SimpleUploadedFile(name, content) for name, content in given.items()]
    return client.post(reverse("fees:tariff-change-new"), {"files": uploads})


@pytest.mark.parametrize("second", [Role.SUPERVISOR])
@pytest.mark.parametrize("first", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_two_people_walk_from_the_files_to_the_version_in_force(loaded_whole, first, second):
    one, other = signed_in(first), signed_in(second)
    address = sent(one, coffee_at("9.5 %")).headers["Location"]
    page = one.get(address).content.decode()
    for text in ("7.5 %", "9.5 %", "Propose to a second person", "duty · A00 · import · 090121 · 1011"):
        assert text in page
    assert TariffVersion.objects.count() == 1
    page = one.post(address, {"act": "propose"}, follow=True).content.decode()
    assert "when another person agrees" in page
    assert "Read the proposal and decide" not in page
    proposal = Proposal.objects.get(kind="tariff.change")
    assert reverse("approvals:proposal", args=[proposal.pk]) in other.get(address).content.decode()
    page = other.get(reverse("approvals:proposal", args=[proposal.pk])).content.decode()
    assert "Tariff changes" in page
    other.post(reverse("approvals:proposal", args=[proposal.pk]), {"decision": "grant", "reason": "Read the law."})
    assert TariffVersion.objects.count() == 2
    assert "In force" in one.get(reverse("fees:tariff-changes")).content.decode()


def test_an_envelope_shows_what_the_tariff_does_not_hold(loaded_whole):
    client = signed_in(Role.SUPERVISOR)
    components = ("duty.expression.id=01|duty.amount=9", "duty.expression.id=14")
    content = enveloped(
        *measure_records(type="552", area="CN", components=components),
        *measure_records(900_002, type="552", area="IN", code="0901220000"),
    )
    address = sent(client, {"260001.xml": content}).headers["Location"]
    page = client.get(address).content.decode()
    for text in ("What the tariff does not hold", "measure 900001", "Meursing", "TARIC3 envelope"):
        assert text in page


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({}, 422, "Choose files first."),
        ({"measures.csv": b"a,b\n1,2\n"}, 422, "the header must be"),
        ({"tariffs.csv": b"a\n"}, 422, "the name is none of"),
        ({"1.xml": b"<a/>", "2.xml": b"<a/>"}, 422, "one envelope alone"),
        ({"1.xml": b"<a>"}, 400, "not well-formed"),
    ],
)
def test_what_cannot_be_read_is_told_on_the_page(loaded_whole, given, status, told):
    answer = sent(signed_in(Role.SUPERVISOR), given)
    assert answer.status_code == status
    assert told in answer.content.decode()
    assert not TariffChange.objects.exists()


def test_a_draft_can_be_put_away_and_an_unknown_act_does_nothing(loaded_whole):
    client = signed_in(Role.SUPERVISOR)
    address = sent(client, coffee_at("9.5 %")).headers["Location"]
    assert client.post(address, {"act": "enact"}).status_code == 404
    assert client.post(address, {"act": "discard"}).status_code == 302
    answer = client.post(address, {"act": "propose"})
    assert answer.status_code == 409
    assert TariffChange.objects.get().state == "DECLINED"


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.AUDITOR, True), (Role.RISK_ANALYST, True), (Role.TRADER, False), (Role.OFFICER, False), (None, False)],
)
def test_who_may_not_prepare_sees_at_most(loaded_whole, role, sees):
    change_id = envelope_read(enveloped(*measure_records(type="552", area="CN")))
    client = signed_in(role) if role else Client()
    shown = 200 if sees else 404 if role else 302
    assert client.get(reverse("fees:tariff-changes")).status_code == shown
    assert client.get(reverse("fees:tariff-change", args=[change_id])).status_code == shown
    assert client.get(reverse("fees:tariff-change-new")).status_code == (404 if role else 302)
    if sees:
        assert client.post(reverse("fees:tariff-change", args=[change_id]), {"act": "propose"}).status_code == 403
    assert TariffChange.objects.get().state == "DRAFT"


def test_the_pages_ask_the_same_number_of_questions_however_much_changes(loaded_whole):
    client = signed_in(Role.SUPERVISOR)
    few = sent(client, coffee_at("9.5 %")).headers["Location"]
    many = files(("charges.csv", "CUS-EXP", "CUS-EXX"), only=("measures.csv", "charges.csv"))
    many["measures.csv"] = many["measures.csv"].replace(b"schedule 1", b"first schedule")
    much = sent(client, many).headers["Location"]

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    assert asked(few) == asked(much) <= 12
    assert asked(reverse("fees:tariff-changes")) <= 12


def test_the_rows_are_paged_and_can_be_narrowed(loaded_whole):
    client = signed_in(Role.SUPERVISOR)
    many = files(only=("measures.csv",))
    many["measures.csv"] = many["measures.csv"].replace(b"schedule 1", b"first schedule")
    address = sent(client, many).headers["Location"]
    page = client.get(address).content.decode()
    assert page.count('<bdi dir="ltr">duty ·') + page.count('<bdi dir="ltr">excise ·') == 50
    assert "cursor=" in page
    assert "No such row" in client.get(f"{address}?action=added").content.decode()
    assert "No such row" in client.get(f"{address}?sheet=charges").content.decode()
    assert client.get(f"{address}?cursor=nonsense").status_code == 400


def test_the_change_stays_readable_when_the_tariff_moved(loaded_whole):
    client = signed_in(Role.SUPERVISOR)
    address = sent(client, coffee_at("9.5 %")).headers["Location"]
    changed(coffee_at("8 %"), by=FIRST)
    assert "The tariff changed meanwhile" in client.get(address).content.decode()
    assert client.post(address, {"act": "propose"}).status_code == 409
