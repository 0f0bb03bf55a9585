"""How the goods travel and where they arrive or leave."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from singlewindow.kernel.mrn import CONTAINER_FORM, check_character, container_number_is_valid
from singlewindow.portal import choices
from singlewindow.portal.forms.part import CodeField, Content, LineField, PartForm, hint, part, put, text
from singlewindow.reference.types import CodeListName

ID_TYPES = {"1": "11", "2": "21", "3": "30", "4": "40", "8": "81"}
IMO = re.compile(r"[0-9]{7}", re.ASCII)
CONTAINERS_MOST = 99


class ContainersField(forms.CharField):
    """Container numbers, one a line or parted by commas."""

    def clean(self, value: Any) -> str:
        """The numbers, one a line.

        Raises:
            ValidationError: a check digit is wrong, or one stands twice; every wrong number is named.
        """
        typed = super().clean(value) or ""
        rows = [re.sub(r"[\s\-]", "", row).upper() for row in re.split(r"[\n,;]", typed)]
        numbers = [number for number in rows if number]
        wrong = [message for message in map(_wrong, numbers) if message]
        wrong += [
            gettext("%(number)s stands twice.") % {"number": number}
            for number in dict.fromkeys(numbers)
            if numbers.count(number) > 1
        ]
        if len(numbers) > CONTAINERS_MOST:
            wrong.append(gettext("Name at most %(most)s containers.") % {"most": CONTAINERS_MOST})
        if wrong:
            raise forms.ValidationError(wrong)
        return "\n".join(numbers)


def _wrong(number: str) -> str:
    if CONTAINER_FORM.fullmatch(number) and not container_number_is_valid(number):
        sentence = gettext("%(number)s has a slip of the pen: after %(body)s the last digit would be %(digit)s.")
        return sentence % {"number": number, "body": number[:10], "digit": check_character(number[:10])}
    if not re.fullmatch(r"[A-Z0-9]{4,17}", number, re.ASCII):
        return gettext("%(number)s is no container number.") % {"number": number}
    return ""


class TransportForm(PartForm):
    """Office, means of transport, containers and the place of the goods."""

    slug = "transport"
    pointers = {
        "/office": "office",
        "/exit_office": "office",
        "/transport": "transport_id",
        "/transport/border_mode": "mode",
        "/transport/border_nationality": "nationality",
        "/equipment": "containers",
        "/goods_location": "place",
        "/export_country": "country",
        "/destination_country": "country",
        "/previous_documents": "waybill",
    }
    owns = ("office", "mode", "transport_id", "containers")
    missing = {
        "office": _("Choose the customs office."),
        "mode": _("Say how the goods travel."),
        "country": _("Choose the country."),
    }

    mode = forms.ChoiceField(label=_("How do the goods travel?"), help_text=hint("", "WCO 183"))
    office = forms.ChoiceField(label=_("Customs office"))
    country = forms.ChoiceField(label=_("Country"))
    transport_id = LineField(
        label=_("Ship, flight or vehicle"),
        max_length=35,
        required=False,
        help_text=hint(
            _("Ship's name or IMO number, flight number, or number plate."), "identity of the means of transport"
        ),
    )
    nationality = forms.ChoiceField(label=_("Flag or registration"), required=False, help_text=hint("", "WCO T005"))
    waybill = CodeField(
        label=_("Bill of lading or waybill"), max_length=70, required=False, help_text=hint("", "WCO D019")
    )
    containers = ContainersField(
        label=_("Containers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=hint(
            _("One number a line, as on the door: 4 letters and 7 digits. We check the last digit for you."), "WCO 159"
        ),
    )
    place = CodeField(
        label=_("Where can the goods be seen?"),
        max_length=17,
        required=False,
        help_text=hint(_("The code of the terminal, shed or warehouse, if you know it."), "location of goods"),
    )

    def prepare(self) -> None:
        """Fit the words to the direction."""
        out = self.direction == "export"
        present = text(self.content, "transport", "border_mode")
        modes = choices.named(CodeListName.TRANSPORT_MODE, choices.MODES, _("Choose"))
        self.offer("mode", choices.with_present(modes, [present]))
        self.offer(
            "office",
            choices.with_present(choices.office_choices(_("Choose an office")), [text(self.content, "office")]),
        )
        self.offer("country", choices.countries(_("Choose a country")))
        self.offer("nationality", choices.countries("–"))
        self.fields["office"].label = _("Where do the goods leave?") if out else _("Where do the goods arrive?")
        self.fields["office"].help_text = hint(_("The customs office there."), "WCO G005")
        self.fields["country"].label = _("Country they go to") if out else _("Country they were sent from")
        self.fields["country"].help_text = hint(
            "", "country of destination" if out else "country of dispatch · WCO 062"
        )

    @classmethod
    def read(cls, content: Content) -> dict[str, Any]:
        """The journey as it stands in the draft."""
        export = str(content.get("type_code", "")).startswith("EX")
        equipment = [one for one in content.get("equipment") or [] if isinstance(one, dict)]
        documents = [one for one in content.get("previous_documents") or [] if isinstance(one, dict)]
        return {
            "office": text(content, "office"),
            "mode": text(content, "transport", "border_mode"),
            "transport_id": text(content, "transport", "border_id"),
            "nationality": text(content, "transport", "border_nationality"),
            "containers": "\n".join(str(one["id"]) for one in equipment if one.get("id")),
            "place": text(content, "goods_location", "id"),
            "country": text(content, "destination_country" if export else "export_country"),
            "waybill": str(documents[0].get("id", "")) if documents else "",
        }

    def write(self) -> Content:
        """The journey, with what an API wrote beside it left as it is."""
        asked, content, out = self.cleaned_data, dict(self.content), self.direction == "export"
        home = choices.home_country()
        content["office"] = asked["office"]
        put(content, "exit_office", asked["office"] if out else "")
        content["destination_country" if out else "export_country"] = asked["country"]
        content["export_country" if out else "destination_country"] = home
        put(content, "transport", self._transport(asked))
        seals = {one.get("id"): one for one in content.get("equipment") or [] if isinstance(one, dict)}
        numbers = asked["containers"].split()
        equipment = [(seals.get(one) or {"id": one}) | {"sequence": at} for at, one in enumerate(numbers, start=1)]
        put(content, "equipment", equipment)
        place = part(content, "goods_location") if asked["place"] == text(content, "goods_location", "id") else {}
        if asked["place"] and not place:
            place = {"type": "A", "qualifier": "Y", "country": home}
        put(place, "id", asked["place"])
        put(content, "goods_location", place if asked["place"] else {})
        others = list(content.get("previous_documents") or [])[1:]
        kind = {"4": "740", "3": "730", "2": "720"}.get(asked["mode"], "705")
        first = [{"category": "Z", "type": kind, "id": asked["waybill"]}] if asked["waybill"] else []
        put(content, "previous_documents", first + others)
        return content

    def _transport(self, asked: dict[str, Any]) -> Content:
        transport = part(self.content, "transport")
        put(transport, "border_mode", asked["mode"])
        put(transport, "border_id", asked["transport_id"])
        kind = (
            "10" if asked["mode"] == "1" and IMO.fullmatch(asked["transport_id"]) else ID_TYPES.get(asked["mode"], "99")
        )
        put(transport, "border_id_type", kind if asked["transport_id"] else "")
        put(transport, "border_nationality", asked["nationality"])
        if self.direction == "import":
            put(transport, "arrival_id", asked["transport_id"])
            put(transport, "arrival_id_type", kind if asked["transport_id"] else "")
        transport["container_indicator"] = bool(asked["containers"])
        return transport
