"""FE-TAR-11: of changes agreed to at once one goes live; the others are told that the tariff moved."""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import connection

from fees.models import TariffVersion
from fees.services import tariff_load
from fees.services.tariff import change_propose, change_read
from singlewindow.approvals.services import proposal_decide
from singlewindow.kernel.errors import Conflict, TransitionRefused
from tests.factories.tariff import FIRST, SECOND, coffee_at

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What became of acts that begin together: done, or the name of the refusal."""
    together, ends = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            together.wait(20)
            act()
            ends.append("done")
        except (Conflict, TransitionRefused) as refusal:
            ends.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(ends)


def test_FE_TAR_11_of_three_changes_agreed_to_at_once_one_is_live() -> None:
    tariff_load()
    rates = ("8 %", "9 %", "10 %")
    changes = [change_read(files=coffee_at(rate), actor=FIRST) for rate in rates]
    proposals = [change_propose(change_id=change_id, actor=FIRST) for change_id in changes]

    def granting(proposal_id: object) -> Callable[[], object]:
        return lambda: proposal_decide(proposal_id=proposal_id, actor=SECOND, grant=True, reason="Compared.")

    assert at_once([granting(one) for one in proposals]) == ["Conflict", "Conflict", "done"]
    assert TariffVersion.objects.count() == 2


def test_FE_TAR_10_two_first_loads_at_once_make_one_version() -> None:
    assert at_once([tariff_load] * 2) == ["done"] * 2
    assert TariffVersion.objects.count() == 1
