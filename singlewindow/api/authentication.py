"""Who sends a request: the bearer of an OAuth 2 access token (client credentials)."""

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from singlewindow.accounts.permissions import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, Permission, Role
from singlewindow.accounts.types import VISITOR, Actor, ActorKind
from singlewindow.kernel.errors import NotAuthenticated

CALLER_SQL = """
SELECT c.id, c.name, c.role, t.scope, o.id, o.identifier, o.name, o.signatures_required
FROM oauth2_provider_accesstoken t
JOIN accounts_apiclient c ON c.id = t.application_id
JOIN accounts_organisation o ON o.id = c.organisation_id
WHERE t.token_checksum = %s AND t.expires > clock_timestamp()
"""


def actor_of_token(token: str, request: HttpRequest) -> Actor:
    """The actor behind an access token, read anew at each request so that a revoked one ends at once.

    Raises:
        NotAuthenticated: there is no such token, or its time is over.
    """
    with connection.cursor() as cursor:
        cursor.execute(CALLER_SQL, [hashlib.sha256(token.encode()).hexdigest()])
        row = cursor.fetchone()
    if row is None:
        raise NotAuthenticated("The access token is unknown or its time is over; ask for a new one.")
    client_id, name, role_name, scope, organisation_id, identifier, organisation_name, must_sign = row
    role = Role(role_name)
    none: frozenset[Permission] = frozenset()
    scoped = none.union(*(SCOPE_PERMISSIONS.get(part, none) for part in scope.split()))
    return Actor(
        kind=ActorKind.CLIENT,
        id=str(client_id),
        name=name,
        organisation_id=organisation_id,
        organisation_identifier=identifier,
        organisation_name=organisation_name,
        roles=frozenset({role}),
        permissions=scoped & ROLE_PERMISSIONS[role],
        conversation_id=getattr(request, "conversation_id", ""),
        ip=request.META.get("REMOTE_ADDR", ""),
        must_sign=must_sign,
    )


class TokenAuthentication(BaseAuthentication):
    """Bearer tokens for DRF; a request without one is a visitor's, a wrong one is refused."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Actor]:
        """The visitor or the client. Raises NotAuthenticated."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return AnonymousUser(), VISITOR
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token or len(token) > 255:
            raise NotAuthenticated("Send the access token as 'Authorization: Bearer <token>'.")
        return AnonymousUser(), actor_of_token(token, request._request)

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="customs single window"'
