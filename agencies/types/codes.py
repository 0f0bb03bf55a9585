"""Codes of the agencies: reasons of holds with their sentences, and states of what they keep. Pure Python."""

from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translators; the page that shows it translates it."""
    return text


CUSTOMS = "CUS"
"""Customs is one of the agencies: its checks are holds like those of the others."""


class HoldKind(StrEnum):
    """What it takes to end a hold."""

    DOCS = "docs"
    EXAM = "exam"
    PERMIT_MISSING = "permit_missing"
    PERMIT_EXHAUSTED = "permit_exhausted"
    AGENCY_CHECK = "agency_check"
    CERTIFICATE = "certificate"
    DISCLAIMER = "disclaimer"
    CUSTOMS_DOCUMENTS = "customs_documents"
    CUSTOMS_EXAMINATION = "customs_examination"
    CUSTOMS_COMPARISON = "customs_comparison"


PERMIT_KINDS = frozenset({HoldKind.PERMIT_MISSING, HoldKind.PERMIT_EXHAUSTED, HoldKind.CERTIFICATE})
"""Holds that stand on what is declared of permits and certificates: an amendment asks for them anew."""

NEED_KINDS = PERMIT_KINDS | {HoldKind.DISCLAIMER}
"""Holds behind which a need stands: when the agency lifts one, the need counts as met."""


class HoldReason(StrEnum):
    """The coded reasons of a hold: what the trader and the officer read, and what comes next.

    No reason tells which rule of the risk engine was met: the list is open to traders.
    """

    kind: HoldKind
    sentence: str
    next_step: str

    def __new__(cls, value: str, kind: HoldKind, sentence: str, next_step: str) -> "HoldReason":
        reason = str.__new__(cls, value)
        reason._value_ = value
        reason.kind, reason.sentence, reason.next_step = kind, sentence, next_step
        return reason

    PERMIT_MISSING = (
        "P01",
        HoldKind.PERMIT_MISSING,
        gettext_noop("These goods need a permit, and the declaration names none."),
        gettext_noop("Ask the agency for the permit, or tell it why none is needed."),
    )
    PERMIT_EXHAUSTED = (
        "P02",
        HoldKind.PERMIT_EXHAUSTED,
        gettext_noop("The permit has less left than these goods need."),
        gettext_noop("Ask the agency to raise the permit or to issue another one."),
    )
    PERMIT_INVALID = (
        "P03",
        HoldKind.PERMIT_MISSING,
        gettext_noop("The permit was not valid on the day the declaration was accepted."),
        gettext_noop("Ask the agency for a permit that is valid."),
    )
    AGENCY_CHECK = (
        "A01",
        HoldKind.AGENCY_CHECK,
        gettext_noop("The agency looks at every consignment of these goods."),
        gettext_noop("Nothing to do: the agency decides within its time limit."),
    )
    DOCUMENTS = (
        "A02",
        HoldKind.DOCS,
        gettext_noop("The agency checks the documents of these goods."),
        gettext_noop("Keep the originals at hand; the agency says if it needs them."),
    )
    EXAMINATION = (
        "A03",
        HoldKind.EXAM,
        gettext_noop("The agency examines these goods."),
        gettext_noop("Make the goods available for examination where they are."),
    )
    CERTIFICATE_AWAITED = (
        "F01",
        HoldKind.CERTIFICATE,
        gettext_noop("The certificate of the other country has not come in yet."),
        gettext_noop("Ask the exporter to have it sent electronically; the hold ends by itself when it comes."),
    )
    CERTIFICATE_INVALID = (
        "F02",
        HoldKind.CERTIFICATE,
        gettext_noop("The certificate of the other country has ended, was replaced or was withdrawn."),
        gettext_noop("Name the certificate that took its place, or ask the agency."),
    )
    CERTIFICATE_USED = (
        "F03",
        HoldKind.CERTIFICATE,
        gettext_noop("The certificate of the other country was used by another declaration already."),
        gettext_noop("Name the certificate of these goods, or show the agency what is left of this one."),
    )
    DISCLAIMER_CHECK = (
        "D01",
        HoldKind.DISCLAIMER,
        gettext_noop("The agency checks what you declared instead of a permit."),
        gettext_noop("Keep the proof of what you declared at hand; the agency decides within its time limit."),
    )
    CUSTOMS_DOCUMENTS = (
        "C01",
        HoldKind.CUSTOMS_DOCUMENTS,
        gettext_noop("Customs checks the documents."),
        gettext_noop("Keep the originals at hand; customs says if it needs them."),
    )
    CUSTOMS_EXAMINATION = (
        "C02",
        HoldKind.CUSTOMS_EXAMINATION,
        gettext_noop("Customs examines the goods."),
        gettext_noop("Make the goods available for examination where they are."),
    )
    CUSTOMS_COMPARISON = (
        "C03",
        HoldKind.CUSTOMS_COMPARISON,
        gettext_noop("Customs compares what is declared with other records."),
        gettext_noop("Look at what you declared, and keep the documents at hand; customs says if it needs them."),
    )


REASONS = {reason.value: reason for reason in HoldReason}
"""The reasons by their codes."""


class LpcoState(StrEnum):
    """How the need of one item for one permit stands."""

    RESERVED = "reserved"
    WAIVED = "waived"  # A coded exemption was declared.
    MISSING = "missing"
    EXHAUSTED = "exhausted"
    INVALID = "invalid"
    ACCEPTED = "accepted"  # The agency lifted its hold: it is content without.
    DOUBTED = "doubted"  # A disclaimer was declared, and it was drawn for a check.
    MATCHED = "matched"  # A certificate of another country is here and covers the goods.
    AWAITED = "awaited"  # It is named, and has not come in yet.
    STALE = "stale"  # It has ended, was replaced or was withdrawn.
    REUSED = "reused"  # Other declarations have used it up.


SATISFIED = frozenset({LpcoState.RESERVED, LpcoState.WAIVED, LpcoState.ACCEPTED, LpcoState.MATCHED})


class WriteOffKind(StrEnum):
    """Entries of the write-off ledger."""

    RESERVE = "reserve"  # Set aside when the declaration is accepted.
    CONSUME = "consume"  # Used up for good at release; changes no sum.
    FREE = "free"  # Given back after invalidation or refusal.
    MANUAL = "manual"  # Entered by the agency, with its reason.
    RECREDIT = "recredit"  # Given back after it was used: amendment or invalidation after release, an entry reversed.
    CONTINGENCY = "contingency"  # Taken for an entry by hand that was reconciled.


ADDING = (WriteOffKind.RESERVE, WriteOffKind.MANUAL, WriteOffKind.CONTINGENCY)
"""Entries that make `used` grow."""
RETURNING = (WriteOffKind.FREE, WriteOffKind.RECREDIT)
"""Entries that make it shrink."""


class EntryKind(StrEnum):
    """What may be said or done about a part of an application."""

    APPLIED = "applied"
    BEGUN = "begun"
    CLAIMED = "claimed"
    QUERY = "query"
    ANSWER = "answer"
    LAPSED = "lapsed"
    PROPOSED = "proposed"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAW = "withdraw"
    LATE = "late"


class CitationState(StrEnum):
    """How a certificate that a declaration names stands."""

    WAITING = "waiting"  # Its country sends electronically, and it is not here yet.
    MATCHED = "matched"
    FLAGGED = "flagged"  # It is here, and may not be relied on.
    PAPER = "paper"  # Its country sends none electronically: the paper counts.
    ENDED = "ended"  # The declaration was changed or ended; what it took is given back.


class AgencyVerdict(StrEnum):
    """What one agency says of one declaration, worst first (F42)."""

    REFUSED = "refused"
    HOLD = "hold"
    EXAM = "exam"
    DOCS = "docs"
    DISCLAIMED = "disclaimed"
    MAY_PROCEED = "may_proceed"
