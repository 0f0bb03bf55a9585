"""What is told of a document on its page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.documents.rules.details import TEXT_MAX, DocumentDetails
from singlewindow.documents.services import details_of
from singlewindow.kernel import clock
from singlewindow.reference.selectors import codes
from singlewindow.reference.types import CodeListName


class DayInput(forms.DateInput):
    """A day, chosen from a calendar where the browser has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def document_codes() -> list[tuple[str, str]]:
    """Codes of documents with their names, by name."""
    known = codes(CodeListName.DOCUMENT_TYPE, clock.today())
    return sorted(((code.code, f"{code.name} ({code.code})") for code in known), key=lambda pair: pair[1])


class DetailsForm(forms.Form):
    """Code, number and issuer: what the file proves."""

    code = forms.ChoiceField(label=_("What it is"))
    reference = forms.CharField(
        label=_("Number on the document"),
        max_length=TEXT_MAX,
        help_text=_("As you write it in your declarations: then it is found there by itself."),
    )
    issuer = forms.CharField(label=_("Who issued it"), max_length=TEXT_MAX, required=False)
    issued_on = forms.DateField(label=_("Issued on"), required=False, widget=DayInput())
    valid_to = forms.DateField(label=_("Valid to"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *document_codes()]

    def details(self) -> DocumentDetails:
        """What was filled in."""
        data = self.cleaned_data
        return details_of(data["code"], data["reference"], data["issuer"], data["issued_on"], data["valid_to"])
