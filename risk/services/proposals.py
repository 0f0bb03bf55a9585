"""Changes of the rule set before a second person, and what they do when that one agrees."""

from typing import Any
from uuid import UUID

from risk.rules.changes import NEEDS_TRIAL, change_apply
from risk.selectors.rule_sets import rule_set_in_force
from risk.selectors.simulations import simulation_of
from risk.services.activation import KIND, rule_set_change
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.learning.selectors import model_view
from singlewindow.learning.types import ModelView


def rule_change_propose(*, actor: Actor, change: RuleChange, title: str, authors: tuple[str, ...] = ()) -> UUID:
    """Put a change of the rule set before a second person; what goes live is exactly this change.

    Source: docs/rules/risk.md, RM-ACT-01 to RM-ACT-06.

    Args:
        authors: labels of further people who made it, such as who trained the model; none of them may agree.

    Raises:
        NotPermitted: the actor may not change risk, or is no person.
        RuleViolated: RM-ACT-01, no finished simulation of exactly this change is stored; RM-ACT-05, a model is not
            registered; RM-ACT-06, it does not fit.
    """
    actor.require(Permission.EDIT_RISK)
    change_apply(rule_set_in_force().document, change, on=clock.today())
    makers = {*authors, *(model.registered_by for model in _models(change))}
    evidence: dict[str, Any] = {"change": change.plain(), **trial_of(change)}
    with unit_of_work() as work:
        return proposal_make(
            work,
            actor=actor,
            kind=KIND[change.kind],
            subject_id=change.kind.value,  # a newer one takes the place of an open one
            title=title,
            content_sha256=change.sha256,
            evidence=evidence,
            authors=makers,
        )


def rule_change_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """What a granted change of the rule set does: it is applied to the rule set in force now.

    Raises:
        RuleViolated: see `rule_set_change`; RM-ACT-06, the evidence is not what was agreed to.
    """
    change = RuleChange.of(proposal.evidence["change"])
    if change.sha256 != proposal.content_sha256 or KIND.get(change.kind) != proposal.kind:
        sentence = "The change is not the one that was proposed."
        raise RuleViolated(sentence, violations=[Violation("RM-ACT-06", "", sentence)])
    rule_set_change(work, change, actor=actor, proposal_id=proposal.id, title=proposal.title)


def _models(change: RuleChange) -> list[ModelView]:
    """The models that a change names, as they are registered; who registered one is an author of its promotion.

    Raises:
        RuleViolated: RM-ACT-05, one is not registered.
    """
    named = {RuleChangeKind.MODEL: [change.values.get("hash")], RuleChangeKind.SHADOW: change.values.get("hashes", [])}
    try:
        return [model_view(one) for one in named.get(change.kind, []) if one]
    except NotFound as error:
        sentence = "No model of this hash is registered."
        raise RuleViolated(sentence, violations=[Violation("RM-ACT-05", "", sentence, "Register it first.")]) from error


def trial_of(change: RuleChange) -> dict[str, Any]:
    """The newest finished simulation of exactly this change, as evidence; nothing where the kind needs none.

    Raises:
        RuleViolated: RM-ACT-01, there is none.
    """
    if change.kind not in NEEDS_TRIAL:
        return {}
    tried = simulation_of(change.sha256)
    if tried is None:
        sentence = "No finished simulation of exactly this change is stored."
        raise RuleViolated(sentence, violations=[Violation("RM-ACT-01", "", sentence, "Simulate it first.")])
    return {"simulation": str(tried.pk), "simulation_sha256": tried.result_sha256}
