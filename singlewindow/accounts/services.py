"""Acts on accounts: mandates given and withdrawn, roles ended, software registered."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from oauth2_provider.models import get_access_token_model

from singlewindow.accounts.models import ApiClient, Mandate, Membership, Organisation
from singlewindow.accounts.permissions import SCOPE_PERMISSIONS, Permission, Role
from singlewindow.accounts.types import Actor, MandateScope
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What is shown once when software is registered; only a hash of the secret is kept."""

    client_id: str
    client_secret: str


def mandate_grant(
    *,
    actor: Actor,
    principal: Organisation,
    agent: Organisation,
    scope: MandateScope,
    direct: bool,
    valid_from: datetime,
    valid_to: datetime | None = None,
) -> Mandate:
    """Give an agent a dated power of attorney. Raises IntegrityError when one is in force already."""
    with unit_of_work() as work:
        mandate = Mandate.objects.create(
            principal=principal, agent=agent, scope=scope, direct=direct, valid_from=valid_from, valid_to=valid_to
        )
        event_record(
            work,
            actor=actor,
            verb=Verb.MANDATE_GRANTED,
            subject_type="mandate",
            subject_id=str(mandate.pk),
            data={"principal": principal.identifier, "agent": agent.identifier, "scope": scope.value},
        )
    return mandate


def mandate_revoke(*, actor: Actor, mandate_id: UUID, reason: str = "") -> None:
    """End a mandate that the actor's organisation gave, at once: the agent's next request is refused.

    Raises:
        NotFound: the organisation gave no such mandate, or it was withdrawn before.
    """
    with unit_of_work() as work:
        changed = Mandate.objects.filter(pk=mandate_id, principal_id=actor.organisation_id, revoked_at=None).update(
            revoked_at=clock.now()
        )
        if not changed:
            raise NotFound
        event_record(
            work,
            actor=actor,
            verb=Verb.MANDATE_REVOKED,
            subject_type="mandate",
            subject_id=str(mandate_id),
            reason=reason,
        )


def membership_end(*, actor: Actor, user_id: int, role: Role) -> None:
    """End a person's role; it counts from their next request on.

    Raises:
        NotPermitted: the actor does not manage users.
    """
    actor.require(Permission.MANAGE_USERS)
    with unit_of_work() as work:
        Membership.objects.filter(user_id=user_id, role=role.value, ended_at=None).update(ended_at=clock.now())
        event_record(
            work,
            actor=actor,
            verb=Verb.MEMBERSHIP_ENDED,
            subject_type="user",
            subject_id=str(user_id),
            data={"role": role.value},
        )


def api_client_register(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    scopes: frozenset[str],
    role: Role = Role.TRADER,
    client_id: str = "",
    secret: str = "",
) -> ClientCredentials:
    """Register third-party software for an organisation, or give a registered one a new secret.

    Old tokens of the software end at once.

    Raises:
        ValueError: a scope is not in the permission map.
    """
    unknown = scopes - set(SCOPE_PERMISSIONS)
    if unknown:
        raise ValueError(f"unknown scopes: {', '.join(sorted(unknown))}")
    secret = secret or secrets.token_urlsafe(32)
    with unit_of_work() as work:
        client, _ = ApiClient.objects.get_or_create(
            organisation=organisation,
            name=name,
            defaults={
                "client_type": ApiClient.CLIENT_CONFIDENTIAL,
                "authorization_grant_type": ApiClient.GRANT_CLIENT_CREDENTIALS,
                "client_id": client_id or f"{name}-{secrets.token_hex(4)}",
            },
        )
        client.client_secret, client.role, client.allowed_scopes = secret, role.value, " ".join(sorted(scopes))
        client.save()
        get_access_token_model().objects.filter(application=client).delete()
        event_record(
            work,
            actor=actor,
            verb=Verb.API_CLIENT_REGISTERED,
            subject_type="api_client",
            subject_id=client.client_id,
            data={"organisation": organisation.identifier, "scopes": sorted(scopes)},
        )
    return ClientCredentials(client_id=client.client_id, client_secret=secret)
