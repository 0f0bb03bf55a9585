"""Inventory linking in XML: movements of exports, consolidations, arrivals of imports, and the port's matches.

Source: HMRC inventory linking exports 1.0 and imports 1.0 (our own reading of the messages; no schema is shipped).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NoReturn

from lxml import etree
from lxml.etree import _Element
from pydantic import ValidationError

from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.cargo import services
from singlewindow.cargo.messages.movement_schema import MovementKind, MovementMessage
from singlewindow.db.work import Work
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.kernel.strict_json import printable
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported
from singlewindow.messaging.types import MessageOutcome, Received, Verdict
from singlewindow.reference.types import CodeLists

EXPORTS: Final = "http://gov.uk/customs/inventoryLinking/v1"
IMPORTS: Final = "http://gov.uk/customs/inventoryLinkingImport/v1"
_GATEWAY: Final = "{http://gov.uk/customs/inventoryLinking/gatewayHeader/v1}submitter"

Fields = Mapping[str, "str | Fields"]
_UCR_BLOCK: Fields = {"ucr": "ucr", "ucrPartNo": "ucr_part", "ucrType": "ucr_type"}
_MOVEMENT: Fields = {
    "messageCode": "code",
    "agentDetails": {"EORI": "agent", "agentLocation": "", "agentRole": "agent_role"},
    "ucrBlock": _UCR_BLOCK,
    "goodsLocation": "location",
    "goodsArrivalDateTime": "arrives_at",
    "goodsDepartureDateTime": "departs_at",
    "shedOPID": "shed",
    "masterUCR": "mucr",
    "masterOpt": "master_option",
    "movementReference": "reference",
    "transportDetails": {
        "transportID": "transport.id",
        "transportMode": "transport.mode",
        "transportNationality": "transport.nationality",
    },
}
_CONSOLIDATION: Fields = {
    "messageCode": "code",
    "transactionType": "transaction",
    "masterUCR": "mucr",
    "ucrBlock": _UCR_BLOCK,
}
_IMPORT: Fields = {
    "entryNumber": "mrn",
    "entryVersionNumber": "entry_version",
    "inventoryConsignmentReference": "consignment_reference",
    "irc": "result_codes",
}
_ROOTS: Mapping[str, Fields] = MappingProxyType(
    {
        f"{{{EXPORTS}}}inventoryLinkingMovementRequest": _MOVEMENT,
        f"{{{EXPORTS}}}inventoryLinkingConsolidationRequest": _CONSOLIDATION,
        f"{{{IMPORTS}}}inventoryLinkingImportsGoodsArrival": _IMPORT,
        f"{{{IMPORTS}}}InventoryLinkingImportsValidateMovementResponse": _IMPORT,
    }
)
_CODES = {
    "EAL": MovementKind.ARRIVAL,
    "EAA": MovementKind.ANTICIPATED_ARRIVAL,
    "RET": MovementKind.RETROSPECTIVE_ARRIVAL,
    "EDL": MovementKind.DEPARTURE,
    "EAC": MovementKind.ASSOCIATION,
    "EDC": MovementKind.DISASSOCIATION,
    "CST": MovementKind.CLOSURE,
}
_CONSOLIDATIONS = frozenset({"EAC", "EDC", "CST"})
_CONSOLIDATION_KINDS = frozenset({MovementKind.ASSOCIATION, MovementKind.DISASSOCIATION, MovementKind.CLOSURE})
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)


class MovementRefused(FormatRefused):
    """The XML is well-formed, but its elements do not make the movement message that it claims to be."""

    code = "format.structure"
    status = 422
    title = "The message does not have the structure of a movement"


def movement_read(root: _Element) -> MovementMessage:
    """Read an inventory linking message, bare or in the request of a gateway.

    Raises:
        MessageUnsupported: it is an answer of customs, a query, or another message of the family.
        MovementRefused: format.*, every finding at once, each with its XPath.
    """
    inner, submitter = _inside(root)
    fields = _ROOTS.get(str(inner.tag))
    if fields is None:
        raise MessageUnsupported(_declined(inner))
    reading = _Reading(inner)
    reading.group(inner, fields, inner.tag)
    values = reading.message()
    if submitter and "agent" not in values:
        values["agent"] = submitter
    reading.refuse_if_wrong()
    try:
        return MovementMessage.model_validate(values)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            where = "/" + "/".join(map(str, one["loc"]))
            shown = printable(str(one["input"]))[:60]
            reading.found.append(Violation("format.value", where, f"{shown} has no right form here.", value=shown))
        reading.refuse_if_wrong()
        raise


def _inside(root: _Element) -> tuple[_Element, str]:
    """The message in the request of a gateway, and who submits it."""
    if etree.QName(root).localname != "InventoryLinkingExportsInboundRequest":
        return root, ""
    inner = root.find("{*}requestDetail/*")
    if inner is None:
        _refuse("format.missing", "The request holds no inventory linking message.", "")
    return inner, (root.findtext(f"{{*}}requestCommon/{_GATEWAY}") or "").strip()


def _declined(inner: _Element) -> MessageKind:
    name = etree.QName(inner).localname[:60]
    what = "an answer" if name.lower().endswith("response") else "a query" if "Query" in name else "a message"
    return MessageKind("cds-movements", name, f"{what} of inventory linking ({name})")


def _refuse(rule: str, text: str, source: str) -> NoReturn:
    raise MovementRefused(text, code=rule, violations=(Violation(rule, "", text, source=source),))


class _Reading:
    """One reading: the values found, and what was found wrong."""

    def __init__(self, root: _Element) -> None:
        self.root = root
        self.found: list[Violation] = []
        self.values: dict[str, Any] = {}

    def group(self, element: _Element, fields: Fields, tag: object) -> None:
        """Read the elements of one level; they stand in the order of the fields."""
        space = etree.QName(str(tag)).namespace
        names, place = list(fields), -1
        for child in element:
            name = etree.QName(child)
            if name.namespace != space or name.localname not in fields:
                self._wrong("format.unknown_element", child, "is not known here")
                continue
            index = names.index(name.localname)
            if index < place:
                self._wrong("format.order", child, "stands after a later one")
            elif index == place and name.localname != "irc":
                self._wrong("format.repeated", child, "stands more than once")
            place = max(place, index)
            to = fields[name.localname]
            if isinstance(to, str):
                self._leaf(child, to)
            else:
                self.group(child, to, tag)

    def _leaf(self, child: _Element, to: str) -> None:
        text = " ".join((child.text or "").split())
        if len(child):
            self._wrong("format.unexpected_element", child, "is a value and may not hold other elements")
        elif not text:
            nil = child.get("{http://www.w3.org/2001/XMLSchema-instance}nil")
            if nil not in ("true", "1"):
                self._wrong("format.empty", child, "is empty")
        elif to.endswith("_at"):
            self.values[to] = self._instant(child, text)
        elif to == "result_codes":
            self.values.setdefault(to, []).append(text)
        elif to.startswith("transport."):
            self.values.setdefault("transport", {})[to.removeprefix("transport.")] = text
        elif to:
            self.values[to] = text

    def _instant(self, child: _Element, text: str) -> datetime | None:
        """A time without a zone is UTC."""
        found = _INSTANT.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            fraction = (found[2] or "")[:7]
            at = datetime.fromisoformat(found[1] + fraction + (found[3] or "Z"))
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            self._wrong("format.instant", child, "is not a date and time")
            return None

    def message(self) -> dict[str, Any]:
        """The values of the canonical message; what its kind needs and is not there is found missing."""
        values = self.values
        kind = self._kind(values)
        if "ucrBlock" in _ROOTS[str(self.root.tag)] and kind not in _CONSOLIDATION_KINDS and "ucr" not in values:
            self._missing("ucr")
        is_master = values.pop("ucr_type", "D") == "M"
        values.pop("ucr_part", None)
        if kind in (MovementKind.ASSOCIATION, MovementKind.DISASSOCIATION):
            values["ucr_is_master"] = is_master
        elif is_master and "ucr" in values:
            values["mucr"] = values.pop("ucr")
        arrives, departs = values.pop("arrives_at", None), values.pop("departs_at", None)
        values["at"] = departs if kind is MovementKind.DEPARTURE else arrives
        if kind is not MovementKind.DEPARTURE:
            values["departs_at"] = departs
        for name in _needs(kind, of_import="entryNumber" in _ROOTS[str(self.root.tag)]):
            if not values.get(name):
                self._missing(name)
        return values | ({"kind": kind} if kind else {})

    def _kind(self, values: dict[str, Any]) -> MovementKind | None:
        name = etree.QName(self.root).localname
        if name == "inventoryLinkingImportsGoodsArrival":
            return MovementKind.ARRIVAL
        if name == "InventoryLinkingImportsValidateMovementResponse":
            return MovementKind.MATCH
        code, transaction = values.get("code", ""), values.pop("transaction", "")
        consolidates = name == "inventoryLinkingConsolidationRequest"
        if code not in _CODES or (code in _CONSOLIDATIONS) != consolidates:
            self.found.append(
                Violation("format.value", "/code", f"{printable(code)[:20] or 'Nothing'} is no code of this message.")
            )
            return None
        if code != "EAC":
            return _CODES[code]
        if transaction == "Disassociate" or "mucr" not in values:
            return MovementKind.DISASSOCIATION
        return MovementKind.ASSOCIATION if "ucr" in values else MovementKind.CLOSURE

    def _wrong(self, rule: str, element: _Element, text: str) -> None:
        name = printable(etree.QName(element).localname)[:60]
        source = self.root.getroottree().getpath(element)[:200]
        self.found.append(Violation(rule, "", f"The element {name} {text}.", source=source))

    def _missing(self, name: str) -> None:
        source = f"/{etree.QName(self.root).localname}"
        self.found.append(Violation("format.missing", f"/{name}", f"{name} must be given.", "Add it.", source=source))

    def refuse_if_wrong(self) -> None:
        """Refuse what was found wrong.

        Raises:
            MovementRefused: format.*, all of it.
        """
        if self.found:
            raise MovementRefused(self.found[0].message, code=self.found[0].rule, violations=self.found[:200])


def _needs(kind: MovementKind | None, *, of_import: bool) -> tuple[str, ...]:
    """What a message of this kind cannot do without."""
    if kind is MovementKind.MATCH:
        return ("mrn", "result_codes")
    if of_import:
        return ("mrn",)
    if kind is MovementKind.ASSOCIATION:
        return ("ucr", "mucr")
    if kind is MovementKind.CLOSURE:
        return ("mucr",)
    return ("ucr",) if kind is MovementKind.DISASSOCIATION else ("location",)


class Movements:
    """Inventory linking: checked here, done by the services of cargo."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """The form; whether the consignment is known is asked when it is taken."""
        message = movement_read(_root(received))
        kind = message.code or message.kind.value
        return Verdict("cds-movements", kind, MessageOutcome.ACCEPTED, canonical_sha256=message.sha256())

    def take(self, work: Work, received: Received, actor: Actor) -> Answer:
        """Record it."""
        return services.movement_take(work, movement_read(_root(received)), actor)


def _root(received: Received) -> _Element:
    if received.root is None:
        raise MessageUnsupported(received.kind)
    return received.root


MOVEMENTS = Movements()
