"""What tests of webhooks share: receivers on this machine are allowed, and a courier works when it is told to."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from singlewindow.accounts.models import Organisation
from singlewindow.audit.services import party_event_publish
from singlewindow.db.work import unit_of_work
from singlewindow.webhooks.courier import Courier
from singlewindow.webhooks.types import Limits
from tests.factories import accounts

LIMITS = Limits(connect_s=1.0, read_s=1.0, total_s=1.5)


@pytest.fixture
def loopback(settings: Any) -> None:
    """Receivers on this machine count as outside."""
    settings.WEBHOOK_LOOPBACK = True


@pytest.fixture
def owner(transactional_db: None) -> Organisation:
    """An organisation with software of its own."""
    return accounts.organisation()


Rounds = Callable[[Callable[[], bool]], None]


@pytest.fixture
def courier_until() -> Rounds:
    """Let a courier go round until something is so, for ten seconds at the most."""

    def run(so: Callable[[], bool], seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        Courier(limits=LIMITS).run(until=lambda: so() or time.monotonic() > deadline)
        assert so()

    return run


def tell(organisation: Organisation, type: str = "released", subject: str = "d1", **data: str) -> None:
    """One event in the feed of an organisation."""
    with unit_of_work() as work:
        party_event_publish(work, organisation_ids=[organisation.pk], type=type, subject_id=subject, data=dict(data))
