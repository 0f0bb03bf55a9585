"""How a declaration stands, for whoever waits for the goods: in plain words, what to do next, and by when.

Neither lane nor score nor a reason of risk is read here, so none can be shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.selectors import agency_info
from clearance.types import Term, Waiting
from declarations.states import GoodsState, LegalState
from declarations.types import DeclarationHead, DeclarationRow
from singlewindow.reference.selectors import hs_description
from singlewindow.web.types import Tone

L = LegalState


@dataclass(frozen=True, slots=True)
class Plain:
    """One sentence on how it stands, one on what to do, and whose turn it is."""

    title: str
    next_step: str = ""
    tone: Tone = Tone.INFO
    icon: str = "clock"
    yours: bool = False
    """Whether it waits for the trader."""
    by: datetime | None = None
    moving: bool = False
    """Whether it changes by itself within moments, so that the page looks again."""
    action: str = ""
    """Anchor or address of what to do."""
    action_label: str = ""


AWAY, SETTLED = _("Released. You may take the goods away."), _("Everything is paid and settled.")
ENDINGS: dict[LegalState, tuple[Any, Any, Tone, str]] = {
    L.RELEASED: (AWAY, _("Nothing more to do."), Tone.OK, "circle-check"),
    L.CLEARED: (
        _("Released. You may take the goods away."),
        _("Everything is paid and settled."),
        Tone.OK,
        "circle-check",
    ),
    L.REFUSED: (
        _("Release was refused. The goods may not enter."),
        _("Read the reason below. Customs tells you what may be done with the goods."),
        Tone.BAD,
        "ban",
    ),
    L.EXPIRED: (
        _("It ended, because the goods were not presented in time."),
        _("Copy it and lodge again when the goods arrive."),
        Tone.NEUTRAL,
        "hourglass",
    ),
    L.INVALIDATED: (_("It was taken back and has no effect."), "", Tone.NEUTRAL, "circle-x"),
    L.REJECTED: (
        _("It was not accepted."),
        _("Correct it and lodge again."),
        Tone.BAD,
        "file-x",
    ),
}
EXPORT_TITLE = _("Released. The goods may leave the country.")


def standing(row: DeclarationRow | DeclarationHead, waiting: Waiting | None) -> Plain:
    """How a declaration stands."""
    state = row.legal_state
    if state is L.DRAFT:
        return Plain(
            gettext("Draft. Nothing is declared yet."), gettext("Finish it and lodge it."), Tone.NEUTRAL, "pencil", True
        )
    if state in ENDINGS:
        title, then, tone, icon = ENDINGS[state]
        if state in (L.RELEASED, L.CLEARED) and row.direction == "export":
            title = EXPORT_TITLE
        return Plain(str(title), str(then), tone, icon)
    if row.goods_state is GoodsState.EXPECTED:
        return Plain(
            gettext("Lodged. We wait for the goods."),
            gettext("When they arrive, press “The goods are here”."),
            Tone.INFO,
            "calendar",
            True,
            by=row.expires_at,
            action="#present",
            action_label=gettext("The goods are here"),
        )
    if waiting is None or state is not L.ACCEPTED:
        return Plain(
            gettext("Lodged. It is being checked now."),
            gettext("This takes a few seconds. You need do nothing."),
            moving=True,
        )
    return _held(waiting)


def _held(waiting: Waiting) -> Plain:
    if waiting.question_deadline is not None:
        return Plain(
            gettext("Customs asked you a question."),
            gettext("Answer it; the check goes on as soon as you do."),
            Tone.WARN,
            "message-circle-question-mark",
            True,
            by=waiting.question_deadline,
            action="#questions",
            action_label=gettext("Answer the question"),
        )
    if waiting.blocking == Term.MONEY.value:
        return Plain(
            gettext("Not enough money on your account."),
            gettext("Pay in what is missing; the goods are released as soon as it is booked."),
            Tone.WARN,
            "wallet",
            True,
            action="#money",
            action_label=gettext("See what to pay"),
        )
    if waiting.blocking == Term.PERMIT.value:
        return Plain(
            gettext("A permit is missing, not valid or used up."),
            gettext("See below which one, and ask its agency."),
            Tone.WARN,
            "stamp",
            True,
            action="#holds",
            action_label=gettext("See what is missing"),
        )
    if waiting.blocking == Term.CARGO.value:
        return Plain(
            gettext("More is declared than the manifest has left."),
            gettext("Check packages and mass against the bill, or ask the carrier to amend its manifest."),
            Tone.WARN,
            "ship",
            True,
        )
    if waiting.blocking == Term.AGENCY_HOLD.value:
        name = agency_info(waiting.agency).name if waiting.agency else gettext("Another agency")
        return Plain(
            gettext("%(agency)s looks at the goods before release.") % {"agency": name},
            gettext("See below what it needs from you."),
            Tone.WARN,
            "circle-pause",
            action="#holds",
            action_label=gettext("See the hold"),
        )
    if waiting.blocking == Term.ASSESSMENT.value:
        return Plain(
            gettext("Duty and taxes cannot be worked out yet."),
            gettext("See below what is missing."),
            Tone.WARN,
            "calculator",
            action="#money",
            action_label=gettext("See what is missing"),
        )
    if waiting.blocking == Term.CUSTOMS_HOLD.value:
        return Plain(
            gettext("Customs looks at the declaration before release."),
            gettext("Keep the papers at hand. You are told here if anything is needed from you."),
            Tone.INFO,
            "eye",
        )
    return Plain(gettext("Accepted. The decision comes in a moment."), gettext("You need do nothing."), moving=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A declaration in the list of the trader's own."""

    row: DeclarationRow
    href: str
    plain: Plain
    goods: str
    """What the nomenclature says of the first item, for there is no description in a list."""
    party: str
    """The importer of an import, the exporter of an export, by its identifier."""


def lines(rows: Any, waiting: Mapping[UUID, Waiting]) -> list[Line]:
    """The rows with their sentences."""
    return [
        Line(row, _href(row), standing(row, waiting.get(row.id)), hs_description(row.first_commodity), _party(row))
        for row in rows
    ]


def _party(row: DeclarationRow) -> str:
    return row.exporter_identifier if row.direction == "export" else row.importer_identifier


def _href(row: DeclarationRow) -> str:
    name = "portal:tasks" if row.legal_state is L.DRAFT else "portal:show"
    return reverse(name, args=[row.id])
