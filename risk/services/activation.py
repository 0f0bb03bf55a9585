"""Putting a rule set in force: committed with its hash first, one change after another, each with its second person."""

from typing import Any
from uuid import UUID

from risk.models import RuleSet, RuleSetInForce
from risk.rules.changes import NEEDS_TRIAL, change_apply
from risk.rules.rule_set import CompiledRuleSet, compiled, document_of_release
from risk.selectors.rule_sets import rule_set_hash_in_force, rule_set_of
from risk.selectors.simulations import simulation_of
from risk.types import RuleChange, RuleChangeKind
from singlewindow.approvals.selectors import proposal_granted
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.errors import RuleViolated, Violation

LOCK = 0x5249534B
"""Key of the advisory lock under which the rule set in force changes."""
RELEASE = "a new release of the code"
KIND = {
    RuleChangeKind.MODEL: "risk.model",
    RuleChangeKind.SHADOW: "risk.shadow",
    RuleChangeKind.BANDS: "risk.bands",
    RuleChangeKind.SELECTION: "risk.selection",
    RuleChangeKind.TABLES: "risk.tables",
}
"""Kinds of proposals for all but profiles."""
GRANTED_BY = {**KIND, RuleChangeKind.PROFILE_ADD: "risk.profile", RuleChangeKind.PROFILE_END: "risk.profile_end"}
"""The kind of proposal by which each change takes effect, and by no other."""


def rule_set_change(
    work: Work, change: RuleChange, *, actor: Acting, proposal_id: UUID | None, title: str = ""
) -> CompiledRuleSet:
    """Apply a change to the rule set in force now, commit what comes of it, and put it in force.

    Of two changes granted at once the second is applied to what the first one made, so that both are in force.

    Locks: an advisory lock until the transaction ends; take it after the proposal, before nothing else.

    Source: docs/rules/risk.md, RM-ACT-01 to RM-ACT-06; domain rule N02.

    Args:
        proposal_id: the proposal that was granted; none only to take out a profile whose days are over.

    Raises:
        RuleViolated: RM-ACT-01 no finished simulation of exactly this change, RM-ACT-02 no second person agreed,
            RM-ACT-06 the change does not fit what is in force.
    """
    _second_person(change, proposal_id)
    _tried(change)
    before = _locked(work, actor)
    after = compiled(change_apply(before.document, change, on=clock.today()))
    _commit(work, after, actor)
    _in_force(work, after, actor, proposal_id, title or change.kind.value.replace("_", " "), change.sha256)
    return after


def rule_set_ensure(work: Work, in_force: str, *, actor: Acting) -> CompiledRuleSet:
    """The rule set to score with: that in force, or, where the code's own rules differ, a new one made of both.

    A new release of the code is committed and put in force before its first use, with the reason.

    Locks: nothing where the rule set in force fits; else the advisory lock.

    Idempotent: of two at once the second finds what the first has put in force.

    Args:
        in_force: hash of the rule set in force as the caller has read it; empty: none.
    """
    if in_force:
        rules = rule_set_of(in_force)
        if rules.is_of_this_code:
            return rules
    return _locked(work, actor)


def _locked(work: Work, actor: Acting) -> CompiledRuleSet:
    """The rule set in force, of this code, under the lock."""
    work.flush()  # what this very act has changed before is read back
    work.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    found = rule_set_hash_in_force()
    rules = rule_set_of(found) if found else None
    if rules is not None and rules.is_of_this_code:
        return rules
    fresh = compiled(document_of_release(rules.document if rules else None))
    _commit(work, fresh, actor)
    _in_force(work, fresh, actor, None, RELEASE, "")
    work.flush()
    return fresh


def _commit(work: Work, rules: CompiledRuleSet, actor: Acting) -> None:
    """Record a rule set with its hash; the event stands before every result that cites it.

    Source: domain rule N02: nobody can say later that a rule was written for a consignment.
    """
    if RuleSet.objects.filter(hash=rules.hash).exists():
        return
    work.insert(RuleSet, ("hash", "version", "document"), [(rules.hash, rules.version, dict(rules.document))])
    data: dict[str, Any] = {
        "version": rules.version,
        "rules": len(rules.document["rules"]),
        "profiles": len(rules.document["profiles"]),
    }
    event_record(
        work,
        actor=actor,
        verb=Verb.RULE_SET_COMMITTED,
        subject_type="rule_set",
        subject_id=rules.hash,
        data=data,
    )
    work.flush()


def _in_force(
    work: Work, rules: CompiledRuleSet, actor: Acting, proposal_id: UUID | None, title: str, change_sha256: str
) -> None:
    row = (rules.hash, clock.now(), actor.label, proposal_id, title[:200])
    work.insert(RuleSetInForce, ("rule_set_id", "from_at", "actor", "proposal_id", "change"), [row])
    event_record(
        work,
        actor=actor,
        verb=Verb.RULE_SET_IN_FORCE,
        subject_type="rule_set",
        subject_id=rules.hash,
        data={"change": change_sha256, "proposal": str(proposal_id) if proposal_id else "", "title": title[:200]},
    )
    work.flush()


def _second_person(change: RuleChange, proposal_id: UUID | None) -> None:
    if proposal_id is None and change.kind is RuleChangeKind.PROFILE_END:
        return  # the database lets through only what takes profiles away
    granted = proposal_granted(proposal_id) if proposal_id is not None else None
    adds = change.kind is RuleChangeKind.PROFILE_ADD  # of a profile, what was agreed to is its content
    content = change.values["content_sha256"] if adds else change.sha256
    if granted is None or (granted.kind, granted.content_sha256) != (GRANTED_BY[change.kind], content):
        _refuse("RM-ACT-02", "A second person must agree before this takes effect.", "Propose it.")


def _tried(change: RuleChange) -> None:
    if change.kind not in NEEDS_TRIAL:
        return
    if simulation_of(change.sha256) is None:
        _refuse("RM-ACT-01", "No finished simulation of exactly this change is stored.", "Simulate it first.")


def _refuse(rule: str, sentence: str, remedy: str) -> None:
    raise RuleViolated(sentence, violations=[Violation(rule, "", sentence, remedy)])
