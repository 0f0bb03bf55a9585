"""The daily watch on drift: inputs and scores of a day against the sixty days before."""

from datetime import date, datetime, timedelta

from risk.rules.drift import ENOUGH, Reading, drift_codes, drift_numbers
from risk.selectors.drift_samples import Sample, sample_of, scored_count
from singlewindow.accounts.types import system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock

REFERENCE = timedelta(days=60)
FEW = 4 * ENOUGH
"""Results of a day under which the last seven days stand for it."""
WEEK = timedelta(days=7)

STORE_SQL = """
INSERT INTO risk_driftreading (day, subject, psi, ks, ks_p, reference_n, current_n, alarm)
VALUES (%(day)s, %(subject)s, %(psi)s, %(ks)s, %(ks_p)s, %(reference_n)s, %(current_n)s, %(alarm)s)
ON CONFLICT DO NOTHING
"""


def drift_watch(day: date | None = None) -> list[Reading]:
    """Read how far each input and the scores of a day lie from the sixty days before; what raised an alarm.

    Yesterday, unless a day is given; where few declarations were scored in it, the seven days that end with it.
    Readings are kept, and alarms told of in one event and on the analyst's desk (`risk.selectors.drift`).

    Idempotent: a day is read once; of two at once the first one's readings stay.

    Source: RM-LRN-04, RM-LRN-05.
    """
    day = day or clock.today() - timedelta(days=1)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=clock.now().tzinfo)
    start = end - timedelta(days=1)
    if scored_count(start, end) < FEW:
        start = end - WEEK
    seed = day.toordinal()
    current = sample_of(start, end, seed=seed)
    reference = sample_of(start - REFERENCE, start, seed=seed, by_pages=True)
    readings = readings_of(reference, current)
    with unit_of_work() as work:
        kept = sum(_store(work, day, reading) for reading in readings)
        alarms = [reading for reading in readings if reading.alarm]
        if kept and alarms:
            event_record(
                work,
                actor=system_actor("risk"),
                verb=Verb.DRIFT_FOUND,
                subject_type="drift",
                subject_id=day.isoformat(),
                data={reading.subject: f"{reading.psi:.3f}" for reading in alarms},
            )
    return alarms if kept else []


def readings_of(reference: Sample, current: Sample) -> list[Reading]:
    """The readings of everything that both samples know enough of."""
    made = [
        drift_numbers(subject, reference.numbers.get(subject, ()), values)
        for subject, values in sorted(current.numbers.items())
    ]
    made += [
        drift_codes(subject, reference.codes.get(subject, ()), values)
        for subject, values in sorted(current.codes.items())
    ]
    return [reading for reading in made if reading is not None]


def _store(work: Work, day: date, reading: Reading) -> int:
    return work.execute(
        STORE_SQL,
        {
            "day": day,
            "subject": reading.subject,
            "psi": reading.psi,
            "ks": reading.ks,
            "ks_p": reading.ks_p,
            "reference_n": reading.reference_n,
            "current_n": reading.current_n,
            "alarm": reading.alarm,
        },
    )
