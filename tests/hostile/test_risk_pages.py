"""What people of the risk unit could type, or be made to send: refused in words, never a fault, nothing kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from risk.models import AlertEntry, Profile, Simulation
from singlewindow.accounts.permissions import Role
from singlewindow.approvals.models import Proposal
from singlewindow.kernel import clock
from tests.factories import accounts, profiles
from tests.journeys.test_two_people import BACKEND, LAPTOPS

pytestmark = pytest.mark.django_db

NOBODYS = UUID(int=5)
LONG = "9" * 5_000
NUMBERS = ("1e9999999", "1e-99999999", "NaN", "sNaN", "-Infinity", LONG, "\x00", "٣٣٣٣٣٣٣٣", "", "0x10", "1_0", "=1+1")
TEXTS = ("\x00", "a\x00b", "\ud800", "<script>alert(1)</script>", "=HYPERLINK(1)", "x" * 100_000, "'; DROP TABLE x;--")
DAYS = ("0001-01-01", "9999-12-31", "1026-01-01", "3026-01-01", "2026-02-30", "\x00", "", "tomorrow", "20260101")
QUERIES = (
    "state",
    "kind",
    "cursor",
    "what",
    "profile",
    "name",
    "country",
    "birth",
    "identifier",
    "part",
    "show",
    "page",
)


@pytest.fixture
def analyst() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(accounts.user(Role.RISK_ANALYST), backend=BACKEND)
    return client


def sent(client: Client, path: str, form: dict[str, str]) -> None:
    """Post a form; a browser sends no lone surrogates, so what cannot be written as UTF-8 becomes a question mark."""
    answer = client.post(path, {name: value.encode("utf-8", "replace").decode() for name, value in form.items()})
    shown = {name: value[:40] for name, value in form.items()}
    assert answer.status_code < 500, (path, shown)
    assert b"<script>alert(1)" not in answer.content, (path, shown)


def test_a_profile_of_any_bytes_is_refused_or_kept_as_text(analyst: Client) -> None:
    for field in LAPTOPS:
        for value in (*NUMBERS, *TEXTS):
            if field != "act":
                sent(analyst, reverse("risk:profile-new"), LAPTOPS | {field: value})
    rows = {f"c-{number}-{part}": "x" for number in range(400) for part in ("field", "operator", "values")}
    sent(analyst, reverse("risk:profile-new"), LAPTOPS | rows | {"rows": "999"})
    for profile in Profile.objects.all()[:9]:
        assert analyst.get(reverse("risk:profile", args=[profile.id])).status_code == 200


def test_a_reason_of_any_bytes_is_refused_or_kept_as_text(analyst: Client) -> None:
    assert analyst.post(reverse("risk:profile-new"), LAPTOPS).status_code == 302
    made = Profile.objects.get()
    profiles.simulate(made)
    assert analyst.post(reverse("risk:profile-act", args=[made.id]), {"act": "propose"}).status_code == 302
    proposal = Proposal.objects.get()
    second = Client(raise_request_exception=False)
    second.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)
    for reason in ("\x00", "a\x00b", "\x1b[2J", "x" * 100_000, " ", ""):
        for decision in ("grant", "refuse", "\x00", ""):
            if reason.strip() and "\x00" not in reason and len(reason) < 500:
                continue  # that is a reason, and it would decide
            sent(second, reverse("approvals:proposal", args=[proposal.id]), {"decision": decision, "reason": reason})
        assert Proposal.objects.get().state == "open"
        for act in ("end", "withdraw", "\x00", "nonsense"):
            sent(analyst, reverse("risk:profile-act", args=[made.id]), {"act": act, "reason": reason})
        sent(analyst, reverse("approvals:withdraw", args=[NOBODYS]), {"reason": reason})


@pytest.mark.parametrize("what", ["profile", "model", "bands", "selection"])
def test_a_simulation_of_any_numbers_is_refused(analyst: Client, what: str) -> None:
    today = clock.today()
    good = {
        "since": (today - timedelta(days=9)).isoformat(), "until": today.isoformat(), "seed": "1", "title": "t",
        "blue": "20", "yellow": "50", "red": "70", "capacity": "* = 5", "explore": "10", "uncertain": "50",
        "width": "25", "over": "BLUE", "profile": "", "model": "",
    }  # fmt: skip
    path = f"{reverse('risk:simulation-new')}?what={what}"
    for field in ("blue", "explore", "uncertain", "width", "seed"):
        for value in NUMBERS:
            sent(analyst, path, good | {field: value})
    for field in ("since", "until"):
        for value in DAYS:
            sent(analyst, path, good | {field: value})
    sent(analyst, path, good | {"since": "1026-01-01", "until": "3026-01-01"})
    for field in ("title", "over", "profile", "model", "capacity"):
        for value in TEXTS:
            sent(analyst, path, good | {field: value})
    for value in (f"* = {LONG}", f"{LONG} = 1", "* = -1", "* = 1e9", "* = ٣", "=", "\n".join(["A = 1"] * 20_000)):
        sent(analyst, path, good | {"capacity": value})
    assert not Simulation.objects.exists()


def test_an_alert_of_any_bytes_is_refused_or_kept_as_text(analyst: Client) -> None:
    last = (clock.today() + timedelta(days=9)).isoformat()
    good = {"kind": "party", "value": "X1", "origin": "", "reason": "r", "basis": "b", "owner": "o", "valid_to": last}
    for field in good:
        for value in (*TEXTS, *DAYS):
            sent(analyst, reverse("risk:alert-new"), good | {field: value})
    assert not AlertEntry.objects.exclude(state="proposed").exists()
    assert analyst.get(reverse("risk:alerts")).status_code == 200


def test_every_page_of_the_risk_unit_stands_any_question(analyst: Client) -> None:
    pages = [
        reverse(f"risk:{name}")
        for name in ("desk", "alerts", "models", "rules", "profiles", "simulations", "simulation-new", "profile-new")
    ]
    pages += [reverse("screening:lists"), reverse("approvals:list")]
    for path in pages:
        for name in QUERIES:
            for value in ("\x00", "a\x00b", "%ff", "x" * 3_000, "=1+1", "<script>alert(1)</script>", "1e9"):
                answer = analyst.get(path, {name: value})
                assert answer.status_code < 500, (path, name, value[:20])
                assert b"<script>alert(1)" not in answer.content, (path, name)


def test_what_is_not_there_is_404_for_every_act(analyst: Client) -> None:
    names: dict[str, Any] = {
        "risk:profile-act": {"act": "propose"},
        "risk:simulation-stop": {},
        "risk:simulation-propose": {},
        "approvals:proposal": {"decision": "grant", "reason": "r"},
        "approvals:withdraw": {},
        "risk:alert": {"reason": "r"},
    }
    for name, form in names.items():
        assert analyst.post(reverse(name, args=[NOBODYS]), form).status_code == 404, name
    for name in ("risk:profile", "risk:profile-edit", "risk:simulation", "risk:simulation-csv", "risk:alert"):
        assert analyst.get(reverse(name, args=[NOBODYS])).status_code == 404, name
    assert analyst.get(reverse("risk:model", args=["a" * 300])).status_code == 404
