"""What is declared: which way the goods go, and whether they are here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.schemas import NOT_YET_PRESENTED
from singlewindow.portal.forms.part import Content, LineField, PartForm, hint


class WhatForm(PartForm):
    """Import or export, arrived or not, and the trader's own reference."""

    slug = "what"
    pointers = {"/type_code": "direction_asked", "/lrn": "reference"}
    owns = ("direction_asked",)
    missing = {
        "direction_asked": _("Say whether the goods come in or go out."),
        "arrived": _("Say whether the goods are here already."),
        "reference": _("Give the declaration a reference of your own."),
    }

    direction_asked = forms.ChoiceField(
        label=_("Which way do the goods go?"),
        choices=[("import", _("Into the country (import)")), ("export", _("Out of the country (export)"))],
        widget=forms.RadioSelect,
    )
    arrived = forms.ChoiceField(
        label=_("Are the goods at the border already?"),
        choices=[
            ("no", _("Not yet. I declare early, and say when they arrive")),
            ("yes", _("Yes, they are here")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Goods that are declared early are usually released the moment they arrive."),
    )
    reference = LineField(
        label=_("Your own reference"),
        max_length=35,
        help_text=hint(_("Any number you like, once only. We have made one for you."), "LRN · WCO D026"),
    )

    @classmethod
    def read(cls, content: Content) -> dict[str, Any]:
        """The answers in the type code."""
        kind = str(content.get("type_code", ""))
        return {
            "direction_asked": {"IM": "import", "EX": "export"}.get(kind[:2], ""),
            "arrived": "" if len(kind) < len("IMA") else "no" if kind[2] in NOT_YET_PRESENTED else "yes",
            "reference": content.get("lrn", ""),
        }

    def write(self) -> Content:
        """The type code that says both; the parties change their roles with the direction."""
        asked, content = self.cleaned_data, dict(self.content)
        before = WhatForm.read(content)
        if (before["direction_asked"], before["arrived"]) != (asked["direction_asked"], asked["arrived"]):
            content["type_code"] = ("EX" if asked["direction_asked"] == "export" else "IM") + (
                "A" if asked["arrived"] == "yes" else "D"
            )
        if before["direction_asked"] not in ("", asked["direction_asked"]):
            _turn(content, asked["direction_asked"])
        content["lrn"] = asked["reference"]
        return content


def _turn(content: Content, direction: str) -> None:
    """Exchange the roles: whoever brought goods in now sends them out, and the other way round."""
    if direction == "export":
        own, other = content.pop("importer", None), content.pop("exporter", None)
        roles = {"exporter": own, "consignee": other}
    else:
        own, other = content.pop("exporter", None), content.pop("consignee", None)
        roles = {"importer": own, "exporter": other}
    content |= {role: party for role, party in roles.items() if party}
    countries = {
        "export_country": content.pop("destination_country", None),
        "destination_country": content.pop("export_country", None),
    }
    content |= {name: code for name, code in countries.items() if code}
    content.pop("exit_office", None)
    items = content.get("items")
    procedure = "1000" if direction == "export" else "4000"
    if isinstance(items, list):
        content["items"] = [item | {"procedure": procedure} for item in items if isinstance(item, dict)]
