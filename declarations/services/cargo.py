"""What a declaration says of manifests: noted at lodging, written off at acceptance, given back at its end."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from declarations.schemas import DeclarationMessage, Document, GoodsItem, PreviousDocument
from declarations.services.notices import parties_tell
from declarations.types import DeclarationHead, Lodged
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.cargo.rules import party_keys, reference_key
from singlewindow.cargo.selectors import bills_known
from singlewindow.cargo.services import cargo_cite, over_write_off, write_off, write_off_change
from singlewindow.cargo.states import CargoState
from singlewindow.cargo.types import CargoClaim, CargoLine, CitedBill, WriteOffOutcome
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Violation

TRANSPORT_DOCUMENTS = frozenset({"705", "714", "740", "741", "703", "730", "720"})
"""Bill of lading, house bill, air waybill, master and house air waybill, road and rail consignment notes."""

REFERENCES = frozenset({"DCR", "MCR", "DCS"})
"""Previous documents that are consignment references of inventory linking."""

ROAD = "3"
ROAD_VEHICLES = frozenset({"30", "31"})

_TRANSPORT_CODES = TRANSPORT_DOCUMENTS | {f"N{code}" for code in TRANSPORT_DOCUMENTS}
_NO_MASS = Decimal(0)

SUPPLEMENTARY = frozenset("YZUVRX")
"""Declarations of goods that were released on another one: that one wrote them off."""


def cargo_claim(message: DeclarationMessage, mrn: str = "") -> CargoClaim:
    """What a declaration takes from the manifests, read from its documents; pure.

    Source: docs/rules/cargo.md, CA-001 to CA-003 (UN/EDIFACT 1001: 705, 714, 740, 741, 703, 730, 720).
    """
    if message.kind_letter in SUPPLEMENTARY:
        return CargoClaim(mrn=mrn, direction=message.direction)
    header = tuple(_named(message.previous_documents, message.documents, ""))
    lines = tuple(_line(place, item, header) for place, item in enumerate(message.items))
    cites = any(line.bills for line in lines)
    containers = [one.id for one in message.equipment] + [one for item in message.items for one in item.container_ids]
    transport = message.transport
    return CargoClaim(
        mrn=mrn,
        direction=message.direction,
        office=message.office or "",
        lines=lines if cites or message.direction == "import" else (),
        containers=tuple(dict.fromkeys(one for one in containers if one)),
        plates=tuple(dict.fromkeys(_plates(message))),
        ucrs=tuple(dict.fromkeys(_ucrs(message))),
        manifest_reference=(transport.manifest_reference or "") if transport else "",
        awaits_arrival=not message.goods_presented,
    )


def claim_for(message: DeclarationMessage, actor: Actor, mrn: str = "") -> CargoClaim:
    """The claim with whose bills it may take from: those of the declaration's parties that the window knows.

    Names count only where the window knows them itself, so that nobody borrows another's by writing it down.
    """
    claim = cargo_claim(message, mrn)
    if not any(line.bills for line in claim.lines) and not claim.containers:
        return claim
    party = message.exporter if message.direction == "export" else message.importer
    identifiers = [one.id for one in (party, message.declarant) if one is not None and one.id]
    names = [actor.organisation_name] if actor.organisation_identifier in identifiers else []
    if party is not None and party.id and party.id != actor.organisation_identifier:
        known = organisation_by_identifier(party.id)
        names += [known.name] if known is not None else []
    return replace(claim, keys=party_keys(dict.fromkeys(identifiers), names))


def lodgement_check(message: DeclarationMessage, actor: Actor) -> Iterator[Violation]:
    """Find items that ask for more than their bills have left; named in settings.LODGEMENT_CHECKS.

    One query where the message names bills, none otherwise. Bills that are in no manifest, or that are for somebody
    else, are no finding: the declaration is lodged and shown as unmanifested.

    Source: docs/rules/cargo.md, CA-010 to CA-012.
    """
    claim = cargo_claim(message)
    if any(line.bills for line in claim.lines):
        yield from over_write_off(claim_for(message, actor))


def lodgement_check_needed(messages: Sequence[DeclarationMessage]) -> set[int]:
    """The places of the messages that name a bill of some manifest: only these need `lodgement_check`; one query.

    Named in settings.LODGEMENT_CHECKS_NARROWED, for many lodgements at once.
    """
    named = [set(_bills_named(message)) for message in messages]
    keys = {reference: reference_key(reference) for reference in set().union(*named)}
    known = bills_known(keys.values()) if keys else frozenset()
    return {place for place, some in enumerate(named) if any(keys[reference] in known for reference in some)}


def _bills_named(message: DeclarationMessage) -> Iterator[str]:
    holders: tuple[DeclarationMessage | GoodsItem, ...] = (message, *message.items)
    for holder in holders:
        for previous in holder.previous_documents:
            if previous.type in _TRANSPORT_CODES:
                yield previous.id
        for document in holder.documents:
            if document.code in _TRANSPORT_CODES and document.id:
                yield document.id


def cargo_lodge(work: Work, lodged: Lodged, message: DeclarationMessage, actor: Actor) -> None:
    """Note what a declaration that is being lodged takes; where its goods are not here, ask whether they are."""
    claim = claim_for(message, actor, lodged.mrn)
    cargo_cite(work, lodged.id, claim)
    if claim.awaits_arrival:
        queue(work, "ArrivalAwaited", subject_id=str(lodged.id), payload={"mrn": lodged.mrn}, actor=actor)


def cargo_accept(work: Work, head: DeclarationHead, actor: Actor) -> WriteOffOutcome:
    """Write off the goods of a declaration that is being accepted; where too little is left its parties are told."""
    outcome = write_off(work, head.id, None, actor)
    if outcome.state is CargoState.SHORT:
        parties_tell(
            work,
            parties=head.parties,
            declaration_id=head.id,
            type="cargo.short",
            at=clock.now(),
            mrn=head.mrn,
            lrn=head.lrn,
            legal_state=head.legal_state,
            goods_state=head.goods_state,
            more={"items": [item for item, _ in outcome.short], "sentences": [text for _, text in outcome.short]},
        )
    return outcome


def cargo_amend(
    work: Work, declaration_id: UUID, mrn: str, message: DeclarationMessage, actor: Actor
) -> WriteOffOutcome:
    """Take what amended content needs instead of what was taken before.

    Raises:
        RuleViolated: CA-010 or CA-012, more than is left; nothing has changed.
    """
    claim = claim_for(message, actor, mrn)
    return write_off_change(work, declaration_id, claim.lines, actor, claim=claim)


def _line(place: int, item: GoodsItem, header: tuple[CitedBill, ...]) -> CargoLine:
    pointer = f"/items/{place}"
    own = tuple(_named(item.previous_documents, item.documents, pointer))
    packages = 0
    for one in item.packages:
        packages += one.count or 0
    return CargoLine(item.number, packages, item.gross_mass_kg or _NO_MASS, own or header, pointer)


def _named(previous: Sequence[PreviousDocument], documents: Sequence[Document], base: str) -> Iterator[CitedBill]:
    seen: set[str] = set()
    for place, one in enumerate(previous):
        if one.type in _TRANSPORT_CODES and one.id not in seen:
            seen.add(one.id)
            yield CitedBill(one.id, f"{base}/previous_documents/{place}/id", one.type.removeprefix("N"))
    for place, document in enumerate(documents):
        if document.code in _TRANSPORT_CODES and document.id and document.id not in seen:
            seen.add(document.id)
            yield CitedBill(document.id, f"{base}/documents/{place}/id", document.code.removeprefix("N"))


def _plates(message: DeclarationMessage) -> Iterator[str]:
    """Registrations of the road vehicles and trailers that the declaration names (WCO type 30 and 31, mode 3)."""
    transport = message.transport
    if transport is None:
        return
    means = (
        (transport.border_id, transport.border_id_type, transport.border_mode),
        (transport.arrival_id, transport.arrival_id_type, transport.border_mode),
        (transport.departure_id, transport.departure_id_type, transport.inland_mode),
    )
    for named, kind, mode in means:
        if named and (kind in ROAD_VEHICLES or (kind is None and mode == ROAD)):
            yield reference_key(named)


def _ucrs(message: DeclarationMessage) -> Iterator[str]:
    if message.ucr:
        yield message.ucr
    for item in message.items:
        if item.ucr:
            yield item.ucr
    for one in (*message.previous_documents, *(one for item in message.items for one in item.previous_documents)):
        if one.type in REFERENCES:
            yield one.id
