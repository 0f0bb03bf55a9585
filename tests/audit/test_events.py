"""Events: written with their act, never changed, told to parties in an order that loses none."""

import threading
from hashlib import sha256

import orjson
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.audit.selectors import feed_page
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.canonical import canonical_bytes
from singlewindow.kernel.errors import FormatRefused
from tests.factories import accounts

ACTOR = system_actor("tests", conversation_id="conversation-1")


def _record() -> Event:
    with unit_of_work() as work:
        event_record(
            work,
            actor=ACTOR,
            verb=Verb.DECLARATION_SUBMITTED,
            subject_type="declaration",
            subject_id="d1",
            data={"n": 1},
        )
    return Event.objects.latest("id")


@pytest.mark.django_db
def test_an_event_holds_its_canonical_bytes_and_the_leaf_over_their_salted_commitment() -> None:
    event = _record()
    canonical, salt = bytes(event.canonical), bytes(event.salt)
    content = orjson.loads(canonical)
    assert canonical == canonical_bytes(content)
    assert (content["verb"], content["actor"], content["data"]) == (event.verb, "system:tests", {"n": 1})
    assert bytes(event.leaf_hash) == sha256(b"\x00" + sha256(salt + canonical).digest()).digest()
    assert len(salt) == 32


@pytest.mark.django_db
def test_two_equal_events_have_different_salts_and_leaves() -> None:
    first, second = _record(), _record()
    assert bytes(first.salt) != bytes(second.salt)
    assert bytes(first.leaf_hash) != bytes(second.leaf_hash)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET verb = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_partyevent SET type = 'x'",
    ],
)
def test_the_database_refuses_to_change_or_remove_events(statement: str) -> None:
    _record()
    with unit_of_work() as work:
        party_event_publish(
            work, organisation_ids=[accounts.organisation().pk], type="released", subject_id="d1", data={}
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_an_act_that_fails_leaves_no_event() -> None:
    def act() -> None:
        with unit_of_work() as work:
            event_record(work, actor=ACTOR, verb=Verb.JOB_DIED, subject_type="job", subject_id="1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Event.objects.exists()


def _publish(organisation_id: object, subject: str) -> None:
    with unit_of_work() as work:
        party_event_publish(
            work,
            organisation_ids=[organisation_id],
            type="registered",
            subject_id=subject,
            data={},  # type: ignore[list-item]
        )


@pytest.mark.django_db(transaction=True)
def test_a_feed_is_read_in_pages_and_again_from_any_cursor() -> None:
    organisation = accounts.organisation()
    for number in range(5):
        _publish(organisation.pk, f"d{number}")
    page, cursor = feed_page(organisation.pk, size=3)
    assert [event.subject_id for event in page.rows] == ["d0", "d1", "d2"]
    rest, last = feed_page(organisation.pk, cursor=cursor, size=3)
    assert [event.subject_id for event in rest.rows] == ["d3", "d4"]
    again, _ = feed_page(organisation.pk, cursor=cursor, size=3)
    assert [event.pk for event in again.rows] == [event.pk for event in rest.rows]
    empty, kept = feed_page(organisation.pk, cursor=last)
    assert (list(empty.rows), kept) == ([], last)


@pytest.mark.django_db(transaction=True)
def test_an_organisation_reads_its_own_feed_only() -> None:
    mine, theirs = accounts.organisation(), accounts.organisation()
    _publish(theirs.pk, "d1")
    assert not feed_page(mine.pk)[0].rows


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_passed_by() -> None:
    """A smaller id that becomes visible after a larger one must still reach a reader who took the larger one."""
    organisation = accounts.organisation()
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with unit_of_work() as work:
            party_event_publish(work, organisation_ids=[organisation.pk], type="registered", subject_id="slow", data={})
            work.flush()
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    _publish(organisation.pk, "quick")
    page, cursor = feed_page(organisation.pk)
    go_on.set()
    thread.join()
    rest, _ = feed_page(organisation.pk, cursor=cursor)
    assert [event.subject_id for event in (*page.rows, *rest.rows)] == ["slow", "quick"]


@pytest.mark.django_db
def test_a_cursor_of_another_make_is_refused() -> None:
    with pytest.raises(FormatRefused):
        feed_page(accounts.organisation().pk, cursor="nonsense")


def test_every_verb_has_a_sentence_and_its_own_name() -> None:
    assert all(verb.sentence.endswith(".") for verb in Verb)
    assert len({verb.value for verb in Verb}) == len(Verb)


@pytest.mark.django_db
def test_party_events_have_an_identifier_of_their_own() -> None:
    first, second = accounts.organisation(), accounts.organisation()
    with unit_of_work() as work:
        party_event_publish(
            work, organisation_ids=[first.pk, second.pk, first.pk], type="released", subject_id="d1", data={}
        )
    assert PartyEvent.objects.count() == 2
    assert len(set(PartyEvent.objects.values_list("event_id", flat=True))) == 2


def test_the_published_catalogue_is_the_one_in_the_code() -> None:
    page = (settings.BASE_DIR / "docs" / "audit-events.md").read_text()
    assert [f"| `{verb.value}` | {verb.sentence} |" for verb in Verb] == [
        line for line in page.splitlines() if line.startswith("| `")
    ]
