"""A draft as the guided form sees it: its parts, how far each has come, the message it makes, and what is wrong."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from declarations.messages import FieldsRefused, message_read
from declarations.schemas import DeclarationMessage, in_message_order
from declarations.selectors import draft_for
from declarations.services import draft_save
from declarations.services.authority import filing_for
from declarations.services.checks import message_checked
from declarations.types import Draft
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import NotPermitted, RuleViolated, Violation
from singlewindow.portal.forms import CostsForm, ItemForm, PartForm, PartiesForm, TransportForm, WhatForm
from singlewindow.portal.forms.part import Content, part
from singlewindow.web.types import PageError, Step, TaskState

PARTS: dict[str, type[PartForm]] = {form.slug: form for form in (WhatForm, PartiesForm, TransportForm, CostsForm)}

ORDER = ("what", "parties", "transport", "items", "costs", "estimate", "check")

LABELS: dict[str, str | Promise] = {
    "what": _("What you declare"),
    "parties": _("Who is involved"),
    "transport": _("Journey and arrival"),
    "items": _("Goods"),
    "costs": _("Terms and costs"),
    "estimate": _("What it will cost"),
    "check": _("Check and lodge"),
}
HINTS: dict[str, str | Promise] = {
    "what": _("Import or export, your reference"),
    "parties": _("Your side and the other side"),
    "transport": _("Office, ship or truck, containers"),
    "items": _("Each kind of goods with its code, price and papers"),
    "costs": _("Delivery terms, freight, insurance"),
    "estimate": _("Duty, taxes and charges before you lodge"),
    "check": _("Read it through, sign and lodge"),
}
FORM_ONLY = "form"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

State = TaskState


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend, and the small page and field where it is mended."""

    violation: Violation
    slug: str
    number: int = 0
    """Of the goods item, 0 for the other pages."""
    field: str = ""

    def error(self, declaration_id: UUID) -> PageError:
        """The problem as a line of the error summary, linked to its field."""
        href = address(declaration_id, self.slug, self.number)
        if self.slug != "items" or self.number:
            href += "?mend=1" + (f"#id_{self.field}" if self.field else "")
        found = self.violation
        return PageError(gettext(found.message), href=href, rule=found.rule, remedy=gettext(found.remedy))


def lrn_new() -> str:
    """A reference that the trader may change: the day and six characters that nobody confuses."""
    return f"{clock.today():%Y%m%d}-" + "".join(secrets.choice(ALPHABET) for _place in range(6))


def address(declaration_id: UUID, slug: str, number: int = 0) -> str:
    """The address of a small page."""
    if slug == "items":
        name, arguments = ("item", [declaration_id, number]) if number else ("items", [declaration_id])
        return reverse(f"portal:{name}", args=arguments)
    if slug in ("estimate", "check", "tasks"):
        return reverse(f"portal:{slug}", args=[declaration_id])
    return reverse("portal:part", args=[declaration_id, slug])


def finished(draft: Draft, actor: Actor) -> frozenset[str]:
    """The pages that are filled in; of the goods only whether any is half typed, for there may be hundreds."""
    done = {slug for slug in PARTS if part_checked(draft, actor, slug).is_valid()}
    items = items_of(draft.content)
    return frozenset(done | ({"items"} if items and not any(FORM_ONLY in item for item in items) else set()))


def steps_of(draft: Draft, current: str, done: frozenset[str]) -> list[Step]:
    """Where one is in the form."""
    return [Step(str(LABELS[slug]), address(draft.id, slug), slug in done, slug == current) for slug in ORDER]


def items_of(content: Content) -> list[Content]:
    """The goods items of a draft, half written ones too."""
    found = content.get("items")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def typed(content: Content, slug: str) -> dict[str, Any]:
    """What was typed on a page and could not be taken yet."""
    return part(part(content, FORM_ONLY), slug)


def typed_keep(content: Content, slug: str, values: dict[str, Any]) -> Content:
    """The draft with what was typed on a page, or without it once it was taken."""
    kept = {name: value for name, value in part(content, FORM_ONLY).items() if name != slug}
    if values:
        kept[slug] = values
    return {name: value for name, value in content.items() if name != FORM_ONLY} | ({FORM_ONLY: kept} if kept else {})


def part_form(draft: Draft, actor: Actor, slug: str, data: Any = None) -> PartForm:
    """The form of a page: bound to what was sent, or showing what the draft holds."""
    content, kind = with_principal(draft), PARTS[slug]
    return kind(content, actor, data, initial=kind.read(content) | typed(content, slug))


def part_checked(draft: Draft, actor: Actor, slug: str) -> PartForm:
    """The form of a page bound to what the draft holds, so that it says what is missing."""
    content, kind = with_principal(draft), PARTS[slug]
    return kind(content, actor, kind.read(content) | typed(content, slug))


def item_checked(draft: Draft, actor: Actor, item: Content) -> ItemForm:
    """The form of an item bound to what the draft holds."""
    return ItemForm(dict(draft.content), actor, item, ItemForm.read(item) | part(item, FORM_ONLY))


def with_principal(draft: Draft) -> Content:
    """The content, with the draft's organisation where the form expects it."""
    content = dict(draft.content)
    return content | {FORM_ONLY: part(content, FORM_ONLY) | {"principal": str(draft.organisation_id)}}


def part_digest(values: Mapping[str, Any]) -> str:
    """A mark of what a page showed: a page that was drawn before another save is known to be stale."""
    return sha256_hex(canonical_bytes({name: str(value) for name, value in values.items()}))[:16]


@dataclass(frozen=True, slots=True)
class Checked:
    """Every page of a draft bound to what it holds and asked once what is missing: goods may be many."""

    parts: Mapping[str, PartForm]
    items: tuple[ItemForm, ...]

    @property
    def states(self) -> dict[str, State]:
        """How far each part has come."""
        states: dict[str, State] = {}
        for slug, form in self.parts.items():
            begun = any(form.data.get(name) for name in form.owns)
            states[slug] = State.DONE if form.is_valid() else State.STARTED if begun else State.TODO
        whole = bool(self.items) and all(form.is_valid() for form in self.items)
        states["items"] = State.DONE if whole else State.STARTED if self.items else State.TODO
        done = all(state is State.DONE for state in states.values())
        states["estimate"] = State.TODO if self.items else State.BLOCKED
        states["check"] = State.TODO if done else State.BLOCKED
        return states


def checked(draft: Draft, actor: Actor) -> Checked:
    """Ask every page of the draft."""
    return Checked(
        parts={slug: part_checked(draft, actor, slug) for slug in PARTS},
        items=tuple(item_checked(draft, actor, item) for item in items_of(draft.content)),
    )


def with_problems(states: Mapping[str, State], problems: Iterable[Problem]) -> dict[str, State]:
    """The states, where a part that is filled in but would be refused is one to mend."""
    broken = {problem.slug for problem in problems}
    mend = {slug: State.ERROR for slug in broken if states.get(slug) is State.DONE}
    return dict(states) | mend


def save(draft: Draft, actor: Actor, content: Content, *, organisation_id: UUID | None = None) -> Draft:
    """Keep the draft with new content. Raises PreconditionFailed when someone saved it in this very moment."""
    return draft_save(
        actor=actor,
        organisation_id=organisation_id or draft.organisation_id,
        content=content,
        declaration_id=draft.id,
        version=draft.version,
    )


def read(actor: Actor, declaration_id: UUID) -> Draft:
    """The draft of the actor's organisation. Raises NotFound."""
    return draft_for(actor, declaration_id)


# The message -------------------------------------------------------------------------------------


def composed(draft: Draft) -> Content:
    """The draft as a message: numbered, summed up, and without what is only half typed."""
    content: Content = {name: value for name, value in draft.content.items() if name != FORM_ONLY}
    export = str(content.get("type_code", "")).startswith("EX")
    items = []
    for number, item in enumerate(items_of(content), start=1):
        plain = {name: value for name, value in item.items() if name != FORM_ONLY}
        plain.setdefault("procedure", "1000" if export else "4000")
        items.append(plain | {"number": number})
    content |= {"schema_version": "1", "items": items}
    for name in ("item_count", "total_packages", "total_gross_mass_kg", "invoice_total"):
        content.pop(name, None)
    if items:
        content |= _sums(items)
    return content


def _sums(items: list[Content]) -> Content:
    sums: Content = {"item_count": len(items)}
    packages = [line.get("count") for item in items for line in item.get("packages") or []]
    if packages and all(isinstance(count, int) for count in packages):
        sums["total_packages"] = sum(packages)
    gross = [_decimal(item.get("gross_mass_kg")) for item in items]
    if all(mass is not None for mass in gross):
        sums["total_gross_mass_kg"] = f"{sum((m for m in gross if m is not None), Decimal(0)):f}"
    prices = [item.get("price") or {} for item in items]
    amounts = [_decimal(price.get("amount")) for price in prices]
    currencies = {price.get("currency") for price in prices}
    if len(currencies) == 1 and all(amount is not None for amount in amounts):
        total = sum((amount for amount in amounts if amount is not None), Decimal(0))
        sums["invoice_total"] = {"amount": f"{total:f}", "currency": currencies.pop()}
    return sums


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def message_of(draft: Draft) -> DeclarationMessage:
    """The message that the draft makes. Raises FieldsRefused."""
    return message_read(composed(draft))


# What is wrong -----------------------------------------------------------------------------------


def problems_of(draft: Draft, actor: Actor) -> list[Problem]:
    """Everything that would be refused at this moment, in the order of the message."""
    now = clock.now()
    try:
        message = message_of(draft)
    except FieldsRefused as refusal:
        return placed(refusal.violations)
    found: list[Violation] = []
    try:
        message_checked(message, actor, now)
    except RuleViolated as refusal:
        found += refusal.violations
    try:
        filing_for(message, actor, now)
    except NotPermitted as refusal:
        found += refusal.violations
    return placed(in_message_order(found))


def placed(violations: Iterable[Violation]) -> list[Problem]:
    """The page and the field of each violation."""
    return [_placed(violation) for violation in violations]


def _placed(violation: Violation) -> Problem:
    pointer = violation.pointer
    if pointer.startswith("/items"):
        head, _slash, rest = pointer.removeprefix("/items/").partition("/")
        if head.isdecimal():
            return Problem(violation, "items", int(head) + 1, ItemForm.field_of(f"/{rest}" if rest else ""))
        return Problem(violation, "items")
    for slug, kind in PARTS.items():
        field = kind.field_of(pointer)
        if field:
            return Problem(violation, slug, field=field)
    return Problem(violation, "what")


def unfinished(draft: Draft, pages: Checked) -> list[PageError]:
    """The pages that are not filled in yet, each with its first open field."""
    found = []
    for slug, form in pages.parts.items():
        if not form.is_valid():
            text = gettext("“%(part)s” is not finished.") % {"part": LABELS[slug]}
            found.append(PageError(text, href=address(draft.id, slug) + _first_open(form)))
    if not pages.items:
        found.append(PageError(gettext("There are no goods yet: add at least one item."), address(draft.id, "items")))
    for number, form in enumerate(pages.items, start=1):
        if not form.is_valid():
            text = gettext("Item %(number)s is not finished.") % {"number": number}
            found.append(PageError(text, href=address(draft.id, "items", number) + _first_open(form)))
    return found


def _first_open(form: PartForm) -> str:
    first = next((name for name in form.fields if name in form.errors), "")
    return f"?mend=1#id_{first}" if first else "?mend=1"


def copied(draft: Draft) -> Content:
    """What a new consignment takes over from an old one: not its reference, its ship nor its containers."""
    content = dict(draft.content) | {"lrn": lrn_new()}
    for name in ("equipment", "manifest_reference"):
        content.pop(name, None)
    transport = part(content, "transport")
    for name in ("border_id", "border_id_type", "arrival_id", "arrival_id_type", "departure_id", "manifest_reference"):
        transport.pop(name, None)
    if transport:
        content["transport"] = transport
    content["items"] = [
        {name: value for name, value in item.items() if name not in ("container_ids", "previous_documents")}
        for item in items_of(content)
    ]
    return content


def with_content(draft: Draft, content: Content) -> Draft:
    """The draft as it would be with other content."""
    return replace(draft, content=content)
