"""Signed messages: what a signature proves is all that is read of them."""

from lxml import etree
from lxml.etree import _Element

from declarations.messages.cds.envelope import METADATA
from declarations.messages.cds.nodes import WCO
from singlewindow.accounts.certificates import signed_content
from singlewindow.accounts.types import Actor
from singlewindow.kernel import safe_xml
from singlewindow.kernel.errors import SignatureInvalid
from singlewindow.kernel.xml_signature import is_signed, signature_check

_DECLARATION = f"{{{WCO}}}Declaration"


def opened(actor: Actor, body: bytes, root: _Element | None = None) -> tuple[bytes, Actor]:
    """The bytes to read of a message, and who acts by it: what its signature proves, or else the message itself.

    Raises:
        FormatRefused: `xml.*`; signature.*, the signature has a shape that is not taken (400).
        SignatureInvalid: signature.invalid, signature.required (401).
    """
    root = safe_xml.parse(body) if root is None else root
    message = _message(root)
    if message is None:
        if is_signed(root):
            signature_check(root)
            raise SignatureInvalid("The signature does not cover a declaration.")
        message = root
    proved = signed_content(actor, body, root, message)
    return (body, actor) if proved is None else (proved, actor.proved())


def unproved(body: bytes, root: _Element) -> tuple[bytes, _Element]:
    """A message without its signature, for a verdict that nobody acts upon: who sends it is not known there.

    Raises:
        FormatRefused: signature.*, the signature has a shape that is not taken.
    """
    if not is_signed(root):
        return body, root
    signature = signature_check(root)
    parent = signature.getparent()
    if parent is not None:
        parent.remove(signature)
    return etree.tostring(root), root


def _message(root: _Element) -> _Element | None:
    """The declaration at the place where it is read from."""
    if root.tag == _DECLARATION:
        return root
    inner = f"{{{METADATA}}}MetaData"
    if root.tag == inner:
        return root.find(_DECLARATION)
    return root.find(f"{{*}}requestDetail/{inner}/{_DECLARATION}")
