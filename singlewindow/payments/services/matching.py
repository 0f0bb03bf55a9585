"""Whose money an entry of the bank is: by reference, by the answer to an order, by the name of an organisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from singlewindow.accounts.selectors import organisation_ids_by_identifier
from singlewindow.db.work import Work
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.models import Basket, PayoutOrder
from singlewindow.payments.providers.interface import providers
from singlewindow.payments.rules.references import identifiers_in, references_in
from singlewindow.payments.states import BasketState, PayoutState
from singlewindow.payments.types import EntryRead, StatementRead

EXPECTED = (BasketState.OPEN.value, BasketState.PENDING.value, BasketState.PARTLY.value)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and what it was found to be about; nothing of it where nobody can place it."""

    entry_id: UUID
    entry: EntryRead
    reference: str = ""
    basket_id: UUID | None = None
    organisation_id: UUID | None = None
    payouts: tuple[UUID, ...] = ()
    provider: str = ""
    """The clearing account of the provider that paid over what it took."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything here that the entries of a statement may be about, looked up once for all of them."""

    baskets: Mapping[str, UUID]
    """By reference."""
    organisations: Mapping[str, UUID]
    """By identifier."""
    expected: Mapping[tuple[UUID, int], Sequence[UUID]]
    """Baskets that wait for money, by organisation and missing amount."""
    orders: Mapping[str, tuple[UUID, int]]
    """Payment orders and their amounts by end-to-end id."""
    files: Mapping[str, tuple[tuple[UUID, ...], int]]
    """The orders of files and their totals, by message id."""
    providers: Mapping[str, str]
    """Clearing accounts by the bank account that a provider pays from."""


def entries_match(work: Work, read: StatementRead) -> list[Match]:
    """Find what every entry of a statement is about, in as many queries for ten thousand entries as for one.

    Source: docs/rules/payments.md, PY-ST-10 to PY-ST-13.
    """
    work.flush()
    references = {entry.identity: list(references_in(entry.references, entry.text)) for entry in read.entries}
    known = _known(read, [one for found in references.values() for one in found])
    return [_match(entry, references[entry.identity], known) for entry in read.entries]


def _known(read: StatementRead, references: Sequence[str]) -> Known:
    baskets = dict(Basket.objects.filter(reference__in=references).values_list("reference", "pk"))
    words = {word for entry in read.entries if entry.amount_minor > 0 for word in identifiers_in(entry.text)}
    organisations = organisation_ids_by_identifier(words)
    waiting = Basket.objects.filter(
        organisation_id__in=set(organisations.values()), state__in=EXPECTED, currency=read.currency
    )
    expected: dict[tuple[UUID, int], list[UUID]] = {}
    for basket_id, holder, total, received in waiting.values_list(
        "pk", "organisation_id", "total_minor", "received_minor"
    ):
        expected.setdefault((holder, total - received), []).append(basket_id)
    ids = {entry.end_to_end_id for entry in read.entries if entry.end_to_end_id}
    orders = PayoutOrder.objects.filter(end_to_end_id__in=ids, currency=read.currency)
    groups = {entry.group_id for entry in read.entries if entry.group_id}
    return Known(
        baskets=baskets,
        organisations=organisations,
        expected=expected,
        orders={
            name: (order, amount) for name, order, amount in orders.values_list("end_to_end_id", "pk", "amount_minor")
        },
        files=_files(groups, read.currency),
        providers={one.settles_from: one.clearing for one in providers().values() if one.settles_from},
    )


def _files(groups: set[str], currency: str) -> dict[str, tuple[tuple[UUID, ...], int]]:
    found: dict[str, tuple[tuple[UUID, ...], int]] = {}
    rows = PayoutOrder.objects.filter(
        file__message_id__in=groups, currency=currency, state=PayoutState.FILED.value
    ).order_by("pk")
    for message_id, order, amount in rows.values_list("file__message_id", "pk", "amount_minor"):
        orders, total = found.get(message_id, ((), 0))
        found[message_id] = ((*orders, order), total + amount)
    return found


def _match(entry: EntryRead, references: Sequence[str], known: Known) -> Match:
    entry_id = uuid7()
    reference = next((one for one in references if one in known.baskets), references[0] if references else "")[:25]
    if entry.amount_minor < 0:
        return Match(entry_id, entry, reference, payouts=_paid_out(entry, known))
    if (entry.returned or entry.reversal) and entry.end_to_end_id in known.orders:
        order, amount = known.orders[entry.end_to_end_id]
        return Match(entry_id, entry, reference, payouts=(order,) if amount == entry.amount_minor else ())
    if entry.returned or entry.reversal:
        return Match(entry_id, entry, reference)
    if entry.party_iban and entry.party_iban in known.providers:
        return Match(entry_id, entry, reference, provider=known.providers[entry.party_iban])
    if reference in known.baskets:
        return Match(entry_id, entry, reference, basket_id=known.baskets[reference])
    return _by_name(entry_id, entry, reference, known)


def _paid_out(entry: EntryRead, known: Known) -> tuple[UUID, ...]:
    """The orders that a debit pays: the one that it names, or all of the file that it names, when the sum is right."""
    if entry.reversal:
        return ()
    if entry.end_to_end_id in known.orders:
        order, amount = known.orders[entry.end_to_end_id]
        return (order,) if amount == -entry.amount_minor else ()
    orders, total = known.files.get(entry.group_id, ((), 0))
    return orders if total == -entry.amount_minor else ()


def _by_name(entry_id: UUID, entry: EntryRead, reference: str, known: Known) -> Match:
    """The one organisation whose identifier the text names, and its one basket of this amount, if there is one."""
    named = {known.organisations[word] for word in identifiers_in(entry.text) if word in known.organisations}
    if len(named) != 1:
        return Match(entry_id, entry, reference)
    (organisation_id,) = named
    waiting = known.expected.get((organisation_id, entry.amount_minor), ())
    if len(waiting) == 1:
        return Match(entry_id, entry, reference, basket_id=waiting[0])
    return Match(entry_id, entry, reference, organisation_id=organisation_id)
