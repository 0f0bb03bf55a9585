"""The form with which a second person decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.approvals.services import REASON_LENGTH


class DecideForm(forms.Form):
    """The reason, whichever way it is decided."""

    reason = forms.CharField(
        label=_("Reason of the decision"),
        max_length=REASON_LENGTH,
        help_text=_("What you looked at, and why you agree or do not. It stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason of the decision.")},
    )


class WithdrawForm(forms.Form):
    """Why it is taken back; may be left out."""

    reason = forms.CharField(
        label=_("Why you take it back"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.TextInput(),
    )
