"""How clearance is put into words on its pages."""

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clearance.selectors import COUNT_CAP, DeskFilter
from clearance.states import WORK, ControlState
from clearance.types import CaseRow, Holder, Term

TAB_LABELS: dict[str, Any] = {
    "todo": _("To do"),
    "free": _("Free"),
    "mine": _("Mine"),
    "waiting": _("Waiting for others"),
    "arriving": _("Selected, arriving"),
    "late": _("Late"),
    "released": _("Released"),
    "audit": _("Audit later"),
}
FIGURE_LISTS: dict[str, Any] = {"open": _("Open, by age"), "all": _("All cases")}
"""Lists that only figures lead to; they are a tab while one looks at them."""

AGE_LABELS: dict[str, Any] = {
    "0-6": "0–6",
    "6-12": "6–12",
    "12-18": "12–18",
    "18-24": "18–24",
    "24-48": "24–48",
    "48-": "48+",
}
"""Hours; numbers need no translation."""

HOLDER_LABELS: dict[str, Any] = {
    Holder.CUSTOMS.value: _("Customs"),
    Holder.TRADER.value: _("Trader"),
    Holder.AGENCY.value: _("Agency"),
    Holder.NOBODY.value: _("Nobody"),
}

SHORT_TERMS: dict[str, Any] = {
    Term.LEGAL.value: _("Not accepted"),
    Term.GOODS.value: _("Goods not presented"),
    Term.CUSTOMS_HOLD.value: _("Check of customs"),
    Term.AGENCY_HOLD.value: _("Hold of an agency"),
    Term.PERMIT.value: _("Permit"),
    Term.CARGO.value: _("More than the manifest"),
    Term.ASSESSMENT.value: _("Not assessed"),
    Term.MONEY.value: _("Money"),
}

QUEUE = frozenset(state.value for state in WORK)

DIRECTIONS: dict[str, Any] = {"import": _("Import"), "export": _("Export")}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the desk with its words and what may be done in it."""

    row: CaseRow
    href: str
    blocked: str
    holder: str
    others: str
    """Whose turn it is and why, where it is not simply the check of customs."""
    more: int
    """Items beside the first."""
    claim_href: str = ""


def line(row: CaseRow, *, then: str = "", may_claim: bool = False) -> Line:
    """A row in words."""
    query = f"?then={then}" if then else ""
    free = may_claim and row.claimed_by is None and row.released_at is None and row.control_state in QUEUE
    blocked, holder = blocked_by(row), holder_of(row)
    plain = row.blocking == Term.CUSTOMS_HOLD.value and row.holder == Holder.CUSTOMS.value
    return Line(
        row=row,
        href=case_href(row.declaration_id) + query,
        blocked=blocked,
        holder=holder,
        others="" if plain or not blocked else blocked if row.agency else f"{holder} · {blocked}",
        more=row.item_count - 1,
        claim_href=reverse("clearance:act", args=[row.declaration_id, "claim"]) + query if free else "",
    )


def case_href(declaration_id: Any) -> str:
    """The address of the decision page."""
    return reverse("clearance:case", args=[declaration_id])


def blocked_by(row: CaseRow) -> str:
    """What stands against release, in two words."""
    if row.control_state == ControlState.QUERY.value and not row.released_at:
        return gettext("Answer to a question")
    if row.agency and row.blocking == Term.AGENCY_HOLD.value:
        return gettext("Hold of %(agency)s") % {"agency": row.agency}
    return str(SHORT_TERMS.get(row.blocking, ""))


def holder_of(row: CaseRow) -> str:
    """Whose turn it is."""
    if row.holder == Holder.AGENCY.value and row.agency:
        return row.agency
    return str(HOLDER_LABELS.get(row.holder, row.holder))


def term_sentence(row: CaseRow) -> str:
    """What stands against release, as a sentence."""
    if row.control_state == ControlState.QUERY.value:
        return gettext("The declarant was asked and has not answered yet.")
    return next((gettext(term.sentence) for term in Term if term.value == row.blocking), "")


def desk_href(**wanted: Any) -> str:
    """The address of a list of the desk; an empty office is said, because it means all of them."""
    query = {name: value for name, value in wanted.items() if value or name == "office"}
    return f"{reverse('clearance:desk')}?{urlencode(query)}"


def filter_href(wanted: DeskFilter, **changes: Any) -> str:
    """The address of a filter with some fields changed."""
    plain = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    return desk_href(**(plain | changes))


def count_text(count: int) -> str:
    """A count, or that it is more than anybody counts."""
    return f"{COUNT_CAP - 1:,}+" if count >= COUNT_CAP else ""
