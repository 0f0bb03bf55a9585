"""Organisations and actors that the tests of declarations share."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.services import mandate_grant
from singlewindow.accounts.types import Actor, MandateScope, system_actor
from singlewindow.kernel import clock
from tests.factories import accounts


@dataclass(frozen=True, slots=True)
class Filer:
    """An organisation and a person who files for it."""

    organisation: Organisation
    actor: Actor

    @property
    def identifier(self) -> str:
        return self.organisation.identifier


def filer(role: Role = Role.TRADER) -> Filer:
    organisation = accounts.organisation()
    return Filer(organisation, accounts.actor(role, of=organisation))


def mandate(principal: Filer, agent: Filer, scope: MandateScope = MandateScope.IMPORT, *, days: int = 30) -> object:
    """A mandate in force; with negative days one that has ended."""
    now = clock.now()
    return mandate_grant(
        actor=principal.actor,
        principal=principal.organisation,
        agent=agent.organisation,
        scope=scope,
        direct=True,
        valid_from=now - timedelta(days=100),
        valid_to=now + timedelta(days=days),
    )


@pytest.fixture
def trader(db: None) -> Filer:
    return filer()


@pytest.fixture
def stranger(db: None) -> Filer:
    return filer()


@pytest.fixture
def broker(db: None) -> Filer:
    return filer(Role.BROKER)


@pytest.fixture
def officer(db: None) -> Actor:
    return accounts.actor(Role.OFFICER)


@pytest.fixture
def window() -> Actor:
    return system_actor("clearance")
