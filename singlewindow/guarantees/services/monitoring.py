"""Monitoring of what is used: the holder is warned before nothing is left."""

from datetime import datetime

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.models import Guarantee
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.money import from_minor

LOW_PERCENT = 90
"""The share of the limit at which the holder is warned (GU-MON-01)."""
WATCHED = frozenset({"0", "1", "9"})
"""Types that many debts share."""


def usage_watch(work: Work, guarantee: Guarantee, *, actor: Actor, at: datetime) -> None:
    """Warn the holder when nine tenths are used, once until less is.

    Locks: the caller holds the guarantee.

    Source: GU-MON-01.
    """
    low = guarantee.type in WATCHED and guarantee.used_minor * 100 >= guarantee.limit_minor * LOW_PERCENT
    if low == (guarantee.alerted_at is not None):
        return
    guarantee.alerted_at = at if low else None
    guarantee.save(update_fields=["alerted_at"])
    if not low:
        return
    left = from_minor(guarantee.limit_minor - guarantee.used_minor, guarantee.currency)
    data: dict[str, JsonValue] = {
        "grn": guarantee.grn,
        "available": format(left, "f"),
        "currency": guarantee.currency,
    }
    subject_id = str(guarantee.pk)
    event_record(
        work, actor=actor, verb=Verb.GUARANTEE_LOW, subject_type="guarantee", subject_id=subject_id, data=data, at=at
    )
    party_event_publish(
        work, organisation_ids=[guarantee.holder_id], type="guarantee.low", subject_id=subject_id, data=data, at=at
    )
