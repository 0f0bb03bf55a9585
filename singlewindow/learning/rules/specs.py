"""What is made of the columns of each source of rows."""

from dataclasses import replace

from singlewindow.kernel.canonical import JsonValue
from singlewindow.learning.rules.keys import DERIVED
from singlewindow.learning.types import CATEGORIES, NUMBERS, FrameRefused, FrameSpec, LabelledFrame

_GOODS: tuple[tuple[str, ...], ...] = (
    ("hs6",),
    ("hs4",),
    ("value_per_kg",),
    ("mass",),
    ("dispatch", "origin"),
    ("rate", "tax_type"),
    ("value_per_kg", "dispatch"),
    ("value_per_kg", "origin"),
    ("value_per_kg", "tax_type"),
    ("hs6", "dispatch"),
    ("hs6", "origin"),
    ("value_per_kg", "dispatch", "origin", "tax_type"),
    ("hs6", "dispatch", "origin", "tax_type"),
    ("hs6", "value_per_kg", "dispatch", "origin", "rate", "tax_type"),
    ("hs6", "mass_band"),
    ("hs6", "mass"),
    ("value_per_kg", "mass"),
    ("hs4", "mass"),
    ("mass", "dispatch", "origin"),
    ("hs6", "mass", "dispatch", "origin"),
    ("hs6", "value_per_kg", "mass", "dispatch", "origin", "tax_type"),
)
_MEDIANS = (("hs6",), ("hs4",), ("hs6", "origin"))

RISK_DATA = FrameSpec(
    name="risk-data",
    numbers=NUMBERS,
    profiles=_GOODS,
    medians=_MEDIANS,
    repeat=("hs6", "mass"),
)
"""Goods, route and tariff. Parties, office and payment tell nothing in that data (they only added noise)."""

PLATFORM = FrameSpec(
    name="platform",
    numbers=NUMBERS,
    profiles=(
        *_GOODS,
        ("trader",),
        ("declarant",),
        ("partner",),
        ("courier",),
        ("office",),
        ("trader", "hs4"),
        ("trader", "origin"),
        ("trader", "partner"),
        ("declarant", "trader"),
        ("partner", "hs4"),
        ("office", "mode"),
    ),
    medians=_MEDIANS,
    repeat=("hs6", "mass"),
)
"""The same, and who trades with whom through whom."""

SPECS = {spec.name: spec for spec in (RISK_DATA, PLATFORM)}
MOST_COLUMNS = 200


def spec_for(frame: LabelledFrame, spec: FrameSpec) -> FrameSpec:
    """The spec with the free columns of a source: its numbers are read, the past of its texts is asked."""
    numbers = [name for name in frame.rows.numbers if name not in spec.numbers]
    texts = [(name,) for name in frame.rows.texts if name not in CATEGORIES and (name,) not in spec.profiles]
    return replace(spec, numbers=(*spec.numbers, *numbers), profiles=(*spec.profiles, *texts))


def spec_output(spec: FrameSpec) -> dict[str, JsonValue]:
    """The spec as it is stored with a model."""
    return {
        "name": spec.name,
        "numbers": list(spec.numbers),
        "profiles": [list(keys) for keys in spec.profiles],
        "medians": [list(keys) for keys in spec.medians],
        "repeat": list(spec.repeat),
    }


def spec_read(value: JsonValue) -> FrameSpec:
    """The spec of a stored form that anybody may have written.

    Raises:
        FrameRefused: it is none.
    """
    if not isinstance(value, dict) or set(value) != {"name", "numbers", "profiles", "medians", "repeat"}:
        raise FrameRefused("The specification of the columns has not the members that it must have.")
    made = FrameSpec(
        name=_word(value["name"]),
        numbers=_words(value["numbers"]),
        profiles=_groups(value["profiles"]),
        medians=_groups(value["medians"]),
        repeat=_words(value["repeat"]),
    )
    if made.repeat not in made.profiles:
        raise FrameRefused("The specification names a combination for repeated goods that is none of its profiles.")
    if not {"price", "net_mass"} <= set(made.numbers):
        raise FrameRefused("The specification has no price or no net mass.")
    return made


def _groups(value: JsonValue) -> tuple[tuple[str, ...], ...]:
    groups = tuple(_words(group) for group in value) if isinstance(value, list) and len(value) <= MOST_COLUMNS else ()
    if not groups or any(not group for group in groups) or len(set(groups)) != len(groups):
        raise FrameRefused("The specification has an empty, doubled or overlong list of combinations.")
    return groups


def _words(value: JsonValue) -> tuple[str, ...]:
    words = tuple(_word(word) for word in value) if isinstance(value, list) and len(value) <= MOST_COLUMNS else None
    if words is None or len(set(words)) != len(words):
        raise FrameRefused("The specification has a doubled or overlong list of columns.")
    return words


def _word(value: JsonValue) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 60 or not value.replace("-", "_").isidentifier():
        raise FrameRefused("The specification has a name of a column that is none.")
    return value


KNOWN_KEYS = frozenset(CATEGORIES) | frozenset(DERIVED)
"""Keys that every page can say in words; free columns are said by their name."""
