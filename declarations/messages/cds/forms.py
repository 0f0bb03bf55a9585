"""The form of each value in WCO DEC-DMS 2: kind, length, digits. Our own reading, by element name or `Parent/Name`.

What a form allows and the canonical declaration does not is a finding of a rule; what a form does not allow is a
fault of the message.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Accept = Callable[[str], object]

_SPACE = " \t\r\n"
"""White space of XML; only these may stand around a code or a number."""
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_DATE = re.compile(r"20[0-9]{6}(?:[0-9]{6}(?:Z|[-+][0-9]{2}))?", re.ASCII)
_CLEAN = r"[!-~](?:[ -~]{0,%d}[!-~])?"


@dataclass(frozen=True, slots=True)
class Form:
    """What the text of an element may look like."""

    words: str
    """In words, for the sentence of a finding."""
    most: int
    """Most characters; 0 where digits are counted instead."""
    plain: Accept
    """Sure at once of a value that is sound and needs no cleaning; it may say no to others that are sound."""
    accepts: Callable[[str], bool]
    """Whether the raw text, white space and all, is sound."""

    def rule(self, text: str) -> str:
        """The finding that a text earns which is not accepted."""
        bare = text.strip(_SPACE)
        if not bare:
            return "format.empty"
        return "format.too_long" if self.most and len(bare) > self.most else "format.value"


def text(most: int) -> Form:
    """Text on one line, its spaces counted."""

    def accepts(value: str) -> bool:
        return len(value) <= most and "\n" not in value and "\r" not in value and bool(value.strip(_SPACE))

    return Form(f"text of at most {most} characters", most, _clean(most), accepts)


def code(most: int) -> Form:
    """A code; white space around it does not count."""

    def accepts(value: str) -> bool:
        return 0 < len(" ".join(value.split())) <= most

    return Form(f"a code of at most {most} characters", most, _clean(most), accepts)


def letters(count: int) -> Form:
    """A code of so many letters of the English alphabet."""
    form = re.compile(rf"[a-zA-Z]{{{count}}}")

    def accepts(value: str) -> bool:
        return form.fullmatch(value.strip(_SPACE)) is not None

    return Form(f"{count} letters", count, form.fullmatch, accepts)


def digits(pattern: str, most: int) -> Form:
    """A code of digits."""
    form = re.compile(pattern, re.ASCII)

    def accepts(value: str) -> bool:
        return form.fullmatch(value.strip(_SPACE)) is not None

    return Form(f"at most {most} digits", most, form.fullmatch, accepts)


def number(total: int, fraction: int) -> Form:
    """A decimal number with so many digits, so many of them behind the point."""
    whole = min(total - fraction, 15)
    plain = re.compile(rf"[0-9]{{1,{whole}}}" + (rf"(?:\.[0-9]{{1,{fraction}}})?" if fraction else ""), re.ASCII)

    def accepts(value: str) -> bool:
        bare = value.strip(_SPACE)
        if not _DECIMAL.fullmatch(bare):
            return False
        before, _, behind = bare.lstrip("+-").partition(".")
        before, behind = before.lstrip("0"), behind.rstrip("0")
        return len(behind) <= fraction and len(before) + len(behind) <= total

    return Form(f"a number of at most {total} digits, {fraction} behind the point", 0, plain.fullmatch, accepts)


def _any_number(value: str) -> bool:
    return _DECIMAL.fullmatch(value.strip(_SPACE)) is not None


def _clean(most: int) -> Accept:
    """Letters and signs of ASCII, no space at either end."""
    return re.compile(_CLEAN % (most - 2) if most > 1 else "[!-~]").fullmatch


def _date(value: str) -> bool:
    return _DATE.fullmatch(value) is not None


DATE: Final = Form("a date (CCYYMMDD) or a time with its zone (CCYYMMDDhhmmssZ)", 35, _DATE.fullmatch, _date)
"""Of the DateTimeString inside; the element around it holds nothing else."""

_NAMED: Final = (
    (DATE, "AcceptanceDateTime EffectiveDateTime ExitDateTime IssueDateTime"),
    (
        code(17),
        "ArrivalTransportMeans/IdentificationTypeCode BorderTransportMeans/IdentificationTypeCode "
        "DepartureTransportMeans/IdentificationTypeCode StatementCode",
    ),
    (code(2), "Packaging/TypeCode"),
    (
        code(3),
        "AdditionalDocument/CategoryCode AdditionalDocument/TypeCode Address/TypeCode Agent/FunctionCode "
        "ChangeReasonCode ChargesTypeCode Classification/IdentificationTypeCode Communication/TypeCode "
        "CountryRelationshipCode CustomsValuation/MethodCode Declaration/TypeCode DocumentSectionCode DutyRegimeCode "
        "DutyTaxFee/TypeCode GoodsLocation/TypeCode LPCOExemptionCode Origin/TypeCode PaymentMethodCode "
        "PreviousDocument/CategoryCode PreviousDocument/TypeCode RoleCode SecurityDetailsCode "
        "SpecificCircumstancesCodeCode StatementTypeCode Warehouse/TypeCode",
    ),
    (
        code(4),
        "AccessCode AdditionCode ArrivalTransportMeans/TypeCode AuthorisationHolder/CategoryCode "
        "BorderTransportMeans/TypeCode DepartureTransportMeans/TypeCode Origin/CountryCode",
    ),
    (code(7), "CurrentCode PreviousCode"),
    (code(9), "CountrySubDivisionCode"),
    (digits("[0-9]", 1), "ModeCode"),
    (digits("[01]", 1), "ContainerCode"),
    (digits("9|13|14", 2), "Declaration/FunctionCode"),
    (digits("[0-9]{0,2}", 2), "TransactionNatureCode"),
    (digits("[0-9]{0,4}", 4), "UNDGID"),
    (letters(1), "Payment/MethodCode"),
    (
        letters(2),
        "Address/CountryCode Destination/CountryCode ExportCountry/ID RegistrationNationalityCode RoutingCountryCode",
    ),
    (letters(3), "ConditionCode CurrencyTypeCode"),
    (
        Form("a number", 0, re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII).fullmatch, _any_number),
        "TaxRateNumeric",
    ),
    (number(12, 5), "RateNumeric"),
    (number(15, 0), "HeightMeasure LengthMeasure WidthMeasure"),
    (
        number(16, 3),
        "AdValoremTaxBaseAmount AmountAmount CustomsValueAmount DeductAmount FreightChargeAmount InvoiceAmount "
        "ItemChargeAmount OtherChargeDeductionAmount PaymentAmount StatisticalValueAmount TaxAssessedAmount",
    ),
    (
        number(16, 6),
        "GrossMassMeasure NetNetWeightMeasure SpecificTaxBaseQuantity TariffQuantity TotalGrossMassMeasure "
        "VolumeMeasure WriteOff/QuantityQuantity",
    ),
    (number(5, 0), "GoodsItemQuantity LineNumeric LoadingListQuantity SequenceNumeric"),
    (number(8, 0), "Packaging/QuantityQuantity TotalPackageQuantity"),
    (
        text(17),
        "ID DeclarationOfficeID LocationID QuotaOrderID",
    ),
    (text(18), "Classification/ID"),
    (text(256), "Authentication GoodsLocation/Name LoadingLocation/Name LocationName PackingMaterialDescription"),
    (
        text(35),
        "AdditionalDocument/Name ArrivalTransportMeans/ID ArrivalTransportMeans/Name BorderTransportMeans/ID "
        "BorderTransportMeans/Name CityName CountrySubDivisionName DepartureTransportMeans/ID "
        "DepartureTransportMeans/Name FunctionalReferenceID ReferenceID Seal/ID TraderAssignedReferenceID UCR/ID "
        "Warehouse/ID",
    ),
    (text(4), "TagID"),
    (text(5), "IssueLocationID"),
    (text(50), "Communication/ID"),
    (text(512), "Commodity/Description MarksNumbersID StatementDescription"),
    (
        text(70),
        "Name AdditionalDocument/ID Declaration/ID Invoice/ID Line ObligationGuarantee/ID PreviousDocument/ID "
        "TradeTerms/Description",
    ),
    (text(9), "PostcodeID RegionID"),
)
FORMS: Final[dict[str, Form]] = {name: form for form, names in _NAMED for name in names.split()}


def form_of(group: str, leaf: str) -> Form:
    """The form of an element in the group of this name."""
    return FORMS.get(f"{group}/{leaf}") or FORMS[leaf]
