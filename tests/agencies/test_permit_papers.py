"""A document is bound to a permit by page and API, and read by the permit's agency and by nobody else (DOC-LNK, A5)."""

from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Permit
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.documents.models import DocumentLink
from singlewindow.documents.types import DocumentInfo
from tests.agencies.test_pages import signed_in
from tests.documents.conftest import folders  # noqa: F401  (files of each test lie in a folder of its own)
from tests.factories import accounts, agencies
from tests.factories import documents as files
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def permit(trader: Organisation) -> Permit:
    return agencies.permit(trader)


@pytest.fixture
def document(trader: Organisation) -> DocumentInfo:
    return files.document(accounts.actor(of=trader), code="N851", reference="PHYTO 1")


def path_of(permit: Permit) -> str:
    return f"/api/v1/permits/{permit.pk}/documents"


def test_a_document_is_bound_by_API_once_and_read_by_the_agency(
    trader: Organisation, permit: Permit, document: DocumentInfo
) -> None:
    software = Software(trader)
    officer = signed_in(Role.AGENCY_OFFICER)
    assert officer.get(f"/documents/{document.id}/content").status_code == 404
    for _ in range(2):
        assert software.post({"document_id": str(document.id)}, path=path_of(permit)).status_code == 201
    link = DocumentLink.objects.get()
    assert (link.subject, link.subject_id) == ("permit", permit.pk)
    assert Event.objects.filter(verb="document.linked", subject_type="permit").count() == 1
    (row,) = software.get(path_of(permit)).json()["documents"]
    assert row["id"] == str(document.id)
    assert officer.get(f"/documents/{document.id}/content", follow=True).content.startswith(b"%PDF")
    assert "PHYTO 1" in officer.get(f"/agency/permits/{permit.pk}").content.decode()
    assert signed_in(Role.AGENCY_OFFICER, agency="VET").get(f"/documents/{document.id}/content").status_code == 404


def test_a_document_is_bound_on_the_page_of_the_permit(
    trader: Organisation, permit: Permit, document: DocumentInfo
) -> None:
    client = signed_in(Role.TRADER, of=trader)
    assert "Bind a document" in client.get(f"/permits/{permit.pk}").content.decode()
    page = client.post(f"/permits/{permit.pk}/documents", {"document": str(document.id)}, follow=True).content.decode()
    assert "PHYTO 1" in page
    assert f"/permits/{permit.pk}" in client.get(f"/documents/{document.id}/").content.decode()
    client.post(f"/permits/{permit.pk}/documents", {"document": "nothing"})
    assert DocumentLink.objects.count() == 1


def test_A5_another_traders_document_and_permit_do_not_exist(
    trader: Organisation, permit: Permit, document: DocumentInfo
) -> None:
    other = accounts.organisation()
    foreign = files.document(accounts.actor(of=other))
    software, stranger = Software(trader), Software(other)
    assert stranger.post({"document_id": str(foreign.id)}, path=path_of(permit)).status_code == 404
    assert stranger.get(path_of(permit)).status_code == 404
    for wrong in (foreign.id, uuid4()):
        refused = software.post({"document_id": str(wrong)}, path=path_of(permit))
        assert (refused.status_code, refused.json()["code"]) == (422, "document.unknown")
    page = signed_in(Role.TRADER, of=other).post(f"/permits/{permit.pk}/documents", {"document": str(foreign.id)})
    assert page.status_code == 404
    officer = signed_in(Role.AGENCY_OFFICER)
    assert officer.post(f"/permits/{permit.pk}/documents", {"document": str(document.id)}).status_code == 404
    assert "/sign-in" in Client().post(f"/permits/{permit.pk}/documents")["Location"]
    assert not DocumentLink.objects.exists()


@pytest.mark.parametrize("body", [{}, {"document_id": 5}, {"document_id": "x", "more": "y"}, []])
def test_a_body_that_names_no_document_is_refused(trader: Organisation, permit: Permit, body: object) -> None:
    assert Software(trader).post(body, path=path_of(permit)).status_code == 400
