"""What the measure types, conditions and actions of TARIC are in our tariff.

Source: TARIC measure types and series; docs/rules/fees.md, FE-TX-06.
"""

from collections.abc import Mapping
from typing import Final

from fees.types import Direction, MeasureKind

K = MeasureKind

TYPES: Final[Mapping[str, tuple[MeasureKind, str]]] = {
    "103": (K.DUTY, "A00"),  # third country duty
    "105": (K.SUSPENSION, "A00"),  # non preferential duty under authorised use
    "106": (K.PREFERENCE, "A00"),  # customs union duty
    "112": (K.SUSPENSION, "A00"),  # autonomous tariff suspension
    "115": (K.SUSPENSION, "A00"),  # autonomous suspension under authorised use
    "117": (K.SUSPENSION, "A00"),  # goods for ships, boats and platforms
    "119": (K.SUSPENSION, "A00"),  # airworthiness
    "122": (K.DUTY, "A00"),  # non preferential tariff quota
    "123": (K.DUTY, "A00"),  # non preferential tariff quota under authorised use
    "141": (K.PREFERENCE, "A00"),  # preferential suspension
    "142": (K.PREFERENCE, "A00"),  # tariff preference
    "143": (K.PREFERENCE, "A00"),  # preferential tariff quota
    "145": (K.PREFERENCE, "A00"),  # preference under authorised use
    "146": (K.PREFERENCE, "A00"),  # preferential tariff quota under authorised use
    "147": (K.PREFERENCE, "A00"),  # customs union quota
    "305": (K.VAT, "B00"),  # value added tax
    "551": (K.ANTI_DUMPING, "A35"),  # provisional anti-dumping duty
    "552": (K.ANTI_DUMPING, "A30"),  # definitive anti-dumping duty
    "553": (K.ANTI_DUMPING, "A45"),  # provisional countervailing duty
    "554": (K.ANTI_DUMPING, "A40"),  # definitive countervailing duty
    "695": (K.ANTI_DUMPING, "A20"),  # additional duties
    "696": (K.ANTI_DUMPING, "A20"),  # additional duties (safeguard)
}
"""Kind and tax type of the types that have a rate."""

QUOTA_TYPES: Final = frozenset({"122", "123", "143", "146", "147"})
"""Types whose measures are for a quota and name it."""

SERIES: Final[Mapping[str, MeasureKind]] = {
    "A": K.PROHIBITION,  # importation or exportation prohibited
    "B": K.REQUIREMENT,  # entry into free circulation or exportation subject to conditions
    "Q": K.EXCISE,
}
"""Kind of the other types, by their series."""

ACTIONS: Final[Mapping[str, str]] = {
    "01": "apply",  # apply the amount of the action
    "27": "apply",  # apply the mentioned duty
    "07": "not_apply",  # measure not applicable
    "04": "refuse",  # entry into free circulation is not allowed
    "05": "refuse",  # export is not allowed
    "06": "refuse",  # import is not allowed
    "08": "refuse",  # declared subheading not allowed
    "09": "refuse",  # import or export not allowed after control
    "24": "allow",  # entry into free circulation allowed
    "25": "allow",  # export allowed
    "26": "allow",  # import allowed
    "28": "allow",  # declared subheading allowed
    "29": "allow",  # import or export allowed after control
}

MOVEMENTS: Final[Mapping[int, tuple[Direction, ...]]] = {
    0: (Direction.IMPORT,),
    1: (Direction.EXPORT,),
    2: (Direction.IMPORT, Direction.EXPORT),
}
"""By trade movement code of the measure type."""


def kind_of(measure_type: str, series: str) -> tuple[MeasureKind, str] | None:
    """Kind and tax type of a measure type; none where the tariff has no place for it."""
    known = TYPES.get(measure_type)
    if known is not None:
        return known
    kind = SERIES.get(series)
    return None if kind is None else (kind, measure_type[-3:])
