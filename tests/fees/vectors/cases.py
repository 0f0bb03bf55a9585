"""Inputs of the hundred vectors, and nothing else: what is declared, and what the law of that day says."""


def item(price=None, currency="EUR", **more):
    found = {"net": "500", "gross": "520"} | more
    if price is not None:
        found["price"] = [price, currency]
    return found


def case(*items, measures=(), currency="EUR", **more):
    taxed = any(measure["kind"] == "vat" for measure in measures)
    law = [*measures] if taxed else [*measures, {"kind": "vat", "rate": "free"}]
    return {"currency": currency, "items": list(items), "measures": law} | more


def m(kind, rate, **more):
    return {"kind": kind, "rate": rate} | more


def duty(rate, price, currency="EUR", **more):
    return case(item(price, currency), currency=currency, measures=[m("duty", rate, **more)])


MIXED = "8 % MIN 22/100 kg MAX 56/100 kg"
VAT = m("vat", "16 %")
FULL = [m("duty", "10 %"), m("excise", "20 %"), m("vat", "13 %")]
INCLUSIVE = [m("duty", "10 %"), m("excise", "20 % inclusive"), m("vat", "13 %")]
WAREHOUSE = {"procedure": "71", "taxes": ["duty", "vat"], "code": "warehouse"}
PROCESSING = {"procedure": "51", "taxes": ["duty", "excise", "vat"], "code": "inward_processing"}
PREFERRED = {"preference": "300", "documents": ["N954"]}
QUOTA = m("duty", "5 %", order="094001")
QUOTED = [m("duty", "25 %"), QUOTA, VAT]

CASES = [
    # Published examples.
    ("published: excise on top", case(item("100000"), measures=FULL)),
    ("published: excise inside its own base", case(item("100000"), measures=INCLUSIVE)),
    ("published: mixed rate, the cap counts", duty(MIXED, "10000")),
    ("published: mixed rate, the floor counts", duty(MIXED, "1000")),
    # Ad valorem, and the rounding of a line.
    ("0.005 is rounded up to a cent", duty("10 %", "0.05")),
    ("2.675 is rounded up, which binary fractions get wrong", duty("10 %", "26.75")),
    ("0.125 is rounded up", duty("10 %", "1.25")),
    ("0.1249 is not", duty("9.992 %", "1.25")),
    ("0.125 half to even goes down", duty("10 %", "1.25", rounding="half even")),
    ("0.135 half to even goes up", duty("10 %", "1.35", rounding="half even")),
    ("0.129 cut off", duty("10 %", "1.29", rounding="down")),
    ("0.121 rounded up by law", duty("10 %", "1.21", rounding="up")),
    ("an exact amount is not rounded up", duty("10 %", "1.20", rounding="up")),
    ("no value, no duty", duty("10 %", "0")),
    ("a value of a thousand million", duty("7.3 %", "999999999.99")),
    ("a rate with four decimals", duty("0.0125 %", "12345.67")),
    ("yen: 2.5 is rounded up", duty("10 %", "25", "JPY")),
    ("yen: 2.4 is not", duty("10 %", "24", "JPY")),
    ("yen: half to even", duty("10 %", "25", "JPY", rounding="half even")),
    ("dinar of three decimals: 0.0125", duty("10 %", "0.125", "KWD")),
    ("dinar of three decimals: 0.0124", duty("10 %", "0.124", "KWD")),
    ("dinar of three decimals, cut off", duty("17.5 %", "1234.567", "KWD", rounding="down")),
    # Specific rates.
    ("per kilogram of net mass", duty("0.35/kg", "900")),
    ("per 100 kg", duty("22/100 kg", "900")),
    ("per tonne", duty("11.5/t", "900")),
    ("per kilogram of gross mass", duty("0.35/kg gross", "900")),
    ("per litre", case(item("900", quantities={"LTR": "333.33"}), measures=[m("duty", "0.35/l")])),
    (
        "per hectolitre, declared in hectolitres",
        case(item("900", quantities={"HLT": "3.5"}), measures=[m("duty", "26.4/hl")]),
    ),
    ("per piece", case(item("900", quantities={"NAR": "37"}), measures=[m("duty", "1.15/item")])),
    ("per thousand pieces", case(item("900", quantities={"MIL": "12.5"}), measures=[m("duty", "61.2/1 000 items")])),
    (
        "per litre of pure alcohol, from volume and strength",
        case(item("900", quantities={"LTR": "1000", "ASV": "43.5"}), measures=[m("duty", "9.13/l alc.")]),
    ),
    ("per square metre", case(item("900", quantities={"MTK": "77.7"}), measures=[m("duty", "0.45/m2")])),
    # Compound and mixed rates.
    ("compound: a share and an amount", duty("8 % + 15/100 kg", "1000")),
    ("compound: two amounts", case(item("1000", quantities={"LTR": "200"}), measures=[m("duty", "3/100 kg + 0.2/l")])),
    (
        "compound: three parts",
        case(item("1000", quantities={"NAR": "10"}), measures=[m("duty", "2.5 % + 1.1/100 kg + 0.33/item")]),
    ),
    ("floor alone, above it", duty("8 % MIN 22/100 kg", "5000")),
    ("floor alone, below it", duty("8 % MIN 22/100 kg", "500")),
    ("cap alone, above it", duty("8 % MAX 22/100 kg", "5000")),
    ("cap alone, below it", duty("8 % MAX 22/100 kg", "500")),
    ("floor and share are equal", duty("8 % MIN 22/100 kg", "1375")),
    ("between floor and cap", duty(MIXED, "2000")),
    ("the last conjunction counts most: a cap under the floor", duty("8 % MIN 56/100 kg MAX 22/100 kg", "1000")),
    ("a sum with a cap", duty("8 % + 15/100 kg MAX 120/100 kg", "9000")),
    ("a floor as a share", duty("22/100 kg MIN 3 %", "9000")),
    ("a specific rate with a cap as a share", duty("22/100 kg MAX 6 %", "900")),
    # Excise.
    (
        "excise per litre of alcohol on top of duty",
        case(
            item("1200", quantities={"LTR": "700", "ASV": "40"}),
            measures=[m("duty", "10 %"), m("excise", "12.6/l alc."), VAT],
        ),
    ),
    (
        "two excises stand beside each other",
        case(
            item("1200", quantities={"LTR": "700"}),
            measures=[m("duty", "10 %"), m("excise", "20 %", tax="1EX"), m("excise", "0.12/l", tax="1LV"), VAT],
        ),
    ),
    (
        "excise inside its own base, uneven",
        case(item("777.77"), measures=[m("duty", "7.5 %"), m("excise", "35 % inclusive"), VAT]),
    ),
    (
        "mixed excise with a floor",
        case(
            item("310", quantities={"MIL": "20"}),
            measures=[m("duty", "free"), m("excise", "30 % MIN 9.5/1 000 items"), VAT],
        ),
    ),
    (
        "excise without duty, cut off",
        case(item("333.33"), measures=[m("duty", "free"), m("excise", "11 %", rounding="down"), VAT]),
    ),
    # On top of the duty.
    (
        "anti-dumping duty",
        case(item("1000", origin="CN"), measures=[m("duty", "10 %"), m("anti_dumping", "36.5 %", origin="CN"), VAT]),
    ),
    (
        "another origin pays none",
        case(item("1000", origin="VN"), measures=[m("duty", "10 %"), m("anti_dumping", "36.5 %", origin="CN"), VAT]),
    ),
    (
        "a named company has its own rate",
        case(
            item("1000", origin="CN", additional=["C101"]),
            measures=[
                m("duty", "10 %"),
                m("anti_dumping", "36.5 %", origin="CN", tax="A30"),
                m("anti_dumping", "9.8 %", origin="CN", company="C101", tax="A30"),
                VAT,
            ],
        ),
    ),
    (
        "anti-dumping and countervailing duty together",
        case(
            item("1000", origin="CN"),
            measures=[
                m("duty", "10 %"),
                m("anti_dumping", "21.3 %", origin="CN", tax="A30"),
                m("anti_dumping", "7.7 %", origin="CN", tax="A40"),
                VAT,
            ],
        ),
    ),
    (
        "a safeguard per tonne beside a share",
        case(
            item("1000", origin="CN"),
            measures=[m("duty", "10 %"), m("anti_dumping", "115/t", origin="CN", tax="A80"), VAT],
        ),
    ),
    (
        "an undertaking that is shown takes it away",
        case(
            item("1000", origin="CN", documents=["D008"]),
            measures=[
                m("duty", "10 %"),
                m("anti_dumping", "36.5 %", origin="CN", conditions=[["A", "D008", "not_apply"], ["A", "-", "apply"]]),
                VAT,
            ],
        ),
    ),
    # VAT and charges.
    (
        "a charge in the base of VAT",
        case(
            item("1000"),
            measures=[m("duty", "10 %"), VAT],
            charges=[{"code": "CUS-IMP", "amount": "25", "in_vat_base": True}],
        ),
    ),
    (
        "a charge outside of it",
        case(item("1000"), measures=[m("duty", "10 %"), VAT], charges=[{"code": "CUS-IMP", "amount": "25"}]),
    ),
    (
        "a charge in the base, shared over three items",
        case(
            item("100"),
            item("100"),
            item("100"),
            measures=[m("duty", "free"), VAT],
            charges=[{"code": "CUS-IMP", "amount": "25", "in_vat_base": True}],
        ),
    ),
    (
        "a charge by share, its least amount counts",
        case(
            item("14999"),
            measures=[m("duty", "free")],
            charges=[{"code": "SVC", "percentage": "0.2", "least": "30", "most": "250"}],
        ),
    ),
    (
        "a charge by share, between",
        case(
            item("15010"),
            measures=[m("duty", "free")],
            charges=[{"code": "SVC", "percentage": "0.2", "least": "30", "most": "250"}],
        ),
    ),
    (
        "a charge by share, its greatest amount counts",
        case(
            item("125001"),
            measures=[m("duty", "free")],
            charges=[{"code": "SVC", "percentage": "0.2", "least": "30", "most": "250"}],
        ),
    ),
    (
        "a charge for each item",
        case(
            item("100"),
            item("250"),
            measures=[m("duty", "free")],
            charges=[{"code": "LINE", "amount": "1.5", "per": "item"}],
        ),
    ),
    (
        "two charges, one of them by share",
        case(
            item("3333.33"),
            measures=[m("duty", "3 %"), VAT],
            charges=[{"code": "A", "amount": "25"}, {"code": "B", "percentage": "0.0125", "in_vat_base": True}],
        ),
    ),
    # Currencies.
    ("dollars", case(item("110", "USD"), measures=[m("duty", "10 %")], rates={"USD": "1.1"})),
    ("yen into euros", case(item("100000", "JPY"), measures=[m("duty", "10 %"), VAT], rates={"JPY": "160.25"})),
    (
        "dinars into euros: the rate is under one",
        case(item("100.125", "KWD"), measures=[m("duty", "10 %"), VAT], rates={"KWD": "0.333"}),
    ),
    (
        "euros into yen",
        case(item("624.02", "EUR"), currency="JPY", measures=[m("duty", "10 %"), VAT], rates={"EUR": "0.00624"}),
    ),
    (
        "dollars into dinars",
        case(
            item("1000.01", "USD"),
            currency="KWD",
            measures=[m("duty", "5 %"), m("vat", "5 %")],
            rates={"USD": "3.2541"},
        ),
    ),
    (
        "price, freight and insurance in three currencies",
        case(
            item("1000", "USD"),
            measures=[m("duty", "10 %"), VAT],
            incoterm="FOB",
            freight=["20000", "JPY"],
            insurance=["7.5", "GBP"],
            rates={"USD": "1.0837", "JPY": "160.25", "GBP": "0.8551"},
        ),
    ),
    (
        "two items in two currencies share freight",
        case(
            item("1000", "USD"),
            item("1000", "GBP"),
            measures=[m("duty", "10 %"), VAT],
            freight=["100", "EUR"],
            rates={"USD": "1.0837", "GBP": "0.8551"},
        ),
    ),
    # Sharing costs.
    (
        "three equal items, a cent left over",
        case(
            item("100"),
            item("100"),
            item("100"),
            measures=[m("duty", "5 %")],
            incoterm="FOB",
            freight=["100", "EUR"],
            insurance=["10", "EUR"],
        ),
    ),
    (
        "seven items, three cents left over",
        case(*[item(str(10 + place)) for place in range(7)], measures=[m("duty", "5 %")], freight=["99.97", "EUR"]),
    ),
    (
        "shared by gross mass",
        case(
            item("900", gross="1"),
            item("100", gross="3"),
            measures=[m("duty", "10 %")],
            freight=["40.01", "EUR"],
            shared_by="gross_mass",
        ),
    ),
    (
        "yen left over",
        case(
            item("100", "JPY"),
            item("100", "JPY"),
            item("100", "JPY"),
            currency="JPY",
            measures=[m("duty", "10 %")],
            freight=["101", "JPY"],
        ),
    ),
    (
        "carriage is in the price",
        case(
            item("1000"), measures=[m("duty", "10 %")], incoterm="CIF", freight=["100", "EUR"], insurance=["10", "EUR"]
        ),
    ),
    (
        "carriage is in the price, insurance is not",
        case(
            item("1000"), measures=[m("duty", "10 %")], incoterm="CFR", freight=["100", "EUR"], insurance=["10", "EUR"]
        ),
    ),
    (
        "valued free on board: carriage is taken out",
        case(
            item("1000"),
            measures=[m("duty", "10 %")],
            basis="FOB",
            incoterm="CIF",
            freight=["100", "EUR"],
            insurance=["10", "EUR"],
        ),
    ),
    (
        "the invoice shared by mass",
        case(item(gross="1"), item(gross="2"), measures=[m("duty", "10 %")], invoice=["100", "EUR"]),
    ),
    # Methods and adjustments.
    (
        "method 1 with royalties and buying commission",
        case(
            item("1000", additions=[["AI", "55.5", "EUR"]], deductions=[["BF", "20", "EUR"]]),
            measures=[m("duty", "10 %")],
        ),
    ),
    (
        "additions of the consignment are shared",
        case(
            item("300"),
            item("700"),
            measures=[m("duty", "10 %")],
            additions=[["AE", "33.33", "EUR"]],
            deductions=[["BA", "12.5", "EUR"]],
        ),
    ),
    (
        "method 2: the value of identical goods, whatever the price",
        case(item("1000", value=["1250", "EUR"], method="2"), measures=[m("duty", "10 %")], freight=["90", "EUR"]),
    ),
    (
        "method 4 in dollars",
        case(item(value=["1250", "USD"], method="4"), measures=[m("duty", "10 %")], rates={"USD": "1.0837"}),
    ),
    (
        "method 6 beside a priced item, which bears the freight",
        case(item("500"), item(value=["800", "EUR"], method="6"), measures=[m("duty", "10 %")], freight=["90", "EUR"]),
    ),
    # Small values and reliefs.
    (
        "at the small value no duty",
        case(item("150.00"), measures=[m("duty", "10 %"), VAT], de_minimis_duty="150", de_minimis_vat="22"),
    ),
    (
        "at the small value of VAT nothing at all",
        case(item("22"), measures=[m("duty", "10 %"), VAT], de_minimis_duty="150", de_minimis_vat="22"),
    ),
    (
        "a cent above it",
        case(item("150.01"), measures=[m("duty", "10 %"), VAT], de_minimis_duty="150", de_minimis_vat="22"),
    ),
    ("into a warehouse", case(item("1000", procedure="7100"), measures=[m("duty", "10 %"), VAT], reliefs=[WAREHOUSE])),
    (
        "one item to processing, one to the market",
        case(item("1000", procedure="5100"), item("1000"), measures=FULL, reliefs=[PROCESSING]),
    ),
    # Preferences, suspensions, conditions.
    (
        "a preference with proof",
        case(item("1000", **PREFERRED), measures=[m("duty", "25 %"), m("preference", "3.5 %"), VAT]),
    ),
    (
        "the same without proof",
        case(item("1000", preference="300"), measures=[m("duty", "25 %"), m("preference", "3.5 %"), VAT]),
    ),
    (
        "an end use with its authorisation",
        case(
            item("1000", preference="140", documents=["N990"]),
            measures=[m("duty", "25 %"), m("suspension", "2 %"), VAT],
        ),
    ),
    (
        "a suspension that needs a document which is missing",
        case(
            item("1000", preference="110"),
            measures=[
                m("duty", "25 %"),
                m("suspension", "free", conditions=[["B", "D018", "apply"], ["B", "-", "not_apply"]]),
                VAT,
            ],
        ),
    ),
    (
        "an entry price that is reached has a lower rate",
        case(
            item("1000", net="2000"),
            measures=[
                m(
                    "duty",
                    "12 % + 30/100 kg",
                    conditions=[
                        ["V", ">=480/t", "apply", "12 %"],
                        ["V", ">=440/t", "apply", "12 % + 4/100 kg"],
                        ["V", "-", "apply"],
                    ],
                )
            ],
        ),
    ),
    # Quotas.
    ("an open quota", case(item("1000", quota="094001"), measures=QUOTED, quotas={"094001": "open"})),
    (
        "a critical quota: the difference with its VAT is secured",
        case(item("1000", quota="094001"), measures=QUOTED, quotas={"094001": "critical"}),
    ),
    ("a quota that is used up", case(item("1000", quota="094001"), measures=QUOTED, quotas={"094001": "exhausted"})),
    (
        "two fifths were granted",
        case(item("1000", quota="094001", share="0.4"), measures=QUOTED, quotas={"094001": "exhausted"}),
    ),
    (
        "a third of a specific rate was granted",
        case(
            item("1000", quota="094001", share="0.333333"),
            measures=[m("duty", "12 % + 45/100 kg"), m("duty", "10/100 kg", order="094001"), VAT],
            quotas={"094001": "closed"},
        ),
    ),
    (
        "a preferential quota needs its proof, and is critical",
        case(
            item("1000", quota="094001", **PREFERRED),
            measures=[m("duty", "25 %"), m("preference", "10 %"), m("preference", "free", order="094001"), VAT],
            quotas={"094001": "critical"},
        ),
    ),
]
