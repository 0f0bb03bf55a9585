"""What an officer fills in: one small form an act."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clearance.services import CheckResult
from clearance.services.desk.common import TEXT_MAX
from clearance.services.desk.queries import QUERY_HOURS
from clearance.types import WarningKind
from risk.types import Lane, Outcome
from singlewindow.documents.selectors import elements
from singlewindow.kernel import clock
from singlewindow.kernel.money import minor_unit
from singlewindow.reference.selectors import profile
from singlewindow.web.fields import PlainDecimalField

FINDINGS = (
    (Outcome.CLERICAL.value, _("Clerical error, without effect")),
    (Outcome.VALUE.value, _("Value")),
    (Outcome.CLASS.value, _("Commodity code")),
    (Outcome.ORIGIN.value, _("Origin")),
    (Outcome.QUANTITY.value, _("Quantity or mass")),
    (Outcome.PROHIBITED.value, _("Prohibited or restricted goods")),
    (Outcome.SECURITY.value, _("Safety or security")),
)
OUTCOMES = dict(FINDINGS) | {Outcome.CONFORM.value: _("Conform")}

WARNING_KINDS = {
    WarningKind.ARRIVAL.value: _("Before arrival"),
    WarningKind.LEFT.value: _("The goods have left"),
}

LANES = (
    (Lane.GREEN.value, _("Green: release without a check")),
    (Lane.BLUE.value, _("Blue: release, audit later")),
    (Lane.YELLOW.value, _("Yellow: documents before release")),
    (Lane.RED.value, _("Red: documents and goods before release")),
)

ELEMENTS = (
    ("", _("The declaration as a whole")),
    ("description", _("Description")),
    ("commodity_code", _("Commodity code")),
    ("origin", _("Origin")),
    ("price", _("Value")),
    ("net_mass_kg", _("Mass or quantity")),
    ("documents", _("Documents")),
    ("packages", _("Packages")),
)


class ActForm(forms.Form):
    """A form of the decision page; several stand on it, so each names its fields after itself."""

    act = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{self.act}_%s")
        super().__init__(*args, **kwargs)


def _text(label: Any, rows: int = 3, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=TEXT_MAX,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class PlainForm(ActForm):
    """An act without anything to fill in."""


class MatchForm(forms.Form):
    """What an officer says of a possible match of a declaration; the buttons say which."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=TEXT_MAX,
        help_text=_("It is kept, and shown whenever the name comes again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    revises = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ConformForm(ActForm):
    """The check found everything as declared."""

    act = "conform"
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def result(self, currency: str) -> CheckResult:
        """The result of the check."""
        return CheckResult(Outcome.CONFORM, self.cleaned_data["note"])


class FindingForm(ActForm):
    """The check found something."""

    act = "finding"
    outcome = forms.ChoiceField(label=_("What is different"), choices=FINDINGS)
    findings = _text(_("What was found"))
    revenue = PlainDecimalField(
        label=_("Revenue difference"),
        required=False,
        max_digits=15,
        decimal_places=3,
        help_text=_("Duty found in the currency of the assessment; less than 0 when too much was declared."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def result(self, currency: str) -> CheckResult:
        """The result of the check, its amount in minor units."""
        amount: Decimal = self.cleaned_data["revenue"] or Decimal(0)
        minor = int((amount * 10 ** minor_unit(currency or "EUR")).to_integral_value())
        return CheckResult(Outcome(self.cleaned_data["outcome"]), self.cleaned_data["findings"], minor)


def document_choices() -> list[tuple[str, str]]:
    """Documents of the register that some body asks for, and those that nobody may."""
    return [(one.code, f"{one.name} ({one.code})") for one in elements().values() if one.kind == "document"]


def exception_choices() -> list[tuple[str, str]]:
    """The grounds on which a body may ask again, as published."""
    scheme = profile(clock.today()).once_only
    return [("", "–"), *((one.id, f"{one.id}: {one.sentence}") for one in (scheme.exceptions if scheme else ()))]


class QueryForm(ActForm):
    """A question to the declarant."""

    act = "query"
    question = _text(_("Question"), help_text=_("The declarant reads this word for word."))
    item = forms.IntegerField(label=_("Item"), required=False, min_value=1, max_value=999)
    element = forms.ChoiceField(label=_("About"), choices=ELEMENTS, required=False)
    consequence = forms.CharField(
        label=_("What happens without an answer"), required=False, max_length=300, widget=forms.TextInput()
    )
    hours = forms.IntegerField(label=_("Hours to answer"), initial=QUERY_HOURS, min_value=1, max_value=720)
    codes = forms.MultipleChoiceField(
        label=_("Documents asked for"),
        required=False,
        choices=document_choices,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("What is here already, or is not asked for in this direction, is refused."),
    )
    exception = forms.ChoiceField(
        label=_("Published exception"),
        required=False,
        choices=exception_choices,
        help_text=_("Only where what is here has to be asked for again."),
    )

    def pointer(self) -> str:
        """The element asked about, as a pointer into the message."""
        element, item = self.cleaned_data["element"], self.cleaned_data["item"]
        if item:
            return f"/items/{item - 1}" + (f"/{element}" if element else "")
        return f"/{element}" if element == "documents" else ""


class LaneForm(ActForm):
    """Another lane, and why."""

    act = "lane"
    lane = forms.ChoiceField(label=_("Lane"), choices=LANES)
    reason = _text(_("Reason"), rows=2)

    def __init__(self, *args: Any, present: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lane"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [choice for choice in LANES if choice[0] != present]


class DetainForm(ActForm):
    """Why the goods are kept."""

    act = "detain"
    reason = _text(_("Legal ground and remedy"), help_text=_("The parties are told this at once."))


class RefuseForm(ActForm):
    """Why the goods are not admitted."""

    act = "refuse"
    reason = _text(_("Reason and law"), help_text=_("The parties are told this. Permits and reservations are freed."))


class WarningFilter(forms.Form):
    """The filter of the warnings; it lives in the address."""

    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("Waiting for somebody to take note")), ("all", _("All"))]
    )
