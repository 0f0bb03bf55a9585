"""Forms of penalties and disclosures."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from singlewindow.penalties.code import penalty_code
from singlewindow.penalties.services.disclosures import ELEMENT_MAX, FACTS_MAX
from singlewindow.penalties.services.penalties import BY_THE_WINDOW, REASON_MAX
from singlewindow.web.fields import PlainDecimalField


def _text(label: Any, help_text: Any, required: Any, *, most: int = FACTS_MAX, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required},
    )


def _amount(label: Any, help_text: Any) -> PlainDecimalField:
    return PlainDecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_digits=15,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("State the amount, or 0.")},
    )


class DiscloseForm(forms.Form):
    """An error that a party tells of itself."""

    mrn = forms.CharField(
        label=_("Declaration (MRN)"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 20}),
        error_messages={"required": _("State the number of the declaration.")},
    )
    offence = forms.ChoiceField(label=_("What was wrong"))
    element = forms.CharField(
        label=_("Which field"),
        required=False,
        max_length=ELEMENT_MAX,
        help_text=_("Where you know it, for example /items/0/origin. You may leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    facts = _text(
        _("What happened"),
        _("Say what was declared, what is right, and how the error came about."),
        _("Say what was wrong and how it happened."),
    )
    evaded = _amount(
        _("Duty and taxes not paid because of it"), _("Your own estimate; 0 where nothing was paid too little.")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offence"].choices = [  # type: ignore[attr-defined]
            (one.code, gettext(one.title)) for one in penalty_code(on).offences.values()
        ]


class NotifyForm(forms.Form):
    """What an officer holds against a person."""

    mrn = forms.CharField(
        label=_("Declaration (MRN)"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 20}),
        error_messages={"required": _("State the number of the declaration.")},
    )
    party = forms.ChoiceField(
        label=_("Person responsible"),
        choices=[("trader", _("Importer or exporter")), ("declarant", _("Declarant")), ("filer", _("Who filed it"))],
        help_text=_("Only the person who is responsible for the breach can be held to it."),
    )
    offence = forms.ChoiceField(label=_("Breach"))
    degree = forms.ChoiceField(label=_("How much the person is to be blamed"))
    facts = _text(
        _("Facts"), _("The person reads this word for word."), _("State the facts on which the penalty rests.")
    )
    base = _amount(
        _("Amount that the range is a share of"),
        _("Duty and taxes not paid, or the value of the goods, as the law of the breach says; 0 for fixed amounts."),
    )
    mitigations = forms.MultipleChoiceField(
        label=_("What speaks for the person"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("A disclosure on record and a first breach are counted without you."),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = penalty_code(on)
        choices = {
            "offence": [(one.code, f"{gettext(one.title)} · {one.law}") for one in code.offences.values()],
            "degree": [(one.code, gettext(one.title)) for one in code.degrees.values()],
            "mitigations": [
                (one.code, gettext(one.title)) for one in code.mitigations.values() if one.code not in BY_THE_WINDOW
            ],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What the person says to it."""

    text = _text(
        _("Your answer"),
        _("Say what speaks for you. It is read before anything is decided, and you can answer once."),
        _("Write your answer."),
    )


class DecideForm(forms.Form):
    """Why it is decided so."""

    reason = _text(
        _("Reason of the decision"),
        _("The person reads it."),
        _("Give the reason of the decision."),
        most=REASON_MAX,
        rows=3,
    )
