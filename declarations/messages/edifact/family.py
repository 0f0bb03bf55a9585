"""CUSDEC as a type of EDIFACT message: checked, or lodged."""

from declarations.messages.edifact import cusdec_read
from declarations.messages.lodging import message_lodge
from declarations.messages.suspicious import suspicious_text
from declarations.rules import declaration_check
from declarations.types import Channel
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel.edifact import EdifactMessage
from singlewindow.kernel.errors import DomainError, Violation
from singlewindow.messaging.types import EdifactAnswer, MessageOutcome, Verdict
from singlewindow.reference.types import CodeLists


class Cusdec:
    """New declarations."""

    def check(self, message: EdifactMessage, lists: CodeLists) -> Verdict:
        """Format, then every rule."""
        read = cusdec_read(message)
        found = declaration_check(read.message, lists)
        outcome = MessageOutcome.REJECTED if found.violations else MessageOutcome.ACCEPTED
        warnings = read.placed((*found.advice, *suspicious_text(read.message)))
        errors = read.placed(found.violations)
        return Verdict("edifact", message.kind, outcome, errors, warnings, read.message.sha256())

    def take(self, work: Work, message: EdifactMessage, actor: Actor) -> EdifactAnswer:
        """Lodge it; what refuses it names the segment."""
        read = cusdec_read(message)
        try:
            lodged = message_lodge(work, read.message, actor, Channel.EDI, suspicious_text(read.message))
        except DomainError as refusal:
            refusal.violations = read.placed(refusal.violations or (_named(refusal),))
            raise
        receipt = {"mrn": lodged.mrn, "lrn": lodged.lrn, "canonical_sha256": lodged.canonical_sha256}
        return EdifactAnswer("declaration", str(lodged.id), lodged.mrn, receipt, warnings=read.placed(lodged.warnings))


def _named(refusal: DomainError) -> Violation:
    """A refusal that has no findings as one; that of a number used before is about the number."""
    pointer = "/lrn" if refusal.code == "duplicate_lrn" else ""
    return Violation(refusal.code, pointer, refusal.detail)


CUSDEC = Cusdec()
