"""What may stand in an application, and what a grant needs. Source: docs/rules/guarantees.md, GU-REG and GU-GRA."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from singlewindow.guarantees.types import CRITERIA, REDUCIBLE, WITH_GUARANTOR, GuaranteeType
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.money import quantize

AMOUNT_MOST = Decimal(10**12)
VOUCHER_AMOUNT = Decimal(10_000)
"""What a voucher is worth, in units of the currency (domain.md K6)."""
VOUCHERS_MOST = 50
PREFIX = re.compile(r"[0-9]{2,10}", re.ASCII)
COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a trader applies for, or an officer registers."""

    type: GuaranteeType
    currency: str
    reference_amount: Decimal
    """The sum of the debts that may stand at the same time; of a voucher it is fixed."""
    valid_from: date
    valid_to: date | None = None
    guarantor_name: str = ""
    guarantor_identifier: str = ""
    offices: tuple[str, ...] = ()
    countries_excluded: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()
    sensitive_excluded: tuple[str, ...] = ()
    vouchers: int = 1
    """How many vouchers, of type 4."""


def application_findings(
    application: Application, *, offices: Collection[str], currencies: Collection[str]
) -> Iterator[Violation]:
    """GU-REG-01 to GU-REG-05: every field that cannot be so."""
    yield from _amount(application, currencies)
    if application.type in WITH_GUARANTOR and not application.guarantor_name.strip():
        yield _wrong("GU-REG-03", "/guarantor_name", "Somebody stands for it: give the name of the guarantor.")
    if len(application.guarantor_name) > 120 or len(application.guarantor_identifier) > 17:
        yield _wrong("GU-REG-03", "/guarantor_name", "A name has up to 120 characters, an identifier up to 17.")
    if application.valid_to is not None and application.valid_to < application.valid_from:
        yield _wrong("GU-REG-04", "/valid_to", "The last day is not before the first day.")
    for office in application.offices:
        if office not in offices:
            yield _wrong("GU-REG-05", "/offices", "This is no office of the country.", office)
    for country in application.countries_excluded:
        if not COUNTRY.fullmatch(country):
            yield _wrong("GU-REG-05", "/countries_excluded", "A country is two capital letters.", country)
    for field, prefixes in (
        ("commodities", application.commodities),
        ("sensitive_excluded", application.sensitive_excluded),
    ):
        for prefix in prefixes:
            if not PREFIX.fullmatch(prefix):
                yield _wrong("GU-REG-05", f"/{field}", "A commodity prefix has 2 to 10 digits.", prefix)


def _amount(application: Application, currencies: Collection[str]) -> Iterator[Violation]:
    amount = application.reference_amount
    if application.currency not in currencies:
        yield _wrong("GU-REG-01", "/currency", "This is no currency.", application.currency[:3])
        return
    if not amount.is_finite() or not 0 < amount <= AMOUNT_MOST:
        sentence = f"The amount is more than zero and at most {AMOUNT_MOST:f}."
        yield _wrong("GU-REG-01", "/reference_amount", sentence, str(amount)[:30])
    elif quantize(amount, application.currency) != amount:
        yield _wrong("GU-REG-01", "/reference_amount", "The amount is finer than the currency.", format(amount, "f"))
    if application.type is GuaranteeType.VOUCHER:
        if amount != VOUCHER_AMOUNT:
            sentence = f"A voucher is worth {VOUCHER_AMOUNT:f} {application.currency}."
            yield _wrong("GU-REG-02", "/reference_amount", sentence, str(amount)[:30])
        if not 1 <= application.vouchers <= VOUCHERS_MOST:
            sentence = f"Between 1 and {VOUCHERS_MOST} vouchers are registered at once."
            yield _wrong("GU-REG-02", "/vouchers", sentence, str(application.vouchers)[:30])
    elif application.vouchers != 1:
        yield _wrong("GU-REG-02", "/vouchers", "Only vouchers come in numbers.", str(application.vouchers)[:30])


def grant_findings(kind: GuaranteeType, level: int, criteria: Collection[str]) -> Iterator[Violation]:
    """GU-GRA-01 and GU-GRA-02: the level is one of the law, and everything that it needs is shown."""
    if level not in CRITERIA:
        yield _wrong("GU-GRA-01", "/level", "The level is 100, 50, 30 or 0 per cent.", str(level)[:10])
        return
    if level != 100 and kind not in REDUCIBLE:
        yield _wrong("GU-GRA-01", "/level", "Only a comprehensive guarantee is reduced.", str(level))
    if level == 0 and kind is not GuaranteeType.WAIVER:
        yield _wrong("GU-GRA-01", "/level", "Nothing guaranteed is a waiver: register it as one.", "0")
    if kind is GuaranteeType.WAIVER and level != 0:
        yield _wrong("GU-GRA-01", "/level", "A waiver guarantees nothing: its level is 0.", str(level))
    missing = [one for one in CRITERIA[level] if one not in criteria]
    if missing:
        sentence = f"A level of {level} per cent needs more to be shown: {', '.join(missing)}."
        yield _wrong("GU-GRA-02", "/criteria", sentence, ",".join(missing))


def limit_findings(limit_minor: int, used_minor: int, kind: GuaranteeType) -> Iterator[Violation]:
    """GU-LIM-01: a limit is positive and never below what is used; a voucher and a deposit have a fixed one."""
    if kind is GuaranteeType.VOUCHER:
        yield _wrong("GU-LIM-01", "/limit", "A voucher has a fixed amount.")
    elif kind is GuaranteeType.CASH:
        yield _wrong("GU-LIM-01", "/limit", "A guarantee in cash is worth what was paid in.")
    elif limit_minor <= 0:
        yield _wrong("GU-LIM-01", "/limit", "The limit is more than zero.")
    elif limit_minor < used_minor:
        yield _wrong("GU-LIM-01", "/limit", "The limit is not below what is used now.")


def _wrong(rule: str, pointer: str, message: str, value: str = "") -> Violation:
    return Violation(rule, pointer, message, "", value)
