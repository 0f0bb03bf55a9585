"""Playing a made country: everything through the window, checks find what they can, and it stops after whole days."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clearance.models import Case, Check
from declarations.models import Declaration
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.truth import FraudKind, TruthFile
from singlewindow.demo.country.world import Country, Made
from singlewindow.demo.people import people_load
from singlewindow.demo.playing import Player
from singlewindow.demo.settling import quotas
from singlewindow.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables() -> None:
    people_load()
    for command in ("load_fees", "load_agencies"):
        call_command(command, verbosity=0, stdout=StringIO())


def test_a_country_is_filed_and_checked_and_its_truth_is_in_no_table(tables: None, tmp_path: Path) -> None:
    said = StringIO()
    options = {"seed": 5, "days": 5, "per_day": 25, "traders": 30, "truth": tmp_path}
    call_command("simulate_country", **options, stdout=said)
    truths = {truth.key: truth for truth in TruthFile(tmp_path, "country-5").read()}
    rows = Declaration.objects.filter(lrn__startswith="005-")
    assert set(rows.values_list("lrn", flat=True)) == truths.keys()
    assert len(truths) > 60
    assert rows.latest("lodged_at").lodged_at.date() < clock.today()
    assert rows.filter(released_at__isnull=False).count() > 0.8 * len(truths)
    for check in Check.objects.select_related("case"):
        lrn = Declaration.objects.get(pk=check.case_id).lrn
        found = truths[lrn].seen_by(check.kind == "examination")
        assert (check.outcome, check.revenue_delta_minor) == found
    words = [f"%{kind.value}%" for kind in FraudKind if "_" in kind.value]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY(%s)', [words])
            assert cursor.fetchone() == (0,), table
    with pytest.raises(CommandError, match="filed here before"):
        call_command("simulate_country", **options, stdout=said)


def test_stopped_in_the_midst_of_a_day_it_leaves_whole_days(tables: None, tmp_path: Path) -> None:
    country = Country(Parameters(seed=6, start=date(2026, 10, 5), per_day=20, traders=25))
    truth = TruthFile(tmp_path, "stopped")

    class Interrupted(Player):
        """Somebody presses Ctrl-C at the seventh declaration of the third day."""

        today = 0

        def _lodge(self, one: Made) -> None:
            self.today += self.done.days == 2
            if self.today == 7:
                raise KeyboardInterrupt
            super()._lodge(one)

    player = Interrupted(country, truth=truth, say=lambda line: None)
    with pytest.raises(KeyboardInterrupt):
        player.days(4)
    assert player.done.days == 2
    days = {row.date() for row in Declaration.objects.values_list("lodged_at", flat=True)}
    assert max(days) == date(2026, 10, 6)
    assert sum(1 for _ in truth.read()) == Declaration.objects.count()
    assert Case.objects.count() == Declaration.objects.count()


@pytest.mark.parametrize(("weights", "count", "shares"), [([1, 1, 2], 8, [2, 2, 4]), ([1, 1, 1], 1, [1, 0, 0])])
def test_a_count_is_shared_out_whole(weights: list[float], count: int, shares: list[int]) -> None:
    assert quotas(weights, count) == shares
