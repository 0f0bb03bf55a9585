"""The measures of the tariff as a person reads them: for a code, a country and a day, as of any day."""

from dataclasses import dataclass
from datetime import date, datetime

from fees.rules.tariff import ERGA_OMNES, Condition, Measure, TariffIndex, rank
from fees.selectors.nomenclature import NoteBook, note_book
from fees.selectors.tariff import tariff_at
from fees.selectors.versions import version_known, version_of
from fees.types import CONTROLS, ConditionText, Direction, MeasureKind, MeasureText, NoteKind, NoteText
from singlewindow.reference.selectors import codes, country_name
from singlewindow.reference.types import CodeListName

ORDER = {kind: place for place, kind in enumerate(MeasureKind)}


@dataclass(frozen=True, slots=True)
class TariffAsOf:
    """The tariff of a day, as it was known at an instant."""

    version: int
    label: str
    loaded_at: datetime
    on: date
    index: TariffIndex

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure in force on the day."""
        return self.index.measures_on(self.on)


def tariff_as_of(on: date, known_at: datetime | None = None) -> TariffAsOf:
    """The measures in force on a day, by the version that stood at an instant: now, unless one is given.

    Source: docs/rules/fees.md, FE-TAR-13.

    Raises:
        NotFound: no tariff was loaded at that time.
    """
    version = version_known(known_at)
    return TariffAsOf(version.pk, str(version), version.loaded_at, on, tariff_at(version.pk, version.sha256))


def measures_for(
    code: str, country: str, direction: Direction, on: date, *, version: int | None = None
) -> tuple[MeasureText, ...]:
    """Every measure that answers a code on a day, with conditions and footnotes as texts.

    Duties first, then in the order of `MeasureKind`; of one kind the narrowest first. One that a narrower measure of
    the same kind replaces is there and marked so (`prevails`).

    Args:
        country: of origin (import) or destination (export); empty for every country.
        version: number of a version of the tariff; the current one without.

    Raises:
        NotFound: there is no such version.
    """
    stood = version_of(version)
    index, notes = tariff_at(stood.pk, stood.sha256), note_book(stood.pk)
    origins = index.groups_of(country, on) | {country, ERGA_OMNES} if country else None
    found = [
        measure
        for measure in index.measures_of(code, direction, on)
        if origins is None or (measure.origin in origins and origins.isdisjoint(measure.excluded))
    ]
    best = _prevailing(found, every_country=origins is None)
    found.sort(key=lambda one: (ORDER[one.kind], one.order_number, tuple(-part for part in rank(one)), one.key))
    return tuple(_text(measure, notes, index, on, prevails=measure.key in best) for measure in found)


def _prevailing(found: list[Measure], *, every_country: bool) -> set[str]:
    best: dict[tuple[str, ...], Measure] = {}
    for one in found:
        named = one.key if one.kind in CONTROLS else one.additional_code
        origin = one.origin if every_country or one.kind is MeasureKind.PREFERENCE else ""
        slot = (one.kind.value, one.tax_type, named, one.order_number, origin)
        if slot not in best or rank(one) > rank(best[slot]):
            best[slot] = one
    return {measure.key for measure in best.values()}


def _text(measure: Measure, notes: NoteBook, index: TariffIndex, on: date, *, prevails: bool) -> MeasureText:
    extra = measure.additional_code
    return MeasureText(
        key=measure.key,
        kind=measure.kind,
        tax_type=measure.tax_type,
        prefix=measure.prefix,
        origin=_area(measure.origin, notes, on),
        excluded=tuple(_area(area, notes, on) for area in measure.excluded),
        direction=measure.direction,
        additional_code=notes.text(NoteKind.ADDITIONAL_CODE, extra, on) if extra else None,
        order_number=measure.order_number,
        rate="" if measure.kind in CONTROLS else measure.expression.text,
        conditions=tuple(_condition(one, notes, on) for one in measure.conditions),
        footnotes=tuple(notes.text(NoteKind.FOOTNOTE, code, on) for code in measure.footnotes),
        law=measure.law,
        authority=measure.authority,
        valid_from=measure.valid_from,
        valid_to=measure.valid_to,
        prevails=prevails,
    )


def _area(code: str, notes: NoteBook, on: date) -> NoteText:
    found = notes.text(NoteKind.AREA, code, on)
    return NoteText(code, country_name(code)) if not found.text and len(code) == 2 else found


def _condition(one: Condition, notes: NoteBook, on: date) -> ConditionText:
    return ConditionText(
        code=notes.text(NoteKind.CONDITION, one.code, on),
        document=_document(one.document, notes, on) if one.document else None,
        amount=one.amount,
        unit=one.unit,
        action=one.action,
        rate=one.expression,
    )


def _document(code: str, notes: NoteBook, on: date) -> NoteText:
    found = notes.text(NoteKind.CERTIFICATE, code, on)
    if found.text:
        return found
    name = next((one.name for one in codes(CodeListName.DOCUMENT_TYPE, on) if one.code == code), "")
    return NoteText(code, name)
