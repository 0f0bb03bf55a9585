"""Who acts: a person, a third party's software, or the window itself."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from singlewindow.accounts.permissions import SIGNED_ACTS, Permission, Role
from singlewindow.kernel.errors import NotPermitted, SignatureInvalid


class ActorKind(StrEnum):
    """What kind of actor it is."""

    VISITOR = "visitor"
    USER = "user"
    CLIENT = "client"
    SYSTEM = "system"


class MandateScope(StrEnum):
    """What a broker may do for a principal."""

    IMPORT = "import"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class KnownParty:
    """An organisation that a message names, and whether the asking one may file for it."""

    organisation_id: UUID
    may_file: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """Everything that a decision needs to know of whoever acts; built once per request or job."""

    kind: ActorKind
    id: str
    """The user's or client's number, or the name of the part of the window that acts."""
    name: str = ""
    organisation_id: UUID | None = None
    organisation_identifier: str = ""
    organisation_name: str = ""
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    office: str = ""
    """The customs office of an officer; empty means all offices."""
    agency: str = ""
    """The agency's code of an agency officer."""
    conversation_id: str = ""
    ip: str = field(default="", compare=False)
    must_sign: bool = field(default=False, compare=False)
    """Software of an organisation that demands signatures, whose message has not been proved (yet)."""

    @property
    def label(self) -> str:
        """Who it is, in an event: kind and number, no personal data."""
        return f"{self.kind}:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Whether the permission map allows the act."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse the act unless the map allows it.

        Raises:
            NotPermitted: it does not.
            SignatureInvalid: signature.required, the act is one of filing, and nothing proves who asks for it.
        """
        if permission not in self.permissions:
            raise NotPermitted
        if self.must_sign and permission in SIGNED_ACTS:
            raise SignatureInvalid("Messages of this organisation must be signed.", code="signature.required")

    def proved(self) -> "Actor":
        """The same, for the one message whose signature was found valid."""
        return replace(self, must_sign=False) if self.must_sign else self


VISITOR = Actor(kind=ActorKind.VISITOR, id="visitor", permissions=frozenset({Permission.MAKE_QUOTE}))


def system_actor(name: str, *, conversation_id: str = "") -> Actor:
    """The window itself, acting as the part that is named."""
    return Actor(
        kind=ActorKind.SYSTEM,
        id=name,
        name=name,
        permissions=frozenset(Permission),
        conversation_id=conversation_id,
    )
