"""What was declared, manifested and seen of some goods, side by side, with the differences marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clearance.models import Difference
from clearance.rules.matching import SENTENCES, MatchFacts
from clearance.selectors.matching import differences_of_declaration, match_facts
from declarations.types import DeclarationSnapshot
from singlewindow.capture.types import EventKind, Reading
from singlewindow.kernel import clock
from singlewindow.reference.selectors import profile
from singlewindow.web.formats import mass_text, number_text


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One thing that is compared, as three sources say it."""

    label: str
    declared: str
    manifested: str
    captured: str
    differs: bool


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A difference in words."""

    row: Difference
    sentence: str


def seen_context(snapshot: DeclarationSnapshot, *, asked: bool) -> dict[str, Any]:
    """What the part "What was seen" shows: one query, and two to three more where something differs or it is asked.

    Args:
        asked: the officer wants to see what manifests and devices say, though nothing differs.
    """
    scheme = profile(clock.today()).matching
    differences = differences_of_declaration(snapshot.id)
    if scheme is None or not (differences or asked):
        return {"seen_rows": [], "differences": [], "seen_asked": False}
    facts = match_facts(snapshot, scheme)
    standing = {one.rule for one in differences if one.gone_at is None}
    return {
        "seen_rows": [row for row in _rows(facts, standing) if row.manifested or row.captured],
        "seen_asked": asked,
        "differences": [DifferenceLine(one, _(SENTENCES.get(one.rule, one.rule))) for one in differences],
    }


def _rows(facts: MatchFacts, standing: set[str]) -> Sequence[SeenRow]:
    declared, bills = facts.declared, facts.bills
    masses = [bill.mass_kg for bill in bills if bill.mass_kg is not None]

    def row(label: str, said: str, manifested: str, captured: str, *rules: str) -> SeenRow:
        return SeenRow(label, said, manifested, captured, bool(standing & set(rules)))

    return (
        row(_("Packages"), number_text(declared.packages), _number(sum(bill.packages for bill in bills)), "", "MT-001"),
        row(
            _("Gross mass"),
            mass_text(declared.gross_mass_kg),
            mass_text(sum(masses, Decimal(0))) if masses else "",
            _weighed(facts),
            "MT-002",
            "MT-103",
        ),
        row(
            _("Containers"),
            _joined(declared.containers),
            _joined(sorted({name for bill in bills for name in bill.containers})),
            _joined(one.container for one in _kind(facts, EventKind.CONTAINER)),
            "MT-003",
            "MT-101",
        ),
        row(
            _("Seals"),
            _joined(seal for seals in declared.seals.values() for seal in seals),
            _joined(seal for bill in bills for seals in bill.containers.values() for seal in seals),
            _joined(_seal(one) for one in _kind(facts, EventKind.SEAL)),
            "MT-104",
            "MT-105",
            "MT-106",
        ),
        row(
            _("Means of transport"),
            _joined((*declared.conveyance, *declared.plates)),
            _joined(" ".join(filter(None, (bill.conveyance_id, bill.conveyance_name))) for bill in bills),
            _joined(one.plate for one in _kind(facts, EventKind.PLATE)),
            "MT-006",
            "MT-102",
        ),
        row(
            _("Exporter") if facts.claim.direction == "export" else _("Consignee"),
            declared.party_name or declared.party_id,
            _joined(bill.party_name or bill.party_id for bill in bills),
            "",
            "MT-004",
        ),
        row(
            _("Goods"),
            _joined(text for _number_, _code, text in declared.commodities[:3]),
            _joined(text for bill in bills for _code, text in bill.goods[:3]),
            _joined(filter(None, (_picture(one) for one in _kind(facts, EventKind.SCAN)))),
            "MT-005",
            "MT-107",
        ),
    )


def _kind(facts: MatchFacts, kind: EventKind) -> list[Reading]:
    return [one for one in facts.readings if one.kind is kind][:6]


def _weighed(facts: MatchFacts) -> str:
    newest: dict[str, Decimal] = {}
    for one in _kind(facts, EventKind.WEIGHT):
        if one.net_kg is not None:
            newest.setdefault(one.container or one.plate or one.mrn, one.net_kg)
    return mass_text(sum(newest.values(), Decimal(0))) if newest else ""


def _seal(one: Reading) -> str:
    words = {"broken": _("broken"), "missing": _("missing")}
    return " ".join(filter(None, (one.seal, words.get(one.seal_state, ""))))


def _picture(one: Reading) -> str:
    return one.says or {"contradicts": _("contradicts"), "agrees": _("agrees")}.get(one.verdict, "")


def _number(value: int) -> str:
    return number_text(value) if value else ""


def _joined(parts: Any) -> str:
    return ", ".join(dict.fromkeys(str(part) for part in parts if part))
