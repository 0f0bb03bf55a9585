"""One case, with everything that the decision page shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery

from clearance.models import Case, Check, LaneChange, Query
from clearance.selectors.desk import case_row
from clearance.states import CONTROL
from clearance.types import CaseRow, Waiting
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it."""

    row: CaseRow
    possible: frozenset[str]
    """Steps of control that the life cycle allows now."""
    mine: bool
    closed: bool
    checks: Sequence[Check]
    queries: Sequence[Query]
    lane_changes: Sequence[LaneChange]

    @property
    def standing(self) -> str:
        """A mark that changes with every act on the case: a page that was drawn before one is known to be stale."""
        row = self.row
        answered = sum((query.answered_at or query.lapsed_at) is not None for query in self.queries)
        parts = (row.control_state, row.lane, row.holder, row.blocking, row.claimed_by, row.released_at)
        acts = (len(self.checks), len(self.queries), answered, len(self.lane_changes), self.lane_change is None)
        return sha256_hex(repr((parts, acts, self.closed)).encode())[:16]

    @property
    def lane_change(self) -> LaneChange | None:
        """The change of lane that waits for a second officer."""
        return next((change for change in self.lane_changes if change.ended_at is None), None)


def case_view(actor: Actor, declaration_id: UUID) -> CaseView:
    """A case with its checks, queries and changes of lane: four queries, whatever their number.

    Raises:
        NotFound: there is none, or the actor does not work at the desk.
    """
    if not actor.may(Permission.VIEW_DESK):
        raise NotFound
    case = Case.objects.select_related("claimed_by").filter(pk=declaration_id).first()
    if case is None:
        raise NotFound
    return CaseView(
        row=case_row(case),
        possible=CONTROL.allowed(case.control_state),
        mine=str(case.claimed_by_id) == actor.id,
        closed=case.closed_at is not None,
        checks=list(case.checks.order_by("ended_at")),
        queries=list(case.queries.order_by("asked_at")),
        lane_changes=list(case.lane_changes.order_by("asked_at")),
    )


def query_thread(declaration_id: UUID) -> Sequence[Query]:
    """Questions and answers of a declaration, oldest first; the caller has established who may read them."""
    return list(Query.objects.filter(case_id=declaration_id).order_by("asked_at"))


def waiting_of(declaration_ids: Iterable[UUID]) -> Mapping[UUID, Waiting]:
    """What each declaration that has a case waits for, in one query; the caller has established who may read it."""
    wanted = list(declaration_ids)
    if not wanted:
        return {}
    asked = Query.objects.filter(case_id=OuterRef("pk"), answered_at=None, lapsed_at=None).values("deadline")[:1]
    rows = Case.objects.filter(pk__in=wanted).values_list("pk", "blocking", "agency", Subquery(asked))
    return {pk: Waiting(blocking, agency, deadline) for pk, blocking, agency, deadline in rows}


def query_open(declaration_id: UUID) -> Query | None:
    """The question that waits for an answer."""
    return Query.objects.filter(case_id=declaration_id, answered_at=None, lapsed_at=None).first()


def lane_change_open(declaration_id: UUID) -> LaneChange | None:
    """The change of lane that waits for a second officer."""
    return LaneChange.objects.filter(case_id=declaration_id, ended_at=None).first()
