"""Forms of applications: what a trader asks for, and what an agency's officer says to it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.desk import DIRECTIONS, PER_CENT, QuantityField
from agencies.services import IssueLine, IssueOrder
from agencies.services.applications.review import ANSWER_HOURS, ANSWER_HOURS_MAX
from singlewindow.kernel.errors import Violation

ROWS_MAX = 50


class ApplicationForm(forms.Form):
    """Who the permits are for, which way the goods go, and for how long."""

    holder = forms.ChoiceField(label=_("Holder"), choices=())
    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS)
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    purpose = forms.CharField(label=_("What the goods are for"), required=False, max_length=300)
    single_use = forms.BooleanField(label=_("For one consignment only"), required=False)

    def __init__(self, *args: Any, holders: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["holder"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(holders)


class GoodsForm(forms.Form):
    """One line of goods; an empty line is left out."""

    commodity_code = forms.RegexField(
        label=_("HS code"),
        regex=r"^(?:[0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10})\Z",
        error_messages={"invalid": _("4, 6, 8 or 10 digits.")},
    )
    description = forms.CharField(label=_("Description"), max_length=200)
    country = forms.RegexField(
        label=_("Origin or destination"),
        regex=r"^[A-Z]{2}\Z",
        error_messages={"invalid": _("A country has two capital letters, like MA.")},
    )
    quantity = QuantityField(label=_("Quantity"))
    unit = forms.RegexField(label=_("Unit"), regex=r"^[A-Z0-9]{2,5}\Z")
    procedure = forms.RegexField(label=_("Procedure"), regex=r"^[0-9A-Z]{4}\Z", required=False)
    end_use = forms.RegexField(label=_("End use"), regex=r"^[0-9A-Z]{1,3}\Z", required=False)

    def line(self, number: int) -> dict[str, Any]:
        """The line as the dataset keeps it."""
        told = {name: str(value) for name, value in self.cleaned_data.items() if value not in ("", None)}
        told.pop("DELETE", None)
        return {"number": number, **told}


GoodsFormSet = forms.formset_factory(GoodsForm, extra=1, max_num=ROWS_MAX, absolute_max=ROWS_MAX, validate_max=True)


def content_of(form: ApplicationForm, goods: Any) -> dict[str, Any]:
    """The dataset of what was typed."""
    typed = form.cleaned_data
    rows = [row for row in goods if row.has_changed() or row.initial]
    rows = [row for row in rows if getattr(row, "cleaned_data", None)]
    content: dict[str, Any] = {
        "direction": typed["direction"],
        "valid_from": typed["valid_from"].isoformat(),
        "valid_to": typed["valid_to"].isoformat(),
        "goods": [row.line(number) for number, row in enumerate(rows, start=1)],
    }
    if typed["purpose"]:
        content["purpose"] = typed["purpose"]
    if typed["single_use"]:
        content["single_use"] = True
    return content


class AnswerPartForm(forms.Form):
    """What the applicant answers."""

    text = forms.CharField(label=_("Your answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class QueryForm(forms.Form):
    """What the agency asks the applicant."""

    prefix = "query"
    text = forms.CharField(label=_("Question"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    element = forms.CharField(
        label=_("What it is about"), required=False, max_length=100, help_text=_("Like the HS code of line 2")
    )
    hours = forms.IntegerField(
        label=_("Hours to answer"), initial=ANSWER_HOURS, min_value=1, max_value=ANSWER_HOURS_MAX
    )
    consequence = forms.CharField(
        label=_("What happens without an answer"),
        max_length=300,
        help_text=_("Your clock stands until the answer or the deadline, and runs on then."),
    )


class RefuseForm(forms.Form):
    """Why a part is refused, and by what law."""

    prefix = "refuse"
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    law = forms.CharField(label=_("Law"), max_length=200)


class AgreeForm(forms.Form):
    """What the second officer says."""

    prefix = "agree"
    decision = forms.ChoiceField(
        label=_("Issue it as proposed?"),
        choices=(("yes", _("Yes: issue it")), ("no", _("No: back to review"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class IssueForm(forms.Form):
    """What is issued: days, tolerance, and a quantity for each line of goods."""

    prefix = "issue"
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    tolerance = QuantityField(label=_("Tolerance in per cent"), required=False)
    single_use = forms.BooleanField(label=_("For one consignment only"), required=False)

    def __init__(self, *args: Any, goods: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers: list[int] = []
        for line in goods:
            self.numbers.append(line.number)
            label = _("Line %(number)s: quantity in %(unit)s") % {"number": line.number, "unit": line.unit}
            self.fields[f"quantity_{line.number}"] = QuantityField(
                label=label, required=False, initial=f"{line.quantity.normalize():f}"
            )

    @property
    def quantities(self) -> list[forms.BoundField]:
        """The fields that are decided on first: a quantity for each line."""
        return [self[f"quantity_{number}"] for number in self.numbers]

    def order(self) -> IssueOrder:
        """What was decided; lines without a quantity are left out."""
        typed = self.cleaned_data
        quantities = {number: typed[f"quantity_{number}"] for number in self.numbers}
        return IssueOrder(
            valid_from=typed["valid_from"],
            valid_to=typed["valid_to"],
            tolerance=(typed["tolerance"] or Decimal(0)) / PER_CENT,
            single_use=typed["single_use"],
            lines=tuple(IssueLine(number, quantity) for number, quantity in quantities.items() if quantity),
        )


def refused(form: forms.Form, violations: Iterable[Violation]) -> None:
    """Show what a service refused at the fields that it is about."""
    for violation in violations:
        name = violation.pointer.strip("/").split("/")[0]
        form.add_error(name if name in form.fields else None, violation.message)
