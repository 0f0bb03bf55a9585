"""Reading notifications: as JSON, as XML, again for 90 days, by nobody else; and a refusal in the sender's own form."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from lxml import etree

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import FeedHorizon, PartyEvent
from singlewindow.audit.services import feed_clear, party_event_publish
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.edifact import interchange_read
from singlewindow.notifications.kinds import KINDS
from tests.factories import accounts
from tests.factories.declarations import import_json
from tests.factories.res_schema import response_of, schema_of
from tests.factories.third_party import Software
from tests.journeys.conftest import country, importer, jobs_done  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/api/v1/notifications"
Run = Callable[[], None]


@pytest.fixture(scope="module")
def schema(shared_inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    return schema_of(shared_inputs, tmp_path_factory.mktemp("schema"))


def every(software: Software) -> list[dict[str, Any]]:
    page = software.get(f"{ROOT}?page_size=200")
    assert page.status_code == 200, page.content
    return list(page.json()["notifications"])


def test_the_whole_life_of_a_released_declaration_is_told_in_valid_messages(
    importer: Organisation,  # noqa: F811
    jobs_done: Run,  # noqa: F811
    schema: etree.XMLSchema,
) -> None:
    software = Software(importer)
    lodged = software.lodged(import_json())
    jobs_done()
    told = [one for one in every(software) if one["subject"] == lodged["id"]]
    assert {one["message"] for one in told} >= {"DMSRCV", "DMSACC", "DMSTAX", "DMSROG", "DMSCLE"}
    for one in told:
        if one["function_code"] is None:
            assert one["no_message_because"]
            continue
        assert one["declaration"] == {"mrn": lodged["mrn"], "lrn": lodged["lrn"], "version": 1}, one
        answer = software.get(one["links"]["xml"])
        assert answer["Content-Type"] == "application/xml"
        response = response_of(answer.content)
        assert schema.validate(etree.fromstring(etree.tostring(response))), schema.error_log
        assert response.findtext("{*}Declaration/{*}ID") == lodged["mrn"]
        assert software.get(f"{ROOT}/{one['id']}", Accept="application/xml").content == answer.content
        assert software.get(f"{ROOT}/{one['id']}").json() == one
    liability = next(one for one in told if one["type"] == "assessed")
    assert liability["taxes"]
    assert liability["currency"] == "EUR"


def test_the_list_asks_the_same_number_of_questions_for_one_event_and_for_many(
    importer: Organisation,  # noqa: F811
    jobs_done: Run,  # noqa: F811
    django_assert_max_num_queries: Any,
) -> None:
    software = Software(importer)
    for _ in range(3):
        software.lodged(import_json())
    jobs_done()
    with django_assert_max_num_queries(8):
        assert len(every(software)) > 12


def test_a_notification_is_read_as_cusres_by_accept_or_by_format(
    importer: Organisation,  # noqa: F811
    jobs_done: Run,  # noqa: F811
) -> None:
    software = Software(importer)
    software.lodged(import_json())
    jobs_done()
    told = next(one for one in every(software) if one["message"] == "DMSACC")
    asked = software.get(f"{ROOT}/{told['id']}?format=edifact")
    accepted = software.get(f"{ROOT}/{told['id']}", Accept="application/edifact")
    assert asked["Content-Type"] == accepted["Content-Type"] == "application/edifact"
    assert asked.content == accepted.content
    read = interchange_read(asked.content)
    assert read.recipient == importer.identifier
    assert [message.type for message in read.messages] == ["CUSRES"]


def test_a_stranger_finds_nothing_and_a_wrong_form_is_named(importer: Organisation) -> None:  # noqa: F811
    software = Software(importer)
    (credit,) = every(software)
    stranger = Software(accounts.organisation())
    assert stranger.get(credit["links"]["self"]).status_code == 404
    assert Client().get(credit["links"]["self"]).status_code == 401
    assert Software(importer, scopes="quotes").get(ROOT).status_code == 403
    assert software.get(f"{ROOT}/{credit['id']}?format=pdf").json()["code"] == "query.format"
    no_message = software.get(f"{ROOT}/{credit['id']}?format=xml")
    assert (no_message.status_code, no_message.json()["code"]) == (406, "notification.no_message")


XML = b"""<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">
<md:WCOTypeName>DEC</md:WCOTypeName><Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
<FunctionCode>9</FunctionCode><FunctionalReferenceID>BAD-1</FunctionalReferenceID><TypeCode>IMA</TypeCode>
<GoodsItemQuantity>x</GoodsItemQuantity></Declaration></md:MetaData>"""


@pytest.mark.parametrize("path", ["/api/v1/declarations", "/api/v1/messages"])
def test_a_refused_XML_message_is_answered_with_its_DMSREJ(
    importer: Organisation,  # noqa: F811
    schema: etree.XMLSchema,
    path: str,
) -> None:
    software = Software(importer)
    plain = software.post(XML, path=path, content_type="application/xml")
    assert plain["Content-Type"] == "application/problem+json"
    answer = software.post(XML, path=path, content_type="application/xml", Accept="application/xml")
    assert answer["Content-Type"] == "application/xml"
    assert answer.status_code == plain.status_code
    response = response_of(answer.content)
    assert schema.validate(etree.fromstring(etree.tostring(response))), schema.error_log
    assert response.findtext("{*}FunctionCode") == "03"
    assert response.findtext("{*}Declaration/{*}FunctionalReferenceID") == "BAD-1"
    found = plain.json()["errors"]
    errors = response.findall("{*}Error")
    assert len(errors) == len(found)
    for error, finding in zip(errors, found, strict=True):
        assert finding["code"] in (error.findtext("{*}Description") or "") + (error.findtext("{*}ValidationCode") or "")
        assert error.findtext("{*}Pointer/{*}DocumentSectionCode") == "42A"


def test_a_refused_JSON_message_is_a_problem_whatever_is_asked_for(importer: Organisation) -> None:  # noqa: F811
    answer = Software(importer).post(b"{}", Accept="application/xml")
    assert answer["Content-Type"] == "application/problem+json"


def _tell(organisation: Organisation, subject: str, days: float) -> None:
    with unit_of_work() as work:
        party_event_publish(
            work,
            organisation_ids=[organisation.pk],
            type="released",
            subject_id=subject,
            data={},
            at=clock.now() - timedelta(days=days),
        )


def _clear() -> int:
    with unit_of_work() as work:
        return feed_clear(work)


def test_an_event_is_there_for_90_days_and_the_database_lets_none_go_before() -> None:
    owner = accounts.organisation()
    _tell(owner, "old", 90.01)
    _tell(owner, "young", 89.99)
    with (
        pytest.raises(DatabaseError, match="younger than 90 days"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_partyevent")
    assert _clear() == 1
    assert [event.subject_id for event in PartyEvent.objects.all()] == ["young"]
    assert _clear() == 0
    with pytest.raises(ValueError, match="90 days"), unit_of_work() as work:
        feed_clear(work, kept=timedelta(days=89))


def test_a_frozen_clock_shows_both_sides_of_the_90_days() -> None:
    owner = accounts.organisation()
    begin = clock.now() - timedelta(days=100)
    with clock.frozen(begin):
        _tell(owner, "first", 0)
    with clock.frozen(begin + timedelta(days=90)):
        assert _clear() == 0
    with clock.frozen(begin + timedelta(days=90, seconds=1)):
        assert _clear() == 1


@pytest.mark.parametrize("path", ["/api/v1/events", ROOT])
def test_a_cursor_older_than_what_is_kept_is_refused_with_the_oldest_one(path: str) -> None:
    owner = accounts.organisation()
    software = Software(owner)
    for number in range(3):
        _tell(owner, f"old-{number}", 100 - number)
    first = software.get(f"{path}?page_size=1").json()["cursor"]
    _tell(owner, "young", 1)
    end = software.get(f"{path}?page_size=200").json()["cursor"]
    assert _clear() == 3
    refused = software.get(f"{path}?cursor={first}")
    assert (refused.status_code, refused.json()["code"]) == (410, "cursor.too_old")
    oldest = refused.json()["errors"][0]["value"]
    assert oldest in refused.json()["detail"]
    again = software.get(f"{path}?cursor={oldest}").json()
    name = "events" if path.endswith("events") else "notifications"
    assert [one["subject"] for one in again[name]] == ["young"]
    assert software.get(f"{path}?cursor={end}").json()[name] == []
    assert FeedHorizon.objects.get().organisation_id == owner.pk


def test_another_organisation_s_old_cursor_still_works_when_nothing_of_its_own_went() -> None:
    owner, other = accounts.organisation(), accounts.organisation()
    _tell(other, "mine", 10)
    cursor = Software(other).get("/api/v1/events").json()["cursor"]
    _tell(owner, "old", 100)
    assert _clear() == 1
    assert Software(other).get(f"/api/v1/events?cursor={cursor}").status_code == 200


def test_the_page_of_a_declaration_lists_its_messages_as_files(
    importer: Organisation,  # noqa: F811
    jobs_done: Run,  # noqa: F811
    client: Client,
) -> None:
    lodged = Software(importer).lodged(import_json())
    jobs_done()
    client.force_login(accounts.user(Role.TRADER, of=importer), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/declarations/{lodged['id']}/").content.decode()
    assert "DMSROG" in page
    event = PartyEvent.objects.get(type="released", organisation=importer)
    file = client.get(f"/notifications/{event.event_id}.xml")
    assert file["Content-Disposition"].endswith(f'filename="{lodged["mrn"]}-DMSROG.xml"')
    assert response_of(file.content).findtext("{*}FunctionCode") == "08"
    assert client.get(f"/notifications/{event.event_id}.json").json()["message"] == "DMSROG"
    assert client.get(f"/notifications/{UUID(int=5)}.xml").status_code == 404
    stranger = Client()
    stranger.force_login(accounts.user(Role.TRADER), backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.get(f"/notifications/{event.event_id}.xml").status_code == 404
    assert "released" in KINDS
