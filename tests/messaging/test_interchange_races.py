"""Two copies of an interchange at once are one; two contents under one reference are one and a refusal."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from declarations.models import Declaration
from singlewindow.messaging.models import Interchange
from tests.factories import accounts
from tests.factories.clearance import country_load
from tests.factories.declarations import import_message
from tests.factories.edifact import EDIFACT, MESSAGES, interchange
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)

COPIES = 6


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(acts))

    def thread(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(thread, acts))


def test_E6_E7_copies_at_once_are_taken_once_and_answered_alike() -> None:
    country_load()
    organisation = accounts.organisation(identifier="ZZIMP0001")
    senders = [Software(organisation) for _ in range(2 * COPIES)]
    same, other = interchange(import_message(lrn="A")), interchange(import_message(lrn="B"))
    bodies = [same, other] * COPIES

    def sent(software: Software, body: bytes) -> Callable[[], Any]:
        return lambda: software.post(body, path=MESSAGES, content_type=EDIFACT)

    answers = at_once([sent(software, body) for software, body in zip(senders, bodies, strict=True)])
    assert Counter(answer.status_code for answer in answers) == {200: COPIES, 409: COPIES}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert Declaration.objects.count() == Interchange.objects.count() == 1
