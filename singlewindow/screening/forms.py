"""Forms of the screening pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.screening.services.decisions import REASON_LENGTH
from singlewindow.screening.states import Verdict
from singlewindow.screening.types import QueryKind, ScreenQuery

KINDS = (
    (QueryKind.PARTY.value, _("Person or organisation")),
    (QueryKind.PERSON.value, _("Person")),
    (QueryKind.ORGANISATION.value, _("Organisation")),
    (QueryKind.VESSEL.value, _("Vessel or aircraft")),
    (QueryKind.ADDRESS.value, _("Address")),
)
NAME_LENGTH = 1_000


class QueryForm(forms.Form):
    """A name to be tried against the lists in force."""

    name = forms.CharField(
        label=_("Name or address"),
        help_text=_("In any script and any order of words."),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Write a name.")},
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)
    country = forms.CharField(label=_("Country"), help_text=_("Two letters."), max_length=2, required=False)
    birth = forms.CharField(label=_("Year of birth"), max_length=10, required=False)
    identifier = forms.CharField(
        label=_("Number"), help_text=_("IMO, passport, register."), max_length=60, required=False
    )

    def query(self) -> ScreenQuery:
        """What was asked."""
        cleaned = self.cleaned_data
        return ScreenQuery(
            cleaned["name"],
            QueryKind(cleaned["kind"] or QueryKind.PARTY.value),
            cleaned["country"].upper(),
            cleaned["birth"],
            cleaned["identifier"],
        )


class DecisionForm(forms.Form):
    """What an officer says of a possible match."""

    verdict = forms.ChoiceField(
        label=_("Is it them?"),
        choices=((Verdict.DISMISSED.value, _("No, somebody else")), (Verdict.CONFIRMED.value, _("Yes, it is them"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is them.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept, and shown whenever the name comes again."),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )
    revises = forms.UUIDField(required=False, widget=forms.HiddenInput)
