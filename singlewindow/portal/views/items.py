"""The goods: their list, one page for each item, and the look-up of commodity codes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.selectors import agency_info, requirements_for
from declarations.messages import FieldsRefused
from declarations.types import Draft
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.portal import drafts
from singlewindow.portal.earlier import shelf_of
from singlewindow.portal.forms import ItemForm
from singlewindow.portal.forms.part import Content, part, text
from singlewindow.portal.views.common import crumbs, draft_or_lodged, frame, typed_in, way_on
from singlewindow.portal.views.draft import FILE, mended
from singlewindow.reference.selectors import commodity, commodity_path, nomenclature_search
from singlewindow.reference.types import CommodityHit
from singlewindow.web.access import actor_of
from singlewindow.web.types import Crumb

HITS = 7
ITEMS_MOST = 999
CODE_LENGTHS = (6, 8, 10)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item in the list of goods."""

    number: int
    description: str
    code: str
    amount: str
    currency: str
    net: str
    done: bool
    permits: tuple[str, ...]
    href: str
    remove_href: str


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """The goods of a draft, to add, change and remove."""
    actor, found = actor_of(request), draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    held = drafts.items_of(found.content)
    if request.method == "POST":
        return way_on(request, found, "items")
    if not held:
        return redirect(drafts.address(found.id, "items", 1))
    needed = _permits(found)
    lines = [
        ItemLine(
            number=number,
            description=text(item, "description") or text(item, "form", "description"),
            code=text(item, "commodity_code") or text(item, "form", "code"),
            amount=text(item, "price", "amount"),
            currency=text(item, "price", "currency"),
            net=text(item, "net_mass_kg"),
            done=drafts.item_checked(found, actor, item).is_valid(),
            permits=needed.get(number, ()),
            href=drafts.address(found.id, "items", number),
            remove_href=reverse("portal:item-remove", args=[found.id, number]),
        )
        for number, item in enumerate(held, start=1)
    ]
    add = drafts.address(found.id, "items", len(held) + 1) if len(held) < ITEMS_MOST else ""
    return render(request, "portal/items.html", frame(found, "items", actor_of(request), lines=lines, add_href=add))


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, declaration_id: UUID, number: int) -> HttpResponse:
    """One goods item; the number after the last adds one."""
    actor, found = actor_of(request), draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    held = drafts.items_of(found.content)
    if not 1 <= number <= min(len(held) + 1, ITEMS_MOST):
        raise NotFound
    present = held[number - 1] if number <= len(held) else _fresh(found)
    initial = ItemForm.read(present) | part(present, "form")
    content = dict(found.content)
    seen = drafts.part_digest(initial)
    if request.method != "POST":
        if "mend" in request.GET:
            form = mended(drafts.item_checked(found, actor, present), found, request, number)
        else:
            form = ItemForm(content, actor, present, initial=initial, shelf=shelf_of(actor))
        return _page(request, found, number, form, seen)
    form = ItemForm(content, actor, present, request.POST, initial=initial, shelf=shelf_of(actor))
    picked = request.POST.get("pick", "")
    looking = request.POST.get("act") == "lookup"
    if not (picked or looking) and form.is_valid():
        if request.POST.get("seen", seen) == seen:
            drafts.save(found, actor, content | {"items": _with(held, number, form.write())})
            messages.success(request, _("Item %(number)s is saved.") % {"number": number})
            return _on(request, found, number)
        form.add_error(None, _("This page was changed in another window. Check your answers and save again."))
        return _page(request, found, number, form, seen, 422)
    typed = typed_in(request, form.fields)
    if picked:
        typed |= _picked(picked, typed)
    found = drafts.save(found, actor, content | {"items": _with(held, number, present | {"form": typed})})
    if picked or looking:
        words = (typed.get("code") or typed.get("description", ""))[:80]
        query = {"q": words} if looking and not picked else {"picked": "1"}
        query |= {name: request.GET[name] for name in ("back",) if name in request.GET}
        return redirect(f"{drafts.address(found.id, 'items', number)}?{urlencode(query)}#id_code")
    if request.POST.get("act") == "later":
        return way_on(request, found, "items")
    return _page(request, found, number, form, drafts.part_digest(initial | typed), 422)


def _fresh(draft: Draft) -> Content:
    export = str(draft.content.get("type_code", "")).startswith("EX")
    return {"procedure": "1000" if export else "4000"}


def _with(held: list[Content], number: int, changed: Content) -> list[Content]:
    return [*held[: number - 1], changed, *held[number:]]


def _picked(code: str, typed: dict[str, str]) -> dict[str, str]:
    """The picked code, and the unit that the tariff counts it in."""
    found = commodity(code, clock.today())
    if found is None:
        return {}
    unit = found.unit if found.unit and not typed.get("quantity") else typed.get("unit", "")
    return {"code": found.code, "unit": unit}


def _on(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """After an item: another one, or the list of goods."""
    act = request.POST.get("act", "")
    if act == "another":
        count = len(drafts.items_of(drafts.read(actor_of(request), draft.id).content))
        return redirect(drafts.address(draft.id, "items", min(count + 1, ITEMS_MOST)))
    if act == "later" or request.GET.get("back") or "mend" in request.GET:
        return way_on(request, draft, "items")
    return redirect(drafts.address(draft.id, "items"))


def _page(
    request: HttpRequest, draft: Draft, number: int, form: ItemForm, seen: str, status: int = 200
) -> HttpResponse:
    words = request.GET.get("q", "")[:80]
    code = str(form["code"].value() or "").replace(" ", "").replace(".", "")
    on = clock.today()
    context = frame(draft, "items", actor_of(request), form=form, seen=seen, number=number)
    context |= {
        "crumbs": crumbs(
            draft,
            Crumb(str(drafts.LABELS["items"]), drafts.address(draft.id, "items")),
            Crumb(_("Item %(number)s") % {"number": number}),
        ),
        "path": [line.description for line in commodity_path(code, on)] if code.isdecimal() else [],
        "counted": getattr(commodity(code, on), "unit", "") if code.isdecimal() else "",
        "permits": _permits(draft).get(number, ()),
        "words": words,
        "hits": _hits(words) if words else [],
        "saved": number <= len(drafts.items_of(draft.content)),
    }
    return render(request, "portal/item.html", context, status=status)


def _hits(words: str) -> list[CommodityHit]:
    found = nomenclature_search(words, clock.today(), HITS * 3)
    return [hit for hit in found if len(hit.commodity.code) in CODE_LENGTHS][:HITS]


def _permits(draft: Draft) -> dict[int, tuple[str, ...]]:
    """What the agencies ask of each item, in one sentence each."""
    try:
        message = drafts.message_of(draft)
    except FieldsRefused:
        return {}
    found: dict[int, tuple[str, ...]] = {}
    for need in requirements_for(message, clock.today()):
        wanted = need.requirement
        given = {document.code for document in message.items[need.item - 1].documents}
        if wanted.lpco_code and not given & {wanted.lpco_code, *wanted.waivers}:
            words = {"agency": agency_info(wanted.agency).name, "title": wanted.title, "code": wanted.lpco_code}
            sentence = _("%(title)s need a permit of %(agency)s: add it among the papers as %(code)s.") % words
            found[need.item] = (*found.get(need.item, ()), sentence)
    return found


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, declaration_id: UUID, number: int) -> HttpResponse:
    """Take an item out, after asking once."""
    actor, found = actor_of(request), draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    held = drafts.items_of(found.content)
    if not 1 <= number <= len(held):
        raise NotFound
    if request.method == "POST":
        drafts.save(found, actor, dict(found.content) | {"items": held[: number - 1] + held[number:]})
        messages.success(request, _("Item %(number)s was removed.") % {"number": number})
        return redirect(drafts.address(found.id, "items") if len(held) > 1 else drafts.address(found.id, "tasks"))
    context: dict[str, Any] = {
        "number": number,
        "description": text(held[number - 1], "description"),
        "back": drafts.address(found.id, "items"),
        "crumbs": crumbs(found, Crumb(_("Remove"))),
    }
    return render(request, "portal/item_remove.html", context)


@FILE
@require_safe
def codes_found(request: HttpRequest) -> HttpResponse:
    """Codes that answer what is being typed: the partial that the page of an item holds too."""
    words = request.GET.get("code", request.GET.get("q", "")).strip()[:80]
    hits = _hits(words) if len(words) > 1 else []
    return render(request, "portal/partials/codes.html", {"hits": hits, "words": words})
