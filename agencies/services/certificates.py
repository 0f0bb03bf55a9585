"""Certificates of other countries: matched to declarations that name them, whichever comes first.

Source: docs/rules/agencies.md, AG-080 to AG-085 (F43).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from agencies.models import CertificateCitation, ForeignCertificate
from agencies.rules import RequirementIndex
from agencies.rules.certificates import Cited, certificate_finding, cited_certificates
from agencies.states import CertificateState
from agencies.types import CitationState, LpcoState, PermitOutcome
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work

NUMBER_SQL = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 851))"
"""Who names a number and who brings its certificate in wait for each other, so that neither misses the other."""

TAKE_SQL = """
UPDATE agencies_foreigncertificate SET used_kg = used_kg + %(quantity)s
WHERE id = %(certificate)s AND state = 'valid' AND issued_on <= %(on)s AND valid_to >= %(on)s
  AND used_kg + %(quantity)s <= net_kg AND used_kg < net_kg
"""
RETURN_SQL = """
WITH back AS (
    UPDATE agencies_certificatecitation SET state = 'ended'
    WHERE declaration_id = %s AND state IN ('matched', 'waiting', 'flagged')
    RETURNING certificate_id, quantity_kg, finding = '' AND certificate_id IS NOT NULL AS taken)
UPDATE agencies_foreigncertificate c SET used_kg = used_kg - b.quantity
FROM (SELECT certificate_id, sum(quantity_kg) AS quantity FROM back WHERE taken GROUP BY certificate_id) b
WHERE c.id = b.certificate_id
"""
LOCK_SQL = """
SELECT id FROM agencies_foreigncertificate WHERE id IN (
    SELECT certificate_id FROM agencies_certificatecitation WHERE declaration_id = %s AND state = 'matched')
ORDER BY id FOR NO KEY UPDATE
"""
COLUMNS = (
    *("declaration_id", "mrn", "version", "item", "agency", "code", "country", "number", "quantity_kg"),
    *("certificate_id", "state", "finding", "on_day", "at"),
)
STATE_OF = {
    LpcoState.MATCHED: CitationState.MATCHED,
    LpcoState.AWAITED: CitationState.WAITING,
    LpcoState.STALE: CitationState.FLAGGED,
    LpcoState.REUSED: CitationState.FLAGGED,
}


def certificates_cite(
    work: Work, snapshot: DeclarationSnapshot, index: RequirementIndex, *, actor: Actor, at: datetime
) -> list[PermitOutcome]:
    """Match the certificates that an accepted declaration names, and take what it uses of them.

    One whose country sends electronically and that is not here yet is waited for; of other countries the paper counts.

    Locks: the numbers that it names, in their order; then the certificates, in the order of their ids.
    """
    cited = cited_certificates(snapshot.message, index.certificates)
    if not cited:
        return []
    for number in sorted({one.number for one in cited}):
        work.fetch(NUMBER_SQL, [number])
    here = certificates_by_number(one.number for one in cited)
    paired = [(one, _of(one, here)) for one in cited]
    paired.sort(key=lambda pair: str(pair[1].pk) if pair[1] else "")
    outcomes = [_cite(work, snapshot, one, certificate, actor=actor, at=at) for one, certificate in paired]
    return [outcome for outcome in outcomes if outcome is not None]


def certificates_by_number(numbers: Iterable[str]) -> list[ForeignCertificate]:
    """The newest version of each certificate of these numbers."""
    rows = ForeignCertificate.objects.select_related("kind").filter(number__in=set(numbers))
    newest = {(row.country, row.number): row for row in rows.order_by("version")}
    return list(newest.values())


def _of(one: Cited, here: list[ForeignCertificate]) -> ForeignCertificate | None:
    """The certificate that is meant: of the number and kind, issued where the goods come from."""
    same = [row for row in here if row.number == one.number and row.kind.type_code == one.kind.type_code]
    return next((row for row in same if not one.countries or row.country in one.countries), None)


def _cite(
    work: Work,
    snapshot: DeclarationSnapshot,
    one: Cited,
    certificate: ForeignCertificate | None,
    *,
    actor: Actor,
    at: datetime,
) -> PermitOutcome | None:
    outcome = PermitOutcome(one.item, one.kind.agency, one.kind.code, LpcoState.AWAITED, one.number, unit="KGM")
    finding, quantity = "", one.quantity_kg or Decimal(0)
    if certificate is not None:
        quantity = one.quantity_kg if one.quantity_kg is not None else certificate.net_kg
        state, finding = certificate_take(work, certificate, quantity, at.date())
        outcome = replace(outcome, state=state, quantity=quantity, remaining=certificate.net_kg - certificate.used_kg)
    paper = certificate is None and not one.electronic
    state_kept = CitationState.PAPER if paper else STATE_OF[outcome.state]
    country = (
        certificate.country if certificate else min(one.countries & one.kind.countries or one.countries, default="")
    )
    row = (snapshot.id, snapshot.mrn, snapshot.version, one.item, one.kind.agency, one.kind.code, country, one.number)
    kept = certificate.pk if certificate else None
    work.insert(CertificateCitation, COLUMNS, [(*row, quantity, kept, state_kept.value, finding, at.date(), at)])
    if paper:
        return None
    if outcome.state is not LpcoState.AWAITED:
        citation_record(work, snapshot.id, snapshot.mrn, one.number, outcome.state, finding, actor=actor, at=at)
    return outcome


def certificate_take(work: Work, certificate: ForeignCertificate, quantity: Decimal, on: date) -> tuple[LpcoState, str]:
    """Take a quantity of a certificate if it may be relied on; the state of the need, and the rule that speaks."""
    if work.execute(TAKE_SQL, {"certificate": certificate.pk, "quantity": quantity, "on": on}):
        return LpcoState.MATCHED, ""
    certificate.refresh_from_db(fields=["used_kg", "state"])
    state, finding = certificate_finding(
        state=CertificateState(certificate.state),
        issued_on=certificate.issued_on,
        valid_to=certificate.valid_to,
        left_kg=certificate.net_kg - certificate.used_kg,
        asked_kg=quantity,
        on=on,
    )
    return (LpcoState.REUSED, "AG-083") if state is LpcoState.MATCHED else (state, finding)


def citation_record(
    work: Work,
    declaration_id: UUID,
    mrn: str,
    number: str,
    state: LpcoState,
    finding: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Record that a certificate was matched, or that it cannot be relied on."""
    event_record(
        work,
        actor=actor,
        verb=Verb.CERTIFICATE_MATCHED if state is LpcoState.MATCHED else Verb.CERTIFICATE_FLAGGED,
        subject_type="declaration",
        subject_id=str(declaration_id),
        data={"mrn": mrn, "certificate": number, "state": state.value, "rule": finding},
        at=at,
    )


def certificates_return(work: Work, declaration_id: UUID) -> None:
    """Give back what a declaration took of certificates, and wait for none any more. Idempotent.

    Locks: the certificates, in the order of their ids.
    """
    work.fetch(LOCK_SQL, [declaration_id])
    work.execute(RETURN_SQL, [declaration_id])
