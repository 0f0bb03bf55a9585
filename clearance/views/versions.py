"""The versions of a declaration for a page: every content that was in force, and what changed to the one shown."""

from typing import Any

from clearance.views.changes_shown import groups
from declarations.selectors.changes import version_message, versions_of
from declarations.services.contents import difference
from declarations.types import DeclarationHead


def versions_context(head: DeclarationHead, wanted: str) -> dict[str, Any]:
    """The versions, and the difference of the one wanted (the newest without a wish) from the one before."""
    rows = versions_of(head)
    known = {row.version for row in rows}
    asked = int(wanted) if wanted.isascii() and wanted.isdecimal() else 0
    shown = asked if asked in known else rows[0].version
    lines: list[Any] = []
    if shown > 1:
        before, after = version_message(head.id, shown - 1), version_message(head.id, shown)
        lines = [line for line in difference(before, after) if isinstance(line, dict)]
    return {"versions": rows, "shown_version": shown, "before_version": shown - 1, "groups": groups(lines)}
