"""Which family takes a message: by `settings.MESSAGE_FAMILIES`, from `format/kind` to `format` alone."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from singlewindow.kernel import safe_xml
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported, bytes_kind, looks_like_xml, xml_kind
from singlewindow.messaging.types import MessageFamily, Received


def recognise(body: bytes) -> Received:
    """Tell by its content what a body is.

    Raises:
        MessageUnsupported: it is empty, or of no format that is known here.
        TooLarge, FormatRefused: xml.*, the body looks like XML and is not safe to read.
    """
    other = bytes_kind(body)
    if other is not None:
        return Received(body, other)
    if not looks_like_xml(body):
        return Received(body, MessageKind("json", "declaration"))
    root = safe_xml.parse(body)
    return Received(body, xml_kind(root), root)


def family_of(kind: MessageKind) -> MessageFamily:
    """The family of a kind of message.

    Raises:
        MessageUnsupported: the message is known for what it is, and not taken here.
    """
    named = settings.MESSAGE_FAMILIES
    path = named.get(f"{kind.format}/{kind.kind}") or named.get(kind.format)
    if path is None:
        raise MessageUnsupported(kind)
    return _family(path)


@cache
def _family(path: str) -> MessageFamily:
    family: MessageFamily = import_string(path)
    return family
