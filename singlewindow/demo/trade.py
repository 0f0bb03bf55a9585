"""Filing the demonstration's consignments through the services that everybody files through, day by day."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from clearance.models import Case
from clearance.services import CheckResult, case_claim, check_conclude
from clearance.states import ControlState
from clearance.tasks import decide
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge, goods_present
from declarations.types import Channel
from risk.types import Outcome
from singlewindow.accounts.models import User
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import Actor
from singlewindow.demo.consignments import Consignment, consignments
from singlewindow.demo.people import trader_actor
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock

SEED = 7
COUNT = 220
DAYS = 3
DECIDED_BEFORE = timedelta(hours=20)
"""Most cases older than this were decided by an officer; younger ones wait on the desk."""

LEFT_OPEN = 0.2
"""Share of the older cases that nobody decided, so that the late list has something to show."""


def trade_load(say: Callable[[str], None], *, seed: int = SEED, count: int = COUNT) -> dict[str, int]:
    """File the consignments, present the goods, decide, and have officers conclude; how many took each lane.

    Every act runs at its own instant on the window's clock, so that figures and deadlines are those of real days.
    """
    now = clock.now()
    waiting: list[tuple[datetime, UUID, Actor]] = []
    made = consignments(seed=seed, count=count, until=now, days=DAYS)
    for filed, consignment in enumerate(made, start=1):
        waiting = _present_until(consignment.lodged_at, waiting)
        declaration_id, actor = _lodge(consignment)
        if consignment.presented_at is not None:
            waiting.append((consignment.presented_at, declaration_id, actor))
        if filed % 40 == 0:
            say(f"{filed} of {count} declarations filed and decided")
    _present_until(now, waiting)
    _officers_decide(seed, now)
    return {lane: Case.objects.filter(lane=lane).count() for lane in ("GREEN", "BLUE", "YELLOW", "RED")}


def _lodge(consignment: Consignment) -> tuple[UUID, Actor]:
    actor = trader_actor(consignment.trader)
    message = DeclarationMessage.model_validate(consignment.message)
    with clock.frozen(consignment.lodged_at):
        lodged = declaration_lodge(message=message, actor=actor, channel=Channel.JSON)
        _decide(lodged.id)
    return lodged.id, actor


def _present_until(
    instant: datetime, waiting: list[tuple[datetime, UUID, Actor]]
) -> list[tuple[datetime, UUID, Actor]]:
    for at, declaration_id, actor in sorted(waiting, key=lambda one: one[0]):
        if at <= instant:
            with clock.frozen(at):
                goods_present(declaration_id=declaration_id, actor=actor)
                _decide(declaration_id)
    return [one for one in waiting if one[0] > instant]


def _decide(declaration_id: UUID) -> None:
    """Do the jobs of one declaration at once, as a worker would; timers stay for the relay."""
    due = Job.objects.filter(subject_id=str(declaration_id), kind=decide.name, state="todo")
    decide(list(due.values_list("id", flat=True)))


def _officers_decide(seed: int, now: datetime) -> None:
    chance = random.Random(seed)  # noqa: S311  (a made country)
    officer = actor_of_user(User.objects.get(username="officer"))
    held = Case.objects.filter(
        closed_at=None,
        control_state__in=[ControlState.DOCS_REQUIRED.value, ControlState.PHYSICAL.value],
        accepted_at__lt=now - DECIDED_BEFORE,
    ).order_by("accepted_at")
    for case in held:
        if chance.random() < LEFT_OPEN or case.accepted_at is None:
            continue
        at = min(now, case.accepted_at + timedelta(hours=chance.uniform(2, 19)))
        with clock.frozen(at):
            case_claim(declaration_id=case.pk, actor=officer)
            check_conclude(declaration_id=case.pk, actor=officer, result=_result(chance))
            _decide(case.pk)


def _result(chance: random.Random) -> CheckResult:
    if chance.random() < 0.6:
        return CheckResult(Outcome.VALUE, "Invoice from the supplier shows a higher price.", 185_000)
    return CheckResult(Outcome.CONFORM)
