"""Forms of fees: the duty calculator, and booking money received."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.kernel import clock
from singlewindow.reference.selectors import codes, profile
from singlewindow.reference.types import CodeListName

CODE_FORM = re.compile(r"[0-9]{6}|[0-9]{8}|[0-9]{10}", re.ASCII)
UNITS = (
    ("", "–"),
    ("NAR", _("items")),
    ("LTR", _("litres")),
    ("LPA", _("litres of pure alcohol")),
    ("MIL", _("thousand items")),
    ("NPR", _("pairs")),
    ("MTK", _("square metres")),
    ("MWH", _("megawatt hours")),
)
LARGEST = Decimal(10) ** 12


class PlainDecimal(forms.CharField):
    """A number typed as digits with at most one point: what a person types is never guessed at."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "field--short"})

    def clean(self, value: Any) -> Any:
        """The number, or a sentence that says what to type."""
        text = super().clean(value)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text, re.ASCII):
            raise forms.ValidationError(
                _("%(label)s: type digits with a point, for example 1250.50."), params={"label": self.label}
            )
        return Decimal(text)


def _choices(name: CodeListName, on: date, empty: Any) -> list[tuple[str, Any]]:
    found = [(code.code, f"{code.name} ({code.code})") for code in codes(name, on)]
    return [("", empty), *sorted(found, key=lambda pair: str(pair[1]))]


class CalculatorForm(forms.Form):
    """What goods of one kind would cost; every answer lives in the address, so that a quote can be shared."""

    code = forms.CharField(
        label=_("Goods"),
        max_length=80,
        help_text=_("Commodity code of 6, 8 or 10 digits, or words to look it up (coffee, phones)."),
    )
    origin = forms.ChoiceField(label=_("Country of origin"))
    value = PlainDecimal(label=_("Price of the goods"))
    currency = forms.ChoiceField(label=_("Currency"))
    freight = PlainDecimal(label=_("Freight to the border"), required=False)
    insurance = PlainDecimal(label=_("Insurance"), required=False)
    net_mass_kg = PlainDecimal(label=_("Net mass in kg"), required=False)
    quantity = PlainDecimal(
        label=_("Quantity"), required=False, help_text=_("Only where a rate is charged on it, as for drinks.")
    )
    unit = forms.ChoiceField(label=_("Unit of the quantity"), choices=UNITS, required=False)
    proof = forms.BooleanField(label=_("I hold a proof of origin and claim the preference"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on = clock.today()
        self._field("origin").choices = _choices(CodeListName.COUNTRY, on, _("Choose a country"))
        self._field("currency").choices = _choices(CodeListName.CURRENCY, on, _("Choose a currency"))[1:]
        self._field("currency").initial = profile(on).currency

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field


class CreditForm(forms.Form):
    """Money received for a trader."""

    identifier = forms.CharField(label=_("Organisation (identifier)"), max_length=17)
    amount = PlainDecimal(label=_("Amount"))
    reference = forms.CharField(
        label=_("Payment reference"),
        max_length=60,
        help_text=_("The bank's reference. The same reference is booked only once."),
    )


class RulingForm(forms.Form):
    """An advance ruling to be registered."""

    number = forms.CharField(label=_("Number"), max_length=35)
    holder = forms.CharField(label=_("Holder (identifier)"), max_length=17)
    commodity_code = forms.CharField(label=_("Commodity code"), max_length=10)
    origin = forms.CharField(
        label=_("Origin"), max_length=2, required=False, help_text=_("Empty where the ruling is on the code alone.")
    )
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    goods = forms.CharField(
        label=_("Goods"), max_length=500, help_text=_("It is published: write nothing that tells whose goods they are.")
    )
    text = forms.CharField(label=_("The ruling"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))


class NoticeCompareForm(forms.Form):
    """What stands on a printed notice, to be compared with what was assessed."""

    mrn = forms.CharField(label=_("Declaration number (MRN) on the notice"), max_length=18)
    total = PlainDecimal(label=_("Total on the notice"))


class QuoteVerifyForm(forms.Form):
    """A quote as it was answered, and the signature that came with it."""

    LONGEST = 900_000
    quote = forms.CharField(
        label=_("Quote"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("The whole answer, from the first { to the last }."),
    )
    signature = forms.CharField(
        label=_("Signature"),
        max_length=4096,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("The header Quote-Signature of the answer."),
    )
