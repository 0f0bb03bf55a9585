"""The watchdog: a deaf worker is ended, a busy or an idle one is not."""

import pytest

from singlewindow.runtime.watchdog import DEAF_AFTER_S, Hearing, oldest_due_s, watch

JUST_OVER, JUST_UNDER = DEAF_AFTER_S + 0.1, DEAF_AFTER_S - 0.1


@pytest.mark.parametrize(
    ("oldest", "later", "begun", "deaf"),
    [
        (JUST_OVER, JUST_OVER, 5, True),
        (JUST_UNDER, JUST_OVER, 5, False),
        (JUST_OVER, JUST_UNDER, 5, False),
        (JUST_OVER, JUST_OVER, 6, False),
        (0.0, 10 * JUST_OVER, 5, False),
    ],
    ids=["work waits and none was begun", "work waits a little", "quiet for a little", "working off a backlog", "idle"],
)
def test_a_worker_is_deaf_when_work_waits_and_it_begins_none(oldest, later, begun, deaf):
    hearing = Hearing()
    assert not hearing.is_deaf(begun=5, oldest_due_s=oldest, now=1000.0)
    assert hearing.is_deaf(begun=begun, oldest_due_s=oldest, now=1000.0 + later) is deaf


@pytest.mark.django_db(transaction=True)
def test_an_idle_worker_is_left_alone():
    ended = []
    watch(lambda: ended.append(True), looks=2, pause_s=0)
    assert ended == []
    assert oldest_due_s() == 0.0
