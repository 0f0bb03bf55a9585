"""Life cycles of payments, as tables: a basket, a payment with a provider, money in suspense, a payout."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class BasketState(StrEnum):
    """How far the payment of a basket is."""

    OPEN = "open"  # Put together; nothing was asked of anyone.
    PENDING = "pending"  # Taken to a provider or to the bank; money is on its way.
    PAID = "paid"  # All of it came in.
    PARTLY = "partly"  # A part came in and stands on the prepaid account.
    FAILED = "failed"  # The provider refused.
    EXPIRED = "expired"  # Nothing came in time.
    CANCELLED = "cancelled"  # The trader gave it up.
    REVIEW = "review"  # Money came in that does not fit: an officer looks at it.


B = BasketState

WAITING = frozenset({B.OPEN, B.PENDING, B.PARTLY})
"""States in which money is still expected."""

BASKET: StateMachine[BasketState] = StateMachine(
    name="basket",
    states=BasketState,
    initial=B.OPEN,
    transitions=[
        Transition("send", frozenset({B.OPEN}), B.PENDING, Permission.PAY),
        Transition("pay", frozenset({B.OPEN, B.PENDING, B.PARTLY, B.FAILED, B.EXPIRED}), B.PAID, Permission.SYSTEM),
        Transition("pay_in_part", frozenset({B.OPEN, B.PENDING, B.EXPIRED}), B.PARTLY, Permission.SYSTEM),
        Transition("fail", frozenset({B.PENDING}), B.FAILED, Permission.SYSTEM),
        Transition("expire", frozenset({B.OPEN, B.PENDING}), B.EXPIRED, Permission.SYSTEM),
        Transition("cancel", frozenset({B.OPEN, B.PENDING}), B.CANCELLED, Permission.PAY),
        Transition("hold", frozenset(B) - {B.PAID, B.REVIEW}, B.REVIEW, Permission.SYSTEM),
        Transition("settle", frozenset({B.REVIEW}), B.PAID, Permission.CREDIT_ACCOUNT),
        Transition("close", frozenset({B.REVIEW}), B.CANCELLED, Permission.CREDIT_ACCOUNT),
    ],
)


class ProviderState(StrEnum):
    """What a provider says of a payment."""

    CREATED = "created"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    REFUNDED = "refunded"


S = ProviderState

PROVIDER_PAYMENT: StateMachine[ProviderState] = StateMachine(
    name="provider_payment",
    states=ProviderState,
    initial=S.CREATED,
    transitions=[
        Transition("authorise", frozenset({S.CREATED}), S.AUTHORISED, Permission.SYSTEM),
        # A provider's messages overtake each other: a capture may come first, and after a failure that was tried again.
        Transition("capture", frozenset({S.CREATED, S.AUTHORISED, S.FAILED}), S.CAPTURED, Permission.SYSTEM),
        Transition("fail", frozenset({S.CREATED, S.AUTHORISED}), S.FAILED, Permission.SYSTEM),
        Transition("refund", frozenset({S.CAPTURED}), S.REFUNDED, Permission.SYSTEM),
    ],
)


class SuspenseState(StrEnum):
    """Whether somebody has said whose money it is."""

    OPEN = "open"
    PROPOSED = "proposed"  # One officer has said so; a second one must agree.
    CLEARED = "cleared"
    RETURNED = "returned"  # Ordered back to where it came from.


U = SuspenseState
_UNCLEARED = frozenset({U.OPEN, U.PROPOSED})

SUSPENSE: StateMachine[SuspenseState] = StateMachine(
    name="suspense",
    states=SuspenseState,
    initial=U.OPEN,
    transitions=[
        Transition("propose", frozenset({U.OPEN}), U.PROPOSED, Permission.CREDIT_ACCOUNT),
        Transition("reopen", frozenset({U.PROPOSED}), U.OPEN, Permission.CREDIT_ACCOUNT),
        Transition("clear", _UNCLEARED, U.CLEARED, Permission.CREDIT_ACCOUNT),
        Transition("return", _UNCLEARED, U.RETURNED, Permission.CREDIT_ACCOUNT),
    ],
)


class PayoutState(StrEnum):
    """How far a payment order is."""

    ORDERED = "ordered"
    FILED = "filed"  # In the one file that takes it to the bank.
    CONFIRMED = "confirmed"  # The bank has paid it.
    BOUNCED = "bounced"  # The bank could not pay it; the money is back.


Y = PayoutState

PAYOUT: StateMachine[PayoutState] = StateMachine(
    name="payout",
    states=PayoutState,
    initial=Y.ORDERED,
    transitions=[
        Transition("file", frozenset({Y.ORDERED}), Y.FILED, Permission.CREDIT_ACCOUNT),
        Transition("confirm", frozenset({Y.FILED}), Y.CONFIRMED, Permission.SYSTEM),
        Transition("bounce", frozenset({Y.FILED, Y.CONFIRMED}), Y.BOUNCED, Permission.SYSTEM),
    ],
)
