"""The engine in a process of its own, with a trained model and the published lists in force.

`python -m benchmarks.engine_side` prints one JSON object. CPU is that of this process and of its database backend.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()

import numpy as np
from django.conf import settings
from django.db import connection

from benchmarks.facts_side import cpu_of, past_make, snapshot
from declarations.schemas import DeclarationMessage
from declarations.types import DeclarationSnapshot
from risk.models import InspectionOutcome, RiskAssessment
from risk.rules.frame import rows_of
from risk.rules.policy import Scale
from risk.rules.rule_set import CompiledRuleSet
from risk.rules.scoring import Decided, decide, draw_of
from risk.selectors.engine import Looked, explained, looked_up, prepared
from risk.selectors.facts import facts_for, facts_for_many
from risk.selectors.neighbours import neighbours_for
from risk.selectors.rule_sets import rule_set_in_force
from risk.services import goods_fold, risk_assess
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from singlewindow.learning.rules.labelled import labelled_read
from singlewindow.learning.rules.specs import RISK_DATA
from singlewindow.learning.selectors import model_load
from singlewindow.learning.services import Trained, model_register, model_train
from singlewindow.learning.types import Label
from singlewindow.screening.models import EntryName
from singlewindow.screening.selectors import set_version_now
from singlewindow.screening.selectors.listed import listed_now
from singlewindow.screening.selectors.matches import cache_forget
from singlewindow.screening.services import lists_load
from tests.factories.governance import ANALYST, agree, change_live, person, risk_live
from tests.factories.learning import made_frame
from tests.factories.screening import address, alternate, primary, sdn_files

ROUNDS, CALLS, BATCH = 7, 30, 1_000
LISTED = 20_000
PARTNERS = 100
"""Partners abroad that a thousand declarations name; each is screened once in a batch."""
CHECKED = 3_000
"""Earlier checks among which the nearest are looked for."""


def engine_make() -> CompiledRuleSet:
    """Tables, lists and a model in force, by two people."""
    risk_live()
    rows = [primary(1_000 + number, f"{_word(number * 3)} {_word(number * 11 + 5)}") for number in range(LISTED)]
    homes = [
        address(1_000 + number, number, f"{number} {_word(number)} Street", "Town", "Russia")
        for number in range(LISTED)
    ]
    for loaded in lists_load(files=sdn_files(rows, [alternate(1_000, 1, "Another Name")], homes), actor=ANALYST):
        if loaded.proposal_id is not None:
            agree(loaded.proposal_id)
    with unit_of_work() as work:
        model_hash = model_register(work, _trained().files, actor=ANALYST).hash
    change_live(RuleChange(RuleChangeKind.MODEL, {"hash": model_hash, "scale": Scale().plain()}))
    return rule_set_in_force()


def _trained() -> Trained:
    """A model of full size on the labelled declarations, where they are there; else on made rows."""
    folder = settings.CSW_SHARED / "risk-data"
    if not folder.is_dir():
        return model_train(made_frame(20_000), spec=RISK_DATA, resamples=1)
    early, late = (labelled_read(folder / f"df_syn_{part}_eng.csv").frame for part in ("train", "valid"))
    return model_train(early, valid=late, spec=RISK_DATA, refit=False, resamples=1)


def others(of: DeclarationSnapshot, count: int, partners: int = PARTNERS) -> list[DeclarationSnapshot]:
    """Declarations of the same trader with partners that nobody asked for before, each as often as the others."""
    plain = of.message.canonical()
    found = []
    for place in range(count):
        number = place % partners
        name = f"{_word(number)} {_word(number * 7 + 3)} Trading"
        party = {"id": f"X{number}", "name": name, "address": {"line": f"{number} Harbour Road", "country": "CN"}}
        message = DeclarationMessage.model_validate(plain | {"exporter": party})
        found.append(replace(of, id=uuid7(), message=message))
    return found


def _word(number: int) -> str:
    parts = ("ba", "ko", "li", "mor", "tan", "ser", "vi", "du", "ran", "gol")
    return "".join(parts[int(digit)] for digit in str(number + 101)).title()


def score(some: list[Looked], rules: CompiledRuleSet) -> list[Decided]:
    """The lanes of looked-up declarations."""
    return [
        decide(
            one.prepared.record,
            one.lines,
            rules,
            probability=one.probability,
            draw=draw_of(one.prepared.facts, one.prepared.snapshot.id),
        )
        for one in some
    ]


def past_checked(of: DeclarationSnapshot) -> None:
    """Checks of like goods, by this trader and by others."""
    with unit_of_work() as work:
        risk_assess(work, of, actor=system_actor("bench"))
    first = RiskAssessment.objects.get(declaration_id=of.id)
    rows = [replace_row(first) for _ in range(CHECKED)]
    RiskAssessment.objects.bulk_create(rows, batch_size=500)
    heading = of.message.items[0].hs6[:4]
    InspectionOutcome.objects.bulk_create(
        [
            InspectionOutcome(
                declaration_id=row.declaration_id, assessment=row, kind="examination", outcome="conform",
                at=clock.now(), propensity=1, hs4=heading, trader="FACTSTHIN",
            )
            for row in rows
        ],
        batch_size=500,
    )  # fmt: skip


def replace_row(first: RiskAssessment) -> RiskAssessment:
    """Another declaration with the same result."""
    values = {field.attname: getattr(first, field.attname) for field in RiskAssessment._meta.fields}
    return RiskAssessment(**values | {"id": uuid7(), "declaration_id": uuid7()})


def main() -> None:
    """Measure, and print."""
    rules = engine_make()
    of = snapshot("FACTSTHIN")
    past_make(of, thick=False)
    past_checked(replace(of, id=uuid7()))
    goods_fold()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    model = model_load(rules.model)
    trees = model.labels[Label.FRAUD].booster
    assert trees is not None
    ready = prepared(of, facts_for(of))
    rows = rows_of(ready.record, ready.facts.on)
    matrix = np.ascontiguousarray(model.matrix(rows))
    batch, singles = others(of, BATCH), others(of, CALLS)
    officer = person("officer", Role.OFFICER)
    last = others(of, 1)[0]
    with unit_of_work() as work:
        risk_assess(work, last, actor=system_actor("bench"))

    def one_by_one() -> None:
        for single in singles:
            score(looked_up([prepared(single, facts_for(single))], rules), rules)

    def at_once() -> None:
        known = facts_for_many(batch)
        score(looked_up([prepared(one, facts) for one, facts in zip(batch, known, strict=True)], rules), rules)

    acts: dict[str, tuple[Callable[[], object], int]] = {
        "one": (one_by_one, CALLS),
        "of_a_thousand": (at_once, BATCH),
        "lightgbm": (lambda: [trees.trees.predict(matrix, num_threads=1) for _ in range(CALLS)], CALLS),
        "explained": (
            lambda: [explained(rules.model, ready.record, ready.facts.on, rules.scale, rules.scale.most)], 1,
        ),
        "nearest": (lambda: [neighbours_for(officer, last.id) for _ in range(5)], 5),
    }  # fmt: skip
    if "--profile" in sys.argv:
        profile(one_by_one, at_once)
        return
    listed_now().addresses.index  # noqa: B018  (built when it is first asked for)
    found: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, (act, calls) in acts.items():
            cache_forget()
            found[name].append(cpu_of(act) / calls)
    assert set_version_now()
    print(
        json.dumps(
            {
                "ms": found,
                "names": EntryName.objects.count(),
                "trees": model.labels[Label.FRAUD].rounds,
                "items": len(rows),
            }
        )
    )


def profile(*acts: Callable[[], object]) -> None:
    """Where the time goes, for whoever cuts it."""
    import cProfile
    import pstats

    for act in acts:
        act()
        cache_forget()
        looked = cProfile.Profile()
        looked.runcall(act)
        pstats.Stats(looked).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
