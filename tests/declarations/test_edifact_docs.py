"""docs/messages.md names every segment of the table, and every fault of an interchange."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from declarations.messages.edifact.lines import Line
from declarations.messages.edifact.table import DIRECTORIES, table_of
from singlewindow.messaging.contrl import CODES

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "messages.md"


def shape(line: Line) -> str:
    """A segment as it is written, without its data: `MEA+WT+AAB+KGM`."""
    whole = {at: allowed[0] for at, allowed in line.fixed}
    for field in line.fields:
        if field.codes:
            whole |= {(field.at[0], 2): field.codes, (field.at[0], 3): "ZZZ"}
    elements = max((element for element, _ in whole), default=0)
    written = [line.tag]
    for element in range(1, elements + 1):
        components = max((component for at, component in whole if at == element), default=0)
        written.append(":".join(whole.get((element, component), "") for component in range(1, components + 1)))
    return "+".join(written)


def rows(lines: tuple[Line, ...], around: str = "") -> Iterator[str]:
    """One line of the document for each segment, those below others after them."""
    for line in lines:
        key = f"{around}{line.key}" + ("[]" if line.many else "")
        if line.tag == "NAD":
            yield f"| `{shape(line)}` | {key}: a party |"
            continue
        names = ", ".join(field.path or "each" for field in line.fields)
        fields = f"{key}: {names}" if line.key else f"{around.rstrip('/')}: {names}" if around else names
        yield f"| `{shape(line)}` | {fields} |"
        yield from rows(line.below, f"{key}/" if line.key else around)


def expected() -> list[str]:
    """The rows of every directory, each once."""
    found: dict[str, None] = {}
    for release in DIRECTORIES:
        table = table_of(release)
        found |= dict.fromkeys(rows((*table.header, table.item, *table.summary)))
    return list(found)


def test_the_document_has_a_row_for_every_segment_that_is_read_or_written() -> None:
    text = DOCUMENT.read_text()
    assert [row for row in expected() if row not in text] == []


def test_the_document_names_every_fault_of_an_interchange_with_its_code() -> None:
    text = DOCUMENT.read_text()
    missing = [rule for rule, code in CODES.items() if not re.search(rf"`{re.escape(rule)}`.*\| {code} \|", text)]
    assert missing == []
