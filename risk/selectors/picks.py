"""What was picked for inspection, office by office, within what each can examine."""

from dataclasses import dataclass
from datetime import date

from risk.models import InspectionDay
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock


@dataclass(frozen=True, slots=True)
class PicksOfDay:
    """The picks of one office and day, by why they were made."""

    office: str
    day: date
    capacity: int
    hard: int
    loss: int
    explore: int
    control: int
    seen: int

    @property
    def picked(self) -> int:
        """All picks."""
        return self.hard + self.loss + self.explore + self.control


def picks_of_day(actor: Actor, *, day: date | None = None) -> list[PicksOfDay]:
    """The picks of each office on a day, today unless another is named. One query.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    columns = ("office", "day", "capacity", "hard", "loss", "explore", "control", "seen")
    rows = InspectionDay.objects.filter(day=day or clock.today()).order_by("office").values_list(*columns)
    return [PicksOfDay(*row) for row in rows]
