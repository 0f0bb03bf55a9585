"""Values of screening that other apps may hold: who is asked for, and what was found."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from singlewindow.screening.states import ListState, Verdict


class Source(StrEnum):
    """Whose list it is."""

    OFAC_SDN = "ofac-sdn"
    OFAC_CONSOLIDATED = "ofac-consolidated"
    UN = "un"
    US_CSL = "us-csl"


SOURCE_NAMES = {
    Source.OFAC_SDN: "OFAC Specially Designated Nationals",
    Source.OFAC_CONSOLIDATED: "OFAC consolidated (non-SDN)",
    Source.UN: "United Nations Security Council",
    Source.US_CSL: "US consolidated screening list",
}
"""Proper names, the same in every language."""


class EntryKind(StrEnum):
    """What a listed one is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"


class NameQuality(StrEnum):
    """How a list gives a name."""

    PRIMARY = "primary"
    STRONG = "strong"
    WEAK = "weak"
    """A name that many have, as the list itself says: it counts only when it is nearly the same."""
    ORIGINAL = "original"
    """In the script of its language."""


class QueryKind(StrEnum):
    """What is asked for."""

    PARTY = "party"
    """A person or an organisation, it is not known which."""
    PERSON = "person"
    ORGANISATION = "organisation"
    VESSEL = "vessel"
    """A vessel or an aircraft."""
    ADDRESS = "address"


class FoundBy(StrEnum):
    """What was alike."""

    WORDS = "words"
    JOINED = "joined"
    """The names are the same when written as one word."""
    IDENTIFIER = "identifier"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class ScreenQuery:
    """One name, vessel or address to be held against the lists."""

    name: str
    """The name; of an address its street and town."""
    kind: QueryKind = QueryKind.PARTY
    country: str = ""
    """ISO 3166 code, where it is known."""
    birth: str = ""
    """Date or year of birth, where it is known."""
    identifier: str = ""
    """IMO number of a vessel; passport, tax or registration number of a party."""
    reference: str = field(default="", compare=False)
    """Where it stands in what is screened, such as `/importer`."""


@dataclass(frozen=True, slots=True)
class WordPair:
    """A word that was asked for and the listed word that it was found to be."""

    asked: str
    listed: str
    alike: int
    """0 to 100."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer said of a possible match, and of which content."""

    id: UUID
    verdict: Verdict
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """A listed one, as much as a match tells of it."""

    id: UUID
    version_id: UUID
    source: Source
    uid: str
    """Its number in the list."""
    sha256: str
    """Digest of everything the list says of it."""
    kind: EntryKind
    name: str
    programmes: tuple[str, ...]
    countries: tuple[str, ...]
    birth: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A possible match: who was asked for, who is listed, and why they may be the same."""

    query: ScreenQuery
    subject_key: str
    """Name (and identifier or country) in normal form: what a decision is remembered by."""
    entry: ListedEntry
    score: float
    """0 to 100."""
    threshold: float
    found_by: FoundBy
    matched_name: str
    quality: NameQuality
    pairs: tuple[WordPair, ...]
    missing: tuple[str, ...]
    """Words of the listed name that nothing in the asked one was found for."""
    forms: tuple[str, ...]
    """The name in Latin letters, where it was read so to be found."""
    reading: str
    """How its letters were read: `plain`, `transliterated`, `restored` or `look_alike`."""
    country_agrees: bool | None
    birth_agrees: bool | None
    set_version: str
    decision: Decision | None = None

    @property
    def confirmed(self) -> bool:
        """Whether an officer said that it is them."""
        return self.decision is not None and self.decision.verdict is Verdict.CONFIRMED


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on a match is told, by what is compared."""

    name: float
    weak_name: float
    vessel: float
    address: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version of a list."""

    id: UUID
    source: Source
    state: ListState
    content_sha256: str
    published_on: date | None
    entries: int
    names: int
    addresses: int
    files: tuple[dict[str, str | int], ...]
    notes: tuple[str, ...]
    loaded_by: str
    loaded_at: datetime
    live_at: datetime | None
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScreeningSet:
    """The live version of each list, as one."""

    version: str
    """Digest of what is live: every result names it. Empty where nothing is."""
    lists: tuple[tuple[Source, UUID], ...]
