"""The consolidated list of the Security Council, as XML.

Source: docs/rules/screening.md, SC-LST-01; United Nations, "Consolidated list: XML schema".
"""

from datetime import date
from typing import Final

from lxml import etree

from singlewindow.kernel.errors import DomainError
from singlewindow.kernel.safe_xml import parse
from singlewindow.screening.reading.ofac import NAME_MOST
from singlewindow.screening.reading.values import AddressRead, EntryRead, Faults, ListRead, NameRead, SourceFile
from singlewindow.screening.rules.countries import country_code
from singlewindow.screening.types import EntryKind, NameQuality, Source

ROOT: Final = "CONSOLIDATED_LIST"
BYTES_MOST: Final = 40_000_000
NAME_PARTS: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
KINDS: Final = {"INDIVIDUAL": EntryKind.PERSON, "ENTITY": EntryKind.ORGANISATION}
_WEAK: Final = frozenset({"low"})


def list_read(file: SourceFile, faults: Faults) -> ListRead | None:
    """Read the document; what is broken is added to the faults."""
    try:
        root = parse(file.content, max_bytes=BYTES_MOST)
    except DomainError as refused:
        faults.add(refused.violations[0].rule if refused.violations else "SC-LST-03", file.name, 0, refused.detail)
        return None
    if root.tag != ROOT:
        faults.add("SC-LST-01", file.name, 0, f"Its root is {str(root.tag)[:60]!r}; {ROOT} was expected.")
        return None
    entries: dict[str, EntryRead] = {}
    for element in root.iter(*KINDS):
        entry = _entry(element, file.name, faults)
        if entry is None:
            continue
        if entry.uid in entries:
            faults.add("SC-LST-03", file.name, _line(element), f"The entry {entry.uid} stands here a second time.")
        entries[entry.uid] = entry
    if not entries:
        faults.add("SC-LST-03", file.name, 0, "It holds no entry.")
    return ListRead(
        Source.UN, _day(root.get("dateGenerated", "")), tuple(entries.values()), ((file, len(entries)),), ()
    )


def _entry(element: etree._Element, file: str, faults: Faults) -> EntryRead | None:
    kind = KINDS[str(element.tag)]
    uid, reference = _text(element, "DATAID"), _text(element, "REFERENCE_NUMBER")
    name = " ".join(part for part in (_text(element, tag) for tag in NAME_PARTS) if part)
    if not uid.isdecimal() or not name or len(name) > NAME_MOST:
        told = "An entry needs a number and a name."
        faults.add("SC-LST-03", file, _line(element), told, value=uid or reference)
        return None
    prefix = str(element.tag)
    addresses = tuple(_address(place) for place in element.iter(f"{prefix}_ADDRESS"))
    addresses = tuple(address for address in addresses if address.street or address.city or address.country_text)
    nations = [_plain(value) for one in element.iter("NATIONALITY") for value in one.iter("VALUE")]
    countries = [country_code(text) for text in nations] + [address.country for address in addresses]
    return EntryRead(
        uid=uid,
        kind=kind,
        names=tuple(dict.fromkeys(_names(element, prefix, name))),
        addresses=tuple(dict.fromkeys(addresses)),
        programmes=tuple(part for part in (_text(element, "UN_LIST_TYPE"), reference) if part),
        countries=tuple(dict.fromkeys(code for code in countries if code)),
        birth=tuple(dict.fromkeys(filter(None, map(_birth, element.iter("INDIVIDUAL_DATE_OF_BIRTH"))))),
        identifiers=tuple(dict.fromkeys(filter(None, map(_number, element.iter("INDIVIDUAL_DOCUMENT"))))),
        remarks=_text(element, "COMMENTS1"),
    )


def _names(element: etree._Element, prefix: str, name: str) -> list[NameRead]:
    names = [NameRead(name, NameQuality.PRIMARY)]
    original = _text(element, "NAME_ORIGINAL_SCRIPT")
    if original and len(original) <= NAME_MOST:
        names.append(NameRead(original, NameQuality.ORIGINAL))
    for alias in element.iter(f"{prefix}_ALIAS"):
        text = _text(alias, "ALIAS_NAME")
        if text and len(text) <= NAME_MOST:
            weak = _text(alias, "QUALITY").casefold() in _WEAK
            names.append(NameRead(text, NameQuality.WEAK if weak else NameQuality.STRONG))
    return names


def _address(place: etree._Element) -> AddressRead:
    city = ", ".join(part for part in (_text(place, "CITY"), _text(place, "STATE_PROVINCE")) if part)
    country = _text(place, "COUNTRY")
    return AddressRead(_text(place, "STREET"), city, country_code(country), country)


def _birth(element: etree._Element) -> str:
    years = "-".join(part for part in (_text(element, "FROM_YEAR"), _text(element, "TO_YEAR")) if part)
    return _text(element, "DATE") or _text(element, "YEAR") or years


def _number(element: etree._Element) -> str:
    number = _text(element, "NUMBER")
    return f"{_text(element, 'TYPE_OF_DOCUMENT') or 'Document'} {number}" if number else ""


def _text(element: etree._Element, tag: str) -> str:
    child = element.find(tag)
    return _plain(child) if child is not None else ""


def _plain(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
