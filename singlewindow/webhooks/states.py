"""The life cycles of an endpoint and of a delivery, as tables.

Source: docs/rules/webhooks.md (WH-END, WH-DEL).
"""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class EndpointState(StrEnum):
    """Whether an endpoint is sent to."""

    PAUSED = "PAUSED"  # Nothing is sent; its place in the feed is kept, so that nothing is lost.
    ACTIVE = "ACTIVE"  # Events are sent as they come.
    DISABLED = "DISABLED"  # Nothing is sent any more, and its place is given up.


class DeliveryState(StrEnum):
    """Where one delivery stands."""

    PENDING = "PENDING"  # Waits for its next attempt.
    DELIVERED = "DELIVERED"  # The endpoint answered with a status of success.
    FAILED = "FAILED"  # The last attempt of all failed; it may be sent again, or read in the feed.
    CANCELLED = "CANCELLED"  # The endpoint was disabled before it was sent.


E, D, P = EndpointState, DeliveryState, Permission

ENDPOINT = StateMachine(
    name="endpoint",
    states=EndpointState,
    initial=E.PAUSED,
    transitions=[
        Transition("activate", frozenset({E.PAUSED, E.DISABLED}), E.ACTIVE, P.MANAGE_WEBHOOKS),
        Transition("pause", frozenset({E.ACTIVE}), E.PAUSED, P.MANAGE_WEBHOOKS),
        Transition("disable", frozenset({E.ACTIVE, E.PAUSED}), E.DISABLED, P.MANAGE_WEBHOOKS),
    ],
)

DELIVERY = StateMachine(
    name="delivery",
    states=DeliveryState,
    initial=D.PENDING,
    transitions=[
        Transition("deliver", frozenset({D.PENDING}), D.DELIVERED, P.SYSTEM),
        Transition("give_up", frozenset({D.PENDING}), D.FAILED, P.SYSTEM),
        Transition("cancel", frozenset({D.PENDING}), D.CANCELLED, P.SYSTEM),
        Transition("replay", frozenset({D.DELIVERED, D.FAILED, D.CANCELLED}), D.PENDING, P.MANAGE_WEBHOOKS),
    ],
)
