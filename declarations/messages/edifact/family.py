"""CUSDEC as a type of EDIFACT message: checked, or lodged."""

from django.conf import settings
from django.utils.module_loading import import_string

from declarations.messages.edifact import cusdec_read
from declarations.messages.edifact.requests import KINDS, CusdecRequest, function_of, request_read
from declarations.messages.lodging import message_lodge
from declarations.messages.suspicious import suspicious_text
from declarations.rules import declaration_check
from declarations.selectors import declaration_id_of_mrn, declaration_snapshot_for
from declarations.services.changes import Asked
from declarations.types import Change, ChangeKind, Channel
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel.edifact import EdifactMessage
from singlewindow.kernel.errors import DomainError, NotFound, Violation
from singlewindow.messaging.types import EdifactAnswer, MessageOutcome, Verdict
from singlewindow.reference.types import CodeLists


class Cusdec:
    """New declarations, and requests to amend or withdraw earlier ones."""

    def check(self, message: EdifactMessage, lists: CodeLists) -> Verdict:
        """Format, then every rule; whether a request can be granted is asked when it is taken."""
        if function_of(message) in KINDS:
            return _request_checked(message)
        read = cusdec_read(message)
        found = declaration_check(read.message, lists)
        outcome = MessageOutcome.REJECTED if found.violations else MessageOutcome.ACCEPTED
        warnings = read.placed((*found.advice, *suspicious_text(read.message)))
        errors = read.placed(found.violations)
        return Verdict("edifact", message.kind, outcome, errors, warnings, read.message.sha256())

    def take(self, work: Work, message: EdifactMessage, actor: Actor) -> EdifactAnswer:
        """Lodge it, or do what it asks for; what refuses it names the segment."""
        if function_of(message) in KINDS:
            return _request_taken(work, request_read(message), actor)
        read = cusdec_read(message)
        try:
            lodged = message_lodge(work, read.message, actor, Channel.EDI, suspicious_text(read.message))
        except DomainError as refusal:
            refusal.violations = read.placed(refusal.violations or (_named(refusal),))
            raise
        receipt = {"mrn": lodged.mrn, "lrn": lodged.lrn, "canonical_sha256": lodged.canonical_sha256}
        return EdifactAnswer("declaration", str(lodged.id), lodged.mrn, receipt, warnings=read.placed(lodged.warnings))


def _request_checked(message: EdifactMessage) -> Verdict:
    request = request_read(message)
    whole = request.message.sha256() if request.read is None else None
    return Verdict("edifact", message.kind, MessageOutcome.ACCEPTED, canonical_sha256=whole)


def _request_taken(work: Work, request: CusdecRequest, actor: Actor) -> EdifactAnswer:
    """Ask for the change by the same act as every other way in."""
    message = request.message
    found = declaration_id_of_mrn(message.mrn)
    if found is None:
        raise NotFound
    current = declaration_snapshot_for(actor, found)
    asked = Asked(
        kind=ChangeKind.INVALIDATE if request.read is None else ChangeKind.AMEND,
        reason=message.statement or "",
        channel=Channel.EDI.value,
        reason_code=message.reason_code or "",
        reference=message.reference or "",
        proposed=request.read.message if request.read else None,
    )
    ask = import_string(settings.CHANGE_REQUESTS)
    try:
        change: Change = ask(work, actor=actor, declaration_id=found, base_version=current.version, asked=asked)
    except DomainError as refusal:
        if request.read is not None:
            refusal.violations = request.read.placed(refusal.violations)
        raise
    told = {"mrn": message.mrn, "state": change.state.value}
    return EdifactAnswer("change", f"{found}/{change.number}", str(change.number), told)


def _named(refusal: DomainError) -> Violation:
    """A refusal that has no findings as one; that of a number used before is about the number."""
    pointer = "/lrn" if refusal.code == "duplicate_lrn" else ""
    return Violation(refusal.code, pointer, refusal.detail)


CUSDEC = Cusdec()
