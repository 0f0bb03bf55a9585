"""What one hundred imports cost, worked out apart from the engine: whole numbers and fractions, no code of the project.

`python tests/fees/vectors/compute.py` prints the table anew; `--write` puts it into vectors.json, which is published.
It reads cases.py, which holds inputs only. Written from the law and the published examples, not from the engine.
"""

import json
import re
import sys
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
PLACES = {"JPY": 0, "KWD": 3}
KILOGRAMS = {"KGM": 1, "DTN": 100, "TNE": 1000}
LITRES = {"LTR": 1, "HLT": 100}
PIECES = {"NAR": 1, "CEN": 100, "MIL": 1000}
PER = {
    "kg": ("kg", 1), "t": ("kg", 1000), "kg gross": ("gross", 1), "l": ("litres", 1), "hl": ("litres", 100),
    "l alc.": ("alcohol", 1), "% vol/hl": ("alcohol", 1), "item": ("pieces", 1), "1 000 items": ("pieces", 1000),
    "m2": ("m2", 1), "pair": ("pairs", 1),
}  # fmt: skip


def number(text):
    return Fraction(text)


def rounded(value, currency, how="half up"):
    """A fraction as a whole number of the smallest coin, then as a fraction of the currency again."""
    scale = 10 ** PLACES.get(currency, 2)
    top, bottom = (value * scale).numerator, (value * scale).denominator
    sign = -1 if top < 0 else 1
    whole, rest = divmod(abs(top), bottom)
    twice = 2 * rest
    if how == "half up":
        whole += twice >= bottom
    elif how == "half even":
        whole += twice > bottom or (twice == bottom and whole % 2 == 1)
    elif how == "up":
        whole += rest > 0
    return Fraction(sign * whole, scale)


def shared(total, weights, currency):
    """Shares that sum to the total: each cut off, the coins left over to the largest remainders, first come first."""
    if not sum(weights):
        weights = [Fraction(1)] * len(weights)
    scale = 10 ** PLACES.get(currency, 2)
    coins = int(abs(total) * scale)
    exact = [coins * weight / sum(weights) for weight in weights]
    cut = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda place: (cut[place] - exact[place], place))
    for place in order[: coins - sum(cut)]:
        cut[place] += 1
    return [Fraction(part, scale) * (1 if total >= 0 else -1) for part in cut]


def home(sum_, case):
    """A stated sum in the country's currency: divided by what one unit of it buys, rounded to its coin."""
    if not sum_:
        return Fraction(0)
    amount, currency = sum_[-2], sum_[-1]
    if currency == case["currency"]:
        return rounded(number(amount), currency)
    return rounded(number(amount) / number(case["rates"][currency]), case["currency"])


def quantities(item):
    found = {}
    for unit, amount in item.get("quantities", {}).items():
        for name, table in (("kg", KILOGRAMS), ("litres", LITRES), ("pieces", PIECES)):
            if unit in table:
                found[name] = number(amount) * table[unit]
        if unit == "ASV":
            found["strength"] = number(amount)
        if unit == "MTK":
            found["m2"] = number(amount)
        if unit == "NPR":
            found["pairs"] = number(amount)
        if unit == "LPA":
            found["alcohol"] = number(amount)
    if "alcohol" not in found and {"litres", "strength"} <= found.keys():
        found["alcohol"] = found["litres"] * found["strength"] / 100
    if "net" in item:
        found["kg"] = number(item["net"])
    if "gross" in item:
        found["gross"] = number(item["gross"])
    return found


def charged(rate, base, amounts):
    """An expression of law: from left to right, the last conjunction outermost."""
    words = re.split(r" (\+|MIN|MAX) ", rate)
    result = part(words[0], base, amounts)
    for joint, text in zip(words[1::2], words[2::2], strict=True):
        value = part(text, base, amounts)
        result = {"+": result + value, "MIN": max(result, value), "MAX": min(result, value)}[joint]
    return result


def part(text, base, amounts):
    if text == "free":
        return Fraction(0)
    percent = re.fullmatch(r"([0-9.]+) %( inclusive)?", text)
    if percent:
        share = number(percent[1]) / 100
        return base * share / (1 - share) if percent[2] else base * share
    money, per = text.split("/", 1)
    count = re.match(r"(1 000 items|[0-9]+ )?(.*)", per)
    if per in PER:
        many, unit = Fraction(1), per
    else:
        many, unit = number(count[1].strip()), count[2]
    name, size = PER[unit]
    return number(money.split(" ")[0]) * amounts[name] / size / many


def customs_values(case):
    currency, items = case["currency"], case["items"]
    prices, fixed = [], []
    for item in items:
        other = item.get("method", "1") in "23456"
        stated = item.get("value") if other or not item.get("price") else item["price"]
        prices.append(home(stated, case) if stated else Fraction(0))
        fixed.append(other or not item.get("price"))
    if case.get("invoice"):
        masses = [number(item.get("gross", item.get("net", "0"))) for item in items]
        prices, fixed = shared(home(case["invoice"], case), masses, currency), [False] * len(items)
    weights = prices
    if case.get("shared_by") == "gross_mass":
        weights = [number(item["gross"]) for item in items]
    weights = [Fraction(0) if whole else weight for whole, weight in zip(fixed, weights, strict=True)]
    term = case.get("incoterm", "")
    freight_inside = term in ("CFR", "CPT", "CIF", "CIP", "DAP", "DDP")
    insured_inside = term in ("CIF", "CIP", "DAP", "DDP")
    freight, insurance = home(case.get("freight"), case), home(case.get("insurance"), case)
    if case.get("basis", "CIF") == "FOB":
        freight, insurance = -freight if freight_inside else 0, -insurance if insured_inside else 0
    else:
        freight, insurance = 0 if freight_inside else freight, 0 if insured_inside else insurance
    values = list(prices)
    added = sum((home(one, case) for one in case.get("additions", [])), Fraction(0))
    taken = sum((home(one, case) for one in case.get("deductions", [])), Fraction(0))
    for total, sign in ((freight, 1), (insurance, 1), (added, 1), (taken, -1)):
        if total and not all(fixed):
            for place, share in enumerate(shared(Fraction(total), weights, currency)):
                values[place] += sign * share
    for place, item in enumerate(items):
        if not fixed[place]:
            values[place] += sum((home(one, case) for one in item.get("additions", [])), Fraction(0))
            values[place] -= sum((home(one, case) for one in item.get("deductions", [])), Fraction(0))
    return values


def documents(case, item):
    return set(case.get("documents", [])) | set(item.get("documents", []))


def conditions(measure, case, item, value, amounts):
    """What the first condition that is met says: (met, allowed, rate)."""
    for _code, shown, action, *rate in measure.get("conditions", []):
        if shown.startswith(">="):
            least, unit = shown[2:].split("/")
            name, size = PER[unit]
            met = value / (amounts[name] / size) >= number(least)
        else:
            met = shown == "-" or shown in documents(case, item)
        if met:
            return True, action in ("apply", "allow"), rate[0] if rate else measure["rate"]
    return False, not measure.get("conditions"), measure["rate"]


def claimable(measure, case, item):
    papers, claim = documents(case, item), item.get("preference", "100")
    preferred = claim[0] == measure.get("claim", "3") and "N954" in papers
    if measure.get("order"):
        share = item.get("share")
        state = case.get("quotas", {}).get(measure["order"], "none")
        usable = number(share) > 0 if share is not None else state in ("open", "critical")
        kind = measure["kind"] != "preference" or preferred
        return item.get("quota") == measure["order"] and usable and kind
    if measure["kind"] == "preference":
        return item.get("origin", "KE") == "KE" and preferred
    if measure["kind"] == "suspension":
        if claim[1:] not in ("10", "15", "18", "19", "23", "40", "45"):
            return False
        return claim[1:] not in ("15", "23", "40", "45") or bool(papers & {"C990", "N990", "D019"})
    return True


def duty_parts(case, item, value, amounts):
    """The duty as (kind, base, amount) and, where a critical quota is used, the duty without it."""
    currency, options = case["currency"], []
    for measure in case["measures"]:
        if measure["kind"] not in ("duty", "preference", "suspension"):
            continue
        met, allowed, rate = conditions(measure, case, item, value, amounts)
        ordinary = measure["kind"] == "duty" and not measure.get("order")
        if ordinary or (claimable(measure, case, item) and allowed):
            used = rate if met or allowed else measure["rate"]
            amount = rounded(charged(used, value, amounts), currency, measure.get("rounding", "half up"))
            options.append((amount, measure, used))
    cheapest = min(options, key=lambda option: option[0])
    without = min((option for option in options if not option[1].get("order")), key=lambda option: option[0])
    amount, measure, used = cheapest
    if not measure.get("order") or amount == without[0]:
        return [(without[1]["kind"], without[0])], None
    share = item.get("share")
    if share is not None and number(share) < 1:
        inside = rounded(value * number(share), currency)
        granted = {name: quantity * number(share) for name, quantity in amounts.items()}
        rest = {name: quantity - granted[name] for name, quantity in amounts.items()}
        first = rounded(charged(used, inside, granted), currency, measure.get("rounding", "half up"))
        second = rounded(charged(without[2], value - inside, rest), currency, without[1].get("rounding", "half up"))
        return [(measure["kind"], first), (without[1]["kind"], second)], None
    secured = share is None and case.get("quotas", {}).get(measure["order"]) == "critical"
    return [(measure["kind"], amount)], [(without[1]["kind"], without[0])] if secured else None


def relieved(case, item, total_value):
    free = set()
    if total_value <= number(case.get("de_minimis_duty", "0")):
        free |= {"duty"}
    if total_value <= number(case.get("de_minimis_vat", "0")):
        free |= {"vat"}
    for relief in case.get("reliefs", []):
        if item.get("procedure", "4000")[:2] == relief["procedure"]:
            free |= set(relief["taxes"])
    return free


def stack(case, item, value, amounts, duty, in_base, free):
    """Duty, what comes on top, excise, VAT: each on what the law says, each rounded once."""
    currency, lines = case["currency"], []
    for kind, amount in duty:
        lines.append((kind, Fraction(0) if "duty" in free else amount))
    for measure in case["measures"]:
        if measure["kind"] != "anti_dumping" or measure.get("origin", item.get("origin", "KE")) != item.get(
            "origin", "KE"
        ):
            continue
        companies = {one.get("company") for one in case["measures"] if one["kind"] == "anti_dumping"} - {None}
        named = set(item.get("additional", [])) & companies
        same_tax = [
            one for one in case["measures"] if one.get("tax") == measure.get("tax") and one.get("company") in named
        ]
        if (measure.get("company") and measure["company"] not in named) or (not measure.get("company") and same_tax):
            continue
        met, allowed, rate = conditions(measure, case, item, value, amounts)
        if met and not allowed:
            continue
        amount = rounded(charged(rate, value, amounts), currency, measure.get("rounding", "half up"))
        lines.append(("anti_dumping", Fraction(0) if "duty" in free else amount))
    base = value + sum(amount for _, amount in lines)
    for measure in case["measures"]:
        if measure["kind"] == "excise":
            amount = rounded(charged(measure["rate"], base, amounts), currency, measure.get("rounding", "half up"))
            lines.append(("excise", Fraction(0) if "excise" in free else amount))
    base = value + sum(amount for _, amount in lines) + in_base
    for measure in case["measures"]:
        if measure["kind"] == "vat":
            amount = rounded(charged(measure["rate"], base, amounts), currency, measure.get("rounding", "half up"))
            lines.append(("vat", Fraction(0) if "vat" in free else amount))
    return lines


def charges(case, values):
    billed = []
    for charge in sorted(case.get("charges", []), key=lambda one: one["code"]):
        bases = values if charge.get("per") == "item" else [sum(values)]
        for base in bases:
            amount = number(charge["amount"]) if "amount" in charge else base * number(charge["percentage"]) / 100
            amount = max(amount, number(charge["least"])) if "least" in charge else amount
            amount = min(amount, number(charge["most"])) if "most" in charge else amount
            billed.append((charge["code"], rounded(amount, case["currency"]), charge.get("in_vat_base", False)))
    return billed


def result(case):
    currency, values = case["currency"], customs_values(case)
    billed = charges(case, values)
    within = sum((amount for _, amount, counts in billed if counts), Fraction(0))
    in_base = shared(within, values, currency) if within else [Fraction(0)] * len(values)
    items, security = [], Fraction(0)
    for place, item in enumerate(case["items"]):
        value, amounts = values[place], quantities(item)
        free = relieved(case, item, sum(values))
        duty, dearer = duty_parts(case, item, value, amounts)
        lines = stack(case, item, value, amounts, duty, in_base[place], free)
        if dearer:
            more = stack(case, item, value, amounts, dearer, in_base[place], free)
            security += max(sum(a for _, a in more) - sum(a for _, a in lines), Fraction(0))
        items.append(lines)
    total = sum((amount for lines in items for _, amount in lines), Fraction(0)) + sum(one[1] for one in billed)
    return {
        "customs_values": [written(value, currency) for value in values],
        "lines": [[[kind, written(amount, currency)] for kind, amount in lines] for lines in items],
        "charges": [[code, written(amount, currency)] for code, amount, _ in billed],
        "total": written(total, currency),
        "security": written(security, currency),
    }


def written(value, currency):
    places = PLACES.get(currency, 2)
    coins = value * 10**places
    assert coins.denominator == 1, "an amount is a whole number of coins"
    sign, digits = "-" if coins < 0 else "", str(abs(coins.numerator)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def table():
    sys.path.insert(0, str(HERE))
    from cases import CASES

    return [
        {"id": f"V{place:03d}", "title": title, "input": case, "expect": result(case)}
        for place, (title, case) in enumerate(CASES, start=1)
    ]


if __name__ == "__main__":
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in table()) + "\n]\n"
    if sys.argv[1:] == ["--write"]:
        (HERE / "vectors.json").write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
