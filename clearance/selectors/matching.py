"""What of a declaration is compared, and what was found of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from clearance.models import Difference
from clearance.rules.matching import MatchFacts, declared_of
from declarations.selectors import declarations_here
from declarations.services.cargo import cargo_claim
from declarations.types import DeclarationSnapshot
from singlewindow.capture.selectors import readings_of
from singlewindow.capture.types import EventKind, Reading
from singlewindow.cargo.selectors import manifested_for
from singlewindow.cargo.types import CargoClaim
from singlewindow.reference.types import MatchingScheme


def match_facts(snapshot: DeclarationSnapshot, scheme: MatchingScheme) -> MatchFacts:
    """Everything that is compared with a declaration: two queries, a third where its containers were weighed.

    Of released goods only what was seen soon after the release counts: then the container is somebody else's.
    """
    claim = cargo_claim(snapshot.message, snapshot.mrn)
    bills = manifested_for(snapshot.id, claim)
    containers = {*claim.containers, *(name for bill in bills if bill.theirs for name in bill.containers)}
    since = snapshot.lodged_at - timedelta(days=scheme.days_before)
    readings = readings_of(containers=containers, plates=claim.plates, mrn=snapshot.mrn, since=since)
    # What names another declaration is about that one, whatever container or lorry they have in common.
    readings = tuple(one for one in readings if one.mrn in ("", snapshot.mrn))
    if snapshot.released_at is not None:
        until = snapshot.released_at + timedelta(hours=scheme.hours_after_release)
        readings = tuple(one for one in readings if one.happened_at <= until)
    return MatchFacts(
        claim=claim,
        declared=declared_of(snapshot.message, claim),
        bills=bills,
        readings=readings,
        shared=_shared(snapshot, claim, readings, scheme),
        presented_at=snapshot.presented_at,
        scheme=scheme,
    )


def _shared(
    snapshot: DeclarationSnapshot, claim: CargoClaim, readings: Sequence[Reading], scheme: MatchingScheme
) -> frozenset[str]:
    """Containers of the declaration that others name too; asked only where a container was weighed."""
    weighed = {one.container for one in readings if one.kind is EventKind.WEIGHT} & set(claim.containers)
    since = snapshot.lodged_at - timedelta(days=scheme.days_before)
    shared = set()
    for container in sorted(weighed):
        others = declarations_here(containers=[container], released_since=since)
        if any(other != snapshot.id for other in others):
            shared.add(container)
    return frozenset(shared)


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found of a declaration before."""

    keys: frozenset[str]
    """Differences that stand."""
    any: bool
    """Whether any was ever found."""


def differences_standing(declaration_id: UUID) -> Standing:
    """The differences of a declaration that stand, by their keys; one query."""
    rows = list(Difference.objects.filter(declaration_id=declaration_id).values_list("key", "gone_at"))
    return Standing(frozenset(key for key, gone_at in rows if gone_at is None), bool(rows))


def differences_of_declaration(declaration_id: UUID) -> Sequence[Difference]:
    """Every difference that was ever found of a declaration, oldest first."""
    return list(Difference.objects.filter(declaration_id=declaration_id).order_by("id"))
