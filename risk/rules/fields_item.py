"""Fields of each item: the goods, their value and mass against what is usual, their origin and what they owe."""

from decimal import Decimal

from risk.rules.bands import MASS, VALUE, learned, place, quantile
from risk.rules.consignment import Line, is_proof
from risk.rules.fields import Kind, codes, item_field, number, share
from risk.types import Facts

K = Kind


def _unit_mass(line: Line) -> float | None:
    quantity = line.item.supplementary_quantity
    return share(line.item.net_mass_kg, quantity.quantity) if quantity is not None else None


def _median(line: Line, facts: Facts, measure: str, from_table: Decimal | None) -> float | None:
    """The median learned of this origin, else that of the fact tables, else that learned of the world (RM-FCT-02)."""
    own = facts.goods.get((line.hs6, line.origin, measure))
    if own is None and from_table is not None:
        return float(from_table)
    counts = own or learned(facts.goods, line.hs6, line.origin, measure)
    return quantile(counts, 0.5) if counts is not None else None


def _table_unit_mass(line: Line) -> Decimal | None:
    low, high = line.band.unit_mass_low_kg, line.band.unit_mass_high_kg
    return (low * high).sqrt() if low and high else None


def _place(line: Line, facts: Facts, measure: str, value: float | None) -> float | None:
    counts = learned(facts.goods, line.hs6, line.origin, measure) if value is not None else None
    return place(counts, value) if counts is not None and value is not None else None


def _seen_before(line: Line, facts: Facts, measure: str) -> float:
    counts = facts.goods.get((line.hs6, line.origin, measure))
    return float(sum(counts[1])) if counts is not None else 0.0


def _duty_at_stake(line: Line, facts: Facts) -> float | None:
    percent = facts.duty_percents.get(line.number)
    return float(line.value) * percent / 100 if percent is not None and line.value is not None else None


def _packages(line: Line) -> float | None:
    counts = [packages.count for packages in line.item.packages if packages.count is not None]
    return float(sum(counts)) if counts else None


# The goods
item_field("commodity", K.CODE, "Commodity code", "goods", lambda line, f: line.item.commodity_code or None)
item_field("hs6", K.CODE, "HS subheading", "goods", lambda line, f: line.hs6 or None)
item_field("net_mass", K.NUMBER, "Net mass", "goods", lambda line, f: number(line.item.net_mass_kg), "kg")
item_field("gross_mass", K.NUMBER, "Gross mass", "goods", lambda line, f: number(line.item.gross_mass_kg), "kg")
item_field(
    "quantity",
    K.NUMBER,
    "Supplementary quantity",
    "goods",
    lambda line, f: number(line.item.supplementary_quantity.quantity) if line.item.supplementary_quantity else None,
)
item_field(
    "quantity_unit",
    K.CODE,
    "Unit of the supplementary quantity",
    "goods",
    lambda line, f: line.item.supplementary_quantity.unit if line.item.supplementary_quantity else None,
)
item_field("unit_mass", K.NUMBER, "Net mass of one unit", "goods", lambda line, f: _unit_mass(line), "kg")
item_field(
    "unit_mass_ratio",
    K.NUMBER,
    "Mass of one unit against its median",
    "goods",
    lambda line, f: share(_unit_mass(line), _median(line, f, MASS, _table_unit_mass(line))),
)
item_field(
    "unit_mass_quantile",
    K.NUMBER,
    "Place of the unit mass among such goods, 0 to 1",
    "goods",
    lambda line, f: _place(line, f, MASS, _unit_mass(line)),
)
item_field("item_packages", K.NUMBER, "Packages of the item", "goods", lambda line, f: _packages(line))
item_field(
    "package_kinds",
    K.CODES,
    "Kinds of packages",
    "goods",
    lambda line, f: codes(packages.type for packages in line.item.packages),
)
item_field(
    "description_length",
    K.NUMBER,
    "Length of the description",
    "goods",
    lambda line, f: float(len(line.item.description or "")),
    "characters",
)
item_field("dangerous", K.FLAG, "Dangerous goods", "goods", lambda line, f: bool(line.item.un_numbers))

# Their value
item_field("value", K.NUMBER, "Value of the item", "value", lambda line, f: number(line.value), "currency")
item_field(
    "unit_value", K.NUMBER, "Value per kilogram", "value", lambda line, f: number(line.value_per_kg), "currency/kg"
)
item_field(
    "unit_value_ratio",
    K.NUMBER,
    "Value per kilogram against its median",
    "value",
    lambda line, f: share(line.value_per_kg, _median(line, f, VALUE, line.band.median_value_per_kg)),
)
item_field(
    "unit_value_quantile",
    K.NUMBER,
    "Place of the value per kilogram among such goods, 0 to 1",
    "value",
    lambda line, f: _place(line, f, VALUE, number(line.value_per_kg)),
)
item_field(
    "goods_seen",
    K.NUMBER,
    "Earlier items of these goods from this origin",
    "value",
    lambda line, f: _seen_before(line, f, VALUE),
)
item_field("valuation_method", K.CODE, "Valuation method", "value", lambda line, f: line.item.valuation_method)

# Their origin, and what they owe
item_field("origin", K.CODE, "Country of origin", "origin", lambda line, f: line.origin or None)
item_field("preference", K.CODE, "Preference", "origin", lambda line, f: line.item.preference or None)
item_field(
    "preference_claimed",
    K.FLAG,
    "A preference is claimed",
    "origin",
    lambda line, f: bool(line.item.preference) and not (line.item.preference or "1").startswith("1"),
)
item_field(
    "item_proof",
    K.FLAG,
    "A proof of origin stands with the item",
    "origin",
    lambda line, f: any(is_proof(document.code) for document in line.item.documents),
)
item_field(
    "dispatched_elsewhere",
    K.FLAG,
    "Sent from another country than its origin",
    "route",
    lambda line, f: line.dispatch != line.origin if line.dispatch and line.origin else None,
)
item_field(
    "duty_percent",
    K.NUMBER,
    "Duty as a percentage of the value",
    "duty",
    lambda line, f: f.duty_percents.get(line.number),
    "%",
)
item_field("duty_at_stake", K.NUMBER, "Duty on the declared value", "duty", _duty_at_stake, "currency")
item_field("procedure", K.CODE, "Procedure", "declaration", lambda line, f: line.item.procedure or None)
item_field(
    "additional_procedures",
    K.CODES,
    "Additional procedures",
    "declaration",
    lambda line, f: codes(line.item.additional_procedures),
)
item_field(
    "payment",
    K.CODE,
    "Method of payment",
    "duty",
    lambda line, f: next((claim.method for claim in line.item.duty_claims if claim.method), None),
)
item_field("quota", K.FLAG, "A quota is claimed", "duty", lambda line, f: bool(line.item.quota_order_number))

# What the trader did before
item_field(
    "chapter_seen",
    K.FLAG,
    "The trader declared this chapter before",
    "history",
    lambda line, f: line.chapter in f.chapters_seen if line.chapter else None,
)
item_field(
    "heading_seen",
    K.FLAG,
    "The trader declared this heading before",
    "history",
    lambda line, f: line.hs6[:4] in f.headings_seen if line.hs6 else None,
)
item_field(
    "origin_seen",
    K.FLAG,
    "The trader declared this origin before",
    "history",
    lambda line, f: line.origin in f.origins_seen if line.origin else None,
)
