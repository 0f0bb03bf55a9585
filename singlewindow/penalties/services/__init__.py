"""Acts of penalties: disclose an error, hold a breach against a person, hear the answer, decide."""

from singlewindow.penalties.services.disclosures import disclosure_file, disclosure_file_in, disclosure_settle
from singlewindow.penalties.services.penalties import (
    penalty_answer,
    penalty_cancel,
    penalty_decide,
    penalty_notify,
    penalty_paid,
)

__all__ = [
    "disclosure_file",
    "disclosure_file_in",
    "disclosure_settle",
    "penalty_answer",
    "penalty_cancel",
    "penalty_decide",
    "penalty_notify",
    "penalty_paid",
]
