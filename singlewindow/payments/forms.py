"""Forms of payments: what is typed is read as it stands or refused, never guessed at."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.kernel.money import minor_unit, to_minor
from singlewindow.payments.rules.references import iban_read
from singlewindow.payments.services.clearing import REASON_LENGTH
from singlewindow.payments.treasury import treasury

AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,3})?", re.ASCII)
IDS_MOST = 200


def _minor(text: str, currency: str) -> int:
    """A typed amount in minor units; 0 for what is no plain number of the currency."""
    try:
        return to_minor(Decimal(text), currency) if AMOUNT.fullmatch(text) else 0
    except ValueError:
        return 0


class ChooseForm(forms.Form):
    """What is to be paid at once: chosen from the list, and an amount onto the prepaid account."""

    amount = forms.CharField(
        label=_("Amount to pay in"),
        required=False,
        max_length=20,
        help_text=_("Digits with a point, such as 250.00. Leave it empty to pay only what is chosen above."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "field--short"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(currency, currency) for currency in treasury()]

    def clean(self) -> dict[str, Any]:
        """The amount in minor units of its currency."""
        values: dict[str, Any] = super().clean() or {}
        text = values.get("amount", "").strip()
        currency = values.get("currency") or next(iter(treasury()))
        values["minor"], values["currency"] = 0, currency
        if text:
            values["minor"] = _minor(text, currency)
            if not values["minor"]:
                places = minor_unit(currency)
                self.add_error("amount", _("Type digits with a point and at most %(n)d decimals.") % {"n": places})
        return values

    def chosen(self, name: str) -> list[UUID]:
        """The ids that were ticked; what is no id is left out, and so is what comes after two hundred."""
        found = []
        for text in self.data.getlist(name)[:IDS_MOST] if hasattr(self.data, "getlist") else []:
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return list(dict.fromkeys(found))


class BankAccountForm(forms.Form):
    """Where an organisation wants to be paid."""

    iban = forms.CharField(label=_("IBAN"), max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    holder = forms.CharField(label=_("Holder of the account"), max_length=70)

    def clean_iban(self) -> str:
        """The number with right check digits."""
        found = iban_read(str(self.cleaned_data["iban"]))
        if not found:
            raise forms.ValidationError(_("The check digits of this IBAN are wrong. Copy it from your bank."))
        return found


class PayOutForm(forms.Form):
    """How much of the prepaid account is to be paid out."""

    out_amount = forms.CharField(
        label=_("Amount to pay out"),
        max_length=20,
        help_text=_("Digits with a point, such as 250.00."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "field--short"}),
    )
    out_currency = forms.ChoiceField(label=_("Currency"))
    key = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["out_currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(currency, currency) for currency in treasury()]

    def clean(self) -> dict[str, Any]:
        """The amount in minor units of its currency."""
        values: dict[str, Any] = super().clean() or {}
        text, currency = values.get("out_amount", ""), values.get("out_currency", "")
        values["minor"] = _minor(text, currency) if text and currency else 0
        if text and not values["minor"]:
            places = minor_unit(currency)
            self.add_error("out_amount", _("Type digits with a point and at most %(n)d decimals.") % {"n": places})
        return values


class ClearForm(forms.Form):
    """Whose the money is, or where it goes back to, and why."""

    identifier = forms.CharField(
        label=_("Organisation (identifier)"),
        max_length=17,
        required=False,
        help_text=_("Leave it empty to send the money back or to use the reference of a basket."),
    )
    reference = forms.CharField(label=_("Reference of a basket"), max_length=40, required=False)
    iban = forms.CharField(
        label=_("IBAN to send it back to"),
        max_length=42,
        required=False,
        help_text=_("Only where the bank told none, or another one is right."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("What shows whose money it is. It stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason.")},
    )


class BankFileForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=_("File of the bank"),
        help_text=_("A statement (camt.053) or the answer to payment orders (pain.002), at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
        error_messages={"required": _("Choose a file first.")},
    )
