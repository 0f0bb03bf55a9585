"""What is read of a list."""

from dataclasses import dataclass, field
from datetime import date

from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Violation
from singlewindow.screening.types import EntryKind, NameQuality, Source

FAULTS_MOST = 200
"""So many faults are told at once; more help nobody."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was given."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest of its bytes."""
        return sha256_hex(self.content)


@dataclass(frozen=True, slots=True)
class NameRead:
    """One name of an entry."""

    name: str
    quality: NameQuality


@dataclass(frozen=True, slots=True)
class AddressRead:
    """One address of an entry."""

    street: str
    city: str
    country: str
    """ISO 3166 code, where the text of the list is known."""
    country_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRead:
    """A listed one."""

    uid: str
    kind: EntryKind
    names: tuple[NameRead, ...]
    """The first is the primary one."""
    addresses: tuple[AddressRead, ...] = ()
    programmes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    birth: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    remarks: str = ""

    @property
    def sha256(self) -> str:
        """Digest of everything that the list says of it."""
        return sha256_hex(
            canonical_bytes(
                {
                    "uid": self.uid,
                    "kind": self.kind.value,
                    "names": [[name.name, name.quality.value] for name in self.names],
                    "addresses": [[a.street, a.city, a.country, a.country_text] for a in self.addresses],
                    "programmes": list(self.programmes),
                    "countries": list(self.countries),
                    "birth": list(self.birth),
                    "identifiers": list(self.identifiers),
                    "remarks": self.remarks,
                }
            )
        )


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list, whole."""

    source: Source
    published_on: date | None
    entries: tuple[EntryRead, ...]
    files: tuple[tuple[SourceFile, int], ...]
    """Each file with how many rows or elements were taken from it."""
    notes: tuple[str, ...]
    """What was left out and why, for who agrees."""


def content_sha256(source: Source, entries: dict[str, str]) -> str:
    """Digest of a list: its source, and number and digest of each entry, in one order."""
    return sha256_hex(
        canonical_bytes({"source": source.value, "entries": [list(one) for one in sorted(entries.items())]})
    )


@dataclass(slots=True)
class Faults:
    """Everything that is wrong with the files, gathered before any of it is refused."""

    found: list[Violation] = field(default_factory=list)
    count: int = 0

    def add(self, rule: str, file: str, line: int, message: str, remedy: str = "", value: str = "") -> None:
        """Note one; the pointer is the file and the line in it."""
        self.count += 1
        if len(self.found) < FAULTS_MOST:
            place = f"/{file}/{line}" if line else f"/{file}"
            told = f"{file}, line {line}: {message}" if line else f"{file}: {message}"
            self.found.append(Violation(rule, place, told, remedy, value[:80]))
