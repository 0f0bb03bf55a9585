"""Changes of declarations: new contents and the calls that ask for them."""

from typing import Any
from uuid import UUID

from clearance.services.changes import change_request
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services.changes import Asked
from declarations.types import Change, ChangeKind
from singlewindow.accounts.types import Actor


def with_price(message: DeclarationMessage, amount: str) -> DeclarationMessage:
    """The declaration with another price of its first item, and the invoice total that goes with it."""
    content = message.canonical()
    content["items"][0]["price"]["amount"] = amount
    prices = sum(float(item["price"]["amount"]) for item in content["items"])
    if "invoice_total" in content:  # a short declaration states none
        content["invoice_total"]["amount"] = f"{prices:.2f}".rstrip("0").rstrip(".")
    return DeclarationMessage.model_validate(content)


def with_item(message: DeclarationMessage, place: int = 0, **changes: Any) -> DeclarationMessage:
    """The declaration with some fields of an item changed."""
    content = message.canonical()
    content["items"][place] |= changes
    return DeclarationMessage.model_validate(content)


def asked(proposed: DeclarationMessage | None, *, reason: str = "The invoice was wrong.", **more: Any) -> Asked:
    """An amendment to the content, or an invalidation where there is none."""
    kind = ChangeKind.INVALIDATE if proposed is None else ChangeKind.AMEND
    return Asked(kind=kind, reason=reason, channel="json", proposed=proposed, **more)


def amend(declaration_id: UUID, actor: Actor, proposed: DeclarationMessage, *, base: int | None = None) -> Change:
    """Ask for an amendment of the version that stands."""
    version = base or declaration_snapshot(declaration_id).version
    return change_request(actor=actor, declaration_id=declaration_id, base_version=version, asked=asked(proposed))


def invalidate(declaration_id: UUID, actor: Actor, *, base: int | None = None, evidence: str = "") -> Change:
    """Ask for an invalidation of the version that stands."""
    version = base or declaration_snapshot(declaration_id).version
    wanted = asked(None, reason="Lodged twice.", evidence=evidence)
    return change_request(actor=actor, declaration_id=declaration_id, base_version=version, asked=wanted)
