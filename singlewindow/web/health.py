"""The facts of `/statusz` in words: which part of the window works, and what that means for whoever waits."""

from dataclasses import dataclass

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from singlewindow.api.health import STUCK_AFTER_S, status_summary


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One part of the window, how it stands, and a sentence."""

    name: str | Promise
    state: str
    detail: str | Promise = ""


PAGES = ServiceLine(_("Pages and sign-in"), "UP", _("This page was answered."))


def service_lines() -> list[ServiceLine]:
    """List every part with its state; a database that does not answer is a line of the list, not an error."""
    try:
        facts = status_summary()
    except DatabaseError:
        return [
            PAGES,
            ServiceLine(_("Filing and records"), "DOWN", _("The database does not answer; nothing can be lodged now.")),
            ServiceLine(_("Decisions"), "UNKNOWN"),
            ServiceLine(_("Alerts and deadlines"), "UNKNOWN"),
        ]
    silent = facts["silent"] if isinstance(facts["silent"], list) else []
    return [
        PAGES,
        ServiceLine(_("Filing and records"), "UP", _("What you send is stored at once.")),
        _decisions(int(str(facts["jobs_due"])), float(str(facts["oldest_due_s"])), "relay" in silent),
        ServiceLine(
            _("Alerts and deadlines"),
            "DEGRADED" if "beat" in silent else "UP",
            _("No sign of life; alerts may come late.") if "beat" in silent else _("Clocks are watched."),
        ),
        ServiceLine(
            _("Webhooks"),
            "DEGRADED" if "courier" in silent else "UP",
            _("No sign of life; events come late, and none is lost.")
            if "courier" in silent
            else _("Events are sent as they come."),
        ),
    ]


def _decisions(due: int, oldest_s: float, silent: bool) -> ServiceLine:
    if silent or oldest_s > STUCK_AFTER_S:
        return ServiceLine(
            _("Decisions"), "DEGRADED", _("Slower than usual. What was sent is kept and will be decided.")
        )
    waiting = ngettext("%(count)d step is waiting.", "%(count)d steps are waiting.", due) % {"count": due}
    return ServiceLine(_("Decisions"), "UP", waiting if due else _("Nothing is waiting."))
