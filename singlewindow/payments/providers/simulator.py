"""A provider that misbehaves on request, for demonstration and tests: the window refuses to use it in earnest.

It is a provider like any other: the payer goes to its page, and it tells what became of the payment by signed messages
to the one address of callbacks, over HTTP. What is simulated is the bank card and the bad manners.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import orjson
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.payments.providers.interface import Begun, ProviderEvent
from singlewindow.payments.providers.signatures import HEADER, prove
from singlewindow.payments.states import ProviderState

AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,4})?", re.ASCII)
TEXT = re.compile(r"[A-Za-z0-9-]{1,60}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
FIELDS = frozenset({"event", "transaction", "reference", "amount", "currency"})

BEHAVIOURS: dict[str, str | Promise] = {
    "well": _("Pay, and tell it once"),
    "twice": _("Pay, and tell it twice"),
    "late": _("Pay, and tell it a minute late"),
    "out_of_order": _("Pay, and tell the end before the beginning"),
    "short": _("Pay one unit less"),
    "over": _("Pay one unit more"),
    "other_currency": _("Pay the amount in another currency"),
    "differing": _("Pay, and tell another amount later"),
    "refunded": _("Pay, and give it back to the payer"),
    "forged": _("Send a message with a forged signature"),
    "fail": _("Refuse the card"),
}
LATE = timedelta(seconds=60)
SOON = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Message:
    """One message that the simulator will send."""

    event: str
    transaction: str
    reference: str
    amount_minor: int
    currency: str
    after: timedelta = timedelta(0)
    forged: bool = False

    def body(self) -> bytes:
        """The bytes that are sent."""
        amount = f"{from_minor(self.amount_minor, self.currency):f}"
        value = {"event": self.event, "transaction": self.transaction, "reference": self.reference}
        return orjson.dumps(value | {"amount": amount, "currency": self.currency})


def messages(behaviour: str, well: Message) -> Iterator[Message]:
    """What the simulator sends for a payment that behaves as asked; `well` is the capture as it should be."""
    begun, other = replace(well, event="authorised"), "USD" if well.currency != "USD" else "EUR"
    scripts: dict[str, tuple[Message, ...]] = {
        "well": (begun, well),
        "twice": (begun, well, replace(well, after=SOON)),
        "late": (begun, replace(well, after=LATE)),
        "out_of_order": (well, replace(begun, after=SOON)),
        "short": (begun, replace(well, amount_minor=max(well.amount_minor - 1, 0))),
        "over": (begun, replace(well, amount_minor=well.amount_minor + 1)),
        "other_currency": (begun, replace(well, currency=other)),
        "differing": (begun, well, replace(well, amount_minor=well.amount_minor + 100, after=SOON)),
        "refunded": (begun, well, replace(well, event="refunded", after=SOON)),
        "forged": (replace(well, forged=True),),
        "fail": (replace(well, event="failed"),),
    }
    yield from scripts[behaviour]


class Simulator:
    """The adapter to the simulated provider."""

    code = "simulator"
    name = _("Card or mobile money (simulated)")
    clearing = "SIM"
    settles_from = "NL91ABNA0417164300"

    @property
    def secret(self) -> bytes:
        """The secret shared with the simulator, which is the same house."""
        return hashlib.sha256(b"payment simulator:" + settings.SECRET_KEY.encode()).digest()

    def begin(self, *, payment_id: UUID, reference: str, amount_minor: int, currency: str) -> Begun:
        """The simulator needs no announcement: its page reads the payment itself."""
        return Begun(f"SIM-{payment_id.hex}", reverse("payments:simulator", args=[payment_id]))

    def callback_read(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """The message of the simulator. Raises SignatureInvalid, FormatRefused."""
        sent_at = prove(self.secret, headers.get(HEADER, ""), body, at=at)
        value = strict_json.loads(body)
        if not isinstance(value, dict) or value.keys() != FIELDS or not all(isinstance(v, str) for v in value.values()):
            raise FormatRefused(f"The members are {', '.join(sorted(FIELDS))}, all texts.", code="callback.members")
        if not TEXT.fullmatch(value["transaction"]) or not CURRENCY.fullmatch(value["currency"]):
            raise FormatRefused("Transaction or currency is not in its form.", code="callback.members")
        if len(value["reference"]) > 35 or value["event"] not in list(ProviderState):
            raise FormatRefused("The event or the reference is not known here.", code="callback.members")
        return ProviderEvent(
            provider_txn_id=value["transaction"],
            kind=ProviderState(value["event"]),
            reference=value["reference"],
            amount_minor=_minor(value["amount"], value["currency"]),
            currency=value["currency"],
            sent_at=sent_at,
        )


def _minor(text: str, currency: str) -> int:
    if AMOUNT.fullmatch(text):
        try:
            return to_minor(Decimal(text), currency)
        except ValueError:
            pass
    raise FormatRefused("The amount is a plain decimal number of the currency.", code="callback.amount")


SIMULATOR = Simulator()
