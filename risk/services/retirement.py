"""Profiles that find too little for too long are marked, so that a person may propose their end."""

from risk.models import Profile
from risk.rules.learning import PRECISION_MIN, RETIRE_AFTER, retire
from risk.selectors.hit_rates import profile_rates
from risk.states import ProfileState
from singlewindow.accounts.types import system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock


def profiles_retire_mark() -> list[str]:
    """Mark live profiles of sixty days or more whose checks of sixty days found too little; their codes.

    Nothing ends by itself: the mark shows on the analyst's page, where a person proposes the end and another agrees.
    A profile that finds enough again loses its mark.

    Locks: the profiles that are marked.

    Idempotent: a profile is marked, and told of, once.

    Source: RM-LRN-03 (domain rule F29).
    """
    now = clock.now()
    rates = profile_rates(RETIRE_AFTER.days)
    marked: list[str] = []
    with unit_of_work() as work:
        live = Profile.objects.select_for_update().filter(
            state=ProfileState.LIVE.value, live_at__lte=now - RETIRE_AFTER
        )
        for row in live.order_by("code"):
            checked, found = rates.get(row.code, (0, 0))
            poor = retire(checked, found)
            if poor == (row.retire_proposed_at is not None):
                continue
            row.retire_proposed_at = now if poor else None
            row.save(update_fields=["retire_proposed_at"])
            if poor:
                marked.append(row.code)
                event_record(
                    work,
                    actor=system_actor("risk"),
                    verb=Verb.PROFILE_RETIREMENT,
                    subject_type="risk_profile",
                    subject_id=str(row.pk),
                    data={
                        "code": row.code,
                        "version": row.version,
                        "checked": checked,
                        "found": found,
                        "minimum": str(PRECISION_MIN),
                    },
                )
    return marked
