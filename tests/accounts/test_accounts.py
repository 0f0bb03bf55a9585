"""Organisations, mandates and roles: who may act, for whom, and from when to when."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from singlewindow.accounts.models import Mandate, Membership, Organisation
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, SCOPE_SENTENCES, Permission, Role
from singlewindow.accounts.selectors import (
    actor_of_user,
    mandate_in_force,
    organisations_actor_may_file_for,
    organisations_of_agency,
)
from singlewindow.accounts.services import api_client_register, mandate_grant, mandate_revoke, membership_end
from singlewindow.accounts.types import VISITOR, Actor, MandateScope, system_actor
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, NotPermitted
from tests.factories import accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def principal() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def agent() -> Organisation:
    return accounts.organisation(kind="broker")


def _grant(principal: Organisation, agent: Organisation, *, hours: int | None = None) -> Mandate:
    now = clock.now()
    return mandate_grant(
        actor=accounts.actor(of=principal),
        principal=principal,
        agent=agent,
        scope=MandateScope.IMPORT,
        direct=True,
        valid_from=now,
        valid_to=now + timedelta(hours=hours) if hours else None,
    )


def _in_force(mandate: Mandate, *, after: timedelta = timedelta(0), scope: MandateScope = MandateScope.IMPORT) -> bool:
    at = mandate.valid_from + after
    return (
        mandate_in_force(principal_id=mandate.principal_id, agent_id=mandate.agent_id, scope=scope, at=at) is not None
    )


def test_a_mandate_counts_from_its_first_instant_until_before_its_last(
    principal: Organisation, agent: Organisation
) -> None:
    mandate = _grant(principal, agent, hours=1)
    assert not _in_force(mandate, after=-timedelta(microseconds=1))
    assert _in_force(mandate)
    assert _in_force(mandate, after=timedelta(hours=1) - timedelta(microseconds=1))
    assert not _in_force(mandate, after=timedelta(hours=1))


def test_a_mandate_for_imports_is_none_for_exports(principal: Organisation, agent: Organisation) -> None:
    assert not _in_force(_grant(principal, agent), scope=MandateScope.EXPORT)


def test_a_withdrawn_mandate_ends_at_once_and_both_acts_leave_an_event(
    principal: Organisation, agent: Organisation
) -> None:
    mandate = _grant(principal, agent)
    mandate_revoke(actor=accounts.actor(of=principal), mandate_id=mandate.pk, reason="change of broker")
    assert not _in_force(mandate, after=timedelta(seconds=1))
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [
        Verb.MANDATE_GRANTED,
        Verb.MANDATE_REVOKED,
    ]


def test_only_the_principal_withdraws_a_mandate_and_only_once(principal: Organisation, agent: Organisation) -> None:
    mandate = _grant(principal, agent)
    with pytest.raises(NotFound):
        mandate_revoke(actor=accounts.actor(of=agent), mandate_id=mandate.pk)
    mandate_revoke(actor=accounts.actor(of=principal), mandate_id=mandate.pk)
    with pytest.raises(NotFound):
        mandate_revoke(actor=accounts.actor(of=principal), mandate_id=mandate.pk)


def test_two_mandates_of_one_scope_never_overlap_unless_one_was_withdrawn(
    principal: Organisation, agent: Organisation
) -> None:
    first = _grant(principal, agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        _grant(principal, agent)
    mandate_revoke(actor=accounts.actor(of=principal), mandate_id=first.pk)
    _grant(principal, agent)


def test_an_agent_files_for_itself_and_for_its_principals(principal: Organisation, agent: Organisation) -> None:
    accounts.organisation()
    broker = accounts.actor(Role.BROKER, of=agent)
    assert set(organisations_actor_may_file_for(broker)) == {agent}
    _grant(principal, agent)
    assert set(organisations_actor_may_file_for(broker)) == {agent, principal}
    assert not organisations_actor_may_file_for(VISITOR).exists()


def test_a_role_that_ended_gives_nothing_from_the_next_request_on() -> None:
    person = accounts.user(Role.OFFICER)
    assert actor_of_user(person).may(Permission.DECIDE_CASE)
    membership_end(actor=accounts.actor(Role.ADMINISTRATOR), user_id=person.pk, role=Role.OFFICER)
    assert actor_of_user(person) == VISITOR


def test_only_who_manages_users_ends_a_role() -> None:
    person = accounts.user(Role.OFFICER)
    with pytest.raises(NotPermitted):
        membership_end(actor=accounts.actor(Role.SUPERVISOR), user_id=person.pk, role=Role.OFFICER)


def test_a_person_who_is_not_active_is_a_visitor() -> None:
    person = accounts.user(Role.SUPERVISOR)
    person.is_active = False
    person.save()
    assert actor_of_user(person) == VISITOR


def test_software_is_registered_for_known_scopes_only(principal: Organisation) -> None:
    with pytest.raises(ValueError, match="unknown scopes: everything"):
        api_client_register(
            actor=system_actor("tests"), organisation=principal, name="erp", scopes=frozenset({"everything"})
        )


def test_an_agency_officer_needs_an_agency(principal: Organisation) -> None:
    person = accounts.user(Role.TRADER, of=principal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=person, organisation=principal, role=Role.AGENCY_OFFICER.value)


def test_the_organisations_behind_an_agency_are_named_once() -> None:
    agency = accounts.organisation(kind="agency")
    accounts.user(Role.AGENCY_OFFICER, of=agency, agency="VET")
    accounts.user(Role.AGENCY_OFFICER, of=agency, agency="VET")
    assert organisations_of_agency("VET") == [agency.pk]
    assert organisations_of_agency("PHY") == []


def test_every_role_and_scope_of_the_map_stands_in_it_and_no_trader_sees_risk() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(SCOPE_PERMISSIONS) == set(SCOPE_SENTENCES)
    assert all(Permission.SYSTEM not in permissions for permissions in ROLE_PERMISSIONS.values())
    outside = (Role.TRADER, Role.BROKER, Role.AGENCY_OFFICER, Role.ADMINISTRATOR)
    assert all(Permission.VIEW_RISK not in ROLE_PERMISSIONS[role] for role in outside)


def test_a_denied_act_is_refused_and_an_allowed_one_is_not() -> None:
    trader: Actor = accounts.actor(Role.TRADER)
    trader.require(Permission.LODGE_DECLARATION)
    with pytest.raises(NotPermitted):
        trader.require(Permission.DECIDE_CASE)
