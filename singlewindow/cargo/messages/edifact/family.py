"""The doors of CUSCAR and CUSREP: checked without a database, taken by the services of cargo."""

from singlewindow.accounts.types import Actor
from singlewindow.cargo import services
from singlewindow.cargo.messages.edifact.cuscar import CuscarRead, cuscar_read
from singlewindow.cargo.messages.edifact.cusrep import cusrep_read
from singlewindow.cargo.rules import findings_of, report_findings, warnings_of
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.edifact import EdifactMessage
from singlewindow.kernel.errors import DomainError, NotFound, RuleViolated, Violation
from singlewindow.messaging.types import EdifactAnswer, MessageOutcome, Verdict
from singlewindow.reference.types import CodeLists


class Cuscar:
    """A manifest: filed, replaced or cancelled."""

    def check(self, message: EdifactMessage, lists: CodeLists) -> Verdict:
        """Form and rules; whether the sender filed it before is asked when it is taken."""
        read = cuscar_read(message)
        errors = read.notes.placed(findings_of(read.message)) if read.act != "cancel" else ()
        warnings = (*read.notes.remarks(), *read.notes.placed(warnings_of(read.message)))
        outcome = MessageOutcome.REJECTED if errors else MessageOutcome.ACCEPTED
        digest = sha256_hex(read.message.canonical_bytes())
        return Verdict("edifact", message.kind, outcome, errors, warnings, None if errors else digest)

    def take(self, work: Work, message: EdifactMessage, actor: Actor) -> EdifactAnswer:
        """File the manifest, or replace or cancel the one of this reference."""
        read = cuscar_read(message)
        try:
            receipt = self._act(work, read.act, read, actor)
        except RuleViolated as refusal:
            raise _placed(refusal, read.notes.placed(refusal.violations)) from refusal
        values = {"version": receipt.version, "state": receipt.state.value, "bills": receipt.bills}
        warnings = read.notes.placed(receipt.warnings)
        return EdifactAnswer("manifest", str(receipt.id), receipt.reference, values, warnings)

    def _act(self, work: Work, act: str, read: CuscarRead, actor: Actor) -> services.ManifestReceipt:
        remarks, kept = read.notes.remarks(), read.notes.kept
        if act == "file":
            return services.manifest_file(work, read.message, actor, source="edifact", kept=kept, remarks=remarks)
        manifest = services.manifest_named(actor, read.message.reference)
        if manifest is None:
            raise NotFound(f"Your organisation filed no manifest {read.message.reference}.")
        if act == "cancel":
            return services.manifest_cancel(work, manifest.pk, actor, reason="cancelled by message")
        return services.manifest_amend(
            work, manifest.pk, read.message, actor, source="edifact", kept=kept, remarks=remarks
        )


class Cusrep:
    """A conveyance report."""

    def check(self, message: EdifactMessage, lists: CodeLists) -> Verdict:
        """Form and rules."""
        read = cusrep_read(message)
        errors = read.notes.placed(report_findings(read.message))
        outcome = MessageOutcome.REJECTED if errors else MessageOutcome.ACCEPTED
        digest = sha256_hex(read.message.canonical_bytes())
        return Verdict("edifact", message.kind, outcome, errors, read.notes.remarks(), None if errors else digest)

    def take(self, work: Work, message: EdifactMessage, actor: Actor) -> EdifactAnswer:
        """Tell what it says of the sender's conveyance."""
        read = cusrep_read(message)
        try:
            receipt = services.conveyance_report(work, read.message, actor, kept=read.notes.kept)
        except RuleViolated as refusal:
            raise _placed(refusal, read.notes.placed(refusal.violations)) from refusal
        values = {"movement": receipt.movement.value, "manifest_state": receipt.manifest}
        return EdifactAnswer("cargo", str(receipt.ids[0]), read.message.reference, values, read.notes.remarks())


def _placed(refusal: DomainError, violations: tuple[Violation, ...]) -> RuleViolated:
    return RuleViolated(refusal.detail, violations=violations)


CUSCAR = Cuscar()
CUSREP = Cusrep()
