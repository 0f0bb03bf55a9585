"""The files of agencies, requirements and permits, and their loading."""

import csv

import pytest
from django.core.management import call_command

from agencies.models import Agency, Permit, Requirement, RequirementSet
from agencies.rules import LPCO_CODE, PREFIX_LENGTHS
from agencies.selectors import requirement_index
from agencies.services import agencies_load
from agencies.services.loading import DATA
from agencies.types import CUSTOMS, REASONS
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event
from tests.factories import accounts
from tests.factories.agencies import AT

pytestmark = pytest.mark.django_db


def load():
    return agencies_load(actor=system_actor("tests"))


def test_the_files_load_and_a_second_time_change_nothing():
    accounts.organisation(identifier="ZZIMP0001")
    first, second = load(), load()
    assert first.changed
    with (DATA / "permits.csv").open(encoding="utf-8") as file:
        holders = [row["holder"] for row in csv.DictReader(file)]
    known = holders.count("ZZIMP0001")
    assert known >= 3
    assert (first.permits, first.permits_without_holder) == (known, len(holders) - known)
    assert not second.changed
    assert second.permits == 0
    assert (Agency.objects.count(), RequirementSet.objects.count(), Permit.objects.count()) == (6, 1, known)
    assert Event.objects.filter(verb="reference.loaded").count() == 1


def test_permits_are_made_when_their_holder_comes_to_be_known():
    load()
    accounts.organisation(identifier="ZZIMP0002")
    assert load().permits == 2


def test_the_command_says_what_it_did(capsys):
    call_command("load_agencies")
    assert "6 agencies and" in capsys.readouterr().out


def test_every_requirement_is_one_that_can_be_found_and_met():
    load()
    for row in Requirement.objects.all():
        assert len(row.hs_prefix) in PREFIX_LENGTHS, row.key
        assert not row.lpco_code or LPCO_CODE.fullmatch(row.lpco_code), row.key
        assert not row.check_reason or row.check_reason in REASONS, row.key
        assert row.agency_id != CUSTOMS, row.key
        assert bool(row.unit) == bool(row.lpco_code), row.key
        found = requirement_index().for_goods(
            direction=row.direction,
            commodity_code=row.hs_prefix.ljust(10, "0"),
            country=(row.countries or ["MA"])[0],
            on=AT.date(),
        )
        assert row.pk in [requirement.id for requirement in found], row.key


def test_what_was_loaded_anew_is_seen_at_once():
    load()
    before = requirement_index().version
    Requirement.objects.filter(key="PHY-005").update(title="Oranges")
    assert requirement_index().version == before
    RequirementSet.objects.create(sha256="0" * 64)
    assert requirement_index().version > before
    titles = {r.title for rows in requirement_index().by_prefix.values() for r in rows}
    assert "Oranges" in titles
