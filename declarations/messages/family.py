"""Declarations as a family of messages: JSON and WCO XML, checked or lodged."""

import orjson
from django.conf import settings
from django.utils.module_loading import import_string

from declarations.messages import parse
from declarations.messages.cds.requests import ChangeRequest, is_request, request_read
from declarations.messages.lodging import message_lodge
from declarations.messages.signed import opened, unproved
from declarations.rules import declaration_check
from declarations.schemas import ChangeKind as RequestKind
from declarations.schemas import PresentationMessage
from declarations.selectors import declaration_id_of_mrn, declaration_snapshot_for
from declarations.services import goods_present_in
from declarations.services.changes import Asked
from declarations.types import Change, ChangeKind, Channel
from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.db.work import Work
from singlewindow.kernel import safe_xml
from singlewindow.kernel.errors import NotFound
from singlewindow.messaging.types import MessageOutcome, Received, Verdict
from singlewindow.reference.types import CodeLists

ROOT = "/api/v1/declarations"


class Declarations:
    """New declarations, and requests and notices about earlier ones."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """Format, then every rule."""
        body, root = received.body, received.root
        if root is not None:
            body, root = unproved(body, root)
            if is_request(root):
                return _request_checked(request_read(root))
        parsed = parse(body, _media(received))
        found = declaration_check(parsed.message, lists)
        outcome = MessageOutcome.REJECTED if found.violations else MessageOutcome.ACCEPTED
        warnings = (*found.advice, *parsed.warnings)
        return Verdict(parsed.format, parsed.kind, outcome, found.violations, warnings, parsed.message.sha256())

    def take(self, work: Work, received: Received, actor: Actor) -> Answer:
        """Lodge it, or do what it asks for."""
        body = received.body
        if received.root is not None:
            body, actor = opened(actor, body, received.root)
            root = received.root if body is received.body else safe_xml.parse(body)
            if is_request(root):
                return _request_taken(work, request_read(root), actor)
        parsed = parse(body, _media(received))
        channel = Channel.JSON if received.root is None else Channel.XML
        lodged = message_lodge(work, parsed.message, actor, channel, parsed.warnings)
        receipt = {"id": str(lodged.id), "mrn": lodged.mrn, "lrn": lodged.lrn, "sha256": lodged.canonical_sha256}
        return Answer(201, orjson.dumps(receipt), {"Location": f"{ROOT}/{lodged.id}"})


def _request_checked(request: ChangeRequest | PresentationMessage) -> Verdict:
    """Whether it can be granted is asked when it is taken: that depends on the declaration as it then stands."""
    if isinstance(request, PresentationMessage):
        return Verdict("cds-dec", "GPR", MessageOutcome.ACCEPTED, canonical_sha256=request.sha256())
    kind = "COR" if request.message.kind is RequestKind.AMEND else "INV"
    return Verdict("cds-dec", kind, MessageOutcome.ACCEPTED, canonical_sha256=request.message.sha256())


def _request_taken(work: Work, request: ChangeRequest | PresentationMessage, actor: Actor) -> Answer:
    if isinstance(request, PresentationMessage):
        head = goods_present_in(work, actor=actor, mrn=request.mrn)
        told = {"id": str(head.id), "mrn": head.mrn, "goods_state": head.goods_state.value}
        return Answer(200, orjson.dumps(told), {"Location": f"{ROOT}/{head.id}"})
    message = request.message
    found = declaration_id_of_mrn(message.mrn)
    if found is None:
        raise NotFound
    current = declaration_snapshot_for(actor, found)
    amends = message.kind is RequestKind.AMEND
    asked = Asked(
        kind=ChangeKind.AMEND if amends else ChangeKind.INVALIDATE,
        reason=message.statement or "",
        channel=Channel.XML.value,
        reason_code=message.reason_code or "",
        reference=message.reference or "",
        proposed=request.applied_to(current.message) if amends else None,
    )
    ask = import_string(settings.CHANGE_REQUESTS)
    change: Change = ask(work, actor=actor, declaration_id=found, base_version=current.version, asked=asked)
    told = {"id": str(found), "mrn": message.mrn, "number": str(change.number), "state": change.state.value}
    return Answer(201, orjson.dumps(told), {"Location": f"{ROOT}/{found}/changes/{change.number}"})


def _media(received: Received) -> str:
    return "application/json" if received.root is None else "application/xml"


DECLARATIONS = Declarations()
