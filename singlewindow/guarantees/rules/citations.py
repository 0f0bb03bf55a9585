"""The guarantees that a message names, as far as they are ours. Source: docs/rules/guarantees.md, GU-CIT-01."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from declarations.schemas import DeclarationMessage
from singlewindow.guarantees.types import Citing
from singlewindow.kernel.grn import grn_is_valid
from singlewindow.kernel.money import to_minor

SECURED_METHODS = frozenset("RSTUV")
"""Methods of payment that say: secured on a guarantee."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A guarantee of this country that a message names."""

    place: int
    grn: str
    field: str
    access_code: str | None

    def pointer(self, field: str = "") -> str:
        """Where it stands, or one of its elements."""
        return f"/guarantees/{self.place}/{field or self.field}"


def cited_in(message: DeclarationMessage, country: str) -> list[Cited]:
    """The guarantees of the country that a message names, in its order.

    Any other reference is recorded and nothing more: it may have been given elsewhere.
    """
    found = []
    for place, guarantee in enumerate(message.guarantees):
        for field in ("id", "reference"):
            grn = getattr(guarantee, field) or ""
            if grn[2:4] == country and grn_is_valid(grn):
                found.append(Cited(place, grn, field, guarantee.access_code))
                break
    return found


def security_asked(methods: Collection[str]) -> bool:
    """Whether a method of payment says that the debt is secured."""
    return not SECURED_METHODS.isdisjoint(methods)


def citing_of(message: DeclarationMessage, cited: Cited, citing: Citing) -> Citing:
    """What the message asks of a guarantee: the amount that it states, if it does."""
    amount = message.guarantees[cited.place].amount
    return Citing(
        holder_ids=citing.holder_ids,
        on=citing.on,
        amount_minor=to_minor(amount.amount, amount.currency) if amount else 0,
        currency=amount.currency if amount else citing.currency,
        office=message.office or "",
        commodity_codes=commodities_of(message),
        countries=countries_of(message),
    )


def commodities_of(message: DeclarationMessage) -> tuple[str, ...]:
    """The commodity codes of a message, once each."""
    return tuple(dict.fromkeys(item.commodity_code for item in message.items if item.commodity_code))


def countries_of(message: DeclarationMessage) -> tuple[str, ...]:
    """The countries from and to which the goods go."""
    named: Sequence[str | None] = (message.export_country, message.destination_country)
    return tuple(dict.fromkeys(country for country in named if country))
