"""The card of a model as the parts of a page: headings, sentences, lists and tables of what was written as Markdown."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class CardPart:
    """One part of a card."""

    kind: str
    """heading, text, list or table."""
    text: str = ""
    items: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def card_parts(card: str) -> list[CardPart]:
    """Read a card; what is none of the known parts is a sentence, so nothing of it is left out."""
    parts: list[CardPart] = []
    for kind, lines in groupby(card.splitlines(), key=_kind):
        parts.extend(_parts(kind, list(lines)))
    return parts


def _kind(line: str) -> str:
    text = line.strip()
    if not text:
        return ""
    if text.startswith("#"):
        return "heading"
    if text.startswith("|"):
        return "table"
    return "list" if text.startswith("- ") else "text"


def _parts(kind: str, lines: list[str]) -> Iterator[CardPart]:
    if kind == "heading":
        for line in lines:
            if not line.startswith("# "):  # the name of the model stands on the page already
                yield CardPart(kind, _plain(line.lstrip("# ")))
    elif kind == "list":
        yield CardPart(kind, items=tuple(_plain(line.strip()[2:]) for line in lines))
    elif kind == "table":
        head, *rows = [_cells(line) for line in lines]
        yield CardPart(kind, head=head, rows=tuple(row for row in rows if set("".join(row)) - set("-: ")))
    elif kind == "text":
        yield CardPart(kind, _plain(" ".join(line.strip() for line in lines)))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(_plain(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _plain(text: str) -> str:
    return text.replace("`", "")
