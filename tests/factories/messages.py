"""Declarations of every shape that the schema allows, for properties that must hold for all of them (hypothesis).

Made from the schema itself: a field that is added there is in the next run of every property.
"""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from declarations.schemas import DeclarationMessage, GoodsItem, Part
from declarations.schemas.fields import DECIMAL_FORM, Instant, StrictDecimal

Strategy = st.SearchStrategy[Any]

SIGNS = "+:'?*\"<>&;,./\\-="
"""Signs that some format releases, escapes or takes for its own."""
LETTERS = "abcXYZ019 éßñŁЖшΩأب中文𝄞"

UPPER, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def _plain(alphabet: str, low: int, high: int) -> Strategy:
    return st.text(alphabet, min_size=low, max_size=high)


PATTERNS: dict[str, Strategy] = {
    r"^[A-Z]{2}$": st.sampled_from(["ZZ", "CN", "NL", "KE", "US"]),
    r"^[A-Z]{3}$": st.sampled_from(["EUR", "USD", "JPY", "FOB"]),
    r"^[A-Z0-9#]{1,5}$": st.sampled_from(["KGM", "NAR", "LTR", "KGM#G", "X#", "1"]),
    r"^[A-Za-z0-9]{1,3}$": _plain("ABCxyz019", 1, 3),
    r"^[A-Za-z0-9.\-]+$": _plain("ABz09.-", 1, 18),
    r"^[A-Z0-9]{1,2}$": st.sampled_from(["CT", "BX", "1A", "P"]),
    r"^[A-Z0-9]{2,6}$": _plain("ANC9357", 2, 6),
    r"^[A-Za-z]$": st.sampled_from(["A", "E", "r"]),
    r"^(?:[0-9]{6}|[0-9]{8}|[0-9]{10})$": st.sampled_from(["851671", "85167100", "8516710000"]),
    r"^[0-9]{4}$": _plain(DIGITS, 4, 4),
    r"^(?:[A-Z]{2}|[0-9]{4})$": st.sampled_from(["CN", "ZZ", "1011", "2020"]),
    r"^[0-9A-Z]{3}$": _plain("100A", 3, 3),
    r"^[0-9A-Z]{4}$": st.sampled_from(["4000", "1000", "40C7", "0000"]),
    r"^[0-9A-Z]{1,3}$": _plain("0C071", 1, 3),
    r"^[0-9A-Z]{1,4}$": _plain("01AB", 1, 4),
    r"^[A-Z0-9]{1,4}$": _plain("CGUDPO1", 1, 4),
    r"^(?:IM|EX|CO)[A-Z]$": st.sampled_from(["IMA", "IMD", "EXA", "EXD", "COA", "IMZ"]),
    r"^[0-9]$": _plain(DIGITS, 1, 1),
    r"^[0-9]{1,2}$": _plain(DIGITS, 1, 2),
    r"^[A-Z]{1,3}$": _plain("ABR", 1, 3),
    r"^[A-Za-z0-9/\[\]@]+$": st.sampled_from(["Surety/Name", "Item[2]/Nature", "Amendment/Pointer[1]/@x", "FTX[3]"]),
}
"""A strategy for each pattern of the schema; one that is missing fails at once, with the pattern."""


def texts(limit: int) -> Strategy:
    """Texts on one line in normal form C, without space around them; some as long as they may be."""
    short = st.text(st.sampled_from(LETTERS + SIGNS), min_size=1, max_size=min(limit, 12))
    full = st.sampled_from("aЖ?'中").map(lambda letter: letter * limit)
    long = st.sampled_from([f"{letter}{sign} " * limit for letter in "xé" for sign in SIGNS]).map(lambda t: t[:limit])
    both = st.one_of(short, short, short, full, long)
    return both.map(lambda text: unicodedata.normalize("NFC", text).strip()[:limit].strip() or "x")


def _decimal(number: int, places: int) -> Decimal:
    value = Decimal(number).scaleb(-places)
    text = format(value, "f")
    return value if DECIMAL_FORM.fullmatch(text) else Decimal(number % 10**15)


decimals: Strategy = st.one_of(
    st.builds(_decimal, st.integers(0, 10**7), st.integers(0, 6)),
    st.sampled_from([Decimal(0), Decimal("0.000001"), Decimal(10**15 - 1), Decimal("999999999999999.999999")]),
)
instants: Strategy = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)


@st.composite
def part(draw: st.DrawFn, model: type[Part], most: int = 0) -> Any:
    """A part with its required fields and some of the others, none of them empty."""
    fields = model.model_fields
    free = [name for name, info in fields.items() if not info.is_required() and name != "schema_version"]
    chosen = draw(st.sets(st.sampled_from(free), max_size=most or len(free))) if free else set()
    if not chosen and free and all(not info.is_required() for info in fields.values()):
        chosen = {draw(st.sampled_from(free))}
    values = {name: draw(_field(model, name)) for name, info in fields.items() if info.is_required() or name in chosen}
    return model.model_validate(values)


@cache
def _field(model: type[Part], name: str) -> Strategy:
    info = model.model_fields[name]
    if model is DeclarationMessage and name == "items":
        return st.lists(part(GoodsItem, 9), min_size=1, max_size=4).map(tuple)
    return _of(info.annotation, info)


def _of(annotation: Any, info: FieldInfo | None = None) -> Strategy:
    """The strategy of an annotation; what pydantic keeps in the field's metadata counts like `Annotated`."""
    for kind, strategy in _WHOLE.items():
        if annotation == kind or (info is not None and info.metadata and _same(kind, annotation, info)):
            return strategy
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        return _limited(inner, [limit for one in metadata for limit in getattr(one, "metadata", [one])])
    if get_origin(annotation) in (Union, UnionType):
        return st.one_of([_of(one, info) for one in get_args(annotation) if one is not NoneType])
    return _limited(annotation, list(info.metadata) if info is not None else [])


def _same(kind: Any, annotation: Any, info: FieldInfo) -> bool:
    """Whether pydantic took this `Annotated` apart into the field's annotation and metadata."""
    base, *metadata = get_args(kind)
    return bool(annotation is base and list(info.metadata) == metadata)


_WHOLE: dict[Any, Strategy] = {StrictDecimal: decimals, Instant: instants}


def _limited(base: Any, limits: list[Any]) -> Strategy:
    def limit(name: str) -> Any:
        return next((getattr(one, name) for one in limits if getattr(one, name, None) is not None), None)

    if get_origin(base) is tuple:
        return st.lists(_of(get_args(base)[0]), min_size=1, max_size=3).map(tuple)
    if get_origin(base) is Literal:
        return st.sampled_from(get_args(base))
    if isinstance(base, type) and issubclass(base, Part):
        return part(base)
    if base is bool:
        return st.booleans()
    if base is int:
        low, high = limit("ge") or 0, limit("le") or 99999
        return st.one_of(st.integers(low, min(high, 30)), st.sampled_from([low, high]))
    assert base is str, (base, limits)
    pattern, length = limit("pattern"), limit("max_length")
    if pattern in PATTERNS:
        return PATTERNS[pattern]
    assert pattern == r"^\S(?:.*\S)?$", f"no strategy for the pattern {pattern}"
    return texts(length)


def messages(most: int = 10) -> Strategy:
    """Declarations: required fields, at most this many of the others, one to four items, rare fields included."""
    return part(DeclarationMessage, most).map(_numbered)


def _numbered(made: DeclarationMessage) -> DeclarationMessage:
    """With items, as every declaration has them, numbered from 1."""
    items = tuple(item.model_copy(update={"number": place}) for place, item in enumerate(made.items, start=1))
    return made.model_copy(update={"items": items})


def full_message(items: int = 3, *, text: Callable[[int], str] = lambda limit: "Tea: 50% + l'eau?"[:limit]) -> Any:
    """One declaration with every field that there is, each list with two entries."""

    def whole(model: type[Part]) -> Part:
        made: dict[str, Any] = {}
        for name, info in model.model_fields.items():
            if name != "schema_version":
                made[name] = value(info.annotation, info)
        return model.model_validate(made)

    def value(annotation: Any, info: FieldInfo | None = None) -> Any:
        if get_origin(annotation) in (Union, UnionType):
            return value(next(one for one in get_args(annotation) if one is not NoneType), info)
        for kind, sample in ((StrictDecimal, "1234.5"), (Instant, "2026-03-01T09:30:15Z")):
            if annotation == kind or (info is not None and info.metadata and _same(kind, annotation, info)):
                return sample
        if get_origin(annotation) is Annotated:
            inner, *metadata = get_args(annotation)
            return limited(inner, [limit for one in metadata for limit in getattr(one, "metadata", [one])])
        return limited(annotation, list(info.metadata) if info is not None else [])

    def limited(base: Any, limits: list[Any]) -> Any:
        if get_origin(base) is tuple:
            return [value(get_args(base)[0]), value(get_args(base)[0])]
        if get_origin(base) is Literal:
            return get_args(base)[0]
        if isinstance(base, type) and issubclass(base, Part):
            return whole(base)
        if base is bool:
            return True
        if base is int:
            return 7
        length = next((one.max_length for one in limits if getattr(one, "max_length", None)), None)
        pattern = next((one.pattern for one in limits if getattr(one, "pattern", None)), "")
        if pattern == r"^\S(?:.*\S)?$" and length:
            return text(length).strip()
        return SAMPLES[pattern]

    made = whole(DeclarationMessage)
    one = made.items[0]  # type: ignore[attr-defined]
    lines = tuple(one.model_copy(update={"number": place}) for place in range(1, items + 1))
    return made.model_copy(update={"items": lines})


SAMPLES: dict[str, str] = {
    r"^[A-Z]{2}$": "ZZ",
    r"^[A-Z]{3}$": "EUR",
    r"^[A-Z0-9#]{1,5}$": "KGM#G",
    r"^[A-Za-z0-9]{1,3}$": "aB1",
    r"^[A-Za-z0-9.\-]+$": "A.1-b",
    r"^[A-Z0-9]{1,2}$": "CT",
    r"^[A-Z0-9]{2,6}$": "N935",
    r"^[A-Za-z]$": "E",
    r"^(?:[0-9]{6}|[0-9]{8}|[0-9]{10})$": "8516710000",
    r"^[0-9]{4}$": "1203",
    r"^(?:[A-Z]{2}|[0-9]{4})$": "1011",
    r"^[0-9A-Z]{3}$": "100",
    r"^[0-9A-Z]{4}$": "4000",
    r"^[0-9A-Z]{1,3}$": "C07",
    r"^[0-9A-Z]{1,4}$": "0000",
    r"^[A-Z0-9]{1,4}$": "CGU",
    r"^(?:IM|EX|CO)[A-Z]$": "IMA",
    r"^[0-9]$": "1",
    r"^[0-9]{1,2}$": "11",
    r"^[A-Z]{1,3}$": "R",
    r"^[A-Za-z0-9/\[\]@]+$": "Surety/Name",
}
"""One value for each pattern of the schema."""
