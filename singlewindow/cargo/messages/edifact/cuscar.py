"""CUSCAR: a manifest, read segment by segment; consignments begin at CNI, goods at GID.

Source: UN/EDIFACT D.96B, D.99B, D.24A (CUSCAR); docs/rules/cargo.md, CA-051.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from singlewindow.cargo.messages.edifact.parts import (
    Notes,
    conveyance_of,
    directory_required,
    instant_of,
    party_of,
    place_of,
    read_values,
    text_of,
)
from singlewindow.cargo.schemas import ManifestMessage
from singlewindow.kernel.edifact import EdifactMessage, Segment

HOUSE = frozenset({"BH", "HWB"})
MASTER = frozenset({"MB", "MWB"})
STRAIGHT = frozenset({"BM", "AWB", "CRN", "AAM", "CWN"})
TRANSPORT = HOUSE | MASTER | STRAIGHT
CONSIGNOR, CONSIGNEE, NOTIFY = (
    frozenset({"CZ", "EX", "OS"}),
    frozenset({"CN", "IM", "UC"}),
    frozenset({"NI", "N1", "NP"}),
)
LOADING, DISCHARGE = frozenset({"9", "76", "91"}), frozenset({"11", "12"})
OFFICES = frozenset({"22", "23", "41", "42", "43", "44", "50", "58"})
ARRIVES = frozenset({"132", "232", "178"})
GROSS = frozenset({"", "G", "AAD", "AAB", "AAS", "WX"})
KILOGRAMS = {
    "KGM": Decimal(1),
    "KG": Decimal(1),
    "TNE": Decimal(1000),
    "GRM": Decimal("0.001"),
    "LBR": Decimal("0.453592"),
}
FUNCTIONS = {"1": "cancel", "4": "amend", "5": "amend", "": "file", "9": "file"}
_HS = re.compile(r"[0-9]{4,10}", re.ASCII)
_CONTAINER = re.compile(r"[A-Z0-9]{4,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CuscarRead:
    """A manifest as it was read: what is asked for, and what has no field."""

    act: str
    message: ManifestMessage
    notes: Notes


@dataclass(slots=True)
class _Bill:
    """A consignment that is being read."""

    pointer: str
    references: dict[str, str] = field(default_factory=dict)
    number: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    goods: list[dict[str, Any]] = field(default_factory=list)
    total_packages: int | None = None


def cuscar_read(message: EdifactMessage) -> CuscarRead:
    """Read a manifest.

    Raises:
        MessageUnsupported: another directory, or another function than to file, replace or cancel.
        SegmentsRefused: format.*, every finding at once, each with its pointer and its segment.
    """
    directory_required(message)
    return _Reading(message).read()


class _Reading:
    """One pass over the segments."""

    def __init__(self, message: EdifactMessage) -> None:
        self.notes = Notes(message)
        self.segments = message.segments[1:-1]
        self.values: dict[str, Any] = {"conveyance": {}}
        self.containers: dict[str, dict[str, Any]] = {}
        self.equipment: dict[str, Any] | None = None
        self.bills: list[_Bill] = []
        self.line: dict[str, Any] | None = None
        self.act = "file"
        self.journeys = 0
        self.last_place = ""

    def read(self) -> CuscarRead:
        """All segments in turn, then the manifest."""
        readers: dict[str, Callable[[Segment], bool]] = {
            "BGM": self._beginning,
            "DTM": self._time,
            "LOC": self._place,
            "RFF": self._reference,
            "NAD": self._party,
            "TDT": self._journey,
            "EQD": self._equipment,
            "SEL": self._seal,
            "CNI": self._consignment,
            "GID": self._goods,
            "PAC": self._packages,
            "FTX": self._text,
            "MEA": self._measure,
            "SGP": self._split,
            "PCI": self._marks,
            "CST": self._commodity,
            "CNT": self._count,
        }
        for segment in self.segments:
            reader = readers.get(segment.tag)
            if reader is None or not reader(segment):
                self.notes.keep(segment)
        if "reference" not in self.values:
            first = self.segments[0] if self.segments else self.notes.message.segments[0]
            self.notes.wrong("format.missing", "/reference", "The message has no document number (BGM).", first)
        return CuscarRead(self.act, read_values(ManifestMessage, self._manifest(), self.notes), self.notes)

    @property
    def bill(self) -> _Bill | None:
        return self.bills[-1] if self.bills else None

    def _manifest(self) -> dict[str, Any]:
        bills = [self._bill_values(bill) for bill in self.bills]
        masters = {one["reference"] for one in bills if one["kind"] != "house"}
        houses = [one for one in bills if one["kind"] == "house"]
        outside = bool(houses) and len(houses) == len(bills) and not {one.get("master") for one in houses} & masters
        if len(bills) == 1 and not bills[0].get("containers"):
            bills[0]["containers"] = list(self.containers.values())
        self.values.setdefault("mode", "sea")
        return self.values | {"bills": bills, "kind": "consolidation" if outside else "carrier"}

    def _bill_values(self, bill: _Bill) -> dict[str, Any]:
        named = bill.references
        house = next((named[code] for code in named if code in HOUSE), "")
        master = next((named[code] for code in named if code in MASTER), "")
        straight = next((named[code] for code in named if code in STRAIGHT), "")
        if not house and master and straight and master != straight:
            house = straight
        values: dict[str, Any] = {"kind": "straight", "reference": house or straight or master or bill.number}
        if house:
            values |= {"kind": "house", "master": master or bill.number or None}
            if not values["master"] or values["master"] == house:
                values |= {"kind": "straight", "master": None}
        elif master:
            values["kind"] = "master"
        if not values["reference"]:
            self._unnumbered(bill)
        used = dict.fromkeys(one for line in bill.goods for one in line.get("container_ids", ()))
        held = [self.containers[one] for one in used if one in self.containers]
        self._total(bill)
        rest = bill.values | {"goods": bill.goods, "containers": held}
        return {key: value for key, value in (values | rest).items() if value is not None}

    def _total(self, bill: _Bill) -> None:
        """The packages of a consignment that only its total counts belong to its first line."""
        counted = any(line.get("packages", {}).get("count") for line in bill.goods)
        if bill.goods and not counted and bill.total_packages:
            bill.goods[0].setdefault("packages", {})["count"] = bill.total_packages

    def _unnumbered(self, bill: _Bill) -> None:
        text = "The consignment has no transport document number (RFF or CNI)."
        first = self.segments[0]
        source = self.notes.places.get(bill.pointer)
        self.notes.wrong("format.missing", f"{bill.pointer}/reference", text, first)
        if source:
            last = self.notes.found.pop()
            self.notes.found += self.notes.placed([type(last)(last.rule, bill.pointer, last.message)])

    def _beginning(self, segment: Segment) -> bool:
        reference = segment.get(2, 1).strip()
        if reference:
            self.values["reference"] = reference
            self.notes.at("/reference", segment, 2)
        self.act = FUNCTIONS.get(segment.get(3, 1), "other")
        if self.act == "other":
            text = f"The function {segment.get(3, 1)[:3]} is none that is taken: 9 files, 4 and 5 replace, 1 cancels."
            self.notes.wrong("format.value", "", text, segment, segment.get(3, 1))
        return True

    def _time(self, segment: Segment) -> bool:
        at = instant_of(segment)
        if at is None or self.bills or segment.get(1, 1) not in ARRIVES:
            return False
        self.values.setdefault("expected_at", at)
        self.notes.at("/expected_at", segment)
        return True

    def _place(self, segment: Segment) -> bool:
        code, place = segment.get(1, 1), place_of(segment)
        if place is None:
            return False
        if self.bill is not None and self.line is None:
            name = "loading" if code in LOADING else "discharge" if code in DISCHARGE else ""
            if not name or name in self.bill.values:
                return False
            self.bill.values[name] = place
            return True
        if self.bill is not None:
            return False
        name = "office" if code in OFFICES else "place" if code in {*DISCHARGE, "60", "125", "153"} else ""
        if not name or name in self.values:
            return False
        self.values[name] = place
        self.notes.at(f"/{name}", segment)
        return True

    def _reference(self, segment: Segment) -> bool:
        code, number = segment.get(1, 1), segment.get(1, 2).strip()
        if self.bill is None or code not in TRANSPORT or not number:
            return False
        if self.bill.goods and code not in MASTER:
            masters = {one: value for one, value in self.bill.references.items() if one in MASTER}
            self._open(segment, self.bill.number)
            self.bill.references.update(masters)
        self.bill.references[code] = number
        self.notes.at(f"{self.bill.pointer}/reference", segment)
        return True

    def _party(self, segment: Segment) -> bool:
        code, party = segment.get(1, 1), party_of(segment)
        role = (
            "consignor"
            if code in CONSIGNOR
            else "consignee"
            if code in CONSIGNEE
            else "notify"
            if code in NOTIFY
            else ""
        )
        if self.bill is None or not role or not party or role in self.bill.values:
            return False
        self.bill.values[role] = party
        self.notes.at(f"{self.bill.pointer}/{role}", segment)
        return True

    def _journey(self, segment: Segment) -> bool:
        if self.bills or segment.get(1, 1) not in {"20", "11", ""} or self.values["conveyance"]:
            return False
        self.values["conveyance"], mode = conveyance_of(segment, self.notes)
        if mode:
            self.values["mode"] = mode
        return True

    def _equipment(self, segment: Segment) -> bool:
        number = re.sub(r"[\s-]", "", segment.get(2, 1)).upper()
        self.equipment = None
        if not _CONTAINER.fullmatch(number):
            return False
        size = segment.get(3, 1).strip().upper()
        self.equipment = self.containers.setdefault(number, {"id": number, "seals": []})
        if re.fullmatch(r"[A-Z0-9]{1,10}", size):
            self.equipment["size_type"] = size
        return True

    def _seal(self, segment: Segment) -> bool:
        seal = text_of(segment.get(1, 1), limit=35)
        if self.equipment is None or not seal or len(self.equipment["seals"]) >= 9:
            return False
        self.equipment["seals"].append(seal)
        return True

    def _consignment(self, segment: Segment) -> bool:
        self._open(segment, segment.get(2, 1).strip())
        return True

    def _open(self, segment: Segment, number: str) -> None:
        pointer = f"/bills/{len(self.bills)}"
        self.bills.append(_Bill(pointer, number=number))
        self.line, self.equipment = None, None
        self.notes.at(pointer, segment)

    def _goods(self, segment: Segment) -> bool:
        bill = self.bill
        if bill is None:
            self._open(segment, "")
            bill = self.bills[-1]
        number = len(bill.goods) + 1
        self.line = {"number": number}
        bill.goods.append(self.line)
        self.notes.at(f"{bill.pointer}/goods/{number - 1}", segment)
        self._package_set(segment.get(2, 1), segment.get(2, 2))
        return len(segment.elements) <= 2

    def _packages(self, segment: Segment) -> bool:
        if self.line is None or self.line.get("packages", {}).get("count"):
            return False
        self._package_set(segment.get(1, 1), segment.get(3, 1))
        return True

    def _package_set(self, count: str, kind: str) -> None:
        assert self.line is not None
        packages: dict[str, Any] = {}
        if count.isascii() and count.isdigit() and len(count) <= 8:
            packages["count"] = int(count)
        if re.fullmatch(r"[A-Z0-9]{1,2}", kind):
            packages["type"] = kind
        if packages:
            self.line["packages"] = packages

    def _text(self, segment: Segment) -> bool:
        text = text_of(*(segment.elements[3] if len(segment.elements) > 3 else ()))
        if self.line is None or not text or segment.get(1, 1) not in {"AAA", "AAI", "ACB", "PAC", ""}:
            return False
        before = self.line.get("description", "")
        whole = f"{before} {text}".strip()
        self.line["description"] = whole[:512].strip()
        return len(whole) <= 512

    def _measure(self, segment: Segment) -> bool:
        unit, value = segment.get(3, 1), segment.get(3, 2)
        if self.line is None or unit not in KILOGRAMS or segment.get(2, 1) not in GROSS:
            return False
        try:
            mass = (Decimal(value.replace(",", ".")) * KILOGRAMS[unit]).quantize(Decimal("0.000001"))
        except InvalidOperation:
            self.notes.wrong("format.decimal", "", "The mass is no number.", segment, value)
            return True
        if "gross_mass_kg" in self.line or mass < 0:
            return False
        self.line["gross_mass_kg"] = format(mass, "f")
        return True

    def _split(self, segment: Segment) -> bool:
        number = re.sub(r"[\s-]", "", segment.get(1, 1)).upper()
        if self.line is None or not _CONTAINER.fullmatch(number):
            return False
        held = self.line.setdefault("container_ids", [])
        if number not in held:
            held.append(number)
        return not segment.get(2, 1)

    def _marks(self, segment: Segment) -> bool:
        marks = text_of(*(segment.elements[1] if len(segment.elements) > 1 else ()))
        if self.line is None or not marks or "marks" in self.line:
            return False
        self.line["marks"] = marks
        return True

    def _commodity(self, segment: Segment) -> bool:
        code = segment.get(2, 1)
        if self.line is None or not _HS.fullmatch(code):
            return False
        self.line["hs"] = code
        return True

    def _count(self, segment: Segment) -> bool:
        """The total of packages of a consignment, where its lines count none; every other total is kept."""
        count = segment.get(1, 2)
        if self.bill is None or segment.get(1, 1) not in {"11", "8"} or not (count.isascii() and count.isdigit()):
            return False
        self.bill.total_packages = int(count[:8])
        return True
