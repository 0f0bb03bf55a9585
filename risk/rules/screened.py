"""What of a declaration is held against sanctions and denied-party lists, and the finding that comes of a match."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from declarations.schemas import DeclarationMessage, Party, Representative
from risk.rules.consignment import named_parties
from risk.types import Finding, Lane, TraderStep
from singlewindow.screening.types import Match, QueryKind, ScreenQuery

SCREENING = "RM-SCR-01"
IMO, VESSEL_NAME = "10", "11"
"""Kinds of identification of a means of transport that name a ship. Source: UN/EDIFACT code list, as in cargo."""
WHERE = "transport"


def screen_queries(message: DeclarationMessage) -> list[ScreenQuery]:
    """Every party, its address, and the vessel of a declaration, once each."""
    return list(dict.fromkeys([*_parties(message), *_vessel(message)]))


def screening_finding(matches: Sequence[Match], least: float) -> Finding | None:
    """The hard finding of confirmed or undecided matches; the strongest speaks, the others are counted.

    Source: docs/rules/risk.md, RM-SCR-01.

    Args:
        least: the score from which a match counts, beside the threshold of its own kind.
    """
    counted = [match for match in matches if match.confirmed or match.score >= max(least, match.threshold)]
    if not counted:
        return None
    first = max(counted, key=lambda match: (match.confirmed, match.score, match.entry.uid))
    figures = {
        "asked": first.query.name or first.query.identifier,
        "where": first.query.reference,
        "listed": first.matched_name,
        "list": first.entry.source.value,
        "uid": first.entry.uid,
        "entry": str(first.entry.id),
        "programmes": ", ".join(first.entry.programmes[:5]),
        "score": f"{first.score:.1f}",
        "threshold": f"{first.threshold:.1f}",
        "found_by": first.found_by.value,
        "words": "; ".join(f"{pair.asked} = {pair.listed} ({pair.alike})" for pair in first.pairs[:8]),
        "decision": "confirmed" if first.confirmed else "undecided",
        "matches": str(len(counted)),
    }
    text = f"{figures['asked']} is like {first.matched_name} of {figures['list']} ({figures['score']} of 100)"
    return Finding(SCREENING, Decimal(0), text, None, (), Lane.RED, TraderStep.DOCUMENTS, figures)


def _parties(message: DeclarationMessage) -> Iterator[ScreenQuery]:
    for party in named_parties(message):
        country = _country(party)
        if party.name:
            yield ScreenQuery(party.name, QueryKind.PARTY, country, identifier=party.id or "", reference="party")
        address = getattr(party, "address", None)
        if address is not None and address.line:
            street = " ".join(part for part in (address.line, address.city) if part)
            yield ScreenQuery(street, QueryKind.ADDRESS, country, reference="address")


def _country(party: Party | Representative) -> str:
    address = getattr(party, "address", None)
    return (address.country or "") if address is not None else ""


def _vessel(message: DeclarationMessage) -> Iterator[ScreenQuery]:
    transport = message.transport
    if transport is None:
        return
    if transport.border_name:
        yield ScreenQuery(transport.border_name, QueryKind.VESSEL, transport.border_nationality or "", reference=WHERE)
    for number, kind in (
        (transport.border_id, transport.border_id_type),
        (transport.arrival_id, transport.arrival_id_type),
    ):
        if number and kind == VESSEL_NAME:
            yield ScreenQuery(number, QueryKind.VESSEL, transport.border_nationality or "", reference=WHERE)
        elif number and kind == IMO:
            yield ScreenQuery("", QueryKind.VESSEL, identifier=f"IMO {number}", reference=WHERE)
