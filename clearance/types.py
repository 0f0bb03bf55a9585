"""Values of clearance: the terms of release, who holds the consignment, what an officer may do."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is written; pages translate it where it is shown."""
    return text


class Term(StrEnum):
    """A term of the release predicate; the value is stable, the sentence is what officers read."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> "Term":
        term = str.__new__(cls, value)
        term._value_ = value
        term.sentence = sentence
        return term

    LEGAL = "legal", gettext_noop("The declaration is not accepted.")
    GOODS = "goods", gettext_noop("The goods were not presented.")
    CUSTOMS_HOLD = "customs_hold", gettext_noop("Customs has a check to finish.")
    AGENCY_HOLD = "agency_hold", gettext_noop("Another agency holds the goods.")
    PERMIT = "permit", gettext_noop("A permit is missing, not valid or used up.")
    CARGO = "cargo", gettext_noop("More is declared than the manifest has left.")
    ASSESSMENT = "assessment", gettext_noop("Duty and taxes could not be assessed yet.")
    MONEY = "money", gettext_noop("Duty and taxes are not covered.")


class Holder(StrEnum):
    """Who holds the consignment now: whose turn it is."""

    TRADER = "trader"
    CUSTOMS = "customs"
    AGENCY = "agency"
    NOBODY = "nobody"  # Released or otherwise ended.


class AlertKind(StrEnum):
    """How late goods are."""

    AMBER = "amber"
    RED = "red"
    LATE_LIST = "late_list"


class WarningKind(StrEnum):
    """Of what the targeting desk is warned."""

    ARRIVAL = "arrival"  # Goods on their way, that must not be released on arrival.
    LEFT = "left"  # Released goods that turned out to differ.


class CheckKind(StrEnum):
    """What was checked."""

    DOCUMENTS = "documents"
    EXAMINATION = "examination"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether goods may be released and, if not, every term that stands against it, in the order of repair."""

    blocking: tuple[Term, ...]
    agency: str = ""
    """The agency that holds the goods, when one does."""

    @property
    def release(self) -> bool:
        """Whether nothing stands against release."""
        return not self.blocking

    @property
    def first(self) -> Term | None:
        """The term to deal with first."""
        return self.blocking[0] if self.blocking else None

    @property
    def holder(self) -> Holder:
        """Whose turn it is."""
        return HOLDERS[self.blocking[0]] if self.blocking else Holder.NOBODY


HOLDERS: dict[Term, Holder] = {
    Term.LEGAL: Holder.CUSTOMS,
    Term.GOODS: Holder.TRADER,
    Term.CUSTOMS_HOLD: Holder.CUSTOMS,
    Term.AGENCY_HOLD: Holder.AGENCY,
    Term.PERMIT: Holder.TRADER,
    Term.CARGO: Holder.TRADER,
    Term.ASSESSMENT: Holder.CUSTOMS,
    Term.MONEY: Holder.TRADER,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a declaration waits for, as its parties may know it: neither lane nor score."""

    blocking: str
    """A Term, or empty."""
    agency: str
    """The agency whose hold it is."""
    question_deadline: datetime | None
    """By when the open question is to be answered; none when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the desk."""

    declaration_id: UUID
    mrn: str
    lrn: str
    direction: str
    office: str
    lane: str
    score: int
    control_state: str
    holder: str
    blocking: str
    """A Term, or empty."""
    agency: str
    importer: str
    """The importer of an import, the exporter of an export."""
    goods: str
    item_count: int
    amount: Decimal
    currency: str
    accepted_at: datetime | None
    amber_at: datetime | None
    red_at: datetime | None
    released_at: datetime | None
    claimed_by: int | None
    claimed_by_name: str
    alert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementaryRow:
    """The full declaration that a simplified one owes."""

    declaration_id: UUID
    mrn: str
    lrn: str
    direction: str
    state: str
    """A SupplementaryState."""
    opened_at: datetime
    due_at: datetime
    ended_at: datetime | None
    supplementary_id: UUID | None
    supplementary_mrn: str
    """Of the full declaration, from its acceptance on."""
    trader: str
