"""A few days of the made country as the demonstration's trade: filed, decided, checked, with work left on the desk."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings

from singlewindow.demo.country.market import season
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.truth import TruthFile
from singlewindow.demo.country.world import Country
from singlewindow.demo.playing import Player
from singlewindow.demo.settling import quotas
from singlewindow.kernel import clock

SEED = 7
COUNT = 220
DAYS = 3
LEFT_OPEN = 0.35
"""Share of the cases that nobody decides, so that the late list has something to show."""
NAMED_SHARE = 0.5
"""Share of the demonstration's own organisations, whose people sign in and look for their declarations."""

FRAUDSTERS, BOLDNESS = 0.3, 0.85
"""More of them, and bolder ones, than in the usual world: the desk has something to show after three days."""


def trade_load(say: Callable[[str], None], *, seed: int = SEED, count: int = COUNT) -> dict[str, int]:
    """File a few days of trade until now, with officers who decide most of what is older; how many took each lane.

    Every act runs at its own instant on the window's clock, so that figures and deadlines are those of real days.
    """
    now = clock.now()
    first = (now - timedelta(days=DAYS)).date()
    dates = [first + timedelta(days=day) for day in range(DAYS + 1)]
    weights = [season(on) + 0.2 for on in dates]
    weights[-1] *= (now.hour + now.minute / 60) / 24
    world = Parameters(
        seed=seed,
        start=first,
        per_day=3 * count / DAYS + 40,
        traders=max(20, min(90, count // 3)),
        named_share=NAMED_SHARE,
        fraudsters=FRAUDSTERS,
        boldness=BOLDNESS,
    )
    player = Player(
        Country(world),
        truth=TruthFile(settings.CSW_HOME / "truth", f"demonstration-{seed}", fresh=True),
        say=say,
        left_open=LEFT_OPEN,
        advance=False,
    )
    done = player.days(len(dates), until=now, at_most=quotas(weights, count))
    return {lane: done.lanes[lane] for lane in ("GREEN", "BLUE", "YELLOW", "RED")}
