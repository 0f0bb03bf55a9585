"""Lines of the nomenclature from the records that stand: cut wherever indent or description changes."""

from datetime import date
from typing import Any

from fees.rules.taric3.rows import Derived, in_language, spans, validity
from fees.rules.taric3.state import Kept, State, by_field, of_type

TEXT_MOST = 1_000


def nomenclature_derive(state: State, derived: Derived) -> None:
    """Add the lines of the nomenclature. Which of them can be declared is found from all lines together, later."""
    indents = by_field(state, "goods.nomenclature.indents", "goods.nomenclature.sid")
    periods = by_field(state, "goods.nomenclature.description.period", "goods.nomenclature.sid")
    texts = by_field(state, "goods.nomenclature.description", "goods.nomenclature.description.period.sid")
    notes = by_field(state, "footnote.association.goods.nomenclature", "goods.nomenclature.sid")
    for kept in of_type(state, "goods.nomenclature"):
        sid = (kept.values["goods.nomenclature.sid"],)
        own_indents, own_periods = indents.get(sid, []), periods.get(sid, [])
        days = validity(kept.values)
        starts = [_start(one) for one in (*own_indents, *own_periods)]
        made = False
        for first, last in spans(days["valid_from"], days["valid_to"], starts):
            period, indent = _latest(own_periods, first), _latest(own_indents, first)
            if period is None:
                continue
            text = in_language(texts.get((period.values["goods.nomenclature.description.period.sid"],), []))
            if text:
                row = _row(kept, text, indent, notes.get(sid, []))
                derived.add("nomenclature", row | {"valid_from": first, "valid_to": last}, kept)
                made = True
        if not made:
            code = kept.values["goods.nomenclature.item.id"]
            derived.leave(kept, f"goods.nomenclature {code}", "it has no description on any day that it holds")


def _row(kept: Kept, text: str, indent: Kept | None, notes: list[Kept]) -> dict[str, Any]:
    code = str(kept.values["goods.nomenclature.item.id"])
    deep = int(str(indent.values["number.indents"])) if indent else 0 if not code[4:].strip("0") else 1
    return {
        "code": code,
        "suffix": str(kept.values["producline.suffix"]),
        "indent": deep,
        "description": text[:TEXT_MOST],
        "unit": "",
        "declarable": str(kept.values["producline.suffix"]) == "80",
        "footnotes": sorted(f"{note.values['footnote.type']}{note.values['footnote.id']}" for note in notes),
    }


def _latest(records: list[Kept], on: date) -> Kept | None:
    begun = [one for one in records if _start(one) <= on]
    return max(begun, key=_start) if begun else None


def _start(kept: Kept) -> date:
    start = kept.values["validity.start.date"]
    assert isinstance(start, date)  # the reader takes nothing else for a day
    return start
