"""What the description of the API says about access tokens."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from singlewindow.accounts.permissions import SCOPE_SENTENCES


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Bearer tokens of OAuth 2 client credentials, with every scope in a sentence."""

    target_class = "singlewindow.api.authentication.TokenAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme as OpenAPI names it."""
        flow = {"tokenUrl": "/oauth/token", "scopes": dict(SCOPE_SENTENCES)}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
