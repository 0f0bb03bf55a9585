"""What a handler is told about its job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from singlewindow.db.work import Work

JOBS_CHANNEL = "csw_jobs"
"""The PostgreSQL channel that wakes the relay."""

MAX_STARTS = 8
"""A job that was started this often without an end is set aside for an operator."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """A job that is being worked on; its row is locked and already marked done in this transaction."""

    id: int
    kind: str
    subject_id: str
    payload: Mapping[str, Any]
    conversation_id: str
    started: int


Handler = Callable[[Work, JobContext], None]
