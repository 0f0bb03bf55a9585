"""The release predicate: four life cycles joined in one pure function (CL-REL-01)."""

from collections.abc import Iterable

from clearance.types import Term, Verdict
from declarations.states import GoodsState, LegalState
from fees.states import COVERED, FiscalState

CUSTOMS = "CUS"

AT_HAND = frozenset({GoodsState.PRESENTED, GoodsState.UNDER_CONTROL})

UNASSESSED = frozenset({FiscalState.NOT_ASSESSED})


def release_verdict(
    *,
    legal: LegalState,
    goods: GoodsState,
    holds: Iterable[str],
    permits_satisfied: bool,
    fiscal: FiscalState,
    cargo_short: bool = False,
) -> Verdict:
    """Whether goods may be released: accepted, presented, no hold, permits reserved and valid, debt covered.

    Args:
        holds: the agency of every hold that is open, customs among them.
        cargo_short: more is declared than the bills of the manifest have left (CA-013).
        permits_satisfied: every permit that is required is reserved and was valid at acceptance.

    Source: CL-REL-01 (domain.md K1): release if and only if the legal state is ACCEPTED, the goods are presented or
    under control, the set of holds is empty, every required permit is reserved and valid, no more is declared than was
    manifested, and the debt is paid, deferred, secured or nil.
    """
    held_by = list(holds)
    agencies = sorted({agency for agency in held_by if agency != CUSTOMS})
    terms = (
        (Term.LEGAL, legal is not LegalState.ACCEPTED),
        (Term.GOODS, goods not in AT_HAND),
        (Term.CUSTOMS_HOLD, CUSTOMS in held_by),
        (Term.AGENCY_HOLD, bool(agencies)),
        (Term.PERMIT, not permits_satisfied),
        (Term.CARGO, cargo_short),
        (Term.ASSESSMENT, fiscal in UNASSESSED),
        (Term.MONEY, fiscal not in COVERED and fiscal not in UNASSESSED),
    )
    return Verdict(tuple(term for term, blocks in terms if blocks), agency=agencies[0] if agencies else "")
