"""Pages of applications, review, certificates and entries by hand: who sees them, what they cost, what they refuse."""

from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Application, ApplicationPart, ContingencyEntry, ForeignCertificate
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from tests.factories import accounts, agencies
from tests.factories.agencies import application_json, applied, goods_json
from tests.factories.certificates import number_new, sps_xml
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db

TRADER_PAGES = ("/permits/applications/", "/permits/applications/new")
AGENCY_PAGES = ("/agency/applications/", "/agency/certificates/", "/agency/contingency/")


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def signed_in(role: Role, **of: Any) -> Client:
    client = Client()
    client.force_login(accounts.user(role, **of), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("path", [*TRADER_PAGES, *AGENCY_PAGES])
def test_pages_are_for_those_whose_work_they_are(path, trader):
    assert Client().get(path).status_code == 302
    agencies.agency()
    trader_sees = signed_in(Role.TRADER, of=trader).get(path).status_code
    officer_sees = signed_in(Role.AGENCY_OFFICER, agency="PHY").get(path).status_code
    assert (trader_sees, officer_sees) == ((200, 404) if path in TRADER_PAGES else (404, 200))


def test_the_lists_cost_the_same_whatever_their_length(trader, django_assert_max_num_queries):
    agencies.requirement()
    web, officer = signed_in(Role.TRADER, of=trader), signed_in(Role.AGENCY_OFFICER, agency="PHY")
    for _ in range(6):
        applied(trader)
    for client, path, most in ((web, "/permits/applications/", 14), (officer, "/agency/applications/", 10)):
        client.get(path)
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
    sent = Application.objects.first()
    part = ApplicationPart.objects.get(application=sent)
    for client, path, most in (
        (web, f"/permits/applications/{sent.pk}", 16),
        (officer, f"/agency/applications/{part.pk}", 16),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_a_draft_with_faults_is_shown_again_with_each_at_its_field(trader):
    agencies.requirement()
    web = signed_in(Role.TRADER, of=trader)
    typed = {"holder": str(trader.pk), "direction": "import", "valid_from": "", "valid_to": "2030-12-31"}
    typed |= {"goods-TOTAL_FORMS": "1", "goods-INITIAL_FORMS": "0", "goods-0-commodity_code": "08x"}
    page = web.post("/permits/applications/new", typed)
    assert page.status_code == 422
    assert "4, 6, 8 or 10 digits." in page.content.decode()
    assert not Application.objects.exists()


def test_a_trader_may_not_apply_for_somebody_elses_organisation(trader):
    agencies.requirement()
    other = accounts.organisation()
    web = signed_in(Role.TRADER, of=trader)
    typed = {"holder": str(other.pk), "direction": "import", "valid_from": "2026-01-01", "valid_to": "2030-12-31"}
    typed |= {"goods-TOTAL_FORMS": "0", "goods-INITIAL_FORMS": "0"}
    assert web.post("/permits/applications/new", typed).status_code == 422


def test_an_officer_refuses_with_reason_and_law_and_is_told_what_lacks(trader):
    agencies.requirement()
    part_id = applied(trader).parts[0].id
    officer = signed_in(Role.AGENCY_OFFICER, agency="PHY")
    path = f"/agency/applications/{part_id}"
    assert officer.post(path, {"act": "refuse", "refuse-reason": "Pest", "refuse-law": ""}).status_code == 422
    assert officer.post(path, {"act": "refuse", "refuse-reason": "Pest", "refuse-law": "Act, s. 9"}).status_code == 302
    again = officer.post(path, {"act": "refuse", "refuse-reason": "Pest", "refuse-law": "Act, s. 9"})
    assert again.status_code == 302, "it has moved on: nothing is changed"
    assert ApplicationPart.objects.get().state == "refused"
    assert signed_in(Role.AGENCY_OFFICER, agency="VET").get(path).status_code == 404


def test_A7_who_proposed_does_not_agree_also_on_the_page(trader):
    agencies.requirement(second_above="50")
    part_id = applied(trader).parts[0].id
    first, second = (signed_in(Role.AGENCY_OFFICER, agency="PHY") for _ in range(2))
    path = f"/agency/applications/{part_id}"
    order = {"act": "issue", "issue-valid_from": "2026-01-01", "issue-valid_to": "2030-12-31", "issue-quantity_1": "90"}
    assert first.post(path, order).status_code == 302
    agreed = {"act": "agree", "agree-decision": "yes", "agree-reason": "Seen"}
    assert first.post(path, agreed).status_code == 403
    assert "Proposed to be issued" in second.get(path).content.decode()
    assert second.post(path, agreed).status_code == 302
    assert ApplicationPart.objects.get().state == "issued"


def test_a_certificate_is_taken_in_by_upload_and_its_faults_are_told():
    agencies.certificate_kind()
    officer = signed_in(Role.AGENCY_OFFICER, agency="PHY")
    good = SimpleUploadedFile("c.xml", sps_xml(number_new()), "application/xml")
    assert officer.post("/agency/certificates/", {"file": good}).status_code == 302
    row = ForeignCertificate.objects.get()
    assert row.number in officer.get(f"/agency/certificates/{row.pk}").content.decode()
    assert signed_in(Role.AGENCY_OFFICER, agency="VET").get(f"/agency/certificates/{row.pk}").status_code == 404
    for body in (b"<not-xml", sps_xml(status="99"), b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'):
        bad = SimpleUploadedFile("c.xml", body, "application/xml")
        assert officer.post("/agency/certificates/", {"file": bad}).status_code == 422


def test_software_of_an_agency_sends_certificates_and_everyone_elses_does_not(trader):
    agencies.certificate_kind()
    of_agency = accounts.organisation(name="Plant health")
    accounts.user(Role.AGENCY_OFFICER, of=of_agency, agency="PHY")
    sender = Software(of_agency, scopes="certificates", role=Role.AGENCY_OFFICER)
    number = number_new()
    sent = sender.post(sps_xml(number), path="/api/v1/certificates", content_type="application/xml")
    assert sent.status_code == 201, sent.content
    assert sent.json()["number"] == number
    stray = Software(accounts.organisation(), scopes="certificates", role=Role.AGENCY_OFFICER)
    assert stray.post(sps_xml(number), path="/api/v1/certificates", content_type="application/xml").status_code == 403
    other = Software(trader, scopes="declarations certificates")
    assert other.post(sps_xml(number), path="/api/v1/certificates", content_type="application/xml").status_code == 403


def test_software_applies_in_one_message_and_reads_what_came_of_it(trader):
    agencies.requirement()
    software = Software(trader)
    body = {"holder": trader.identifier, "application": application_json()}
    sent = software.post(body, path="/api/v1/permit-applications")
    assert sent.status_code == 201, sent.content
    one = software.get(sent["Location"]).json()
    assert [part["agency"] for part in one["parts"]] == ["PHY"]
    assert software.get("/api/v1/permit-applications").json()["applications"][0]["id"] == one["id"]
    stranger = Software(accounts.organisation())
    assert stranger.get(sent["Location"]).status_code == 404
    assert stranger.post(body, path="/api/v1/permit-applications").status_code == 403
    bad = software.post(
        {"holder": trader.identifier, "application": application_json(goods_json(quantity="0"))},
        path="/api/v1/permit-applications",
    )
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/goods/0/quantity")
    assert Application.objects.count() == 1, "a refused one leaves nothing"


def test_anyone_asks_the_finder_by_page_and_by_REST():
    agencies.requirement(sla_hours=24, conditions="Free of leaves", exempt_below="5")
    asked = "hs=0805102000&direction=import&country=MA&procedure=4000&on=2026-06-01"
    told = Client().get(f"/api/v1/requirements?{asked}")
    (need,) = orjson.loads(told.content)["requirements"]
    assert (need["agency"], need["hours"], need["exempt_below"], need["conditions"]) == (
        "PHY",
        24,
        "5",
        "Free of leaves",
    )
    page = Client().get(f"/requirements?{asked}").content.decode()
    assert "Free of leaves" in page
    for wrong in ("hs=08x&direction=import&country=MA", f"{asked}&colour=red", "hs=0805&direction=in&country=MA"):
        assert Client().get(f"/api/v1/requirements?{wrong}").status_code == 400
    assert Client().get("/requirements?hs=0805102000&direction=import&country=ma").status_code == 422


def test_an_entry_by_hand_that_fits_no_declaration_is_told(trader):
    agencies.agency()
    officer = signed_in(Role.OFFICER)
    typed = {
        "mrn": "26ZZ000000000001J0",
        "code": "7P01",
        "number": "P-1",
        "quantity": "1",
        "unit": "KGM",
        "cause": "issuer_down",
        "reference": "Call",
        "reason": "Down",
    }
    page = officer.post("/agency/contingency/", typed)
    assert page.status_code == 422
    assert "No declaration has this number." in page.content.decode()
    assert not ContingencyEntry.objects.exists()
