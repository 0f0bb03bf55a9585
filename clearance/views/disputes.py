"""Disputes: the officer opens and determines one, the trader gives security."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from clearance.models import Dispute
from clearance.rules.disputes import LAW_MOST, TEXT_MOST, Alternative
from clearance.selectors.disputes import dispute_for, disputes_page
from clearance.services.disputes.accepting import dispute_accept
from clearance.services.disputes.opening import dispute_open, dispute_withdraw
from clearance.services.disputes.settling import Outcome, dispute_end_begin
from clearance.states import DisputeState
from declarations.selectors import declaration_snapshot_for
from declarations.types import DeclarationSnapshot
from fees.selectors import fiscal_status
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.guarantees.selectors.lists import guarantees_for
from singlewindow.guarantees.states import GuaranteeState
from singlewindow.kernel.errors import DomainError
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.fields import PlainDecimalField
from singlewindow.web.formats import money_text
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Crumb, PageError, SummaryRow, Tab

GROUND_WORDS = {
    "value": gettext_lazy("Value"),
    "origin": gettext_lazy("Origin"),
    "classification": gettext_lazy("Classification"),
}
ROWS = 3
"""Items that one dispute names on the page; the interface takes more."""


class OpenForm(forms.Form):
    """What is disputed and why."""

    statement = forms.CharField(
        label=gettext_lazy("What is disputed, and why"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It is told to the trader."),
    )
    law = forms.CharField(label=gettext_lazy("Law"), max_length=LAW_MOST)
    security = PlainDecimalField(
        label=gettext_lazy("Security"),
        required=False,
        max_digits=15,
        decimal_places=4,
        min_value=0,
        help_text=gettext_lazy("At most the disputed part; left empty, the whole of it."),
    )


class AlternativeForm(forms.Form):
    """What customs holds to be right of one item."""

    item = forms.IntegerField(label=gettext_lazy("Item"), min_value=1, required=False)
    price = PlainDecimalField(label=gettext_lazy("Price"), required=False, max_digits=15, decimal_places=4, min_value=0)
    origin = forms.CharField(label=gettext_lazy("Origin"), required=False, max_length=2)
    commodity_code = forms.CharField(label=gettext_lazy("Commodity code"), required=False, max_length=10)
    without_preference = forms.BooleanField(label=gettext_lazy("Without preference"), required=False)

    def alternative(self) -> Alternative | None:
        """What was filled in; nothing where no item is named."""
        told = self.cleaned_data
        if not told.get("item"):
            return None
        return Alternative(
            item=told["item"],
            price=told["price"],
            origin=told["origin"].upper(),
            commodity_code=told["commodity_code"].strip(),
            without_preference=told["without_preference"],
        )


Alternatives = forms.formset_factory(AlternativeForm, extra=ROWS, max_num=ROWS)


class AcceptForm(forms.Form):
    """The security that the trader gives."""

    grn = forms.ChoiceField(
        label=gettext_lazy("Security"),
        required=False,
        help_text=gettext_lazy("The form of the security is your choice."),
    )
    access_code = forms.CharField(
        label=gettext_lazy("Access code"),
        required=False,
        max_length=4,
        help_text=gettext_lazy("Of the guarantee; not needed for one of your own organisation."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = guarantees_for(actor, state=GuaranteeState.ACTIVE.value).rows
        field = self.fields["grn"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *(
                (row.grn, f"{row.grn}: {money_text(from_minor(row.available_minor, row.currency), row.currency)}")
                for row in known
            ),
            ("", _("Cash, from the prepaid account")),
        ]
        self.initial.setdefault("grn", known[0].grn if known else "")


class DetermineForm(forms.Form):
    """How the dispute ends."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What is owed"),
        choices=(
            (Outcome.DECLARED.value, gettext_lazy("As declared: the security is freed")),
            (Outcome.ALTERNATIVE.value, gettext_lazy("As customs holds: the disputed part is owed")),
        ),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(forms.Form):
    """Why a dispute is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_safe
@page_for(Permission.OPEN_DISPUTE)
def disputes(request: HttpRequest) -> HttpResponse:
    """The disputes of customs, newest first."""
    wanted = request.GET.get("state", "")
    state = wanted if wanted in list(DisputeState) else ""
    page = disputes_page(actor_of(request), state=state, cursor=request.GET.get("cursor", ""))
    address = reverse("clearance:disputes")
    tabs = [Tab(str(_("All")), address, current=not state)]
    tabs += [
        Tab(str(status_for("dispute", one).label), f"{address}?state={one.value}", one.value == state)
        for one in DisputeState
    ]
    context = {
        "page": page,
        "lines": [
            {"row": row, "words": _grounds(row), "security": from_minor(row.security_minor, row.currency)}
            for row in page.rows
        ],
        "tabs": tabs,
        "crumbs": [Crumb(_("Desk"), reverse("clearance:desk")), Crumb(_("Disputes"))],
    }
    return render(request, "clearance/disputes.html", context)


def _grounds(row: Dispute) -> str:
    return ", ".join(str(GROUND_WORDS[one]) for one in row.grounds)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.OPEN_DISPUTE)
def dispute_new(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Open a dispute about an accepted declaration, instead of holding its goods."""
    actor = actor_of(request)
    snapshot = declaration_snapshot_for(actor, declaration_id)
    form, rows = OpenForm(request.POST or None), Alternatives(request.POST or None, prefix="items")
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and rows.is_valid():
            try:
                row = _open(actor, snapshot, form.cleaned_data, [one.alternative() for one in rows])
            except DomainError as refused:
                errors, status = _errors(refused), refused.status
            else:
                messages.success(request, _("The dispute is open, and the trader was told what is asked."))
                return redirect("clearance:dispute", row.pk)
    crumbs = [
        Crumb(_("Desk"), reverse("clearance:desk")),
        Crumb(snapshot.mrn, reverse("clearance:case", args=[snapshot.id])),
        Crumb(_("Dispute")),
    ]
    context = {"form": form, "rows": rows, "errors": errors, "declaration": snapshot, "crumbs": crumbs}
    return render(request, "clearance/dispute_new.html", context, status=status)


def _open(
    actor: Actor, snapshot: DeclarationSnapshot, told: dict[str, Any], alternatives: list[Alternative | None]
) -> Dispute:
    security: Decimal | None = told["security"]
    currency = fiscal_status(snapshot.id).currency
    return dispute_open(
        actor=actor,
        declaration_id=snapshot.id,
        alternatives=[one for one in alternatives if one is not None],
        statement=told["statement"],
        law=told["law"],
        security_minor=to_minor(security, currency) if security is not None and currency else None,
    )


def _errors(refused: DomainError) -> list[PageError]:
    return [PageError(f"{one.message} {one.remedy}".strip()) for one in refused.violations] or [
        PageError(refused.detail)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.OPEN_DISPUTE)
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute for customs: withdraw it, or determine the debt."""
    actor = actor_of(request)
    row = dispute_for(actor, dispute_id)
    act = request.POST.get("act", "")
    determine = DetermineForm(request.POST if act == "determine" else None, auto_id="determine_%s")
    withdraw = WithdrawForm(request.POST if act == "withdraw" else None, auto_id="withdraw_%s")
    form: forms.Form = determine if act == "determine" else withdraw
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                waits = _end(actor, row, act, form.cleaned_data)
            except DomainError as refused:
                errors, status = _errors(refused), refused.status
            else:
                told = _("It is proposed; another person must agree to it.")
                messages.success(request, told if waits else _("The dispute is over, and the parties were told."))
                return redirect("clearance:dispute", row.pk)
    state = DisputeState(row.state)
    context = _shown(row) | {
        "errors": errors,
        "asked": form if act else None,
        "determine": determine if state is DisputeState.SECURED and actor.may(Permission.DETERMINE_DEBT) else None,
        "withdraw": withdraw if state is DisputeState.OFFERED else None,
        "case_href": reverse("clearance:case", args=[row.declaration_id]),
        "crumbs": [
            Crumb(_("Desk"), reverse("clearance:desk")),
            Crumb(_("Disputes"), reverse("clearance:disputes")),
            Crumb(row.mrn),
        ],
    }
    return render(request, "clearance/dispute.html", context, status=status)


def _end(actor: Actor, row: Dispute, act: str, told: dict[str, Any]) -> bool:
    """Whether a second person must agree before it is over."""
    if act == "determine":
        outcome = Outcome(told["outcome"])
        asked = {"declaration_id": row.declaration_id, "reason": told["reason"]}
        return dispute_end_begin(actor=actor, outcome=outcome, **asked) is not None
    dispute_withdraw(actor=actor, declaration_id=row.declaration_id, reason=told["reason"])
    return False


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_OWN_DECLARATION)
def dispute_own(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute for the trader: what is disputed, what is asked, and the security that he gives."""
    actor = actor_of(request)
    row = dispute_for(actor, dispute_id)
    offered = row.state == DisputeState.OFFERED.value and actor.may(Permission.LODGE_DECLARATION)
    form = AcceptForm(request.POST or None, actor=actor) if offered else None
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form is not None and form.is_valid():
            told = form.cleaned_data
            try:
                verdict = dispute_accept(
                    actor=actor,
                    declaration_id=row.declaration_id,
                    grn=told["grn"],
                    access_code=told["access_code"] or None,
                )
            except DomainError as refused:
                errors, status = _errors(refused), refused.status
            else:
                text = (
                    _("Security is given, and the goods are released.")
                    if verdict.release
                    else _("Security is given; the goods leave when nothing else holds them.")
                )
                messages.success(request, text)
                return redirect("clearance:dispute-own", row.pk)
    here = reverse("portal:show", args=[row.declaration_id])
    context = _shown(row) | {
        "form": form,
        "errors": errors,
        "crumbs": [Crumb(_("My declarations"), reverse("portal:list")), Crumb(row.mrn, here), Crumb(_("Dispute"))],
    }
    return render(request, "clearance/dispute_own.html", context, status=status)


def _shown(row: Dispute) -> dict[str, Any]:
    def money(minor: int) -> str:
        return money_text(from_minor(minor, row.currency), row.currency)

    told = [
        (_("Ground"), _grounds(row)),
        (_("Law"), row.law),
        (_("Owed as declared"), money(row.declared_minor)),
        (_("Owed as customs holds"), money(row.alternative_minor)),
        (_("Security asked for"), money(row.security_minor)),
        (_("For an offence"), f"{money(row.fine_minor)}: {row.offence}" if row.fine_minor else ""),
        (_("Secured on"), (row.grn or _("cash")) if row.accepted_at else ""),
        (_("Owed at the end"), money(row.final_minor) if row.final_minor is not None else ""),
        (_("Outcome"), row.outcome),
    ]
    return {
        "dispute": row,
        "rows": [SummaryRow(label, value) for label, value in told if value],
        "items": [_alternative(one) for one in row.alternative],
    }


def _alternative(one: dict[str, Any]) -> dict[str, Any]:
    parts = [
        f"{_('Price')}: {money_text(one['price'], one.get('currency', ''))}" if "price" in one else "",
        f"{_('Origin')}: {one['origin']}" if "origin" in one else "",
        f"{_('Commodity code')}: {one['commodity_code']}" if "commodity_code" in one else "",
        str(_("Without preference")) if "without_preference" in one else "",
    ]
    return {"item": one["item"], "text": "; ".join(part for part in parts if part)}
