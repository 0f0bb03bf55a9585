"""What an event must know of whoever acts."""

from typing import Protocol
from uuid import UUID


class Acting(Protocol):
    """Someone or something that acts; `singlewindow.accounts.types.Actor` is one."""

    @property
    def label(self) -> str: ...
    @property
    def organisation_id(self) -> UUID | None: ...
    @property
    def conversation_id(self) -> str: ...
    @property
    def ip(self) -> str: ...
