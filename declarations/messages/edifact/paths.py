"""The coded way: a field without a segment of its own travels in FTX, named by its path in the canonical form.

`FTX+ZZZ++CDF::ZZZ+guarantees/0/security_code:1`: the first text is the path from the declaration (or from the goods
item, in its CST group), the others are the value in pieces. A longer value goes on in a further FTX of the same path.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from declarations.messages.edifact.lines import MUTUALLY_DEFINED, flag, whole
from declarations.schemas import DeclarationMessage, GoodsItem, Part
from singlewindow.kernel.edifact import Segment, segment

CODE: Final = "CDF"
PIECE: Final = 70
PIECES: Final = 4
MAX_DEPTH: Final = 8


def is_coded(one: Segment) -> bool:
    """Whether a segment is a field of the coded way."""
    return one.tag == "FTX" and one.get(1) == MUTUALLY_DEFINED and one.get(3) == CODE


def coded_write(values: Any, path: str = "") -> Iterator[Segment]:
    """Every value that is left, in FTX."""
    if isinstance(values, dict):
        for name, value in values.items():
            yield from coded_write(value, f"{path}/{name}" if path else name)
    elif isinstance(values, list):
        for place, value in enumerate(values):
            yield from coded_write(value, f"{path}/{place}")
    else:
        pieces = _pieces(_as_text(values))
        for start in range(0, len(pieces), PIECES):
            some = pieces[start : start + PIECES]
            yield segment("FTX", MUTUALLY_DEFINED, "", (CODE, "", MUTUALLY_DEFINED), (path, *some))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _pieces(value: str) -> list[str]:
    """The value in pieces that neither begin nor end with a space, which some software takes away."""
    pieces = []
    while len(value) > PIECE:
        cut = PIECE
        while cut > 1 and (value[cut - 1] == " " or value[cut] == " "):
            cut -= 1
        pieces.append(value[:cut])
        value = value[cut:]
    return [*pieces, value]


@lru_cache(maxsize=4_096)
def leaf_kind(path: tuple[str, ...], *, item: bool) -> type | None:
    """What stands at a path of the canonical form: str, int or bool; None where nothing can."""
    annotation: Any = GoodsItem if item else DeclarationMessage
    for name in path:
        annotation = _step(annotation, name)
        if annotation is None:
            return None
    base = _bare(annotation)
    if base in (int, bool):
        return base  # type: ignore[no-any-return]
    is_part = isinstance(base, type) and issubclass(base, Part)
    return None if is_part or get_origin(base) is tuple else str


def _step(annotation: Any, name: str) -> Any:
    base = _bare(annotation)
    if get_origin(base) is tuple:
        return get_args(base)[0] if name.isascii() and name.isdigit() and len(name) <= 5 else None
    if isinstance(base, type) and issubclass(base, Part) and name in base.model_fields:
        return base.model_fields[name].annotation
    return None


def _bare(annotation: Any) -> Any:
    """The annotation without what pydantic adds, and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _bare(next(one for one in get_args(annotation) if one is not NoneType))
    return str if origin is Literal else annotation


def path_set(values: dict[str, Any], path: tuple[str, ...], value: Any) -> bool:
    """Put a value at a path; false where another stands there, or a list would get a gap."""
    holder: Any = values
    for name, following in pairwise(path):
        holder = _inside(holder, name, [] if following.isdigit() else {})
        if holder is None:
            return False
    last = path[-1]
    if isinstance(holder, list):
        if not last.isdigit() or int(last) != len(holder):
            return False
        holder.append(value)
        return True
    if not isinstance(holder, dict) or last in holder:
        return False
    holder[last] = value
    return True


def _inside(holder: Any, name: str, empty: Any) -> Any:
    if isinstance(holder, list):
        if not name.isdigit() or int(name) > len(holder):
            return None
        if int(name) == len(holder):
            holder.append(empty)
        return holder[int(name)]
    return holder.setdefault(name, empty) if isinstance(holder, dict) else None


def coded_read(values: dict[str, Any], path: str, text: str, *, item: bool) -> str:
    """Put a value of the coded way where its path says; the rule that it breaks, where it cannot be put."""
    steps = tuple(path.split("/"))
    kind = leaf_kind(steps, item=item) if len(steps) < MAX_DEPTH else None
    if kind is None:
        return "format.unknown_field"
    value: Any = unicodedata.normalize("NFC", text)
    if kind is int:
        value = whole.read([text])
    elif kind is bool:
        value = flag.read([text])
    return "" if path_set(values, steps, value) else "format.repeated"
