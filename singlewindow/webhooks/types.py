"""Values of webhooks: what is sent, to which address, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

Resolver = Callable[[str, int], list[str]]
"""Every address of a host name, as texts; raises OSError where there is none."""


class DeliveryKind(StrEnum):
    """Why something is sent."""

    EVENT = "event"
    PING = "ping"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was checked in form: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The one way to write it."""
        usual = {"https": 443, "http": 80}[self.scheme]
        port = "" if self.port == usual else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One claimed delivery: everything that an attempt needs, so that sending it reads no table."""

    delivery_id: UUID
    endpoint_id: UUID
    kind: DeliveryKind
    message_id: str
    url: str
    secrets: tuple[bytes, ...]
    body: bytes
    number: int
    """Which attempt it is, from 1 in each round."""
    expect: str = ""
    """The text that the answer to a challenge must hold."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    status: int | None
    error: str
    latency_ms: int
    excerpt: str = ""
    address: str = ""

    @property
    def delivered(self) -> bool:
        """Whether the endpoint took it."""
        return not self.error and self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much of an answer is waited for."""

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 15.0
    body_bytes: int = 65_536


LIMITS = Limits()
EXCERPT = 500
"""Characters of an answer that the log keeps."""

GAPS: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=6),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=16),
    timedelta(hours=18),
)
"""The pause after each attempt but the last: fifteen attempts within 72 hours (WH-DEL-02)."""

ATTEMPTS = len(GAPS) + 1
WARN_AFTER = timedelta(hours=24)
PAUSE_AFTER = timedelta(hours=72)
SECRET_OVERLAP = timedelta(hours=24)
ENDPOINTS_MAX = 20
REPLAY_MAX = 10_000


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret in clear, shown once."""

    endpoint_id: UUID
    secret: str
    previous_until: datetime | None = None
