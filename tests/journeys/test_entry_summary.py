"""Advance data on cargo, from the filer's message to the officer's word: F19 and F28 on the running parts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client

from singlewindow.accounts.models import Organisation, User
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from singlewindow.ens.models import EntrySummary
from tests.factories import accounts
from tests.factories.ens import amendment_xml, entry_xml

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/entry-summaries"
LATER = "209904011200"


@pytest.fixture
def broker(country: None) -> Organisation:
    return Organisation.objects.filter(identifier="ZZBRK0001").first() or accounts.organisation(identifier="ZZBRK0001")


@pytest.fixture
def software(broker: Organisation) -> Callable[..., HttpResponse]:
    """The broker's software, with its token."""
    token = accounts.token(of=broker, scopes="entries feed", role=Role.BROKER)

    def send(address: str, body: bytes = b"", media: str = "application/xml") -> HttpResponse:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        if not body:
            return Client().get(address, headers=headers)
        return Client().post(address, body, content_type=media, headers=headers)

    return send


@pytest.fixture
def officer() -> Client:
    client, person = Client(), accounts.user(Role.OFFICER)
    assert isinstance(person, User)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def feed(broker: Organisation) -> list[str]:
    return list(PartyEvent.objects.filter(organisation_id=broker.pk).order_by("at").values_list("type", flat=True))


def test_F19_a_vague_declaration_is_asked_about_corrected_and_complete(
    broker: Organisation, software: Callable[..., HttpResponse], jobs_done: Callable[[], None]
) -> None:
    vague: dict[str, Any] = {"items__0__description": "Freight of all kinds", "first_entry__expected_at": LATER}
    made = software(ROOT, entry_xml(**vague)).json()
    jobs_done()
    asked = software(f"{ROOT}/{made['id']}").json()
    assert asked["state"] == "information_requested"
    assert [question["code"] for question in asked["questions"]] == ["RFI-DESC"]

    second = software(ROOT, amendment_xml(made["mrn"], first_entry__expected_at=LATER)).json()
    assert second["version"] == 2
    jobs_done()
    assert software(f"{ROOT}/{made['id']}").json()["state"] == "assessment_complete"
    assert feed(broker) == [
        "entry.lodged",
        "entry.information_requested",
        "entry.amended",
        "entry.assessed",
    ]


def test_F28_a_hit_of_the_alert_list_is_on_the_desk_within_a_minute_and_ends_as_do_not_load(
    broker: Organisation,
    software: Callable[..., HttpResponse],
    officer: Client,
    jobs_done: Callable[[], None],
) -> None:
    body = entry_xml(items__0__commodity={"code": "930190"}, first_entry__expected_at=LATER)
    made = software(ROOT, body).json()
    jobs_done()
    entry = EntrySummary.objects.get(pk=made["id"])
    assert entry.alerted_at is not None
    assert entry.alerted_at - entry.lodged_at < timedelta(seconds=60)
    assert made["mrn"] in officer.get("/targeting/").content.decode()
    assert software(f"{ROOT}/{made['id']}").json()["state"] == "registered"

    form = {"action": "ask", "code": "RFI-HS", "reason": "Under which licence?"}
    assert officer.post(f"/targeting/{entry.id}", form).status_code == 302
    (question,) = software(f"{ROOT}/{made['id']}").json()["questions"]
    assert question["text"] == "Under which licence?"
    answer = orjson.dumps({"question_id": question["id"], "answer": "None."})
    assert software(f"{ROOT}/{made['id']}/answers", answer, "application/json").json()["state"] == "answered"

    form = {"action": "forbid", "reason": "Weapons without a licence"}
    assert officer.post(f"/targeting/{entry.id}", form).status_code == 302
    last = software(f"{ROOT}/{made['id']}").json()
    assert (last["state"], last["reason"]) == ("do_not_load", "Weapons without a licence")
    assert feed(broker)[-1] == "entry.loading_forbidden"
    assert software(ROOT, amendment_xml(made["mrn"])).status_code == 409
