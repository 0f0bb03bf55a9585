"""Icons as inline SVG, read once from the vendored set, so that they take the colour of the text."""

import re
from functools import cache
from pathlib import Path

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

ICON_FOLDER = Path(__file__).parent / "static" / "vendor" / "lucide"

DIRECTIONAL = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-in", "log-out", "send", "undo-2"}
)
"""Icons that point along the line of reading and are mirrored on right-to-left pages."""

_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def icon_paths(name: str) -> str:
    """Give the drawing inside one vendored icon file.

    Raises:
        LookupError: there is no such icon, so that a misspelt name fails in the first test of its page.
    """
    path = ICON_FOLDER / f"{name}.svg"
    if not path.is_file():
        raise LookupError(f"no icon named {name!r} in {ICON_FOLDER.name}")
    found = _INNER.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise LookupError(f"icon {name!r} is not an SVG drawing")
    return re.sub(r">\s+<", "><", found.group(1).strip())


def icon_svg(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon; without a label it is decoration and hidden from screen readers."""
    classes = " ".join(filter(None, ["icon", "icon--mirror" if name in DIRECTIONAL else "", escape(css)]))
    named = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true" focusable="false"'
    return mark_safe(  # noqa: S308 - every part is a constant, a vendored drawing or escaped above
        f'<svg class="{classes}" viewBox="0 0 24 24" width="20" height="20" {named}>{icon_paths(name)}</svg>'
    )
