"""Reads of penalties and disclosures: a party sees its own, customs sees all."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import Page, page_of, uuid_decode
from singlewindow.penalties.code import penalty_code
from singlewindow.penalties.models import Disclosure, Penalty
from singlewindow.penalties.rules import penalty_work_out
from singlewindow.penalties.states import DisclosureState, PenaltyState
from singlewindow.penalties.types import Worked

PAGE_SIZE = 50


def first_breach(organisation_id: UUID, *, since: datetime) -> bool:
    """Whether no penalty of the organisation was decided since an instant (PN-MIT-01)."""
    return not Penalty.objects.filter(
        organisation_id=organisation_id,
        state__in=[PenaltyState.ISSUED.value, PenaltyState.PAID.value],
        decided_at__gte=since,
    ).exists()


def penalties_for(actor: Actor, *, state: PenaltyState | None = None, cursor: str = "") -> Page[Penalty]:
    """Penalties that the actor may see, newest first."""
    rows = _visible(actor, Penalty.objects.select_related("organisation"))
    if state is not None:
        rows = rows.filter(state=state.value)
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of(list(rows.order_by("-pk")[: PAGE_SIZE + 1]), PAGE_SIZE, lambda row: (str(row.pk),))


def penalty_for(actor: Actor, penalty_id: UUID) -> Penalty:
    """One penalty that the actor may see. Raises NotFound."""
    row = _visible(actor, Penalty.objects.select_related("organisation", "disclosure")).filter(pk=penalty_id).first()
    if row is None:
        raise NotFound("There is no such penalty.")
    return row


def disclosures_for(actor: Actor, *, waiting: bool = False, cursor: str = "") -> Page[Disclosure]:
    """Disclosures that the actor may see, newest first; those that wait oldest first would starve nobody either."""
    rows = _seen(actor, Disclosure.objects.select_related("organisation"))
    if waiting:
        rows = rows.filter(state=DisclosureState.FILED.value)
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of(list(rows.order_by("-pk")[: PAGE_SIZE + 1]), PAGE_SIZE, lambda row: (str(row.pk),))


def disclosure_for(actor: Actor, disclosure_id: UUID) -> Disclosure:
    """One disclosure that the actor may see. Raises NotFound."""
    row = _seen(actor, Disclosure.objects.select_related("organisation")).filter(pk=disclosure_id).first()
    if row is None:
        raise NotFound("There is no such disclosure.")
    return row


@dataclass(frozen=True, slots=True)
class Preview:
    """What a breach would cost with and without its disclosure, as far as is known now."""

    without: Worked
    disclosed: Worked
    degree: str


def penalty_preview(
    *, offence: str, base_minor: int, currency: str, at: datetime, organisation_id: UUID, late: bool
) -> Preview | None:
    """The penalty of careless error with and without disclosure (F08); nothing where the law knows no such breach."""
    code = penalty_code(at.date())
    found, degree = code.offences.get(offence), code.degrees["careless"]
    if found is None:
        return None
    extra = [code.mitigations["LATED" if late else "DISC"]]
    base = []
    if first_breach(organisation_id, since=at):
        base = [code.mitigations["FIRST"]] if "FIRST" in code.mitigations else []
    most: Decimal = code.terms.taken_off_at_most
    without, with_ = (
        penalty_work_out(found, degree, mitigations, base_minor=base_minor, currency=currency, at_most=most)
        for mitigations in (base, base + extra)
    )
    return Preview(without, with_, degree.title)


def _visible(actor: Actor, rows: QuerySet[Penalty]) -> QuerySet[Penalty]:
    if actor.may(Permission.VIEW_ANY_DECLARATION):
        return rows
    return rows.filter(organisation__in=organisations_actor_may_file_for(actor))


def _seen(actor: Actor, rows: QuerySet[Disclosure]) -> QuerySet[Disclosure]:
    if actor.may(Permission.VIEW_ANY_DECLARATION):
        return rows
    return rows.filter(organisation__in=organisations_actor_may_file_for(actor))
