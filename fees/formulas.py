"""A notice in words: what each figure was made of, in the language of the reader, for page and paper alike.

Reads the stored form of a notice, also of form 1, which knows no methods, parts, quotas or controls.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from fees.wording import (
    ADJUSTMENTS,
    BASES,
    CANDIDATES,
    COSTS,
    KINDS,
    METHODS,
    OUTCOMES,
    PARTS,
    RELIEFS,
    ROUNDINGS,
    STANDINGS,
    TAXES,
    word,
)
from singlewindow.web.formats import money_text, number_text

Json = dict[str, Any]

PIECES = (("freight", "+"), ("insurance", "+"), ("additions", "+"), ("deductions", "−"))
"""What changes the price, in the order of the notice, with its sign."""


def tax_name(line: Json) -> str:
    """What a line is called: its tax type where that says more than its kind, and the part that a quota granted."""
    name = word(TAXES, line["tax_type"]) if line["tax_type"] in TAXES else word(KINDS, line["kind"])
    part = line.get("part", "")
    return f"{name} ({word(PARTS, part)})" if part else name


def line_formula(line: Json, currency: str) -> str:
    """How a line was worked out: each component of the rate, then the rounding, then what is to be paid."""
    pieces = [_step(step, currency) for step in line["steps"]]
    text = "; ".join(pieces)
    text += f" → {money_text(line['computed'], currency)}, {word(ROUNDINGS, line['rounding'])}"
    if line["relief"]:
        text += f". {word(RELIEFS, line['relief'])}: {money_text(line['amount'], currency)}"
    return text


def _step(step: Json, currency: str) -> str:
    of = f"{number_text(step['of'])} {step['unit']}" if step["unit"] else money_text(step["of"], currency)
    rate, gives = step["rate"], number_text(step["gives"])
    if rate == "free":
        work = _("free")
    elif rate.endswith("inclusive"):
        share = rate.partition(" ")[0]
        work = f"{of} × {share} / (100 − {share}) = {gives}"
    else:
        work = f"{rate} × {of} = {gives}"
    joints = {
        "+": _("plus %(work)s"),
        "MIN": _("not less than %(work)s"),
        "MAX": _("not more than %(work)s"),
    }
    return joints[step["operator"]] % {"work": work} if step["operator"] in joints else work


def value_formula(value: Json, currency: str) -> str:
    """How the customs value came about: the price, what was added, and what was taken off."""
    price = money_text(value["price"], currency)
    if value["stated"]["currency"] != currency:
        price = f"{price} ({money_text(value['stated'])})"
    text = f"{word(BASES, value['basis'])} {price}"
    for name, sign in PIECES:
        amount = Decimal(value[name])
        if amount:  # carriage is taken out of the price on a FOB basis
            text += f" {sign if amount > 0 else '−'} {word(COSTS, name)} {money_text(abs(amount), currency)}"
    return f"{text} = {money_text(value['customs_value'], currency)}"


def adjustment_words(adjustment: Json, currency: str) -> str:
    """An addition or deduction with its code and what it was stated as."""
    sign = "+" if adjustment["effect"] == "addition" else "−"
    name = word(ADJUSTMENTS, adjustment["code"])
    text = f"{sign} {adjustment['code']} {name}: {money_text(adjustment['amount'], currency)}"
    stated = adjustment["stated"]
    return f"{text} ({money_text(stated)})" if stated["currency"] != currency else text


def candidate_words(candidate: Json, currency: str) -> str:
    """A candidate rate, what it would give, and why it was taken or not."""
    amount = f" ({money_text(candidate['amount'], currency)})" if candidate["amount"] not in (None, "") else ""
    order = candidate.get("order_number", "")
    quota = f", {_('tariff quota')} {order}" if order else ""
    needs = candidate.get("needs") or []
    documents = f" ({', '.join(needs)})" if needs else ""
    return f"{candidate['rate']}{amount}{quota}. {word(CANDIDATES, candidate['reason'])}{documents}. {candidate['law']}"


def control_words(control: Json) -> str:
    """A prohibition or requirement that concerns the item, and how it stands."""
    documents = f" ({', '.join(control['documents'])})" if control["documents"] else ""
    return f"{control['law']} ({control['authority']}): {word(OUTCOMES, control['outcome'])}{documents}"


def rate_words(rate: Json) -> str:
    """An exchange rate with its direction, its day and its number."""
    shown = {"base": rate["base"], "value": rate["rate"], "currency": rate["currency"], "day": rate["valid_from"]}
    text = _("1 %(base)s = %(value)s %(currency)s, published for %(day)s; foreign amounts are divided by it") % shown
    return f"{text} ({rate['id']}, {rate['source']})"


def quota_words(standing: Json) -> str:
    """How a quota stood on the day."""
    return f"{_('Tariff quota')} {standing['order_number']}: {word(STANDINGS, standing['state'])}, {standing['on']}"


def method_words(value: Json) -> str:
    """The method of valuation; nothing for a notice of form 1."""
    return word(METHODS, value["method"]) if "method" in value else ""
