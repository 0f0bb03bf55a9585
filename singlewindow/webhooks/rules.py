"""What may be said of an endpoint beside its address.

Source: docs/rules/webhooks.md, WH-END-01, WH-END-02.
"""

import re
from collections.abc import Iterable, Iterator

from singlewindow.kernel.errors import Violation

TYPE = re.compile(r"[a-z][a-z0-9_.]{0,39}", re.ASCII)
TYPES_MAX = 50
DESCRIPTION_LENGTH = 200


def description_findings(description: str) -> Iterator[Violation]:
    """WH-END-01: a description is short and holds no control characters."""
    if len(description) > DESCRIPTION_LENGTH or not description.isprintable():
        message = f"A description has at most {DESCRIPTION_LENGTH} characters, on one line."
        yield Violation("WH-END-01", "/description", message)


def type_findings(types: Iterable[str]) -> Iterator[Violation]:
    """WH-END-02: each type has the form of one; which of them occur is no matter, so that new ones can be awaited."""
    named = list(types)
    if len(named) > TYPES_MAX:
        yield Violation("WH-END-02", "/event_types", f"At most {TYPES_MAX} types; leave them out for all.")
    for place, name in enumerate(named[:TYPES_MAX]):
        if not TYPE.fullmatch(name):
            message = "A type of event has small letters, digits, points and underscores."
            yield Violation("WH-END-02", f"/event_types/{place}", message, value=name[:40])
