"""Forms of the webhook pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.web.statuses import status_for
from singlewindow.webhooks.rules import DESCRIPTION_LENGTH
from singlewindow.webhooks.services import EndpointWish
from singlewindow.webhooks.states import DeliveryState


class EndpointForm(forms.Form):
    """Where events go, and which."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("It begins with https:// and is reached at the usual port (443)."),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "url", "dir": "ltr", "inputmode": "url"}),
        error_messages={"required": _("Write the address.")},
    )
    description = forms.CharField(label=_("What it is for"), max_length=DESCRIPTION_LENGTH, required=False)
    event_types = forms.CharField(
        label=_("Only these types of event"),
        help_text=_("One a line, for example released. Leave it empty for all."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )

    def wish(self) -> EndpointWish:
        """What was said."""
        cleaned = self.cleaned_data
        return EndpointWish(cleaned["url"], cleaned["description"], tuple(cleaned["event_types"].split()))


class LogForm(forms.Form):
    """Which part of the log is shown."""

    state = forms.ChoiceField(label=_("State"), required=False)
    type = forms.CharField(label=_("Type"), required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, status_for("delivery", state.value).label) for state in DeliveryState]
        self.fields["state"] = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *states])


class SpanForm(forms.Form):
    """A span of time whose events are sent again, in UTC."""

    since = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
