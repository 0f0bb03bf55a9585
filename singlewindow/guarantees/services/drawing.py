"""Drawing on a guarantee: reserve at release, free or take what was reserved, each once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.guarantees.models import Citation, Entry, Guarantee
from singlewindow.guarantees.rules.drawing import drawing_findings, refusal
from singlewindow.guarantees.selectors.guarantees import guarantee_view
from singlewindow.guarantees.selectors.reservations import reserved_for
from singlewindow.guarantees.services.codes import asker_of, code_proof
from singlewindow.guarantees.services.ledger import Cause, Chain, chain_of, entry_write
from singlewindow.guarantees.states import GUARANTEE
from singlewindow.guarantees.types import USED_UP, Citing, Drawing, EntryKind, Reservation, Reserved, Share
from singlewindow.kernel.errors import RuleViolated, Violation


def guarantee_reserve(
    work: Work,
    *,
    grn: str,
    access_code: str | None,
    holder_ids: Collection[UUID],
    subject_id: UUID,
    purpose: str,
    amount_minor: int,
    currency: str,
    on: date,
    office: str = "",
    commodity_codes: Sequence[str] = (),
    countries: Sequence[str] = (),
    actor: Actor,
    at: datetime,
) -> Reserved:
    """Set an amount aside on a guarantee for a declaration, in the transaction that needs it.

    Asked again for the same subject and purpose, the reservation is brought to the amount asked for.

    Locks: the guarantee; the caller holds what stands above it in LOCK_ORDER.

    Idempotent: by subject and purpose.

    Source: docs/rules/guarantees.md, GU-RES-01 (domain.md K6).

    Args:
        access_code: none where the declaration proved when it was lodged that it may cite it.
        holder_ids: the organisations of the declaration; one of them holds the guarantee.
        subject_id: the declaration.

    Raises:
        RuleViolated: GU-G01 to GU-G13, all that stand against it; nothing is written.
    """
    if amount_minor <= 0:
        raise ValueError("an amount that is reserved is positive")
    work.flush()
    guarantee = guarantee_locked(grn)
    if guarantee is None:
        raise RuleViolated(violations=[refusal("GU-G01", value=grn)])
    citing = Citing(
        holder_ids=frozenset(holder_ids),
        on=on,
        amount_minor=amount_minor,
        currency=currency,
        office=office,
        commodity_codes=tuple(commodity_codes),
        countries=tuple(countries),
    )
    chain = chain_of(work, guarantee, subject_id, purpose)
    found = _findings(guarantee, citing, chain, access_code, actor, at)
    if found:
        raise RuleViolated(violations=found)
    cause = Cause(actor, at)
    delta = amount_minor - chain.open_minor
    if delta and not entry_write(work, chain, EntryKind.RESERVE if delta > 0 else EntryKind.FREE, abs(delta), cause):
        raise RuleViolated(violations=[refusal("GU-G09", value=grn)])
    _use_up(guarantee, "use")
    return Reserved(guarantee.pk, grn, amount_minor, currency, guarantee.limit_minor - guarantee.used_minor)


def guarantee_refusals(
    work: Work, drawing: Drawing, amounts: Mapping[str, int], currency: str, *, actor: Actor, at: datetime
) -> tuple[list[Share], list[Violation]]:
    """How amounts would be shared among the guarantees of a drawing, and all that stands against it.

    The declaration proved before that it may cite them.

    Locks: the guarantees, in the order of their ids.

    Source: GU-RES-05.

    Args:
        amounts: in minor units, by purpose.
    """
    guarantees_lock(work, drawing.grns)
    shares: list[Share] = []
    found: list[Violation] = []
    left: dict[str, int] = {}
    for place, grn in enumerate(drawing.grns):
        row = guarantees_for_update().filter(grn=grn).first()
        left[grn] = row.limit_minor - row.used_minor if row and row.currency == currency else 0
        if row is None:
            found.append(refusal("GU-G01", value=grn))
            continue
        mine: dict[str, int] = {}
        for purpose, amount in amounts.items():
            rest = amount - sum(share.amount_minor for share in shares if share.purpose == purpose)
            own = chain_of(work, row, drawing.subject_id, purpose).open_minor
            last = place == len(drawing.grns) - 1
            part = rest if last else min(rest, left[grn] + own)
            left[grn] -= part - own
            if part > 0:
                mine[purpose] = part
        shares += [Share(grn, purpose, part) for purpose, part in mine.items()]
        if mine:
            found += _refused(work, row, drawing, mine, amounts, currency, actor, at)
    return shares, found


def _refused(
    work: Work,
    row: Guarantee,
    drawing: Drawing,
    mine: Mapping[str, int],
    purposes: Iterable[str],
    currency: str,
    actor: Actor,
    at: datetime,
) -> list[Violation]:
    """What stands against drawing several amounts on one guarantee at once, in place of what it holds for them."""
    chains = [chain_of(work, row, drawing.subject_id, purpose) for purpose in purposes]
    citing = Citing(
        holder_ids=drawing.holder_ids,
        on=drawing.on,
        amount_minor=sum(mine.values()),
        currency=currency,
        office=drawing.office,
        commodity_codes=drawing.commodity_codes,
        countries=drawing.countries,
    )
    return drawing_findings(
        guarantee_view(row),
        citing,
        code_right=any(chain.sequence for chain in chains) or _proved(row, drawing.subject_id, None, actor, at),
        used_by_another=used_by_another(row.pk, drawing.subject_id),
        own_minor=sum(chain.open_minor for chain in chains),
    )


def guarantees_draw(
    work: Work, drawing: Drawing, shares: Iterable[Share], currency: str, *, actor: Actor, at: datetime
) -> list[Reserved]:
    """Set the shares aside that `guarantee_refusals` found in order, in the same act.

    Locks: the guarantees, held already.

    Idempotent: by declaration, guarantee and purpose.
    """
    return [
        guarantee_reserve(
            work,
            grn=share.grn,
            access_code=None,
            holder_ids=drawing.holder_ids,
            subject_id=drawing.subject_id,
            purpose=share.purpose,
            amount_minor=share.amount_minor,
            currency=currency,
            on=drawing.on,
            office=drawing.office,
            commodity_codes=drawing.commodity_codes,
            countries=drawing.countries,
            actor=actor,
            at=at,
        )
        for share in shares
    ]


def guarantee_locked(grn: str) -> Guarantee | None:
    """The guarantee of a reference, locked."""
    return guarantees_for_update().filter(grn=grn).first()


def guarantees_for_update() -> QuerySet[Guarantee]:
    """Guarantees to be locked when read; references to them are not kept waiting."""
    return Guarantee.objects.select_for_update(of=("self",), no_key=True).select_related("holder")


def guarantees_lock(work: Work, grns: Iterable[str]) -> None:
    """Lock several guarantees, in the order of their ids: who draws on more than one calls this first."""
    work.fetch(
        "SELECT id FROM guarantees_guarantee WHERE grn = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(set(grns))]
    )


def guarantees_lock_for(work: Work, subject_id: UUID) -> None:
    """Lock every guarantee that a declaration has drawn on, those that hold nothing more too, before the account."""
    work.fetch(
        "SELECT id FROM guarantees_guarantee WHERE id IN "
        "(SELECT guarantee_id FROM guarantees_entry WHERE subject_id = %s) ORDER BY id FOR NO KEY UPDATE",
        [subject_id],
    )


def _findings(
    guarantee: Guarantee, citing: Citing, chain: Chain, access_code: str | None, actor: Actor, at: datetime
) -> list[Violation]:
    return drawing_findings(
        guarantee_view(guarantee),
        citing,
        code_right=chain.sequence > 0 or _proved(guarantee, chain.subject_id, access_code, actor, at),
        used_by_another=used_by_another(guarantee.pk, chain.subject_id),
        own_minor=chain.open_minor,
    )


def _proved(guarantee: Guarantee, subject_id: UUID, access_code: str | None, actor: Actor, at: datetime) -> bool:
    if access_code is not None:
        return bool(code_proof(guarantee.pk, access_code, asker=asker_of(actor), at=at))
    return Citation.objects.filter(guarantee=guarantee, subject_id=subject_id).exists()


def _use_up(guarantee: Guarantee, action: str) -> None:
    """Take the step of a voucher or a carnet that is used, or given back unused."""
    if guarantee.type in USED_UP and action in GUARANTEE.allowed(guarantee.state):
        guarantee.state = GUARANTEE.next_state(action, guarantee.state).value
        guarantee.save(update_fields=["state"])


def guarantee_free(
    work: Work,
    *,
    subject_id: UUID,
    purpose: str | None = None,
    amount_minor: int | None = None,
    actor: Actor,
    at: datetime,
    reason: str = "",
    undone: bool = False,
) -> int:
    """Give back what is set aside for a declaration, because it is no longer required; returns the minor units.

    Locks: the guarantees that hold something for it, in the order of their ids.

    Idempotent: only what is still open is given back, so each amount comes back once, whoever asks and how often.

    Source: GU-RES-02 (TFA 7.3.5: discharged when no longer required).

    Args:
        purpose: all of them unless told.
        amount_minor: how much at most; all that is open unless told.
        undone: the declaration was invalidated, so a guarantee for one use can be used again.
    """
    cause = Cause(actor, at, reason, undone)
    freed = 0
    for chain in _open_locked(work, subject_id, purpose):
        part = chain.open_minor if amount_minor is None else min(chain.open_minor, amount_minor - freed)
        if part > 0 and entry_write(work, chain, EntryKind.FREE, part, cause):
            freed += part
        if undone:
            _use_up(chain.guarantee, "return")
    return freed


def guarantee_free_on(work: Work, held: Reservation, *, actor: Actor, at: datetime, reason: str = "") -> int:
    """Give back what one guarantee holds for one purpose; the others keep theirs.

    Locks: the guarantee. Idempotent: only what is still open is given back.
    """
    for chain in _open_locked(work, held.subject_id, held.purpose):
        if chain.guarantee.pk == held.guarantee_id:
            entry_write(work, chain, EntryKind.FREE, chain.open_minor, Cause(actor, at, reason))
            return chain.open_minor
    return 0


def guarantee_convert(
    work: Work,
    *,
    subject_id: UUID,
    purpose: str,
    amount_minor: int,
    actor: Actor,
    at: datetime,
    reason: str = "",
    grn: str = "",
) -> int:
    """Take what is set aside as the debt, up to an amount; returns the minor units taken.

    What is taken bears on the limit until the debt is paid (`guarantee_replenish`).

    Locks: the guarantees that hold something for it, in the order of their ids.

    Idempotent: only what is still open is taken.

    Source: GU-RES-03.

    Args:
        grn: of this guarantee alone; of all that hold something for it unless told.
    """
    cause, taken = Cause(actor, at, reason), 0
    for chain in _open_locked(work, subject_id, purpose):
        if grn and chain.guarantee.grn != grn:
            continue
        part = min(chain.open_minor, amount_minor - taken)
        if part > 0 and entry_write(work, chain, EntryKind.CONVERT, part, cause):
            taken += part
    return taken


def guarantee_replenish(
    work: Work, *, subject_id: UUID, amount_minor: int | None = None, actor: Actor, at: datetime, reason: str = ""
) -> int:
    """Give back to the limit what was taken as debt, because that debt was paid; returns the minor units.

    Locks: the guarantees of it, in the order of their ids.

    Idempotent: only what was taken and not paid comes back.

    Source: GU-RES-04.
    """
    cause, back = Cause(actor, at, reason), 0
    for chain in _chains_locked(work, subject_id, None):
        part = chain.taken_minor if amount_minor is None else min(chain.taken_minor, amount_minor - back)
        if part > 0 and entry_write(work, chain, EntryKind.REPLENISH, part, cause):
            back += part
    return back


def guarantee_restore(
    work: Work, *, subject_id: UUID, amount_minor: int, actor: Actor, at: datetime, reason: str = ""
) -> int:
    """Set aside again what was taken as debt, because it should not have been taken; returns the minor units.

    The same amount goes on bearing on the limit, now as a reservation.

    Locks: the guarantees of it, in the order of their ids.

    Idempotent: only what was taken and not paid is set aside again.

    Source: GU-CAL-01.
    """
    cause, back = Cause(actor, at, reason), 0
    for chain in _chains_locked(work, subject_id, None):
        part = min(chain.taken_minor, amount_minor - back)
        if part > 0 and entry_write(work, chain, EntryKind.REPLENISH, part, cause):
            after = chain_of(work, chain.guarantee, subject_id, chain.purpose)
            entry_write(work, after, EntryKind.RESERVE, part, cause)
            back += part
    return back


def used_by_another(guarantee_id: UUID, subject_id: UUID) -> bool:
    """Whether another declaration has drawn on a guarantee and was not invalidated since."""
    others = Entry.objects.filter(guarantee_id=guarantee_id).exclude(subject_id=subject_id)
    undone = others.filter(undone=True).values("subject_id")
    return others.exclude(subject_id__in=undone).exists()


def _open_locked(work: Work, subject_id: UUID, purpose: str | None) -> list[Chain]:
    """Where something is still set aside; a guarantee that holds nothing is not waited for, nor locked out of turn."""
    work.flush()
    held = {(one.guarantee_id, one.purpose) for one in reserved_for(subject_id, purpose)}
    return [chain for chain in _locked(work, subject_id, held) if chain.open_minor]


def _chains_locked(work: Work, subject_id: UUID, purpose: str | None) -> list[Chain]:
    """Where a subject stands on every guarantee that it has drawn on, those locked in the order of their ids."""
    work.flush()
    entries = Entry.objects.filter(subject_id=subject_id)
    if purpose is not None:
        entries = entries.filter(purpose=purpose)
    return _locked(work, subject_id, set(entries.values_list("guarantee_id", "purpose")))


def _locked(work: Work, subject_id: UUID, held: Collection[tuple[UUID, str]]) -> list[Chain]:
    guarantees = guarantees_for_update().filter(pk__in={one for one, _ in held}).order_by("pk")
    rows = {row.pk: row for row in guarantees}
    return [chain_of(work, rows[guarantee_id], subject_id, name) for guarantee_id, name in sorted(held)]
