"""Forms of the agencies' pages: they read what was typed, services decide what may be."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.services.asking import HOURS, HOURS_MAX
from agencies.services.holds import REASON_LENGTH, Decision
from agencies.services.permits import PermitOrder
from agencies.states import HoldState, PermitState
from agencies.types import HoldReason
from singlewindow.documents.selectors import elements
from singlewindow.documents.services.originals import NOTE_LENGTH
from singlewindow.documents.types import DocumentInfo
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Violation
from singlewindow.reference.selectors import profile

QUANTITY_FORM = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
DIRECTIONS = (("import", _("Import")), ("export", _("Export")))
PER_CENT = 100


class QuantityField(forms.CharField):
    """A plain decimal number: digits of one script, a point, at most six decimals."""

    default_error_messages = {"form": _("Write digits and a point only, for example 1250.5.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=19, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Any:
        """Read the number, or the initial value of an optional field that was left empty."""
        text = super().clean(value)
        if not text:
            return Decimal(0)
        if not QUANTITY_FORM.fullmatch(text):
            raise forms.ValidationError(self.error_messages["form"], code="form")
        return Decimal(text)


class DecisionForm(forms.Form):
    """What an officer decides on a hold, and why."""

    decision = forms.ChoiceField(
        label=_("Lift or refuse?"),
        choices=(
            (Decision.LIFT.value, _("Lift the hold: the agency agrees to release")),
            (Decision.UPHOLD.value, _("Refuse: the goods may not be released")),
        ),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw and on what law you decide. It is kept with the decision."),
    )


class HoldFilter(forms.Form):
    """The filters of an agency's holds; they live in the address."""

    q = forms.CharField(label=_("MRN"), required=False, max_length=18)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=(
            ("", _("Open")),
            (HoldState.UPHELD.value, _("Refused")),
            (HoldState.LIFTED.value, _("Lifted")),
            (HoldState.WITHDRAWN.value, _("Ended with the declaration")),
            ("all", _("All")),
        ),
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    late = forms.BooleanField(label=_("Only past the deadline"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(reason.value, _(reason.sentence)) for reason in HoldReason if not reason.value.startswith("C")]
        reason_field = self.fields["reason"]
        assert isinstance(reason_field, forms.ChoiceField)
        reason_field.choices = [("", _("All")), *choices]


class PermitFilter(forms.Form):
    """The filters of a list of permits."""

    q = forms.CharField(label=_("Number or HS code"), required=False, max_length=35)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=(
            ("", _("All")),
            (PermitState.ISSUED.value, _("Valid")),
            (PermitState.EXHAUSTED.value, _("Used up")),
            (PermitState.SUSPENDED.value, _("Suspended")),
            (PermitState.REVOKED.value, _("Revoked")),
            (PermitState.EXPIRED.value, _("Expired")),
        ),
    )


class PermitForm(forms.Form):
    """A permit to be issued."""

    holder = forms.CharField(label=_("Holder"), max_length=17, help_text=_("EORI or taxpayer number, like ZZIMP0001"))
    code = forms.CharField(label=_("Type"), max_length=4, help_text=_("The document code, like 7P01"))
    number = forms.CharField(label=_("Permit number"), max_length=35)
    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS)
    hs_prefix = forms.CharField(label=_("HS code"), max_length=10, help_text=_("2 to 10 digits; all goods below it"))
    origin = forms.RegexField(
        label=_("Origin or destination"),
        regex=r"^[A-Z]{2}\Z",
        required=False,
        help_text=_("Two letters; empty for all countries"),
        error_messages={"invalid": _("A country has two capital letters, like BR.")},
    )
    quantity = QuantityField(label=_("Quantity"))
    unit = forms.CharField(label=_("Unit"), max_length=5, help_text=_("KGM kilograms, NAR pieces, and so on"))
    tolerance = QuantityField(label=_("Tolerance in per cent"), required=False)
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def order(self) -> PermitOrder:
        """What was asked for."""
        typed = dict(self.cleaned_data)
        typed["tolerance"] = typed["tolerance"] / PER_CENT
        typed["unit"] = typed["unit"].upper()
        return PermitOrder(**typed)

    def refuse(self, violations: Iterable[Violation]) -> None:
        """Show what the service refused at the fields that it is about."""
        for violation in violations:
            name = violation.pointer.lstrip("/")
            self.add_error(name if name in self.fields else None, violation.message)


class StepForm(forms.Form):
    """A step in the life of a permit."""

    step = forms.ChoiceField(
        label=_("Step"),
        choices=(("suspend", _("Suspend")), ("reinstate", _("Reinstate")), ("revoke", _("Revoke for good"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, steps: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        step_field = self.fields["step"]
        assert isinstance(step_field, forms.ChoiceField)
        step_field.choices = [choice for choice in StepForm.base_fields["step"].choices if choice[0] in steps]  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """What an agency asks of a declaration: documents of any kind, and the elements that its own law names."""

    documents = forms.MultipleChoiceField(
        label=_("Documents"), required=False, widget=forms.CheckboxSelectMultiple(), choices=()
    )
    elements = forms.MultipleChoiceField(
        label=_("Data"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        choices=(),
        help_text=_("What your law lets you ask for."),
    )
    hours = forms.IntegerField(label=_("Hours to answer"), initial=HOURS, min_value=1, max_value=HOURS_MAX)
    consequence = forms.CharField(label=_("What happens without an answer"), required=False, max_length=300)
    exception = forms.ChoiceField(
        label=_("Published exception"),
        required=False,
        choices=(),
        help_text=_("Only where what is here has to be asked for again."),
    )

    def __init__(self, *args: Any, agency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        register = list(elements().values())
        papers = [one for one in register if one.kind == "document"]
        papers.sort(key=lambda one: agency not in one.asked_by)  # the agency's own papers first
        data = [one for one in register if one.kind == "element" and agency in one.asked_by]
        scheme = profile(clock.today()).once_only
        grounds = [(one.id, f"{one.id}: {one.sentence}") for one in (scheme.exceptions if scheme else ())]
        for name, offered in (
            ("documents", [(one.code, f"{one.name} ({one.code})") for one in papers]),
            ("elements", [(one.code, f"{one.name} ({one.code})") for one in data]),
            ("exception", [("", "–"), *grounds]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered

    def clean(self) -> dict[str, Any]:
        """Something is asked for."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.codes:
            self.add_error("documents", _("Choose what you ask for."))
        return asked

    @property
    def codes(self) -> list[str]:
        """Everything that was chosen."""
        return [*self.cleaned_data.get("documents", ()), *self.cleaned_data.get("elements", ())]


class OriginalForm(forms.Form):
    """What the holder says of an original."""

    answer = forms.ChoiceField(
        label=_("Is it yours?"),
        choices=(
            ("confirm", _("Yes: we issued it, and it stands as issued")),
            ("disown", _("No: it is not ours")),
        ),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What the other body should know"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it is not yours."),
    )


class BindForm(forms.Form):
    """A document of the shelf, for a permit."""

    document = forms.ChoiceField(label=_("From your documents"), choices=())

    def __init__(self, *args: Any, shelf: Iterable[DocumentInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.id), f"{one.reference} ({one.code}) – {one.name}") for one in shelf]
