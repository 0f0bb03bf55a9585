"""Money in suspense, and whose it may be."""

from collections.abc import Callable
from uuid import UUID

from rapidfuzz import fuzz, process

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_named
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode
from singlewindow.payments.models import Basket, SuspenseItem
from singlewindow.payments.selectors.baskets import BUSY
from singlewindow.payments.states import BasketState, SuspenseState
from singlewindow.payments.types import Suggestion, SuspenseView

UNCLEARED = (SuspenseState.OPEN.value, SuspenseState.PROPOSED.value)
SUGGESTED_MOST = 5
ALIKE = 70
NAME_SHORT = 6
CANDIDATES_MOST = 5_000


def suspense_for(actor: Actor, *, cleared: bool = False, cursor: str = "", size: int = PAGE_SIZE) -> Page[SuspenseView]:
    """What stands in suspense, oldest first, or what was cleared, newest first; nothing for who may not see it.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    if not actor.may(Permission.VIEW_LEDGER):
        return Page([])
    rows = (
        SuspenseItem.objects.exclude(state__in=UNCLEARED) if cleared else SuspenseItem.objects.filter(cleared_at=None)
    )
    rows = rows.order_by("-pk" if cleared else "pk")
    if cursor:
        after = uuid_decode(cursor)
        rows = rows.filter(pk__lt=after) if cleared else rows.filter(pk__gt=after)
    return page_of([suspense_view(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def suspense_item_for(actor: Actor, suspense_id: UUID) -> SuspenseView:
    """One item. Raises NotFound: there is none, or the actor may not see it."""
    row = SuspenseItem.objects.filter(pk=suspense_id).first() if actor.may(Permission.VIEW_LEDGER) else None
    if row is None:
        raise NotFound
    return suspense_view(row)


def suspense_view(row: SuspenseItem) -> SuspenseView:
    """A row as a value."""
    return SuspenseView(
        id=row.pk,
        currency=row.currency,
        amount_minor=row.amount_minor,
        at=row.at,
        origin=row.origin,
        reason=row.reason,
        basket_id=row.basket_id,
        reference=row.reference,
        text=row.text,
        party_name=row.party_name,
        party_iban=row.party_iban,
        state=SuspenseState(row.state),
        cleared_by=row.cleared_by,
        cleared_at=row.cleared_at,
        cleared_why=row.cleared_why,
    )


def suggestions_for(item: SuspenseView) -> list[Suggestion]:
    """Whose the money may be, the likeliest first: its basket, a reference that is nearly it, a name like it."""
    found = [*_by_basket(item), *_by_reference(item), *_by_name(item)]
    best: dict[tuple[UUID, UUID | None], Suggestion] = {}
    for one in found:
        key = (one.organisation_id, one.basket_id)
        if key not in best or best[key].score < one.score:
            best[key] = one
    return sorted(best.values(), key=lambda one: -one.score)[:SUGGESTED_MOST]


def _by_basket(item: SuspenseView) -> list[Suggestion]:
    rows = Basket.objects.select_related("organisation").filter(pk=item.basket_id) if item.basket_id else []
    return [_of_basket(row, 100, "basket") for row in rows]


def _by_reference(item: SuspenseView) -> list[Suggestion]:
    """Baskets that wait and whose reference is nearly the one given, or whose missing amount is exactly this one."""
    waiting = Basket.objects.filter(state__in=(*BUSY, BasketState.OPEN.value), currency=item.currency)
    rows = list(waiting.select_related("organisation").order_by("-pk")[:CANDIDATES_MOST])
    said = f"{item.reference} {item.text}".upper().replace(" ", "")
    found = [_of_basket(row, 75, "amount") for row in rows if row.total_minor - row.received_minor == item.amount_minor]
    if said:
        by_reference = {row.reference: row for row in rows}
        near = process.extract(said, by_reference.keys(), scorer=fuzz.partial_ratio, limit=3, score_cutoff=80)
        found += [_of_basket(by_reference[reference], int(score), "reference") for reference, score, _ in near]
    return found


def _of_basket(row: Basket, score: int, why: str) -> Suggestion:
    holder = row.organisation
    return Suggestion(score, why, holder.pk, holder.identifier, holder.name, row.pk, row.reference)


def _by_name(item: SuspenseView) -> list[Suggestion]:
    if not item.party_name and not item.text:
        return []
    names = organisations_named(CANDIDATES_MOST)
    known = {organisation_id: (identifier, name) for organisation_id, identifier, name in names}
    labels = {organisation_id: name for organisation_id, _identifier, name in names}
    near = _near(item.party_name, labels, fuzz.token_sort_ratio, ALIKE)
    # In a text the name is one part of many words, so a short name that happens to stand in it must fit very well.
    near += _near(
        item.text, {one: name for one, name in labels.items() if len(name) >= NAME_SHORT}, fuzz.partial_ratio, 90
    )
    return [Suggestion(int(score), "name", one, *known[one]) for one, score in near]


def _near(said: str, labels: dict[UUID, str], scorer: Callable[..., float], cutoff: int) -> list[tuple[UUID, float]]:
    if not said:
        return []
    found = process.extract(said, labels, scorer=scorer, processor=str.lower, limit=SUGGESTED_MOST, score_cutoff=cutoff)
    return [(one, score) for _name, score, one in found]
