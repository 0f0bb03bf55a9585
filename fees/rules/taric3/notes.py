"""What codes mean, and which countries a group has, from the records that stand."""

from collections.abc import Callable, Mapping
from typing import Final

from fees.rules.taric3.envelope import Value
from fees.rules.taric3.rows import Derived, in_language, spans, validity
from fees.rules.taric3.state import Kept, State, by_field, of_type
from fees.types import NoteKind

TEXT_MOST: Final = 2_000
COUNTRY: Final = "0"

Coded = Callable[[Mapping[str, object]], str]

DESCRIBED: Final[tuple[tuple[NoteKind, str, tuple[str, ...], Coded], ...]] = (
    (
        NoteKind.FOOTNOTE,
        "footnote",
        ("footnote.type.id", "footnote.id"),
        lambda values: f"{values['footnote.type.id']}{values['footnote.id']}",
    ),
    (
        NoteKind.CERTIFICATE,
        "certificate",
        ("certificate.type.code", "certificate.code"),
        lambda values: f"{values['certificate.type.code']}{values['certificate.code']}",
    ),
    (
        NoteKind.ADDITIONAL_CODE,
        "additional.code",
        ("additional.code.sid",),
        lambda values: f"{values['additional.code.type.id']}{values['additional.code']}",
    ),
    (
        NoteKind.AREA,
        "geographical.area",
        ("geographical.area.sid",),
        lambda values: str(values["geographical.area.id"]),
    ),
)
"""Things with periods of descriptions: kind of note, type of record, what names one, and its code here."""


def notes_derive(state: State, derived: Derived) -> None:
    """Add the notes that descriptions stand for, each for the days of its period."""
    for kind, element, named_by, code in DESCRIBED:
        periods = by_field(state, f"{element}.description.period", *named_by)
        texts = by_field(state, f"{element}.description", f"{element}.description.period.sid")
        for kept in of_type(state, element):
            mine = periods.get(tuple(kept.values.get(name, "") for name in named_by), [])
            _described(kind, element, code(kept.values), kept, mine, texts, derived)
    _condition_codes(state, derived)


def _described(
    kind: NoteKind,
    element: str,
    code: str,
    kept: Kept,
    periods: list[Kept],
    texts: Mapping[tuple[Value, ...], list[Kept]],
    derived: Derived,
) -> None:
    begun = {period.values["validity.start.date"]: period for period in periods}
    days = validity(kept.values)
    said = False
    for first, last in spans(days["valid_from"], days["valid_to"], list(begun)):
        current = [day for day in begun if day <= first]
        period = begun[max(current)] if current else None
        if period is None:
            continue
        text = in_language(texts.get((period.values[f"{element}.description.period.sid"],), []))
        if text:
            row = {"kind": kind.value, "code": code, "text": text[:TEXT_MOST], "valid_from": first, "valid_to": last}
            derived.add("tariff_notes", row, kept)
            said = True
    if not said:
        derived.leave(kept, f"{element} {code}", "it has no description on any day that it holds")


def _condition_codes(state: State, derived: Derived) -> None:
    texts = by_field(state, "measure.condition.code.description", "condition.code")
    for kept in of_type(state, "measure.condition.code"):
        code = str(kept.values["condition.code"])
        text = in_language(texts.get((code,), []))
        if text:
            row = {"kind": NoteKind.CONDITION.value, "code": code, "text": text[:TEXT_MOST]} | validity(kept.values)
            derived.add("tariff_notes", row, kept)
        else:
            derived.leave(kept, f"measure.condition.code {code}", "it has no description")


def groups_derive(state: State, derived: Derived) -> None:
    """Add the countries of each group of origins."""
    areas = {kept.values["geographical.area.sid"]: kept.values for kept in of_type(state, "geographical.area")}
    titles = by_field(state, "geographical.area.description", "geographical.area.sid")
    for kept in of_type(state, "geographical.membership"):
        member = areas.get(kept.values["geographical.area.sid"])
        group = areas.get(kept.values["geographical.area.group.sid"])
        what = f"geographical.membership {kept.values['geographical.area.sid']}"
        if member is None or group is None:
            derived.leave(kept, what, "its area or its group is not here")
            continue
        country, name = str(member["geographical.area.id"]), str(group["geographical.area.id"])
        if len(country) != 2:
            derived.leave(kept, what, f"{country} is no country")
            continue
        title = in_language(titles.get((group["geographical.area.sid"],), [])) or name
        row = {"group": name, "title": title[:120], "country": country, "claim": ""} | validity(kept.values)
        derived.add("origin_groups", row, kept)
