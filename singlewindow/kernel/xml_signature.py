"""XML signatures of strangers: one plain shape is verified, on the exact bytes, and only what was signed is read.

Taken: one ds:Signature with one reference, to the whole document or to the element that is the message, transformed
by nothing but `enveloped-signature` and canonicalisation. Everything that makes a verifier fetch, run or guess is
refused before any cryptography.

Source: XML Signature 1.1; W3C XML Signature Best Practices, 2 to 13; RFC 9231.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from lxml import etree
from lxml.etree import _Element
from signxml.exceptions import InvalidCertificate, InvalidDigest, InvalidInput, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

from singlewindow.kernel.errors import SignatureInvalid
from singlewindow.kernel.refusals import refuse_format

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
_DS = f"{{{DS}}}"
_TRANSFORMS: Final = frozenset(
    {
        f"{DS}enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
    }
)
"""Without comments: what a comment says is no part of a message here."""
_ID_NAMES = frozenset({"Id", "ID", "id"})
_NOT_PROVED = (
    *(InvalidSignature, InvalidCertificate, InvalidDigest, InvalidInput, UnsupportedAlgorithm),
    *(ValueError, TypeError, AttributeError, etree.LxmlError),
)
"""All that a verifier raises for a signature that it cannot make sense of; none of it proves anything."""
_SAME_DOCUMENT = re.compile(r"#[A-Za-z_][\w.\-]{0,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """A certificate that somebody registered here, with the time in which it is trusted."""

    pem: str
    valid_from: datetime
    valid_to: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature proved: these bytes, by this certificate."""

    body: bytes
    """The canonical bytes that were hashed, without the signature itself: the only thing to read from now on."""
    certificate_sha256: str


def is_signed(root: _Element) -> bool:
    """Whether a document bears a signature anywhere."""
    return next(root.iter(f"{_DS}Signature"), None) is not None


def signature_check(root: _Element) -> _Element:
    """The signature of a document, of the one shape that is taken; nothing is proved yet.

    Raises:
        FormatRefused: signature.repeated, signature.references, signature.reference, signature.transform,
            signature.duplicate_id.
    """
    found = list(root.iter(f"{_DS}Signature"))
    if len(found) != 1:
        refuse_format("signature.repeated", f"The document bears {len(found)} signatures.", "Sign it once.")
    _check_ids(root)
    signature = found[0]
    references = list(signature.iter(f"{_DS}Reference"))
    if len(references) != 1 or references[0].getparent() is not signature.find(f"{_DS}SignedInfo"):
        refuse_format("signature.references", f"The signature has {len(references)} references.", "Use one.")
    uri = references[0].get("URI")
    if uri is None or (uri and not _SAME_DOCUMENT.fullmatch(uri)):
        refuse_format("signature.reference", "The reference leads out of the document.", 'Use "" or "#" and an Id.')
    for transform in signature.iter(f"{_DS}Transform"):
        if transform.get("Algorithm") not in _TRANSFORMS or len(transform):
            refuse_format("signature.transform", "The signature transforms the message in a way not taken here.")
    return signature


def _check_ids(root: _Element) -> None:
    seen: set[str] = set()
    for element in root.iter("{*}*"):
        ids = _ids(element)
        if len(ids) > 1 or seen & ids:
            refuse_format("signature.duplicate_id", "Two attributes are one Id.", "Give each Id once.")
        seen |= ids


def _ids(element: _Element) -> set[str]:
    """The values of all attributes that a verifier may take for an id, whatever their namespace."""
    return {str(value) for name, value in element.items() if etree.QName(name).localname in _ID_NAMES}


def signed_element(root: _Element, signature: _Element) -> _Element:
    """The element that the signature's reference names.

    Raises:
        SignatureInvalid: there is no such element.
    """
    reference = next(signature.iter(f"{_DS}Reference"))
    named = (reference.get("URI") or "")[1:]
    if not named:
        return root
    for element in root.iter("{*}*"):
        if named in _ids(element):
            return element
    raise SignatureInvalid("The signature refers to an element that is not there.")


def signature_verify(
    body: bytes, root: _Element, message: _Element, certificates: Iterable[TrustedCertificate], at: datetime
) -> Signed:
    """Verify the signature of a document with the certificates of whoever sends it.

    Args:
        body: the exact bytes; the root was parsed from them.
        message: the element that will be read as the message; it, or what it stands in, must be what was signed.

    Raises:
        FormatRefused: signature.*, the signature has a shape that is not taken (`signature_check`).
        SignatureInvalid: signature.invalid, it is not by a certificate that is trusted at that time, not by one that
            may sign, does not fit the bytes, or covers something else than the message.
    """
    signature = signature_check(root)
    covered = signed_element(root, signature)
    if covered is not message and covered not in message.iterancestors():
        raise SignatureInvalid("The signature does not cover the message.")
    trusted = [one for one in certificates if _is_trusted(one, at)]
    if not trusted:
        raise SignatureInvalid("No certificate that is in force is registered for the sender.")
    for one in _most_likely_first(trusted, signature):
        signed = _verified(body, one, at)
        if signed is not None:
            return signed
    raise SignatureInvalid("The signature fits no registered certificate of the sender and these bytes.")


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether the key usage of a certificate is to sign; one without any named usage may sign too."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def certificate_sha256(certificate: x509.Certificate) -> str:
    """The fingerprint of a certificate."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _is_trusted(one: TrustedCertificate, at: datetime) -> bool:
    if one.revoked_at is not None and one.revoked_at <= at:
        return False
    return one.valid_from <= at < one.valid_to


def _most_likely_first(trusted: Sequence[TrustedCertificate], signature: _Element) -> list[TrustedCertificate]:
    """Those that the signature itself names, first."""
    named = {"".join((one.text or "").split()) for one in signature.iter(f"{_DS}X509Certificate")}

    def other(one: TrustedCertificate) -> bool:
        return "".join(one.pem.split("-----")[2].split()) not in named

    return sorted(trusted, key=other)


def _verified(body: bytes, trusted: TrustedCertificate, at: datetime) -> Signed | None:
    certificate = x509.load_pem_x509_certificate(trusted.pem.encode())
    if not may_sign(certificate):
        return None
    config = SignatureConfiguration(expect_references=1, verification_time=at, ignore_ambiguous_key_info=True)
    try:
        result = XMLVerifier().verify(body, x509_cert=certificate, expect_config=config, parser=_parser())
    except _NOT_PROVED:
        return None
    if isinstance(result, list):
        return None
    return Signed(result.signed_data, certificate_sha256(certificate))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
