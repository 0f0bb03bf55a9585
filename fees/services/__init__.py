"""Acts of fees: load the tariff, assess, quote, credit and debit accounts."""

from fees.services.accounts import account_credit
from fees.services.amendments import debt_adjust, debt_reopen, debt_return
from fees.services.assessments import assessment_again, assessment_make
from fees.services.debts import account_debit
from fees.services.finality import debt_finalise
from fees.services.quotes import Quote, quote_make, quote_of_facts
from fees.services.securities import debt_secure, security_convert, security_settle
from fees.services.tariff import TariffLoaded, charges_publish, tariff_load

__all__ = [
    "Quote",
    "TariffLoaded",
    "account_credit",
    "account_debit",
    "assessment_again",
    "assessment_make",
    "charges_publish",
    "debt_adjust",
    "debt_finalise",
    "debt_reopen",
    "debt_return",
    "debt_secure",
    "quote_make",
    "quote_of_facts",
    "security_convert",
    "security_settle",
    "tariff_load",
]
