"""Forms for certificates that come in, entries by hand, disclaimers and reversals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.desk import QuantityField
from agencies.services.contingency import ISSUER_DOWN, PAPER, ContingencyOrder

UPLOAD_BYTES_MAX = 1_048_576


class CertificateForm(forms.Form):
    """The message of another country, as a file."""

    file = forms.FileField(label=_("Certificate (XML)"), help_text=_("UN/CEFACT SPSCertificate, as ePhyto sends it"))

    def clean_file(self) -> Any:
        """It is not larger than a certificate may be."""
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_BYTES_MAX:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        return file


class ContingencyForm(forms.Form):
    """A permit that the window cannot ask for."""

    mrn = forms.CharField(label=_("MRN"), max_length=18)
    item = forms.IntegerField(label=_("Item"), required=False, min_value=0, help_text=_("Empty for all items"))
    code = forms.CharField(label=_("Type"), max_length=4, help_text=_("The document code, like 7P01"))
    number = forms.CharField(label=_("Permit number"), max_length=35)
    quantity = QuantityField(label=_("Quantity"))
    unit = forms.CharField(label=_("Unit"), max_length=5)
    cause = forms.ChoiceField(
        label=_("Why by hand"),
        choices=((ISSUER_DOWN, _("The agency cannot be asked")), (PAPER, _("The permit is on paper"))),
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(label=_("Where the paper is, or who was asked"), max_length=70)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def order(self) -> ContingencyOrder:
        """What was entered."""
        typed = dict(self.cleaned_data)
        typed["item"] = typed["item"] or 0
        return ContingencyOrder(**typed)


class SettleForm(forms.Form):
    """How an entry by hand is reconciled."""

    decision = forms.ChoiceField(
        label=_("What stands behind it?"),
        choices=(("match", _("This permit: write it off")), ("reject", _("No permit: reject the entry"))),
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label=_("Permit number"), max_length=35, required=False)
    quantity = QuantityField(label=_("Quantity to write off"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class CheckForm(forms.Form):
    """What the check of a disclaimer found."""

    outcome = forms.ChoiceField(
        label=_("Is it true?"),
        choices=(("true", _("Yes: it holds")), ("false", _("No: it is false"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("What you saw"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
