"""A country to make journeys in: reference data, tariff, agencies and risk facts as they are shipped."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils.module_loading import autodiscover_modules

from fees.services import account_credit
from singlewindow.accounts.models import Organisation, OrganisationKind
from singlewindow.accounts.types import system_actor
from singlewindow.celery import app
from singlewindow.jobs.models import Job
from singlewindow.jobs.services import jobs_claim
from tests.factories import accounts
from tests.factories.clearance import country_load


@pytest.fixture
def country(db: None) -> None:
    """Everything that a window needs before the first trader files; the shipped code lists answer without a load."""
    country_load()


@pytest.fixture
def importer(country: None) -> Organisation:
    """A trader whose account covers any debt of these journeys."""
    trader = Organisation.objects.filter(identifier="ZZIMP0001").first() or accounts.organisation(
        identifier="ZZIMP0001", kind=OrganisationKind.TRADER, name="Amari Foods Ltd"
    )
    account_credit(
        organisation_id=trader.pk,
        amount=Decimal(1_000_000),
        currency="EUR",
        reference="opening balance",
        actor=system_actor("tests"),
    )
    return trader


@pytest.fixture
def jobs_done() -> Callable[[], None]:
    """Do what is due, as the relay and a worker would, until nothing is."""

    autodiscover_modules("tasks")

    def run() -> None:
        for _ in range(20):
            claimed = jobs_claim(cap=10_000, lease_s=30)
            for job_id, kind, _started in claimed:
                app.tasks[kind]([job_id])
            if not claimed:
                break
        failed = Job.objects.filter(state="todo").exclude(last_error="").values_list("kind", "last_error")
        assert not list(failed), list(failed)

    return run
