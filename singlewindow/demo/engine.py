"""Running the risk engine on a made country without the lodging: scored, picked, checked, learned, day by day.

The engine is the true one, with its own services and tables; only declarations, duties and officers are made here.
For a scratch database: the rule set is put in force without a second person, which no window allows.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from hashlib import blake2b
from uuid import UUID

from django.db import connection

from declarations.schemas import DeclarationMessage
from declarations.selectors import any_declaration_lodged
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationSnapshot
from risk.models import FactTables, RuleSet, RuleSetInForce, SampleSeed
from risk.rules.policy import SelectionPolicy
from risk.rules.rule_set import compiled, document_of_release
from risk.selectors.outcomes_frame import outcomes_frame
from risk.services import goods_fold, history_update, outcome_record, risk_assess_many
from risk.types import HistoryEvent, Lane, Outcome, RiskResult, Stage
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Role
from singlewindow.accounts.types import Actor, ActorKind, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.demo.country.judging import Judged
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.traders import Trader
from singlewindow.demo.country.truth import Truth
from singlewindow.demo.country.world import Country, Filing, Made
from singlewindow.demo.people import people_load
from singlewindow.demo.watching import risk_tables_load
from singlewindow.kernel import clock
from singlewindow.learning.rules.specs import PLATFORM, spec_for
from singlewindow.learning.services import model_register, model_train
from singlewindow.learning.types import FrameRefused
from singlewindow.reference.models import ProfileEntry
from singlewindow.reference.selectors import reference_refresh

ACTOR = system_actor("demo")
ANALYST = Actor(
    kind=ActorKind.SYSTEM,
    id="demo",
    name="demo",
    roles=frozenset({Role.RISK_ANALYST}),
    permissions=ROLE_PERMISSIONS[Role.RISK_ANALYST],
)
SATURDAY = 5
BEGIN_DAYS = 21
BATCH = 20
"""Declarations scored at once: none of them is the past of another, as with declarations of the same minutes."""
FILED_BY = UUID(int=7)


@dataclass(frozen=True, slots=True)
class Trial:
    """How an engine is run on a country."""

    world: Parameters
    days: int
    inspected: float = 0.1
    """Share of the declarations of a working day that the offices can examine."""
    explore: float = 0.4
    """Share of the examinations that is kept for exploration, after the beginning."""
    uncertain: float = 0.2
    """Share of the exploration that goes where the engine is least sure; the rest is drawn from all."""
    control: bool = True
    """Whether the control sample is drawn."""
    begin_days: int = BEGIN_DAYS
    """Days at the beginning in which goods are picked by chance, so that there is something to learn from."""
    begin_inspected: float = 0.3
    learn_every: int = 5
    """Days after which a model is trained anew on all outcomes so far; 0: never."""
    bands: Mapping[str, int] = field(default_factory=lambda: {"blue": 5, "yellow": 10, "red": 10})
    """Low, so that the capacity decides and not the band; no yellow, so that an inspection is an examination."""


Learner = Callable[[], str]
"""Trains a model on the platform's own outcomes and registers it; its hash, or nothing where there is too little."""


class EngineRun:
    """One run of the engine on one country, in a database of its own."""

    def __init__(self, trial: Trial, *, learner: Learner | None, say: Callable[[str], None]) -> None:
        self.trial, self.learner, self.say = trial, learner, say
        self.country = Country(trial.world)
        self.begin = datetime.combine(trial.world.start, time(), UTC)
        self.judged: list[Judged] = []
        self.models: list[str] = []
        self._known: set[str] = set()

    def run(self) -> list[Judged]:
        """Run all days; what the engine made of each declaration."""
        self._prepare()
        for day in range(self.trial.days):
            self._rules_of(day)
            with clock.frozen(self.begin + timedelta(days=day, hours=1)):
                goods_fold()
            self._day(day)
            done = [one for one in self.judged if one.day == day]
            self.say(f"day {day + 1} of {self.trial.days}: {len(done)} declarations, {_told(done)}")
        return self.judged

    def _prepare(self) -> None:
        people_load()
        with clock.frozen(self.begin - timedelta(days=1)):
            risk_tables_load()
        if not self.trial.control:
            control_sample_end()
        for month in {f"{self.begin + timedelta(days=day):%Y-%m}" for day in range(self.trial.days)}:
            secret = blake2b(f"{self.trial.world.seed} {month}".encode(), digest_size=32).digest()
            SampleSeed.objects.get_or_create(period=month, defaults={"secret": secret, "commitment": secret.hex()})
        self.counts = self._usual_counts()

    def _usual_counts(self) -> dict[str, float]:
        """How many declarations an office sees on a working day, by two weeks of a world that is then thrown away."""
        offices: Counter[str] = Counter()
        country, working_days = Country(self.trial.world), 0
        for day in range(14):
            made = country.day(day)
            country.learn({}, day)
            if country.date_of(day).weekday() < SATURDAY:
                offices.update(str(one.filing.message["office"]) for one in made)
                working_days += 1
        return {office: count / working_days for office, count in offices.items()}

    def _rules_of(self, day: int) -> None:
        trial = self.trial
        begins = day < trial.begin_days
        learns = self.learner is not None and trial.learn_every and not begins
        if day not in (0, trial.begin_days) and not (learns and (day - trial.begin_days) % trial.learn_every == 0):
            return
        if learns and self.learner is not None:
            with clock.frozen(self.begin + timedelta(days=day)):
                learned = self.learner()
            if learned:
                self.models.append(learned)
        share = trial.begin_inspected if begins else trial.inspected
        policy = SelectionPolicy(
            capacity={office: max(1, round(count * share)) for office, count in self.counts.items()} | {"*": 1},
            explore=Decimal(1) if begins else Decimal(str(trial.explore)),
            explore_most=Decimal(1),
            uncertain=Decimal(0) if begins else Decimal(str(trial.uncertain)),
        )
        with clock.frozen(self.begin + timedelta(days=day)):
            rule_set_put(policy, bands=trial.bands, model=self.models[-1] if self.models else "")

    def _day(self, day: int) -> None:
        made = self.country.day(day)
        self._settle()
        picked: list[tuple[Made, DeclarationSnapshot, RiskResult]] = []
        for batch in (made[begin : begin + BATCH] for begin in range(0, len(made), BATCH)):
            for one, snapshot, result in self._scored(batch):
                if result.lane.needs_officer:
                    picked.append((one, snapshot, result))
                self.judged.append(_judged(one.truth, day, result))
        outcomes = {}
        with clock.frozen(self.begin + timedelta(days=day, hours=23, minutes=59)):
            for one, snapshot, result in picked:
                outcomes[one.truth.key] = self._check(one.truth, snapshot, result.lane)
        self.country.learn(outcomes, day)

    def _scored(self, batch: Sequence[Made]) -> list[tuple[Made, DeclarationSnapshot, RiskResult]]:
        """Score a few declarations at once, at the instant of the last one, and remember them."""
        snapshots = [snapshot_of(one.filing) for one in batch]
        asked = [(of, one.filing.owed_minor) for of, one in zip(snapshots, batch, strict=True)]
        with clock.frozen(batch[-1].filing.lodged_at), unit_of_work() as work:
            results = risk_assess_many(work, asked, actor=ACTOR, stage=Stage.ACCEPTANCE)
            for of in snapshots:
                history_update(work, of, event=HistoryEvent.ACCEPTED)
        return list(zip(batch, snapshots, results, strict=True))

    def _check(self, truth: Truth, snapshot: DeclarationSnapshot, lane: Lane) -> bool:
        examination = lane is Lane.RED
        code, revenue = truth.seen_by(examination=examination)
        outcome = Outcome(code)
        with unit_of_work() as work:
            outcome_record(
                work,
                snapshot,
                outcome=outcome,
                revenue_delta_minor=revenue,
                kind="examination" if examination else "documents",
                actor=ACTOR,
            )
        return outcome.is_finding

    def _settle(self) -> None:
        new = [one for one in self.country.organisations() if one.identifier not in self._known]
        self._known |= {one.identifier for one in new}
        rows = []
        for one in new:
            since = one.since if isinstance(one, Trader) else -1500
            trusted = isinstance(one, Trader) and one.trusted
            rows.append(
                Organisation(
                    identifier=one.identifier,
                    name=one.name,
                    kind="trader" if isinstance(one, Trader) else "broker",
                    country="ZZ",
                    address=one.address,
                    trusted_since=(self.begin - timedelta(days=400)).date() if trusted else None,
                    created_at=self.begin + timedelta(days=since),
                )
            )
        Organisation.objects.bulk_create(rows, ignore_conflicts=True)


def snapshot_of(filing: Filing) -> DeclarationSnapshot:
    """An accepted declaration that has no row of its own."""
    message = DeclarationMessage.model_validate(filing.message)
    digest = blake2b(filing.key.encode(), digest_size=16).digest()
    return DeclarationSnapshot(
        id=UUID(bytes=digest, version=4),
        mrn="26ZZ000000000001R0",
        lrn=filing.key,
        version=1,
        direction=message.direction,
        type_code=message.type_code,
        channel=Channel.JSON,
        lodged_by=FILED_BY,
        declarant_org=None,
        trader_org=None,
        submitter="client:demo",
        office=message.office or "",
        legal_state=LegalState.ACCEPTED,
        goods_state=GoodsState.PRESENTED,
        content_sha256=message.sha256(),
        lodged_at=filing.lodged_at,
        presented_at=filing.lodged_at,
        accepted_at=filing.lodged_at,
        released_at=None,
        expires_at=None,
        message=message,
    )


def control_sample_end() -> None:
    """Let the country's profile draw no control sample. Call `reference_refresh` when the scratch database is gone."""
    for entry in ProfileEntry.objects.all():
        entry.settings = entry.settings | {"control_sample_rate": "0"}
        entry.save(update_fields=["settings"])
    reference_refresh()


def rule_set_put(policy: SelectionPolicy, *, bands: Mapping[str, int], model: str) -> None:
    """Put a rule set in force at once, past the guard that asks for a second person: in a scratch database only.

    Raises:
        RuntimeError: declarations were lodged here, so that this is no scratch database.
    """
    if any_declaration_lodged():
        raise RuntimeError("Declarations were lodged here: nothing goes in force past the second person.")
    newest = RuleSetInForce.objects.order_by("-id").values_list("rule_set__document", flat=True).first()
    tables = FactTables.objects.order_by("-id").values_list("version", flat=True).first()
    document = document_of_release(newest) | {
        "selection": policy.plain(),
        "bands": dict(bands),
        "tables": tables or "",
    }
    if model:
        scale = (document["model"] or {}).get("scale") or {"double": "8", "base": "0.05", "least": "-20", "most": "60"}
        document["model"] = {"hash": model, "scale": scale}
    made = compiled(document)
    RuleSet.objects.get_or_create(hash=made.hash, defaults={"version": made.version, "document": document})
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        RuleSetInForce.objects.create(rule_set_id=made.hash, from_at=clock.now(), actor="demo", change="trial")
        cursor.execute("SET session_replication_role = origin")


def _judged(truth: Truth, day: int, result: RiskResult) -> Judged:
    return Judged(
        key=truth.key,
        day=day,
        lane=result.lane.value,
        pick=result.pick.value,
        control=result.control,
        score=float(result.score),
        loss_minor=result.expected_loss_minor or 0,
        inspected=result.lane.needs_officer,
        found=result.lane.needs_officer and truth.seen_by(result.lane is Lane.RED)[0] not in ("conform", "clerical"),
        kind=truth.kind,
        compliant=truth.compliant,
        kept_back_minor=truth.revenue_delta_minor,
    )


def _told(done: Sequence[Judged]) -> str:
    fraud = [one for one in done if one.kind is not None]
    seen = sum(one.inspected for one in fraud)
    return f"{sum(one.inspected for one in done)} inspected, {seen} of {len(fraud)} false ones"


def learner_of(seed: int) -> Learner:
    """Trains on every outcome so far, as `risk_train` does without a file, and registers what comes of it."""

    def learn() -> str:
        frame = outcomes_frame(clock.now())
        try:
            trained = model_train(frame, spec=spec_for(frame, PLATFORM), seed=seed, name="made country", resamples=20)
        except FrameRefused:
            return ""
        with unit_of_work() as work:
            model_register(work, trained.files, actor=ANALYST)
        return trained.hash

    return learn
