"""What was agreed with the other side, and what the journey costs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.portal import choices
from singlewindow.portal.forms.part import AmountField, Content, LineField, PartForm, hint, money, part, put, text
from singlewindow.reference.types import CodeListName

CARRIAGE_PAID_BY_BUYER = frozenset({"EXW", "FCA", "FAS", "FOB"})


class CostsForm(PartForm):
    """Delivery terms, freight and insurance."""

    slug = "costs"
    pointers = {
        "/delivery_terms": "incoterm",
        "/delivery_terms/location": "term_place",
        "/delivery_terms/country": "term_place",
        "/valuation/freight": "freight",
        "/valuation/insurance": "insurance",
        "/valuation": "freight",
        "/transaction_nature": "nature",
        "/invoice_total": "incoterm",
    }
    owns = ("incoterm", "term_place", "freight", "insurance")
    missing = {
        "incoterm": _("Choose the delivery terms; they stand on the invoice."),
        "term_place": _("Name the place of the delivery terms."),
    }

    incoterm = forms.ChoiceField(
        label=_("Delivery terms"),
        help_text=hint(_("Three letters on the invoice, such as FOB or CIF."), "Incoterms · WCO 090"),
    )
    term_place = LineField(
        label=_("Place of the delivery terms"),
        max_length=256,
        help_text=hint(_("For example Guangzhou, after FOB."), "WCO L008"),
    )
    freight = AmountField(
        label=_("Freight to our border"),
        required=False,
        help_text=hint(_("What the carriage costs, if the price does not hold it already."), "freight"),
    )
    freight_currency = forms.ChoiceField(label=_("Currency of the freight"), required=False)
    insurance = AmountField(
        label=_("Insurance"), required=False, help_text=hint(_("What insuring the journey costs."), "insurance")
    )
    insurance_currency = forms.ChoiceField(label=_("Currency of the insurance"), required=False)
    nature = forms.ChoiceField(label=_("Kind of trade"), help_text=hint("", "nature of transaction"))

    def prepare(self) -> None:
        """Offer what is met most."""
        terms = choices.named(CodeListName.INCOTERM, choices.INCOTERMS, _("Choose"))
        self.offer("incoterm", choices.with_present(terms, [text(self.content, "delivery_terms", "incoterm")]))
        for name in ("freight_currency", "insurance_currency"):
            self.offer(name, choices.currencies())
        natures = choices.named(
            CodeListName.TRANSACTION_NATURE, ("11", "15", "12", "21", "22", "34", "41", "51", "61", "99")
        )
        self.offer("nature", choices.with_present(natures, [text(self.content, "transaction_nature")]))

    @classmethod
    def read(cls, content: Content) -> dict[str, Any]:
        """Terms and costs as they stand in the draft."""
        own = choices.home_currency()
        return {
            "incoterm": text(content, "delivery_terms", "incoterm"),
            "term_place": text(content, "delivery_terms", "location_name")
            or text(content, "delivery_terms", "location"),
            "freight": text(content, "valuation", "freight", "amount"),
            "freight_currency": text(content, "valuation", "freight", "currency") or own,
            "insurance": text(content, "valuation", "insurance", "amount"),
            "insurance_currency": text(content, "valuation", "insurance", "currency") or own,
            "nature": text(content, "transaction_nature") or "11",
        }

    def clean(self) -> dict[str, Any]:
        """Terms that leave the carriage to the buyer need the freight, or the customs value would be too low."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            self.direction == "import"
            and asked.get("incoterm") in CARRIAGE_PAID_BY_BUYER
            and not asked.get("freight")
            and "freight" not in self.errors
        ):
            self.add_error("freight", _("Under these terms you pay the freight: say what it costs, 0 if nothing."))
        return asked

    def write(self) -> Content:
        """Terms and costs."""
        asked, content = self.cleaned_data, dict(self.content)
        terms = part(content, "delivery_terms")
        if asked["term_place"] != text(terms, "location"):
            terms.pop("location", None)
            put(terms, "location_name", asked["term_place"])
        terms["incoterm"] = asked["incoterm"]
        content["delivery_terms"] = terms
        valuation = part(content, "valuation")
        put(valuation, "freight", money(asked["freight"], asked["freight_currency"]))
        put(valuation, "insurance", money(asked["insurance"], asked["insurance_currency"]))
        put(content, "valuation", valuation)
        content["transaction_nature"] = asked["nature"]
        return content
