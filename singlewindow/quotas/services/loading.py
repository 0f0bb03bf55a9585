"""Loading of quotas as they were published: each period once; later changes need two people."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.quotas.models import Quota
from singlewindow.quotas.services.book import day_over

DATA = Path(__file__).resolve().parent.parent / "data"
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class QuotasLoaded:
    """What a loading did."""

    quotas: int
    new: int


def quotas_load(*, actor: Actor, folder: Path = DATA) -> QuotasLoaded:
    """Load the quotas of a file; a period that is there already is left as it is, with its balance and its ledger.

    Idempotent: the same file changes nothing.

    Source: docs/rules/quotas.md, QU-LOA-01.
    """
    text = (folder / "quotas.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    with unit_of_work() as work:
        new = 0
        for row in sorted(rows, key=lambda one: bool(one["parent"])):
            quota, made = Quota.objects.get_or_create(
                order_number=row["order_number"],
                period_from=date.fromisoformat(row["period_from"]),
                defaults=_columns(row),
            )
            new += made
            if made:
                at = day_over(quota.period_to)
                queue(work, "QuotaTurns", subject_id=str(quota.pk), not_before=at, actor=actor)
        if new:
            event_record(
                work,
                actor=actor,
                verb=Verb.QUOTA_LOADED,
                subject_type="quota_set",
                subject_id=sha256_hex(text.encode()),
                data={"quotas": len(rows), "new": new},
            )
    return QuotasLoaded(len(rows), new)


def _columns(row: Row) -> dict[str, object]:
    volume = Decimal(row["volume"])
    parent = None
    if row["parent"]:
        parent = Quota.objects.get(
            order_number=row["parent"], period_from=date.fromisoformat(row["period_from"]), parent=None
        )
    return {
        "title": row["title"],
        "law": row["law"],
        "period_to": date.fromisoformat(row["period_to"]),
        "unit": row["unit"],
        "by_value": row["by_value"] == "1",
        "decimals": int(row["decimals"]),
        "initial": volume,
        "volume": volume,
        "balance": volume,
        "critical_share": Decimal(row["critical_share"]),
        "origins": row["origins"].split(),
        "parent": parent,
        "coefficient": Decimal(row["coefficient"]),
    }
