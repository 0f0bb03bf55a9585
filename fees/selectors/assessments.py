"""What was assessed, and where the money of a declaration stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q

from fees.models import Assessment, FiscalStatus
from fees.rules.candidates import CANDIDATE_REASONS
from fees.states import FiscalState
from fees.types import AssessmentKind, FiscalStatusView
from singlewindow.kernel.errors import NotFound, Violation

MOST_VERSIONS = 100
"""Assessments of one declaration that a page lists."""


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """A stored assessment: its notice as it was made, and what names it."""

    id: UUID
    declaration_id: UUID
    version: int
    kind: AssessmentKind
    at: datetime
    canonical: bytes
    sha256: str
    total_minor: int
    currency: str

    @property
    def notice(self) -> dict[str, Any]:
        """The notice read back from its canonical bytes."""
        read: dict[str, Any] = orjson.loads(self.canonical)
        return read


def assessment_for(declaration_id: UUID, *, version: int | None = None) -> AssessmentView | None:
    """The latest assessment or estimate of a declaration, or the one of a version."""
    rows = Assessment.objects.filter(declaration_id=declaration_id)
    if version is not None:
        rows = rows.filter(version=version)
    row = rows.order_by("-version").first()
    if row is None:
        return None
    return AssessmentView(
        id=row.pk,
        declaration_id=row.declaration_id,
        version=row.version,
        kind=AssessmentKind(row.kind),
        at=row.at,
        canonical=bytes(row.canonical),
        sha256=row.sha256,
        total_minor=row.total_minor,
        currency=row.currency,
    )


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One assessment of a declaration in a list."""

    version: int
    kind: AssessmentKind
    at: datetime
    total_minor: int
    currency: str
    tariff: str


def assessments_of(declaration_id: UUID) -> tuple[AssessmentRow, ...]:
    """Every assessment and estimate of a declaration, newest first; there are as many as it had versions and tries."""
    rows = Assessment.objects.filter(declaration_id=declaration_id).order_by("-version")
    found = rows.values_list("version", "kind", "at", "total_minor", "currency", "tariff")[:MOST_VERSIONS]
    return tuple(AssessmentRow(row[0], AssessmentKind(row[1]), *row[2:]) for row in found)


def assessments_made(names: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], dict[str, Any]]:
    """The notices of assessments by declaration and SHA-256, whichever came after them; one query for all."""
    wanted = set(names)
    if not wanted:
        return {}
    rows = Assessment.objects.filter(
        declaration_id__in={one for one, _ in wanted}, sha256__in={sha for _, sha in wanted}
    )
    found = rows.values_list("declaration_id", "sha256", "canonical")
    return {(one, sha): orjson.loads(bytes(canonical)) for one, sha, canonical in found if (one, sha) in wanted}


def assessment_explain(declaration_id: UUID) -> dict[str, Any]:
    """The notice with a sentence beside each reason code: why this rate and not another.

    Raises:
        NotFound: nothing was assessed yet.
    """
    view = assessment_for(declaration_id)
    if view is None:
        raise NotFound("This declaration was not assessed yet.")
    notice = view.notice
    for item in notice["items"]:
        for candidate in item["candidates"]:
            candidate["because"] = CANDIDATE_REASONS[candidate["reason"]]
    return notice | {"sha256": view.sha256, "version": view.version, "kind": view.kind.value}


def tariff_pinned(declaration_id: UUID) -> str | None:
    """The tariff under which a declaration was assessed first; its later assessments keep it (FE-TAR-07)."""
    rows = Assessment.objects.filter(declaration_id=declaration_id, kind=AssessmentKind.ASSESSMENT.value)
    return rows.order_by("version").values_list("tariff", flat=True).first()


def security_due(declaration_id: UUID) -> int:
    """What must be secured beside the debt, because a quota that was granted is nearly used up; in minor units."""
    row = Assessment.objects.filter(declaration_id=declaration_id, kind=AssessmentKind.ASSESSMENT.value)
    return row.order_by("-version").values_list("security_minor", flat=True).first() or 0


def fiscal_state(declaration_id: UUID) -> FiscalState:
    """Where the money of a declaration stands."""
    state = FiscalStatus.objects.filter(pk=declaration_id).values_list("state", flat=True).first()
    return FiscalState(state) if state else FiscalState.NOT_ASSESSED


def fiscal_state_of_version(declaration_id: UUID, version: int) -> FiscalState:
    """Where the money stands for this version of the declaration: what another version owed counts as not assessed."""
    rows = FiscalStatus.objects.filter(pk=declaration_id).values_list("state", "assessment_id")
    state, assessment_id = rows.first() or (FiscalState.NOT_ASSESSED.value, None)
    if assessment_id is None or Assessment.objects.filter(pk=assessment_id, declaration_version=version).exists():
        return FiscalState(state)
    return FiscalState.NOT_ASSESSED


def fiscal_status(declaration_id: UUID) -> FiscalStatusView:
    """The state with its amounts, what is missing, and what an assessment waits for."""
    row = FiscalStatus.objects.filter(pk=declaration_id).first()
    if row is None:
        return FiscalStatusView(FiscalState.NOT_ASSESSED)
    return FiscalStatusView(
        state=FiscalState(row.state),
        currency=row.currency,
        total_minor=row.total_minor,
        missing_minor=row.missing_minor,
        waiting_for=tuple(Violation(**finding) for finding in row.waiting_for),
    )


def declarations_awaiting_money(organisation_id: UUID) -> Sequence[UUID]:
    """Declarations of a payer for which money was missing, oldest first."""
    rows = FiscalStatus.objects.filter(Q(state=FiscalState.INSUFFICIENT.value), organisation_id=organisation_id)
    return list(rows.order_by("pk").values_list("pk", flat=True))
