"""One line of a file becomes one canonical message, or a list of what is wrong with it.

Source: docs/rules/lowvalue.md, LV-001 to LV-006 (TFA article 7.8; domain F23).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from declarations.messages import FieldsRefused, message_read
from declarations.schemas import DeclarationMessage
from singlewindow.kernel.errors import Violation
from singlewindow.lowvalue.rules.columns import COLUMNS, HEADER, place_of
from singlewindow.lowvalue.types import LineError
from singlewindow.reference.types import CountryProfile, LowValueScheme, ReferenceMissing

YES, NO = "Y", "N"
SCHEME_ROLE = "FR5"
"""The seller registered in a scheme for the VAT of distance sales (UCC Annex B, data element 13 16)."""

DOCUMENT_OF_MODE = {"1": "705", "2": "720", "3": "730", "4": "740", "5": "750"}
"""Type of the transport document by mode of transport (UN/EDIFACT 1001)."""

ToBase = Callable[[Decimal, str], Decimal]
"""An amount of a currency in the currency of the country; raises ReferenceMissing where no rate is published."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What every line of a file is judged by."""

    profile: CountryProfile
    scheme: LowValueScheme
    declarant: str
    to_base: ToBase


@dataclass(frozen=True, slots=True)
class LineRead:
    """A line as a message, as far as it could be read, and what the rules of low value say of it."""

    message: DeclarationMessage | None
    errors: tuple[LineError, ...]


def line_read(cells: Sequence[str], setting: Setting) -> LineRead:
    """Read a line and ask every rule of low value; the rules of declarations are asked by whoever lodges it."""
    given = dict(zip(HEADER, cells, strict=True))
    errors = list(_missing(given))
    if given["arrived"] and given["arrived"] not in (YES, NO):
        text = f"{given['arrived'][:20]} is neither Y nor N."
        errors.append(LineError("arrived", "LV-002", text, "Write Y when the goods are here.", given["arrived"][:80]))
    silent = {error.column for error in errors}
    try:
        message = message_read(_values(given, setting))
    except FieldsRefused as refused:
        found = [LineError.of(one, place_of(one.pointer)) for one in refused.violations]
        errors += [error for error in found if error.column not in silent]
        return LineRead(None, _in_order(errors))
    errors += _of_low_value(message, given, setting)
    return LineRead(message, _in_order(errors))


def errors_of(violations: Sequence[Violation]) -> tuple[LineError, ...]:
    """Findings in a message, by the columns of its line."""
    return _in_order([LineError.of(one, place_of(one.pointer)) for one in violations])


def _missing(given: Mapping[str, str]) -> Iterator[LineError]:
    """LV-001: every column that must be filled is filled."""
    for column in COLUMNS:
        if column.required and not given[column.name]:
            yield LineError(column.name, "LV-001", f"The column {column.name} is empty.", f"{column.sentence}.")


def _of_low_value(message: DeclarationMessage, given: Mapping[str, str], setting: Setting) -> Iterator[LineError]:
    item, scheme = message.items[0], setting.scheme
    code = item.commodity_code or ""
    if code.startswith(scheme.excluded):
        text = f"Goods of {code[:4]} are never filed as low value."
        yield LineError("commodity_code", "LV-004", text, "Lodge a full declaration.", code)
    if item.price is None:
        return
    freight = message.valuation.freight.amount if message.valuation and message.valuation.freight else Decimal(0)
    try:
        value = setting.to_base(item.price.amount + freight, item.price.currency)
    except ReferenceMissing:
        text = f"There is no exchange rate for {item.price.currency[:3]} today."
        yield LineError("currency", "LV-005", text, "Use another currency, or file the line later.", given["currency"])
        return
    if value > scheme.max_value:
        highest = f"{scheme.max_value:f} {setting.profile.currency}"
        text = f"Price and freight come to {value:.2f} {setting.profile.currency}; low value ends at {highest}."
        yield LineError("value", "LV-003", text, "Lodge a full declaration.", given["value"])


def _values(given: Mapping[str, str], setting: Setting) -> dict[str, Any]:
    """The fields of the message; what is empty counts as not given."""
    scheme, home = setting.scheme, setting.profile.country_code
    count = given["packages"]
    return {
        "lrn": given["lrn"],
        "type_code": scheme.type_code_expected if given["arrived"] == NO else scheme.type_code_arrived,
        "office": given["office"],
        "declarant": {"id": setting.declarant},
        "exporter": {
            "name": given["consignor_name"],
            "address": {
                "line": given["consignor_address"],
                "city": given["consignor_city"],
                "country": given["consignor_country"],
            },
        },
        "importer": {
            "id": given["consignee_id"],
            "name": given["consignee_name"],
            "address": {
                "line": given["consignee_address"],
                "city": given["consignee_city"],
                "postcode": given["consignee_postcode"],
                "country": home,
            },
        },
        "export_country": given["consignor_country"],
        "destination_country": home,
        "transport": {"border_mode": given["transport_mode"]},
        "previous_documents": _document(given),
        "fiscal_references": [{"role": SCHEME_ROLE, "id": given["tax_id"]}] if given["tax_id"] else [],
        "valuation": {"freight": {"amount": given["freight"], "currency": given["currency"]}}
        if given["freight"]
        else None,
        "items": [
            {
                "number": 1,
                "description": given["description"],
                "commodity_code": given["commodity_code"],
                "origin": given["origin"],
                "procedure": scheme.procedure,
                "additional_procedures": [scheme.additional_procedure],
                "gross_mass_kg": given["gross_mass_kg"],
                "price": {"amount": given["value"], "currency": given["currency"]} if given["value"] else None,
                "packages": [{"sequence": 1, "type": "PK", "count": int(count) if _is_whole(count) else count}],
            }
        ],
    }


def _document(given: Mapping[str, str]) -> list[dict[str, str]]:
    if not given["transport_document"]:
        return []
    kind = DOCUMENT_OF_MODE.get(given["transport_mode"], "ZZZ")
    return [{"category": "Z", "type": kind, "id": given["transport_document"]}]


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 8


def _in_order(errors: Sequence[LineError]) -> tuple[LineError, ...]:
    """By column, each thing once, and what is about the whole line last."""
    places = {name: place for place, name in enumerate(HEADER)}
    return tuple(sorted(dict.fromkeys(errors), key=lambda error: places.get(error.column, len(places))))
