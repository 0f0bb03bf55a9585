"""Fields of the whole declaration: who, by what way, with which documents, and what is known of the parties."""

from collections.abc import Callable

from risk.rules.consignment import Consignment, amount_in, is_proof, party_key
from risk.rules.fields import HeaderReader, Kind, codes, header_field, number, share
from risk.types import Facts, PartyRecord

K = Kind


def _documents(consignment: Consignment) -> list[str]:
    message = consignment.message
    named = [document.code for document in message.documents]
    named += [document.code for item in message.items for document in item.documents]
    return [code for code in named if code]


def _freight_share(consignment: Consignment, facts: Facts) -> float | None:
    valuation = consignment.message.valuation
    freight = amount_in(valuation.freight, facts) if valuation is not None else None
    return share(freight, consignment.total_value or None)


def _packages(consignment: Consignment) -> float | None:
    message = consignment.message
    counted = sum(packages.count or 0 for item in message.items for packages in item.packages)
    return number(counted or message.total_packages)


def _gross(consignment: Consignment) -> float | None:
    masses = [item.gross_mass_kg for item in consignment.message.items if item.gross_mass_kg is not None]
    return number(sum(masses) if masses else consignment.message.total_gross_mass_kg)


def _net(consignment: Consignment) -> float | None:
    return number(consignment.message.net_mass_total_kg()) or None


def _transport(name: str) -> HeaderReader:
    def read(consignment: Consignment, facts: Facts) -> str | None:
        transport = consignment.message.transport
        return getattr(transport, name) or None if transport is not None else None

    return read


def _representation(consignment: Consignment, facts: Facts) -> str | None:
    representative = consignment.message.representative
    return str(representative.status) if representative is not None and representative.status else None


# What it is
header_field("direction", K.CODE, "Import or export", "declaration", lambda c, f: "IM" if c.is_import else "EX")
header_field("type_code", K.CODE, "Type of declaration", "declaration", lambda c, f: c.message.type_code or None)
header_field("office", K.CODE, "Office", "declaration", lambda c, f: f.office or c.message.office or None)
header_field("items", K.NUMBER, "Items", "declaration", lambda c, f: float(len(c.lines)))
header_field("prelodged", K.FLAG, "Lodged before the goods arrived", "declaration", lambda c, f: f.prelodged)
header_field(
    "lodged_hour",
    K.NUMBER,
    "Hour of lodging",
    "declaration",
    lambda c, f: float(f.lodged_at.hour) if f.lodged_at is not None else None,
)
header_field(
    "lodged_weekday",
    K.NUMBER,
    "Weekday of lodging, 1 is Monday",
    "declaration",
    lambda c, f: float(f.lodged_at.isoweekday()) if f.lodged_at is not None else None,
)
header_field("nature", K.CODE, "Nature of the transaction", "declaration", lambda c, f: c.message.transaction_nature)

# Who
header_field("trader", K.CODE, "Trader here", "parties", lambda c, f: c.trader_key or None)
header_field("partner", K.CODE, "Partner abroad", "parties", lambda c, f: c.partner_key or None)
header_field("declarant", K.CODE, "Declarant", "parties", lambda c, f: c.declarant_key or None)
header_field(
    "representative",
    K.CODE,
    "Representative",
    "parties",
    lambda c, f: party_key(c.message.representative) or None,
)
header_field("representation", K.CODE, "Direct or indirect representation", "parties", _representation)
header_field(
    "represented", K.FLAG, "A representative acts", "parties", lambda c, f: c.message.representative is not None
)
header_field(
    "carrier",
    K.CODE,
    "Carrier",
    "parties",
    lambda c, f: party_key(c.message.transport.carrier) or None if c.message.transport else None,
)
header_field("trusted", K.FLAG, "Authorised operator", "parties", lambda c, f: f.trusted)
header_field(
    "registered_days",
    K.NUMBER,
    "Days since the trader registered here",
    "parties",
    lambda c, f: float((f.on - f.registered_on).days) if f.registered_on is not None else None,
    "days",
)

# By what way
header_field("dispatch", K.CODE, "Country of dispatch", "route", lambda c, f: c.dispatch or None)
header_field(
    "destination", K.CODE, "Country of destination", "route", lambda c, f: c.message.destination_country or None
)
header_field(
    "itinerary",
    K.CODES,
    "Countries on the way",
    "route",
    lambda c, f: codes(c.message.transport.itinerary) if c.message.transport else None,
)
header_field("countries", K.CODES, "All countries named", "route", lambda c, f: codes(c.countries))
header_field("mode", K.CODE, "Mode of transport at the border", "transport", _transport("border_mode"))
header_field("inland_mode", K.CODE, "Mode of transport inland", "transport", _transport("inland_mode"))
header_field("loading_location", K.CODE, "Place of loading", "transport", _transport("loading_location"))
header_field(
    "nationality", K.CODE, "Nationality of the means of transport", "transport", _transport("border_nationality")
)
header_field("containers", K.NUMBER, "Containers", "transport", lambda c, f: float(len(c.container_ids)))
header_field(
    "seals",
    K.NUMBER,
    "Seals",
    "transport",
    lambda c, f: float(sum(len(equipment.seals) for equipment in c.message.equipment)),
)

# What it is worth, and weighs
header_field("total_value", K.NUMBER, "Value of the goods", "value", lambda c, f: float(c.total_value), "currency")
header_field(
    "currency",
    K.CODE,
    "Currency of the invoice",
    "value",
    lambda c, f: next((item.price.currency for item in c.message.items if item.price is not None), None),
)
header_field("freight_share", K.NUMBER, "Freight as a share of the value", "value", _freight_share)
header_field(
    "incoterm",
    K.CODE,
    "Terms of delivery",
    "value",
    lambda c, f: c.message.delivery_terms.incoterm if c.message.delivery_terms is not None else None,
)
header_field("total_gross_mass", K.NUMBER, "Gross mass of all goods", "goods", lambda c, f: _gross(c), "kg")
header_field("total_net_mass", K.NUMBER, "Net mass of all goods", "goods", lambda c, f: _net(c), "kg")
header_field("net_share", K.NUMBER, "Net mass as a share of gross", "goods", lambda c, f: share(_net(c), _gross(c)))
header_field("packages", K.NUMBER, "Packages of all goods", "goods", lambda c, f: _packages(c))
header_field(
    "package_mass",
    K.NUMBER,
    "Gross mass per package of all goods",
    "goods",
    lambda c, f: share(_gross(c), _packages(c)),
    "kg",
)

# With which documents
header_field("documents", K.CODES, "Documents", "documents", lambda c, f: codes(_documents(c)))
header_field("document_count", K.NUMBER, "Number of documents", "documents", lambda c, f: float(len(_documents(c))))
header_field(
    "proof_of_origin",
    K.FLAG,
    "A proof of origin is among the documents",
    "documents",
    lambda c, f: any(is_proof(code) for code in _documents(c)),
)

# What is known of the parties
header_field("pair_seen", K.FLAG, "The partners traded before", "history", lambda c, f: f.pair_seen)
header_field("office_seen", K.FLAG, "The trader declared at this office before", "history", lambda c, f: f.office_seen)

PARTY_COUNTS = (
    ("declarations_month", "declarations in 30 days"),
    ("declarations_quarter", "declarations in 90 days"),
    ("declarations_year", "declarations in 365 days"),
    ("changes_quarter", "changes in 90 days"),
    ("changes_year", "changes in 365 days"),
    ("inspections_quarter", "checks in 90 days"),
    ("inspections_year", "checks in 365 days"),
    ("findings_quarter", "findings in 90 days"),
    ("findings_year", "findings in 365 days"),
)
PARTY_SHARES = (
    ("changes_share", "share changed in 365 days", "changes_year", "declarations_year"),
    ("findings_share", "share of checks with a finding in 365 days", "findings_year", "inspections_year"),
)


def _count(of: Callable[[Facts], PartyRecord], name: str) -> HeaderReader:
    return lambda c, f: float(getattr(of(f), name))


def _share(of: Callable[[Facts], PartyRecord], part: str, whole: str) -> HeaderReader:
    return lambda c, f: share(getattr(of(f), part), getattr(of(f), whole))


def _party(prefix: str, label: str, of: Callable[[Facts], PartyRecord]) -> None:
    """The history of one party, as of the instant of scoring."""
    header_field(
        f"{prefix}_known_days",
        K.NUMBER,
        f"{label}: days since first seen",
        "history",
        lambda c, f: float((f.on - first).days) if (first := of(f).first_seen) is not None else None,
        "days",
    )
    for name, words in PARTY_COUNTS:
        header_field(f"{prefix}_{name}", K.NUMBER, f"{label}: {words}", "history", _count(of, name))
    for name, words, part, whole in PARTY_SHARES:
        header_field(f"{prefix}_{name}", K.NUMBER, f"{label}: {words}", "history", _share(of, part, whole))
    header_field(
        f"{prefix}_kinds_found",
        K.CODES,
        f"{label}: kinds of findings so far",
        "history",
        lambda c, f: codes(of(f).kinds_found),
    )


_party("trader", "Trader", lambda facts: facts.trader)
_party("partner", "Partner", lambda facts: facts.partner)
_party("declarant", "Declarant", lambda facts: facts.declarant)
