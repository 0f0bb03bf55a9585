"""A certificate of another country as it was read. Pure Python."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class CertificateAct(StrEnum):
    """What a message does, by the status code of its document."""

    ISSUE = "issue"  # 70, and 39 of bodies that approve before they issue.
    WITHDRAW = "withdraw"  # 40


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One line of goods of a certificate."""

    number: int
    description: str = ""
    scientific_name: str = ""
    classifications: tuple[tuple[str, str], ...] = ()
    """System (HS, IPPCPCVP) and class code of each."""
    origin: str = ""
    net_kg: Decimal | None = None

    def plain(self) -> dict[str, object]:
        """The line as plain JSON values."""
        return {
            "number": self.number,
            "description": self.description,
            "scientific_name": self.scientific_name,
            "classifications": [f"{system}:{code}" for system, code in self.classifications],
            "origin": self.origin,
            "net_kg": str(self.net_kg) if self.net_kg is not None else "",
        }


@dataclass(frozen=True, slots=True)
class CertificateMessage:
    """A certificate as its country sent it."""

    number: str
    type_code: str
    act: CertificateAct
    issued_on: date
    country: str
    """The country that issued it: of its issuer, else of export."""
    name: str = ""
    issuer: str = ""
    consignor: str = ""
    consignee: str = ""
    destination: str = ""
    replaces: str = ""
    net_kg: Decimal | None = None
    lines: tuple[CertificateLine, ...] = field(default=())
