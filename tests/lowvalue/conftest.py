"""An operator and the two who work for it; a worker for its files."""

from collections.abc import Callable

import pytest

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.jobs.models import Job
from singlewindow.lowvalue.tasks import file_part
from tests.factories import accounts


@pytest.fixture
def parcels(db: None) -> Organisation:
    return accounts.organisation(name="Kivana Parcels")


@pytest.fixture
def sender(parcels: Organisation) -> Actor:
    return accounts.actor(Role.OPERATOR, of=parcels)


@pytest.fixture
def parts_done() -> Callable[[], None]:
    """File every part that waits, as a worker would."""

    def run() -> None:
        file_part(
            list(Job.objects.filter(kind=file_part.name, state="todo").order_by("id").values_list("id", flat=True))
        )
        failed = Job.objects.filter(kind=file_part.name, state="todo").values_list("last_error", flat=True)
        assert not list(failed), list(failed)

    return run
