"""What a draft charge must say before the public reads it, and before it is published.

Source: TFA articles 1, 2 and 6.1 to 6.2; domain.md F03 and F07; docs/rules/fees.md, FE-SCH-01 to FE-SCH-09.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final

from fees.types import ChargeEvent
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Violation

COMMENT_DAYS: Final = 30
"""A draft is open to comment for at least so many days (F03)."""
COMMENT_LONGEST: Final = 2000
COMMENTS_ON_ONE: Final = 5
"""Comments of one person on one draft."""
COMMENTS_A_DAY: Final = 20
"""Comments of one person on one day, on whatever draft."""
LARGEST: Final = Decimal(10) ** 9
CODE_FORM: Final = re.compile(r"[A-Z]{3}-[A-Z0-9]{2,6}", re.ASCII)
PREFIX_FORM: Final = re.compile(r"[0-9]{2,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CostPart:
    """One part of what the service costs in a year."""

    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """A charge as an authority drafts it: what is asked, by which law, since when, and what the service costs."""

    code: str
    title: str
    authority: str
    authority_name: str
    law: str
    event: ChargeEvent
    unit: str
    amount: Decimal | None
    percentage: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    prefixes: tuple[str, ...]
    in_vat_base: bool
    valid_from: date
    valid_to: date | None
    comment: str
    reason: str
    cost_basis: str
    cost_parts: tuple[CostPart, ...]
    services_a_year: int
    expected_charge: Decimal
    """What one service is charged on average; the amount itself where it is fixed."""

    @property
    def cost_total(self) -> Decimal:
        """What the service costs in a year."""
        return sum((part.amount for part in self.cost_parts), Decimal(0))

    @property
    def cost_of_one(self) -> Decimal:
        """What one service costs, rounded up to a whole unit of the currency: the most that it may be charged."""
        if self.services_a_year < 1:
            return Decimal(0)
        return (self.cost_total / self.services_a_year).to_integral_value(ROUND_CEILING)


def terms_findings(terms: ChargeTerms) -> list[Violation]:
    """Everything that stands against these terms, whatever the day."""
    return [*_said(terms), *_priced(terms), *_costed(terms)]


def _said(terms: ChargeTerms) -> Iterator[Violation]:
    if not CODE_FORM.fullmatch(terms.code) or not terms.code.startswith(f"{terms.authority}-"):
        yield _broken("FE-SCH-09", "/code", f"The code begins with {terms.authority}- and has 2 to 6 signs after it.")
    for name in ("title", "law", "unit", "reason", "cost_basis"):
        if not str(getattr(terms, name)).strip():
            yield _broken("FE-SCH-02", f"/{name}", "This must be said before a charge is put to the public.")
    if any(not PREFIX_FORM.fullmatch(prefix) for prefix in terms.prefixes):
        yield _broken("FE-SCH-02", "/prefixes", "Goods are named by the first 2 to 10 digits of their codes.")
    if terms.valid_to is not None and terms.valid_to < terms.valid_from:
        yield _broken("FE-SCH-02", "/valid_to", "The last day is not before the first.")


def _priced(terms: ChargeTerms) -> Iterator[Violation]:
    fixed, share = terms.amount is not None, terms.percentage is not None
    if fixed == share:
        yield _broken("FE-SCH-02", "/amount", "A charge is either a fixed amount or a share of the value.")
        return
    stated = (terms.amount, terms.percentage, terms.minimum, terms.maximum)
    if any(number is not None and not 0 <= number < LARGEST for number in stated):
        yield _broken("FE-SCH-02", "/amount", "An amount is not negative.")
    if fixed and (terms.minimum is not None or terms.maximum is not None):
        yield _broken("FE-SCH-02", "/minimum", "A fixed amount has neither a least nor a greatest amount.")
    if share and terms.maximum is None:
        yield _broken("FE-SCH-04", "/maximum", "A share of the value needs a greatest amount: the service has a cost.")
    elif share and terms.maximum is not None and not (terms.minimum or 0) <= terms.expected_charge <= terms.maximum:
        yield _broken("FE-SCH-04", "/expected_charge", "The average lies between the least and greatest amount.")


def _costed(terms: ChargeTerms) -> Iterator[Violation]:
    if not terms.cost_parts:
        yield _broken("FE-SCH-04", "/cost_parts", "Say what the service costs in a year, part by part.")
    if any(not part.label.strip() or not 0 <= part.amount < LARGEST for part in terms.cost_parts):
        yield _broken("FE-SCH-04", "/cost_parts", "Each part of the cost has a name and an amount.")
    if terms.services_a_year < 1:
        yield _broken("FE-SCH-04", "/services_a_year", "Say how many services a year the cost is shared by.")
    elif terms.expected_charge > terms.cost_of_one:
        yield Violation(
            "FE-SCH-04",
            "/amount" if terms.amount is not None else "/expected_charge",
            f"The charge is above the cost of the service, {terms.cost_of_one} for one.",
            "Charge at most what the service costs, or show the cost in full.",
            f"{terms.expected_charge:f}",
            "TFA 6.2",
        )


def opening_findings(*, comments_until: date, on: date) -> list[Violation]:
    """Whether a draft may be put out for comment on a day (FE-SCH-03)."""
    if (comments_until - on).days < COMMENT_DAYS:
        return [_broken("FE-SCH-03", "/comments_until", f"A draft is open to comment for {COMMENT_DAYS} days or more.")]
    return []


def publishing_findings(
    terms: ChargeTerms, *, comments_until: date, urgent_reason: str, unanswered: int, on: date
) -> list[Violation]:
    """Whether a draft may be published on a day (FE-SCH-03, FE-SCH-05 and FE-SCH-07)."""
    found = []
    if on <= comments_until and not urgent_reason.strip():
        found.append(
            _broken("FE-SCH-03", "/urgent_reason", f"Comments are open until {comments_until}; say why it cannot wait.")
        )
    if terms.valid_from <= on:
        found.append(_broken("FE-SCH-05", "/valid_from", "A charge is published before the first day of its force."))
    if unanswered:
        found.append(_broken("FE-SCH-07", "/comments", f"Comments wait for an answer: {unanswered}."))
    return found


def comment_findings(*, text: str, on_this: int, today: int) -> list[Violation]:
    """Whether somebody may say this of a draft (FE-SCH-06).

    Args:
        on_this: comments of the same person on the draft already.
        today: comments of the same person on the day already.
    """
    found = []
    if not text.strip() or len(text) > COMMENT_LONGEST:
        found.append(_broken("FE-SCH-06", "/text", f"A comment has 1 to {COMMENT_LONGEST} characters."))
    if on_this >= COMMENTS_ON_ONE or today >= COMMENTS_A_DAY:
        sentence = f"One person comments {COMMENTS_ON_ONE} times on a draft and {COMMENTS_A_DAY} times a day at most."
        found.append(_broken("FE-SCH-06", "/text", sentence))
    return found


def terms_sha256(terms: ChargeTerms) -> str:
    """The digest of exactly what the public reads and what goes into the schedule."""
    return sha256_hex(canonical_bytes({name: _plain(value) for name, value in asdict(terms).items()}))


def _plain(value: object) -> JsonValue:
    match value:
        case None | bool() | int():
            return value
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case dict():
            return {str(name): _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return str(value)


def _broken(rule: str, pointer: str, message: str) -> Violation:
    return Violation(rule, pointer, message)
