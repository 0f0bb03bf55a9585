"""Forms of the alert list: what is looked for, and an entry that is proposed."""

from collections.abc import Iterable

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.rules.alert_check import BASIS_LENGTH, OWNER_LENGTH, REASON_LENGTH, VALUE_LENGTH
from risk.selectors.alerts import AlertStands
from risk.types import AlertKind
from singlewindow.kernel.errors import Violation

KINDS: dict[AlertKind, str | Promise] = {
    AlertKind.PARTY: _("Party, by identification"),
    AlertKind.NAME: _("Party, by name"),
    AlertKind.CONTAINER: _("Container"),
    AlertKind.GOODS: _("Goods, by commodity code"),
}
STANDS: dict[AlertStands, str | Promise] = {
    AlertStands.LIVE: _("Live"),
    AlertStands.PROPOSED: _("Waits for a second person"),
    AlertStands.EXPIRED: _("Expired"),
    AlertStands.ENDED: _("Ended"),
}


class AlertFilter(forms.Form):
    """Which entries are shown."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *((one.value, text) for one, text in STANDS.items())]
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *((one.value, text) for one, text in KINDS.items())]
    )


class AlertForm(forms.Form):
    """An entry as one person proposes it; its rules judge it, and tell it here."""

    kind = forms.ChoiceField(
        label=_("Watch for"),
        choices=[(one.value, text) for one, text in KINDS.items()],
        initial=AlertKind.PARTY.value,
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=_("Value"),
        max_length=VALUE_LENGTH,
        help_text=_("The identification, the name in any order of words, the container number, or the first digits."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    origin = forms.CharField(
        label=_("Origin"), max_length=2, required=False, help_text=_("Two letters; for goods only, empty for all.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, help_text=_("Officers read it on the case."))
    basis = forms.CharField(
        label=_("Legal basis"), max_length=BASIS_LENGTH, help_text=_("The act or the order that it rests on.")
    )
    owner = forms.CharField(label=_("Owner"), max_length=OWNER_LENGTH, help_text=_("Who answers for it."))
    valid_to = forms.DateField(
        label=_("Last day"),
        help_text=_("180 days off at most; then it is out of force by itself."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def refuse(self, violations: Iterable[Violation]) -> None:
        """Tell what the rules found at the fields that they name."""
        for one in violations:
            name = one.pointer.strip("/")
            self.add_error(name if name in self.fields else None, gettext(one.message))


class AlertEndForm(forms.Form):
    """Why an entry is to leave the list before its last day."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("Who agrees reads it, and it stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
