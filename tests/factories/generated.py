"""Declarations made by chance: every kind of goods, origin, procedure, claim, currency and cost there is."""

import random
from decimal import Decimal
from typing import Any

from declarations.schemas import DeclarationMessage
from tests.factories.declarations import export_json, import_json, item_json

CODES = (
    *("8516710000", "0901210010", "610910", "84713000", "2401201000", "7318158190", "0201100010", "870323"),
    *("3304990000", "0901110000", "100630", "2523290000", "6911100000", "9403600000", "8703231900", "3923210000"),
)
ORIGINS = ("CN", "KE", "ET", "GB", "DE", "BD", "KP", "US", "ZZ", "PK", "RW")
PROCEDURES = ("4000", "4000", "4000", "4000", "7100", "5100", "5300", "4071", "4200")
PROOFS: tuple[list[dict[str, str]], ...] = ([{"code": "N954"}], [{"code": "N865"}], [{"code": "N935"}], [])
CURRENCIES = ("EUR", "USD", "GBP", "JPY", "CNY")


def amount(chance: random.Random, most: int, currencies: tuple[str, ...] = CURRENCIES) -> dict[str, str]:
    """A sum of at most so many hundredths."""
    return {"amount": str(Decimal(chance.randint(1, most)) / 100), "currency": chance.choice(currencies)}


def item_generated(chance: random.Random, number: int) -> dict[str, Any]:
    """One item, as plain JSON."""
    net = Decimal(chance.randint(1, 500000)) / 100
    made = item_json(
        number,
        commodity_code=chance.choice(CODES),
        origin=chance.choice(ORIGINS),
        procedure=chance.choice(PROCEDURES),
        preference=chance.choice(("100", "200", "300", "140", "110", "120")),
        net_mass_kg=str(net),
        gross_mass_kg=str(net + 1),
        price=amount(chance, 10**8),
        documents=chance.choice(PROOFS),
    )
    made["supplementary_quantity"] = {"quantity": str(chance.randint(1, 9999)), "unit": "NAR"}
    if chance.random() < 0.2:
        made["valuation_method"] = chance.choice("23456")
        made["customs_value"] = amount(chance, 10**7)
    if chance.random() < 0.3:
        codes = chance.sample(("AB", "AE", "AI", "AK"), 2)
        made["valuation_adjustments"] = [{"code": code, **amount(chance, 90000)} for code in codes]
    if chance.random() < 0.15:
        made["quota_order_number"] = chance.choice(("094001", "094002", "099999"))
    if chance.random() < 0.2:
        made["additional_codes"] = [{"type": "TRA", "code": "C101"}]
    return made


def message_generated(chance: random.Random, most_items: int = 6) -> DeclarationMessage:
    """A declaration that can be assessed, one in seven an export."""
    items = [item_generated(chance, number) for number in range(1, chance.randint(1, most_items) + 1)]
    whole = export_json(1) if chance.random() < 0.15 else import_json(1)
    whole |= {"items": items, "item_count": len(items)}
    whole["delivery_terms"] = {"incoterm": chance.choice(("FOB", "CIF", "EXW", "CFR", "DAP"))}
    whole["valuation"] = {"freight": amount(chance, 90000), "insurance": amount(chance, 9000)}
    if chance.random() < 0.3:
        whole["valuation"]["other_charges"] = [{"code": "AE", **amount(chance, 50000)}]
    return DeclarationMessage.model_validate(whole)
