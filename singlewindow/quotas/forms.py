"""Forms of quotas: what is to change of one, with the reason."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.quotas.services.changes import REASON_MAX, QuotaChange
from singlewindow.quotas.types import ChangeKind, QuotaView, StopKind
from singlewindow.web.fields import PlainDecimalField

KIND_NAMES = {
    ChangeKind.VOLUME: _("More or less volume"),
    ChangeKind.TRANSFER: _("Transfer to another quota or period"),
    ChangeKind.STOP: _("Block or suspend"),
    ChangeKind.LIFT: _("End a block or suspension early"),
    ChangeKind.CRITICAL: _("Declare critical, or not any more"),
}
ASKED = {
    ChangeKind.VOLUME: ("quantity",),
    ChangeKind.TRANSFER: ("quantity", "to_quota"),
    ChangeKind.STOP: ("stop", "day_from", "day_to"),
    ChangeKind.LIFT: ("stop_id", "day_to"),
    ChangeKind.CRITICAL: ("critical",),
}
"""What each kind of change needs, beside its reason."""
STOP_NAMES = {
    StopKind.BLOCK: _("Block: nothing is claimed and nothing allocated"),
    StopKind.SUSPEND: _("Suspend: nothing is claimed, earlier claims are allocated"),
}


class ChangeForm(forms.Form):
    """One change of a quota; another person puts it in force."""

    kind = forms.ChoiceField(
        choices=[(kind.value, name) for kind, name in KIND_NAMES.items()], widget=forms.HiddenInput
    )
    quantity = PlainDecimalField(
        label=_("Quantity"),
        required=False,
        max_digits=20,
        decimal_places=6,
        help_text=_("In the unit of the quota. Less volume is written with a minus sign."),
    )
    to_quota = forms.ChoiceField(label=_("To which quota"), required=False)
    stop = forms.ChoiceField(
        label=_("Block or suspend"), required=False, choices=[("", "–"), *((k.value, n) for k, n in STOP_NAMES.items())]
    )
    stop_id = forms.ChoiceField(label=_("Which one ends"), required=False)
    day_from = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    day_to = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty for until further notice."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    critical = forms.BooleanField(label=_("It is critical whatever is left"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        help_text=_("Name the law or the decision; it is public."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason.")},
    )

    def __init__(
        self,
        *args: Any,
        kind: ChangeKind,
        others: list[QuotaView],
        stops: list[tuple[UUID, str]],
        **options: Any,
    ) -> None:
        """Ask for what this kind of change needs only; offer the quotas of the same unit and the stops that run."""
        super().__init__(*args, **options)
        self.initial["kind"] = kind.value
        names = [(str(one.id), f"{one.order_number} {one.title}, {one.period_from.year}") for one in others]
        self.fields["to_quota"].choices = [("", "–"), *names]  # type: ignore[attr-defined]
        self.fields["stop_id"].choices = [("", "–"), *((str(one), name) for one, name in stops)]  # type: ignore[attr-defined]
        for name in set(self.fields) - {"kind", "reason", *ASKED[kind]}:
            del self.fields[name]
        for name in ASKED[kind]:
            self.fields[name].required = (kind, name) != (ChangeKind.STOP, "day_to") and name != "critical"

    def change(self) -> QuotaChange:
        """What is proposed, as a value."""
        data = self.cleaned_data
        quantity: Decimal | None = data.get("quantity")
        first: date | None = data.get("day_from")
        return QuotaChange(
            kind=ChangeKind(data["kind"]),
            reason=data["reason"],
            quantity=quantity,
            to_quota=UUID(data["to_quota"]) if data.get("to_quota") else None,
            stop=StopKind(data["stop"]) if data.get("stop") else None,
            day_from=first,
            day_to=data.get("day_to"),
            stop_id=UUID(data["stop_id"]) if data.get("stop_id") else None,
            critical=data.get("critical", False),
        )
