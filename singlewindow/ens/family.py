"""Entry summary declarations as a family of messages: checked, or lodged."""

from typing import Any

import orjson

from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.db.work import Work
from singlewindow.ens.messages import read_xml
from singlewindow.ens.rules import entry_check
from singlewindow.ens.services import EntryReceipt, entry_take
from singlewindow.messaging.types import MessageOutcome, Received, Verdict
from singlewindow.reference.types import CodeLists

ROOT = "/api/v1/entry-summaries"


class EntrySummaries:
    """CC315A and CC313A."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """Format, then every rule."""
        assert received.root is not None
        message = read_xml(received.root)
        found = entry_check(message)
        outcome = MessageOutcome.REJECTED if found else MessageOutcome.ACCEPTED
        return Verdict("ens-ics", message.kind, outcome, found, (), message.sha256())

    def take(self, work: Work, received: Received, actor: Actor) -> Answer:
        """Lodge or amend."""
        assert received.root is not None
        message = read_xml(received.root)
        return receipt_answer(entry_take(work, message=message, actor=actor, channel="xml"))


def receipt_answer(made: EntryReceipt) -> Answer:
    """The receipt as an answer."""
    return Answer(201, orjson.dumps(receipt_output(made)), {"Location": f"{ROOT}/{made.id}"})


def receipt_output(made: EntryReceipt) -> dict[str, Any]:
    """The receipt in JSON."""
    return {
        "id": str(made.id),
        "mrn": made.mrn,
        "lrn": made.lrn,
        "version": made.version,
        "state": made.state.value,
        "canonical_sha256": made.sha256,
        "late": made.late,
        "lodged_at": made.at.isoformat().replace("+00:00", "Z"),
        "correlation_id": made.correlation_id,
        "links": {"self": f"{ROOT}/{made.id}", "response": f"{ROOT}/{made.id}/response"},
    }


ENTRY_SUMMARIES = EntrySummaries()
