"""Signed messages: keys, certificates of every kind, and signatures as a trader's software makes them."""

from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml import XMLSigner, methods

from singlewindow.kernel import clock

DS = "http://www.w3.org/2000/09/xmldsig#"


@cache
def key(name: str = "trader") -> ec.EllipticCurvePrivateKey:
    """A private key; the same name gives the same one."""
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    name: str = "trader", *, signs: bool = True, valid_from: datetime | None = None, days: int = 365
) -> str:
    """A certificate of a key in PEM form, one that `signs` or one for encryption only."""
    begin = valid_from or clock.now() - timedelta(days=1)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{name} of Amari")])
    usage = {
        "digital_signature": signs,
        "content_commitment": False,
        "key_encipherment": not signs,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key(name), hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def signed(body: bytes, pem: str, *, name: str = "trader", uri: str | None = None) -> bytes:
    """The message with an enveloped signature over the whole document, or over the element with the Id of `uri`."""
    signer = XMLSigner(method=methods.enveloped, signature_algorithm="ecdsa-sha256")
    root = etree.fromstring(body, etree.XMLParser(remove_blank_text=True))
    made = signer.sign(root, key=key(name), cert=pem, reference_uri=uri)
    return etree.tostring(made)
