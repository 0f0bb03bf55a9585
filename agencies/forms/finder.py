"""The question of the requirement finder."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.desk import DIRECTIONS


class RequirementForm(forms.Form):
    """What goods, which way, from or to where, under which procedure, on which day."""

    hs = forms.RegexField(
        label=_("HS code"),
        regex=r"^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10})\Z",
        help_text=_("2 to 10 digits, like 080510"),
        error_messages={"invalid": _("An HS code has 2, 4, 6, 8 or 10 digits.")},
    )
    direction = forms.ChoiceField(
        label=_("Direction"), choices=DIRECTIONS, help_text=_("Which way the goods cross the border")
    )
    country = forms.RegexField(
        label=_("Country"),
        regex=r"^[A-Z]{2}\Z",
        help_text=_("Origin or destination, two letters"),
        error_messages={"invalid": _("A country has two capital letters, like MA.")},
    )
    procedure = forms.RegexField(
        label=_("Procedure"),
        regex=r"^[0-9A-Z]{2}(?:[0-9A-Z]{2})?\Z",
        required=False,
        help_text=_("Like 4000; empty for all"),
        error_messages={"invalid": _("A procedure has two or four characters, like 4000.")},
    )
    end_use = forms.RegexField(
        label=_("End use"),
        regex=r"^[0-9A-Z]{3}\Z",
        required=False,
        help_text=_("Additional procedure that names the use, three characters"),
        error_messages={"invalid": _("An end use has three characters, like E01.")},
    )
    on = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty for today")
    )
