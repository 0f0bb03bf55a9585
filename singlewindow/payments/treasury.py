"""The treasury's own bank accounts, as the settings name them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class TreasuryAccount:
    """One bank account into which traders pay and from which they are paid."""

    currency: str
    iban: str
    bic: str
    holder: str


def treasury() -> Mapping[str, TreasuryAccount]:
    """The accounts by their currency."""
    return {
        currency: TreasuryAccount(currency, account["iban"], account["bic"], account["holder"])
        for currency, account in settings.TREASURY_ACCOUNTS.items()
    }


def treasury_account(iban: str) -> TreasuryAccount | None:
    """The account of a number; none where it is not one of the treasury's."""
    return next((account for account in treasury().values() if account.iban == iban), None)
