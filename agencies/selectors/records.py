"""Lists of an agency: certificates that declarations name, disclaimers to check, entries by hand."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from agencies.models import CertificateCitation, ContingencyEntry, DisclaimerUse, ForeignCertificate
from agencies.selectors.places import uuid_of
from agencies.types import CitationState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

TROUBLE = (CitationState.WAITING.value, CitationState.FLAGGED.value)
CITATIONS_MAX = 100


def citation_page(
    actor: Actor, *, state: str = "trouble", cursor: str = "", size: int = PAGE_SIZE
) -> Page[CertificateCitation]:
    """Certificates that declarations name, newest first; `trouble`: those that are waited for or flagged."""
    actor.require(Permission.SEND_CERTIFICATE)
    rows = CertificateCitation.objects.select_related("certificate").filter(agency=actor.agency or "-")
    if state == "trouble":
        rows = rows.filter(state__in=TROUBLE)
    elif state != "all":
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=int(cursor_decode(cursor, int)[0]))
    return page_of(list(rows.order_by("-pk")[: size + 1]), size, lambda row: (row.pk,))


def certificate_read_for(
    actor: Actor, certificate_id: UUID
) -> tuple[ForeignCertificate, Sequence[CertificateCitation]]:
    """A certificate of the actor's agency and the declarations that name it. Raises NotFound."""
    actor.require(Permission.SEND_CERTIFICATE)
    rows = ForeignCertificate.objects.select_related("kind")
    row = rows.filter(pk=certificate_id, kind__agency=actor.agency or "-").first()
    if row is None:
        raise NotFound
    return row, list(row.citations.order_by("-pk")[:CITATIONS_MAX])


def disclaimers_to_check(actor: Actor) -> Sequence[DisclaimerUse]:
    """The disclaimers that were drawn for a check of the actor's agency, oldest first."""
    if not actor.may(Permission.DECIDE_AGENCY_HOLD) or not actor.agency:
        return []
    rows = DisclaimerUse.objects.filter(agency=actor.agency, sampled=True, outcome="").order_by("pk")
    return list(rows[:PAGE_SIZE])


def entries_for(actor: Actor) -> QuerySet[ContingencyEntry]:
    """Entries by hand: an agency's officer sees those of the agency, customs all."""
    actor.require(Permission.RECORD_CONTINGENCY)
    rows = ContingencyEntry.objects.order_by("-pk")
    if actor.may(Permission.MANAGE_PERMIT):
        return rows.filter(agency=actor.agency or "-")
    return rows


def contingency_page(
    actor: Actor, *, state: str = "open", cursor: str = "", size: int = PAGE_SIZE
) -> Page[ContingencyEntry]:
    """A page of entries by hand, newest first."""
    rows = entries_for(actor).filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=uuid_of(cursor_decode(cursor, str)[0]))
    return page_of(list(rows[: size + 1]), size, lambda row: (str(row.pk),))


def contingency_read(actor: Actor, entry_id: UUID) -> ContingencyEntry:
    """One entry. Raises NotFound: it is another agency's, or there is none."""
    row = entries_for(actor).filter(pk=entry_id).first()
    if row is None:
        raise NotFound
    return row
