"""Third-party software: an API client of an organisation that sends requests with its token."""

from typing import Any
from uuid import uuid4

import orjson
from django.test import Client

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from tests.factories import accounts

DECLARATIONS = "/api/v1/declarations"
SCOPES = "declarations quotes feed account"


class Software:
    """Speaks REST for an organisation, through every middleware; a fault of ours comes back as its 500."""

    def __init__(self, organisation: Organisation, *, scopes: str = SCOPES, role: Role = Role.TRADER) -> None:
        self.organisation = organisation
        self.bearer = {"Authorization": f"Bearer {accounts.token(of=organisation, scopes=scopes, role=role)}"}
        self._client = Client(raise_request_exception=False)

    def send(
        self, method: str, path: str, body: object = b"", content_type: str = "application/json", **more: str
    ) -> Any:
        """A request with the token and a new idempotency key; a body that is no bytes goes as JSON."""
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {**self.bearer, "Idempotency-Key": str(uuid4()), **more}
        return self._client.generic(method, path, data, content_type, headers=headers)

    def post(
        self, body: object, *, path: str = DECLARATIONS, content_type: str = "application/json", **more: str
    ) -> Any:
        """POST, to lodge a declaration unless another path is named."""
        return self.send("POST", path, body, content_type, **more)

    def get(self, path: str = DECLARATIONS, **headers: str) -> Any:
        """GET, the list of declarations unless another path is named."""
        return self._client.get(path, headers={**self.bearer, **headers})

    def lodged(self, body: object, content_type: str = "application/json") -> dict[str, Any]:
        """The receipt of a declaration that must be taken."""
        response = self.post(body, content_type=content_type)
        assert response.status_code == 201, response.content
        return dict(response.json())

    def feed(self, cursor: str = "", size: int = 200) -> tuple[list[dict[str, Any]], str]:
        """Every event after a cursor, page by page, and the cursor to go on from."""
        events: list[dict[str, Any]] = []
        while True:
            page = self.get(f"/api/v1/events?page_size={size}&cursor={cursor}").json()
            events, cursor = events + page["events"], page["cursor"]
            if not page["more"]:
                return events, cursor
