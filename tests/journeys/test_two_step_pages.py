"""The list of full declarations that are owed, and the trader's way to complete one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearance.models import SupplementaryObligation
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel, Lodged
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts
from tests.factories.declarations import short_json

Run = Callable[[], None]
pytestmark = pytest.mark.django_db


def _lodge(filer: Organisation, values: dict[str, Any]) -> Lodged:
    message = DeclarationMessage.model_validate(values)
    return declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=filer), channel=Channel.JSON)


def test_officers_see_what_is_owed_and_traders_do_not(
    client: Client, importer: Organisation, jobs_done: Run, django_assert_num_queries: Any
) -> None:
    lodged = [_lodge(importer, short_json()) for _ in range(3)]
    jobs_done()
    first = SupplementaryObligation.objects.get(pk=lodged[1].id)
    SupplementaryObligation.objects.filter(pk=first.pk).update(due_at=clock.now() + timedelta(days=2))
    client.force_login(accounts.user(Role.OFFICER))
    client.get(reverse("clearance:two-step"))
    with django_assert_num_queries(4):
        page = client.get(reverse("clearance:two-step"))
    assert page.status_code == 200
    text = page.content.decode()
    places = [text.index(lodged[number].mrn) for number in (1, 0, 2)]
    assert places == sorted(places)
    assert client.get(reverse("clearance:two-step") + "?state=COMPLETED").status_code == 200
    assert client.get(reverse("clearance:two-step") + "?state=nothing").status_code == 400
    client.force_login(accounts.user(Role.TRADER, of=importer))
    assert client.get(reverse("clearance:two-step")).status_code == 404


def test_completing_begins_a_draft_that_holds_what_was_said(
    client: Client, importer: Organisation, jobs_done: Run
) -> None:
    short = _lodge(importer, short_json())
    jobs_done()
    client.force_login(accounts.user(Role.TRADER, of=importer))
    shown = client.get(reverse("portal:show", args=[short.id]))
    address = reverse("portal:complete", args=[short.id])
    assert address in shown.content.decode()
    answer = client.post(address)
    draft = Declaration.objects.get(legal_state="DRAFT")
    assert answer["Location"] == reverse("portal:tasks", args=[draft.pk])
    content = draft.draft
    assert content["type_code"] == "IMY"
    assert content["previous_documents"] == [{"category": "Y", "type": "SDE", "id": short.mrn}]
    assert content["items"][0]["commodity_code"] == short_json()["items"][0]["commodity_code"]
    assert content["lrn"] != short.lrn


def test_a_declaration_of_another_is_not_found(client: Client, importer: Organisation, jobs_done: Run) -> None:
    short = _lodge(importer, short_json())
    jobs_done()
    client.force_login(accounts.user(Role.TRADER, of=accounts.organisation(identifier="ZZIMP0077")))
    assert client.post(reverse("portal:complete", args=[short.id])).status_code == 404
    assert client.post(reverse("portal:complete", args=[uuid7()])).status_code == 404
