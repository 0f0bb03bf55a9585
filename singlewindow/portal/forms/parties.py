"""Who is behind the goods: the one who declares, and the other side."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.selectors import mandate_in_force, organisations_actor_may_file_for
from singlewindow.accounts.types import Actor, MandateScope
from singlewindow.kernel import clock
from singlewindow.portal import choices
from singlewindow.portal.forms.part import Content, LineField, PartForm, hint, part, put, text

NAME_LENGTH = 70


class PartiesForm(PartForm):
    """For whom it is declared, and the supplier or the customer abroad."""

    slug = "parties"
    pointers = {
        "/declarant": "principal",
        "/representative": "principal",
        "/importer": "principal",
        "/exporter": "name",
        "/consignee": "name",
    }
    owns = ("name", "country")
    missing = {
        "name": _("Give the name of the other company."),
        "line": _("Give its street and number."),
        "city": _("Give its town."),
        "country": _("Choose its country."),
    }

    principal = forms.ChoiceField(
        label=_("For whom do you declare?"),
        help_text=hint(_("Your own organisation, or one that gave it a mandate."), "declarant"),
    )
    name = LineField(label=_("Name"), max_length=NAME_LENGTH)
    identifier = LineField(
        label=_("Its registration number"),
        max_length=17,
        required=False,
        help_text=_("If you know it. Otherwise name and address are enough."),
    )
    line = LineField(label=_("Street and number"), max_length=70, help_text=hint("", "WCO 239"))
    city = LineField(label=_("Town"), max_length=35, help_text=hint("", "WCO 241"))
    postcode = LineField(label=_("Postcode"), max_length=9, required=False)
    country = forms.ChoiceField(label=_("Country"), help_text=hint("", "WCO 242"))

    def prepare(self) -> None:
        """Offer the organisations one may file for, and name the other side by the direction."""
        self.organisations = list(organisations_actor_may_file_for(self.actor).order_by("name"))
        self.offer("principal", [(str(o.pk), f"{o.name} ({o.identifier})") for o in self.organisations])
        if len(self.organisations) == 1:
            self.fields["principal"].widget = forms.HiddenInput()
            self.fields["principal"].required = False
        self.offer("country", choices.countries(_("Choose a country")))
        out = self.direction == "export"
        self.fields["name"].label = _("Name of your customer") if out else _("Name of your supplier")
        term = "consignee" if out else "exporter"
        self.fields["name"].help_text = hint(_("As it stands on the invoice."), term)

    @classmethod
    def role(cls, content: Content) -> str:
        """The role of the other side."""
        return "consignee" if str(content.get("type_code", "")).startswith("EX") else "exporter"

    @classmethod
    def field_of(cls, pointer: str) -> str:
        """The field that answers; parts of an address answer for themselves."""
        name = pointer.rsplit("/", 1)[-1]
        if "/address" in pointer:
            return name if name in ("line", "city", "postcode", "country") else "line"
        return super().field_of(pointer)

    @classmethod
    def read(cls, content: Content) -> dict[str, Any]:
        """The other side as it stands in the draft; the principal is the draft's organisation."""
        role = cls.role(content)
        address = ("line", "city", "postcode", "country")
        return {
            "principal": text(content, "form", "principal"),
            "name": text(content, role, "name"),
            "identifier": text(content, role, "id"),
        } | {field: text(content, role, "address", field) for field in address}

    def clean(self) -> dict[str, Any]:
        """The mandate must cover the direction."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = self.organisation
        scope = MandateScope(self.direction)
        if chosen and chosen.pk != self.actor.organisation_id and not self._mandate(chosen.pk, scope):
            sentence = gettext("%(name)s gave your organisation no mandate for this direction.")
            self.add_error("principal", sentence % {"name": chosen.name})
        return asked

    @property
    def organisation(self) -> Organisation | None:
        """Whom the form names as principal."""
        wanted = self.cleaned_data.get("principal") or (str(self.organisations[0].pk) if self.organisations else "")
        return next((o for o in self.organisations if str(o.pk) == wanted), None)

    def _mandate(self, principal: UUID, scope: MandateScope) -> Any:
        own = self.actor.organisation_id
        assert own is not None
        return mandate_in_force(principal_id=principal, agent_id=own, scope=scope, at=clock.now())

    def write(self) -> Content:
        """Declarant, representative and the two sides of the trade."""
        asked, content, chosen = self.cleaned_data, dict(self.content), self.organisation
        assert chosen is not None
        mandate = None
        if chosen.pk != self.actor.organisation_id:
            mandate = self._mandate(chosen.pk, MandateScope(self.direction))
        own_side_name(content, chosen, self.actor, direct=mandate.direct if mandate else True)
        role = self.role(content)
        party = part(content, role)
        address = part(party, "address")
        for name in ("line", "city", "postcode", "country"):
            put(address, name, asked[name])
        put(party, "id", asked["identifier"].upper())
        put(party, "name", asked["name"])
        put(party, "address", address)
        content[role] = party
        return content


def own_side_name(content: Content, principal: Organisation, actor: Actor, *, direct: bool = True) -> None:
    """Name the principal as importer or exporter, and whoever declares for it."""
    own = {"id": principal.identifier, "name": principal.name[:NAME_LENGTH]}
    export = str(content.get("type_code", "")).startswith("EX")
    content["exporter" if export else "importer"] = own
    content["form"] = part(content, "form") | {"principal": str(principal.pk)}
    content.pop("representative", None)
    if principal.pk == actor.organisation_id:
        content["declarant"] = own
        return
    agent = {"id": actor.organisation_identifier, "name": actor.organisation_name[:NAME_LENGTH]}
    content["declarant"] = own if direct else agent
    content["representative"] = agent | {"status": "direct" if direct else "indirect"}
