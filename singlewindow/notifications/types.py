"""One notification: everything that is told of one event, whatever form it goes out in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class FunctionCode(StrEnum):
    """What a response says (WCO 017, as the CDS notifications use it), with the short name that people know it by."""

    short: str

    def __new__(cls, value: str, short: str) -> "FunctionCode":
        code = str.__new__(cls, value)
        code._value_ = value
        code.short = short
        return code

    ACCEPTED = "01", "DMSACC"
    RECEIVED = "02", "DMSRCV"
    REJECTED = "03", "DMSREJ"
    CONTROL = "05", "DMSCTL"
    DOCUMENTS = "06", "DMSDOC"
    CORRECTED = "07", "DMSRES"
    RELEASED = "08", "DMSROG"
    CLEARED = "09", "DMSCLE"
    INVALIDATED = "10", "DMSINV"
    REQUEST_DECIDED = "11", "DMSREQ"
    TAX_LIABILITY = "13", "DMSTAX"
    INSUFFICIENT = "14", "DMSCPI"
    REMINDER = "15", "DMSCPR"
    EXITED = "16", "DMSEOG"
    NO_EXIT = "18", "DMSGER"
    HELD = "50", "DMSALV"
    QUERY = "51", "DMSQRY"
    DETAINED = "52", "DMSDET"


class Form(StrEnum):
    """What a notification is read as, with the end of the name of its file."""

    suffix: str

    def __new__(cls, value: str, suffix: str) -> "Form":
        form = str.__new__(cls, value)
        form._value_ = value
        form.suffix = suffix
        return form

    JSON = "json", "json"
    XML = "xml", "xml"
    EDIFACT = "edifact", "edi"


@dataclass(frozen=True, slots=True)
class Step:
    """One class or element on the way to what is meant: its id, and which of several."""

    section: str = ""
    tag: str = ""
    sequence: int | None = None


Pointer = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the rule, where (in both ways of saying it), and the value that was sent."""

    rule: str
    text: str
    pointer: str = ""
    value: str = ""
    remedy: str = ""
    path: Pointer = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """Something to be read or done: its code and type (4451), text, and by when."""

    type: str = ""
    code: str = ""
    text: str = ""
    limit: datetime | None = None
    path: Pointer = ()


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax of one goods item."""

    item: int
    type: str
    amount: Decimal
    base: Decimal | None = None
    rate: Decimal | None = None
    relief: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A sum for the declaration as a whole."""

    amount: Decimal
    assessed: Decimal | None = None
    reference: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A coded state, and since when."""

    code: str
    effective_at: datetime | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What one event tells a party."""

    id: UUID
    type: str
    at: datetime
    subject: str
    function: FunctionCode | None = None
    silent: str = ""
    """Why no message of the WCO stands for the event, where none does."""
    mrn: str = ""
    lrn: str = ""
    version: int = 0
    accepted_at: datetime | None = None
    cancelled_at: datetime | None = None
    rejected_at: datetime | None = None
    statements: tuple[Statement, ...] = ()
    faults: tuple[Fault, ...] = ()
    statuses: tuple[Status, ...] = ()
    changed: tuple[Pointer, ...] = ()
    change_reason: str = ""
    currency: str = ""
    taxes: tuple[TaxLine, ...] = ()
    payments: tuple[Payment, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
