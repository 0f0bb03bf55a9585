"""Pages and addresses of penalties: the walk of a trader and of two officers."""

import json

import pytest
from django.test import Client

from declarations.selectors import declaration_head
from singlewindow.accounts.permissions import Role
from singlewindow.penalties.models import Disclosure, Penalty
from tests.factories import accounts
from tests.factories.clearance import country_load, jobs_do, lodged, trader_rich
from tests.factories.penalties import disclosed, notified

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader(db):
    country_load()
    return trader_rich()


@pytest.fixture
def released(trader):
    declaration_id = lodged(trader)
    jobs_do(declaration_id)
    return declaration_head(declaration_id)


def signed_in(role, of=None):
    client = Client()
    client.force_login(accounts.user(role, of=of))
    return client


def test_an_error_is_previewed_disclosed_charged_answered_and_decided(trader, released):
    mine, officer, supervisor = (
        signed_in(Role.TRADER, of=trader),
        signed_in(Role.OFFICER),
        signed_in(Role.SUPERVISOR),
    )
    told = {"mrn": released.mrn, "offence": "ORG", "facts": "Made elsewhere.", "evaded": "1000", "element": ""}
    page = mine.post("/disclosures/new", told | {"act": "preview"})
    assert page.status_code == 200
    assert "420.00" in page.content.decode()  # 525.00 less a fifth for a first breach: without disclosure
    assert Disclosure.objects.count() == 0
    assert mine.post("/disclosures/new", told | {"act": "file"}).status_code == 302
    assert "Before notice" in officer.get("/disclosures/?state=filed").content.decode()
    held = {
        "mrn": released.mrn,
        "party": "trader",
        "offence": "ORG",
        "degree": "careless",
        "facts": "F",
        "base": "1000",
    }
    assert officer.post("/penalties/new", held).status_code == 302
    row = Penalty.objects.get()
    address = f"/penalties/{row.pk}"
    assert "disclosed before customs" in mine.get(address).content.decode()
    assert mine.post(address, {"act": "issue", "reason": "x"}).status_code == 403
    assert mine.post(address, {"act": "answer", "text": "Sorry."}).status_code == 302
    assert supervisor.post(address, {"act": "issue", "reason": "As stated."}).status_code == 302
    page = mine.get(address).content.decode()
    assert "52.50" in page
    assert "As stated." in page


def test_strangers_find_nothing(trader, released):
    row, told = notified(released), disclosed(released, accounts.actor(Role.TRADER, of=trader))
    stranger = signed_in(Role.TRADER)
    for address in (f"/penalties/{row.pk}", f"/disclosures/{told.pk}"):
        assert stranger.get(address).status_code == 404
    assert released.mrn not in stranger.get("/penalties/").content.decode()
    assert stranger.get("/penalties/new").status_code == 404
    assert stranger.post("/disclosures/new", {"mrn": released.mrn}).status_code == 422


@pytest.mark.parametrize(("address", "bound"), [("/penalties/", 16), ("/disclosures/", 16)])
def test_a_list_takes_the_same_queries_however_long(trader, released, address, bound, django_assert_max_num_queries):
    for offence in ("ORG", "VAL", "INC"):
        notified(released, offence=offence)
        disclosed(released, accounts.actor(Role.TRADER, of=trader), offence=offence)
    officer = signed_in(Role.OFFICER)
    with django_assert_max_num_queries(bound):
        assert officer.get(address).status_code == 200


def test_software_discloses_once_a_key_and_reads_what_is_held_against_it(trader, released, client):
    token = accounts.token(of=trader, scopes="declarations")
    head = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": "disclosure-0001"}
    body = {"mrn": released.mrn, "offence": "ORG", "facts": "Made elsewhere.", "evaded": "10.50"}
    answers = [
        client.post("/api/v1/disclosures", json.dumps(body), content_type="application/json", **head) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Disclosure.objects.count() == 1
    notified(released)
    listed = client.get("/api/v1/penalties", HTTP_AUTHORIZATION=f"Bearer {token}").json()
    assert listed["penalties"][0]["mitigations"][0]["code"] == "DISC"
    foreign = accounts.token(of=accounts.organisation(), scopes="declarations")
    head |= {"HTTP_AUTHORIZATION": f"Bearer {foreign}"}
    assert (
        client.post("/api/v1/disclosures", json.dumps(body), content_type="application/json", **head).status_code == 404
    )
    assert client.get("/api/v1/penalties", HTTP_AUTHORIZATION=f"Bearer {foreign}").json()["penalties"] == []
