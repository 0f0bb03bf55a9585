"""CUSDEC: which segment carries which canonical field, in each directory that is read and written.

Source: UN/EDIFACT directories D.96B, D.99B and D.24A, message CUSDEC. Lengths are those of the directory; a value that
is longer, and a field that has no segment here, goes the coded way (`paths`).
"""

from dataclasses import dataclass, replace
from functools import cache

from declarations.messages.edifact.instants import instant
from declarations.messages.edifact.lines import MUTUALLY_DEFINED, Codec, Field, Line, decimal, flag, text, whole, words

_KILOGRAMS = ("KGM", "KG", "")


@dataclass(frozen=True, slots=True)
class Directory:
    """What differs between the directories."""

    release: str
    identifier: int
    """Length of an identifier of a document (1004, 1154)."""
    name: int
    """Length of a name (3036) and of a name of a contact (3412)."""
    street: int
    place_name: int
    conveyance: int
    """Length of the identification of a means of transport (8213)."""
    free_code: int
    """Length of a coded free text (4441)."""
    free_text: int
    communication: int
    unit: int
    item_price: str
    """Qualifier of the amount of an item on the invoice (5025)."""
    indicator: str
    """The segment of coded indicators: GIS, and GEI since that was withdrawn."""


DIRECTORIES: dict[str, Directory] = {
    "96B": Directory("96B", 35, 35, 35, 17, 9, 3, 70, 25, 3, "38", "GIS"),
    "99B": Directory("99B", 35, 35, 35, 70, 9, 17, 70, 512, 3, "38", "GIS"),
    "24A": Directory("24A", 70, 70, 256, 256, 35, 17, 512, 512, 8, "77", "GEI"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of the three sections of the message."""

    header: tuple[Line, ...]
    item: Line
    summary: tuple[Line, ...]


def _at(element: int, *values: str, component: int = 1) -> tuple[tuple[int, int], tuple[str, ...]]:
    return (element, component), values


def _place(code: str, path: str, limit: int) -> Line:
    return Line("LOC", (Field(path, (2, 1), text(limit)),), (_at(1, code),))


def _amount(code: str, path: str, *others: str) -> Line:
    """An amount of money; a currency alone is none."""
    fields = (Field(f"{path}/amount", (1, 2), decimal(35)), Field(f"{path}/currency", (1, 3), text(3)))
    return Line("MOA", fields, (_at(1, code, *others),), needs=(1, 2))


def _mass(code: str, path: str) -> Line:
    """A mass in kilograms; in another unit it is none that is known here."""
    fixed = (_at(1, "WT"), _at(2, code), _at(3, *_KILOGRAMS))
    return Line("MEA", (Field(path, (3, 2), decimal(18)),), fixed, needs=(3, 2))


def _reference(code: str, path: str, limit: int) -> Line:
    return Line("RFF", (Field(path, (1, 2), text(limit)),), (_at(1, code),))


def _indicator(directory: Directory, name: str, path: str, codec: Codec, *, many: bool = False) -> tuple[Line, Line]:
    """A coded indicator (7365) of a named list, in GIS or GEI: both are read, the one of the directory is written."""
    key, inner = (path, "") if many else ("", path)
    in_gis = Line(
        "GIS",
        (Field(inner, (1, 1), codec),),
        (_at(1, name, component=2), _at(1, MUTUALLY_DEFINED, component=3)),
        key,
        many=many,
        writes=directory.indicator == "GIS",
    )
    in_gei = replace(
        in_gis,
        tag="GEI",
        fields=(Field(inner, (2, 1), codec),),
        fixed=(_at(1, MUTUALLY_DEFINED), _at(2, name, component=2), _at(2, MUTUALLY_DEFINED, component=3)),
        writes=directory.indicator == "GEI",
    )
    return in_gis, in_gei


def _party(directory: Directory, code: str, key: str) -> Line:
    contact = Line("CTA", (Field("contact", (2, 2), text(directory.name)),), (_at(1, "IC"),))
    reached = Line(
        "COM",
        (
            Field("communication/value", (1, 1), text(directory.communication)),
            Field("communication/type", (1, 2), text(3)),
        ),
        needs=(1, 1),
    )
    fields = (
        Field("id", (2, 1), text(17)),
        Field("name", (4, 1), words(directory.name, 2), 2),
        Field("address/line", (5, 1), words(directory.street, 3), 3),
        Field("address/city", (6, 1), text(35)),
        Field("address/region", (7, 1), text(9)),
        Field("address/postcode", (8, 1), text(9)),
        Field("address/country", (9, 1), text(3)),
    )
    return Line("NAD", fields, (_at(1, code),), key, below=(contact, reached))


def _information(directory: Directory) -> Line:
    fields = (
        Field("type", (2, 1), text(3)),
        Field("code", (3, 1), text(directory.free_code)),
        Field("text", (4, 1), words(directory.free_text, 5), 5),
    )
    return Line("FTX", fields, (_at(1, "ACB"),), "additional_information", many=True)


def _code_write(code: str) -> tuple[str, ...] | None:
    """N935 as 1001 = 935 of the list N; the number 998 stands for previous documents."""
    if len(code) == 4 and code[1:] != "998":
        return code[1:], code[0]
    return (code,) if len(code) == 3 and code != "998" else None


_CODE = Codec(_code_write, lambda parts: "".join(reversed(parts)))


def _documents(directory: Directory) -> tuple[Line, Line]:
    """Documents, whose code is category and type in one, and previous documents (1001 = 998)."""
    valid = Line("DTM", (Field("valid_on", (1, 2), instant, 2),), (_at(1, "36"),))
    documents = Line(
        "DOC",
        (
            Field("code", (1, 1), _CODE, 2),
            Field("name", (1, 4), text(35)),
            Field("id", (2, 1), text(directory.identifier)),
            Field("status", (2, 2), text(3)),
            Field("issuer", (2, 3), text(directory.identifier)),
        ),
        key="documents",
        many=True,
        below=(valid,),
    )
    previous = Line(
        "DOC",
        (
            Field("category", (1, 2), text(3)),
            Field("type", (1, 4), text(35)),
            Field("id", (2, 1), text(directory.identifier)),
        ),
        (_at(1, "998"),),
        key="previous_documents",
        many=True,
    )
    return previous, documents


def _transport(directory: Directory) -> tuple[Line, ...]:
    identity = text(directory.conveyance)
    border = Line(
        "TDT",
        (
            Field("transport/border_mode", (3, 1), text(3)),
            Field("transport/border_id_type", (4, 1), text(8)),
            Field("transport/border_id", (8, 1), identity),
            Field("transport/border_name", (8, 4), text(35)),
            Field("transport/border_nationality", (8, 5), text(3)),
        ),
        (_at(1, "11"),),
    )
    others = [
        Line(
            "TDT",
            (
                Field(f"transport/{way}_id_type", (4, 1), text(8)),
                Field(f"transport/{way}_id", (8, 1), identity),
            ),
            (_at(1, code),),
        )
        for code, way in (("12", "departure"), ("13", "arrival"))
    ]
    inland = Line("TDT", (Field("transport/inland_mode", (3, 1), text(3)),), (_at(1, "1"),))
    return inland, border, *others


_PARTIES = (
    ("DT", "declarant"),
    ("MS", "submitter"),
    ("EX", "exporter"),
    ("CZ", "consignor"),
    ("IM", "importer"),
    ("CN", "consignee"),
    ("BY", "buyer"),
    ("SE", "seller"),
)
"""Parties of the declaration, by their function (3035)."""
_ITEM_PARTIES = tuple((code, key) for code, key in _PARTIES if code in {"CZ", "CN", "BY", "SE"})


def _header(directory: Directory) -> tuple[Line, ...]:
    goods_place = Line(
        "LOC",
        (
            Field("goods_location/id", (2, 1), text(25)),
            Field("goods_location/name", (2, 4), text(directory.place_name)),
            Field("goods_location/type", (3, 1), text(25)),
            Field("goods_location/qualifier", (4, 1), text(25)),
        ),
        (_at(1, "14"),),
    )
    warehouse = Line(
        "LOC", (Field("warehouse/id", (2, 1), text(25)), Field("warehouse/type", (3, 1), text(25))), (_at(1, "18"),)
    )
    terms = Line(
        "TOD",
        (Field("delivery_terms/incoterm", (3, 1), text(3)),),
        below=(
            Line(
                "LOC",
                (
                    Field("delivery_terms/location", (2, 1), text(25)),
                    Field("delivery_terms/location_name", (2, 4), text(directory.place_name)),
                    Field("delivery_terms/country", (3, 1), text(25)),
                ),
                (_at(1, "1"),),
            ),
        ),
    )
    seal = Line("SEL", (Field("", (1, 1), text(10 if directory.release != "24A" else 35)),), key="seals", many=True)
    container = Line(
        "EQD",
        (Field("id", (2, 1), text(17)),),
        (_at(1, "CN"),),
        "equipment",
        many=True,
        numbered="sequence",
        below=(seal,),
    )
    previous, documents = _documents(directory)
    return (
        Line("BGM", (Field("type_code", (1, 4), text(35)), Field("lrn", (2, 1), text(35)))),
        _place("9", "transport/loading_location", 25),
        goods_place,
        warehouse,
        _place("22", "office", 25),
        _place("28", "destination_country", 25),
        _place("35", "export_country", 25),
        _place("42", "exit_office", 25),
        Line("LOC", (Field("", (2, 1), text(25)),), (_at(1, "49"),), "transport/itinerary", many=True),
        Line("DTM", (Field("issued_at", (1, 2), instant, 2),), (_at(1, "137"),)),
        Line("DTM", (Field("tax_point_at", (1, 2), instant, 2),), (_at(1, "148"),)),
        *_indicator(directory, "CTR", "transport/container_indicator", flag),
        *_indicator(directory, "TNA", "transaction_nature", text(3)),
        container,
        _information(directory),
        _reference("AFB", "transport/manifest_reference", directory.identifier),
        _reference("UCN", "ucr", directory.identifier),
        *_transport(directory),
        previous,
        documents,
        replace(_party(directory, "AE", "representative"), below=()),
        *(_party(directory, code, key) for code, key in _PARTIES),
        _party(directory, "CA", "transport/carrier"),
        terms,
        _amount("39", "invoice_total"),
        _amount("64", "valuation/freight"),
        _amount("67", "valuation/insurance"),
    )


def _item(directory: Directory) -> Line:
    codes = (
        ("commodity_code", 2, "HS"),
        ("procedure", 3, "CPC"),
        ("preference", 4, "PRF"),
        ("valuation_method", 5, "VAL"),
        ("transaction_nature", 6, "TNA"),
    )
    marks = Line("PCI", (Field("marks", (2, 1), words(35, 10), 10),), (_at(1, "28"),))
    packages = Line(
        "PAC",
        (Field("count", (1, 1), whole), Field("type", (3, 1), text(17))),
        key="packages",
        many=True,
        numbered="sequence",
        below=(marks,),
    )
    claims = Line(
        "TAX",
        (Field("tax_type", (2, 1), text(3)), Field("rate", (5, 4), decimal(17))),
        (_at(1, "1"),),
        "duty_claims",
        many=True,
        below=(_amount("56", "base_amount"), _amount("161", "assessed")),
    )
    supplementary = (
        Field("supplementary_quantity/unit", (3, 1), text(directory.unit)),
        Field("supplementary_quantity/quantity", (3, 2), decimal(18)),
    )
    previous, documents = _documents(directory)
    price = tuple(dict.fromkeys((directory.item_price, "38", "77")))
    return Line(
        "CST",
        (
            Field("number", (1, 1), whole),
            *(Field(path, (place, 1), text(18), codes=name) for path, place, name in codes),
        ),
        key="items",
        many=True,
        below=(
            Line("FTX", (Field("description", (4, 1), words(directory.free_text, 5), 5),), (_at(1, "AAA"),)),
            _information(directory),
            _place("27", "origin", 25),
            _place("28", "destination_country", 25),
            _place("35", "export_country", 25),
            _mass("AAB", "gross_mass_kg"),
            _mass("AAA", "net_mass_kg"),
            Line("MEA", supplementary, (_at(1, "AAE"),), needs=(3, 2)),
            *(_party(directory, code, key) for code, key in _ITEM_PARTIES),
            packages,
            _amount(price[0], "price", *price[1:]),
            _amount("40", "customs_value"),
            _amount("123", "statistical_value"),
            Line("RFF", (Field("", (1, 2), text(17)),), (_at(1, "AAQ"),), "container_ids", many=True),
            _reference("ABJ", "quota_order_number", 35),
            _reference("UCN", "ucr", 35),
            replace(_reference("HS", "commodity_code", 35), writes=False),
            previous,
            documents,
            *_indicator(directory, "CPC", "additional_procedures", text(3), many=True),
            claims,
        ),
    )


@cache
def table_of(release: str) -> Table:
    """The table of a directory."""
    directory = DIRECTORIES[release]
    count = (
        Line("CNT", (Field("item_count", (1, 2), whole),), (_at(1, "5"),)),
        Line(
            "CNT",
            (Field("total_gross_mass_kg", (1, 2), decimal(18)),),
            (_at(1, "7"), ((1, 3), _KILOGRAMS)),
        ),
        Line("CNT", (Field("total_packages", (1, 2), whole),), (_at(1, "11"),)),
    )
    return Table(_header(directory), _item(directory), count)
