"""One goods item: what it is, how much, what it costs, and its papers."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fees.selectors import tariff_current
from singlewindow.documents.types import DocumentInfo
from singlewindow.kernel import clock
from singlewindow.portal import choices
from singlewindow.portal.forms.part import (
    AmountField,
    CodeField,
    Content,
    LineField,
    PartForm,
    hint,
    money,
    put,
    text,
)
from singlewindow.reference.selectors import commodity
from singlewindow.reference.types import CodeListName

CODE = re.compile(r"[0-9]{6}|[0-9]{8}|[0-9]{10}", re.ASCII)
NORMAL_RATE = "100"
PAPERS_LEAST = 2
PAPERS_MOST = 20


class CommodityField(CodeField):
    """A commodity code with or without points and spaces."""

    def clean(self, value: Any) -> str:
        """The digits alone.

        Raises:
            ValidationError: it is no code; words are looked up on the page instead.
        """
        code = str(super().clean(value)).replace(".", "")
        if code and not CODE.fullmatch(code):
            raise forms.ValidationError(
                _("The commodity code has 6, 8 or 10 digits. Press “Look it up” to find it by words."), code="form"
            )
        return code


class ItemForm(PartForm):
    """One line of goods. It reads and writes the item alone; `content` is the whole draft."""

    slug = "item"
    pointers = {
        "/description": "description",
        "/commodity_code": "code",
        "/origin": "origin",
        "/preferential_origin": "origin",
        "/preference": "preference",
        "/procedure": "procedure",
        "/gross_mass_kg": "gross",
        "/net_mass_kg": "net",
        "/supplementary_quantity": "quantity",
        "/supplementary_quantity/unit": "unit",
        "/price": "price",
        "/price/currency": "currency",
        "/packages": "packages",
        "/packages/0/type": "package_type",
        "/packages/0/marks": "marks",
        "/documents": "paper_0_id",
        "": "description",
    }
    owns = ("description", "code", "price", "net", "gross")
    missing = {
        "description": _("Describe the goods, so that someone who sees them recognises them."),
        "code": _("Give the commodity code; “Look it up” finds it by words."),
        "origin": _("Choose the country of origin."),
        "net": _("Give the net mass."),
        "gross": _("Give the gross mass."),
        "price": _("Give the price on the invoice."),
        "packages": _("Say how many packages there are."),
    }

    description = LineField(
        label=_("What are the goods?"),
        max_length=512,
        help_text=hint(_("What it is, what it is made of, what it is for. “Parts” is not enough."), "WCO 137"),
    )
    code = CommodityField(
        label=_("Commodity code"),
        max_length=80,
        help_text=hint(_("6, 8 or 10 digits, or words to look it up: coffee, phones."), "HS · WCO 145"),
    )
    origin = forms.ChoiceField(label=_("Where were they made or grown?"), help_text=hint("", "WCO 063"))
    preference = forms.ChoiceField(
        label=_("Do you claim a lower rate by origin?"),
        help_text=hint(_("It needs a proof of origin among the papers below."), "WCO 115"),
    )
    procedure = forms.ChoiceField(
        label=_("What happens to the goods?"), help_text=hint("", "requested and previous procedure")
    )
    price = AmountField(
        label=_("Price on the invoice"), above_zero=True, help_text=hint(_("For all of this item."), "WCO 112")
    )
    currency = forms.ChoiceField(label=_("Currency"))
    net = AmountField(label=_("Net mass in kg"), above_zero=True, help_text=hint(_("Without packing."), "WCO 128"))
    gross = AmountField(label=_("Gross mass in kg"), above_zero=True, help_text=hint(_("With packing."), "WCO 126"))
    quantity = AmountField(
        label=_("Quantity"),
        required=False,
        help_text=hint(_("Where the tariff counts in something else than kilograms."), "WCO 130"),
    )
    unit = forms.ChoiceField(label=_("Counted in"), required=False)
    packages = forms.IntegerField(
        label=_("Number of packages"), min_value=0, max_value=99_999_999, help_text=hint("", "WCO 144")
    )
    package_type = forms.ChoiceField(label=_("Kind of packages"), help_text=hint("", "WCO 141"))
    marks = LineField(label=_("Marks on them"), max_length=512, required=False, help_text=hint("", "WCO 142"))

    @property
    def held(self) -> Content:
        """The item as it stands in the draft."""
        return self.item

    def __init__(
        self, content: Content, actor: Any, item: Content, *args: Any, shelf: Sequence[DocumentInfo] = (), **kwargs: Any
    ) -> None:
        self.item = item
        named = {(text(paper, "code"), text(paper, "id")) for paper in papers_of(item)}
        self.offered = {str(one.id): one for one in shelf if (one.code, one.reference) not in named}
        super().__init__(content, actor, *args, **kwargs)

    def prepare(self) -> None:
        """Offer what is met most, and as many papers as there are and some more."""
        out = self.direction == "export"
        self.offer(
            "origin", choices.with_present(choices.countries(_("Choose a country")), [text(self.item, "origin")])
        )
        procedures = choices.EXPORT_PROCEDURES if out else choices.IMPORT_PROCEDURES
        self.offer("procedure", choices.with_present(procedures, [text(self.item, "procedure")]))
        self.offer("preference", choices.with_present(choices.PREFERENCES, [text(self.item, "preference")]))
        self.offer("currency", choices.currencies())
        units = choices.named(CodeListName.UNIT, choices.UNITS, "–")
        self.offer("unit", choices.with_present(units, [text(self.item, "supplementary_quantity", "unit")]))
        first = _first(self.item, "packages")
        kinds = choices.named(CodeListName.PACKAGE_TYPE, choices.PACKAGES)
        self.offer("package_type", choices.with_present(kinds, [text(first, "type")]))
        if out:
            self.fields.pop("preference")
        # With a script the codes come while one types; without one, by the button beside the field.
        self.fields["code"].widget.attrs |= {
            "hx-get": reverse("portal:codes"),
            "hx-trigger": "input changed delay:300ms",
            "hx-target": "#codes",
            "autocomplete": "off",
        }
        self._papers_prepare()

    def _papers_prepare(self) -> None:
        if self.offered:
            offered = [(key, f"{one.reference} ({one.code}) – {one.name}") for key, one in self.offered.items()]
            self.fields["shelf"] = forms.MultipleChoiceField(
                label=_("From your documents"),
                required=False,
                choices=offered,
                widget=forms.CheckboxSelectMultiple(),
                help_text=_("Given before: tick what belongs to these goods, and type nothing."),
            )
        held = papers_of(self.item)
        typed = [name for name in (self.data or self.initial or {}) if re.fullmatch(r"paper_\d+_code", str(name))]
        self.papers = min(max(len(held) + 1, len(typed), PAPERS_LEAST), PAPERS_MOST)
        kinds = choices.named(CodeListName.DOCUMENT_TYPE, (), "–")
        kinds = choices.with_present(kinds, ["N864", "C100", "7W01", *(text(paper, "code") for paper in held)])
        for place in range(self.papers):
            number = {"number": place + 1}
            self.fields[f"paper_{place}_code"] = forms.ChoiceField(
                label=_("Paper %(number)s") % number, choices=kinds, required=False
            )
            self.fields[f"paper_{place}_id"] = LineField(
                label=_("Number of paper %(number)s") % number, max_length=70, required=False
            )

    @property
    def paper_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The papers as pairs of kind and number."""
        return [(self[f"paper_{at}_code"], self[f"paper_{at}_id"]) for at in range(self.papers)]

    @classmethod
    def field_of(cls, pointer: str) -> str:
        """The field that answers; each paper answers for itself."""
        found = re.match(r"/documents/(\d+)(?:/(\w+))?", pointer)
        if found:
            return f"paper_{found[1]}_{'code' if found[2] == 'code' else 'id'}"
        return super().field_of(pointer)

    @classmethod
    def read(cls, content: Content) -> dict[str, Any]:
        """The item's values; `content` is the item here."""
        package = _first(content, "packages")
        values = {
            "description": text(content, "description"),
            "code": text(content, "commodity_code"),
            "origin": text(content, "origin"),
            "preference": text(content, "preference") or NORMAL_RATE,
            "procedure": text(content, "procedure"),
            "price": text(content, "price", "amount"),
            "currency": text(content, "price", "currency") or choices.home_currency(),
            "net": text(content, "net_mass_kg"),
            "gross": text(content, "gross_mass_kg"),
            "quantity": text(content, "supplementary_quantity", "quantity"),
            "unit": text(content, "supplementary_quantity", "unit"),
            "packages": text(package, "count"),
            "package_type": text(package, "type") or choices.PACKAGES[0],
            "marks": text(package, "marks"),
        }
        for place, paper in enumerate(papers_of(content)):
            values[f"paper_{place}_code"], values[f"paper_{place}_id"] = text(paper, "code"), text(paper, "id")
        return values

    def clean(self) -> dict[str, Any]:
        """A quantity has its unit, a claim its proof, a paper its number."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        code = asked.get("code", "")
        if asked.get("quantity") and not asked.get("unit"):
            known = commodity(code, clock.today()) if code else None
            if known and known.unit:
                asked["unit"] = known.unit
            else:
                self.add_error("unit", _("Say what the quantity counts."))
        codes = []
        for place in range(self.papers):
            kind, number = asked.get(f"paper_{place}_code", ""), asked.get(f"paper_{place}_id", "")
            if kind and not number:
                self.add_error(f"paper_{place}_id", gettext("Give the number of this paper."))
            elif number and not kind:
                self.add_error(f"paper_{place}_code", gettext("Say what kind of paper this is."))
            codes.append(kind)
        codes += [self.offered[key].code for key in asked.get("shelf") or ()]
        if asked.get("preference", NORMAL_RATE)[:1] in ("2", "3") and not tariff_current().proofs & set(codes):
            self.add_error("preference", _("Add the proof of origin to the papers below, or take the normal rate."))
        return asked

    def write(self) -> Content:
        """The item with the values; what the page does not show stays as it is."""
        asked, item = self.cleaned_data, dict(self.item)
        item.pop("form", None)
        claimed = asked.get("preference", "")
        direct = {
            "description": asked["description"],
            "commodity_code": asked["code"],
            "origin": asked["origin"],
            "procedure": asked["procedure"],
            "preference": claimed,
            "preferential_origin": asked["origin"] if claimed[:1] in ("2", "3") else "",
            "price": money(asked["price"], asked["currency"]),
            "net_mass_kg": asked["net"],
            "gross_mass_kg": asked["gross"],
            "supplementary_quantity": {"quantity": asked["quantity"], "unit": asked["unit"]}
            if asked["quantity"]
            else {},
        }
        for name, value in direct.items():
            put(item, name, value)
        if self.direction == "import":
            item.setdefault("valuation_method", "1")
        item.setdefault("additional_procedures", ["000"])
        package = _first(item, "packages") | {"sequence": 1, "type": asked["package_type"], "count": asked["packages"]}
        put(package, "marks", asked["marks"])
        item["packages"] = [package, *(item.get("packages") or [])[1:]]
        put(item, "documents", self._papers(asked))
        return item

    def _papers(self, asked: dict[str, Any]) -> list[Content]:
        held = papers_of(self.item)
        papers = []
        for place in range(self.papers):
            kind, number = asked.get(f"paper_{place}_code", ""), asked.get(f"paper_{place}_id", "")
            if kind and number:
                before = held[place] if place < len(held) else {}
                same = text(before, "code") == kind and text(before, "id") == number
                papers.append(before if same else {"code": kind, "id": number})
        chosen = [self.offered[key] for key in asked.get("shelf") or ()]
        typed = {(text(paper, "code"), text(paper, "id")) for paper in papers}
        papers += [{"code": one.code, "id": one.reference} for one in chosen if (one.code, one.reference) not in typed]
        return papers


def papers_of(item: Content) -> list[Content]:
    """The documents of an item."""
    return [paper for paper in item.get("documents") or [] if isinstance(paper, dict)]


def _first(item: Content, name: str) -> Content:
    found = item.get(name)
    return dict(found[0]) if isinstance(found, list) and found and isinstance(found[0], dict) else {}
