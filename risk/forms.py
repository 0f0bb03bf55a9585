"""The form of a profile: what it does, and rows of criteria that are added and taken away by plain buttons."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.rules.profile_check import NO_VALUES, OPERATORS
from risk.rules.profile_words import OPERATOR_WORDS
from risk.rules.record import FIELDS, Kind
from risk.schemas import CRITERIA_MOST, GROUPS_MOST, Operator, ProfileContent
from risk.types import Lane, TraderStep
from singlewindow.kernel.errors import Violation
from singlewindow.web.types import PageError

GROUPS: dict[str, str | Promise] = {
    "goods": _("Goods"),
    "origin": _("Origin"),
    "value": _("Value"),
    "duty": _("Duty"),
    "parties": _("Parties"),
    "route": _("Route"),
    "transport": _("Transport"),
    "declaration": _("Declaration"),
    "documents": _("Documents"),
    "history": _("History"),
}
"""Groups of fields, in the order of the page; one that is not named here comes last, by its own name."""
KINDS: dict[Kind, str | Promise] = {
    Kind.CODE: _("Of a code"),
    Kind.NUMBER: _("Of a number"),
    Kind.FLAG: _("Yes or no"),
    Kind.CODES: _("Of several codes"),
}
STEPS: dict[TraderStep, str | Promise] = {
    TraderStep.VALUE: _("About the value"),
    TraderStep.QUANTITY: _("About quantity and mass"),
    TraderStep.ORIGIN: _("About the origin"),
    TraderStep.ROUTE: _("About the route"),
    TraderStep.DESCRIPTION: _("About the description"),
    TraderStep.PARTIES: _("About the parties"),
    TraderStep.TRANSPORT: _("About the transport"),
    TraderStep.LICENCE: _("About the licence"),
    TraderStep.DOCUMENTS: _("About the documents"),
    TraderStep.GOODS: _("About the goods"),
}
POINTS = "points"
ROWS_AT_FIRST = 3
_SEPARATED = re.compile(r"[,;\n]+")
_PER_CENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
_PLACES = {
    "/name": "name",
    "/owner": "owner",
    "/basis": "basis",
    "/points": "points",
    "/lane": "effect",
    "/step": "step",
    "/expected_hit_rate": "hit_rate",
    "/valid_days": "valid_days",
}


class _Unjudged(forms.Form):
    """A form that finds nothing itself: the rules of profiles check what was sent, and tell it here."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Begin without errors."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}


class ProfileForm(_Unjudged):
    """What a profile is for, what it does, and who answers for it."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("What it is for, in a few words."))
    effect = forms.ChoiceField(
        label=_("What it does"),
        choices=[
            (POINTS, _("Adds points to the score")),
            (Lane.YELLOW.value, _("Always yellow: documents before release")),
            (Lane.RED.value, _("Always red: documents and goods before release")),
        ],
        widget=forms.RadioSelect,
        help_text=_("What is always yellow or red is never lowered, by trust or by full desks."),
    )
    points = forms.CharField(
        label=_("Points"),
        max_length=12,
        help_text=_("From -30 to 60, where it adds points."),
        widget=forms.TextInput(attrs={"inputmode": "text", "size": 8}),
    )
    step = forms.ChoiceField(
        label=_("What the trader is told to have ready"),
        choices=[(step.value, label) for step, label in STEPS.items()],
    )
    hit_rate = forms.CharField(
        label=_("Expected hit rate, in per cent"),
        max_length=8,
        help_text=_("Of 100 picks, in how many you expect to find something."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
    )
    valid_days = forms.CharField(
        label=_("Days until it ends"),
        max_length=4,
        help_text=_("180 at most; then someone looks at it again."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5}),
    )
    owner = forms.CharField(label=_("Owner"), max_length=120, help_text=_("Who answers for it."))
    basis = forms.CharField(
        label=_("Legal basis"), max_length=300, help_text=_("The act or the order that it rests on.")
    )


class CriterionForm(_Unjudged):
    """One criterion: a field, a question that fits it, values, and whether it must hold or is one of a group."""

    field = forms.ChoiceField(label=_("Field"))
    operator = forms.ChoiceField(label=_("Question"))
    values = forms.CharField(
        label=_("Values"), max_length=45_000, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    group = forms.ChoiceField(label=_("Must hold"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = str(self["field"].value() or "")
        self.choose("field", field_choices())
        swap = {"hx-post": "?part=rows", "hx-trigger": "change", "hx-target": "#criteria", "hx-swap": "outerHTML"}
        self.fields["field"].widget.attrs.update(swap)
        self.choose("operator", operator_choices(known))
        groups = [
            (str(number), gettext("One of group %(letter)s") % {"letter": chr(64 + number)}) for number in GROUP_NUMBERS
        ]
        self.choose("group", [("", gettext("Always")), *groups])

    def choose(self, name: str, choices: list[Any]) -> None:
        """Offer these in a list; what else is sent, the rules of profiles refuse with a reason."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def takes_values(self) -> bool:
        """Whether the question that is chosen asks for values."""
        return str(self["operator"].value() or "") not in NO_VALUES

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written into the row."""
        return not any(str(self[name].value() or "").strip() for name in ("field", "values"))

    @property
    def plain(self) -> dict[str, Any]:
        """The criterion as plain values."""
        text = str(self["values"].value() or "")
        operator = str(self["operator"].value() or "")
        values = [part.strip() for part in _SEPARATED.split(text) if part.strip()]
        return {"field": str(self["field"].value() or ""), "operator": operator, "values": values}

    @property
    def group_number(self) -> int:
        """The group of which one must hold; 0 for what must always hold."""
        chosen = str(self["group"].value() or "")
        return int(chosen) if chosen in map(str, GROUP_NUMBERS) else 0


GROUP_NUMBERS = range(1, GROUPS_MOST + 1)


def field_choices() -> list[Any]:
    """Every field with its words, by group."""
    groups: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for field in FIELDS.values():
        groups.setdefault(field.group, []).append((field.name, gettext(field.label)))
    named = [(str(GROUPS.get(group, group)), fields) for group, fields in groups.items() if fields]
    return [("", gettext("Choose a field")), *named]


def operator_choices(field_name: str) -> list[Any]:
    """The questions that fit a field; by what they fit, where the field is not known yet."""
    field = FIELDS.get(field_name)
    if field is not None:
        return [(operator.value, gettext(OPERATOR_WORDS[operator])) for operator in OPERATORS[field.kind]]
    by_kind = [
        (str(KINDS[kind]), [(one.value, gettext(OPERATOR_WORDS[one])) for one in operators if one not in _ANYWHERE])
        for kind, operators in OPERATORS.items()
    ]
    anywhere = [(one.value, gettext(OPERATOR_WORDS[one])) for one in _ANYWHERE]
    return [*by_kind, (gettext("Of any field"), anywhere)]


_ANYWHERE = (Operator.KNOWN, Operator.UNKNOWN)


class ProfileBuilder:
    """The whole page of a profile that is being written: its form and its rows."""

    def __init__(self, form: ProfileForm, rows: list[CriterionForm]) -> None:
        self.form, self.rows = form, rows

    @classmethod
    def of_request(cls, sent: Mapping[str, str]) -> "ProfileBuilder":
        """What was sent, with a row more or less where that was asked for."""
        act = sent.get("act", "")
        numbers = [number for number in range(_count(sent)) if act != f"remove-{number}"]
        kept = [{name: sent.get(f"c-{number}-{name}", "") for name in CriterionForm.base_fields} for number in numbers]
        if act == "add" or not kept:
            kept.append({})
        return cls(ProfileForm(sent), [_row(number, values) for number, values in enumerate(kept[:CRITERIA_MOST])])

    @classmethod
    def of_content(cls, content: ProfileContent) -> "ProfileBuilder":
        """A profile that is there already."""
        first = {
            "name": content.name,
            "effect": content.lane.value if content.lane else POINTS,
            "points": content.points if content.lane is None else "",
            "step": content.step.value,
            "hit_rate": _per_cent(content.expected_hit_rate),
            "valid_days": str(content.valid_days),
            "owner": content.owner,
            "basis": content.basis,
        }
        placed = [("", criterion) for criterion in content.all]
        placed += [(str(number), criterion) for number, group in enumerate(content.any, 1) for criterion in group]
        rows = [
            {
                "field": criterion.field,
                "operator": criterion.operator.value,
                "values": ", ".join(criterion.values),
                "group": group,
            }
            for group, criterion in placed
        ]
        return cls(ProfileForm(first), [_row(number, values) for number, values in enumerate(rows)])

    @classmethod
    def fresh(cls, owner: str) -> "ProfileBuilder":
        """An empty page."""
        first = {"effect": POINTS, "step": TraderStep.GOODS.value, "valid_days": "90", "owner": owner}
        return cls(ProfileForm(first), [_row(number, {}) for number in range(ROWS_AT_FIRST)])

    def content(self) -> dict[str, Any]:
        """The profile as plain values, for the rules to check."""
        sent = {name: str(self.form[name].value() or "") for name in ProfileForm.base_fields}
        hard = sent["effect"] in (Lane.YELLOW.value, Lane.RED.value)
        groups = self._groups()
        days = sent["valid_days"].strip()
        return {
            "name": sent["name"],
            "all": [row.plain for row in self._filled() if not row.group_number],
            "any": [[row.plain for row in rows] for rows in groups],
            "lane": sent["effect"] if hard else None,
            "points": "0" if hard else sent["points"].replace(",", ".") or "0",
            "step": sent["step"] or TraderStep.GOODS.value,
            "owner": sent["owner"],
            "basis": sent["basis"],
            "expected_hit_rate": _share(sent["hit_rate"]),
            "valid_days": int(days) if days.isdecimal() and len(days) < 6 else 0,
        }

    def errors(self, violations: Iterable[Violation]) -> list[PageError]:
        """What the rules refuse, told beside each field and listed with links."""
        places = self._places()
        found = []
        for one in violations:
            row = next((row for place, row in places.items() if _is_under(one.pointer, place)), None)
            message, remedy = gettext(one.message), gettext(one.remedy)
            form: forms.Form
            if row is not None:
                name = one.pointer.removeprefix(row[0]).strip("/").split("/")[0]
                form, name = row[1], name if name in CriterionForm.base_fields else "field"
            elif one.pointer in _PLACES:
                form, name = self.form, _PLACES[one.pointer]
            else:
                found.append(PageError(message, href="#criteria", rule=one.rule, remedy=remedy))
                continue
            form.add_error(name, message)
            found.append(PageError(message, href=f"#{form[name].id_for_label}", rule=one.rule, remedy=remedy))
        return found

    def _places(self) -> dict[str, tuple[str, CriterionForm]]:
        always = [row for row in self._filled() if not row.group_number]
        places = {f"/all/{number}": (f"/all/{number}", row) for number, row in enumerate(always)}
        for number, rows in enumerate(self._groups()):
            places |= {f"/any/{number}/{at}": (f"/any/{number}/{at}", row) for at, row in enumerate(rows)}
            places |= {f"/any/{number}": (f"/any/{number}", rows[0])}
        return places

    def _filled(self) -> list[CriterionForm]:
        return [row for row in self.rows if not row.is_empty]

    def _groups(self) -> list[list[CriterionForm]]:
        by_number = [[row for row in self._filled() if row.group_number == number] for number in GROUP_NUMBERS]
        return [rows for rows in by_number if rows]


def _is_under(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")


def _row(number: int, values: Mapping[str, str]) -> CriterionForm:
    return CriterionForm({f"c-{number}-{name}": value for name, value in values.items()}, prefix=f"c-{number}")


def _count(sent: Mapping[str, str]) -> int:
    text = sent.get("rows", "")
    return min(int(text), CRITERIA_MOST) if text.isdecimal() and len(text) < 4 else ROWS_AT_FIRST


def _share(text: str) -> str:
    number = text.strip().removesuffix("%").strip().replace(",", ".")
    return format(Decimal(number) / 100, "f") if _PER_CENT.fullmatch(number) else ""


def _per_cent(share: str) -> str:
    text = format(Decimal(share) * 100, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
