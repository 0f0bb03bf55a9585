"""Filters of the list of captured events, and the form that registers a device."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.capture.rules import plate_key
from singlewindow.capture.types import DeviceKind, EventKind, Mark
from singlewindow.kernel import clock
from singlewindow.reference.selectors import offices

KINDS = {
    EventKind.PLATE: _("Number plate"),
    EventKind.CONTAINER: _("Container number"),
    EventKind.WEIGHT: _("Weight"),
    EventKind.SEAL: _("Seal"),
    EventKind.SCAN: _("Scan picture"),
}
DEVICES = {
    DeviceKind.GATE_CAMERA: _("Gate camera"),
    DeviceKind.SCALE: _("Scale"),
    DeviceKind.SEAL_READER: _("Seal reader"),
    DeviceKind.SCANNER: _("Scanner"),
}
MARKS = {
    Mark.MISREAD: _("Misread: the check digit is wrong"),
    Mark.CLOCK_AHEAD: _("The clock of the device is ahead"),
    Mark.UNCALIBRATED: _("The calibration was over"),
    Mark.NO_TARE: _("No tare, so not compared"),
    Mark.NO_SUBJECT: _("Nothing says whose goods it is about"),
}
SEALS = {"intact": _("Intact"), "broken": _("Broken"), "missing": _("Missing")}
VERDICTS = {
    "agrees": _("Agrees with what is declared"),
    "contradicts": _("Contradicts what is declared"),
    "unclear": _("Unclear"),
}


class CapturedForm(forms.Form):
    """The filters of the list; they live in the address."""

    container = forms.CharField(label=_("Container"), required=False, max_length=17)
    plate = forms.CharField(label=_("Number plate"), required=False, max_length=17)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *((kind.value, name) for kind, name in KINDS.items())]
    )
    difference = forms.ChoiceField(
        label=_("Difference"),
        required=False,
        choices=[("", _("All")), ("differs", _("Differs from a declaration")), ("marked", _("With a remark"))],
    )

    def clean_container(self) -> str:
        """The number as it is kept."""
        return str(self.cleaned_data["container"]).strip().upper()

    def clean_plate(self) -> str:
        """The plate in its plain form."""
        return plate_key(str(self.cleaned_data["plate"]))


class DeviceForm(forms.Form):
    """A device to register."""

    number = forms.CharField(label=_("Number"), max_length=40, help_text=_("As the device names itself in its events"))
    owner = forms.CharField(
        label=_("Owner"), max_length=17, help_text=_("Identifier of the organisation whose software speaks for it")
    )
    office = forms.ChoiceField(label=_("Office"))
    place = forms.CharField(label=_("Place"), max_length=35, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, name) for kind, name in DEVICES.items()])
    calibrated_until = forms.DateField(
        label=_("Calibrated until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("A scale needs it"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(office.id, office.name) for office in offices(clock.today())]


class CalibrationForm(forms.Form):
    """Until when a device is calibrated."""

    calibrated_until = forms.DateField(label=_("Calibrated until"), widget=forms.DateInput(attrs={"type": "date"}))
