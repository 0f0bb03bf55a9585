"""The common case, read fast: a message with nothing unusual in it.

It gives the same values as `Walk`, or nothing at all: whatever is out of order, unknown, oddly written or kept without
a field of its own is left to `Walk`, which knows how to explain it.

To hand thousands of elements over to Python one by one costs more than all that is done with them. So the XML library
writes the declaration that it read and checked as text once more, in its one plain way: no comments, no indents, no
sections, and `<` and `>` nowhere but around tags. Between `><` stand its pieces: `Name` opens a group, `/Name` closes
it, `Name>text</Name` is a value. A piece that comes again in the same kind of group was understood and checked before.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element

from declarations.messages.cds.forms import DATE, Form
from declarations.messages.cds.nodes import WCO, WCO_TYPES, Group, Leaf, Object, Reader
from declarations.messages.cds.values import instant, kilograms, money, quantity
from declarations.messages.cds.walk import ATTRIBUTE_FORMS, PLACES_OF_SCHEMAS

_ATTRIBUTE = re.compile('([A-Za-z]+)="([!#-%\'-;=?-~]{1,5})"')
_ATTRIBUTES: Final[dict[Reader | None, str]] = {
    money: "currencyID",
    quantity: "unitCode",
    kilograms: "unitCode",
    instant: "formatCode",
}
_LAST: Final = 1_000
"""The place of a closing tag: behind all members of any group."""

_PLAIN, _VALUE, _CLOSING, _TRANSPARENT, _LIST, _FOLD, _OBJECT = range(7)
"""What a piece is: a value to set, a value that needs more care, a closing tag, or a group by what becomes of it."""


class _Unusual(Exception):
    """Something that is not the common case."""


@dataclass(frozen=True, slots=True)
class _Value:
    """An element with a value."""

    place: int
    leaf: Leaf
    form: Form


@dataclass(frozen=True, slots=True, eq=False)
class _Inner:
    """A group, with its members by name."""

    place: int
    group: Group
    kind: int
    space: str
    """The namespace of its members."""
    members: "dict[str, _Value | _Inner]" = field(repr=False)


_Entry = tuple[int, int, str, Any]
"""What a piece says: its place in the order, its kind, the field, and its value, or the member that it is."""
_CLOSED: Final[_Entry] = (_LAST, _CLOSING, "", None)


class Swift:
    """A table made ready for fast reading."""

    def __init__(self, group: Group) -> None:
        self._top = _compiled(0, group)

    def read(self, root: _Element) -> Object | None:
        """The values of a message, or nothing where it is not the common case."""
        if not _is_plainly_wrapped(root):
            return None
        spaces = {prefix or "": str(space) for prefix, space in root.nsmap.items()}
        head, *pieces = etree.tostring(root, encoding="unicode", with_tail=False)[1:-1].split("><")
        # Loose text at the start or the end shows as a bracket; a namespace is no address if it holds one.
        if ">" in head or not pieces or ">" in pieces.pop() or any("<" in space for space in spaces.values()):
            return None
        try:
            return _read(pieces, self._top, spaces)
        except _Unusual:
            return None


def _is_plainly_wrapped(root: _Element) -> bool:
    """Whether a declaration and what stands around it has no attributes but schema locations, and no loose text."""
    if not PLACES_OF_SCHEMAS.issuperset(map(str, root.keys())):
        return False
    for around in root.iterancestors():
        if around.text or not PLACES_OF_SCHEMAS.issuperset(map(str, around.keys())):
            return False
        if any(child.tail or (child.attrib and child is not root and not len(child)) for child in around):
            return False
    return True


def _compiled(place: int, group: Group) -> _Inner:
    members = {part.name: _member(at, part, form) for at, part, form in group.members.values()}
    kind = _OBJECT
    if not group.key:
        kind = _TRANSPARENT
    elif group.fold is not None:
        kind = _FOLD
    elif group.many:
        kind = _LIST
    return _Inner(place, group, kind, WCO, members)


def _member(place: int, part: Leaf | Group, form: Form | None) -> _Value | _Inner:
    if isinstance(part, Group):
        return _compiled(place, part)
    if part.read is instant:
        date = Leaf("DateTimeString", part.to, instant)
        return _Inner(place, Group(part.name, ()), _TRANSPARENT, WCO_TYPES, {date.name: _Value(0, date, DATE)})
    assert form is not None
    return _Value(place, part, form)


def _read(pieces: list[str], inner: _Inner, spaces: dict[str, str]) -> Object:
    """One pass in document order. Written out in one piece: a call for each element would cost as much as the rest."""
    known_by_group: dict[_Inner, dict[str, _Entry]] = defaultdict(dict)
    known = known_by_group[inner]
    top: Object = {}
    around, place, close = top, -1, None
    stack: list[tuple[_Inner, dict[str, _Entry], Object, int, Any]] = []
    for piece in pieces:
        entry = known.get(piece)
        if entry is None:
            entry = known[piece] = _understood(piece, inner, spaces)
        index, kind, key, value = entry
        if index > place:
            place = index
        elif index < place or kind < _TRANSPARENT or not value.group.many:
            raise _Unusual
        if kind == _PLAIN:
            if key in around:
                raise _Unusual
            around[key] = value
        elif kind == _CLOSING:
            if close is not None:
                fold, numbered, outer = close
                if numbered and "sequence" not in around:
                    raise _Unusual
                fold(around, outer)
            inner, known, around, place, close = stack.pop()
        elif kind == _VALUE:
            _set(around, *value)
        else:
            stack.append((inner, known, around, place, close))
            inner, place, close = value, -1, None
            known = known_by_group[inner]
            if kind == _TRANSPARENT:
                continue
            group = inner.group
            if group.into:
                around = around.setdefault(group.into, {})
            if kind == _LIST:
                listed = around.setdefault(key, [])
                around = {}
                listed.append(around)
                if len(listed) > group.most:
                    raise _Unusual
            elif kind == _FOLD:
                close = (group.fold, group.numbered, around)
                around = {}
            else:
                around = around.setdefault(key, {})
    return top


def _set(around: Object, into: str, key: str, value: Any) -> None:
    """Set a value of more than one part, or in another object: a fold may change it, and its piece may come again."""
    target = around.setdefault(into, {}) if into else around
    if key in target:
        raise _Unusual
    target[key] = value.copy() if isinstance(value, dict) else value


def _understood(piece: str, inner: _Inner, spaces: dict[str, str]) -> _Entry:
    """What a piece says that was not seen in such a group before."""
    if piece[0] == "/" and ">" not in piece:
        return _CLOSED
    tag, _, rest = piece.partition(">")
    tag, _, attribute = tag.partition(" ")
    prefix, _, name = tag.rpartition(":")
    member = inner.members.get(name)
    if member is None or spaces.get(prefix) != inner.space:
        raise _Unusual
    if isinstance(member, _Inner):
        # A group that may repeat and has no field of its own holds what is kept as it came.
        if len(piece) != len(tag) or (member.group.many and member.kind == _TRANSPARENT):
            raise _Unusual
        return member.place, member.kind, member.group.key, member
    leaf = member.leaf
    text, _, end = rest.partition("</")
    if end != tag or not leaf.key:
        raise _Unusual
    value = _value(member, text, attribute)
    if leaf.into or isinstance(value, dict):
        return member.place, _VALUE, "", (leaf.into, leaf.key, value)
    return member.place, _PLAIN, leaf.key, value


def _value(member: _Value, text: str, attribute: str) -> Any:
    """The value of an element, as its reader gives it."""
    read, form = member.leaf.read, member.form
    if "&" in text:
        text = _unescaped(text)
    if not form.plain(text):
        text = _cleaned(text, form) if read is None else _never()
    if read is None and not attribute:
        return text
    attributes: dict[str, str] = {}
    if attribute:
        found = _ATTRIBUTE.fullmatch(attribute) or _never()
        if found[1] != _ATTRIBUTES.get(read) or not ATTRIBUTE_FORMS[found[1]].fullmatch(found[2]):
            raise _Unusual
        attributes[found[1]] = found[2]
    elif read is instant:
        raise _Unusual
    return text if read is None else read(text, attributes)


def _unescaped(text: str) -> str:
    if "&#" in text:
        raise _Unusual
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _cleaned(text: str, form: Form) -> str:
    """Text beyond ASCII in its one normal form."""
    if not form.accepts(text) or not text.isprintable() or text[:1] == " " or text[-1:] == " ":
        raise _Unusual
    return unicodedata.normalize("NFC", text)


def _never() -> Any:
    raise _Unusual
