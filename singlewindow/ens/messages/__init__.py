"""Ways in for entry summary declarations: XML of ICS (CC315A, CC313A), bare or in an envelope, and JSON by field."""

from lxml.etree import _Element

from singlewindow.ens.messages.envelope import StructureRefused, message_of
from singlewindow.ens.messages.json_form import read_json
from singlewindow.ens.messages.table import AMENDMENT, MESSAGES, NEW
from singlewindow.ens.messages.walk import Walk
from singlewindow.ens.messages.writing import write_xml
from singlewindow.ens.profile import profile
from singlewindow.ens.types import EntryMessage
from singlewindow.messaging.kinds import MessageKind


def read_xml(root: _Element, *, reduced: bool | None = None) -> EntryMessage:
    """Read a message from its safely parsed root; `reduced` overrides which edition the profile has in force.

    Raises:
        MessageUnsupported: it is another message.
        StructureRefused: format.*, every finding at once, each with its pointer and its XPath.
    """
    message = message_of(root)
    kind = str(message.tag).rpartition("}")[2]
    walk = Walk(message, reduced=profile().reduced_data_set if reduced is None else reduced)
    values = walk.read(MESSAGES[kind])
    if walk.findings:
        first = walk.findings[0]
        refusal = StructureRefused(first.message, code=first.rule, violations=walk.findings)
        refusal.kind = MessageKind("ens-ics", kind)
        raise refusal
    return EntryMessage(kind, values)


__all__ = ["AMENDMENT", "MESSAGES", "NEW", "StructureRefused", "message_of", "read_json", "read_xml", "write_xml"]
