"""What becomes of one entry of the bank, once it is known what it is about."""

import hashlib
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fees.services.movements import AccountKey, Side, money_post
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.payments.models import Basket
from singlewindow.payments.services.matching import Match
from singlewindow.payments.services.payouts import payout_bounce, payouts_confirm
from singlewindow.payments.services.receiving import (
    Money,
    basket_receive_any,
    money_to_account,
    money_to_suspense,
)
from singlewindow.payments.types import EntryRead, Held, Outcome


class Booked(Protocol):
    """The act that books a statement: who does it, when, and what it has locked."""

    work: Work
    actor: Actor
    at: datetime
    opened: dict[AccountKey, UUID]
    baskets: dict[UUID, Basket]


def entry_place(booking: Booked, iban: str, match: Match) -> tuple[Outcome, str]:
    """Book one entry; what became of it, and the id of what it was booked on.

    Source: docs/rules/payments.md, PY-ST-10 to PY-ST-14.
    """
    entry, money = match.entry, _money(booking, iban, match)
    work, actor, at = booking.work, booking.actor, booking.at
    if match.payouts and entry.amount_minor < 0:
        if payouts_confirm(work, match.payouts, source=money.source, actor=actor, at=at):
            return Outcome.PAYOUT, str(match.payouts[0])
    elif match.payouts and payout_bounce(
        work, match.payouts[0], source=money.source, reason=entry.reason or entry.text, actor=actor, at=at
    ):
        return Outcome.BOUNCED, str(match.payouts[0])
    elif match.provider:
        _settle(booking, match, money)
        return Outcome.SETTLED, match.provider
    elif match.basket_id is not None:
        basket = booking.baskets[match.basket_id]
        outcome = basket_receive_any(work, basket, money, actor=actor, at=at)
        return outcome, str(basket.pk if outcome is Outcome.BASKET else basket.organisation_id)
    elif match.organisation_id is not None:
        money_to_account(work, money, match.organisation_id, actor=actor, at=at)
        return Outcome.ACCOUNT, str(match.organisation_id)
    suspense_id = money_to_suspense(work, money, _why(entry), actor=actor, at=at)
    return Outcome.SUSPENSE, str(suspense_id)


def _why(entry: EntryRead) -> Held:
    if entry.reversal:
        return Held.REVERSED
    return Held.BOUNCED if entry.returned else Held.UNKNOWN


def _money(booking: Booked, iban: str, match: Match) -> Money:
    entry = match.entry
    digest = hashlib.sha256(f"{iban}|{entry.identity}".encode()).hexdigest()[:48]
    return Money(
        source=f"bank:{digest}",
        amount_minor=entry.amount_minor,
        currency=entry.currency,
        came_from=Side("cash", -entry.amount_minor),
        origin="bank",
        reference=match.reference or entry.end_to_end_id,
        text=entry.text,
        party_name=entry.party_name,
        party_iban=entry.party_iban,
        opened=booking.opened,
    )


def _settle(booking: Booked, match: Match, money: Money) -> None:
    """A provider pays over what it took: from its clearing account to cash."""
    money_post(
        booking.work,
        source=money.source,
        text=f"Paid over by the provider {match.provider}",
        currency=money.currency,
        sides=[Side("clearing", money.amount_minor, authority=match.provider), money.came_from],
        actor=booking.actor,
        at=booking.at,
        opened=booking.opened,
    )
