"""The consolidated screening list of the United States: one table with a header, one row an entry.

Source: docs/rules/screening.md, SC-LST-01; International Trade Administration, "Consolidated Screening List".
"""

import re
from typing import Final

from singlewindow.kernel.canonical import sha256_hex
from singlewindow.screening.reading.ofac import NAME_MOST, Table
from singlewindow.screening.reading.values import AddressRead, EntryRead, Faults, ListRead, NameRead
from singlewindow.screening.rules.countries import country_code
from singlewindow.screening.types import EntryKind, NameQuality, Source

HEADER: Final = frozenset({"source", "name", "type", "addresses", "alt_names"})
KINDS: Final = {
    "": EntryKind.ORGANISATION,
    "entity": EntryKind.ORGANISATION,
    "individual": EntryKind.PERSON,
    "vessel": EntryKind.VESSEL,
    "aircraft": EntryKind.AIRCRAFT,
}
_SHORT: Final = re.compile(r"\(([A-Z]{2,5})\)")
_NUMBER: Final = re.compile(r"(?:^|[;,] ?|\b)(IMO )?([A-Z0-9][A-Z0-9/-]{4,29})\b, ([A-Za-z][^;,]{2,60})")


def list_read(table: Table, faults: Faults) -> ListRead:
    """Read the table; what is broken is added to the faults."""
    (_, header), *rows = table.rows
    columns = [column.strip().lower() for column in header]
    entries: dict[str, EntryRead] = {}
    for line, cells in rows:
        if len(cells) != len(columns):
            told = f"It has {len(cells)} columns; the header has {len(columns)}."
            faults.add("SC-LST-03", table.file.name, line, told, value=cells[0])
            continue
        entry = _entry(dict(zip(columns, cells, strict=True)), table.file.name, line, faults)
        if entry is not None:
            entries[_free(entry.uid, entries)] = entry
    listed = tuple(_renumbered(uid, entry) for uid, entry in entries.items())
    return ListRead(Source.US_CSL, None, listed, ((table.file, len(rows)),), ())


def _free(uid: str, taken: dict[str, EntryRead]) -> str:
    """The number, or the number with the next free ordinal: a row may stand in a list twice."""
    if uid not in taken:
        return uid
    return next(tried for count in range(2, len(taken) + 3) if (tried := f"{uid}-{count}") not in taken)


def _renumbered(uid: str, entry: EntryRead) -> EntryRead:
    if uid == entry.uid:
        return entry
    return EntryRead(
        uid=uid,
        kind=entry.kind,
        names=entry.names,
        addresses=entry.addresses,
        programmes=entry.programmes,
        countries=entry.countries,
        birth=entry.birth,
        identifiers=entry.identifiers,
        remarks=entry.remarks,
    )


def _entry(row: dict[str, str], file: str, line: int, faults: Faults) -> EntryRead | None:
    name, kind, office = row["name"], row["type"].lower(), row["source"]
    if not name or len(name) > NAME_MOST:
        faults.add("SC-LST-03", file, line, f"A name of 1 to {NAME_MOST} characters is missing.", value=name)
        return None
    if not office:
        faults.add("SC-LST-03", file, line, "It does not say which office's list it is from.", value=name)
        return None
    if kind not in KINDS:
        faults.add("SC-LST-03", file, line, f"The type {kind[:40]!r} is not known.", value=name)
        return None
    others = [NameRead(other, NameQuality.STRONG) for other in _parts(row["alt_names"]) if len(other) <= NAME_MOST]
    addresses = tuple(_address(text) for text in _parts(row["addresses"]))
    countries = [address.country for address in addresses]
    countries += [
        country_code(one) for column in ("nationalities", "citizenships") for one in _parts(row.get(column, ""))
    ]
    countries.append(country_code(row.get("vessel_flag", "")))
    short = _SHORT.search(office)
    remarks = "; ".join(
        f"{label}: {row[column]}"
        for column, label in (
            ("federal_register_notice", "Federal Register notice"),
            ("start_date", "from"),
            ("end_date", "until"),
            ("license_requirement", "licence requirement"),
            ("license_policy", "licence policy"),
            ("ids", "numbers"),
            ("remarks", "remarks"),
        )
        if row.get(column)
    )
    return EntryRead(
        uid=row.get("entity_number") or _digest(office, name, row["addresses"], row.get("federal_register_notice", "")),
        kind=KINDS[kind],
        names=tuple(dict.fromkeys([NameRead(name, NameQuality.PRIMARY), *others])),
        addresses=addresses,
        programmes=(short[1] if short else office[:40], *_parts(row.get("programs", ""))),
        countries=tuple(dict.fromkeys(code for code in countries if code)),
        birth=tuple(_parts(row.get("dates_of_birth", ""))),
        identifiers=tuple(f"{prefix}{number}" for prefix, number, _ in _NUMBER.findall(row.get("ids", ""))),
        remarks=remarks,
    )


def _digest(*parts: str) -> str:
    """A number for a row that has none: what it says of itself."""
    return "x" + sha256_hex("\x1f".join(parts).encode())[:16]


def _parts(cell: str) -> list[str]:
    return [part for part in (one.strip() for one in cell.split(";")) if part]


def _address(text: str) -> AddressRead:
    """Street, town, region and code of the country, as far as they are there; the last part is the country."""
    parts = [part.strip() for part in text.split(",")]
    country = parts.pop() if len(parts[-1]) == 2 and parts[-1].isupper() else ""
    street, city = ", ".join(parts[:-1]), parts[-1] if parts else ""
    return AddressRead(street, city, country, country)
