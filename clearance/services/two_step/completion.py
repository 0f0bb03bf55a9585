"""The full declaration: which short one it completes, and what stands against that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clearance.models import SupplementaryObligation
from clearance.services.two_step.deadlines import in_hand
from clearance.services.two_step.obligations import AWAITED, obligation_locked, scheme_at
from clearance.states import SupplementaryState
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_head
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Violation

INITIAL_DECLARATION, SIMPLIFIED = "Y", "SDE"
"""Category and type of the previous document that names a simplified declaration by its MRN."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An MRN that a message says it completes, and where it says so."""

    mrn: str
    pointer: str


def supplementary_check(message: DeclarationMessage, actor: Actor) -> Iterable[Violation]:
    """What stands against completing the simplified declarations that a message names.

    An MRN that is not known to the filer is recorded and nothing more: it may have been given elsewhere.

    Source: TS-05 to TS-08.
    """
    scheme = scheme_at(clock.now())
    if scheme is None or message.kind_letter not in scheme.supplementary or actor.organisation_id is None:
        return
    references = {reference.mrn: reference for reference in _references(message)}
    if not references:
        return
    for obligation in SupplementaryObligation.objects.filter(mrn__in=references):
        if actor.organisation_id in {obligation.lodged_by_id, obligation.organisation_id}:
            yield from _against(obligation, message, references[obligation.mrn])


def _against(
    obligation: SupplementaryObligation, message: DeclarationMessage, reference: Reference
) -> Iterator[Violation]:
    state = SupplementaryState(obligation.state)
    if state is SupplementaryState.DEBT_FIXED:
        yield Violation(
            "TS-08",
            reference.pointer,
            f"The debt of {reference.mrn} was fixed on what is known, since its full declaration did not come.",
            "Ask for an amendment of that declaration instead.",
            reference.mrn,
        )
    elif state not in {SupplementaryState(value) for value in AWAITED} or (
        obligation.supplementary_id is not None and in_hand(obligation.supplementary_id)
    ):
        yield Violation(
            "TS-06",
            reference.pointer,
            f"A full declaration for {reference.mrn} is in already.",
            "Amend that one, or name another simplified declaration.",
            reference.mrn,
        )
    if obligation.direction != message.direction:
        yield Violation(
            "TS-07",
            "/type_code",
            f"{reference.mrn} is an {obligation.direction}; the full declaration goes the other way.",
            "Use the type of the simplified declaration's direction.",
            message.type_code,
        )


def supplementary_link(work: Work, snapshot: DeclarationSnapshot) -> None:
    """Tie an accepted full declaration to the simplified one that it completes.

    Locks: the simplified declarations that it names, the newest first, then the obligation; the caller holds the full
    declaration.

    Idempotent: tied once. Of two that were lodged at the same moment the first one accepted completes; the other stands
    for itself and pays for itself, until its filer takes it back (TS-06).
    """
    scheme = scheme_at(snapshot.lodged_at)
    if scheme is None or snapshot.message.kind_letter not in scheme.supplementary:
        return
    mrns = [reference.mrn for reference in _references(snapshot.message)]
    if not mrns:
        return
    found = SupplementaryObligation.objects.filter(mrn__in=mrns, state__in=AWAITED).order_by("pk")
    ids = list(found.values_list("pk", flat=True))
    for declaration_id in reversed(ids):
        # The simplified declaration first, as its timers do: who holds it decides alone what becomes of it.
        declaration_head(declaration_id, lock=True)
    for declaration_id in ids:
        obligation = obligation_locked(declaration_id)
        if obligation is not None and _may_complete(obligation, snapshot):
            obligation.supplementary_id = snapshot.id
            obligation.save(update_fields=["supplementary"])
            return


def _may_complete(obligation: SupplementaryObligation, snapshot: DeclarationSnapshot) -> bool:
    if obligation.state not in AWAITED or not {obligation.lodged_by_id, obligation.organisation_id} & set(
        snapshot.parties
    ):
        return False
    tied = obligation.supplementary_id
    return tied is None or tied == snapshot.id or not in_hand(tied)


def _references(message: DeclarationMessage) -> Iterator[Reference]:
    """Every simplified declaration that the message names, on the header and on its items."""
    for place, document in enumerate(message.previous_documents):
        if (document.category, document.type) == (INITIAL_DECLARATION, SIMPLIFIED):
            yield Reference(document.id, f"/previous_documents/{place}/id")
    for number, item in enumerate(message.items):
        for place, document in enumerate(item.previous_documents):
            if (document.category, document.type) == (INITIAL_DECLARATION, SIMPLIFIED):
                yield Reference(document.id, f"/items/{number}/previous_documents/{place}/id")
