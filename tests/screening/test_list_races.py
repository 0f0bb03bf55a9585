"""Lists that come and are agreed to by several at once: one is kept, one goes live, and nobody waits for ever."""

import threading
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from django.db import connection

from singlewindow.accounts.types import Actor
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide
from singlewindow.kernel.errors import Conflict, TransitionRefused
from singlewindow.screening.models import ListEntry, ListVersion
from singlewindow.screening.services import lists_load
from singlewindow.screening.states import ListState
from tests.factories.screening import SDN_ALTERNATES, SDN_ROWS, analyst, sdn_files

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


def test_SC_LST_05_one_list_loaded_by_several_at_once_is_kept_and_proposed_once() -> None:
    people = [analyst() for _ in range(4)]
    ends = at_once([lambda actor=actor: lists_load(files=sdn_files(), actor=actor) for actor in people])
    assert ends == ["done"] * 4
    assert (ListVersion.objects.count(), Proposal.objects.count(), ListEntry.objects.count()) == (1, 1, 5)


def test_SC_LST_05_of_two_versions_agreed_to_at_once_one_is_live() -> None:
    first, second = analyst(), analyst()
    (one,) = lists_load(files=sdn_files(), actor=first)
    (other,) = lists_load(files=sdn_files(SDN_ROWS[:4], SDN_ALTERNATES[:2]), actor=first)

    def grant(proposal_id: UUID | None, actor: Actor) -> None:
        assert proposal_id is not None
        proposal_decide(proposal_id=proposal_id, actor=actor, grant=True, reason="Compared.")

    ends = at_once([lambda: grant(one.proposal_id, second), lambda: grant(other.proposal_id, second)])
    assert ends == ["Conflict", "done"]
    states = sorted(ListVersion.objects.values_list("state", flat=True))
    assert states == [ListState.LIVE, ListState.PROPOSED]
