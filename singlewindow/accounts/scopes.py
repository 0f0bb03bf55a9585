"""Which scopes a token may carry: those of the permission map, within what the client was registered for."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

from singlewindow.accounts.permissions import SCOPE_SENTENCES


class RegisteredScopes(BaseScopes):  # type: ignore[misc]  # untyped library
    """Scopes of an API client as it was registered; without asking for some, a token carries them all."""

    def get_all_scopes(self) -> dict[str, str]:
        """Every scope and its sentence."""
        return SCOPE_SENTENCES

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """The scopes that the client was registered for."""
        return application.allowed_scopes.split() if application else []

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        """The same: a client that names none gets what it was registered for."""
        return self.get_available_scopes(application)
