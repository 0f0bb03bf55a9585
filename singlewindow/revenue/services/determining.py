"""A determination that gives much back or waives it: proposed by one officer, agreed to by a second one."""

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from fees.selectors import fiscal_status
from fees.services.accounts import amount_text
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict, RuleViolated
from singlewindow.revenue.rules.determination import determination_findings
from singlewindow.revenue.services.determination import debt_determine, lowered_alone
from singlewindow.revenue.types import FinalDebt

KIND = "revenue.determination"
"""Kind of proposal; a key of settings.PROPOSAL_KINDS."""


def determination_begin(*, declaration_id: UUID, final: FinalDebt, actor: Actor) -> UUID | None:
    """Determine a debt; one that falls by more than one officer waives alone waits for a second one.

    Source: docs/rules/revenue.md, RV-FIN-06.

    Returns:
        The proposal that waits; none where the debt is determined.

    Raises:
        NotPermitted: the actor may not determine debts, or is no person.
        TransitionRefused, RuleViolated: as `debt_determine`.
    """
    actor.require(Permission.DETERMINE_DEBT)
    status = fiscal_status(declaration_id)
    if lowered_alone(declaration_id, status.total_minor, final, status.currency):
        with unit_of_work() as work:
            debt_determine(work, declaration_id=declaration_id, final=final, actor=actor, at=clock.now())
        return None
    if found := list(determination_findings(final, awaits_full_declaration=False)):
        raise RuleViolated(violations=found)
    content = _content(declaration_id, status.total_minor, final)
    now, then = (
        f"{amount_text(minor, status.currency)} {status.currency}"
        for minor in (status.total_minor, sum(final.due.values()))
    )
    with unit_of_work() as work:
        return proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(declaration_id),
            title=f"{now} -> {then}",
            content_sha256=sha256_hex(canonical_bytes(dict(content))),
            evidence={
                "live": {"value": now},
                "candidate": {"value": then},
                "reason": final.reason,
                "basis": final.law,
                "content": content,
            },
            address=reverse("revenue:provisional-debt", args=[declaration_id]),
        )


def determination_agreed(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Determine a debt as a second officer agreed to.

    Locks: the fiscal status, the guarantees, the prepaid account; the caller holds the proposal.

    Raises:
        Conflict: what was agreed to is not what stands here, or the debt was changed since.
        TransitionRefused: the debt is fixed already.
    """
    declaration_id = UUID(proposal.subject_id)
    content: dict[str, Any] = dict(proposal.evidence["content"])
    if sha256_hex(canonical_bytes(dict(content))) != proposal.content_sha256:
        raise Conflict("What was proposed has changed since.")
    if str(fiscal_status(declaration_id).total_minor) != content["from"]:
        raise Conflict("The debt was changed since; look at it again.")
    final = FinalDebt(
        due={name: int(minor) for name, minor in content["due"].items()},
        reason=content["reason"],
        law=content["law"],
        charge_interest=content["charge_interest"],
        interest_from=date.fromisoformat(content["interest_from"]) if content["interest_from"] else None,
    )
    debt_determine(work, declaration_id=declaration_id, final=final, actor=actor, at=clock.now(), agreed=True)


def _content(declaration_id: UUID, total_minor: int, final: FinalDebt) -> dict[str, Any]:
    return {
        "declaration": str(declaration_id),
        "from": str(total_minor),
        "due": {name: str(minor) for name, minor in sorted(final.due.items())},
        "reason": final.reason.strip(),
        "law": final.law,
        "charge_interest": final.charge_interest,
        "interest_from": final.interest_from.isoformat() if final.interest_from else "",
    }
