"""Filters of the cargo pages; they live in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.cargo.states import CargoState, ManifestState
from singlewindow.kernel import clock
from singlewindow.reference.selectors import offices

STATES = {
    ManifestState.PRE_ARRIVAL: _("Expected"),
    ManifestState.ARRIVED: _("Arrived"),
    ManifestState.DEPARTED: _("Has left"),
    ManifestState.CANCELLED: _("Cancelled"),
}
MODES = {"sea": _("Sea"), "air": _("Air"), "road": _("Road"), "rail": _("Rail")}
AGES = {"1": _("Over 1 day"), "3": _("Over 3 days"), "7": _("Over 7 days"), "30": _("Over 30 days")}
CARGO_STATES = {
    CargoState.CITED: _("Not arrived or not accepted yet"),
    CargoState.UNMANIFESTED: _("Accepted without a manifest"),
}


def _office_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Office"), required=False)


class _OfficeFilter(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *((office.id, office.name) for office in offices(clock.today()))]


class ManifestFilter(forms.Form):
    """The filters of the list of manifests."""

    q = forms.CharField(label=_("Reference, ship, voyage or bill"), required=False, max_length=35)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATES.items()])
    mode = forms.ChoiceField(label=_("Mode"), required=False, choices=[("", _("All")), *MODES.items()])


class UndeclaredFilter(_OfficeFilter):
    """The filters of goods that nobody declared."""

    office = _office_field()
    mode = forms.ChoiceField(label=_("Mode"), required=False, choices=[("", _("All")), *MODES.items()])
    age = forms.ChoiceField(label=_("Here for"), required=False, choices=[("", _("All")), *AGES.items()])


class UnmanifestedFilter(_OfficeFilter):
    """The filters of declarations without a manifest."""

    office = _office_field()
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *CARGO_STATES.items()])
