"""A guarantee begins: applied for by its holder or registered by an officer, examined, granted by a second person."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.urls import reverse

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.rules.granting import Application, application_findings, grant_findings
from singlewindow.guarantees.selectors.guarantees import guarantee_view
from singlewindow.guarantees.services.drawing import guarantees_for_update
from singlewindow.guarantees.services.records import guarantee_tell
from singlewindow.guarantees.services.timers import end_await
from singlewindow.guarantees.states import GUARANTEE
from singlewindow.guarantees.types import GuaranteeType, GuaranteeView
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.grn import grn_compose
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.reference.selectors import code_lists, profile

GRANT = "guarantees.grant"
"""Kind of proposal; a key of settings.PROPOSAL_KINDS."""
SERIES_SQL = "SELECT nextval('guarantees_series')"


def guarantee_register(*, actor: Actor, application: Application, holder: str = "") -> list[GuaranteeView]:
    """Register what somebody applies for; it waits to be examined. One guarantee, or as many vouchers as told.

    Source: docs/rules/guarantees.md, GU-REG-01 to GU-REG-06.

    Args:
        holder: the holder's identifier, given by an officer; a trader is the holder itself.

    Raises:
        NotPermitted: the actor may neither apply nor register.
        RuleViolated: every field that cannot be so.
    """
    holder_id = _holder(actor, holder)
    at = clock.now()
    lists = code_lists(at.date())
    found = list(application_findings(application, offices=lists.offices, currencies=lists.currencies))
    if holder_id is None:
        found.insert(0, Violation("GU-REG-06", "/holder", "No organisation has this identifier.", value=holder[:17]))
    if found or holder_id is None:
        raise RuleViolated(violations=found)
    with unit_of_work() as work:
        rows = [
            Guarantee(
                holder_id=holder_id, registered_by=actor.label, registered_at=at, grn=grn, **_columns(application)
            )
            for grn in _numbers(work, application)
        ]
        Guarantee.objects.bulk_create(rows)
        for row in rows:
            guarantee_tell(work, row, Verb.GUARANTEE_REGISTERED, actor=actor)
    named = Guarantee.objects.select_related("holder").filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return [guarantee_view(row) for row in named]


def _holder(actor: Actor, identifier: str) -> UUID | None:
    if actor.may(Permission.MANAGE_GUARANTEE):
        found = organisation_by_identifier(identifier)
        return found.pk if found else None
    actor.require(Permission.USE_GUARANTEE)
    return actor.organisation_id


def _columns(application: Application) -> dict[str, Any]:
    columns = asdict(application)
    amount = columns.pop("reference_amount")
    columns.pop("vouchers")
    minor = to_minor(amount, application.currency)
    lists = ("offices", "countries_excluded", "commodities", "sensitive_excluded")
    level = 0 if application.type is GuaranteeType.WAIVER else 100
    return {
        **columns,
        **{name: list(dict.fromkeys(columns[name])) for name in lists},
        "type": application.type.value,
        "guarantor_name": application.guarantor_name.strip(),
        "reference_minor": minor,
        "limit_minor": minor,
        "level": level,
    }


def _numbers(work: Work, application: Application) -> list[str]:
    """A new GRN, or one for each voucher of a booklet."""
    today = clock.today()
    ((serial,),) = work.fetch(SERIES_SQL)
    country, series = profile(today).country_code, f"G{serial:011d}"
    if application.type is not GuaranteeType.VOUCHER:
        return [grn_compose(year=today.year, country=country, series=series)]
    return [
        grn_compose(year=today.year, country=country, series=series, voucher=f"A{number:06d}")
        for number in range(1, application.vouchers + 1)
    ]


def guarantee_propose(*, actor: Actor, guarantee_id: UUID, level: int, criteria: Sequence[str], reason: str) -> UUID:
    """Put a guarantee that was examined before a second person, with the level and what was shown for it.

    Locks: the guarantee.

    Source: GU-GRA-01 to GU-GRA-03.

    Returns:
        the id of the proposal.

    Raises:
        NotPermitted: the actor may not manage guarantees, or is no person.
        NotFound: there is none.
        TransitionRefused: it does not wait.
        RuleViolated: GU-GRA-01, GU-GRA-02, or GU-GRA-03 no reason.
    """
    actor.require(Permission.MANAGE_GUARANTEE)
    with unit_of_work() as work:
        row = guarantees_for_update().filter(pk=guarantee_id).first()
        if row is None:
            raise NotFound
        GUARANTEE.next_state("grant", row.state)
        found = list(grant_findings(GuaranteeType(row.type), level, criteria))
        found += reason_findings(reason, "GU-GRA-03")
        if found:
            raise RuleViolated(violations=found)
        row.level, row.criteria, row.reason = level, sorted(set(criteria)), reason.strip()
        row.save(update_fields=["level", "criteria", "reason"])
        return proposal_make(
            work,
            actor=actor,
            kind=GRANT,
            subject_id=str(row.pk),
            title=f"{row.grn} {row.holder.name}",
            content_sha256=grant_digest(row),
            evidence=_evidence(row),
            address=reverse("guarantees:officer-one", args=[row.pk]),
            authors=[row.registered_by],
        )


def reason_findings(reason: str, rule: str) -> list[Violation]:
    """A reason is given, of 500 characters at most."""
    if 0 < len(reason.strip()) <= 500:
        return []
    return [Violation(rule, "/reason", "Give a reason of 1 to 500 characters.", "Say why.")]


def grant_digest(row: Guarantee) -> str:
    """The digest of exactly what takes force."""
    content: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            *("grn", "type", "currency", "reference_minor", "limit_minor", "level", "criteria", "guarantor_name"),
            *("guarantor_identifier", "offices", "countries_excluded", "commodities", "sensitive_excluded"),
        )
    }
    content |= {"holder": str(row.holder_id), "valid_from": row.valid_from.isoformat()}
    content["valid_to"] = row.valid_to.isoformat() if row.valid_to else ""
    return sha256_hex(canonical_bytes(content))


def _evidence(row: Guarantee) -> dict[str, Any]:
    def money(minor: int) -> str:
        return f"{from_minor(minor, row.currency):f} {row.currency}"

    guaranteed = guarantee_view(row).guaranteed_minor
    return {
        "reference_amount": money(row.reference_minor),
        "level": f"{row.level} %",
        "guaranteed": money(guaranteed),
        "criteria": list(row.criteria),
        "guarantor": row.guarantor_name,
        "reason": row.reason,
        "valid_to": row.valid_to.isoformat() if row.valid_to else "",
    }


def guarantee_grant(work: Work, proposal: ProposalView, actor: Actor) -> GuaranteeView:
    """Put a guarantee in force that a second person agreed to, as it was when it was proposed.

    Locks: the guarantee; the caller holds the proposal.

    Source: GU-GRA-04.

    Raises:
        TransitionRefused: it does not wait any more, or was changed since.
    """
    row = guarantees_for_update().get(pk=UUID(proposal.subject_id))
    state = GUARANTEE.next_state("grant", row.state)
    if grant_digest(row) != proposal.content_sha256:
        raise TransitionRefused("The guarantee was changed since it was proposed; propose it again.")
    row.state, row.granted_at = state.value, clock.now()
    row.save(update_fields=["state", "granted_at"])
    if row.valid_to is not None:
        end_await(work, row, row.valid_to, actor=actor)
    guarantee_tell(work, row, Verb.GUARANTEE_CHANGED, actor=actor, more={"step": "grant"})
    return guarantee_view(row)


def guarantee_refuse(*, actor: Actor, guarantee_id: UUID, reason: str) -> GuaranteeView:
    """Refuse an application, with the reason.

    Locks: the guarantee.

    Raises:
        NotFound: there is none. TransitionRefused: it does not wait.
        RuleViolated: GU-GRA-03, no reason.
    """
    actor.require(Permission.MANAGE_GUARANTEE)
    with unit_of_work() as work:
        row = guarantees_for_update().filter(pk=guarantee_id).first()
        if row is None:
            raise NotFound
        row.state = GUARANTEE.next_state("refuse", row.state).value
        if found := reason_findings(reason, "GU-GRA-03"):
            raise RuleViolated(violations=found)
        row.reason = reason.strip()
        row.save(update_fields=["state", "reason"])
        guarantee_tell(work, row, Verb.GUARANTEE_CHANGED, actor=actor, more={"step": "refuse"}, reason=row.reason)
        return guarantee_view(row)
