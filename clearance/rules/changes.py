"""Who decides a change of a declaration, by its stage (CH-STG, CH-INV). Pure: standing in, ruling out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from declarations.states import LegalState

L = LegalState


class Way(StrEnum):
    """What becomes of a request."""

    GRANT = "grant"  # Granted at once, by the window.
    DISCLOSE = "disclose"  # Refused at once, and kept as disclosed after notice.
    OFFICER = "officer"  # An officer decides.
    LATE = "late"  # Not taken: the time for it is over.
    EVIDENCE = "evidence"  # Not taken: nothing shows that the goods came back.
    ENDED = "ended"  # Not possible: the state is final.


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule that applies, and what it says."""

    rule: str
    way: Way
    voluntary: bool = False
    """Disclosed by the declarant after release and before any notice: it lessens the penalty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a declaration stands when a change is asked for."""

    legal: LegalState
    announced: bool
    """Customs or an agency announced a check, or found an error."""
    released_at: datetime | None
    at: datetime


def amendment_ruling(stage: Stage, *, after_release: timedelta) -> Ruling:
    """Who decides an amendment.

    Source: CH-STG-01 to CH-STG-05 (domain.md K11; UCC article 173 as a pattern).
    """
    if stage.legal is L.REGISTERED:
        return Ruling("CH-STG-01", Way.GRANT)
    if stage.legal is L.ACCEPTED:
        return Ruling("CH-STG-03", Way.DISCLOSE) if stage.announced else Ruling("CH-STG-02", Way.GRANT)
    if stage.legal in (L.RELEASED, L.CLEARED) and stage.released_at is not None:
        if stage.at <= stage.released_at + after_release:
            return Ruling("CH-STG-04", Way.OFFICER, voluntary=not stage.announced)
        return Ruling("CH-STG-05", Way.LATE)
    return Ruling("CH-END-01", Way.ENDED)


def invalidation_ruling(stage: Stage, *, after_release: timedelta, automatic: bool, evidence: str) -> Ruling:
    """Who decides an invalidation.

    Args:
        automatic: whether the profile takes an accepted declaration back where no check was announced.
        evidence: what shows that the goods came back, after release.

    Source: CH-INV-01 to CH-INV-05, CH-END-01 (domain.md K1, K11; UCC article 174 as a pattern).
    """
    if stage.legal is L.REGISTERED:
        return Ruling("CH-INV-01", Way.GRANT)
    if stage.legal is L.ACCEPTED:
        alone = automatic and not stage.announced
        return Ruling("CH-INV-02", Way.GRANT) if alone else Ruling("CH-INV-03", Way.OFFICER)
    if stage.legal is L.RELEASED and stage.released_at is not None:
        if stage.at > stage.released_at + after_release:
            return Ruling("CH-INV-05", Way.LATE)
        return Ruling("CH-INV-04", Way.OFFICER if evidence.strip() else Way.EVIDENCE)
    return Ruling("CH-END-01", Way.ENDED)
