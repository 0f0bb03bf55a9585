"""The feed of an organisation: every event once, in order, and again from any cursor."""

from collections.abc import Callable

import pytest

from singlewindow.accounts.models import Organisation
from singlewindow.audit.models import PartyEvent
from tests.factories import accounts
from tests.factories.declarations import import_json
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)

Run = Callable[[], None]


def test_a_reader_sees_every_event_once_in_order_and_again_from_any_cursor(
    importer: Organisation, jobs_done: Run
) -> None:
    software = Software(importer)
    stranger = Software(accounts.organisation())
    assert [event["type"] for event in software.feed()[0]] == ["account_credited"]
    lodged = [software.lodged(import_json())["id"] for _ in range(4)]
    jobs_done()
    whole, end = software.feed()
    ids = [event["id"] for event in whole]
    kept = PartyEvent.objects.filter(organisation=importer).order_by("transaction_id", "id")
    assert ids == [str(event_id) for event_id in kept.values_list("event_id", flat=True)]
    assert len(set(ids)) == len(ids) >= 4 * 4
    for declaration_id in lodged:
        told = [event["type"] for event in whole if event["subject"] == declaration_id]
        assert told.index("registered") < told.index("accepted") < told.index("released") < told.index("cleared")

    for size in (1, 3, len(ids), 200):
        assert [event["id"] for event in software.feed(size=size)[0]] == ids, size

    cursor, seen = "", []
    while True:
        page = software.get(f"/api/v1/events?page_size=1&cursor={cursor}").json()
        seen += [event["id"] for event in page["events"]]
        assert [event["id"] for event in software.feed(page["cursor"])[0]] == ids[len(seen) :]
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert (seen, cursor) == (ids, end)

    assert software.feed(end) == ([], end)
    later = software.lodged(import_json(presented=False))["id"]
    fresh, _ = software.feed(end)
    assert {event["subject"] for event in fresh} == {later}
    assert stranger.feed() == ([], "")


@pytest.mark.parametrize("cursor", ["abc", "WyIxIl0", "W10", "%00", "W1swXSwwXQ", "a" * 2_000])
def test_a_cursor_that_the_feed_did_not_make_is_refused(cursor: str) -> None:
    answer = Software(accounts.organisation()).get(f"/api/v1/events?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["code"] in {"cursor", "query.nul"}
