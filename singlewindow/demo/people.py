"""Organisations, people, mandates, money and one API client of the demonstration country."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from fees.services import account_credit
from singlewindow.accounts.models import ApiClient, Mandate, Membership, Organisation, User
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Role
from singlewindow.accounts.services import api_client_register, mandate_grant
from singlewindow.accounts.types import Actor, ActorKind, MandateScope, system_actor
from singlewindow.kernel.errors import Conflict

DATA = Path(__file__).resolve().parent / "data"
PASSWORD = "kivana-demo-2026"  # noqa: S105  (printed by make run; these people exist in the demonstration only)
CLIENT_ID = "demo-erp"
CLIENT_SECRET = "kivana-demo-secret-2026"  # noqa: S105
CLIENT_SCOPES = frozenset({"declarations", "quotes", "feed", "account", "webhooks"})
CURRENCY = "EUR"
ACTOR = system_actor("demo")

MANDATES = (
    ("ZZIMP0001", MandateScope.IMPORT),
    ("ZZEXP0001", MandateScope.EXPORT),
)
"""Principals of the broker."""

BROKER = "ZZBRK0001"


@dataclass(frozen=True, slots=True)
class Person:
    """One who can sign in."""

    username: str
    name: str
    organisation: str
    role: Role
    office: str
    agency: str
    what: str


def rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of one of the demonstration's tables."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def people() -> list[Person]:
    """Everybody who can sign in, in the order of the list that is printed."""
    return [
        Person(**{**row, "role": Role(row["role"])})  # type: ignore[arg-type]
        for row in rows("people.csv")
    ]


def people_load() -> int:
    """Make organisations, people, mandates, accounts and the API client. Idempotent; returns what was added.

    Raises:
        Conflict: the window is served in earnest: with these people, one who knows the passwords would be two.
    """
    if settings.SESSION_COOKIE_SECURE and not settings.CSW_DEMO:
        raise Conflict("Behind TLS the demonstration, whose passwords are known, is loaded with CSW_DEMO=true only.")
    added = _organisations() + _people() + _mandates()
    if not ApiClient.objects.filter(client_id=CLIENT_ID).exists():
        api_client_register(
            actor=ACTOR,
            organisation=Organisation.objects.get(identifier="ZZIMP0001"),
            name=CLIENT_ID,
            scopes=CLIENT_SCOPES,
            client_id=CLIENT_ID,
            secret=CLIENT_SECRET,
        )
        added += 1
    return added


def _organisations() -> int:
    added = 0
    for row in rows("organisations.csv"):
        organisation, made = Organisation.objects.get_or_create(
            identifier=row["identifier"],
            defaults={
                "name": row["name"],
                "kind": row["kind"],
                "country": row["country"],
                "address": row["address"],
                "trusted_since": date.fromisoformat(row["trusted_since"]) if row["trusted_since"] else None,
            },
        )
        added += made
        if row["opening_balance"]:
            _opening_balance(organisation, Decimal(row["opening_balance"]))
    return added


def _opening_balance(organisation: Organisation, amount: Decimal) -> None:
    try:
        account_credit(
            organisation_id=organisation.pk,
            amount=amount,
            currency=CURRENCY,
            reference=f"opening balance {organisation.identifier}",
            actor=ACTOR,
        )
    except Conflict:
        return  # booked when the country was first loaded


def _people() -> int:
    added = 0
    for person in people():
        if User.objects.filter(username=person.username).exists():
            continue
        first, _, last = person.name.partition(" ")
        user = User.objects.create_user(username=person.username, password=PASSWORD, first_name=first, last_name=last)
        Membership.objects.create(
            user=user,
            organisation=Organisation.objects.get(identifier=person.organisation),
            role=person.role.value,
            office=person.office,
            agency=person.agency,
        )
        added += 1
    return added


def _mandates() -> int:
    agent, added = Organisation.objects.get(identifier=BROKER), 0
    for identifier, scope in MANDATES:
        principal = Organisation.objects.get(identifier=identifier)
        if Mandate.objects.filter(principal=principal, agent=agent, scope=scope.value).exists():
            continue
        mandate_grant(
            actor=ACTOR,
            principal=principal,
            agent=agent,
            scope=scope,
            direct=True,
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
        added += 1
    return added


def trader_actor(identifier: str) -> Actor:
    """The software of a trader, as it files."""
    organisation = Organisation.objects.get(identifier=identifier)
    return Actor(
        kind=ActorKind.CLIENT,
        id=f"demo-{identifier}",
        name=organisation.name,
        organisation_id=organisation.pk,
        organisation_identifier=organisation.identifier,
        organisation_name=organisation.name,
        roles=frozenset({Role.TRADER}),
        permissions=ROLE_PERMISSIONS[Role.TRADER],
        conversation_id="demonstration",
    )
