"""Submit once: what may be asked of a trader, and what is refused because it is here or not asked for at all.

Source: docs/rules/documents.md, OO-001 to OO-004 (domain.md F11, F12, F25; WTO TFA, articles 10.2 and 10.4).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from singlewindow.documents.states import AskOutcome
from singlewindow.reference.types import OnceOnlyException, OnceOnlyScheme

DATA = Path(__file__).resolve().parents[1] / "data" / "elements.csv"
CUSTOMS = "CUS"


@dataclass(frozen=True, slots=True)
class Element:
    """A document or a data element that some body asks for: who, under which law, at which step, kept how long."""

    code: str
    wco: str
    kind: str
    name: str
    asked_by: tuple[str, ...]
    law: str
    step: str
    retention_years: int
    prefilled: str
    """Where the window has it from, so that nobody is asked twice: `profile` (the organisation's own data), `earlier`
    (its last filing), `shelf` (its documents), `window` (worked out here); empty: new with each consignment."""
    fields: tuple[str, ...]
    """Fields of the guided form that ask for it, as page.field."""


@cache
def elements() -> Mapping[str, Element]:
    """The register of elements, by code, in its own order."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _element(row) for row in csv.DictReader(file, strict=True)}


def _element(row: Mapping[str, str]) -> Element:
    return Element(
        code=row["code"],
        wco=row["wco"],
        kind=row["kind"],
        name=row["name"],
        asked_by=tuple(row["asked_by"].split()),
        law=row["law"],
        step=row["step"],
        retention_years=int(row["retention_years"]),
        prefilled=row["prefilled"],
        fields=tuple(row["field"].split()),
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request, and the rule that says so."""

    outcome: AskOutcome
    rule: str
    holder: str = ""
    """The body that is asked in the trader's place."""


def exception_of(scheme: OnceOnlyScheme, identifier: str) -> OnceOnlyException | None:
    """The published exception of an id."""
    return next((one for one in scheme.exceptions if one.id == identifier), None)


def ask_decide(
    scheme: OnceOnlyScheme | None, *, code: str, direction: str, agency: str, exception: str, held: bool
) -> Decision:
    """Whether a body may ask for a code.

    OO-002 a document that the profile exempts is not asked for; OO-001 what is here is not asked for again; both
    unless a published exception is named that goes so far; OO-003 the original that another body holds is asked of
    that body.
    """
    if scheme is None:
        return Decision(AskOutcome.ASKED, "OO-001")
    ground = exception_of(scheme, exception) if exception else None
    if code in scheme.exempt.get(direction, ()):
        lifted = ground is not None and ground.lifts_exemption
        return Decision(AskOutcome.EXCEPTED if lifted else AskOutcome.EXEMPT, "OO-002")
    if held:
        return Decision(AskOutcome.EXCEPTED if ground else AskOutcome.HELD, "OO-001")
    if ground:
        return Decision(AskOutcome.EXCEPTED, "OO-001")
    holder = scheme.originals.get(code, "")
    if holder and holder != agency:
        return Decision(AskOutcome.HOLDER_ASKED, "OO-003", holder)
    return Decision(AskOutcome.ASKED, "OO-001")
