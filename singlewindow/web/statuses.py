"""How every state of every life cycle is shown: its word, its tone and its icon, in one table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from singlewindow.web.types import Tone


@dataclass(frozen=True, slots=True)
class Status:
    """A state as people see it; the icon and the word carry the meaning, the colour only helps."""

    label: str | Promise
    tone: Tone
    icon: str


N, S, G, W, B = Tone.NEUTRAL, Tone.INFO, Tone.OK, Tone.WARN, Tone.BAD

STATUSES: dict[str, dict[str, Status]] = {
    "deferment": {
        "PROPOSED": Status(_("Waits for a second person"), W, "hourglass"),
        "DECLINED": Status(_("Not agreed"), N, "circle-x"),
        "ACTIVE": Status(_("In force"), G, "circle-check"),
        "SUSPENDED": Status(_("Suspended"), B, "circle-pause"),
        "ENDED": Status(_("Ended"), N, "ban"),
    },
    "statement": {
        "OPEN": Status(_("The month runs"), S, "clock"),
        "DUE": Status(_("To be paid"), W, "hourglass"),
        "OVERDUE": Status(_("Overdue"), B, "octagon-alert"),
        "PAID": Status(_("Paid"), G, "circle-check"),
    },
    "claim": {
        "FILED": Status(_("Filed"), S, "send"),
        "ACCEPTED": Status(_("Looked at"), S, "eye"),
        "VERIFIED": Status(_("Waits for a second officer"), W, "users"),
        "APPROVED": Status(_("Approved"), G, "check"),
        "PAID": Status(_("Paid"), G, "circle-check"),
        "REFUSED": Status(_("Refused"), B, "circle-x"),
        "WITHDRAWN": Status(_("Taken back"), N, "undo-2"),
        "LAPSED": Status(_("Ended by a change"), N, "file-x"),
    },
    "penalty": {
        "NOTIFIED": Status(_("To be heard"), W, "message-circle-question-mark"),
        "ISSUED": Status(_("Owed"), B, "octagon-alert"),
        "DROPPED": Status(_("Not pursued"), N, "circle-x"),
        "PAID": Status(_("Paid"), G, "circle-check"),
        "CANCELLED": Status(_("Taken back"), N, "undo-2"),
    },
    "disclosure": {
        "FILED": Status(_("Waiting for customs"), S, "clock"),
        "SETTLED": Status(_("Settled"), G, "circle-check"),
    },
    "guarantee": {
        "PENDING": Status(_("Waits to be granted"), W, "hourglass"),
        "ACTIVE": Status(_("In force"), G, "circle-check"),
        "SUSPENDED": Status(_("Suspended"), W, "circle-pause"),
        "REFUSED": Status(_("Refused"), B, "circle-x"),
        "REVOKED": Status(_("Revoked"), B, "ban"),
        "CANCELLED": Status(_("Ended by notice"), N, "ban"),
        "EXPIRED": Status(_("Expired"), N, "clock"),
        "USED": Status(_("Used"), N, "circle-check"),
    },
    "dispute": {
        "OFFERED": Status(_("Security asked for"), W, "hourglass"),
        "SECURED": Status(_("Secured"), S, "shield-check"),
        "SETTLED": Status(_("Settled"), G, "circle-check"),
        "WITHDRAWN": Status(_("Withdrawn"), N, "undo-2"),
    },
    "endpoint": {
        "ACTIVE": Status(_("Active"), G, "circle-check"),
        "PAUSED": Status(_("Paused"), W, "circle-pause"),
        "DISABLED": Status(_("Switched off"), N, "ban"),
    },
    "basket": {
        "OPEN": Status(_("To be paid"), N, "circle-dashed"),
        "PENDING": Status(_("Waiting for the money"), S, "hourglass"),
        "PAID": Status(_("Paid"), G, "circle-check"),
        "PARTLY": Status(_("Paid in part"), W, "circle-pause"),
        "FAILED": Status(_("Payment failed"), B, "circle-x"),
        "EXPIRED": Status(_("Expired"), N, "clock"),
        "CANCELLED": Status(_("Cancelled"), N, "ban"),
        "REVIEW": Status(_("Held for review"), W, "eye"),
    },
    "suspense": {
        "OPEN": Status(_("Not placed"), W, "circle-question-mark"),
        "PROPOSED": Status(_("Waits for a second officer"), S, "users"),
        "CLEARED": Status(_("Cleared"), G, "circle-check"),
        "RETURNED": Status(_("Sent back"), N, "undo-2"),
    },
    "payout": {
        "ORDERED": Status(_("Ordered"), N, "circle-dashed"),
        "FILED": Status(_("With the bank"), S, "send"),
        "CONFIRMED": Status(_("Paid out"), G, "circle-check"),
        "BOUNCED": Status(_("Came back"), B, "undo-2"),
    },
    "delivery": {
        "PENDING": Status(_("Waiting"), S, "clock"),
        "DELIVERED": Status(_("Delivered"), G, "circle-check"),
        "FAILED": Status(_("Failed"), B, "circle-x"),
        "CANCELLED": Status(_("Not sent"), N, "ban"),
    },
    "entry": {
        "REGISTERED": Status(_("Being assessed"), S, "file-clock"),
        "INFORMATION_REQUESTED": Status(_("Information requested"), W, "message-circle-question-mark"),
        "ANSWERED": Status(_("Answered"), S, "message-circle-question-mark"),
        "PROPOSED": Status(_("Do not load, proposed"), B, "octagon-alert"),
        "DO_NOT_LOAD": Status(_("Do not load"), B, "ban"),
        "ASSESSMENT_COMPLETE": Status(_("Assessment complete"), G, "circle-check"),
        "ENDED": Status(_("Ended"), N, "hourglass"),
    },
    "legal": {
        "DRAFT": Status(_("Draft"), N, "pencil"),
        "SUBMITTED": Status(_("Submitted"), S, "send"),
        "REGISTERED": Status(_("Registered"), S, "file-clock"),
        "ACCEPTED": Status(_("Accepted"), S, "stamp"),
        "RELEASED": Status(_("Released"), G, "circle-check"),
        "CLEARED": Status(_("Cleared"), G, "shield-check"),
        "REJECTED": Status(_("Not accepted"), B, "file-x"),
        "REFUSED": Status(_("Refused"), B, "ban"),
        "EXPIRED": Status(_("Expired"), N, "hourglass"),
        "INVALIDATED": Status(_("Invalidated"), N, "circle-x"),
    },
    "goods": {
        "EXPECTED": Status(_("Expected"), N, "calendar"),
        "PRESENTED": Status(_("Arrived"), S, "package-check"),
        "UNDER_CONTROL": Status(_("Under control"), W, "package-search"),
        "RELEASABLE": Status(_("Ready to leave"), G, "circle-check"),
        "REMOVED": Status(_("Removed"), G, "truck"),
        "EXITED": Status(_("Left the country"), G, "ship"),
    },
    "fiscal": {
        "NOT_ASSESSED": Status(_("Not assessed yet"), N, "circle-dashed"),
        "ASSESSED": Status(_("Assessed"), S, "calculator"),
        "PAID": Status(_("Paid"), G, "receipt"),
        "DEFERRED": Status(_("Payment deferred"), G, "calendar"),
        "SECURED": Status(_("Secured"), G, "lock"),
        "NIL": Status(_("Nothing to pay"), G, "check"),
        "INSUFFICIENT": Status(_("Not enough money"), W, "wallet"),
        "FINAL": Status(_("Final"), G, "check"),
    },
    "control": {
        "NONE": Status(_("No check"), N, "check"),
        "SELECTED": Status(_("Selected for a check"), W, "eye"),
        "DOCS_REQUIRED": Status(_("Documents needed"), W, "file-search"),
        "PHYSICAL": Status(_("Examination"), W, "package-search"),
        "QUERY": Status(_("Question open"), W, "message-circle-question-mark"),
        "AGENCY_HOLD": Status(_("Held by an agency"), W, "circle-pause"),
        "DONE": Status(_("Check done"), G, "circle-check"),
        "DETAINED": Status(_("Detained"), B, "lock"),
    },
    "supplementary": {
        "OWED": Status(_("Owed"), S, "file-clock"),
        "OVERDUE": Status(_("Overdue"), B, "clock-alert"),
        "COMPLETED": Status(_("Completed"), G, "circle-check"),
        "DEBT_FIXED": Status(_("Debt fixed"), W, "lock"),
        "LIFTED": Status(_("Not owed any more"), N, "circle-x"),
    },
    "change": {
        "REQUESTED": Status(_("Waits for a decision"), W, "clock"),
        "GRANTED": Status(_("Granted"), G, "circle-check"),
        "DENIED": Status(_("Denied"), B, "circle-x"),
        "WITHDRAWN": Status(_("Taken back"), N, "history"),
        "DISCLOSED": Status(_("Not granted: a check was announced before"), B, "ban"),
    },
    "lane": {
        "GREEN": Status(_("Green"), G, "circle-check"),
        "BLUE": Status(_("Blue"), S, "history"),
        "YELLOW": Status(_("Yellow"), W, "file-search"),
        "RED": Status(_("Red"), B, "package-search"),
    },
    "hold": {
        "OPEN": Status(_("Held"), W, "circle-pause"),
        "LIFTED": Status(_("Lifted"), G, "circle-check"),
        "RELEASED": Status(_("Lifted"), G, "circle-check"),
        "REFUSED": Status(_("Refused"), B, "ban"),
        "UPHELD": Status(_("Refused"), B, "ban"),
        "WITHDRAWN": Status(_("Ended with the declaration"), N, "circle-x"),
    },
    "original": {
        "ASKED": Status(_("Waits for an answer"), W, "hourglass"),
        "AUTHENTIC": Status(_("Confirmed"), G, "circle-check"),
        "NOT_OURS": Status(_("Not theirs"), B, "ban"),
    },
    "permit": {
        "ISSUED": Status(_("Valid"), G, "circle-check"),
        "VALID": Status(_("Valid"), G, "circle-check"),
        "ACTIVE": Status(_("Valid"), G, "circle-check"),
        "RESERVED": Status(_("Reserved"), S, "lock"),
        "EXHAUSTED": Status(_("Used up"), W, "gauge"),
        "USED_UP": Status(_("Used up"), W, "gauge"),
        "EXPIRED": Status(_("Expired"), N, "hourglass"),
        "SUSPENDED": Status(_("Suspended"), W, "circle-pause"),
        "REVOKED": Status(_("Revoked"), B, "ban"),
    },
    "quota": {
        "OPEN": Status(_("Open"), G, "circle-check"),
        "CRITICAL": Status(_("Critical"), W, "gauge"),
        "EXHAUSTED": Status(_("Used up"), B, "circle-x"),
        "BLOCKED": Status(_("Blocked"), B, "ban"),
        "CLOSED": Status(_("Closed"), N, "lock"),
    },
    "part": {
        "DRAFT": Status(_("Draft"), N, "file-pen"),
        "APPLIED": Status(_("Sent"), S, "send"),
        "UNDER_REVIEW": Status(_("Under review"), S, "search"),
        "QUERIED": Status(_("Asked"), W, "message-circle-question-mark"),
        "ISSUED": Status(_("Issued"), G, "stamp"),
        "REFUSED": Status(_("Refused"), B, "ban"),
        "WITHDRAWN": Status(_("Taken back"), N, "undo-2"),
    },
    "certificate": {
        "VALID": Status(_("Valid"), G, "circle-check"),
        "REPLACED": Status(_("Replaced"), N, "history"),
        "WITHDRAWN": Status(_("Withdrawn"), B, "ban"),
    },
    "citation": {
        "WAITING": Status(_("Waited for"), W, "hourglass"),
        "MATCHED": Status(_("Matched"), G, "circle-check"),
        "FLAGGED": Status(_("Not to be relied on"), B, "octagon-alert"),
        "PAPER": Status(_("On paper"), N, "file-text"),
        "ENDED": Status(_("Over"), N, "circle-x"),
    },
    "contingency": {
        "OPEN": Status(_("To reconcile"), W, "hourglass"),
        "MATCHED": Status(_("Matched"), G, "circle-check"),
        "REJECTED": Status(_("Rejected"), B, "ban"),
    },
    "verdict": {
        "REFUSED": Status(_("Refused"), B, "ban"),
        "HOLD": Status(_("Held"), W, "circle-pause"),
        "EXAM": Status(_("Examination"), W, "package-search"),
        "DOCS": Status(_("Documents"), W, "file-search"),
        "DISCLAIMED": Status(_("Declared not needed"), S, "file-check"),
        "MAY_PROCEED": Status(_("May proceed"), G, "circle-check"),
    },
    "alert": {
        "ON_TIME": Status(_("On time"), G, "clock"),
        "AMBER": Status(_("Due soon"), W, "clock-alert"),
        "RED": Status(_("Late"), B, "octagon-alert"),
    },
    "case": {
        "OPEN": Status(_("Waiting"), N, "inbox"),
        "CLAIMED": Status(_("In work"), S, "user-round"),
        "DECIDED": Status(_("Decided"), G, "circle-check"),
        "CLOSED": Status(_("Closed"), G, "circle-check"),
    },
    "charge_draft": {
        "DRAFT": Status(_("Draft"), N, "pencil"),
        "OPEN": Status(_("Open for comment"), S, "message-circle-question-mark"),
        "CLOSED": Status(_("Comments are closed"), W, "hourglass"),
        "PUBLISHED": Status(_("Published"), G, "circle-check"),
        "WITHDRAWN": Status(_("Withdrawn"), N, "undo-2"),
    },
    "tariff_change": {
        "DRAFT": Status(_("Draft"), N, "pencil"),
        "PROPOSED": Status(_("Waits for a second person"), W, "hourglass"),
        "LIVE": Status(_("In force"), G, "circle-check"),
        "DECLINED": Status(_("Not agreed"), N, "circle-x"),
    },
    "proposal": {
        "OPEN": Status(_("Waits for a second person"), W, "hourglass"),
        "GRANTED": Status(_("Granted"), G, "circle-check"),
        "REFUSED": Status(_("Refused"), B, "ban"),
        "WITHDRAWN": Status(_("Taken back"), N, "history"),
    },
    "simulation": {
        "QUEUED": Status(_("Waiting"), N, "hourglass"),
        "RUNNING": Status(_("Running"), S, "activity"),
        "DONE": Status(_("Done"), G, "circle-check"),
        "STOPPED": Status(_("Stopped"), W, "circle-pause"),
        "FAILED": Status(_("Failed"), B, "circle-x"),
    },
    "profile": {
        "DRAFT": Status(_("Draft"), N, "pencil"),
        "SIMULATED": Status(_("Simulated"), S, "gauge"),
        "PROPOSED": Status(_("Waits for a second person"), W, "hourglass"),
        "LIVE": Status(_("Live"), G, "activity"),
        "EXPIRED": Status(_("Expired"), N, "hourglass"),
        "ENDED": Status(_("Ended"), N, "circle-x"),
    },
    "listed": {
        "PROPOSED": Status(_("Waits for a second person"), W, "hourglass"),
        "LIVE": Status(_("In force"), G, "activity"),
        "EXPIRED": Status(_("Expired"), N, "hourglass"),
        "ENDED": Status(_("Ended"), N, "circle-x"),
    },
    "task": {
        "TODO": Status(_("To do"), N, "circle-dashed"),
        "STARTED": Status(_("Started"), S, "circle-dot"),
        "DONE": Status(_("Done"), G, "circle-check"),
        "BLOCKED": Status(_("Not yet"), N, "lock"),
        "ERROR": Status(_("To mend"), B, "circle-alert"),
    },
    "bulk": {
        "RECEIVED": Status(_("Received"), N, "inbox"),
        "FILING": Status(_("Being filed"), S, "hourglass"),
        "DONE": Status(_("Done"), G, "circle-check"),
    },
    "service": {
        "UP": Status(_("Working"), G, "circle-check"),
        "DEGRADED": Status(_("Slow"), W, "triangle-alert"),
        "DOWN": Status(_("Not working"), B, "circle-x"),
        "UNKNOWN": Status(_("Not known"), N, "circle-dashed"),
    },
}

KIND_LABELS: dict[str, str | Promise] = {
    "deferment": _("Deferment"),
    "statement": _("Statement"),
    "claim": _("Claim"),
    "guarantee": _("Guarantee"),
    "dispute": _("Dispute"),
    "penalty": _("Penalty"),
    "disclosure": _("Disclosure"),
    "endpoint": _("Webhook endpoint"),
    "delivery": _("Delivery"),
    "entry": _("Entry summary declaration"),
    "legal": _("Declaration"),
    "goods": _("Goods"),
    "fiscal": _("Payment"),
    "control": _("Check"),
    "supplementary": _("Full declaration"),
    "lane": _("Lane"),
    "hold": _("Hold"),
    "original": _("Original"),
    "permit": _("Permit"),
    "part": _("Application"),
    "certificate": _("Certificate"),
    "citation": _("Certificate"),
    "contingency": _("Entry by hand"),
    "verdict": _("Agency"),
    "quota": _("Quota"),
    "alert": _("Time"),
    "case": _("Case"),
    "change": _("Change"),
    "charge_draft": _("Draft charge"),
    "tariff_change": _("Change of the tariff"),
    "proposal": _("Proposal"),
    "simulation": _("Simulation"),
    "profile": _("Risk profile"),
    "listed": _("Alert list"),
    "task": _("Task"),
    "bulk": _("File"),
    "basket": _("Payment"),
    "suspense": _("Suspense"),
    "payout": _("Payout"),
    "service": _("Service"),
}


def status_for(kind: str, state: str) -> Status:
    """Give how a state is shown; a state that the table does not know is shown by its own name, plainly.

    Raises:
        KeyError: no such kind of life cycle, a mistake of the page.
    """
    found = STATUSES[kind].get(str(state).upper())
    return found or Status(capfirst(str(state).replace("_", " ").lower()), N, "circle-dot")
