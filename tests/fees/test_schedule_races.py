"""Many at once on one draft and one charge: comments are counted one by one, and versions come one after the other."""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from fees.models import ChargeComment, TariffVersion
from fees.rules.schedule import COMMENTS_ON_ONE
from fees.selectors.schedule import charge_versions
from fees.services.quotes import profile_and_day
from fees.services.schedule import charge_comment_make, charge_propose
from singlewindow.accounts.permissions import Role
from singlewindow.approvals.selectors import proposal_open
from singlewindow.approvals.services import proposal_decide
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError
from tests.factories import accounts, schedule

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What becomes of acts that begin at one instant, each on a connection of its own; a refusal by its class."""
    barrier = Barrier(len(acts))

    def thread(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        except DomainError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(thread, acts))


def test_FE_SCH_06_one_person_in_twelve_windows_comments_five_times(loaded):
    until = profile_and_day(clock.now())[1] + timedelta(days=30)
    draft_id, trader = schedule.opened(until=until, valid_from=until + timedelta(days=30)), accounts.actor()
    said = at_once([lambda: charge_comment_make(draft_id=draft_id, text="No", actor=trader)] * 12)
    assert said.count("RuleViolated") == 12 - COMMENTS_ON_ONE
    assert ChargeComment.objects.count() == COMMENTS_ON_ONE


def test_FE_SCH_09_drafts_of_one_charge_granted_at_one_instant_never_overlap(loaded):
    officer, supervisor = schedule.officer(), accounts.actor(Role.SUPERVISOR)
    first = profile_and_day(clock.now())[1] + timedelta(days=60)
    until, acts = first - timedelta(days=20), []
    for number in range(6):
        draft_id = schedule.opened(officer, until=until, valid_from=first + timedelta(days=number))
        charge_propose(draft_id=draft_id, actor=officer, urgent_reason="A pest")
        proposal = proposal_open("fees.charge", str(draft_id))
        assert proposal is not None
        acts.append(
            lambda p=proposal.id: proposal_decide(proposal_id=p, actor=supervisor, grant=True, reason="Yes").state.value
        )
    before = TariffVersion.objects.count()
    outcomes = at_once(acts)
    granted = outcomes.count("granted")
    assert granted >= 1
    assert set(outcomes) <= {"granted", "RuleViolated"}
    assert TariffVersion.objects.count() == before + granted
    versions = charge_versions("PHY-INS")
    assert len(versions) == 1 + granted
    for newer, older in itertools.pairwise(versions):
        assert older.valid_to == newer.valid_from - timedelta(days=1)
