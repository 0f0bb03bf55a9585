"""Forms of guarantees: an application, the examination, changes, access codes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.guarantees.rules.granting import VOUCHER_AMOUNT, VOUCHERS_MOST, Application
from singlewindow.guarantees.types import CRITERIA, GuaranteeType
from singlewindow.web.fields import PlainDecimalField

TYPES = (
    (GuaranteeType.COMPREHENSIVE.value, _("Comprehensive guarantee, for many declarations")),
    (GuaranteeType.WAIVER.value, _("Comprehensive guarantee with waiver")),
    (GuaranteeType.UNDERTAKING.value, _("Individual guarantee by a guarantor")),
    (GuaranteeType.CASH.value, _("Individual guarantee in cash")),
    (GuaranteeType.VOUCHER.value, _("Individual guarantee by voucher")),
    (GuaranteeType.PUBLIC_BODY.value, _("Public body")),
    (GuaranteeType.MULTIPLE_USE.value, _("Individual guarantee for several uses")),
    (GuaranteeType.TIR.value, _("TIR carnet")),
)
TYPE_WORDS = dict(TYPES)
CRITERIA_WORDS = {
    "accounts": _("Accounts that customs can check"),
    "internal_control": _("Internal control that prevents errors"),
    "solvency": _("Sound finances"),
    "payments": _("Debts paid in time for three years"),
    "disclosure": _("Staff who tell customs of difficulties"),
    "logistics": _("Access of customs to records of goods and transport"),
}
STEP_WORDS = (
    ("suspend", _("Suspend")),
    ("reinstate", _("Put in force again")),
    ("revoke", _("Revoke")),
    ("cancel", _("Give notice of its end")),
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.replace(",", " ").upper().split()))


class ApplyForm(forms.Form):
    """What a guarantee is to be; an officer names its holder."""

    type = forms.ChoiceField(label=_("Kind"), choices=TYPES)
    reference_amount = PlainDecimalField(
        label=_("Reference amount"),
        max_digits=15,
        decimal_places=4,
        min_value=0,
        help_text=_("The sum of the debts that may stand at the same time. A voucher is worth 10,000."),
    )
    currency = forms.CharField(label=_("Currency"), initial="EUR", max_length=3)
    vouchers = forms.IntegerField(
        label=_("Number of vouchers"),
        required=False,
        min_value=1,
        max_value=VOUCHERS_MOST,
        help_text=_("Only for vouchers."),
    )
    guarantor_name = forms.CharField(
        label=_("Guarantor"), required=False, max_length=120, help_text=_("The bank or insurer who stands for it.")
    )
    guarantor_identifier = forms.CharField(label=_("Identifier of the guarantor"), required=False, max_length=17)
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it open for a guarantee without end."),
    )
    offices = forms.CharField(
        label=_("Only at these offices"), required=False, max_length=200, help_text=_("Office codes; empty for all.")
    )
    countries_excluded = forms.CharField(
        label=_("Not for these countries"),
        required=False,
        max_length=200,
        help_text=_("Country codes; empty for none."),
    )
    commodities = forms.CharField(
        label=_("Only for these goods"), required=False, max_length=300, help_text=_("Beginnings of commodity codes.")
    )
    sensitive_excluded = forms.CharField(
        label=_("Not for these sensitive goods"),
        required=False,
        max_length=300,
        help_text=_("Beginnings of commodity codes, such as 2208 for spirits and 2402 for cigarettes."),
    )

    LIMITS = ("offices", "countries_excluded", "commodities", "sensitive_excluded")

    @property
    def limits(self) -> list[forms.BoundField]:
        """What narrows a guarantee; most have none of it."""
        return [self[name] for name in self.LIMITS]

    @property
    def limits_told(self) -> bool:
        """Whether anything of it was filled in, or refused."""
        return any(field.value() or field.errors for field in self.limits)

    @property
    def essentials(self) -> list[forms.BoundField]:
        """What every application says."""
        return [self[name] for name in self.fields if name not in self.LIMITS]

    def application(self) -> Application:
        """What was filled in."""
        told: dict[str, Any] = self.cleaned_data
        return Application(
            type=GuaranteeType(told["type"]),
            currency=told["currency"].upper(),
            reference_amount=told["reference_amount"],
            vouchers=told["vouchers"] or 1,
            guarantor_name=told["guarantor_name"],
            guarantor_identifier=told["guarantor_identifier"],
            valid_from=told["valid_from"],
            valid_to=told["valid_to"],
            offices=_words(told["offices"]),
            countries_excluded=_words(told["countries_excluded"]),
            commodities=_words(told["commodities"]),
            sensitive_excluded=_words(told["sensitive_excluded"]),
        )

    def clean(self) -> dict[str, Any]:
        """A voucher has one amount; it need not be written."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("type") == GuaranteeType.VOUCHER.value and "reference_amount" not in told:
            told["reference_amount"] = VOUCHER_AMOUNT
        return told


class RegisterForm(ApplyForm):
    """The same with its holder, for officers."""

    holder = forms.CharField(label=_("Holder"), max_length=17, help_text=_("Identifier of the organisation."))

    field_order = ("holder",)


class ProposeForm(forms.Form):
    """What was examined: how much must be guaranteed and why."""

    level = forms.TypedChoiceField(
        label=_("How much must be guaranteed"),
        coerce=int,
        choices=[(level, f"{level} %") for level in CRITERIA],
        help_text=_("Less than 100 per cent only of a comprehensive guarantee; 0 is a waiver."),
    )
    criteria = forms.MultipleChoiceField(
        label=_("What was shown"),
        required=False,
        choices=list(CRITERIA_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RefuseForm(forms.Form):
    """Why an application is refused."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class StepForm(forms.Form):
    """A step of the life of a guarantee, with its reason."""

    step = forms.ChoiceField(label=_("Step"), choices=STEP_WORDS)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class LimitForm(forms.Form):
    """A new limit."""

    limit = PlainDecimalField(
        label=_("New limit"),
        max_digits=15,
        decimal_places=4,
        min_value=0,
        help_text=_("Lowered at once; raised when a second person agrees. Never below what is used."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CodeForm(forms.Form):
    """A new access code."""

    code = forms.CharField(
        label=_("New access code"),
        required=False,
        max_length=4,
        help_text=_("Four letters and digits. Leave it empty and the window makes one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "field--short"}),
    )
    kind = forms.ChoiceField(
        label=_("Whose code"),
        choices=(
            ("main", _("Main code, in place of the one before")),
            ("additional", _("Additional code, for a broker")),
        ),
    )
    label = forms.CharField(label=_("For whom"), required=False, max_length=60, help_text=_("Of an additional code."))
