"""Making the people of a made country known to the window: organisations, money on their accounts, mandates."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from fees.services import account_credit
from singlewindow.accounts.models import Mandate, Organisation
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Role
from singlewindow.accounts.services import mandate_grant
from singlewindow.accounts.types import Actor, ActorKind, MandateScope
from singlewindow.demo.country.traders import Broker, Trader
from singlewindow.demo.country.world import Country, Filing
from singlewindow.demo.people import ACTOR, CURRENCY
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict

POOR = frozenset({"ZZIMP0006"})
"""Named traders who stay without money, so that somebody waits for it."""
ADVANCE = Decimal(2_000_000)
"""EUR on the account of one who files once a day."""


class Settlers:
    """Who of a country is known to the window already. It asks the database once for each."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self._known: dict[str, Organisation] = {}
        self._mandates: set[tuple[str, str, str]] = set()

    def settle(self, begin: datetime, *, advance: bool) -> None:
        """Make everybody known who has come since the last call, and give their accounts money.

        Args:
            begin: midnight of the country's first day.
            advance: whether the organisations of the demonstration get money too.
        """
        for one in self.country.organisations():
            if one.identifier not in self._known:
                self._known[one.identifier] = self._settle(one, begin, advance=advance)

    def _settle(self, one: Trader | Broker, begin: datetime, *, advance: bool) -> Organisation:
        is_trader = isinstance(one, Trader)
        since = begin + timedelta(days=one.since) if isinstance(one, Trader) else begin - timedelta(days=1500)
        organisation, made = Organisation.objects.get_or_create(
            identifier=one.identifier,
            defaults={
                "name": one.name,
                "kind": "trader" if is_trader else "broker",
                "country": "ZZ",
                "address": one.address,
                "trusted_since": (begin - timedelta(days=400)).date() if getattr(one, "trusted", False) else None,
                "created_at": since,
            },
        )
        if made or (advance and one.identifier not in POOR):
            rate = Decimal(str(round(one.rate, 2))) if isinstance(one, Trader) else Decimal(1)
            self._credit(organisation, ADVANCE * max(Decimal(1), 40 * rate))
        return organisation

    def _credit(self, organisation: Organisation, amount: Decimal) -> None:
        reference = f"made country {self.country.world.seed} {organisation.identifier}"
        try:
            account_credit(
                organisation_id=organisation.pk,
                amount=amount.quantize(Decimal("0.01")),
                currency=CURRENCY,
                reference=reference,
                actor=ACTOR,
            )
        except Conflict:
            return  # booked when this world was first begun

    def filer(self, filing: Filing) -> Actor:
        """The software of who files, with the mandate that it needs; a forged one looks like any other."""
        agent, principal = self._organisation(filing.filer), self._organisation(filing.importer)
        broker = agent.kind == "broker"
        key = (agent.identifier, principal.identifier, filing.direction)
        if agent.pk != principal.pk and key not in self._mandates:
            self._mandate(agent, principal, MandateScope(filing.direction))
            self._mandates.add(key)
        role = Role.BROKER if broker else Role.TRADER
        return Actor(
            kind=ActorKind.CLIENT,
            id=f"demo-{agent.identifier}",
            name=agent.name,
            organisation_id=agent.pk,
            organisation_identifier=agent.identifier,
            organisation_name=agent.name,
            roles=frozenset({role}),
            permissions=ROLE_PERMISSIONS[role],
            conversation_id="demonstration",
        )

    def _organisation(self, identifier: str) -> Organisation:
        if identifier not in self._known:
            self._known[identifier] = Organisation.objects.get(identifier=identifier)
        return self._known[identifier]

    def _mandate(self, agent: Organisation, principal: Organisation, scope: MandateScope) -> None:
        if Mandate.objects.filter(principal=principal, agent=agent, scope=scope.value, revoked_at=None).exists():
            return
        mandate_grant(
            actor=ACTOR,
            principal=principal,
            agent=agent,
            scope=scope,
            direct=False,
            valid_from=clock.now() - timedelta(days=1),
        )


def quotas(weights: Iterable[float], count: int) -> list[int]:
    """A count shared out by weights, whole numbers that sum to it."""
    shares = list(weights)
    whole = sum(shares) or 1.0
    exact = [count * share / whole for share in shares]
    given = [int(one) for one in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: given[place] - exact[place])
    for place in by_rest[: count - sum(given)]:
        given[place] += 1
    return given
