"""The common case, read fast: a message with nothing unusual in it.

It gives the same values as `Walk`, or nothing at all: whatever is out of order, unknown, oddly written or kept without
a field of its own is left to `Walk`, which knows how to explain it. That every element, attribute and text was looked
at is shown at the end by counts, two of which the XML library takes in one pass each.
"""

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element

from declarations.messages.cds.forms import DATE, Accept, Form
from declarations.messages.cds.nodes import Group, Leaf, Object, Reader
from declarations.messages.cds.values import instant, kilograms, money, quantity, whole
from declarations.messages.cds.walk import DATE_TAG, PLACES_OF_SCHEMAS

_ELEMENTS: Final = etree.XPath("count(.//*)")
_ATTRIBUTES: Final = etree.XPath("count(.//@*)")
_TEXTS: Final = etree.XPath("count(.//text())")

_TEXT, _WHOLE, _MONEY, _QUANTITY, _MASS, _OTHER, _INSTANT, _TRANSPARENT, _OBJECT, _LIST, _FOLD = range(11)
_KINDS: dict[Reader | None, int] = {None: _TEXT, whole: _WHOLE, money: _MONEY, quantity: _QUANTITY, kilograms: _MASS}

Member = tuple[int, bool, int, Accept | None, str, str, Any]
"""Place in the order, may repeat, kind, form, key, object around it, and what the kind needs."""
Members = dict[str, Member]


class _Unusual(Exception):
    """Something that is not the common case."""


class Swift:
    """A table made ready for fast reading."""

    def __init__(self, group: Group) -> None:
        self._members = _compiled(group)

    def read(self, root: _Element) -> Object | None:
        """The values of a message, or nothing where it is not the common case."""
        try:
            values, elements, groups, attributes = _read(root, self._members)
        except _Unusual:
            return None
        attributes += sum(1 for name in root.attrib if str(name) in PLACES_OF_SCHEMAS)
        counted = (_ELEMENTS(root), _TEXTS(root), _ATTRIBUTES(root))
        plain = counted == (elements, elements - groups, attributes) and _is_plainly_wrapped(root)
        return values if plain else None


def _is_plainly_wrapped(root: _Element) -> bool:
    """Whether the elements around a declaration hold neither loose text nor attributes, but for schema locations."""
    for around in root.iterancestors():
        if around.text or not PLACES_OF_SCHEMAS.issuperset(map(str, around.keys())):
            return False
        if any(child.tail or (child.attrib and child is not root and not len(child)) for child in around):
            return False
    return True


def _compiled(group: Group) -> Members:
    return {tag: _member(place, part, form) for tag, (place, part, form) in group.members.items()}


def _member(place: int, part: Leaf | Group, form: Form | None) -> Member:
    if isinstance(part, Leaf):
        kind = _KINDS.get(part.read, _OTHER)
        if not part.key:
            return place, False, _OTHER, None, "", part.into, None
        if part.read is instant:
            return place, False, _INSTANT, None, part.key, part.into, ({}, 0, None)
        assert form is not None
        return place, False, kind, form.plain, part.key, part.into, form.accepts if kind == _TEXT else part.read
    inner = _compiled(part)
    if not part.key:
        # A group that may repeat and has no field of its own holds what is kept as it came: not the common case.
        return place, part.many, _TRANSPARENT, None, "", "", None if part.many else (inner, 0, None)
    if part.fold is not None:
        return place, part.many, _FOLD, None, part.key, part.into, (inner, 0, (part.fold, part.numbered))
    kind = _LIST if part.many else _OBJECT
    return place, part.many, kind, None, part.key, part.into, (inner, part.most, None)


def _read(root: _Element, members: Members) -> tuple[Object, int, int, int]:
    """One pass in document order; `left` counts the children of the group at hand that are still to come.

    Written out in one piece: a call for each element would cost as much as all the rest.
    """
    top: Object = {}
    around, place, left = top, -1, len(root)
    close: Any = None
    groups = attributes = 0
    expected = left
    stack: list[tuple[Members, Object, int, int, Any]] = []
    elements = root.iter()
    next(elements)
    for child in elements:
        while not left:
            if close is not None:
                _close(around, close)
            members, around, place, left, close = stack.pop()
        left -= 1
        member = members.get(child.tag)
        if member is None:
            raise _Unusual
        index, many, kind, accept, key, into, needs = member
        if index > place:
            place = index
        elif index < place or not many:
            raise _Unusual
        target = around.setdefault(into, {}) if into else around
        if accept is not None:
            text = child.text or _never()
            if key in target:
                raise _Unusual
            if not accept(text):
                text = _cleaned(text, needs) if kind == _TEXT else _never()
            if kind == _TEXT:
                target[key] = text
            elif kind == _WHOLE:
                target[key] = int(text)
            elif kind == _MONEY:
                target[key] = {"amount": text, "currency": child.get("currencyID") or _never()}
                attributes += 1
            elif kind == _OTHER:
                target[key] = needs(text, child)
            else:
                attributes += child.get("unitCode") is not None
                target[key] = _measured(child, text, kind)
            continue
        if needs is None:
            raise _Unusual
        groups += 1
        if kind == _INSTANT:
            if key in target or next(elements) is not _date_in(child):
                raise _Unusual
            target[key] = instant("", child)
            attributes += 1
            expected += 1
            continue
        stack.append((members, around, place, left, close))
        members, most, close = needs
        place, left = -1, len(child) or _never()
        expected += left
        if kind == _TRANSPARENT:
            around = target
        elif kind == _LIST:
            listed = target.setdefault(key, [])
            around = {}
            listed.append(around)
            if len(listed) > most:
                raise _Unusual
        elif kind == _FOLD:
            close = (*close, target)
            around = {}
        else:
            around = target.setdefault(key, {})
    while stack:
        if left:
            raise _Unusual
        if close is not None:
            _close(around, close)
        members, around, place, left, close = stack.pop()
    return top, expected, groups, attributes


def _measured(child: _Element, text: str, kind: int) -> Any:
    """A quantity with its unit, or a mass in kilograms."""
    unit = child.get("unitCode")
    if kind == _QUANTITY:
        return {"quantity": text} if unit is None else {"quantity": text, "unit": unit}
    return text if unit in (None, "KGM") else _never()


def _date_in(element: _Element) -> _Element:
    """The one DateTimeString that a date holds, with its format and nothing else."""
    if len(element) != 1:
        raise _Unusual
    inner = element[0]
    if inner.tag != DATE_TAG or inner.keys() != ["formatCode"] or inner.get("formatCode") not in ("102", "304"):
        raise _Unusual
    return inner if DATE.plain(inner.text or "") else _never()


def _close(values: Object, close: Any) -> None:
    """Put what a folded group held into the object around it."""
    fold, numbered, target = close
    if numbered and "sequence" not in values:
        raise _Unusual
    fold(values, target)


def _cleaned(text: str, accepts: Callable[[str], bool]) -> str:
    """Text beyond ASCII in its one normal form."""
    if not accepts(text) or not text.isprintable() or text[:1] == " " or text[-1:] == " ":
        raise _Unusual
    return unicodedata.normalize("NFC", text)


def _never() -> Any:
    raise _Unusual
