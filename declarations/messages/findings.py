"""What is wrong with the form of a message, in plain sentences, in the order of the message, all at once."""

from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from declarations.schemas.places import in_message_order, pointer
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.strict_json import printable

MAX_FINDINGS: Final = 200
"""Findings listed of one message; a message with more is not ours to mend."""

_RULES = {
    "missing": "format.missing",
    "extra_forbidden": "format.unknown_field",
    "string_pattern_mismatch": "format.characters",
    "string_too_long": "format.too_long",
    "decimal_form": "format.decimal",
    "instant_form": "format.instant",
    "greater_than_equal": "format.range",
    "less_than_equal": "format.range",
    "literal_error": "format.value",
    "too_long": "format.too_many",
}
"""Kinds of finding; every other kind is a value of the wrong type (format.type)."""


def findings(error: ValidationError) -> list[Violation]:
    """The violations of a failed validation, in the order of the message."""
    details = error.errors(include_url=False)
    return in_message_order(_finding(detail) for detail in details[:MAX_FINDINGS])


def _finding(detail: ErrorDetails) -> Violation:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    rule = _RULES.get(kind, "format.type")
    if kind == "string_pattern_mismatch" and isinstance(value, str) and not value.strip():
        rule = "format.empty"
    sentence, remedy = _SENTENCES[rule]
    shown = printable(value) if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    limit = context.get("max_length") or context.get("le") or context.get("ge")
    return Violation(
        rule,
        pointer(_named(detail["loc"])),
        sentence.format(value=shown or "This", limit=limit, expected=context.get("expected", "")),
        remedy.format(limit=limit, expected=_expected(kind, context)),
        value=shown[:120],
    )


def _named(path: Iterable[str | int]) -> Iterable[str | int]:
    """Names as the sender wrote them, cut where a stranger chose them without measure."""
    return (part if isinstance(part, int) else part[:80] for part in path)


def _expected(kind: str, context: dict[str, Any]) -> str:
    if kind == "string_pattern_mismatch":
        return _IN_WORDS.get(context["pattern"], f"the form {context['pattern']}")
    return str(context.get("expected", ""))


_SENTENCES = {
    "format.missing": ("This field must be given.", "Add it."),
    "format.unknown_field": ("There is no such field.", "Leave it out, or check its name in the message guide."),
    "format.characters": ("{value} does not have the right form.", "Use {expected}."),
    "format.empty": ("This field is empty.", "Fill it in, or leave the field out."),
    "format.too_long": ("{value} is too long.", "Use at most {limit} characters."),
    "format.decimal": (
        "{value} is not a plain decimal number in a string.",
        "Write digits with a point and at most 6 decimals, for example 1250.50.",
    ),
    "format.instant": (
        "{value} is not a date and time with a time zone.",
        "Write for example 2026-03-01T09:30:00Z.",
    ),
    "format.range": ("{value} is out of range.", "The limit is {limit}."),
    "format.value": ("{value} is not one of the possible values.", "Use {expected}."),
    "format.too_many": ("There are too many of these.", "Send at most {limit}."),
    "format.type": ("{value} is not of the right type.", "Check the type of this field in the message guide."),
}

_IN_WORDS = {
    r"^[A-Z]{2}$": "two capital letters (ISO 3166)",
    r"^[A-Z]{3}$": "three capital letters",
    r"^[A-Z0-9#]{1,5}$": "a unit code of at most five characters",
    r"^[A-Za-z0-9]{1,3}$": "a code of at most three letters and digits",
    r"^\S(?:.*\S)?$": "text on one line without space before or after it",
    r"^(?:[0-9]{6}|[0-9]{8}|[0-9]{10})$": "6, 8 or 10 digits",
    r"^(?:IM|EX|CO)[A-Z]$": "IM, EX or CO and one letter",
    r"^[0-9A-Z]{4}$": "four characters: requested and previous procedure",
}


__all__ = ["findings", "in_message_order"]
