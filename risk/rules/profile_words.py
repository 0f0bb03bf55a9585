"""A profile as a sentence that a person reads: made of phrases that a page may have in another language."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from risk.rules.record import FIELDS
from risk.rules.registry import gettext_noop
from risk.schemas import Criterion, Operator, ProfileContent

Say = Callable[[str], str]
"""Gives a phrase in the reader's language."""
NAMED_MOST = 8
"""Values that a sentence names before it counts the others."""
O = Operator  # noqa: E741  (the operators, by one letter in the tables below)

SPECIAL: dict[tuple[str, Operator], str] = {
    ("commodity", O.BEGINS): gettext_noop("under %(values)s"),
    ("commodity", O.IN): gettext_noop("of commodity code %(values)s"),
    ("hs6", O.BEGINS): gettext_noop("under %(values)s"),
    ("hs6", O.IN): gettext_noop("of subheading %(values)s"),
    ("origin", O.IN): gettext_noop("of origin %(values)s"),
    ("origin", O.NOT_IN): gettext_noop("of another origin than %(values)s"),
    ("dispatch", O.IN): gettext_noop("sent from %(values)s"),
    ("destination", O.IN): gettext_noop("going to %(values)s"),
    ("trader", O.IN): gettext_noop("of trader %(values)s"),
    ("partner", O.IN): gettext_noop("with partner %(values)s abroad"),
    ("declarant", O.IN): gettext_noop("declared by %(values)s"),
    ("procedure", O.IN): gettext_noop("under procedure %(values)s"),
    ("procedure", O.BEGINS): gettext_noop("under a procedure that begins with %(values)s"),
    ("office", O.IN): gettext_noop("at office %(values)s"),
    ("documents", O.HAS_NONE): gettext_noop("without any document %(values)s"),
    ("documents", O.HAS_ANY): gettext_noop("with a document %(values)s"),
    ("unit_value_ratio", O.LESS): gettext_noop("with a value per kilogram under %(percent)s of the median"),
    ("unit_value_ratio", O.AT_MOST): gettext_noop("with a value per kilogram of %(percent)s of the median at most"),
    ("unit_value_ratio", O.MORE): gettext_noop("with a value per kilogram over %(percent)s of the median"),
    ("unit_value_ratio", O.AT_LEAST): gettext_noop("with a value per kilogram of %(percent)s of the median at least"),
    ("trusted", O.YES): gettext_noop("of an authorised operator"),
    ("trusted", O.NO): gettext_noop("of a trader who is no authorised operator"),
    ("pair_seen", O.NO): gettext_noop("between partners who did not trade before"),
    ("chapter_seen", O.NO): gettext_noop("of a chapter that the trader did not declare before"),
}
CHAPTERS = gettext_noop("of chapter %(values)s")
GENERAL: dict[Operator, str] = {
    O.IN: gettext_noop("where “%(field)s” is %(values)s"),
    O.NOT_IN: gettext_noop("where “%(field)s” is known and not %(values)s"),
    O.BEGINS: gettext_noop("where “%(field)s” begins with %(values)s"),
    O.AT_LEAST: gettext_noop("where “%(field)s” is %(low)s or more"),
    O.AT_MOST: gettext_noop("where “%(field)s” is %(low)s or less"),
    O.MORE: gettext_noop("where “%(field)s” is over %(low)s"),
    O.LESS: gettext_noop("where “%(field)s” is under %(low)s"),
    O.BETWEEN: gettext_noop("where “%(field)s” is from %(low)s to %(high)s"),
    O.YES: gettext_noop("where “%(field)s” is true"),
    O.NO: gettext_noop("where “%(field)s” is not true"),
    O.HAS_ANY: gettext_noop("where “%(field)s” names %(values)s"),
    O.HAS_ALL: gettext_noop("where “%(field)s” names all of %(values)s"),
    O.HAS_NONE: gettext_noop("where “%(field)s” names none of %(values)s"),
    O.KNOWN: gettext_noop("where “%(field)s” is known"),
    O.UNKNOWN: gettext_noop("where “%(field)s” is not known"),
}
OPERATOR_WORDS: dict[Operator, str] = {
    O.IN: gettext_noop("is one of"),
    O.NOT_IN: gettext_noop("is none of"),
    O.BEGINS: gettext_noop("begins with"),
    O.AT_LEAST: gettext_noop("is at least"),
    O.AT_MOST: gettext_noop("is at most"),
    O.MORE: gettext_noop("is more than"),
    O.LESS: gettext_noop("is less than"),
    O.BETWEEN: gettext_noop("lies between"),
    O.YES: gettext_noop("is true"),
    O.NO: gettext_noop("is not true"),
    O.HAS_ANY: gettext_noop("names one of"),
    O.HAS_ALL: gettext_noop("names all of"),
    O.HAS_NONE: gettext_noop("names none of"),
    O.KNOWN: gettext_noop("is known"),
    O.UNKNOWN: gettext_noop("is not known"),
}
GOODS, DECLARATIONS = gettext_noop("Goods"), gettext_noop("Declarations")
OR, AND_MORE = gettext_noop("%(first)s or %(last)s"), gettext_noop("%(named)s and %(count)s more")
EITHER = gettext_noop("either (%(phrases)s)")
OR_ELSE = gettext_noop(", or ")
COMMA = gettext_noop(", ")
EFFECT_LANE = gettext_noop("%(what)s: always lane %(lane)s.")
EFFECT_POINTS = gettext_noop("%(what)s: %(points)s points.")
UNITS = {"days": gettext_noop("days"), "kg": gettext_noop("kg"), "%": "%"}
"""Units that a sentence names; amounts are in the country's currency."""
LANES = {"YELLOW": gettext_noop("yellow"), "RED": gettext_noop("red")}


def in_english(text: str) -> str:
    """The phrase as it is written here."""
    return text


def profile_sentence(content: ProfileContent, say: Say = in_english) -> str:
    """What a profile picks and what it does with it, in one sentence."""
    phrases = [criterion_phrase(criterion, say) for criterion in content.all]
    for group in content.any:
        either = say(OR_ELSE).join(criterion_phrase(criterion, say) for criterion in group)
        phrases.append(say(EITHER) % {"phrases": either})
    of_items = any(FIELDS[criterion.field].item for criterion in content.criteria if criterion.field in FIELDS)
    what = f"{say(GOODS if of_items else DECLARATIONS)} {say(COMMA).join(phrases)}"
    if content.lane is not None:
        return say(EFFECT_LANE) % {"what": what, "lane": say(LANES.get(content.lane.value, content.lane.value))}
    points = Decimal(content.points)
    return say(EFFECT_POINTS) % {"what": what, "points": f"{points:+f}"}


def criterion_phrase(criterion: Criterion, say: Say = in_english) -> str:
    """One criterion as a phrase that stands behind "Goods"."""
    field = FIELDS.get(criterion.field)
    label = say(field.label) if field else criterion.field
    values = criterion.values
    low, high = (values[0], values[-1]) if values else ("", "")
    unit = f" {say(UNITS[field.unit])}" if field and field.unit in UNITS else ""
    return say(_template(criterion)) % {
        "field": label,
        "values": named(values, say),
        "low": f"{low}{unit}",
        "high": f"{high}{unit}",
        "percent": _percent(low),
    }


def _template(criterion: Criterion) -> str:
    values = criterion.values
    if criterion.field in ("commodity", "hs6") and criterion.operator is O.BEGINS and {len(v) for v in values} == {2}:
        return CHAPTERS
    return SPECIAL.get((criterion.field, criterion.operator)) or GENERAL[criterion.operator]


def named(values: Sequence[str], say: Say = in_english) -> str:
    """Some values with "or" before the last one; of many the first ones and how many more."""
    if not values:
        return "…"
    if len(values) > NAMED_MOST:
        first = say(COMMA).join(_shown(values[:NAMED_MOST]))
        return say(AND_MORE) % {"named": first, "count": len(values) - NAMED_MOST}
    *others, last = _shown(values)
    return say(OR) % {"first": say(COMMA).join(others), "last": last} if others else last


def _shown(values: Iterable[str]) -> list[str]:
    """Values as they are written, the keys of names without their sign."""
    return [value.removeprefix("~") for value in values]


def _percent(value: str) -> str:
    try:
        number = Decimal(value) * 100
    except ArithmeticError:
        return value
    text = format(number, "f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"
