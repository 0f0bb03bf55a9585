"""What each agency says of a declaration, and the one answer for its trader (F42). Pure Python."""

from dataclasses import dataclass
from datetime import datetime

from agencies.types.codes import AgencyVerdict


@dataclass(frozen=True, slots=True)
class AgencyStatus:
    """One agency's word on one declaration."""

    agency: str
    verdict: AgencyVerdict
    code: str = ""
    """The reason of the hold, or the code of the disclaimer."""
    sentence: str = ""
    next_step: str = ""
    trader_acts: bool = False
    """Whether it is the trader who has to do something; else the agency."""
    by: datetime | None = None
    items: tuple[int, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether the goods wait for it."""
        return self.verdict in BLOCKING_VERDICTS


BLOCKING_VERDICTS = frozenset({AgencyVerdict.REFUSED, AgencyVerdict.HOLD, AgencyVerdict.EXAM, AgencyVerdict.DOCS})


@dataclass(frozen=True, slots=True)
class TraderAnswer:
    """What now, who, by when: one computed answer over all agencies."""

    verdict: AgencyVerdict
    agency: str
    """The agency that decides the answer; empty where all agree."""
    who: str
    """trader, agency or nobody."""
    what: str
    by: datetime | None
    waiting: int
    """Agencies that still keep the goods."""
