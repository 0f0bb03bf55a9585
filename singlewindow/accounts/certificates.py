"""Signing certificates of organisations: registered, revoked, and asked when a signed message comes."""

from uuid import UUID

from cryptography import x509
from lxml.etree import _Element

from singlewindow.accounts.models import Organisation, SigningCertificate
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, SignatureInvalid, Violation
from singlewindow.kernel.xml_signature import (
    TrustedCertificate,
    certificate_sha256,
    is_signed,
    may_sign,
    signature_verify,
)

MAX_PEM = 20_000


def certificate_register(*, actor: Actor, organisation: Organisation, pem: str) -> SigningCertificate:
    """Register a certificate by which an organisation signs, for the time that the certificate itself names.

    Source: docs/messages.md, Signed messages: SG-001 to SG-003.

    Raises:
        NotPermitted: the actor does not manage users.
        RuleViolated: SG-001 it is no certificate, SG-002 it may not sign, SG-003 it has expired.
        IntegrityError: it is registered already.
    """
    actor.require(Permission.MANAGE_USERS)
    certificate = _certificate(pem)
    with unit_of_work() as work:
        row = SigningCertificate.objects.create(
            organisation=organisation,
            pem=pem.strip() + "\n",
            sha256=certificate_sha256(certificate),
            subject=certificate.subject.rfc4514_string()[:300],
            valid_from=certificate.not_valid_before_utc,
            valid_to=certificate.not_valid_after_utc,
        )
        event_record(
            work,
            actor=actor,
            verb=Verb.CERTIFICATE_REGISTERED,
            subject_type="certificate",
            subject_id=str(row.pk),
            data={"organisation": organisation.identifier, "sha256": row.sha256},
        )
    return row


def _certificate(pem: str) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificates(pem[:MAX_PEM].encode())
    except ValueError:
        found = []
    if len(found) != 1:
        raise RuleViolated(violations=[Violation("SG-001", "/pem", "This is not one certificate in PEM form.")])
    certificate = found[0]
    if not may_sign(certificate):
        text = "The key usage of this certificate is not to sign."
        raise RuleViolated(violations=[Violation("SG-002", "/pem", text, "Use one with digitalSignature.")])
    if certificate.not_valid_after_utc <= clock.now():
        raise RuleViolated(violations=[Violation("SG-003", "/pem", "This certificate has expired.")])
    return certificate


def certificate_revoke(*, actor: Actor, certificate_id: UUID, reason: str = "") -> None:
    """Revoke a certificate at once: the next message that it signed is refused.

    Raises:
        NotPermitted: the actor does not manage users.
        NotFound: there is no such certificate, or it was revoked before.
    """
    actor.require(Permission.MANAGE_USERS)
    with unit_of_work() as work:
        changed = SigningCertificate.objects.filter(pk=certificate_id, revoked_at=None).update(revoked_at=clock.now())
        if not changed:
            raise NotFound
        event_record(
            work,
            actor=actor,
            verb=Verb.CERTIFICATE_REVOKED,
            subject_type="certificate",
            subject_id=str(certificate_id),
            reason=reason,
        )


def signatures_set(*, actor: Actor, organisation: Organisation, required: bool) -> None:
    """Set whether what the software of an organisation files must be signed; pages are not concerned.

    Source: docs/messages.md, Signed messages.

    Raises:
        NotPermitted: the actor does not manage users.
    """
    actor.require(Permission.MANAGE_USERS)
    with unit_of_work() as work:
        Organisation.objects.filter(pk=organisation.pk).update(signatures_required=required)
        event_record(
            work,
            actor=actor,
            verb=Verb.SIGNATURES_SET,
            subject_type="organisation",
            subject_id=str(organisation.pk),
            data={"required": required},
        )


def signed_content(actor: Actor, body: bytes, root: _Element, message: _Element) -> bytes | None:
    """The bytes that the signature of a message proves, or nothing where it may come unsigned and does.

    Raises:
        FormatRefused: signature.*, the signature has a shape that is not taken.
        SignatureInvalid: signature.invalid, it proves nothing; signature.required, the organisation demands one.
    """
    if not is_signed(root):
        if actor.must_sign:
            raise SignatureInvalid("Messages of this organisation must be signed.", code="signature.required")
        return None
    if actor.organisation_id is None:
        raise SignatureInvalid("Whoever acts for no organisation has no certificate here.")
    rows = SigningCertificate.objects.filter(organisation_id=actor.organisation_id).order_by("-created_at")[:20]
    certificates = [TrustedCertificate(row.pem, row.valid_from, row.valid_to, row.revoked_at) for row in rows]
    return signature_verify(body, root, message, certificates, clock.now()).body
