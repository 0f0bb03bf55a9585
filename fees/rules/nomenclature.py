"""Where a line of the nomenclature stands, from its code and indent alone."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def line_depth(code: str, indent: int) -> int:
    """0 for a chapter, 1 for a heading, more for what stands below."""
    if not code[2:].strip("0"):
        return 0
    return 1 if not code[4:].strip("0") and indent == 0 else 1 + max(1, indent)


def declarable_settle(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines with what can be declared: a code with no line under it on a day that it holds."""
    ordered = sorted(lines, key=lambda line: (line["code"], line["suffix"], line["valid_from"]))
    settled = []
    for place, line in enumerate(ordered):
        following = next((other for other in ordered[place + 1 :] if _together(line, other)), None)
        leaf = following is None or _depth(following) <= _depth(line)
        settled.append({**line, "declarable": line["suffix"] == "80" and leaf})
    return settled


def _depth(line: Mapping[str, Any]) -> int:
    return line_depth(line["code"], line["indent"])


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two lines of different places hold on a common day."""
    if (one["code"], one["suffix"]) == (other["code"], other["suffix"]):
        return False
    one_last, other_last = one["valid_to"] or date.max, other["valid_to"] or date.max
    return bool(one["valid_from"] <= other_last and other["valid_from"] <= one_last)
