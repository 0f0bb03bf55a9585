"""What an assessment must know of a declaration."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from fees.types.kinds import Direction
from singlewindow.quotas.types import QuotaStanding
from singlewindow.reference.types import ExchangeRate


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount as it was stated, with its currency and the place in the message that states it."""

    amount: Decimal
    currency: str
    pointer: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What an assessment must know of one goods item."""

    number: int
    pointer: str
    commodity_code: str
    origin: str = ""
    preferential_origin: str = ""
    preference: str = ""
    procedure: str = ""
    additional_procedures: tuple[str, ...] = ()
    additional_codes: tuple[str, ...] = ()
    price: Sum | None = None
    stated_value: Sum | None = None
    net_mass_kg: Decimal | None = None
    gross_mass_kg: Decimal | None = None
    quantities: tuple[tuple[str, Decimal], ...] = ()
    """Declared quantities beside the masses, by unit code."""
    additions: tuple[Sum, ...] = ()
    deductions: tuple[Sum, ...] = ()
    documents: tuple[str, ...] = ()
    valuation_method: str = ""
    """Article of the WTO Valuation Agreement, 1 to 6 (9: a simplified national rule); empty for 1."""
    quota_order_number: str = ""
    """The tariff quota that the item asks for."""
    quota_share: Decimal | None = None
    """What part of its claim the quota granted, 0 to 1; nothing before its day is settled."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an assessment must know of a declaration, and nothing else of it."""

    direction: Direction
    items: tuple[ItemFacts, ...]
    incoterm: str = ""
    freight: Sum | None = None
    insurance: Sum | None = None
    additions: tuple[Sum, ...] = ()
    deductions: tuple[Sum, ...] = ()
    invoice_total: Sum | None = None
    documents: tuple[str, ...] = ()
    authorisations: tuple[str, ...] = ()
    quotas: tuple[QuotaStanding, ...] = ()
    """How each quota that an item cites stands on the day, by order number."""

    @property
    def currencies(self) -> frozenset[str]:
        """Every currency in which an amount is stated."""
        sums = [self.freight, self.insurance, self.invoice_total, *self.additions, *self.deductions]
        for item in self.items:
            sums += [item.price, item.stated_value, *item.additions, *item.deductions]
        return frozenset(part.currency for part in sums if part is not None)


Rates = Mapping[str, ExchangeRate]
"""The published rate of each foreign currency on the day of assessment; one that is absent is missing."""
