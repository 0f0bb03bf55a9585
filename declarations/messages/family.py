"""Declarations as a family of messages: JSON and WCO XML, checked or lodged."""

import orjson

from declarations.messages import parse
from declarations.rules import declaration_check
from declarations.services import declaration_lodge_in
from declarations.types import Channel
from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.db.work import Work
from singlewindow.messaging.types import MessageOutcome, Received, Verdict
from singlewindow.reference.types import CodeLists

ROOT = "/api/v1/declarations"


class Declarations:
    """New declarations."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """Format, then every rule."""
        parsed = parse(received.body, _media(received))
        found = declaration_check(parsed.message, lists)
        outcome = MessageOutcome.REJECTED if found.violations else MessageOutcome.ACCEPTED
        warnings = (*found.advice, *parsed.warnings)
        return Verdict(parsed.format, parsed.kind, outcome, found.violations, warnings, parsed.message.sha256())

    def take(self, work: Work, received: Received, actor: Actor) -> Answer:
        """Lodge it."""
        parsed = parse(received.body, _media(received))
        lodged = declaration_lodge_in(
            work,
            message=parsed.message,
            actor=actor,
            channel=Channel.JSON if received.root is None else Channel.XML,
            warnings=parsed.warnings,
        )
        receipt = {"id": str(lodged.id), "mrn": lodged.mrn, "lrn": lodged.lrn, "sha256": lodged.canonical_sha256}
        return Answer(201, orjson.dumps(receipt), {"Location": f"{ROOT}/{lodged.id}"})


def _media(received: Received) -> str:
    return "application/json" if received.root is None else "application/xml"


DECLARATIONS = Declarations()
