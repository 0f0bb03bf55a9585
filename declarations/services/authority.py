"""Who may file for whom: the organisation itself, or the agent whose mandate is in force at this moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from declarations.schemas import DeclarationMessage, Party
from declarations.types import DeclarationHead, Direction
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import mandate_in_force, parties_known
from singlewindow.accounts.types import Actor, KnownParty, MandateScope
from singlewindow.kernel.errors import NotFound, NotPermitted, Violation


@dataclass(frozen=True, slots=True)
class Filing:
    """For whom a declaration is filed, as far as the window knows them."""

    filer: UUID
    declarant_org: UUID | None
    trader_org: UUID | None
    declarant_identifier: str
    importer_identifier: str
    exporter_identifier: str

    @property
    def parties(self) -> tuple[UUID, ...]:
        """Everyone known here whom it concerns, once each."""
        known = (self.filer, self.declarant_org, self.trader_org)
        return tuple(dict.fromkeys(party for party in known if party is not None))


def filing_for(
    message: DeclarationMessage, actor: Actor, at: datetime, known: Mapping[str, KnownParty] | None = None
) -> Filing:
    """Whether the actor's organisation may file this message, and for whom it files.

    The declarant, and the importer of an import or the exporter of an export, must be the filer itself, give it a
    mandate in force for the direction, or be unknown to the window: whose authority a message names is then recorded.

    Source: docs/rules/lodgement.md, DL-AUT.

    Args:
        known: what `parties_of` found for many messages at once; without it this message is looked up.

    Raises:
        NotPermitted: DL-AUT, a party that is known here gave the filer no mandate.
    """
    if actor.organisation_id is None:
        raise NotPermitted
    declarant, importer, exporter = (_id(party) for party in (message.declarant, message.importer, message.exporter))
    trader, role = (exporter, "exporter") if message.direction == "export" else (importer, "importer")
    if known is None:
        known = _known({declarant, trader} - {""}, actor, message.direction, at)
    refused = [
        _no_mandate(pointer, identifier)
        for pointer, identifier in (("/declarant/id", declarant), (f"/{role}/id", trader))
        if identifier in known and not known[identifier].may_file
    ]
    if refused:
        raise NotPermitted("Your organisation may not file for a party of this declaration.", violations=refused)
    return Filing(
        filer=actor.organisation_id,
        declarant_org=known[declarant].organisation_id if declarant in known else None,
        trader_org=known[trader].organisation_id if trader in known else None,
        declarant_identifier=declarant,
        importer_identifier=importer,
        exporter_identifier=exporter,
    )


def parties_of(
    messages: Iterable[DeclarationMessage], actor: Actor, at: datetime
) -> dict[Direction, dict[str, KnownParty]]:
    """The parties of many messages that the window knows, by one query for each direction."""
    named: dict[Direction, set[str]] = {"import": set(), "export": set()}
    for message in messages:
        trader = message.exporter if message.direction == "export" else message.importer
        named[message.direction] |= {_id(message.declarant), _id(trader)} - {""}
    return {direction: _known(identifiers, actor, direction, at) for direction, identifiers in named.items()}


def acting_for_required(head: DeclarationHead, actor: Actor, at: datetime) -> None:
    """Refuse a step of a trader or broker who may not, or no longer, act for the parties of the declaration.

    Its declarant, importer and exporter may act on it themselves, whoever filed it.

    Raises:
        NotFound: the declaration is none of the actor's.
        NotPermitted: the mandate under which it was filed has ended.
    """
    own = actor.organisation_id
    if own is None:
        raise NotFound
    if own != head.lodged_by:
        if own not in head.parties and not _holds_mandate(head.lodged_by, own, head, at):
            raise NotFound
        return
    for party in head.parties:
        if party != own and not _holds_mandate(party, own, head, at):
            raise NotPermitted("The mandate under which this declaration was filed is no longer in force.")


def _holds_mandate(principal: UUID, agent: UUID, head: DeclarationHead, at: datetime) -> bool:
    scope = MandateScope(head.direction)
    return mandate_in_force(principal_id=principal, agent_id=agent, scope=scope, at=at) is not None


def office_of(actor: Actor) -> bool:
    """Whether the actor acts for customs, who may take a step for any party."""
    return actor.may(Permission.VIEW_ANY_DECLARATION)


def _known(identifiers: set[str], actor: Actor, direction: Direction, at: datetime) -> dict[str, KnownParty]:
    """The parties that the window knows; an organisation that files for itself needs no query."""
    assert actor.organisation_id is not None
    own = {actor.organisation_identifier: KnownParty(actor.organisation_id, may_file=True)}
    others = identifiers - own.keys()
    if not others:
        return own
    return own | parties_known(others, agent_id=actor.organisation_id, scope=MandateScope(direction), at=at)


def _id(party: Party | None) -> str:
    return (party.id if party else None) or ""


def _no_mandate(pointer: str, identifier: str) -> Violation:
    return Violation(
        rule="DL-AUT",
        pointer=pointer,
        message="This party gave your organisation no mandate that is in force.",
        remedy="Ask the party to grant a mandate, or let it file itself.",
        value=identifier,
    )
