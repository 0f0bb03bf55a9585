"""RM-ROU and RM-ORI: routes that do not fit the goods, and origins that do not fit the route."""

from collections.abc import Iterator

from risk.rules.consignment import PROOFS, Consignment, Line, is_proof
from risk.rules.registry import ORIGIN_ACT, SAFE, Hit, gettext_noop, risk_rule
from risk.types import Facts, TraderStep

PREFERENCES = frozenset("2345")
"""First digit of a duty regime under which a preferential origin is claimed (2 GSP, 3 agreement, 4 union, 5 other)."""
CUSTOMS_UNION = "EU"
"""An origin that is no single country: its members are those that the usual routes from it name."""


@risk_rule(
    "RM-ROU-01",
    says=gettext_noop("origin %(origin)s, sent from %(dispatch)s"),
    points=6,
    step=TraderStep.ROUTE,
    basis=SAFE,
)
def unusual_dispatch(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The goods are sent from a country that is neither their origin nor on a usual route from it."""
    if not consignment.is_import or not facts.fact_set.routes:
        return
    for line in consignment.lines:
        if len(line.origin) == 2 and line.dispatch and line.origin != line.dispatch:
            if (line.origin, line.dispatch) in facts.fact_set.routes or ("*", line.dispatch) in facts.fact_set.routes:
                continue
            yield Hit(line.number, {"origin": line.origin, "dispatch": line.dispatch})


@risk_rule(
    "RM-ROU-02",
    says=gettext_noop("mode %(mode)s from %(dispatch)s; usual is %(usual)s"),
    points=10,
    step=TraderStep.ROUTE,
    basis=SAFE,
)
def unusual_mode(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Goods from this country do not usually arrive by this mode of transport."""
    transport = consignment.message.transport
    usual = facts.fact_set.modes.get(consignment.dispatch)
    if not consignment.is_import or transport is None or transport.border_mode is None or usual is None:
        return
    if transport.border_mode not in usual:
        yield Hit(
            None,
            {"mode": transport.border_mode, "dispatch": consignment.dispatch, "usual": ", ".join(sorted(usual))},
        )


@risk_rule(
    "RM-ROU-03",
    says=gettext_noop("route through %(countries)s, where goods of many origins are sent on"),
    points=6,
    step=TraderStep.ROUTE,
    basis=SAFE,
)
def route_through_hub(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The declared itinerary leads through a country where goods of many origins are sent on."""
    transport = consignment.message.transport
    if transport is None or not consignment.is_import:
        return
    hubs = [country for country in transport.itinerary if country in facts.fact_set.hubs]
    if hubs and not any(line.origin in hubs for line in consignment.lines):
        yield Hit(None, {"countries": ", ".join(hubs)})


def _claims_preference(line: Line) -> bool:
    return line.item.preference is not None and line.item.preference[0] in PREFERENCES


def _preferential_origin(line: Line) -> str:
    return line.item.preferential_origin or line.origin


@risk_rule(
    "RM-ORI-01",
    says=gettext_noop("preference %(preference)s for origin %(origin)s, sent from %(dispatch)s"),
    points=30,
    step=TraderStep.ORIGIN,
    basis=ORIGIN_ACT,
)
def preference_from_hub(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A preference is claimed for goods sent from a country where goods of many origins are sent on."""
    for line in consignment.lines if consignment.is_import else ():
        origin = _preferential_origin(line)
        if _claims_preference(line) and line.dispatch in facts.fact_set.hubs and line.dispatch != origin:
            yield Hit(line.number, _preference_figures(line))


@risk_rule(
    "RM-ORI-02",
    says=gettext_noop("preference %(preference)s for origin %(origin)s, sent from %(dispatch)s"),
    points=10,
    step=TraderStep.ORIGIN,
    basis=ORIGIN_ACT + " (direct consignment)",
)
def preference_not_direct(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A preference is claimed for goods that are not sent from their origin (hubs: RM-ORI-01)."""
    for line in consignment.lines if consignment.is_import else ():
        origin = _preferential_origin(line)
        if not _claims_preference(line) or len(origin) != 2 or not line.dispatch:
            continue
        if origin == CUSTOMS_UNION and (origin, line.dispatch) in facts.fact_set.routes:
            continue
        if line.dispatch != origin and line.dispatch not in facts.fact_set.hubs:
            yield Hit(line.number, _preference_figures(line))


@risk_rule(
    "RM-ORI-03",
    says=gettext_noop("preference %(preference)s for origin %(origin)s without a proof of origin"),
    points=12,
    step=TraderStep.ORIGIN,
    basis=ORIGIN_ACT,
    proofs=PROOFS,
)
def preference_without_proof(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A preference is claimed and no proof of origin is among the documents."""
    if not consignment.is_import or any(is_proof(d.code) for d in consignment.message.documents):
        return
    for line in consignment.lines:
        if _claims_preference(line) and not any(is_proof(d.code) for d in line.item.documents):
            yield Hit(line.number, _preference_figures(line))


def _preference_figures(line: Line) -> dict[str, str]:
    return {
        "preference": line.item.preference or "",
        "origin": _preferential_origin(line) or "?",
        "dispatch": line.dispatch or "?",
    }
