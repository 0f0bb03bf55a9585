"""CUSDEC about an earlier declaration: functions 4 and 5 amend it by the whole new content, function 1 withdraws it.

RFF+ABT bears the MRN, FTX+ACD why: in words, and as a code in 4441.
"""

from dataclasses import dataclass

from pydantic import ValidationError

from declarations.messages.edifact import CusdecRead, SegmentsRefused, cusdec_read
from declarations.messages.findings import findings
from declarations.schemas import ChangeKind, ChangeRequestMessage
from singlewindow.kernel.edifact import EdifactMessage, Segment
from singlewindow.kernel.errors import Violation

KINDS = {"1": ChangeKind.INVALIDATE, "4": ChangeKind.AMEND, "5": ChangeKind.AMEND}
"""Message functions (1225) that ask for a change."""

_NUMBER, _WHY = "ABT", "ACD"


@dataclass(frozen=True, slots=True)
class CusdecRequest:
    """What is asked for, and for an amendment the content that the declaration is to have."""

    message: ChangeRequestMessage
    read: CusdecRead | None


def function_of(message: EdifactMessage) -> str:
    """The message function in BGM."""
    return next((one.get(3) for one in message.segments if one.tag == "BGM"), "")


def request_read(message: EdifactMessage) -> CusdecRequest:
    """Read a request.

    Raises:
        SegmentsRefused: format.*, it does not name its declaration, or its content cannot be read.
    """
    kind = KINDS[function_of(message)]
    number, why = _about(message, "RFF", _NUMBER), _about(message, "FTX", _WHY)
    begun = _about(message, "BGM", "")
    values = {
        "kind": kind.value,
        "mrn": number.get(1, 2) if number else None,
        "reference": begun.get(2) if begun and kind is ChangeKind.INVALIDATE else None,
        "reason_code": why.get(3) if why else None,
        "statement": " ".join(part for part in why.elements[3] if part) if why and len(why.elements) > 3 else None,
    }
    try:
        asked = ChangeRequestMessage.model_validate({name: value for name, value in values.items() if value})
    except ValidationError as error:
        place = message.place(number, 1, 2) if number else message.place(message.segments[0])
        found = [
            Violation(one.rule, one.pointer, one.message, one.remedy, one.value, str(place)) for one in findings(error)
        ]
        raise SegmentsRefused(found[0].message, code=found[0].rule, violations=found) from None
    if kind is ChangeKind.INVALIDATE:
        return CusdecRequest(asked, None)
    content = tuple(one for one in message.segments if one is not number and one is not why)
    return CusdecRequest(asked, cusdec_read(message, functions=frozenset(KINDS), content=content))


def _about(message: EdifactMessage, tag: str, code: str) -> Segment | None:
    """The first segment of a tag, and of a qualifier where one is named, before the items."""
    for one in message.segments:
        if one.tag == "UNS":
            return None
        if one.tag == tag and (not code or one.get(1) == code):
            return one
    return None
