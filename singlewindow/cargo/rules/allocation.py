"""What each item of a declaration takes from which bill: never more than is left (CA-010)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from singlewindow.cargo.types import CargoLine

ZERO = Decimal(0)


@dataclass(slots=True)
class Room:
    """What a bill has left; counted down while lines take from it."""

    bill_id: UUID
    reference: str
    packages: int
    """Packages left. Of goods in bulk none are counted, and none are written off."""
    mass_kg: Decimal | None
    """Mass left; nothing where the manifest states none."""
    counted: bool = True
    """Whether the manifest counts packages at all."""
    split: bool = False
    """A master whose goods are told again by house bills: nothing is taken from it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one item takes from one bill."""

    bill_id: UUID
    item: int
    packages: int
    mass_kg: Decimal


@dataclass(slots=True)
class Allocation:
    """What came of all lines; where `short` or `split` is not empty, nothing may be written."""

    taken: list[Taken] = field(default_factory=list)
    short: list[tuple[CargoLine, str]] = field(default_factory=list)
    """CA-010: lines that ask for more than is left, each with its sentence."""
    split: list[tuple[CargoLine, str]] = field(default_factory=list)
    """CA-012: lines that name a master whose goods stand on house bills."""
    missing: list[CargoLine] = field(default_factory=list)

    @property
    def refused(self) -> list[tuple[CargoLine, str]]:
        """Everything that stands against the write-off."""
        return [*self.short, *self.split]


def allocate(lines: Iterable[CargoLine], rooms: Mapping[int, Sequence[Room]]) -> Allocation:
    """Take from the rooms of each line in the order in which it names its bills, packages and mass apart.

    Args:
        rooms: by item number, the bills that were found for the line; one bill is one object for all lines.

    Source: docs/rules/cargo.md, CA-010 to CA-012.
    """
    result = Allocation()
    for line in lines:
        found = rooms.get(line.item, ())
        if not found:
            result.missing.append(line)
            continue
        unsplit = [room for room in found if not room.split]
        if not unsplit:
            names = ", ".join(room.reference for room in found)
            result.split.append((line, f"{names} is split into house bills: name the house bill of these goods."))
            continue
        packages, mass = _take(result, line, unsplit)
        if packages or mass:
            known = len(found) >= len({bill.reference for bill in line.bills})
            if known:
                result.short.append((line, _sentence(line, unsplit, packages, mass)))
            else:
                result.missing.append(line)
    return result


def _take(result: Allocation, line: CargoLine, rooms: Sequence[Room]) -> tuple[int, Decimal]:
    """Count the rooms down; what stays unserved of packages and mass."""
    packages, mass = line.packages, line.mass_kg
    if not any(room.counted for room in rooms):
        packages = 0
    for room in rooms:
        some_packages = min(packages, room.packages) if room.counted else 0
        some_mass = mass if room.mass_kg is None else min(mass, room.mass_kg)
        if some_packages or some_mass:
            room.packages -= some_packages
            room.mass_kg = None if room.mass_kg is None else room.mass_kg - some_mass
            result.taken.append(Taken(room.bill_id, line.item, some_packages, some_mass))
        packages, mass = packages - some_packages, mass - some_mass
    return packages, mass


def _sentence(line: CargoLine, rooms: Sequence[Room], packages: int, mass: Decimal) -> str:
    names = ", ".join(room.reference for room in rooms)
    parts = []
    if packages:
        parts.append(f"{line.packages} packages where {line.packages - packages} are left")
    if mass:
        parts.append(f"{_text(line.mass_kg)} kg where {_text(line.mass_kg - mass)} kg are left")
    return f"Item {line.item} takes {' and '.join(parts)} on {names}."


def _text(mass: Decimal) -> str:
    return format(mass.normalize(), "f") if mass else "0"
