"""Certificates of other countries come in: kept, replaced, withdrawn, and matched to declarations that wait.

Source: docs/rules/agencies.md, AG-080 to AG-085 (F43).
"""

from datetime import datetime, timedelta
from uuid import UUID

from agencies.models import CertificateCitation, ForeignCertificate, Hold, LpcoNeed
from agencies.rules.sps import certificate_read
from agencies.schemas.certificates import CertificateAct, CertificateMessage
from agencies.selectors import requirement_index
from agencies.services.asking import agency_of
from agencies.services.certificates import NUMBER_SQL, STATE_OF, certificate_take, citation_record
from agencies.services.holds import REASON_OF_OUTCOME, hold_lift_by_rule, hold_open
from agencies.states import CERTIFICATE, CertificateState
from agencies.types import CertificateKindInfo, CitationState, HoldReason, LpcoState
from declarations.selectors import declaration_head
from declarations.states import LegalState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock, safe_xml
from singlewindow.kernel.canonical import JsonValue, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, Violation

ARRIVED = "CertificateArrived"
CERTIFICATE_REASONS = (
    HoldReason.CERTIFICATE_AWAITED,
    HoldReason.CERTIFICATE_INVALID,
    HoldReason.CERTIFICATE_USED,
)


def certificate_receive(work: Work, *, body: bytes, actor: Actor) -> ForeignCertificate:
    """Take a certificate of another country in; the same bytes a second time change nothing.

    A later message of the same country and number is the next version, and takes the place of the one before; one
    that names another certificate as replaced does so with that one.

    Locks: the number (and that of the certificate it replaces), then the certificate before it.

    Raises:
        NotPermitted: the actor brings no certificates in, or not those of this kind.
        FormatRefused: xml.*, certificate.unreadable.
        RuleViolated: AG-080, its kind is not taken here, or it is for another country.
        NotFound: it withdraws a certificate that is not here.
        Conflict: it withdraws one that is replaced or withdrawn.
    """
    actor.require(Permission.SEND_CERTIFICATE)
    message = certificate_read(safe_xml.parse(body))
    kind = _kind(message, actor)
    for number in sorted({message.number, message.replaces} - {""}):
        work.fetch(NUMBER_SQL, [number])
    digest = sha256_hex(body)
    before = _newest(message.country, message.number)
    if before is not None and before.sha256 == digest:
        return before
    if message.act is CertificateAct.WITHDRAW:
        return _withdraw(work, before, actor)
    now = clock.now()
    if before is not None and before.state == CertificateState.VALID.value:
        _end(work, before, "replace", actor)
    if message.replaces and message.replaces != message.number:
        other = _newest(message.country, message.replaces)
        if other is not None and other.state == CertificateState.VALID.value:
            _end(work, other, "replace", actor)
    row = ForeignCertificate.objects.create(
        kind_id=kind.code,
        country=message.country,
        number=message.number,
        version=before.version + 1 if before else 1,
        replaces=message.replaces,
        issued_on=message.issued_on,
        valid_to=message.issued_on + timedelta(days=kind.valid_days),
        issuer=message.issuer,
        consignor=message.consignor,
        consignee=message.consignee,
        destination=message.destination,
        net_kg=message.net_kg or 0,
        lines=[line.plain() for line in message.lines],
        sha256=digest,
        state=CertificateState.VALID.value,
        received_at=now,
        received_by=actor.label,
    )
    _record(work, row, actor, now)
    if before is not None:
        _carry(before, row)
    _wake(work, row, actor)
    return row


def _kind(message: CertificateMessage, actor: Actor) -> CertificateKindInfo:
    """AG-080: the kind is taken here, by the actor's agency."""
    kinds = [kind for kind in requirement_index().certificates.values() if kind.type_code == message.type_code]
    if not kinds:
        sentence = "Certificates of this type are not taken here."
        path = "/SPSExchangedDocument/TypeCode"
        raise RuleViolated(violations=[Violation("AG-080", path, sentence, value=message.type_code)])
    agency = agency_of(actor)
    own = [kind for kind in kinds if kind.agency == agency]
    if not own:
        raise NotPermitted("Certificates of this type belong to another agency.")
    return min(own, key=lambda kind: kind.code)


def _newest(country: str, number: str) -> ForeignCertificate | None:
    rows = ForeignCertificate.objects.select_for_update().filter(country=country, number=number)
    return rows.order_by("-version").first()


def _withdraw(work: Work, row: ForeignCertificate | None, actor: Actor) -> ForeignCertificate:
    if row is None:
        raise NotFound
    if row.state != CertificateState.VALID.value:
        raise Conflict(f"The certificate is {row.state} already.", code="certificate.state")
    _end(work, row, "withdraw", actor)
    return row


def _end(work: Work, row: ForeignCertificate, action: str, actor: Actor) -> None:
    row.state = CERTIFICATE.next_state(action, row.state).value
    row.save(update_fields=["state"])
    _record(work, row, actor, clock.now())
    _wake(work, row, actor)


def _record(work: Work, row: ForeignCertificate, actor: Actor, at: datetime) -> None:
    data: dict[str, JsonValue] = {
        "country": row.country,
        "number": row.number,
        "version": row.version,
        "state": row.state,
    }
    subject, verb = str(row.pk), Verb.CERTIFICATE_RECEIVED
    event_record(work, actor=actor, verb=verb, subject_type="certificate", subject_id=subject, data=data, at=at)


def _carry(before: ForeignCertificate, row: ForeignCertificate) -> None:
    """Declarations that took of the version before have taken of this one, as far as it bears them."""
    if before.used_kg and before.used_kg <= row.net_kg:
        moved = CertificateCitation.objects.filter(certificate=before, state=CitationState.MATCHED.value)
        moved.update(certificate=row)
        row.used_kg, before.used_kg = before.used_kg, row.used_kg
        row.save(update_fields=["used_kg"])
        before.save(update_fields=["used_kg"])


def _wake(work: Work, row: ForeignCertificate, actor: Actor) -> None:
    """Look at every declaration again that waits for the certificate, or that relied on it."""
    waiting = CertificateCitation.objects.filter(number=row.number, state=CitationState.WAITING.value)
    relying = CertificateCitation.objects.filter(certificate=row, state=CitationState.MATCHED.value)
    ids = set(waiting.values_list("declaration_id", flat=True)) | set(relying.values_list("declaration_id", flat=True))
    for declaration_id in sorted(ids):
        queue(work, ARRIVED, subject_id=str(declaration_id), payload={"certificate": str(row.pk)}, actor=actor)


def certificate_arrived(work: Work, job: JobContext) -> None:
    """Match a certificate that came, was replaced or was withdrawn with one declaration that names it.

    The hold that waited for it ends by itself; one that the goods relied on and that is gone holds them anew, unless
    they are released.

    Locks: the declaration, its agency's hold, the certificate.

    Idempotent: what is matched stays matched.
    """
    actor, now = system_actor("agencies", conversation_id=job.conversation_id), clock.now()
    head = declaration_head(UUID(job.subject_id), lock=True)
    certificate = ForeignCertificate.objects.select_related("kind").get(pk=UUID(str(job.payload["certificate"])))
    citations = CertificateCitation.objects.filter(declaration_id=head.id, number=certificate.number)
    agency = certificate.kind.agency_id
    if head.legal_state is not LegalState.ACCEPTED:
        return
    reasons = [reason.value for reason in CERTIFICATE_REASONS]
    holds = Hold.objects.select_for_update().filter(
        declaration_id=head.id, agency=agency, reason__in=reasons, state="open"
    )
    held = list(holds.order_by("pk"))
    work.fetch(NUMBER_SQL, [certificate.number])
    certificate.refresh_from_db()
    for citation in citations.filter(state=CitationState.WAITING.value).order_by("id"):
        if citation.country in ("", certificate.country) and certificate.state == CertificateState.VALID.value:
            _resolve(work, citation, certificate, actor, now)
    gone = certificate.state != CertificateState.VALID.value
    stale = citations.filter(certificate=certificate, state=CitationState.MATCHED.value) if gone else citations.none()
    for citation in stale:
        _need(citation, LpcoState.MATCHED, LpcoState.STALE)
        citation_record(work, head.id, head.mrn, citation.number, LpcoState.STALE, "AG-082", actor=actor, at=now)
        fact = {"item": str(citation.item), "code": citation.code, "permit": citation.number}
        reason = HoldReason.CERTIFICATE_INVALID
        hold_open(work, head, agency=agency, reason=reason, actor=actor, at=now, details=[fact])
    _holds_settle(work, held, actor, now)


def _resolve(
    work: Work, citation: CertificateCitation, certificate: ForeignCertificate, actor: Actor, at: datetime
) -> None:
    quantity = citation.quantity_kg or certificate.net_kg
    state, finding = certificate_take(work, certificate, quantity, citation.on_day)
    citation.certificate, citation.quantity_kg = certificate, quantity
    citation.state, citation.finding = STATE_OF[state].value, finding
    citation.save(update_fields=["certificate", "quantity_kg", "state", "finding"])
    _need(citation, LpcoState.AWAITED, state)
    citation_record(work, citation.declaration_id, citation.mrn, citation.number, state, finding, actor=actor, at=at)


def _need(citation: CertificateCitation, before: LpcoState, after: LpcoState) -> None:
    LpcoNeed.objects.filter(
        declaration_id=citation.declaration_id,
        version=citation.version,
        item=citation.item,
        code=citation.code,
        permit_number=citation.number,
        state=before.value,
    ).update(state=after.value)


def _holds_settle(work: Work, held: list[Hold], actor: Actor, at: datetime) -> None:
    """Lift what waited for nothing but this; what came and may not be relied on is held for its own reason."""
    for hold in held:
        needs = LpcoNeed.objects.filter(declaration_id=hold.declaration_id, agency=hold.agency).order_by("-version")
        newest = needs.values_list("version", flat=True).first()
        of_version = needs.filter(version=newest or 0)
        states = [state.value for state, reason in REASON_OF_OUTCOME.items() if reason.value == hold.reason]
        if of_version.filter(state__in=states).exists():
            continue
        others = {LpcoState.STALE: HoldReason.CERTIFICATE_INVALID, LpcoState.REUSED: HoldReason.CERTIFICATE_USED}
        head = declaration_head(hold.declaration_id)
        for state, reason in others.items():
            facts = [
                {"item": str(need.item), "code": need.code, "permit": need.permit_number}
                for need in of_version.filter(state=state.value)
            ]
            if facts:
                hold_open(work, head, agency=hold.agency, reason=reason, actor=actor, at=at, details=facts)
        hold_lift_by_rule(work, hold, actor=actor, reason="The certificate came in.", at=at)
