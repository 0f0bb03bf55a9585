"""RM-TRA and RM-ALE: containers and means of transport that do not fit, and what is watched for."""

import re
from collections.abc import Iterator

from risk.rules.consignment import Consignment
from risk.rules.registry import SAFE, Hit, gettext_noop, risk_rule
from risk.types import AlertKind, Facts, Lane, TraderStep
from singlewindow.kernel.mrn import container_number_is_valid

IMO_NUMBER = re.compile(r"(?:IMO)?\s?([0-9]{7})", re.ASCII)
IMO_TYPES = frozenset({"10"})
"""Kind of identification that is an IMO ship number."""
MODES_OF_ANY_MEANS = frozenset({"5", "7", "9"})
"""Post, fixed installations and own propulsion carry no identification of a kind of their own."""
CONTAINER_MODES = frozenset({"1", "2", "3", "8"})
CONTAINER_USERS_FROM = 3
"""Other consignees of one container in a week from which it is odd (RM-TRA-04)."""


@risk_rule(
    "RM-TRA-01",
    says=gettext_noop("container %(container)s"),
    points=8,
    step=TraderStep.TRANSPORT,
    basis="ISO 6346",
)
def container_number_wrong(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A container number is not of the form of ISO 6346 or its check digit is wrong."""
    for number in consignment.container_ids:
        if not container_number_is_valid(number):
            yield Hit(None, {"container": number})


@risk_rule(
    "RM-TRA-02",
    says=gettext_noop("container indicator %(indicator)s, %(count)s container numbers"),
    points=6,
    step=TraderStep.TRANSPORT,
    basis=SAFE,
)
def container_indicator_contradicts(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The container indicator says containers and none is named, or none and some are named."""
    transport = consignment.message.transport
    if transport is None or transport.container_indicator is None:
        return
    if transport.container_indicator != bool(consignment.container_ids):
        indicator = "1" if transport.container_indicator else "0"
        yield Hit(None, {"indicator": indicator, "count": str(len(consignment.container_ids))})


@risk_rule(
    "RM-TRA-03",
    says=gettext_noop("mode %(mode)s with an identification of kind %(kind)s (%(id)s)"),
    points=8,
    step=TraderStep.TRANSPORT,
    basis=SAFE,
)
def transport_contradicts_mode(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The means of transport at the border is identified in the manner of another mode."""
    transport = consignment.message.transport
    if transport is None or transport.border_mode is None or transport.border_mode in MODES_OF_ANY_MEANS:
        return
    kind = transport.border_id_type
    if kind is not None and len(kind) == 2 and kind[0] != transport.border_mode:
        yield Hit(None, {"mode": transport.border_mode, "kind": kind, "id": transport.border_id or ""})


@risk_rule(
    "RM-TRA-04",
    says=gettext_noop("container %(container)s served %(count)s other consignees within a week"),
    points=12,
    step=TraderStep.TRANSPORT,
    basis=SAFE,
    users=CONTAINER_USERS_FROM,
)
def container_used_often(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Three or more other consignees declared the same container within seven days."""
    for number in consignment.container_ids:
        users = facts.container_users.get(number, 0)
        if users >= CONTAINER_USERS_FROM:
            yield Hit(None, {"container": number, "count": str(users)})


@risk_rule(
    "RM-TRA-05",
    says=gettext_noop("ship number %(id)s"),
    points=6,
    step=TraderStep.TRANSPORT,
    basis="IMO resolution A.1117(30)",
)
def ship_number_wrong(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The ship's IMO number is not of its form or its check digit is wrong."""
    transport = consignment.message.transport
    if transport is None:
        return
    for kind, number in (
        (transport.border_id_type, transport.border_id),
        (transport.arrival_id_type, transport.arrival_id),
    ):
        if kind in IMO_TYPES and number and not imo_number_is_valid(number):
            yield Hit(None, {"id": number})
            return


def imo_number_is_valid(number: str) -> bool:
    """Whether a ship number has seven digits of which the last is the check digit."""
    match = IMO_NUMBER.fullmatch(number.strip().upper())
    if match is None:
        return False
    digits = [int(digit) for digit in match[1]]
    return sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]


@risk_rule(
    "RM-TRA-06",
    says=gettext_noop("mode %(mode)s with containers %(containers)s"),
    points=6,
    step=TraderStep.TRANSPORT,
    basis=SAFE,
)
def containers_contradict_mode(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Freight containers are declared for a mode that does not carry them (air, post, pipeline)."""
    transport = consignment.message.transport
    if transport is None or transport.border_mode is None or transport.border_mode in CONTAINER_MODES:
        return
    containers = [number for number in consignment.container_ids if container_number_is_valid(number)]
    if containers:
        yield Hit(None, {"mode": transport.border_mode, "containers": ", ".join(containers[:3])})


def _alerts(facts: Facts, *kinds: AlertKind) -> Iterator[Hit]:
    for alert in facts.alerts:
        if alert.kind in kinds:
            yield Hit(None, {"value": alert.value, "reason": alert.reason, "until": alert.valid_to.isoformat()})


@risk_rule(
    "RM-ALE-01",
    says=gettext_noop("%(value)s: %(reason)s (until %(until)s)"),
    lane=Lane.RED,
    step=TraderStep.DOCUMENTS,
    basis=SAFE,
)
def party_watched(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A party is on the alert list, by identification or by name."""
    yield from _alerts(facts, AlertKind.PARTY, AlertKind.NAME)


@risk_rule(
    "RM-ALE-02",
    says=gettext_noop("%(value)s: %(reason)s (until %(until)s)"),
    lane=Lane.RED,
    step=TraderStep.DOCUMENTS,
    basis=SAFE,
)
def container_watched(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A container is on the alert list."""
    yield from _alerts(facts, AlertKind.CONTAINER)


@risk_rule(
    "RM-ALE-03",
    says=gettext_noop("%(value)s of origin %(origin)s: %(reason)s (until %(until)s)"),
    lane=Lane.RED,
    step=TraderStep.DOCUMENTS,
    basis=SAFE,
)
def goods_watched(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Goods of this commodity and origin are on the alert list."""
    for alert in facts.alerts:
        if alert.kind is not AlertKind.GOODS:
            continue
        for line in consignment.lines:
            if (line.item.commodity_code or "").startswith(alert.value) and alert.origin in ("", line.origin):
                figures = {"value": alert.value, "origin": line.origin, "reason": alert.reason}
                yield Hit(line.number, figures | {"until": alert.valid_to.isoformat()})


@risk_rule(
    "RM-ALE-04",
    says=gettext_noop("%(country)s: %(basis)s"),
    lane=Lane.RED,
    step=TraderStep.DOCUMENTS,
    basis="The resolution named with the country",
)
def embargoed_country(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The goods come from, go to or pass a country under embargo, or a party has its address there."""
    for country in consignment.countries:
        basis = facts.fact_set.embargoed.get(country)
        if basis is not None:
            yield Hit(None, {"country": country, "basis": basis})
