"""Playing a made country through the window: everything by the services that everybody files through, day by day.

Officers learn what is true only by checking: a check of documents shows what documents show, an examination all.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from clearance.models import Case
from clearance.services import CheckResult, case_claim, check_conclude
from clearance.states import ControlState
from clearance.tasks import decide
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge, goods_present
from declarations.types import Channel
from risk.types import Lane, Outcome
from singlewindow.accounts.models import User
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import Actor
from singlewindow.demo.country.streams import stream
from singlewindow.demo.country.truth import Truth, TruthFile
from singlewindow.demo.country.world import Country, Made
from singlewindow.demo.settling import Settlers
from singlewindow.demo.watching import selection_agreed
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock

FINDINGS = {
    Outcome.CLERICAL: "A slip in the papers; nothing is owed for it.",
    Outcome.VALUE: "The supplier's invoice and the transfer of money show a higher price.",
    Outcome.CLASS: "The goods are of another class than declared.",
    Outcome.ORIGIN: "The goods are not of the origin declared.",
    Outcome.QUANTITY: "More goods were found than declared.",
    Outcome.PROHIBITED: "Goods that may not come in, or not without a permit.",
    Outcome.SECURITY: "The party named knows nothing of this consignment.",
}
WAITING = (ControlState.DOCS_REQUIRED.value, ControlState.PHYSICAL.value)
ENOUGH_TO_TRY = 10
"""Declarations from which a trial on the past shows something."""


@dataclass(slots=True)
class Played:
    """What was done so far."""

    days: int = 0
    declarations: int = 0
    lanes: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    findings: int = 0
    planted: int = 0
    planted_checked: int = 0


@dataclass(order=True, slots=True)
class _Due:
    at: datetime
    order: int
    act: Callable[[], None] = field(compare=False)


class Player:
    """Plays one country. A day is one transaction: stopped in the midst of a day, nothing of that day was done."""

    def __init__(
        self,
        country: Country,
        *,
        truth: TruthFile | None,
        say: Callable[[str], None],
        left_open: float = 0.0,
        checks_from: timedelta = timedelta(hours=2),
        checks_within: timedelta = timedelta(hours=19),
        advance: bool = True,
    ) -> None:
        """
        Args:
            left_open: share of the cases that nobody decides.
            advance: whether the organisations of the demonstration get money too.
        """
        self.country, self.truth, self.say = country, truth, say
        self.left_open, self.checks_from, self.checks_within = left_open, checks_from, checks_within
        self.advance = advance
        self.done = Played()
        self.settlers = Settlers(country)
        self.begin = datetime.combine(country.world.start, time(), UTC)
        self._due: list[_Due] = []
        self._orders = 0
        self._outcomes: dict[str, bool] = {}
        self._officer: Actor | None = None
        self._offices: Counter[str] = Counter()
        self._staffed = False

    def days(self, count: int, *, until: datetime | None = None, at_most: Sequence[int] | None = None) -> Played:
        """Play some days from the first; nothing happens after `until`.

        Args:
            at_most: how many declarations of each day are filed; without it all.
        """
        short = 0
        for day in range(count):
            quota = at_most[day] + short if at_most else None
            before = self.done.declarations
            with transaction.atomic():
                truths = self._day(day, until, quota)
            if self.truth is not None:
                self.truth.append(truths)
            if quota is not None:
                short = quota - (self.done.declarations - before)
            self.done.days += 1
            self.say(
                f"day {day + 1} of {count}, {self.country.date_of(day)}: "
                f"{self.done.declarations} declarations, {self.done.findings} findings in {self.done.checks} checks"
            )
        return self.done

    def _day(self, day: int, until: datetime | None, quota: int | None) -> list[Truth]:
        made = self.country.day(day)
        with clock.frozen(self.begin + timedelta(days=day)):
            self.settlers.settle(self.begin, advance=self.advance)
            self._staff(day)
        end = self.begin + timedelta(days=day + 1)
        end = min(end, until) if until is not None else end
        made = [one for one in made if one.filing.lodged_at <= end]
        if quota is not None and len(made) > quota:
            made = self._some(made, quota)
        for one in made:
            self._plan(one.filing.lodged_at, lambda one=one: self._lodge(one))  # type: ignore[misc]
        while self._due and self._due[0].at <= end:
            due = heapq.heappop(self._due)
            with clock.frozen(due.at):
                due.act()
        self.country.learn(self._outcomes, day)
        self._outcomes = {}
        return [one.truth for one in made]

    def _staff(self, day: int) -> None:
        """Once there is a day to try it on, have it agreed what the offices can examine."""
        if self._staffed or sum(self._offices.values()) < ENOUGH_TO_TRY:
            return
        each = {office: count / day for office, count in self._offices.items()}
        yesterday = self.country.date_of(day - 1)
        self._staffed = selection_agreed(self.country.world.start, yesterday, each)

    def _some(self, made: list[Made], quota: int) -> list[Made]:
        """A share of a day's trade by chance, in its order."""
        seed = self.country.world.seed
        drawn = sorted(made, key=lambda one: stream(seed, "kept", one.filing.key).random())
        kept = {one.filing.key for one in drawn[:quota]}
        return [one for one in made if one.filing.key in kept]

    def _plan(self, at: datetime, act: Callable[[], None]) -> None:
        self._orders += 1
        heapq.heappush(self._due, _Due(at, self._orders, act))

    def _lodge(self, one: Made) -> None:
        filing = one.filing
        actor = self.settlers.filer(filing)
        message = DeclarationMessage.model_validate(filing.message)
        lodged = declaration_lodge(message=message, actor=actor, channel=Channel.JSON)
        self._decide(lodged.id)
        self.done.declarations += 1
        self._offices[message.office or ""] += 1
        self.done.planted += one.truth.kind is not None
        if filing.presented_at is None:
            self._checked_later(lodged.id, one.truth)
        else:
            self._plan(filing.presented_at, lambda: self._present(lodged.id, actor, one.truth))

    def _present(self, declaration_id: UUID, actor: Actor, truth: Truth) -> None:
        goods_present(declaration_id=declaration_id, actor=actor)
        self._decide(declaration_id)
        self._checked_later(declaration_id, truth)

    def _decide(self, declaration_id: UUID) -> None:
        """Do the jobs of one declaration at once, as a worker would; timers stay for the relay."""
        due = Job.objects.filter(subject_id=str(declaration_id), kind=decide.name, state="todo")
        decide(list(due.values_list("id", flat=True)))

    def _checked_later(self, declaration_id: UUID, truth: Truth) -> None:
        case = Case.objects.get(pk=declaration_id)
        self.done.lanes[case.lane] += 1
        if case.control_state not in WAITING:
            return
        chance = stream(self.country.world.seed, "check", truth.key)
        self.done.planted_checked += truth.kind is not None
        if chance.random() < self.left_open:
            return
        wait = self.checks_from + (self.checks_within - self.checks_from) * chance.random()
        self._plan(clock.now() + wait, lambda: self._check(declaration_id, truth))

    def _check(self, declaration_id: UUID, truth: Truth) -> None:
        case = Case.objects.get(pk=declaration_id)
        if case.closed_at is not None or case.control_state not in WAITING:
            return
        if self._officer is None:
            self._officer = actor_of_user(User.objects.get(username="officer"))
        code, revenue = truth.seen_by(examination=case.lane == Lane.RED.value)
        outcome = Outcome(code)
        case_claim(declaration_id=case.pk, actor=self._officer)
        result = CheckResult(outcome, FINDINGS.get(outcome, ""), revenue)
        check_conclude(declaration_id=case.pk, actor=self._officer, result=result)
        self._decide(case.pk)
        self.done.checks += 1
        self.done.findings += outcome.is_finding
        self._outcomes[truth.key] = outcome.is_finding
