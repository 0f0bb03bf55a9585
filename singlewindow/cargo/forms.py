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
SUBJECTS = {
    "manifest": _("Manifest"),
    "bill": _("Bill"),
    "containers": _("Container"),
    "container": _("Container"),
    "mrn": _("Declaration (MRN)"),
    "ucr": _("Consignment (UCR)"),
    "call": _("Conveyance"),
}
"""What may be told of, as it is asked for and as it is kept."""

MOVEMENTS = {"arrived": _("Has arrived"), "departed": _("Has left"), "expected": _("Expected")}
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


class ArrivalForm(forms.Form):
    """What has arrived or left."""

    movement = forms.ChoiceField(
        label=_("What happened"), choices=[(name, MOVEMENTS[name]) for name in ("arrived", "departed")]
    )
    subject = forms.ChoiceField(
        label=_("To what"),
        choices=[(name, SUBJECTS[name]) for name in ("manifest", "containers", "bill", "mrn", "ucr")],
    )
    reference = forms.CharField(label=_("Its number or reference"), max_length=35)
    place = forms.RegexField(
        label=_("Place"),
        required=False,
        regex=r"^[A-Z0-9]+$",
        max_length=35,
        help_text=_("Code of the berth, warehouse or gate, for example ZZAMAPORT1."),
        error_messages={"invalid": _("Capital letters and digits only.")},
    )
