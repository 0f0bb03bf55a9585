"""Frozen values of entry summary declarations that other apps may import."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

SCHEMA_VERSION = "1"
_MASSES = frozenset({"gross_mass_kg"})
TRANSMISSION = frozenset(
    {"sender", "recipient", "prepared_on", "prepared_at", "priority", "message_id", "message_type", "correlation_id"}
)
"""Fields of the transmission, not of the declaration."""


@dataclass(frozen=True)
class EntryMessage:
    """An entry summary declaration (CC315A) or its amendment (CC313A), as it was read."""

    kind: str
    values: dict[str, Any]
    """The texts of the message by field, white space collapsed; otherwise as they came."""

    @cached_property
    def canonical(self) -> dict[str, Any]:
        """The content in its one canonical form: empty fields left out, masses normalised, Unicode form C."""
        return {"schema_version": SCHEMA_VERSION, "kind": self.kind, **_canonical(self.values)}

    def canonical_bytes(self) -> bytes:
        """The content as RFC 8785 writes it."""
        return canonical_bytes(self.canonical)

    def sha256(self) -> str:
        """The hash of the canonical bytes."""
        return sha256_hex(self.canonical_bytes())

    @property
    def amends(self) -> bool:
        """Whether it changes an earlier declaration."""
        return self.kind == "CC313A"

    @property
    def header(self) -> dict[str, Any]:
        """The fields of the header."""
        header: dict[str, Any] = self.values["header"]
        return header

    @property
    def items(self) -> list[dict[str, Any]]:
        """The goods items."""
        items: list[dict[str, Any]] = self.values["items"]
        return items

    @property
    def reference(self) -> str:
        """The local reference number of a new declaration, the MRN of the one that is amended."""
        return str(self.header["mrn" if self.amends else "lrn"])

    @property
    def mode(self) -> int:
        """The mode of transport at the border."""
        return int(self.header["transport_mode"])

    @property
    def expected_at(self) -> datetime | None:
        """When the goods arrive at the first office of entry (UTC); nothing for a day that no calendar has."""
        return instant_of(self.values["first_entry"]["expected_at"])

    def identifier(self, party: str) -> str:
        """The identification number of a party of the header, or nothing."""
        return str(self.values.get(party, {}).get("id", "")).strip()

    @property
    def carrier_id(self) -> str:
        """Who carries the goods: the carrier where one is named, otherwise the person who lodges."""
        return self.identifier("carrier") or self.identifier("lodger")

    @property
    def transport_documents(self) -> tuple[str, ...]:
        """The numbers of transport documents (types 7xx) and commercial references, each once, in their order."""
        found = [self.header.get("commercial_reference", "")]
        for item in self.items:
            found.append(item.get("commercial_reference", ""))
            documents = item.get("documents", ())
            found += [one["reference"] for one in documents if one["type"].lstrip("N").startswith("7")]
        return tuple(dict.fromkeys(one for one in found if one))

    @property
    def gross_mass_kg(self) -> Decimal | None:
        """The total gross mass: of the header, or the sum of the items where all have one."""
        if "gross_mass_kg" in self.header:
            return Decimal(self.header["gross_mass_kg"])
        masses = [item.get("gross_mass_kg") for item in self.items]
        return sum((Decimal(mass) for mass in masses if mass), Decimal(0)) if all(masses) else None

    @property
    def package_count(self) -> int:
        """The total number of packages: of the header, or counted over the items."""
        if "package_count" in self.header:
            return int(self.header["package_count"])
        packages = [package for item in self.items for package in item.get("packages", ())]
        return sum(int(package.get("count") or package.get("pieces") or 1) for package in packages)


def instant_of(text: str) -> datetime | None:
    """A date and time YYYYMMDDHHMM (UTC), or nothing where no calendar has it."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def text_of(value: Decimal) -> str:
    """A number as its plain shortest text: 1.500 is 1.5."""
    plain = format(value, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain.lstrip("+") or "0"


def _canonical(values: dict[str, Any]) -> dict[str, Any]:
    made = {name: _canonical_value(name, value) for name, value in values.items()}
    return {name: value for name, value in made.items() if value not in ("", {}, [])}


def _canonical_value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _canonical(value)
    if isinstance(value, list):
        return [_canonical(one) for one in value]
    if name in _MASSES:
        return text_of(Decimal(value))
    return unicodedata.normalize("NFC", value)
