"""What other applications may hold of a declaration: frozen values, without the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from declarations.schemas import DeclarationMessage
from declarations.states import ChangeState, GoodsState, LegalState
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Violation

Direction = Literal["import", "export"]


class Channel(StrEnum):
    """The way in that a declaration took."""

    WEB = "web"
    JSON = "json"
    XML = "xml"
    EDI = "edi"
    BULK = "bulk"


class ChangeKind(StrEnum):
    """What a change request is about."""

    AMEND = "amend"  # New content, asked for by the declarant.
    INVALIDATE = "invalidate"  # The declaration is taken back.
    CORRECT = "correct"  # New content, decided by an officer.


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationHead:
    """A lodged declaration without its content: who, where it stands, and when it got there."""

    id: UUID
    mrn: str
    lrn: str
    version: int
    """1 when lodged; an amendment that is granted makes the next."""
    direction: Direction
    type_code: str
    channel: Channel
    lodged_by: UUID
    """The organisation that filed it."""
    declarant_org: UUID | None
    """The declarant, where the window knows it."""
    trader_org: UUID | None
    """The importer of an import, the exporter of an export, where the window knows it."""
    submitter: str
    """Label of the person or software that lodged it."""
    office: str
    legal_state: LegalState
    goods_state: GoodsState
    content_sha256: str
    lodged_at: datetime
    presented_at: datetime | None
    accepted_at: datetime | None
    released_at: datetime | None
    expires_at: datetime | None
    """When it ends if the goods were not presented before."""

    @property
    def parties(self) -> tuple[UUID, ...]:
        """The organisations known here that it concerns: filer, declarant, importer or exporter; once each."""
        known = (self.lodged_by, self.declarant_org, self.trader_org)
        return tuple(dict.fromkeys(party for party in known if party is not None))

    def digest(self) -> str:
        """The hash of content and standing together: what an event gives as its before and after."""
        return standing_digest(self.content_sha256, self.version, self.legal_state, self.goods_state)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationSnapshot(DeclarationHead):
    """A lodged declaration with its content, as it stood at one instant."""

    message: DeclarationMessage


def standing_digest(content_sha256: str, version: int, legal: LegalState, goods: GoodsState) -> str:
    """SHA-256 over the content's hash, the version and the two states."""
    return sha256_hex(
        canonical_bytes({"content": content_sha256, "version": version, "legal": legal.value, "goods": goods.value})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodged:
    """The answer to a lodgement."""

    id: UUID
    mrn: str
    lrn: str
    version: int
    legal_state: LegalState
    goods_state: GoodsState
    canonical_sha256: str
    lodged_at: datetime
    expires_at: datetime | None
    warnings: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A declaration that is being written. `version` counts its saves; the next save names the one it read."""

    id: UUID
    organisation_id: UUID
    """For whom it is written."""
    content: dict[str, object] = field(default_factory=dict)
    version: int = 1
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationRow:
    """One line of a list."""

    id: UUID
    mrn: str
    lrn: str
    direction: Direction
    type_code: str
    channel: str
    legal_state: LegalState
    goods_state: GoodsState
    lodged_by: UUID
    lodged_by_name: str
    declarant_identifier: str
    importer_identifier: str
    exporter_identifier: str
    office: str
    item_count: int
    gross_mass_kg: Decimal | None
    invoice_amount: Decimal | None
    invoice_currency: str
    first_commodity: str
    export_country: str
    created_at: datetime
    lodged_at: datetime | None
    presented_at: datetime | None
    accepted_at: datetime | None
    released_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One step of a declaration's history, told for whoever reads it."""

    at: datetime
    code: str
    """The event's name; stable, for software."""
    sentence: str
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The history of a declaration and what comes next, from whom."""

    steps: tuple[TimelineStep, ...]
    next_step: str
    """Empty when nothing more happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request to change or withdraw a declaration, with its decision where there is one."""

    id: UUID
    declaration_id: UUID
    number: int
    """Of the declaration, from 1."""
    kind: ChangeKind
    state: ChangeState
    stage: LegalState
    """What the declaration was in law when it was asked for."""
    base_version: int
    granted_version: int | None = None
    proposed: bytes | None = None
    """Canonical bytes of the new content; none to invalidate."""
    reason_code: str = ""
    reason: str
    evidence: str = ""
    reference: str = ""
    channel: str
    rule: str
    """Which rule says who decides."""
    voluntary: bool = False
    """Disclosed after release, before any notice of customs: it lessens the penalty."""
    requested_by: str
    requested_for: UUID | None = None
    requested_at: datetime
    deadline: datetime | None = None
    """By when an officer decides."""
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    difference: tuple[Mapping[str, JsonValue], ...] = ()
    money_before_minor: int | None = None
    money_after_minor: int | None = None
    currency: str = ""

    @property
    def money_delta_minor(self) -> int | None:
        """What is to be paid more, or given back (less than 0); none where one side is not known."""
        if self.money_before_minor is None or self.money_after_minor is None:
            return None
        return self.money_after_minor - self.money_before_minor

    @property
    def message(self) -> DeclarationMessage | None:
        """The content that was proposed."""
        return DeclarationMessage.model_validate_json(self.proposed) if self.proposed is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A content that was in force, without the content."""

    version: int
    content_sha256: str
    in_force_from: datetime
    made_by: str
    reason: str = ""
    change_number: int | None = None
    """The change that made it; none for what was lodged."""
