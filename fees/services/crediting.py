"""A large amount that is booked by hand: proposed by one officer, agreed to by another who may book money."""

from decimal import Decimal
from uuid import UUID

from django.urls import reverse

from fees.services.accounts import account_credit, alone, amount_text, credit_book, minor_checked
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_id
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict

KIND = "fees.credit"
"""Kind of proposal; a key of settings.PROPOSAL_KINDS."""


def credit_or_propose(
    *, organisation_id: UUID, amount: Decimal, currency: str, reference: str, actor: Actor
) -> UUID | None:
    """Book money received; an amount above the limit of one officer waits for a second one.

    Idempotent: by the reference; proposed again, the newer proposal takes the place of the older.

    Source: docs/rules/fees.md, FE-ACC-09.

    Returns:
        The proposal that waits; none where the money is booked.

    Raises:
        NotPermitted: the actor may not credit accounts, or is no person.
        RuleViolated: FE-ACC-01.
        Conflict: the reference was booked before.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    minor = minor_checked(amount, currency)
    if alone(minor, currency):
        account_credit(
            organisation_id=organisation_id, amount=amount, currency=currency, reference=reference, actor=actor
        )
        return None
    holder = organisation_by_id(organisation_id)
    content = _content(str(organisation_id), minor, currency, reference)
    value = f"{amount_text(minor, currency)} {currency}"
    with unit_of_work() as work:
        return proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=sha256_hex(reference.encode()),
            title=f"{value}: {holder.name}",
            content_sha256=sha256_hex(canonical_bytes(dict(content))),
            evidence={"value": value, "owner": f"{holder.identifier} {holder.name}", "content": content},
            address=reverse("fees:credit"),
        )


def credit_agreed(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Book what a second officer agreed to.

    Raises:
        NotPermitted: the actor may not book money.
        Conflict: what was agreed to is not what stands here, or the reference was booked before.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    content = dict(proposal.evidence["content"])
    if sha256_hex(canonical_bytes(dict(content))) != proposal.content_sha256:
        raise Conflict("What was proposed has changed since.")
    credit_book(
        work,
        UUID(content["organisation"]),
        int(content["minor"]),
        content["currency"],
        content["reference"],
        actor,
        clock.now(),
    )


def _content(organisation_id: str, minor: int, currency: str, reference: str) -> dict[str, str]:
    return {"organisation": organisation_id, "minor": str(minor), "currency": currency, "reference": reference}
