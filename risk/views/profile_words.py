"""Words of profiles for pages: the sentence, what happens next, and why something cannot be done."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from risk.rules.profile_words import profile_sentence
from risk.schemas import ProfileContent
from risk.selectors.profiles import ProfileShown
from risk.states import ProfileState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.web.types import TimelineEntry, Tone

EVENTS: Mapping[str, tuple[str | Promise, Tone, str]] = {
    "risk.profile_written": (gettext_lazy("Written"), Tone.NEUTRAL, "pencil"),
    "risk.profile_simulated": (gettext_lazy("Simulated in exactly this form"), Tone.INFO, "gauge"),
    "risk.profile_proposed": (gettext_lazy("Put before a second person"), Tone.WARN, "hourglass"),
    "risk.profile_returned": (gettext_lazy("Refused or taken back; a draft again"), Tone.BAD, "undo-2"),
    "risk.profile_live": (gettext_lazy("Went live"), Tone.OK, "activity"),
    "risk.profile_end_near": (gettext_lazy("Its days are nearly over"), Tone.WARN, "clock-alert"),
    "risk.retirement_proposed": (gettext_lazy("Its checks found too little for long"), Tone.WARN, "clock-alert"),
    "risk.profile_expired": (gettext_lazy("Its days were over"), Tone.NEUTRAL, "hourglass"),
    "risk.profile_ended": (gettext_lazy("Ended"), Tone.NEUTRAL, "circle-x"),
}


def sentence_of(content: ProfileContent) -> str:
    """The profile in one sentence, in the reader's language."""
    return profile_sentence(content, _)


def next_step(profile: ProfileShown) -> str:
    """What someone must do with a profile now; empty where nothing waits."""
    match profile.state:
        case ProfileState.DRAFT:
            return _("Simulate it")
        case ProfileState.SIMULATED:
            return _("Propose it")
        case ProfileState.PROPOSED:
            return _("Another person decides")
        case ProfileState.LIVE if profile.retire_proposed_at is not None:
            return _("Its hit rate was too low for long: end it or write a new version")
        case ProfileState.LIVE if profile.ends_soon:
            left = profile.days_left or 0
            return ngettext(
                "%(days)d day left: write a new version or let it end",
                "%(days)d days left: write a new version or let it end",
                left,
            ) % {"days": left}
    return ""


def actions(profile: ProfileShown, actor: Actor, *, unfinished: int | None) -> dict[str, str]:
    """Each act with the reason why it cannot be taken now; an empty reason: it can.

    Args:
        unfinished: number of the version of this code that is being written.
    """
    state = profile.state
    write = "" if actor.may(Permission.EDIT_RISK) else _("Your role lets you see profiles, not write them.")
    fixed = _("What is live or over never changes. Write a new version.")
    other = _("Version %(version)d is being written already.") % {"version": unfinished} if unfinished else ""
    open_now = state in (ProfileState.DRAFT, ProfileState.SIMULATED, ProfileState.PROPOSED)
    tried_now = state in (ProfileState.DRAFT, ProfileState.SIMULATED)
    proposes = {
        ProfileState.DRAFT: _("It must be simulated in exactly this form first."),
        ProfileState.SIMULATED: "",
        ProfileState.PROPOSED: _("It is proposed already."),
    }
    may_try = "" if actor.may(Permission.SIMULATE_RISK) else _("Your role does not let you simulate.")
    return {
        "edit": write or ("" if open_now else fixed),
        "simulate": may_try or ("" if tried_now else _("Only a draft is simulated.")),
        "propose": write or proposes.get(state, fixed),
        "new_version": write or (_("Edit this version instead.") if open_now else other),
        "give_up": write or ("" if open_now else _("Only what is not live is given up.")),
        "end": write or ("" if state is ProfileState.LIVE else _("Only a live profile is ended.")),
    }


def history_entries(events: Sequence[Any], names: Mapping[str, str]) -> list[TimelineEntry]:
    """The events of a profile, newest first."""
    entries = []
    for event in reversed(events):
        title, tone, icon = EVENTS.get(event.verb, (event.verb, Tone.NEUTRAL, "circle-dot"))
        who = names.get(event.actor, "" if event.actor.startswith("system:") else event.actor)
        entries.append(TimelineEntry(str(title), event.at, who or _("The window itself"), tone=tone, icon=icon))
    return entries
