"""The columns of a file of low value: their names, their order, and the field that each becomes.

Source: docs/rules/lowvalue.md; UCC Delegated Act 2015/2446, Annex B, column H7, taken as a pattern.
"""

from typing import Final

from singlewindow.lowvalue.types import Column

COLUMNS: Final[tuple[Column, ...]] = (
    Column("lrn", "/lrn", "Your reference of the consignment, once in all your filing", True, "PK-0001", "D026"),
    Column("office", "/office", "Customs office where it is filed", True, "ZZ000201", "G005"),
    Column("arrived", "/type_code", "Y when the goods are here, N when they are on their way", True, "Y", "1/1, 1/2"),
    Column("transport_mode", "/transport/border_mode", "1 sea, 2 rail, 3 road, 4 air, 5 post", True, "4", "183"),
    Column(
        "transport_document",
        "/previous_documents/0/id",
        "House bill or air waybill of the consignment",
        True,
        "HAWB-1",
        "D018",
    ),
    Column("consignor_name", "/exporter/name", "Who sends the goods", True, "Shenzhen Gadgets Co", "R020"),
    Column("consignor_address", "/exporter/address/line", "Street and number", True, "8 Factory Road", "239"),
    Column("consignor_city", "/exporter/address/city", "City", False, "Shenzhen", "241"),
    Column("consignor_country", "/exporter/address/country", "Country (ISO 3166)", True, "CN", "242"),
    Column("consignee_id", "/importer/id", "Identification of the consignee, where there is one", False, "", "R038"),
    Column("consignee_name", "/importer/name", "Who receives the goods", True, "Amina Diallo", "R037"),
    Column("consignee_address", "/importer/address/line", "Street and number", True, "12 Quay Street", "239"),
    Column("consignee_city", "/importer/address/city", "City", False, "Amari", "241"),
    Column("consignee_postcode", "/importer/address/postcode", "Post code", False, "", "245"),
    Column("tax_id", "/fiscal_references/0/id", "Tax number of the seller's VAT scheme", False, "", "13 16"),
    Column("description", "/items/0/description", "What the goods are", True, "Phone covers of plastics", "137"),
    Column("commodity_code", "/items/0/commodity_code", "6, 8 or 10 digits", True, "392690", "145"),
    Column("origin", "/items/0/origin", "Country of origin (ISO 3166)", True, "CN", "063"),
    Column("value", "/items/0/price/amount", "Price of the goods", True, "19.90", "112"),
    Column("currency", "/items/0/price/currency", "Currency of price and freight (ISO 4217)", True, "EUR", "135"),
    Column("freight", "/valuation/freight/amount", "Transport, where the price is without", False, "4.50", "064"),
    Column("gross_mass_kg", "/items/0/gross_mass_kg", "Mass with packing, in kilograms", True, "0.25", "126"),
    Column("packages", "/items/0/packages/0/count", "Number of packages", True, "1", "144"),
)

HEADER: Final = tuple(column.name for column in COLUMNS)
ERRORS: Final = "errors"
"""A further last column, as the download of failed lines has it; what stands in it is not read."""

SECOND_EXAMPLE: Final = {
    "lrn": "PK-0002",
    "transport_document": "HAWB-2",
    "consignee_name": "Samuel Okoro",
    "description": "Cotton T-shirt, printed",
    "commodity_code": "610910",
    "value": "24.00",
    "freight": "",
    "gross_mass_kg": "0.3",
}


ALSO: Final = {
    "/export_country": "consignor_country",
    "/importer": "consignee_name",
    "/exporter": "consignor_name",
    "/valuation/freight/currency": "currency",
    "/previous_documents/0/type": "transport_mode",
}
"""Fields that a column fills beside its own."""


def place_of(pointer: str) -> str:
    """The column that a field came from, or that lies below it; nothing for what no column says."""
    if pointer in ALSO:
        return ALSO[pointer]
    above = [column for column in COLUMNS if f"{pointer}/".startswith(f"{column.pointer}/")]
    if above:
        return max(above, key=lambda column: len(column.pointer)).name
    below = (column.name for column in COLUMNS if pointer and column.pointer.startswith(f"{pointer}/"))
    return next(below, "")


def examples() -> tuple[tuple[str, ...], ...]:
    """The two lines of the sample file."""
    first = tuple(column.example for column in COLUMNS)
    second = tuple(SECOND_EXAMPLE.get(column.name, column.example) for column in COLUMNS)
    return first, second
