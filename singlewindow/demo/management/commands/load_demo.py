"""Load the demonstration country, once."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from agencies.services import agencies_load
from declarations.selectors import any_declaration_lodged
from singlewindow.accounts.types import system_actor
from singlewindow.demo.cargo import cargo_load
from singlewindow.demo.filing import filing_load
from singlewindow.demo.gates import devices_load, gates_load
from singlewindow.demo.guarantees import guarantees_load
from singlewindow.demo.law import law_load
from singlewindow.demo.money import money_load, payments_load
from singlewindow.demo.people import people_load
from singlewindow.demo.permits import applications_load
from singlewindow.demo.profiles import profiles_load
from singlewindow.demo.receivers import receiver_load
from singlewindow.demo.trade import COUNT, DAYS, SEED, trade_load
from singlewindow.demo.watching import risk_tables_load
from singlewindow.kernel import clock

LOAD_LOCK = 0x64656D6F


class Command(BaseCommand):
    """manage.py load_demo"""

    help = "Make the organisations, people, permits and a few days of trade of the demonstration country."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many declarations, from which seed."""
        parser.add_argument("--count", type=int, default=COUNT, help="declarations to file; 0: people and permits only")
        parser.add_argument("--seed", type=int, default=SEED)

    def handle(self, *args: object, **options: int) -> None:
        """Load what is missing; a second run finds everything and does nothing."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOAD_LOCK])
        people_load()
        agencies_load(actor=system_actor("demo"))  # permits whose holders have just come to be
        devices_load()
        with clock.frozen(clock.now() - timedelta(days=DAYS + 1)):  # before the first declaration
            risk_tables_load()
        if any_declaration_lodged():
            self.stdout.write("The demonstration country is there.")
            return
        if not options["count"]:
            self.stdout.write("People, organisations and permits are there; nothing was filed.")
            return
        with transaction.atomic():  # whole or not at all: half a country would count as loaded
            lanes = trade_load(self.stdout.write, seed=options["seed"], count=options["count"])
            manifests = cargo_load()
            seen = gates_load()
            filed = filing_load()
            filed["applications for permits"] = applications_load()
        with transaction.atomic():
            filed["guarantees"] = guarantees_load()
            filed |= money_load()
            filed |= law_load()
            filed["baskets"] = payments_load()
        filed["webhook deliveries"] = receiver_load()
        filed["risk profiles"] = profiles_load()
        self.stdout.write(f"{manifests} manifests filed and matched, {seen} readings of the gate.")
        self.stdout.write("Also: " + ", ".join(f"{number} {what}" for what, number in filed.items()) + ".")
        self.stdout.write("Lanes: " + ", ".join(f"{lane} {number}" for lane, number in lanes.items()))
