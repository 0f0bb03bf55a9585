"""Disclaimers: sentences declared by code instead of a permit, drawn for checks by chance, and checked.

Source: docs/rules/agencies.md, AG-090 to AG-093.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

from agencies.models import DisclaimerUse, Hold
from agencies.rules import RequirementIndex
from agencies.rules.draw import drawn
from agencies.services.holds import REASON_LENGTH, Decision, hold_settle
from agencies.types import HoldReason, LpcoState, PermitOutcome
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation

DISCLAIMER_FALSE = "DisclaimerFalse"
COLUMNS = (
    *("declaration_id", "mrn", "version", "item", "code", "agency", "requirement_id", "declared_at", "valid_to"),
    *("seed", "share", "sampled", "outcome", "decided_by", "reason"),
)


def disclaimers_draw(
    work: Work,
    snapshot: DeclarationSnapshot,
    outcomes: Sequence[PermitOutcome],
    index: RequirementIndex,
    *,
    actor: Actor,
    at: datetime,
) -> list[PermitOutcome]:
    """Record every disclaimer that lifts a need, and draw by chance which of them the agency checks.

    The draw of an item stands for every later version, so that nobody amends until they are left alone.
    """
    if not any(outcome.waiver in index.disclaimers for outcome in outcomes if outcome.waiver):
        return list(outcomes)
    known = DisclaimerUse.objects.filter(declaration_id=snapshot.id).order_by("id")
    seeds = {(use.item, use.code): use.seed for use in known}
    decided: list[PermitOutcome] = []
    for outcome in outcomes:
        disclaimer = index.disclaimers.get(outcome.waiver) if outcome.waiver else None
        if disclaimer is None:
            decided.append(outcome)
            continue
        seed = seeds.setdefault((outcome.item, disclaimer.code), token_hex(16))
        sampled = drawn(seed, snapshot.id, outcome.item, disclaimer.code, disclaimer.share_checked)
        day = at.date() + timedelta(days=disclaimer.valid_days)
        row = (snapshot.id, snapshot.mrn, snapshot.version, outcome.item, disclaimer.code, outcome.agency)
        more = (outcome.requirement_id, at, day, seed, disclaimer.share_checked, sampled, "", "", "")
        work.insert(DisclaimerUse, COLUMNS, [(*row, *more)])
        data: dict[str, JsonValue] = {
            "mrn": snapshot.mrn,
            "item": outcome.item,
            "code": disclaimer.code,
            "checked": sampled,
        }
        subject = str(snapshot.id)
        verb = Verb.DISCLAIMER_USED
        event_record(work, actor=actor, verb=verb, subject_type="declaration", subject_id=subject, data=data, at=at)
        decided.append(replace(outcome, state=LpcoState.DOUBTED) if sampled else outcome)
    return decided


def disclaimer_check(*, use_id: int, actor: Actor, holds: bool, reason: str) -> None:
    """Record what the check of a disclaimer found; a false one is told to risk, and its goods stay held.

    Locks: the hold of the check, then the disclaimer.

    Raises:
        NotFound: there is none of the actor's agency.
        TransitionRefused: it was checked before.
        RuleViolated: AG-092, no reason.
    """
    actor.require(Permission.DECIDE_AGENCY_HOLD)
    text = reason.strip()
    if not text or len(text) > REASON_LENGTH:
        raise RuleViolated(violations=[Violation("AG-092", "/reason", "Say what the check found.")])
    with unit_of_work() as work:
        uses = DisclaimerUse.objects.filter(pk=use_id, agency=actor.agency)
        found = uses.first()
        if found is None:
            raise NotFound
        code = HoldReason.DISCLAIMER_CHECK.value
        held = Hold.objects.select_for_update().filter(
            declaration_id=found.declaration_id, agency=found.agency, reason=code, state="open"
        )
        hold = held.first()
        use = uses.select_for_update().get()
        if use.outcome or clock.today() > use.valid_to:
            raise TransitionRefused("The disclaimer was checked already, or its time is over.")
        use.outcome = "true" if holds else "false"
        use.decided_by, use.decided_at, use.reason = actor.label, clock.now(), text
        use.save(update_fields=["outcome", "decided_by", "decided_at", "reason"])
        _tell(work, use, actor, text)
        if hold is not None and (not holds or not _others_open(use)):
            decision = Decision.LIFT if holds else Decision.UPHOLD
            hold_settle(work, hold_id=hold.pk, actor=actor, decision=decision, reason=text, at=clock.now())


def _others_open(use: DisclaimerUse) -> bool:
    same = DisclaimerUse.objects.filter(declaration_id=use.declaration_id, agency=use.agency, version=use.version)
    return same.filter(sampled=True, outcome="").exclude(pk=use.pk).exists()


def _tell(work: Work, use: DisclaimerUse, actor: Actor, text: str) -> None:
    data: dict[str, JsonValue] = {"mrn": use.mrn, "item": use.item, "code": use.code, "outcome": use.outcome}
    event_record(
        work,
        actor=actor,
        verb=Verb.DISCLAIMER_CHECKED,
        subject_type="declaration",
        subject_id=str(use.declaration_id),
        data=data,
        reason=text,
    )
    if use.outcome == "false":
        told = {"item": use.item, "code": use.code, "agency": use.agency, "reason": text}
        queue(work, DISCLAIMER_FALSE, subject_id=str(use.declaration_id), payload=told, actor=actor)
