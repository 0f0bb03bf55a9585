"""Entry summary declarations as a family of messages: checked, or lodged."""

from singlewindow.ens.messages import read_xml
from singlewindow.ens.rules import entry_check
from singlewindow.messaging.types import MessageOutcome, Received, Verdict
from singlewindow.reference.types import CodeLists


class EntrySummaries:
    """CC315A and CC313A."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """Format, then every rule."""
        assert received.root is not None
        message = read_xml(received.root)
        found = entry_check(message)
        outcome = MessageOutcome.REJECTED if found else MessageOutcome.ACCEPTED
        return Verdict("ens-ics", message.kind, outcome, found, (), message.sha256())


ENTRY_SUMMARIES = EntrySummaries()
