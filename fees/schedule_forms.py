"""Forms of the public schedule: drafting a charge, comments and answers, and describing a consignment."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fees.forms import CODE_FORM, PlainDecimal
from fees.rules.schedule import COMMENT_DAYS, COMMENT_LONGEST, ChargeTerms, CostPart
from fees.services.schedule.drafts import REASON_LONGEST
from fees.types import ChargeEvent, Direction
from fees.wording import EVENTS
from singlewindow.kernel import clock
from singlewindow.reference.selectors import codes, offices, profile
from singlewindow.reference.types import CodeListName

PARTS = 5
"""Parts of a cost that the form takes."""
MOST = 999
"""Containers, days or hours of one consignment."""


class PlainCount(forms.CharField):
    """A number of things, typed as digits."""

    def __init__(self, *, most: int = MOST, **kwargs: Any) -> None:
        super().__init__(max_length=9, **kwargs)
        self.most = most
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "class": "field--short"})

    def clean(self, value: Any) -> Any:
        """The number; none typed is none."""
        text = super().clean(value)
        if not text:
            return 0
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or int(text) > self.most:
            raise forms.ValidationError(
                _("%(label)s: type a whole number up to %(most)s."), params={"label": self.label, "most": self.most}
            )
        return int(text)


class Day(forms.DateField):
    """A day, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)


def _long(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DraftForm(forms.Form):
    """A charge as an authority drafts it, with the cost of the service in figures."""

    code = forms.CharField(label=_("Code"), max_length=10, help_text=_("Of the charge that changes, or a new one."))
    title = forms.CharField(label=_("What is charged"), max_length=120)
    law = forms.CharField(label=_("Law"), max_length=160)
    event = forms.ChoiceField(
        label=_("When it is due"), choices=[(one.value, EVENTS[one.value]) for one in ChargeEvent]
    )
    unit = forms.CharField(label=_("Counted"), max_length=40, help_text=_("For example: per declaration."))
    amount = PlainDecimal(label=_("Fixed amount"), required=False)
    percentage = PlainDecimal(label=_("Share of the value in per cent"), required=False)
    minimum = PlainDecimal(label=_("Not less than"), required=False)
    maximum = PlainDecimal(label=_("Not more than"), required=False)
    expected_charge = PlainDecimal(
        label=_("What one service is charged on average"), required=False, help_text=_("Only for a share of the value.")
    )
    prefixes = forms.CharField(
        label=_("Goods"), max_length=200, required=False, help_text=_("First digits of their codes; empty for all.")
    )
    valid_from = Day(label=_("In force from"))
    valid_to = Day(label=_("Last day"), required=False)
    comment = forms.CharField(label=_("Note in the schedule"), max_length=300, required=False)
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=_long())
    cost_basis = forms.CharField(label=_("How the cost was found"), max_length=2000, widget=_long())
    services_a_year = PlainCount(label=_("Services a year"), most=999_999_999)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, PARTS + 1):
            needed = number == 1
            label, amount = _("Part %(number)s of the cost"), _("Cost a year of part %(number)s")
            self.fields[f"part_{number}"] = forms.CharField(
                label=label % {"number": number}, max_length=80, required=needed
            )
            self.fields[f"cost_{number}"] = PlainDecimal(label=amount % {"number": number}, required=needed)

    def parts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of the parts of the cost, two by two."""
        return [(self[f"part_{number}"], self[f"cost_{number}"]) for number in range(1, PARTS + 1)]

    def terms(self, *, authority: str, authority_name: str) -> ChargeTerms:
        """What the valid form says, as terms; the rules have the last word."""
        said = self.cleaned_data
        lines = [(said[f"part_{n}"].strip(), said[f"cost_{n}"]) for n in range(1, PARTS + 1)]
        amount, average = said["amount"], said["expected_charge"]
        return ChargeTerms(
            **{name: said[name].strip() for name in ("title", "law", "unit", "comment", "reason", "cost_basis")},
            **{name: said[name] for name in ("percentage", "minimum", "maximum", "valid_from", "valid_to")},
            code=said["code"].strip().upper(),
            authority=authority,
            authority_name=authority_name,
            event=ChargeEvent(said["event"]),
            amount=amount,
            prefixes=tuple(said["prefixes"].split()),
            in_vat_base=False,
            cost_parts=tuple(CostPart(label, cost or Decimal(0)) for label, cost in lines if label or cost),
            services_a_year=said["services_a_year"],
            expected_charge=amount if amount is not None else (average or Decimal(0)),
        )


def initial_of(terms: ChargeTerms) -> dict[str, Any]:
    """What a form shows of terms that are there already."""
    shown = {name: getattr(terms, name) for name in ChargeTerms.__slots__}
    shown = {name: _plain(value) for name, value in shown.items() if not isinstance(value, tuple)}
    shown |= {"prefixes": " ".join(terms.prefixes), "event": terms.event.value}
    for number, part in enumerate(terms.cost_parts[:PARTS], start=1):
        shown |= {f"part_{number}": part.label, f"cost_{number}": _plain(part.amount)}
    if terms.amount is not None:
        shown["expected_charge"] = ""
    return shown


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class OpenForm(forms.Form):
    """Until when a draft takes comments."""

    comments_until = Day(label=_("Comments until"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comments_until"].initial = on + timedelta(days=COMMENT_DAYS)


class CommentForm(forms.Form):
    """A comment of the public."""

    text = forms.CharField(
        label=_("Your comment"),
        max_length=COMMENT_LONGEST,
        widget=_long(5),
        help_text=_("Everybody reads it under the name of your organisation."),
    )


class AnswerForm(forms.Form):
    """The answer of the authority, or why none is needed."""

    answer = forms.CharField(label=_("Answer"), max_length=COMMENT_LONGEST, required=False, widget=_long(3))
    no_answer_reason = forms.CharField(label=_("Or why no answer is needed"), max_length=REASON_LONGEST, required=False)


class ProposeForm(forms.Form):
    """Putting a draft before a second person."""

    urgent_reason = forms.CharField(
        label=_("Why it cannot wait for the end of the comments"),
        max_length=REASON_LONGEST,
        required=False,
        help_text=_("Only where it is urgent; it is published with the charge."),
    )


class WithdrawForm(forms.Form):
    """Taking a draft back."""

    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=REASON_LONGEST)


class EstimateForm(forms.Form):
    """A consignment, described for what it is charged; every answer lives in the address."""

    direction = forms.ChoiceField(
        label=_("Direction"), choices=[(Direction.IMPORT.value, _("Import")), (Direction.EXPORT.value, _("Export"))]
    )
    office = forms.ChoiceField(label=_("Customs office"))
    code = forms.CharField(label=_("Commodity code"), max_length=13, help_text=_("6, 8 or 10 digits."))
    value = PlainDecimal(label=_("Customs value of the goods"))
    currency = forms.ChoiceField(label=_("Currency"))
    net_mass_kg = PlainDecimal(label=_("Net mass in kg"), required=False)
    containers = PlainCount(label=_("Containers"), required=False)
    storage_days = PlainCount(label=_("Days in storage beyond the free ones"), required=False)
    overtime_hours = PlainCount(label=_("Officer hours outside office hours"), required=False)
    on = Day(label=_("On the day"), required=False)

    def __init__(self, *args: Any, permits: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self._choices("office", [(office.id, f"{office.name} ({office.id})") for office in offices(today)])
        self._choices("currency", _currencies(today))
        self.fields["currency"].initial = profile(today).currency
        self.fields["permits"] = forms.MultipleChoiceField(
            label=_("Permits to apply for"), choices=permits, required=False, widget=forms.CheckboxSelectMultiple
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_code(self) -> str:
        """The digits of the code, however they are grouped."""
        text = re.sub(r"[ .\-]", "", self.cleaned_data["code"])
        if not CODE_FORM.fullmatch(text):
            raise forms.ValidationError(_("A commodity code has 6, 8 or 10 digits."))
        return text


def _currencies(on: date) -> list[tuple[str, str]]:
    return sorted((one.code, f"{one.name} ({one.code})") for one in codes(CodeListName.CURRENCY, on))
