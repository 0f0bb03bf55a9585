"""Bodies of the REST addresses of webhooks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, Violation


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class EndpointBody(_Body):
    """What is said of an endpoint."""

    url: Annotated[str, Field(max_length=4000)]
    description: Annotated[str, Field(max_length=1000)] = ""
    event_types: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)] = []


class ReplayBody(_Body):
    """What is sent again: one delivery, or a span of time."""

    delivery: Annotated[UUID | None, Field(strict=False)] = None
    since: Annotated[AwareDatetime | None, Field(strict=False)] = None
    until: Annotated[AwareDatetime | None, Field(strict=False)] = None

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The span of time, where one is meant."""
        return (self.since, self.until) if self.since and self.until else None


def body_read(schema: type["EndpointBody"] | type["ReplayBody"], body: bytes) -> "EndpointBody | ReplayBody":
    """A body as its schema has it.

    Raises:
        FormatRefused: json.* or format.*; every finding with its pointer.
    """
    try:
        return schema.model_validate(strict_json.loads(body))
    except ValidationError as error:
        found = [
            Violation("format.value", "/" + "/".join(str(part) for part in one["loc"]), one["msg"][:200])
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise FormatRefused(
            "The body is not what this address takes.", code="format.value", violations=found
        ) from error
