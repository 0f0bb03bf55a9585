"""What is told of a document when it is given: code, number, issuer, days.

Source: docs/rules/documents.md, DOC-DET-01 to DOC-DET-04.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from singlewindow.kernel.errors import RuleViolated, Violation

CODE = re.compile(r"[A-Z0-9]{4}", re.ASCII)
TEXT_MAX = 70


@dataclass(frozen=True, slots=True)
class DocumentDetails:
    """Code, number and issuer together name what a file proves."""

    code: str
    reference: str
    issuer: str = ""
    issued_on: date | None = None
    valid_to: date | None = None


def details_check(details: DocumentDetails) -> None:
    """Refuse what does not name a document. Raises RuleViolated with every finding."""
    found = list(_violations(details))
    if found:
        raise RuleViolated(f"{len(found)} of the details are wrong.", violations=found)


def _violations(details: DocumentDetails) -> Iterator[Violation]:
    if not CODE.fullmatch(details.code):
        message = "The code of a document has four letters or digits."
        yield Violation("DOC-DET-01", "/code", message, "N935 is an invoice, N705 a bill of lading.", details.code[:20])
    if not _is_text(details.reference):
        message = f"The number of a document has 1 to {TEXT_MAX} characters."
        yield Violation("DOC-DET-02", "/reference", message, "Write the number that stands on the document.")
    if details.issuer and not _is_text(details.issuer):
        message = f"The issuer has at most {TEXT_MAX} characters."
        yield Violation("DOC-DET-03", "/issuer", message, "Shorten the name.")
    if details.issued_on and details.valid_to and details.valid_to < details.issued_on:
        message = "The document would end before it begins."
        yield Violation("DOC-DET-04", "/valid_to", message, "Correct one of the two days.", str(details.valid_to))


def _is_text(text: str) -> bool:
    return 0 < len(text) <= TEXT_MAX and not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text)
