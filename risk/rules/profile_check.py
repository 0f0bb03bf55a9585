"""What a profile may say: every field, operator and value fits; all findings at once."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from risk.rules.record import FIELDS, Kind
from risk.rules.registry import gettext_noop as _
from risk.schemas import CRITERIA_MOST, Criterion, Operator, ProfileContent
from risk.types import Lane
from singlewindow.kernel.errors import RuleViolated, Violation

POINTS_LEAST, POINTS_MOST = Decimal(-30), Decimal(60)
DAYS_MOST = 180
FINDINGS_MOST = 100
O = Operator  # noqa: E741  (the operators, by one letter in the table below)

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.CODE: (O.IN, O.NOT_IN, O.BEGINS, O.KNOWN, O.UNKNOWN),
    Kind.NUMBER: (O.AT_LEAST, O.AT_MOST, O.MORE, O.LESS, O.BETWEEN, O.KNOWN, O.UNKNOWN),
    Kind.FLAG: (O.YES, O.NO, O.UNKNOWN),
    Kind.CODES: (O.HAS_ANY, O.HAS_ALL, O.HAS_NONE, O.KNOWN, O.UNKNOWN),
}
"""What may be asked of a field of each kind."""

NO_VALUES = frozenset({O.YES, O.NO, O.KNOWN, O.UNKNOWN})
NUMBERS = frozenset(OPERATORS[Kind.NUMBER]) - NO_VALUES
LOWER_CASE = frozenset(
    {"representation", "trader_kinds_found", "partner_kinds_found", "declarant_kinds_found", "goods_kinds_found"}
)
"""Fields whose codes a record holds in lower case; all others are in upper case."""
NO_TEXT = ("Cc", "Cs")
"""Control characters and half characters, which no table keeps."""
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


def profile_read(values: Mapping[str, Any]) -> ProfileContent:
    """Plain values as the content of a profile, in one form: spaces off, codes in upper case, numbers plain.

    Source: docs/rules/profiles.md, RM-PRO-01 to RM-PRO-10.

    Raises:
        RuleViolated: every wrong element, each with its pointer and the way out.
    """
    content: ProfileContent | None = None
    found: list[Violation] = []
    try:
        content = ProfileContent.model_validate(_tidied(values))
    except ValidationError as error:
        found = [_of_form(one) for one in error.errors(include_url=False)[:FINDINGS_MOST]]
    told = {violation.pointer for violation in found}
    tidy = content.plain() if content else _tidied(values)
    found += [one for one in _findings(tidy) if one.pointer not in told]
    if found or content is None:
        raise RuleViolated(_("The profile cannot be written so."), violations=found[:FINDINGS_MOST])
    return content


def _of_form(error: ErrorDetails) -> Violation:
    pointer = "".join(f"/{str(part)[:80].replace('~', '~0').replace('/', '~1')}" for part in error["loc"])
    match error["type"]:
        case "missing":
            message, remedy = _("This must be given."), _("Fill it in.")
        case "extra_forbidden":
            message, remedy = _("A profile has no such part."), _("Leave it out.")
        case "too_long" | "string_too_long":
            message, remedy = _("This is too long."), _("Shorten it, or make two profiles of it.")
        case "enum":
            message, remedy = _("This is none of the words that stand here."), f"Take {error['ctx']['expected']}."
        case _:
            message, remedy = _("This is not of the right form."), _("See the form in the documentation.")
    value = error["input"]
    return Violation("RM-PRO-01", pointer, message, remedy, str(value)[:80] if isinstance(value, str | int) else "")


def _findings(values: Mapping[str, Any]) -> Iterator[Violation]:
    yield from _words(values)
    yield from _effect(values)
    yield from _terms(values)
    yield from _criteria(values)


def _words(values: Mapping[str, Any]) -> Iterator[Violation]:
    for part, text, remedy in (
        ("name", _("The profile has no name."), _("Write what it is for.")),
        ("owner", _("The profile has no owner."), _("Name who answers for it.")),
        ("basis", _("The profile has no legal basis."), _("Name the act or the order that it rests on.")),
    ):
        said = values.get(part)
        if not said:
            yield Violation("RM-PRO-02", f"/{part}", text, remedy)
        elif isinstance(said, str) and any(unicodedata.category(sign) in NO_TEXT for sign in said):
            yield Violation("RM-PRO-02", f"/{part}", _("This is not of the right form."), _("Correct it."))


def _effect(values: Mapping[str, Any]) -> Iterator[Violation]:
    lane, points = values.get("lane"), values.get("points", "0")
    number = _number(points)
    if number is None or not POINTS_LEAST <= number <= POINTS_MOST or number != number.quantize(Decimal("0.01")):
        text = _("The points are no number from -30 to 60 with two decimals at most.")
        yield Violation("RM-PRO-03", "/points", text, _("Give other points."), str(points)[:20])
    elif lane is None and number == 0:
        text = _("The profile does nothing: it has neither a lane nor points.")
        yield Violation("RM-PRO-03", "/points", text, _("Give points, or a lane."))
    elif lane is not None and number != 0:
        text = _("A profile gives a lane or points, not both.")
        yield Violation("RM-PRO-03", "/points", text, _("Leave the points out."), str(points)[:20])
    if lane is not None and lane not in (Lane.YELLOW.value, Lane.RED.value):
        text = _("A hard profile demands yellow or red.")
        yield Violation("RM-PRO-03", "/lane", text, _("Take YELLOW or RED."), str(lane)[:20])


def _terms(values: Mapping[str, Any]) -> Iterator[Violation]:
    rate = values.get("expected_hit_rate", "")
    number = _number(rate)
    if number is None or not 0 <= number <= 1 or number != number.quantize(Decimal("0.001")):
        text = _("The expected hit rate is no share from 0 to 1 with three decimals at most.")
        yield Violation("RM-PRO-04", "/expected_hit_rate", text, _("Write a share such as 0.25."), str(rate)[:20])
    days = values.get("valid_days")
    if isinstance(days, int) and not 1 <= days <= DAYS_MOST:
        text = _("A profile ends after 1 to 180 days.")
        yield Violation("RM-PRO-05", "/valid_days", text, _("Give 180 days at most."), str(days)[:20])


def _criteria(values: Mapping[str, Any]) -> Iterator[Violation]:
    places = list(_placed(values))
    if not 1 <= len(places) <= CRITERIA_MOST:
        text = _("A profile has 1 to 20 criteria.")
        yield Violation("RM-PRO-06", "/all", text, _("Add a criterion, or make two profiles of it."), str(len(places)))
    for number, group in enumerate(_list(values.get("any"))):
        if len(_list(group)) < 2:
            text = _("A group of which one must hold has two criteria at least.")
            yield Violation("RM-PRO-06", f"/any/{number}", text, _("Add one, or move it to those that must all hold."))
    seen: set[str] = set()
    for pointer, plain in places:
        try:
            criterion = Criterion.model_validate(plain)
        except ValidationError:
            continue  # told already, with what is wrong in it
        if (same := criterion.model_dump_json()) in seen:
            yield Violation("RM-PRO-06", pointer, _("This criterion stands here twice."), _("Take one of them away."))
        seen.add(same)
        yield from criterion_findings(criterion, pointer)


def criterion_findings(criterion: Criterion, pointer: str) -> Iterator[Violation]:
    """What is wrong with one criterion: its field, its operator, its values."""
    field = FIELDS.get(criterion.field)
    if field is None:
        text = _("There is no such field in what is known of a declaration.")
        yield Violation("RM-PRO-07", f"{pointer}/field", text, _("Take a field of the list."), criterion.field)
        return
    if criterion.operator not in OPERATORS[field.kind]:
        fitting = ", ".join(OPERATORS[field.kind])
        text = _("This question does not fit the field.")
        yield Violation("RM-PRO-08", f"{pointer}/operator", text, f"Take one of: {fitting}.", str(criterion.operator))
        return
    yield from _values(criterion, pointer)


def _values(criterion: Criterion, pointer: str) -> Iterator[Violation]:
    values, count = criterion.values, len(criterion.values)
    if criterion.operator in NO_VALUES:
        if count:
            yield Violation("RM-PRO-09", f"{pointer}/values", _("This question takes no values."), _("Leave them out."))
        return
    if criterion.operator not in NUMBERS:
        if not count:
            yield Violation("RM-PRO-09", f"{pointer}/values", _("No value is named."), _("Name one at least."))
        yield from (
            Violation("RM-PRO-10", f"{pointer}/values/{place}", _("This is no code."), _("Correct it."), value)
            for place, value in enumerate(values)
            if not value or not value.isprintable()
        )
        return
    wanted = 2 if criterion.operator is O.BETWEEN else 1
    if count != wanted:
        text = _("This question takes two numbers.") if wanted > 1 else _("This question takes one number.")
        yield Violation("RM-PRO-09", f"{pointer}/values", text, _("Give as many as it takes."))
        return
    numbers = [_number(value) for value in values]
    for place, value in enumerate(values):
        if numbers[place] is None:
            text = _("This is no plain number such as 1250.5.")
            yield Violation("RM-PRO-10", f"{pointer}/values/{place}", text, _("Write a number."), value)
    low, high = numbers[0], numbers[-1]
    if low is not None and high is not None and low > high:
        yield Violation("RM-PRO-10", f"{pointer}/values", _("The first is over the second."), _("Turn them round."))


def _number(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def _placed(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((f"/all/{place}", one) for place, one in enumerate(_list(values.get("all"))))
    for number, group in enumerate(_list(values.get("any"))):
        yield from ((f"/any/{number}/{place}", one) for place, one in enumerate(_list(group)))


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with spaces off, codes in upper case and numbers in one form, so that equal profiles have one digest."""
    tidy = dict(values)
    for part in ("name", "owner", "basis"):
        if isinstance(tidy.get(part), str):
            tidy[part] = " ".join(tidy[part].split())
    for part in ("points", "expected_hit_rate"):
        tidy[part] = _plain_number(tidy[part]) if part in tidy else tidy.get(part, "0" if part == "points" else "")
    for part in ("all", "any"):
        if isinstance(tidy.get(part), list | tuple):
            tidy[part] = [_tidy(one) for one in tidy[part]]
    return tidy


def _tidy(one: Any) -> Any:
    if isinstance(one, list | tuple):
        return [_tidy(part) for part in one]
    if not isinstance(one, Mapping):
        return one
    values = one.get("values", ())
    if not isinstance(values, list | tuple):
        return dict(one)
    number = one.get("operator") in NUMBERS
    lower = one.get("field") in LOWER_CASE
    tidy = [_plain_number(value) if number else _code(value, lower=lower) for value in values]
    return {**one, "values": tidy if number else sorted(set(tidy), key=str) if all(map(_is_text, tidy)) else tidy}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _code(value: Any, *, lower: bool) -> Any:
    """A code as records hold it; what begins with ~ is the key of a name, which is in lower case."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    return text.lower() if lower or text.startswith("~") else text.upper()


def _plain_number(value: Any) -> Any:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value.strip()):
        return value.strip() if isinstance(value, str) else value
    text = format(Decimal(value.strip()), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    whole = text.lstrip("-").lstrip("0") or "0"
    whole = f"0{whole}" if whole.startswith(".") else whole
    return f"-{whole}" if text.startswith("-") and whole != "0" else whole
