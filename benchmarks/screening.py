"""One name against 20,000: ours against a full scan by rapidfuzz, and how much of a full scan ours finds.

The names are those of the published lists beside the project, where they are there, and made ones; nothing is kept
from one search to the next. The plain side is what one would write first: `rapidfuzz.process.extract` over the same
names, normal forms made beforehand, with the plainest of its scorers that knows other orders of words (`ratio` over
sorted words). Recall is held against a full scan of ours' own scoring, word by word, name by name.
"""

import gc
import time
from collections.abc import Callable, Sequence

from django.conf import settings
from rapidfuzz import fuzz, process

from benchmarks.figures import Spread, line, percentile, ratios
from singlewindow.screening.rules.index import NameIndex, full_scan
from singlewindow.screening.rules.names import name_forms
from tests.factories import names

NAMES = 20_000
ASKED = 300
STRANGERS = 300
ROUNDS = 7
THRESHOLD = 85.0
GOAL_MS = 0.5
GOAL_RECALL = 0.995


def measure() -> None:
    """Print CPU of one uncached search, hits and strangers, beside the full scan; and the recall."""
    listed = names.published(settings.CSW_SHARED / "inputs" / "sanctions")
    corpus = names.many(listed, NAMES)
    began = time.process_time()
    forms = [name_forms(name)[0] for name in corpus]
    index = NameIndex(forms)
    built = time.process_time() - began
    asked = [text for _, text, _ in names.asked(corpus, ASKED)] + names.strangers(STRANGERS)
    index.restore("hmd")  # words by their consonants are gathered when first asked for
    plain = [" ".join(sorted(form.keys)) for form in forms]
    gc.collect()
    gc.freeze()
    single = sorted(_cpu_ms(lambda text=text: index.search(text, THRESHOLD)) for text in asked)  # type: ignore[misc]
    ours, full = [], []
    for _ in range(ROUNDS):
        ours.append(_cpu_ms(lambda: _search(index, asked)) / len(asked))
        full.append(_cpu_ms(lambda: _extract(plain, asked)) / len(asked))
    gc.unfreeze()
    found, limit = _recall(index, [text for _, text, _ in names.asked(corpus, ASKED, seed=4)])
    cpu = Spread.of(ours, digits=4)
    line(
        name="screening_cpu",
        names=NAMES,
        of_published_lists=min(len(listed), NAMES),
        asked=len(asked),
        rounds=ROUNDS,
        ours_ms=cpu.output(),
        ours_p50_ms=round(percentile(single, 0.5), 4),
        ours_p95_ms=round(percentile(single, 0.95), 4),
        full_scan_ms=Spread.of(full, digits=4).output(),
        ratio=ratios(ours, full).output(),
        recall=round(found / limit, 5),
        recall_of=limit,
        built_s=round(built, 2),
        index_mb=round(index.nbytes / 1e6, 1),
        goal=f"<= {GOAL_MS} ms, recall >= {GOAL_RECALL}",
        met=cpu.median <= GOAL_MS and found >= GOAL_RECALL * limit,
    )


def _search(index: NameIndex, asked: Sequence[str]) -> None:
    for text in asked:
        index.search(text, THRESHOLD)


def _extract(plain: Sequence[str], asked: Sequence[str]) -> None:
    for text in asked:
        for form in name_forms(text)[:1]:
            process.extract(" ".join(sorted(form.keys)), plain, scorer=fuzz.ratio, score_cutoff=THRESHOLD, limit=None)


def _recall(index: NameIndex, asked: Sequence[str]) -> tuple[int, int]:
    found = limit = 0
    for text in asked:
        every = full_scan(index, text, THRESHOLD)
        found += len(every.keys() & {one.place for one in index.search(text, THRESHOLD)})
        limit += len(every)
    return found, limit


def _cpu_ms(act: Callable[[], object]) -> float:
    began = time.process_time_ns()
    act()
    return (time.process_time_ns() - began) / 1e6
