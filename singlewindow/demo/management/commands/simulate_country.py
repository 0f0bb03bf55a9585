"""Play a made country through the window, day by day."""

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.services import agencies_load
from declarations.models import Declaration
from singlewindow.accounts.types import system_actor
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.truth import TruthFile
from singlewindow.demo.country.world import Country
from singlewindow.demo.people import people_load
from singlewindow.demo.playing import Player
from singlewindow.demo.watching import risk_tables_load
from singlewindow.kernel import clock

USUAL = Parameters(seed=0, start=date(2026, 1, 1))


def day_of(text: str) -> date:
    """A calendar day, as it is written on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day; write it as 2026-11-30") from error


class Command(BaseCommand):
    """manage.py simulate_country --seed 5 --days 30"""

    help = (
        "Make traders, brokers, seasons, honest error and planted fraud from a seed, and file all of it day by day. "
        "What is true is written to a folder outside the database. Ctrl-C stops it after a whole day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which world, how long, how busy, and where its truth goes."""
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--days", type=int, required=True)
        parser.add_argument("--per-day", type=float, default=USUAL.per_day, help="declarations of an ordinary day")
        parser.add_argument("--traders", type=int, default=USUAL.traders)
        parser.add_argument("--until", type=day_of, help="the last day; yesterday unless told")
        parser.add_argument("--truth", type=Path, help="folder of what is true; CSW_HOME/truth unless told")
        parser.add_argument("--drift", action="store_true", help="let prices and origins drift")
        parser.add_argument(
            "--new-kind-from", type=int, help="day on which a kind of fraud begins that nobody has seen"
        )

    def handle(self, *args: object, **options: object) -> None:
        """Play the days; what was filed before stays."""
        seed, days = int(str(options["seed"])), int(str(options["days"]))
        if Declaration.objects.filter(lrn__startswith=f"{seed % 1000:03d}-").exists():
            raise CommandError(f"The world of seed {seed} was filed here before; choose another seed.")
        until = options["until"] or clock.today() - timedelta(days=1)
        assert isinstance(until, date)
        people_load()
        agencies_load(actor=system_actor("demo"))
        start = until - timedelta(days=days - 1)
        with clock.frozen(datetime.combine(start, time(), UTC) - timedelta(days=1)):
            risk_tables_load()
        world = Parameters(
            seed=seed,
            start=start,
            per_day=float(str(options["per_day"])),
            traders=int(str(options["traders"])),
            drift=bool(options["drift"]),
            new_kind_from=options["new_kind_from"],  # type: ignore[arg-type]
        )
        folder = options["truth"] if isinstance(options["truth"], Path) else settings.CSW_HOME / "truth"
        truth = TruthFile(folder, f"country-{seed}", fresh=True)
        player = Player(Country(world), truth=truth, say=self.stdout.write)
        try:
            player.days(days)
        except KeyboardInterrupt:
            self.stdout.write(f"Stopped after {player.done.days} whole days.")
        done = player.done
        self.stdout.write(f"{done.declarations} declarations; lanes: {dict(done.lanes)}")
        self.stdout.write(f"{done.planted} of them false, {done.planted_checked} of these sent to a check.")
        self.stdout.write(f"What is true stands in {truth.path}.")
