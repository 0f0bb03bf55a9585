"""What the style guide shows: one example of every component, with values like those of real pages."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from singlewindow.kernel import clock
from singlewindow.kernel.paging import Page
from singlewindow.web.statuses import STATUSES
from singlewindow.web.types import (
    Bar,
    Chart,
    Crumb,
    Step,
    SummaryRow,
    Tab,
    Task,
    TaskState,
    TimelineEntry,
    Tone,
)


class ExampleForm(forms.Form):
    """One field of every kind."""

    commodity_code = forms.CharField(
        help_text="Six to ten digits, as in 0901 21 00.",
        validators=[RegexValidator(r"^[0-9]{6,10}$", "The commodity code has 6 to 10 digits and nothing else.")],
    )
    net_mass_kg = forms.DecimalField(label="Net mass in kilograms", required=False)
    origin = forms.ChoiceField(choices=[("", "Choose a country"), ("KE", "Kenya"), ("DE", "Germany")])
    direction = forms.ChoiceField(widget=forms.RadioSelect, choices=[("IM", "Into the country"), ("EX", "Out of it")])
    documents = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        choices=[("N380", "Commercial invoice"), ("N705", "Bill of lading"), ("7P01", "Plant health permit")],
        required=False,
    )
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    true = forms.BooleanField(label="What I have given is true and complete")


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One line of the example table."""

    mrn: str
    trader: str
    lane: str
    value: Decimal
    waited_hours: float

    @property
    def due_at(self) -> Any:
        """When its day is over."""
        return clock.now() + timedelta(hours=24 - self.waited_hours)


ROWS = [
    ExampleRow("26ZZ000000000012B4", "Amari Foods Ltd", "RED", Decimal("48210.5"), 25.2),
    ExampleRow("26ZZ000000000034B7", "شركة كيتو للإلكترونيات", "YELLOW", Decimal("7800"), 19.5),
    ExampleRow("26ZZ000000000051B0", "Highland Coffee Exporters", "YELLOW", Decimal("132000.75"), 3.1),
]


def _timeline() -> list[TimelineEntry]:
    at = clock.now()
    return [
        TimelineEntry("Lodged", at - timedelta(hours=20), "Swift Clearing Agents", icon="send", tone=Tone.INFO),
        TimelineEntry("Goods arrived", at - timedelta(hours=19), "Port Amari", icon="package-check", tone=Tone.INFO),
        TimelineEntry(
            "Examination ordered",
            at - timedelta(hours=18),
            detail="Bring the goods to bay 4. The office is open until 18:00.",
            tone=Tone.WARN,
            icon="package-search",
        ),
        TimelineEntry("Release", at + timedelta(hours=4), upcoming=True, icon="circle-check"),
    ]


def styleguide_context(with_errors: bool) -> dict[str, Any]:
    """Give the style guide its examples; with errors, the form is one that was sent empty."""
    return {
        "form": ExampleForm({} if with_errors else None),
        "statuses": STATUSES,
        "rows": ROWS,
        "page": Page(ROWS, "next"),
        "crumbs": [Crumb("Desk", "?"), Crumb("Port Amari", "?"), Crumb("26ZZ000000000012B4")],
        "summary": [
            SummaryRow("Commodity code", "0901 21 00", "#", "commodity code"),
            SummaryRow("Description", "Coffee, roasted, not decaffeinated, in bags of 60 kg", "#"),
            SummaryRow("Origin", "", "#", error="Choose the country of origin."),
        ],
        "timeline": _timeline(),
        "tasks": [
            Task("Parties", "#", TaskState.DONE, "Who sends and who receives"),
            Task("Goods", "#", TaskState.STARTED, "2 of 3 items"),
            Task("Documents", "#", TaskState.ERROR),
            Task("Check and send", "", TaskState.BLOCKED, "When all parts are done"),
        ],
        "steps": [
            Step("Parties", "#", done=True),
            Step("Transport", "#", done=True),
            Step("Goods", "#", current=True),
            Step("Documents", "#"),
            Step("Check and send"),
        ],
        "tabs": [Tab("Waiting", "?tab=1", True, 12), Tab("Mine", "?tab=2", count=3), Tab("Decided", "?tab=3")],
        "lanes": Chart(
            "Lanes today",
            [
                Bar("Green", 412, "green", "?lane=GREEN"),
                Bar("Blue", 38, "blue", "?lane=BLUE"),
                Bar("Yellow", 27, "yellow", "?lane=YELLOW"),
                Bar("Red", 9, "red", "?lane=RED"),
            ],
            unit="Declarations",
        ),
        "ageing": Chart(
            "Waiting by age, hours",
            [
                Bar("0–4", 14, href="?age=4"),
                Bar("4–8", 9, href="?age=8"),
                Bar("8–12", 6, href="?age=12"),
                Bar("12–18", 4, href="?age=18"),
                Bar("18–24", 2, "warn", "?age=24"),
                Bar("24 +", 1, "bad", "?age=late"),
            ],
            unit="Consignments",
        ),
        "spark": [4, 6, 5, 8, 7, 11, 9, 6],
    }
