"""What the window asks of a payment provider, whichever it is; see docs/adr/0018.

A provider is asked to begin a payment and tells what became of it by messages to one address. Nothing that it tells
is believed without its signature, and no amount without comparing it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from singlewindow.kernel.errors import NotFound
from singlewindow.payments.states import ProviderState


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the payer goes on, and how the provider calls the payment."""

    provider_txn_id: str
    href: str


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One message of a provider, proved to be its own."""

    provider_txn_id: str
    kind: ProviderState
    reference: str
    amount_minor: int
    currency: str
    sent_at: datetime


class PaymentProvider(Protocol):
    """An adapter to one provider; stateless, safe to share."""

    code: str
    """In addresses and rows."""
    name: str | Promise
    """For people."""
    clearing: str
    """Three letters: the clearing account of money that it took and has not paid over."""
    settles_from: str
    """The bank account from which it pays over what it took; empty where it is not known."""

    def begin(self, *, payment_id: UUID, reference: str, amount_minor: int, currency: str) -> Begun:
        """Announce a payment to the provider."""

    def callback_read(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """The message that the provider sent, once its signature and time are proved.

        Raises:
            SignatureInvalid: it is not the provider's, was changed on the way, or is older than the provider allows.
            FormatRefused: it is, and cannot be read.
        """


def providers() -> dict[str, PaymentProvider]:
    """The providers that this installation uses, by code."""
    return {code: import_string(path) for code, path in settings.PAYMENT_PROVIDERS.items()}


def provider_of(code: str) -> PaymentProvider:
    """One provider. Raises NotFound for one that this installation does not use."""
    path = settings.PAYMENT_PROVIDERS.get(code)
    if path is None:
        raise NotFound
    provider: PaymentProvider = import_string(path)
    return provider
