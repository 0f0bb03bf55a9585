"""What is true of a declaration: kept apart from it, where no engine can see it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson


class FraudKind(StrEnum):
    """The kinds of fraud that are planted."""

    UNDERVALUATION = "undervaluation"
    MISCLASSIFICATION = "misclassification"
    FALSE_ORIGIN = "false_origin"
    UNDERDECLARED = "underdeclared_quantity"
    SPLIT = "split_consignments"
    SMUGGLING = "smuggled_goods"
    WASHED_ROUTE = "washed_route"
    PHOENIX = "phoenix_company"
    BORROWED_IDENTITY = "borrowed_identity"
    FALSE_DOCUMENT = "false_document"
    SUBSTITUTION = "substitution"
    """Dear goods behind a front of steel and furniture: the kind that begins on a day of its own."""


class ErrorKind(StrEnum):
    """Mistakes of honest people."""

    CLERICAL = "clerical"
    WEIGHTS = "weights"
    CLASSIFICATION = "classification_doubt"
    MISSING_DOCUMENT = "missing_document"


class Evidence(StrEnum):
    """What shows that a declaration is false."""

    DOCUMENTS = "documents"
    EXAMINATION = "examination"


OUTCOMES: dict[FraudKind, tuple[str, Evidence]] = {
    FraudKind.UNDERVALUATION: ("value", Evidence.DOCUMENTS),
    FraudKind.MISCLASSIFICATION: ("class", Evidence.EXAMINATION),
    FraudKind.FALSE_ORIGIN: ("origin", Evidence.DOCUMENTS),
    FraudKind.UNDERDECLARED: ("quantity", Evidence.EXAMINATION),
    FraudKind.SPLIT: ("value", Evidence.DOCUMENTS),
    FraudKind.SMUGGLING: ("prohibited", Evidence.EXAMINATION),
    FraudKind.WASHED_ROUTE: ("origin", Evidence.EXAMINATION),
    FraudKind.PHOENIX: ("value", Evidence.DOCUMENTS),
    FraudKind.BORROWED_IDENTITY: ("security", Evidence.DOCUMENTS),
    FraudKind.FALSE_DOCUMENT: ("prohibited", Evidence.DOCUMENTS),
    FraudKind.SUBSTITUTION: ("class", Evidence.EXAMINATION),
}
"""The outcome (code of the risk engine's K3) that a check of each kind ends with, and the check that shows it."""

ERROR_OUTCOMES: dict[ErrorKind, tuple[str, Evidence]] = {
    ErrorKind.CLERICAL: ("clerical", Evidence.DOCUMENTS),
    ErrorKind.WEIGHTS: ("clerical", Evidence.EXAMINATION),
    ErrorKind.CLASSIFICATION: ("class", Evidence.EXAMINATION),
    ErrorKind.MISSING_DOCUMENT: ("clerical", Evidence.DOCUMENTS),
}
"""An honest doubt about the class costs revenue and is a finding; other slips are clerical."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one declaration."""

    key: str
    """Its local reference number, which no other declaration of the world has."""
    compliant: bool
    """Whether a full examination would find nothing that counts against the trader."""
    kind: FraudKind | None
    honest_error: ErrorKind | None
    outcome: str
    """Code that a full examination ends with."""
    revenue_delta_minor: int
    """Duty and taxes that the declaration keeps back."""
    detectable_by: Evidence | None
    actor: str
    """Who is behind it: the trader, or the owner of several."""

    def seen_by(self, examination: bool) -> tuple[str, int]:
        """Outcome and revenue that a check finds: of documents alone only what documents show."""
        if examination or self.detectable_by is Evidence.DOCUMENTS:
            return self.outcome, self.revenue_delta_minor
        return "conform", 0


def honest(key: str, actor: str) -> Truth:
    """The truth of a declaration with nothing wrong."""
    return Truth(key, True, None, None, "conform", 0, None, actor)


class TruthFile:
    """One world's truth as JSON lines in a folder outside the database, readable by its owner alone."""

    def __init__(self, folder: Path, name: str, *, fresh: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"{name}.jsonl"
        if fresh:
            self.path.unlink(missing_ok=True)

    def append(self, truths: Iterable[Truth]) -> None:
        """Add truths at the end."""
        written = b"".join(orjson.dumps(asdict(truth), option=orjson.OPT_APPEND_NEWLINE) for truth in truths)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(written)

    def read(self) -> Iterator[Truth]:
        """Every truth of the file, oldest first."""
        with self.path.open("rb") as file:
            for line in file:
                yield _truth_of(orjson.loads(line))


def _truth_of(row: dict[str, Any]) -> Truth:
    return Truth(
        **row
        | {
            "kind": FraudKind(row["kind"]) if row["kind"] else None,
            "honest_error": ErrorKind(row["honest_error"]) if row["honest_error"] else None,
            "detectable_by": Evidence(row["detectable_by"]) if row["detectable_by"] else None,
        }
    )
