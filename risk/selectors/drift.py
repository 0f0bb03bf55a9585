"""What the watch on drift found, for the analyst's desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from risk.models import DriftReading
from risk.rules.record import FIELDS
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock

SHOWN_DAYS = 30
ALERT_DAYS = 7
OWN = {"score": "Score", "probability": "Probability of the model"}
"""Subjects that are no field of the record, in English; pages translate it."""


@dataclass(frozen=True, slots=True)
class DriftShown:
    """How far one input or score lay from what it was, on one day."""

    day: date
    subject: str
    label: str
    """In English; pages translate it."""
    psi: float
    ks: float | None
    ks_p: float | None
    reference_n: int
    current_n: int
    alarm: bool


def drift_latest(actor: Actor) -> tuple[DriftShown, ...]:
    """The readings of the newest day that was read, the largest first; nothing before the first. One query.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    newest = DriftReading.objects.order_by("-day").values("day")[:1]
    return _shown(DriftReading.objects.filter(day=newest).order_by("-psi", "subject"))


def drift_of(actor: Actor, subject: str, *, days: int = SHOWN_DAYS) -> tuple[DriftShown, ...]:
    """The readings of one subject in the last days, oldest first: a curve.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    since = clock.today() - timedelta(days=days)
    return _shown(DriftReading.objects.filter(subject=subject, day__gte=since).order_by("day"))


def drift_alerts(actor: Actor, *, days: int = ALERT_DAYS) -> tuple[DriftShown, ...]:
    """What raised an alarm in the last days, newest first, of each subject its newest: the alerts of the desk.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    since = clock.today() - timedelta(days=days)
    alarms = _shown(DriftReading.objects.filter(alarm=True, day__gte=since).order_by("-day", "-psi", "subject"))
    newest: dict[str, DriftShown] = {}
    for alarm in alarms:
        newest.setdefault(alarm.subject, alarm)
    return tuple(newest.values())


def _shown(rows: Iterable[DriftReading]) -> tuple[DriftShown, ...]:
    return tuple(
        DriftShown(
            day=row.day,
            subject=row.subject,
            label=FIELDS[row.subject].label if row.subject in FIELDS else OWN.get(row.subject, row.subject),
            psi=row.psi,
            ks=row.ks,
            ks_p=row.ks_p,
            reference_n=row.reference_n,
            current_n=row.current_n,
            alarm=row.alarm,
        )
        for row in rows
    )
