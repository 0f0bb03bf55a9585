"""Money that is itself the guarantee: an individual guarantee in cash, paid in when it is granted."""

from datetime import datetime
from uuid import UUID

from fees.services.accounts import amount_text
from fees.services.debts import Debt
from fees.services.movements import Side, balance_lock, money_post, sources_posted
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.approvals.types import ProposalView
from singlewindow.db.work import Work
from singlewindow.guarantees.selectors import guarantee_by_id
from singlewindow.guarantees.services import guarantee_grant
from singlewindow.guarantees.types import GuaranteeType, GuaranteeView
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, Violation


def guarantee_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put a guarantee in force that a second person agreed to; one in cash takes its money in the same transaction.

    Locks: the guarantee, then the account; the caller holds the proposal.

    Source: docs/rules/guarantees.md, GU-GRA-04 and GU-CSH-01.

    Raises:
        TransitionRefused: it does not wait any more.
        RuleViolated: GU-CSH-01, the prepaid account of the holder does not hold the money.
    """
    guarantee = guarantee_grant(work, proposal, actor)
    if guarantee.type is not GuaranteeType.CASH:
        return
    amount = guarantee.limit_minor
    balance = balance_lock(work, guarantee.holder_id, guarantee.currency)
    if balance < amount:
        missing = amount_text(amount - balance, guarantee.currency)
        text = f"The prepaid account of the holder lacks {missing} {guarantee.currency} of the deposit."
        raise RuleViolated(
            violations=[Violation("GU-CSH-01", "", text, "Grant it when the money was paid in.", missing)]
        )
    _move(work, guarantee, "deposit", amount, f"Deposit for the guarantee {guarantee.grn}", actor, clock.now())


def deposit_give_back(work: Work, guarantee: GuaranteeView, *, actor: Actor, at: datetime) -> bool:
    """Give the deposit of a guarantee in cash back to the prepaid account of its holder.

    Locks: the account; the caller holds the guarantee.

    Idempotent: once a guarantee.

    Source: GU-CSH-02.
    """
    posted = sources_posted(work, [f"deposit:{guarantee.grn}", f"deposit_back:{guarantee.grn}"])
    if posted != {f"deposit:{guarantee.grn}"}:
        return False
    balance_lock(work, guarantee.holder_id, guarantee.currency)
    text = f"Deposit for the guarantee {guarantee.grn} given back"
    _move(work, guarantee, "deposit_back", -guarantee.limit_minor, text, actor, at)
    work.flush()
    return True


def deposit_ended(work: Work, job: JobContext) -> None:
    """Give a deposit back whose guarantee has ended without being used.

    Idempotent: once a guarantee.
    """
    guarantee = guarantee_by_id(UUID(job.subject_id), lock=True)
    if guarantee is not None and guarantee.type is GuaranteeType.CASH and guarantee.used_minor == 0:
        actor = system_actor("fees", conversation_id=job.conversation_id)
        deposit_give_back(work, guarantee, actor=actor, at=clock.now())


def deposit_set_aside(work: Work, debt: Debt, guarantee: GuaranteeView, amount_minor: int, *, purpose: str) -> None:
    """Turn the deposit of a guarantee in cash into what is set aside for one declaration; the rest comes back.

    Locks: the account of the holder; the caller holds the fiscal status and the guarantee.

    Idempotent: by the declaration and the purpose.

    Source: GU-CSH-03.
    """
    deposit_give_back(work, guarantee, actor=debt.actor, at=debt.at)
    money_post(
        work,
        source=f"secure:{debt.declaration_id}:{purpose}",
        text=f"Security for {debt.mrn} from the deposit {guarantee.grn}",
        currency=debt.currency,
        sides=[Side("trader", -amount_minor, guarantee.holder_id), Side("security", amount_minor)],
        actor=debt.actor,
        at=debt.at,
        declaration_id=debt.declaration_id,
        mrn=debt.mrn,
    )


def _move(
    work: Work, guarantee: GuaranteeView, source: str, amount: int, text: str, actor: Actor, at: datetime
) -> None:
    money_post(
        work,
        source=f"{source}:{guarantee.grn}",
        text=text,
        currency=guarantee.currency,
        sides=[Side("trader", -amount, guarantee.holder_id), Side("security", amount)],
        actor=actor,
        at=at,
    )
