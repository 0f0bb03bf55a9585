"""Translations, compiled in Python: gettext's own tools are not on every machine."""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from singlewindow.settings.env import PROJECT_ROOT

PACKAGES = ("singlewindow", "declarations", "fees", "risk", "agencies", "clearance")


def sources(root: Path = PROJECT_ROOT) -> Iterator[Path]:
    """Return every catalogue of the project."""
    for package in PACKAGES:
        yield from sorted((root / package).glob("**/locale/*/LC_MESSAGES/*.po"))


def translations_compile(root: Path = PROJECT_ROOT) -> int:
    """Compile each catalogue that changed since it was compiled; return how many did.

    Idempotent: a compiled one that is as new as its source stays as it is.
    """
    count = 0
    for source in sources(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = source.with_suffix(".mo.new")
        with source.open("rb") as read, draft.open("wb") as written:
            write_mo(written, read_po(read, locale=source.parts[-3]))
        draft.replace(target)  # whole or not at all: another process may be reading it
        count += 1
    return count


if __name__ == "__main__":
    sys.stdout.write(f"{translations_compile()} catalogues compiled\n")
