"""A demand for a part of a debt that is given up: the debt is less by it, and a guarantee that was called knows it."""

from datetime import datetime
from uuid import UUID

from fees.selectors.lines import demand_view
from fees.services.debts import debt_lock
from fees.services.demands import Asked, demand_end, demands_lock
from fees.services.remissions import debt_remit_whole
from fees.types import DEBT_DEMANDS, DemandKind
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.guarantees.services import guarantee_replenish
from singlewindow.kernel.errors import NotFound


def demand_waive(work: Work, demand_id: UUID, *, reason: str, waived: bool, actor: Actor, at: datetime) -> None:
    """Remit an open demand; where it is for a part of a declaration's debt, that debt is less by it from now on.

    What a guarantee was called for comes back to its limit, for nobody owes it any more.

    Locks: the fiscal status, then the demand, then the guarantees.

    Source: docs/rules/fees.md, FE-REM-03; docs/rules/guarantees.md, GU-CAL-02.

    Args:
        waived: whether it was right and is not asked for all the same; otherwise it was too much.

    Raises:
        NotFound: there is none.
        TransitionRefused: it is not open any more.
    """
    view = demand_view(demand_id)
    if view is None:
        raise NotFound
    debt = None
    if view.declaration_id is not None and view.kind in DEBT_DEMANDS:
        payer_id = view.organisation_id
        debt = debt_lock(work, declaration_id=view.declaration_id, organisation_id=payer_id, at=at, actor=actor)
    (demand,) = demands_lock(work, [demand_id])
    demand_end(work, demand, "remit", reason=reason, actor=actor, at=at)
    if debt is not None and of_debt(demand):
        source = f"demand:{demand.id}"
        debt_remit_whole(work, debt, demand.authority, demand.amount_minor, waived=waived, source=source)
    if debt is not None and demand.kind is DemandKind.GUARANTEE_CALL:
        guarantee_replenish(
            work, subject_id=debt.declaration_id, amount_minor=demand.amount_minor, actor=actor, at=at, reason=reason
        )


def of_debt(demand: Asked) -> bool:
    """Whether a demand is for a part of a declaration's debt, and not for interest that a guarantee answers for."""
    return demand.kind in DEBT_DEMANDS and not (demand.source.startswith("final:") and demand.source.endswith(":i"))
