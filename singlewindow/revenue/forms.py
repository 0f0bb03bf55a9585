"""Forms of the revenue pages."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.reference.revenue import RepaymentReason
from singlewindow.revenue.selectors.claims import ClaimableLine, ClaimLineView
from singlewindow.revenue.types import ClaimKind, DefermentBasis
from singlewindow.revenue.wording import DEFERMENT_BASES, DRAWBACK_BASES, REASONS
from singlewindow.web.fields import PlainDecimalField

WHOLE_SUM = Decimal("999999999999.99")


def amount_field(label: Any, *, required: bool = True, initial: Decimal | None = None, help_text: Any = "") -> Any:
    """A sum of money in figures."""
    return PlainDecimalField(
        label=label,
        required=required,
        initial=initial,
        help_text=help_text,
        max_value=WHOLE_SUM,
        decimal_places=3,
        max_digits=15,
        error_messages={"required": _("Write an amount."), "invalid": _("Write an amount in figures.")},
    )


def reason_field(label: Any, *, longest: int = 1000, help_text: Any = "") -> forms.CharField:
    """Reasons in words."""
    return forms.CharField(
        label=label,
        max_length=longest,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )


class DefermentForm(forms.Form):
    """Terms on which an organisation may pay later."""

    identifier = forms.CharField(
        label=_("Identifier of the organisation"),
        max_length=17,
        error_messages={"required": _("Write the identifier.")},
    )
    limit = amount_field(_("Limit"), help_text=_("Most that may be owed at one time."))
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: until it is ended."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    basis = forms.ChoiceField(
        label=_("It rests on"),
        choices=[(one.value, DEFERMENT_BASES[one]) for one in DefermentBasis],
        widget=forms.RadioSelect,
        initial=DefermentBasis.AEO.value,
    )
    grn = forms.CharField(
        label=_("Guarantee reference (GRN)"),
        help_text=_("The whole limit is set aside on it."),
        max_length=24,
        required=False,
    )
    access_code = forms.CharField(label=_("Access code of the guarantee"), max_length=4, required=False)
    conditions = reason_field(_("Conditions that were found to be met"), longest=500)


class ChangeForm(forms.Form):
    """Why a deferment is suspended, resumed or ended."""

    reason = reason_field(_("Reason"), longest=500)


class DecideForm(forms.Form):
    """What an officer says of a claim, and what of each line is granted."""

    reason = reason_field(_("Reasons"))

    def __init__(self, *args: Any, lines: Sequence[tuple[ClaimLineView, Decimal]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line, claimed in lines:
            label = _("Granted: %(tax)s of item %(item)s") % {"tax": line.tax_type, "item": line.item}
            self.fields[f"amount_{line.id}"] = amount_field(label, required=False, initial=claimed)
        self.order_fields([*(f"amount_{line.id}" for line, _claimed in lines), "reason"])

    def amounts(self) -> dict[int, Decimal]:
        """What is granted of each line, by its id; a line that is left empty is granted whole."""
        given = {line.id: self.cleaned_data.get(f"amount_{line.id}") for line, _claimed in self.lines}
        return {line_id: amount for line_id, amount in given.items() if amount is not None}


class RepaymentForm(forms.Form):
    """Which taxes of a declaration are claimed back, and why."""

    reason_code = forms.ChoiceField(label=_("Ground"), choices=())
    text = reason_field(_("What happened"), help_text=_("Name the papers that show it."))

    def __init__(
        self,
        *args: Any,
        reasons: Iterable[RepaymentReason],
        kind: ClaimKind,
        lines: Sequence[tuple[ClaimableLine, Decimal]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.code, REASONS.get(one.code, one.sentence)) for one in reasons if kind.value in one.kinds]
        self.fields["reason_code"] = forms.ChoiceField(label=_("Ground"), choices=choices)
        self.lines = lines
        for line, left in lines:
            label = _("%(tax)s of item %(item)s") % {"tax": line.tax_type, "item": line.item or "–"}
            help_text = _("At most %(most)s. Leave it empty to claim nothing of it.") % {"most": f"{left:f}"}
            self.fields[self.name_of(line)] = amount_field(label, required=False, help_text=help_text)
        self.order_fields([*(self.name_of(line) for line, _left in lines), "reason_code", "text"])

    @staticmethod
    def name_of(line: ClaimableLine) -> str:
        """The field of a tax."""
        return f"amount_{line.item}_{line.tax_type}"

    def amounts(self) -> list[tuple[ClaimableLine, Decimal]]:
        """What is asked back of each tax that is named."""
        given = [(line, self.cleaned_data.get(self.name_of(line))) for line, _left in self.lines]
        return [(line, amount) for line, amount in given if amount is not None]


class DrawbackForm(forms.Form):
    """Imported goods that left again, or were destroyed."""

    basis = forms.ChoiceField(
        label=_("What became of the goods"),
        choices=[(basis.value, words) for basis, words in DRAWBACK_BASES.items()],
        widget=forms.RadioSelect,
    )
    import_item = forms.IntegerField(label=_("Item of the import declaration"), min_value=1, max_value=99999)
    export_mrn = forms.CharField(
        label=_("MRN of the export declaration"), max_length=18, required=False, help_text=_("For goods that left.")
    )
    export_item = forms.IntegerField(
        label=_("Item of the export declaration"), min_value=1, max_value=99999, required=False
    )
    quantity = PlainDecimalField(
        label=_("Quantity that left or was destroyed"),
        max_digits=18,
        decimal_places=6,
        help_text=_("In the unit of the export declaration."),
    )
    authorisation = forms.CharField(
        label=_("Authorisation of manufacturing"),
        max_length=35,
        required=False,
        help_text=_("For products: its yields say how much of the goods they contain."),
    )
    evidence = forms.CharField(
        label=_("Record of the destruction"), max_length=200, required=False, help_text=_("For destroyed goods.")
    )
    text = reason_field(_("What happened"))


class DetermineForm(forms.Form):
    """What a provisional debt comes to for good, by authority, with reasons."""

    reason = reason_field(_("Reasons"), help_text=_("The parties read them."))
    law = forms.CharField(label=_("Law"), max_length=200, required=False, help_text=_("Empty: the general provision."))
    interest = forms.BooleanField(label=_("Ask for interest on what is owed more"), required=False, initial=True)

    def __init__(self, *args: Any, due: Sequence[tuple[str, Decimal]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due = due
        for authority, amount in due:
            label = _("Final debt to %(authority)s") % {"authority": authority}
            self.fields[f"due_{authority}"] = amount_field(label, initial=amount)
        self.order_fields([*(f"due_{authority}" for authority, _amount in due), "interest", "reason", "law"])

    def final(self) -> dict[str, Decimal]:
        """What each authority is owed."""
        return {authority: self.cleaned_data[f"due_{authority}"] for authority, _amount in self.due}


class YieldForm(forms.Form):
    """Yields of an authorisation, one row a line."""

    identifier = forms.CharField(label=_("Identifier of the organisation"), max_length=17)
    authorisation = forms.CharField(label=_("Authorisation of manufacturing"), max_length=35)
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    rows = forms.CharField(
        label=_("Yields"),
        help_text=_(
            "A line each: code of the imported goods, code of the product, quantity of goods in one unit of it."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = reason_field(_("Reason"), longest=500)
