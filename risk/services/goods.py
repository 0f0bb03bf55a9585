"""What is usual for goods: values of accepted declarations folded into histograms, a minute later at most."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from risk.models import GoodsBand
from risk.rules.bands import MASS, VALUE, WORLD, bucket_of, merged
from risk.types import Counts
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock

FOLDED_AT_ONCE = 20_000
"""Rows that one transaction folds: so the rows of the bands are locked for a moment only."""
LOCK = 0x7269736B
"""Number of the advisory lock that lets one fold at a time."""

TAKE_SQL = """
DELETE FROM risk_goodsseen WHERE id IN (SELECT id FROM risk_goodsseen ORDER BY id LIMIT %s)
RETURNING hs6, origin, value_per_kg, unit_mass_kg
"""
Key = tuple[str, str, str]


def goods_fold(*, at_once: int = FOLDED_AT_ONCE) -> int:
    """Fold what was accepted since into what is usual for its HS6 and origin, and for its HS6 anywhere; how many rows.

    Each row counts exactly once: it is deleted in the transaction that counts it.

    Locks: one fold at a time; a second one that runs meanwhile leaves at once.

    Idempotent: yes, nothing is left to fold.

    Source: RM-FCT-02.
    """
    folded = 0
    while True:
        with unit_of_work() as work:
            if not work.fetch("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])[0][0]:
                return folded
            taken = work.fetch(TAKE_SQL, [at_once])
            if taken:
                _add(work, _counted(taken))
        folded += len(taken)
        if len(taken) < at_once:
            return folded


def _counted(rows: Iterable[tuple[str, str, float | None, float | None]]) -> Mapping[Key, Mapping[int, int]]:
    found: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for hs6, origin, per_kg, unit_mass in rows:
        for measure, value in ((VALUE, per_kg), (MASS, unit_mass)):
            bucket = bucket_of(value) if value is not None else None
            if bucket is None:
                continue
            found[hs6, WORLD, measure][bucket] += 1
            if origin:
                found[hs6, origin, measure][bucket] += 1
    return found


def _add(work: Work, added: Mapping[Key, Mapping[int, int]]) -> None:
    keys = sorted(added)
    standing: dict[Key, Counts] = {
        (hs6, origin, measure): (counts[0], counts[1])
        for hs6, origin, measure, counts in GoodsBand.objects.filter(
            hs6__in={key[0] for key in keys}, origin__in={key[1] for key in keys}
        ).values_list("hs6", "origin", "measure", "counts")
    }
    now = clock.now()
    rows = []
    for key in keys:
        counts = merged(standing.get(key), added[key])
        rows.append(
            GoodsBand(
                hs6=key[0],
                origin=key[1],
                measure=key[2],
                n=sum(counts[1]),
                counts=[list(counts[0]), list(counts[1])],
                folded_at=now,
            )
        )
    GoodsBand.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["hs6", "origin", "measure"],
        update_fields=["n", "counts", "folded_at"],
    )
