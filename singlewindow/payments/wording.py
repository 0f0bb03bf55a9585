"""Words of payments for people: codes are kept, pages say what they mean."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

HELD: Words = {
    "short": _("Less came in than the basket asks for."),
    "over": _("More came in than the basket asks for."),
    "currency": _("The money came in another currency."),
    "cancelled": _("The basket was cancelled before the money came."),
    "gone": _("What the basket was for is not owed any more."),
    "twice": _("The basket was paid already."),
    "unknown": _("Nobody could place it."),
    "reversed": _("The bank took a payment back."),
    "refunded": _("The provider gave the money back to the payer."),
    "differs": _("The provider told two amounts of one payment."),
    "bounced": _("A payment came back from the bank."),
    "used": _("A part of the money was used for something else; this is paid when the account holds all of it."),
}

OUTCOMES: Words = {
    "basket": _("Booked for a basket"),
    "account": _("Booked on an account"),
    "suspense": _("Into suspense"),
    "payout": _("Payment order paid out"),
    "bounced": _("Payment order came back"),
    "settled": _("Paid over by a provider"),
}

METHODS: Words = {
    "account": _("Prepaid account"),
    "provider": _("Provider"),
    "bank": _("Bank transfer"),
}

WHY: Words = {
    "basket": _("It was sent for this basket"),
    "amount": _("A basket waits for exactly this amount"),
    "reference": _("The reference is nearly that of this basket"),
    "name": _("The name is like this one"),
}

KINDS: Words = {
    "trader": _("Prepaid accounts of traders"),
    "authority": _("Authorities"),
    "suspense": _("Suspense"),
    "cash": _("Bank"),
    "security": _("Set aside as security"),
    "receivable": _("Still to be paid by traders"),
    "clearing": _("On its way"),
}

DEMANDS: Words = {
    "agency_fee": _("Fee"),
    "duty": _("Duty"),
    "interest": _("Interest"),
    "penalty": _("Penalty"),
    "guarantee_call": _("Call on a guarantee"),
    "repayment": _("Repayment"),
    "statement": _("Statement of a month"),
    "ASSESSED": _("Assessed: the goods are not released yet"),
    "INSUFFICIENT": _("The goods wait for this money"),
}


def word(words: Words, code: str) -> str:
    """What a code says, or the code itself where it is new."""
    return str(words.get(code, code))
