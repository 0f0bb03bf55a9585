"""The figures of the day: lanes, hours to release, ageing; each can be led back to its list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from clearance.selectors.days import country_today, day_bounds
from clearance.selectors.desk import AGES
from risk.types import Lane
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock

LANES_SQL = """
SELECT lane, count(*) FROM clearance_case
WHERE accepted_at >= %(since)s AND (%(office)s = '' OR office = %(office)s) GROUP BY lane
"""

HOURS_SQL = """
SELECT count(*), count(*) FILTER (WHERE automatic),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM released_at - accepted_at)),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM released_at - accepted_at))
FROM clearance_case WHERE released_at >= %(since)s AND (%(office)s = '' OR office = %(office)s)
"""

AGEING_SQL = """
SELECT width_bucket(extract(epoch FROM %(now)s - accepted_at) / 3600, ARRAY[0, 6, 12, 18, 24, 48]), count(*)
FROM clearance_case
WHERE closed_at IS NULL AND accepted_at IS NOT NULL AND (%(office)s = '' OR office = %(office)s) GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What happened today, by the country's own day, and how old the open cases are."""

    day: date
    lanes: dict[Lane, int]
    accepted: int
    released_by_itself: int
    released: int
    median_hours: Decimal | None
    p90_hours: Decimal | None
    ageing: tuple[tuple[str, int], ...]
    """Open cases by their age, keyed as the desk's filter AGES."""

    @property
    def without_officer(self) -> Decimal | None:
        """Share of today's accepted declarations that left GREEN or BLUE."""
        if not self.accepted:
            return None
        easy = self.lanes.get(Lane.GREEN, 0) + self.lanes.get(Lane.BLUE, 0)
        return Decimal(easy) / Decimal(self.accepted)


def day_figures(actor: Actor, *, office: str = "") -> DayFigures:
    """The figures of today for one office, or for all. Three queries on indexes. Raises NotPermitted."""
    actor.require(Permission.VIEW_DESK)
    now = clock.now()
    day = country_today()
    since, _ = day_bounds(day)
    parameters: dict[str, Any] = {"since": since, "now": now, "office": office}
    with connection.cursor() as cursor:
        cursor.execute(LANES_SQL, parameters)
        lanes = {Lane(lane): count for lane, count in cursor.fetchall()}
        cursor.execute(HOURS_SQL, parameters)
        released, by_itself, median, p90 = cursor.fetchone()
        cursor.execute(AGEING_SQL, parameters)
        buckets = dict(cursor.fetchall())
    return DayFigures(
        day=day,
        lanes={lane: lanes.get(lane, 0) for lane in Lane},
        accepted=sum(lanes.values()),
        released_by_itself=by_itself,
        released=released,
        median_hours=_hours(median),
        p90_hours=_hours(p90),
        ageing=tuple((age, buckets.get(bucket, 0)) for bucket, age in enumerate(AGES, start=1)),
    )


def _hours(seconds: float | None) -> Decimal | None:
    return None if seconds is None else (Decimal(str(seconds)) / 3600).quantize(Decimal("0.01"))
