"""The clock of clearance: when goods are late, whoever holds them (CL-CLK-01)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clearance.types import AlertKind


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The instants at which goods that are still here raise an alert."""

    started_at: datetime
    amber_at: datetime
    red_at: datetime
    late_list_at: datetime

    def of(self, kind: AlertKind) -> datetime:
        """The instant of one kind of alert."""
        return {
            AlertKind.AMBER: self.amber_at,
            AlertKind.RED: self.red_at,
            AlertKind.LATE_LIST: self.late_list_at,
        }[kind]


def clock_deadlines(
    *,
    presented_at: datetime,
    accepted_at: datetime,
    amber_after: timedelta,
    limit: timedelta,
    late_list_after: timedelta,
) -> Deadlines:
    """The clock starts when the goods are presented and the declaration is accepted; it counts seconds of UTC.

    Source: CL-CLK-01 (domain.md K12): amber at 75 % of the limit of the profile, red at the limit.
    """
    started_at = max(presented_at, accepted_at)
    return Deadlines(
        started_at=started_at,
        amber_at=started_at + amber_after,
        red_at=started_at + limit,
        late_list_at=started_at + late_list_after,
    )
