"""What services of fees answer."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from fees.states import FiscalState
from fees.types.kinds import AssessmentKind
from singlewindow.kernel.errors import Violation


@dataclass(frozen=True, slots=True)
class AssessmentSummary:
    """The outcome of an assessment: what is to be paid, or what it waits for."""

    assessment_id: UUID | None
    kind: AssessmentKind
    version: int
    state: FiscalState
    currency: str
    total: Decimal
    total_minor: int
    sha256: str
    waiting_for: tuple[Violation, ...] = ()
    security_minor: int = 0
    """To be secured beside the total."""


@dataclass(frozen=True, slots=True)
class DebitResult:
    """Whether the money was taken, and how much is missing when it was not."""

    state: FiscalState
    missing_minor: int = 0
    currency: str = ""

    @property
    def covered(self) -> bool:
        """Whether the debt no longer stands against release."""
        return self.state in (FiscalState.PAID, FiscalState.NIL, FiscalState.DEFERRED, FiscalState.SECURED)


@dataclass(frozen=True, slots=True)
class FiscalStatusView:
    """Where the money of a declaration stands."""

    state: FiscalState
    currency: str = ""
    total_minor: int = 0
    missing_minor: int = 0
    waiting_for: tuple[Violation, ...] = ()
