"""The tariff as it is read by people: lines, notes and measures in words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fees.types.kinds import Direction, MeasureKind


@dataclass(frozen=True, slots=True)
class NoteText:
    """A code of the tariff and what it means; the text is empty where nothing explains it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NomenclatureLine:
    """A line of the goods nomenclature where it stands in the tree."""

    code: str
    """Ten digits."""
    suffix: str
    """80: a code; anything else groups the lines below it."""
    depth: int
    """0 for a chapter, 1 for a heading, more below."""
    description: str
    unit: str
    declarable: bool
    parent: str
    """Code of the line that it stands under; empty for a chapter."""
    children: int
    """How many lines stand directly under it."""
    footnotes: tuple[NoteText, ...]
    valid_from: date
    valid_to: date | None

    @property
    def shown(self) -> str:
        """The digits that say something: `09`, `0901`, `090121`, `0901210010`."""
        for length in (2, 4, 6, 8):
            if self.depth <= max(0, (length - 2) // 2) and not self.code[length:].strip("0"):
                return self.code[:length]
        return self.code


@dataclass(frozen=True, slots=True)
class ConditionText:
    """One condition of a measure with what its codes mean."""

    code: NoteText
    document: NoteText | None
    amount: Decimal | None
    unit: str
    action: str
    rate: str
    """That applies then; empty for the measure's own."""


@dataclass(frozen=True, slots=True)
class MeasureText:
    """A measure that answers a code, a country and a day, with conditions and footnotes as texts."""

    key: str
    kind: MeasureKind
    tax_type: str
    prefix: str
    origin: NoteText
    excluded: tuple[NoteText, ...]
    direction: Direction
    additional_code: NoteText | None
    order_number: str
    rate: str
    """As law has it; empty for a prohibition or a requirement."""
    conditions: tuple[ConditionText, ...]
    footnotes: tuple[NoteText, ...]
    law: str
    authority: str
    valid_from: date
    valid_to: date | None
    prevails: bool
    """False where a narrower measure of the same kind takes its place (FE-TAR-01)."""
