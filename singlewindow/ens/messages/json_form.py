"""Entry summary declarations in JSON: the canonical fields, checked by the same table as the XML.

The fields are put into the elements of the message and read again, so that equal content earns equal findings.
"""

import re
from typing import Any, NoReturn

from singlewindow.ens.messages.envelope import StructureRefused
from singlewindow.ens.messages.table import MESSAGES, Group, Leaf
from singlewindow.ens.messages.walk import MAX_FINDINGS, Walk, path_of
from singlewindow.ens.messages.writing import element_of
from singlewindow.ens.profile import profile
from singlewindow.ens.types import EntryMessage
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import Violation
from singlewindow.messaging.kinds import MessageKind

_ENVELOPE = frozenset({"kind", "schema_version"})
_NO_XML = re.compile("[\x00-\x1f\ufffe\uffff]")
"""Characters that no XML document may hold, and line breaks."""


def read_json(body: bytes) -> EntryMessage:
    """Read a message.

    Raises:
        TooLarge, FormatRefused: the bytes are no JSON that is safe to read (`json.*`).
        StructureRefused: format.*, every finding at once, each with its pointer and the XPath of the element.
    """
    values = strict_json.loads(body)
    given = values if isinstance(values, dict) else {}
    kind = str(given.get("kind", ""))
    table = MESSAGES.get(kind)
    if table is None:
        _refuse("", [Violation("format.type", "/kind", "`kind` must be CC315A or CC313A.", "Name the message.")])
    fields = {name: value for name, value in given.items() if name not in _ENVELOPE}
    findings: list[Violation] = []
    _check(fields, table, "", findings, table)
    if findings:
        _refuse(kind, findings)
    walk = Walk(element_of(kind, fields), reduced=profile().reduced_data_set)
    read = walk.read(table)
    if walk.findings:
        _refuse(kind, walk.findings)
    return EntryMessage(kind, read)


def _check(values: dict[str, Any], group: Group, pointer: str, findings: list[Violation], table: Group) -> None:
    """Types and names: the table reads texts, and never a field that it does not know."""
    for name, value in values.items():
        part, place = group.fields.get(name), f"{pointer}/{name[:80].replace('~', '~0').replace('/', '~1')}"
        if part is None:
            findings.append(Violation("format.unknown_field", place, "There is no such field.", "Leave it out."))
        elif isinstance(part, Leaf):
            if not isinstance(value, str) or _NO_XML.search(value):
                _wrong_type(findings, place, "a text on one line", table)
        elif part.many:
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                _wrong_type(findings, place, "a list of objects", table)
                continue
            for number, one in enumerate(value):
                _check(one, part, f"{place}/{number}", findings, table)
        elif isinstance(value, dict):
            _check(value, part, place, findings, table)
        else:
            _wrong_type(findings, place, "an object", table)


def _wrong_type(findings: list[Violation], place: str, words: str, table: Group) -> None:
    text = f"This must be {words}."
    findings.append(Violation("format.type", place, text, f"Send {words}.", source=path_of(table, place)))


def _refuse(kind: str, findings: list[Violation]) -> NoReturn:
    refusal = StructureRefused(findings[0].message, code=findings[0].rule, violations=findings[:MAX_FINDINGS])
    refusal.kind = MessageKind("json", kind)
    raise refusal
