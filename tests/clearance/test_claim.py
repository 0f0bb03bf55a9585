"""Claiming: of two officers at once, one wins; the next case is never given twice.

Mutation: with `claimed_by=None` taken out of the condition of `case_claim`, or `skip_locked` and the lock out of
`case_take_next`, the tests below fail: both officers believe that the case is theirs.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from clearance.models import Case
from clearance.services import case_claim, case_give_back, case_take_next
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.kernel.errors import Conflict, NotPermitted
from tests.factories import accounts, clearance

pytestmark = pytest.mark.django_db(transaction=True)

OFFICERS = 4


def at_once(act: Callable[[Actor], Any], actors: list[Actor]) -> list[Any]:
    """Let every actor act at the same instant, each on a connection of its own; refusals are answers too."""
    start = Barrier(len(actors))

    def run(actor: Actor) -> Any:
        try:
            start.wait(timeout=10)
            return act(actor)
        except Conflict as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actors)) as pool:
        return list(pool.map(run, actors))


def test_CL_CLM_01_of_officers_who_claim_at_once_one_wins_and_one_event_tells_it() -> None:
    clearance.country_load()
    trader = clearance.trader_rich()
    declaration_id = clearance.risky(trader)
    officers = [accounts.actor(Role.OFFICER) for _ in range(OFFICERS)]
    for _ in range(5):
        answers = at_once(lambda actor: case_claim(declaration_id=declaration_id, actor=actor), officers)
        winners = [actor for actor, answer in zip(officers, answers, strict=True) if answer is None]
        assert len(winners) == 1
        assert str(Case.objects.get(pk=declaration_id).claimed_by_id) == winners[0].id
        case_give_back(declaration_id=declaration_id, actor=winners[0])
    told = Event.objects.filter(subject_id=str(declaration_id))
    assert told.filter(verb=Verb.CASE_CLAIMED).count() == told.filter(verb=Verb.CASE_GIVEN_BACK).count() == 5

    second = clearance.risky(trader)
    taken = at_once(lambda actor: case_take_next(actor=actor), officers)
    assert sorted(filter(None, taken)) == sorted([declaration_id, second])
    assert Case.objects.filter(claimed_by=None, closed_at=None).count() == 0
    with pytest.raises(NotPermitted):
        case_take_next(actor=accounts.actor(Role.TRADER))
