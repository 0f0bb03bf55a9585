"""The form of a simulation: what is tried, on which days, from which seed. One kind of change at a time."""

import re
import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.rules.policy import SelectionPolicy
from risk.rules.profiles import profile_change, profile_end_change
from risk.rules.rule_set import CompiledRuleSet
from risk.selectors.profiles import ProfileShown
from risk.services.simulations import SEEDS
from risk.states import ProfileState
from risk.types import Lane, RuleChange, RuleChangeKind
from singlewindow.kernel import clock
from singlewindow.learning.types import ModelView

DAYS_AT_FIRST = 90
OFFICE_LENGTH = 8
CAPACITY = re.compile(r"[0-9]{1,6}")
PLACES: dict[str, Any] = {"max_digits": 7, "decimal_places": 4}
"""A number such as 1e-999999 is short to send and a million digits to write out."""
WHAT: dict[str, str | Promise] = {
    "profile": _("A profile"),
    "model": _("A model"),
    "bands": _("The bands of the score"),
    "selection": _("The capacity and the draws"),
}
"""What may be tried, as the tabs of the page."""


class SimulationForm(forms.Form):
    """The period, the seed and the title; what is tried stands in the forms made of it."""

    own_fields: tuple[str, ...] = ()
    title = forms.CharField(label=_("Title"), max_length=200, required=False, help_text=_("What you want to find out."))
    since = forms.DateField(label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=SEEDS - 1,
        help_text=_("The draws are made from it: the same seed and period give the same figures to the last digit."),
    )

    def __init__(self, *args: Any, live: CompiledRuleSet, **kwargs: Any) -> None:
        until = clock.today()
        first = {
            "since": until - timedelta(days=DAYS_AT_FIRST),
            "until": until,
            "seed": secrets.randbelow(10**9),
            **self.begun(live),
        }
        kwargs["initial"] = first | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.order_fields([*self.own_fields, "since", "until", "seed", "title"])

    def begun(self, live: CompiledRuleSet) -> dict[str, Any]:
        """What is in force, to be changed."""
        return {}

    def change(self) -> RuleChange:
        """The change that is tried."""
        raise NotImplementedError


class ProfileForm(SimulationForm):
    """A profile that is being written, or a live one taken out."""

    own_fields = ("profile",)
    profile = forms.ChoiceField(label=_("Profile"))

    def __init__(self, *args: Any, profiles: list[ProfileShown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._profiles = {str(one.id): one for one in profiles}
        written = [(key, _named(one)) for key, one in self._profiles.items() if one.state is not ProfileState.LIVE]
        live = [(key, _named(one)) for key, one in self._profiles.items() if one.state is ProfileState.LIVE]
        choices = [("", "–"), (gettext("With a profile that is not live"), written)]
        field = self.fields["profile"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*choices, (gettext("Without a live profile"), live)]

    def change(self) -> RuleChange:
        """The profile goes live, or the live one ends."""
        one = self._profiles[self.cleaned_data["profile"]]
        if one.state is ProfileState.LIVE:
            return profile_end_change(code=one.code, version=one.version, content_sha256=one.content_sha256)
        return profile_change(one.content, code=one.code, version=one.version)


def _named(one: ProfileShown) -> str:
    return f"{one.code} v{one.version}: {one.name}"


class ModelForm(SimulationForm):
    """A registered model, or none."""

    own_fields = ("model",)
    model = forms.ChoiceField(label=_("Model"), required=False)

    def __init__(self, *args: Any, models: list[ModelView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        assert isinstance(field, forms.ChoiceField)
        names = [(one.hash, f"{one.name} ({one.hash[:12]})") for one in models]
        field.choices = [("", gettext("No model: rules and profiles alone")), *names]

    def begun(self, live: CompiledRuleSet) -> dict[str, Any]:
        """The model in force."""
        return {"model": live.model}

    def change(self) -> RuleChange:
        """The model takes the place of the one in force."""
        return RuleChange(RuleChangeKind.MODEL, {"hash": self.cleaned_data["model"]})


class BandsForm(SimulationForm):
    """The score from which each lane begins."""

    own_fields = ("blue", "yellow", "red")
    blue = forms.IntegerField(label=_("Blue from"), min_value=1, max_value=100)
    yellow = forms.IntegerField(label=_("Yellow from"), min_value=1, max_value=100)
    red = forms.IntegerField(label=_("Red from"), min_value=1, max_value=100)

    def begun(self, live: CompiledRuleSet) -> dict[str, Any]:
        """The bands in force."""
        return {"blue": live.bands.blue, "yellow": live.bands.yellow, "red": live.bands.red}

    def change(self) -> RuleChange:
        """Other bands."""
        return RuleChange(RuleChangeKind.BANDS, {name: self.cleaned_data[name] for name in self.own_fields})


class SelectionForm(SimulationForm):
    """How much offices can examine, and how much of it is for learning."""

    own_fields = ("capacity", "explore", "uncertain", "width", "over")
    capacity = forms.CharField(
        label=_("Examinations a day"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
        help_text=_("One office a line, such as ZZ000101 = 40; * stands for every other office."),
    )
    explore = forms.DecimalField(label=_("Share kept for learning, in percent"), min_value=0, max_value=100, **PLACES)
    uncertain = forms.DecimalField(
        label=_("Of it, where the engine is least sure, in percent"), min_value=0, max_value=100, **PLACES
    )
    width = forms.DecimalField(
        label=_("Points under red that still count as unsure"), min_value=0, max_value=100, **PLACES
    )
    over = forms.ChoiceField(
        label=_("A red score beyond the capacity goes"),
        choices=[(Lane.BLUE.value, _("blue")), (Lane.YELLOW.value, _("yellow"))],
    )

    def begun(self, live: CompiledRuleSet) -> dict[str, Any]:
        """The selection in force."""
        policy = live.selection
        self._value_share, self._explore_most = policy.value_share, policy.explore_most
        return {
            "capacity": "\n".join(f"{office} = {count}" for office, count in sorted(policy.capacity.items())),
            "explore": _plain(policy.explore * 100),
            "uncertain": _plain(policy.uncertain * 100),
            "width": _plain(policy.width),
            "over": policy.over.value,
        }

    def clean_capacity(self) -> dict[str, int]:
        """The lines as numbers by office."""
        found: dict[str, int] = {}
        for line in str(self.cleaned_data["capacity"]).splitlines():
            office, _sign, count = line.partition("=")
            if not line.strip():
                continue
            if not 0 < len(office.strip()) <= OFFICE_LENGTH or not CAPACITY.fullmatch(count.strip()):
                raise forms.ValidationError(gettext("Write an office, an equals sign and a whole number: %s") % line)
            found[office.strip().upper()] = int(count)
        return found

    def change(self) -> RuleChange:
        """Another selection."""
        given = self.cleaned_data
        policy = SelectionPolicy(
            capacity=given["capacity"],
            explore=given["explore"] / 100,
            uncertain=given["uncertain"] / 100,
            width=given["width"],
            over=Lane(given["over"]),
            value_share=self._value_share,
            explore_most=self._explore_most,
        )
        return RuleChange(RuleChangeKind.SELECTION, policy.plain())


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
