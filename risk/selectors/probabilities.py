"""Probabilities of many stored declarations by one model, at once: a model is asked cheaper for a thousand."""

from collections.abc import Sequence
from datetime import date

from risk.rules.record import Record
from singlewindow.learning.selectors import model_load


def probabilities_of(model_hash: str, records: Sequence[Record], days: Sequence[date]) -> list[float]:
    """The probability of each declaration by a registered model.

    Raises:
        NotFound: no such model is registered.
    """
    from risk.rules.frame import rows_of  # type: ignore[import-not-found,unused-ignore]

    model = model_load(model_hash)
    return [float(max(model.score(rows_of(record)))) for record in records]
