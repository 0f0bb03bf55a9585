"""How the description of the API names its security."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from singlewindow.accounts.permissions import SCOPE_SENTENCES


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """OAuth 2 client credentials, as `TokenAuthentication` takes them."""

    target_class = "singlewindow.api.authentication.TokenAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The scheme with its scopes."""
        flow = {"tokenUrl": "/oauth/token", "scopes": SCOPE_SENTENCES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
