"""Organisations, people and tokens for tests."""

import secrets
from datetime import timedelta
from itertools import count

from oauth2_provider.models import get_access_token_model

from singlewindow.accounts.models import ApiClient, Membership, Organisation, OrganisationKind, User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.services import api_client_register
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.kernel import clock

_numbers = count(1)

PASSWORD = "correct horse battery staple"


def organisation(*, identifier: str = "", kind: str = OrganisationKind.TRADER, name: str = "") -> Organisation:
    """An organisation with an identifier of its own."""
    number = next(_numbers)
    identifier = identifier or f"ZZT{number:08d}"
    return Organisation.objects.create(
        identifier=identifier, kind=kind, name=name or f"Organisation {number}", country="ZZ"
    )


def user(
    role: Role = Role.TRADER, *, of: Organisation | None = None, office: str = "", agency: str = "", username: str = ""
) -> User:
    """A person with a role; an agency officer is one of plant health unless told otherwise."""
    number = next(_numbers)
    person = User.objects.create_user(
        username=username or f"{role.value}-{number}", password=PASSWORD, first_name=role.name.title()
    )
    if role is Role.AGENCY_OFFICER:
        agency = agency or "PHY"
    Membership.objects.create(
        user=person, organisation=of or organisation(), role=role.value, office=office, agency=agency
    )
    return person


def actor(role: Role = Role.TRADER, *, of: Organisation | None = None, office: str = "", agency: str = "") -> Actor:
    """The actor that a new person of the role is."""
    return actor_of_user(user(role, of=of, office=office, agency=agency), conversation_id="test-conversation")


def token(*, of: Organisation, scopes: str = "declarations quotes feed account", role: Role = Role.TRADER) -> str:
    """An access token of a new API client of an organisation."""
    credentials = api_client_register(
        actor=system_actor("tests"),
        organisation=of,
        name=f"client-{next(_numbers)}",
        scopes=frozenset(scopes.split()),
        role=role,
    )
    access = get_access_token_model().objects.create(
        application=ApiClient.objects.get(client_id=credentials.client_id),
        token=secrets.token_urlsafe(24),
        scope=scopes,
        expires=clock.now() + timedelta(minutes=15),
    )
    return str(access.token)
