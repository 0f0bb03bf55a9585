"""Each agency's status of a declaration and one answer for the trader: pure functions (F42).

Source: docs/rules/agencies.md, AG-100 to AG-102.
"""

from collections.abc import Iterable, Mapping, Sequence

from agencies.states import HoldState
from agencies.types import (
    AgencyStatus,
    AgencyVerdict,
    HoldInfo,
    HoldKind,
    LpcoState,
    PermitOutcome,
    TraderAnswer,
    gettext_noop,
)

VERDICT_OF_KIND = {
    HoldKind.EXAM: AgencyVerdict.EXAM,
    HoldKind.CUSTOMS_EXAMINATION: AgencyVerdict.EXAM,
    HoldKind.DOCS: AgencyVerdict.DOCS,
    HoldKind.CUSTOMS_DOCUMENTS: AgencyVerdict.DOCS,
}
"""Every other kind is a HOLD."""

TRADER_ACTS = frozenset({HoldKind.PERMIT_MISSING, HoldKind.PERMIT_EXHAUSTED, HoldKind.CERTIFICATE, HoldKind.EXAM})
"""Kinds of holds that go on only when the trader does something."""

WORST_FIRST = tuple(AgencyVerdict)
REFUSED = gettext_noop("The agency refuses these goods. Choose what becomes of them, or ask it to think again.")
NEEDED = gettext_noop("A permit that is needed is not reserved yet.")
NOTHING = gettext_noop("Nothing to do: every agency lets the goods go on.")
NO_AGENCY = gettext_noop("Nothing to do: no agency asks anything about these goods.")


def agency_statuses(
    outcomes: Iterable[PermitOutcome], holds: Iterable[HoldInfo], disclaimed: Mapping[str, str]
) -> tuple[AgencyStatus, ...]:
    """The status of every agency that has a part in the declaration, in the order of their codes (AG-100).

    Args:
        disclaimed: the disclaimer that was declared, by agency.
    """
    needs: dict[str, list[PermitOutcome]] = {}
    kept: dict[str, list[HoldInfo]] = {}
    for outcome in outcomes:
        needs.setdefault(outcome.agency, []).append(outcome)
    for hold in holds:
        kept.setdefault(hold.agency, []).append(hold)
    return tuple(
        _status(agency, needs.get(agency, ()), kept.get(agency, ()), disclaimed.get(agency, ""))
        for agency in sorted({*needs, *kept, *disclaimed})
    )


def _status(agency: str, needs: Sequence[PermitOutcome], holds: Sequence[HoldInfo], disclaimer: str) -> AgencyStatus:
    told = [_of_hold(hold) for hold in holds if hold.blocking]
    if told:
        return min(told, key=lambda one: (WORST_FIRST.index(one.verdict), not one.trader_acts, one.code))
    lacking = [need for need in needs if not need.satisfied]
    if lacking:
        items = tuple(sorted({need.item for need in lacking}))
        return AgencyStatus(agency, AgencyVerdict.HOLD, "", NEEDED, NEEDED, trader_acts=True, items=items)
    if disclaimer or any(need.state is LpcoState.WAIVED for need in needs):
        return AgencyStatus(agency, AgencyVerdict.DISCLAIMED, disclaimer)
    return AgencyStatus(agency, AgencyVerdict.MAY_PROCEED)


def _of_hold(hold: HoldInfo) -> AgencyStatus:
    if hold.state is HoldState.UPHELD:
        return AgencyStatus(
            hold.agency,
            AgencyVerdict.REFUSED,
            hold.reason.value,
            hold.reason.sentence,
            REFUSED,
            trader_acts=True,
            items=hold.items,
        )
    return AgencyStatus(
        hold.agency,
        VERDICT_OF_KIND.get(hold.kind, AgencyVerdict.HOLD),
        hold.reason.value,
        hold.reason.sentence,
        hold.reason.next_step,
        trader_acts=hold.kind in TRADER_ACTS,
        by=hold.deadline,
        items=hold.items,
    )


def answer_of(statuses: Sequence[AgencyStatus]) -> TraderAnswer:
    """What now, who, by when, over all agencies (AG-101).

    A refusal is told first; then what the trader has to do, the nearest deadline first; then who is waited for.
    """
    blocking = [status for status in statuses if status.blocking]
    if not blocking:
        disclaimed = any(status.verdict is AgencyVerdict.DISCLAIMED for status in statuses)
        verdict = AgencyVerdict.DISCLAIMED if disclaimed else AgencyVerdict.MAY_PROCEED
        return TraderAnswer(verdict, "", "nobody", NOTHING if statuses else NO_AGENCY, None, 0)
    first = min(
        blocking,
        key=lambda one: (
            one.verdict is not AgencyVerdict.REFUSED,
            not one.trader_acts,
            one.by is None,
            one.by.timestamp() if one.by else 0,
            WORST_FIRST.index(one.verdict),
            one.agency,
        ),
    )
    who = "trader" if first.trader_acts else "agency"
    return TraderAnswer(first.verdict, first.agency, who, first.next_step, first.by, len(blocking))
