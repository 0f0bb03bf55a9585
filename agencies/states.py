"""The life cycles of permits, holds, applications, certificates and entries by hand, as tables.

Source: docs/rules/agencies.md, AG-020, AG-030, AG-060, AG-070, AG-080 (domain.md K10).
"""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class PermitState(StrEnum):
    """Where a permit stands."""

    ISSUED = "issued"  # May be written off.
    SUSPENDED = "suspended"  # Not for now; the agency may reinstate it.
    REVOKED = "revoked"  # Withdrawn for good.
    EXPIRED = "expired"  # Its last day has passed.
    EXHAUSTED = "exhausted"  # Nothing is left, tolerance included.


class HoldState(StrEnum):
    """Where a hold stands. Goods leave only when none of their holds is open or upheld."""

    OPEN = "open"
    LIFTED = "lifted"  # The agency agrees to release.
    UPHELD = "upheld"  # The agency refuses; it may still change its mind.
    WITHDRAWN = "withdrawn"  # The declaration ended, so nothing is left to hold.


class PartState(StrEnum):
    """Where one agency's part of an application stands; a draft application has no parts yet."""

    DRAFT = "draft"
    APPLIED = "applied"  # Sent; its fee may still be owed.
    UNDER_REVIEW = "under_review"  # The agency's clock runs.
    QUERIED = "queried"  # The agency asked something: its clock stands.
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class CertificateState(StrEnum):
    """Where a certificate of another country stands; that it ended is told by its days."""

    VALID = "valid"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class ContingencyState(StrEnum):
    """Where an entry by hand stands."""

    OPEN = "open"  # To be reconciled.
    MATCHED = "matched"  # Written off from the permit that it meant.
    REJECTED = "rejected"


H, P, S = HoldState, Permission, PermitState

PERMIT = StateMachine(
    name="permit",
    states=PermitState,
    initial=S.ISSUED,
    transitions=[
        Transition("exhaust", frozenset({S.ISSUED}), S.EXHAUSTED, P.SYSTEM),
        Transition("recredit", frozenset({S.EXHAUSTED}), S.ISSUED, P.SYSTEM),
        Transition("expire", frozenset({S.ISSUED, S.SUSPENDED, S.EXHAUSTED}), S.EXPIRED, P.SYSTEM),
        Transition("suspend", frozenset({S.ISSUED, S.EXHAUSTED}), S.SUSPENDED, P.MANAGE_PERMIT),
        Transition("reinstate", frozenset({S.SUSPENDED}), S.ISSUED, P.MANAGE_PERMIT),
        Transition("revoke", frozenset({S.ISSUED, S.SUSPENDED, S.EXHAUSTED}), S.REVOKED, P.MANAGE_PERMIT),
    ],
)

HOLD = StateMachine(
    name="hold",
    states=HoldState,
    initial=H.OPEN,
    transitions=[
        Transition("lift", frozenset({H.OPEN, H.UPHELD}), H.LIFTED, P.DECIDE_AGENCY_HOLD),
        Transition("uphold", frozenset({H.OPEN}), H.UPHELD, P.DECIDE_AGENCY_HOLD),
        Transition("withdraw", frozenset({H.OPEN, H.UPHELD}), H.WITHDRAWN, P.SYSTEM),
    ],
)

BLOCKING = frozenset({H.OPEN, H.UPHELD})
"""States in which a hold keeps the goods from being released."""

A, C, G = PartState, CertificateState, ContingencyState

PART = StateMachine(
    name="application_part",
    states=PartState,
    initial=A.DRAFT,
    transitions=[
        Transition("apply", frozenset({A.DRAFT}), A.APPLIED, P.APPLY_PERMIT),
        Transition("begin", frozenset({A.APPLIED}), A.UNDER_REVIEW, P.SYSTEM),
        Transition("query", frozenset({A.UNDER_REVIEW}), A.QUERIED, P.MANAGE_PERMIT),
        Transition("answer", frozenset({A.QUERIED}), A.UNDER_REVIEW, P.APPLY_PERMIT),
        Transition("lapse", frozenset({A.QUERIED}), A.UNDER_REVIEW, P.SYSTEM),
        Transition("issue", frozenset({A.UNDER_REVIEW}), A.ISSUED, P.MANAGE_PERMIT),
        Transition("refuse", frozenset({A.UNDER_REVIEW}), A.REFUSED, P.MANAGE_PERMIT),
        Transition("withdraw", frozenset({A.APPLIED, A.UNDER_REVIEW, A.QUERIED}), A.WITHDRAWN, P.APPLY_PERMIT),
    ],
)

CERTIFICATE = StateMachine(
    name="foreign_certificate",
    states=CertificateState,
    initial=C.VALID,
    transitions=[
        Transition("replace", frozenset({C.VALID}), C.REPLACED, P.SEND_CERTIFICATE),
        Transition("withdraw", frozenset({C.VALID}), C.WITHDRAWN, P.SEND_CERTIFICATE),
    ],
)

CONTINGENCY = StateMachine(
    name="contingency",
    states=ContingencyState,
    initial=G.OPEN,
    transitions=[
        Transition("match", frozenset({G.OPEN}), G.MATCHED, P.MANAGE_PERMIT),
        Transition("reject", frozenset({G.OPEN}), G.REJECTED, P.MANAGE_PERMIT),
    ],
)

PART_OPEN = frozenset({A.APPLIED, A.UNDER_REVIEW, A.QUERIED})
"""States of a part in which somebody still has to act."""
