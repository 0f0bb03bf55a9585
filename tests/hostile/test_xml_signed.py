"""X14 to X17: messages that are signed, and those that only look so, on the running application."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from lxml import etree

from declarations.messages.signed import opened
from declarations.models import ChangeRequest, Declaration
from singlewindow.accounts.certificates import certificate_register, certificate_revoke, signatures_set
from singlewindow.accounts.models import Organisation, SigningCertificate
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, SignatureInvalid
from tests.factories import accounts
from tests.factories.cds import DEC, declaration_xml, plain_for_xml
from tests.factories.declarations import import_json, lrn_new
from tests.factories.edifact import interchange
from tests.factories.lowvalue import as_csv, cells
from tests.factories.signing import DS, certificate, signed
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)
XML = "application/xml"
TRANSFORMS = f'<ds:Transforms xmlns:ds="{DS}">'


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def software(trader: Organisation) -> Software:
    return Software(trader)


def message(trader: Organisation, **changes: object) -> bytes:
    made = plain_for_xml(import_json(1, lrn=lrn_new("SIG"), trader=trader.identifier, **changes))
    return declaration_xml(made, wrapped="metadata")


def registered(trader: Organisation, pem: str) -> SigningCertificate:
    return certificate_register(actor=accounts.actor(Role.ADMINISTRATOR), organisation=trader, pem=pem)


def refused(software: Software, body: bytes, status: int, code: str) -> None:
    before = Declaration.objects.count()
    for path in ("/api/v1/declarations", "/api/v1/messages"):
        response = software.post(body, content_type=XML, path=path)
        assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert Declaration.objects.count() == before


@pytest.mark.parametrize("path", ["/api/v1/declarations", "/api/v1/messages"])
def test_a_message_signed_with_a_registered_certificate_is_taken(software, trader, path):
    pem = certificate()
    registered(trader, pem)
    response = software.post(signed(message(trader), pem), content_type=XML, path=path)
    assert response.status_code == 201, response.content
    assert Declaration.objects.get(lodged_by=trader).item_count == 1


def test_an_unsigned_message_is_taken_unless_the_organisation_demands_signatures(software, trader):
    assert software.post(message(trader), content_type=XML).status_code == 201
    signatures_set(actor=accounts.actor(Role.ADMINISTRATOR), organisation=trader, required=True)
    refused(software, message(trader), 401, "signature.required")
    pem = certificate()
    registered(trader, pem)
    assert software.post(signed(message(trader), pem), content_type=XML).status_code == 201


WITHOUT_A_SIGNATURE = {
    "JSON": ("/api/v1/declarations", "application/json"),
    "JSON of any family": ("/api/v1/messages", "application/json"),
    "UN/EDIFACT": ("/api/v1/messages", "application/edifact"),
    "a list of low value": ("/api/v1/messages", "application/octet-stream"),
    "a list at its own address": ("/api/v1/bulk-files", "text/csv"),
    "an amendment": ("/api/v1/declarations/{id}/amendments", "application/json"),
    "an amendment in XML": ("/api/v1/declarations/{id}/amendments?reason=price&version=1", XML),
    "an invalidation": ("/api/v1/declarations/{id}/invalidations", "application/json"),
    "a presentation": ("/api/v1/declarations/{id}/presentation", "application/json"),
}


@pytest.mark.parametrize("way", WITHOUT_A_SIGNATURE)
def test_where_signatures_are_demanded_no_way_of_filing_leads_around_them(trader, way):
    software = Software(trader, role=Role.OPERATOR)
    lodged = software.lodged(import_json(1, lrn=lrn_new("SIG"), trader=trader.identifier, presented=False))
    signatures_set(actor=accounts.actor(Role.ADMINISTRATOR), organisation=trader, required=True)
    path, media = WITHOUT_A_SIGNATURE[way]
    bodies = {
        "UN/EDIFACT": interchange(sender=trader.identifier),
        "a list of low value": as_csv([cells()]),
        "a list at its own address": as_csv([cells()]),
        "an amendment": {"version": 1, "reason": "price", "operations": [{"op": "remove", "pointer": "/ucr"}]},
        "an amendment in XML": message(trader),
        "an invalidation": b'{"version":1,"reason":"not coming"}',
        "a presentation": b"",
    }
    body = bodies.get(way, import_json(1, lrn=lrn_new("SIG"), trader=trader.identifier))
    events, rows = Event.objects.filter(verb=Verb.REQUEST_DENIED).count(), Declaration.objects.values_list("version")
    before = sorted(rows)
    response = software.post(body, path=path.format(id=lodged["id"]), content_type=media)
    assert (response.status_code, response.json()["code"]) == (401, "signature.required"), response.content
    assert sorted(rows.all()) == before
    assert not ChangeRequest.objects.exists()
    assert Event.objects.filter(verb=Verb.REQUEST_DENIED).count() == events + 1
    assert software.get(f"/api/v1/declarations/{lodged['id']}").status_code == 200


def test_an_amendment_in_XML_counts_with_its_signature(software, trader):
    lodged = software.lodged(import_json(1, lrn=lrn_new("SIG"), trader=trader.identifier, presented=False))
    pem = certificate()
    registered(trader, pem)
    signatures_set(actor=accounts.actor(Role.ADMINISTRATOR), organisation=trader, required=True)
    path = f"/api/v1/declarations/{lodged['id']}/amendments?reason=price&version=1"
    made = plain_for_xml(import_json(1, lrn=lodged["lrn"], trader=trader.identifier, presented=False))
    answer = software.post(signed(declaration_xml(made, wrapped="metadata"), pem), path=path, content_type=XML)
    assert answer.status_code in {201, 422}, answer.content
    assert answer.json().get("code") != "signature.required"


def test_a_signed_element_is_read_alone(software, trader):
    """The signature covers the declaration by its Id, and stands beside it."""
    pem = certificate()
    registered(trader, pem)
    body = message(trader).replace(b"<p:Declaration ", b'<p:Declaration Id="dec" ', 1)
    assert b'Id="dec"' in body
    response = software.post(signed(body, pem, uri="#dec"), content_type=XML)
    assert response.status_code == 422
    assert [error["code"] for error in response.json()["errors"]] == ["format.unknown_attribute"]


def test_X14_one_changed_byte_of_a_signed_message_breaks_it(software, trader):
    pem = certificate()
    registered(trader, pem)
    body = signed(message(trader), pem)
    assert b">85167100<" in body
    refused(software, body.replace(b">85167100<", b">85167101<"), 401, "signature.invalid")


def test_X14_a_forged_declaration_in_the_place_of_the_signed_one_is_refused(software, trader):
    """Wrapping: the signed declaration moves into the signature, a forged one takes its place."""
    pem = certificate()
    registered(trader, pem)
    body = message(trader).replace(b"<p:Declaration ", b'<p:Declaration Id="dec" ', 1)
    root = etree.fromstring(signed(body, pem, uri="#dec"))
    original = root.find(f"{{{DEC}}}Declaration")
    forged = etree.fromstring(etree.tostring(original))
    forged.set("Id", "other")
    next(forged.iter(f"{{{DEC}}}InvoiceAmount")).text = "1"
    root.replace(original, forged)
    holder = etree.SubElement(next(root.iter(f"{{{DS}}}Signature")), f"{{{DS}}}Object")
    holder.append(original)
    refused(software, etree.tostring(root), 401, "signature.invalid")
    forged.attrib.pop("Id")
    refused(software, etree.tostring(root), 401, "signature.invalid")
    root.remove(forged)
    assert software.post(etree.tostring(root), content_type=XML).status_code == 401


def test_X15_certificates_that_do_not_count(software, trader):
    pem = certificate()
    row = registered(trader, pem)
    body = signed(message(trader), pem)
    with clock.frozen(row.valid_to):
        refused_at(software, body, row.valid_to)
    admin = accounts.actor(Role.ADMINISTRATOR)
    certificate_revoke(actor=admin, certificate_id=row.pk, reason="key lost")
    refused(software, body, 401, "signature.invalid")
    with pytest.raises(NotFound):
        certificate_revoke(actor=admin, certificate_id=row.pk)
    early = certificate("early", valid_from=clock.now() + timedelta(hours=1))
    registered(trader, early)
    refused(software, signed(message(trader), early, name="early"), 401, "signature.invalid")
    stranger = certificate("stranger")
    refused(software, signed(message(trader), stranger, name="stranger"), 401, "signature.invalid")
    registered(accounts.organisation(), stranger)
    refused(software, signed(message(trader), stranger, name="stranger"), 401, "signature.invalid")


def refused_at(software: Software, body: bytes, at: object) -> None:
    """Tokens of the tests end before certificates do; the refusal itself is asked of the act behind the address."""
    actor = accounts.actor(Role.TRADER, of=software.organisation)
    with pytest.raises(SignatureInvalid):
        opened(actor, body)


def test_X15_a_certificate_for_another_use_is_neither_registered_nor_believed(software, trader):
    pem = certificate("wrong", signs=False)
    with pytest.raises(RuleViolated) as wrong:
        registered(trader, pem)
    assert [one.rule for one in wrong.value.violations] == ["SG-002"]
    SigningCertificate.objects.create(
        organisation=trader,
        pem=pem,
        sha256="0" * 64,
        subject="put in by hand",
        valid_from=clock.now() - timedelta(days=1),
        valid_to=clock.now() + timedelta(days=1),
    )
    refused(software, signed(message(trader), pem, name="wrong"), 401, "signature.invalid")
    for text, rule in (("no certificate", "SG-001"), (certificate("old", days=0), "SG-003")):
        with pytest.raises(RuleViolated) as wrong:
            registered(trader, text)
        assert [one.rule for one in wrong.value.violations] == [rule]


XSLT = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'
XPATH = (
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">'
    '<ds:XPath>document("/etc/passwd")</ds:XPath></ds:Transform>'
)
HOSTILE = {
    "XSLT": (r"(<ds:Transform )", rf"{XSLT}\1", "signature.transform"),
    "document() in XPath": (r"(<ds:Transform )", rf"{XPATH}\1", "signature.transform"),
    "a file": (r'<ds:Reference URI=""', '<ds:Reference URI="file:///etc/passwd"', "signature.reference"),
    "an address": (r'<ds:Reference URI=""', '<ds:Reference URI="http://127.0.0.1:1/x"', "signature.reference"),
    "xpointer": (r'<ds:Reference URI=""', "<ds:Reference URI=\"#xpointer(document('x'))\"", "signature.reference"),
    "no URI": (r'<ds:Reference URI=""', "<ds:Reference", "signature.reference"),
    "1,000 references": (r"(<ds:Reference .*?</ds:Reference>)", r"\1" * 1000, "signature.references"),
    "no reference": (r"(<ds:Reference .*?</ds:Reference>)", "", "signature.references"),
    "two signatures": (r"(<ds:Signature .*?</ds:Signature>)", r"\1\1", "signature.repeated"),
}


@pytest.mark.parametrize(("old", "new", "code"), HOSTILE.values(), ids=HOSTILE)
def test_X16_what_makes_a_verifier_fetch_run_or_toil_is_refused_before_any_cryptography(
    software, trader, old, new, code
):
    pem = certificate()
    registered(trader, pem)
    body = signed(message(trader), pem).decode()
    changed = re.sub(old, new, body, count=1, flags=re.DOTALL)
    assert changed != body
    refused(software, changed.encode(), 400, code)


@pytest.mark.parametrize("names", [("Id", "Id"), ("Id", "ID"), ("id", "x:Id")])
def test_X17_two_elements_with_one_id_are_refused(software, trader, names):
    pem = certificate()
    registered(trader, pem)
    body = signed(message(trader), pem).decode()
    body = re.sub(
        r"<(p:Declarant|p:Importer)>",
        lambda found: f'<{found[1]} xmlns:x="x:y" {names[found[1] == "p:Importer"]}="twice">',
        body,
    )
    assert body.count('"twice"') == 2
    refused(software, body.encode(), 400, "signature.duplicate_id")


def test_a_certificate_is_changed_by_a_revocation_alone(trader):
    row = registered(trader, certificate())
    for change in ({"pem": "x"}, {"valid_to": clock.now() + timedelta(days=9999)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SigningCertificate.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
