"""Lists as PostgreSQL reads them: the unit of work writes plain lists as JSON."""

from collections.abc import Iterable


def array_text(values: Iterable[str]) -> str:
    """An array literal of texts, every one quoted."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
