"""Reads of accounts: who acts, and for whom they may file."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from singlewindow.accounts.models import ApiClient, Mandate, Membership, Organisation, User
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, Permission, Role
from singlewindow.accounts.types import VISITOR, Actor, ActorKind, KnownParty, MandateScope
from singlewindow.kernel import clock


def actor_of_user(user: User, *, conversation_id: str = "", ip: str = "") -> Actor:
    """The actor that a signed-in person is now; a role that ended counts from the next request on."""
    memberships = list(
        Membership.objects.filter(user_id=user.pk, ended_at=None).select_related("organisation").order_by("pk")
    )
    if not memberships or not user.is_active:
        return VISITOR
    first = memberships[0]
    roles = frozenset(Role(m.role) for m in memberships if m.organisation_id == first.organisation_id)
    return Actor(
        kind=ActorKind.USER,
        id=str(user.pk),
        name=user.get_full_name() or user.username,
        organisation_id=first.organisation_id,
        organisation_identifier=first.organisation.identifier,
        organisation_name=first.organisation.name,
        roles=roles,
        permissions=frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles)),
        office=first.office,
        agency=first.agency,
        conversation_id=conversation_id,
        ip=ip,
    )


def actor_of_client(client: ApiClient, scopes: frozenset[str], *, conversation_id: str = "", ip: str = "") -> Actor:
    """The actor that a third party's software is: its scopes, within what its role may do."""
    role = Role(client.role)
    scoped: frozenset[Permission] = frozenset().union(*(SCOPE_PERMISSIONS.get(s, frozenset()) for s in scopes))
    organisation = client.organisation
    if organisation is None:
        return VISITOR
    return Actor(
        kind=ActorKind.CLIENT,
        id=str(client.pk),
        name=client.name,
        organisation_id=organisation.pk,
        organisation_identifier=organisation.identifier,
        organisation_name=organisation.name,
        roles=frozenset({role}),
        permissions=scoped & ROLE_PERMISSIONS[role],
        must_sign=organisation.signatures_required,
        conversation_id=conversation_id,
        ip=ip,
    )


def _in_force(at: datetime) -> Q:
    return Q(revoked_at=None, valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))


def mandate_in_force(*, principal_id: UUID, agent_id: UUID, scope: MandateScope, at: datetime) -> Mandate | None:
    """The mandate under which an agent may act for a principal at an instant, if there is one."""
    return Mandate.objects.filter(_in_force(at), principal_id=principal_id, agent_id=agent_id, scope=scope).first()


def organisation_by_id(organisation_id: UUID) -> Organisation:
    """The organisation with this id, which some row of ours names."""
    return Organisation.objects.get(pk=organisation_id)


def organisation_by_identifier(identifier: str) -> Organisation | None:
    """The organisation with this identifier (EORI or taxpayer number), if the window knows it."""
    return Organisation.objects.filter(identifier=identifier).first()


def organisation_found(organisation_id: UUID) -> Organisation | None:
    """The organisation of an id, if there is one."""
    return Organisation.objects.filter(pk=organisation_id).first()


def organisations_named(most: int) -> list[tuple[UUID, str, str]]:
    """Organisations by id, identifier and name, the newest first; at most so many."""
    rows = Organisation.objects.order_by("-pk").values_list("pk", "identifier", "name")
    return list(rows[:most])


def organisation_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of organisations by id. One query for any number."""
    wanted = set(ids)
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def organisation_ids_by_identifier(identifiers: Collection[str]) -> dict[str, UUID]:
    """Those of the identifiers that are organisations known here, with their ids. One query for any number."""
    if not identifiers:
        return {}
    return dict(Organisation.objects.filter(identifier__in=identifiers).values_list("identifier", "pk"))


def registration_of(identifier: str) -> tuple[datetime, date | None] | None:
    """Since when the window knows an organisation, and since when it is a trusted trader, if it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT created_at, trusted_since FROM accounts_organisation WHERE identifier = %s", [identifier]
        )
        row: tuple[datetime, date | None] | None = cursor.fetchone()
    return row


def registrations_of(identifiers: Collection[str]) -> dict[str, tuple[datetime, date | None]]:
    """The same of several organisations at once, by identifier; one that is not known is missing."""
    if not identifiers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT identifier, created_at, trusted_since FROM accounts_organisation WHERE identifier = ANY(%s)",
            [sorted(identifiers)],
        )
        return {identifier: (created_at, trusted) for identifier, created_at, trusted in cursor.fetchall()}


def organisations_actor_may_file_for(actor: Actor, *, at: datetime | None = None) -> QuerySet[Organisation]:
    """The actor's own organisation and the principals whose mandate is in force."""
    if actor.organisation_id is None:
        return Organisation.objects.none()
    mandates = Mandate.objects.filter(_in_force(at or clock.now()), agent_id=actor.organisation_id)
    return Organisation.objects.filter(Q(pk=actor.organisation_id) | Q(pk__in=mandates.values("principal_id")))


PARTIES_SQL = """
SELECT o.identifier, o.id, o.id = %(agent)s OR EXISTS (
    SELECT FROM accounts_mandate m
    WHERE m.principal_id = o.id AND m.agent_id = %(agent)s AND m.scope = %(scope)s AND m.revoked_at IS NULL
      AND m.valid_from <= %(at)s AND (m.valid_to IS NULL OR m.valid_to > %(at)s))
FROM accounts_organisation o WHERE o.identifier = ANY(%(identifiers)s)
"""


def parties_known(
    identifiers: Collection[str], *, agent_id: UUID, scope: MandateScope, at: datetime
) -> dict[str, KnownParty]:
    """Those of the identifiers that are organisations known here, each with whether the agent may file for it.

    One query, and nothing kept: a mandate that is withdrawn counts no more from the next message on.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PARTIES_SQL, {"agent": agent_id, "scope": scope.value, "at": at, "identifiers": list(identifiers)}
        )
        return {identifier: KnownParty(party, may_file) for identifier, party, may_file in cursor.fetchall()}


def actor_names(labels: Iterable[str]) -> dict[str, str]:
    """Names of people and software by the labels that events keep; only for readers who may see them."""
    numbers: dict[str, set[int]] = {"user": set(), "client": set()}
    for label in labels:
        kind, _, number = label.partition(":")
        if kind in numbers and number.isdecimal():
            numbers[kind].add(int(number))
    people = User.objects.filter(pk__in=numbers["user"]) if numbers["user"] else ()
    clients = ApiClient.objects.filter(pk__in=numbers["client"]) if numbers["client"] else ()
    return {f"user:{person.pk}": person.get_full_name() or person.username for person in people} | {
        f"client:{client.pk}": client.name for client in clients
    }


def organisations_of_agency(code: str) -> list[UUID]:
    """The organisations whose members are officers of an agency."""
    members = Membership.objects.filter(agency=code, ended_at=None)
    return list(members.order_by("organisation_id").values_list("organisation_id", flat=True).distinct())


def organisations_serving(office: str, role: Role) -> list[UUID]:
    """The organisations with members of a role at an office."""
    members = Membership.objects.filter(role=role.value, office=office, ended_at=None).exclude(office="")
    return list(members.order_by("organisation_id").values_list("organisation_id", flat=True).distinct())


def organisations_of_role(role: Role) -> list[UUID]:
    """The organisations with members of a role."""
    members = Membership.objects.filter(role=role.value, ended_at=None)
    return list(members.order_by("organisation_id").values_list("organisation_id", flat=True).distinct())
