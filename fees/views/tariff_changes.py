"""Pages of changes of the tariff: send files, look at the difference, put it before a second person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from fees.selectors.changes import ROWS_PAGE, ChangeHead, ChangeRow, change_for, change_rows_for, changes_for
from fees.services.tariff import change_discard, change_propose, change_read, envelope_change_read
from fees.services.tariff.changes import KIND
from fees.services.tariff.reading import FILE_BYTES_MOST, FILES
from fees.states import TariffChangeState
from fees.types import ChangeSource, MeasureKind, RowAction
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.approvals.selectors import may_decide, proposal_open
from singlewindow.kernel.errors import DomainError, NotFound, TooLarge
from singlewindow.web.access import actor_of, page_for, page_for_any
from singlewindow.web.types import Crumb, PageError, Tone

SHEETS: Final[Mapping[str, str | Promise]] = {
    "measures": gettext_lazy("Measures"),
    "charges": gettext_lazy("Charges"),
    "origin_groups": gettext_lazy("Groups of origin"),
    "reliefs": gettext_lazy("Reliefs"),
    "proofs_of_origin": gettext_lazy("Proofs of origin"),
    "nomenclature": gettext_lazy("Nomenclature"),
    "tariff_notes": gettext_lazy("Notes and codes"),
    "taric_records": gettext_lazy("Records of TARIC that are kept"),
}
KINDS: Final[Mapping[str, str | Promise]] = {
    MeasureKind.DUTY.value: gettext_lazy("Duty"),
    MeasureKind.PREFERENCE.value: gettext_lazy("Preference"),
    MeasureKind.SUSPENSION.value: gettext_lazy("Suspension"),
    MeasureKind.ANTI_DUMPING.value: gettext_lazy("Anti-dumping duty"),
    MeasureKind.EXCISE.value: gettext_lazy("Excise"),
    MeasureKind.VAT.value: gettext_lazy("VAT"),
    MeasureKind.PROHIBITION.value: gettext_lazy("Prohibition"),
    MeasureKind.REQUIREMENT.value: gettext_lazy("Requirement"),
    "footnote": gettext_lazy("Footnote"),
    "additional_code": gettext_lazy("Additional code"),
    "certificate": gettext_lazy("Document"),
    "area": gettext_lazy("Area"),
    "condition": gettext_lazy("Condition"),
}
ACTIONS: Final[Mapping[RowAction, tuple[str | Promise, Tone, str]]] = {
    RowAction.CHANGED: (gettext_lazy("Changes"), Tone.WARN, "pencil"),
    RowAction.ADDED: (gettext_lazy("Begins"), Tone.OK, "plus"),
    RowAction.ENDED: (gettext_lazy("Ends"), Tone.BAD, "circle-x"),
}
SOURCES: Final[Mapping[ChangeSource, str | Promise]] = {
    ChangeSource.CSV: gettext_lazy("CSV files"),
    ChangeSource.TARIC3: gettext_lazy("TARIC3 envelope"),
}
FIELDS: Final[Mapping[str, str | Promise]] = {
    "expression": gettext_lazy("Rate"),
    "valid_from": gettext_lazy("First day"),
    "valid_to": gettext_lazy("Last day"),
    "law": gettext_lazy("Law"),
    "conditions": gettext_lazy("Conditions"),
    "footnotes": gettext_lazy("Footnotes"),
    "excluded": gettext_lazy("Without"),
    "description": gettext_lazy("Description"),
    "declarable": gettext_lazy("Can be declared"),
    "amount": gettext_lazy("Amount"),
    "text": gettext_lazy("Text"),
    "unit": gettext_lazy("Unit"),
}
"""Fields that have a word here; others are shown by their own name."""
FOUND_SHOWN: Final = 100
TITLE_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a row: what it says now, and what it shall say."""

    name: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of the difference as the page shows it."""

    row: ChangeRow
    subject: str
    sheet: str | Promise
    kind: str | Promise
    action: str | Promise
    tone: Tone
    icon: str
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change as a list shows it."""

    head: ChangeHead
    source: str | Promise
    by: str
    added: int
    changed: int
    ended: int

    @property
    def title(self) -> str:
        """The parts of the tariff that it changes, with their kinds; the names of its files where it changes none."""
        kinds: dict[str, list[str]] = {}
        for count in self.head.counts:
            known = kinds.setdefault(count["sheet"], [])
            if kind := KINDS.get(count["kind"]):
                known.append(str(kind))
        shown = list(kinds.items())[:TITLE_PARTS]
        return " · ".join(_part(sheet, names) for sheet, names in shown) or self.head.title


@page_for_any(Permission.MANAGE_TARIFF, Permission.VIEW_PROPOSAL)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Changes of the tariff, newest first."""
    actor = actor_of(request)
    page = changes_for(actor, cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "lines": _lines(page.rows),
        "may_prepare": actor.may(Permission.MANAGE_TARIFF),
        "crumbs": [Crumb(_("Changes of the tariff"))],
    }
    return render(request, "fees/tariff/changes.html", context)


@page_for(Permission.MANAGE_TARIFF)
@require_http_methods(["GET", "HEAD", "POST"])
def change_new(request: HttpRequest) -> HttpResponse:
    """Send CSV files or an envelope; what they change is shown, and nothing is in force by it."""
    actor = actor_of(request)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        try:
            change_id = _read(_files(request), actor)
        except DomainError as refused:
            errors, status = _told(refused), refused.status
        else:
            return redirect("fees:tariff-change", change_id)
    context = {
        "errors": errors[:FOUND_SHOWN],
        "more": max(0, len(errors) - FOUND_SHOWN),
        "names": sorted(FILES),
        "most": FILE_BYTES_MOST // 1_000_000,
        "crumbs": [*_crumbs(), Crumb(_("Read files"))],
    }
    return render(request, "fees/tariff/new.html", context, status=status)


@page_for_any(Permission.MANAGE_TARIFF, Permission.VIEW_PROPOSAL)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """What a change does, row by row; whoever may prepare it proposes it or puts it away."""
    actor = actor_of(request)
    head = change_for(actor, change_id)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        try:
            return _acted(request, head, actor)
        except DomainError as refused:
            errors, status = _told(refused), refused.status
    asked = {name: request.GET.get(name, "") for name in ("sheet", "action")}
    page = change_rows_for(actor, change_id, cursor=request.GET.get("cursor", ""), size=ROWS_PAGE, **asked)
    proposal = proposal_open(KIND, str(change_id)) if head.state is TariffChangeState.PROPOSED else None
    (line,) = _lines([head])
    context = {
        "line": line,
        "head": head,
        "errors": errors,
        "counts": [_count(count) for count in head.counts],
        "rows": [_row(row) for row in page.rows],
        "page": page,
        "asked": asked,
        "sheets": [(name, label) for name, label in SHEETS.items() if name != "taric_records"],
        "actions": [(action.value, words[0]) for action, words in ACTIONS.items()],
        "proposal": proposal,
        "mine_to_decide": proposal is not None and may_decide(actor, proposal),
        "draft": head.state is TariffChangeState.DRAFT,
        "may_prepare": actor.may(Permission.MANAGE_TARIFF) and head.state is TariffChangeState.DRAFT,
        "crumbs": [*_crumbs(), Crumb(line.title)],
    }
    return render(request, "fees/tariff/change.html", context, status=status)


def _acted(request: HttpRequest, head: ChangeHead, actor: Actor) -> HttpResponse:
    act = request.POST.get("act")
    if act == "propose":
        change_propose(change_id=head.id, actor=actor)
        messages.success(request, _("It was proposed. It is in force when another person agrees."))
    elif act == "discard":
        change_discard(change_id=head.id, actor=actor)
        messages.success(request, _("It was put away. Nothing of it was in force."))
    else:
        raise NotFound
    return redirect("fees:tariff-change", head.id)


def _files(request: HttpRequest) -> dict[str, bytes]:
    """What was sent, by name; nothing larger than is read is held in memory. Raises TooLarge, DomainError."""
    sent = request.FILES.getlist("files")
    if request.META.get("csw.files_dropped") or any((file.size or 0) > FILE_BYTES_MOST for file in sent):
        raise TooLarge(_("A file is larger than is read."), code="tariff.too_large")
    if not sent:
        raise DomainError(_("Choose files first."))
    return {str(file.name): file.read() for file in sent}


def _read(files: Mapping[str, bytes], actor: Actor) -> UUID:
    envelopes = [name for name in files if name.lower().endswith(".xml")]
    if envelopes and len(files) > 1:
        raise DomainError(_("Send one envelope alone, or CSV files together."))
    if envelopes:
        return envelope_change_read(name=envelopes[0], content=files[envelopes[0]], actor=actor)
    return change_read(files=files, actor=actor)


def _told(refused: DomainError) -> list[PageError]:
    found = [PageError(f"{one.message} {one.remedy}".strip()) for one in refused.violations]
    return found or [PageError(refused.detail)]


def _part(sheet: str, kinds: list[str]) -> str:
    name = str(SHEETS.get(sheet, sheet))
    return f"{name}: {', '.join(dict.fromkeys(kinds))}" if kinds else name


def _lines(heads: Any) -> list[ChangeLine]:
    people = actor_names(head.created_by for head in heads)
    return [
        ChangeLine(
            head,
            SOURCES[head.source],
            people.get(head.created_by, head.created_by),
            head.total(RowAction.ADDED),
            head.total(RowAction.CHANGED),
            head.total(RowAction.ENDED),
        )
        for head in heads
    ]


def _count(count: Mapping[str, Any]) -> dict[str, Any]:
    return {**count, "sheet": SHEETS.get(count["sheet"], count["sheet"]), "kind": KINDS.get(count["kind"], "")}


def _row(row: ChangeRow) -> RowLine:
    action, tone, icon = ACTIONS[row.action]
    subject = " · ".join(part for part in row.subject.split("|") if part)
    return RowLine(
        row, subject, SHEETS.get(row.sheet, row.sheet), KINDS.get(row.kind, ""), action, tone, icon, tuple(_fields(row))
    )


def _fields(row: ChangeRow) -> Iterator[FieldLine]:
    """What differs; the rate and the days first, and of a new or ending row everything that it says."""
    before, after = row.before or {}, row.after or {}
    names = [*FIELDS, *(name for name in (after or before) if name not in FIELDS)]
    for name in names:
        was, will = _plain(before.get(name)), _plain(after.get(name))
        told = was != will if row.action is RowAction.CHANGED else name in FIELDS and (was or will)
        if told:
            yield FieldLine(FIELDS.get(name, name), was, will)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(part if isinstance(part, str) else " ".join(map(str, part.values())) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _crumbs() -> list[Crumb]:
    return [Crumb(_("Changes of the tariff"), reverse("fees:tariff-changes"))]
