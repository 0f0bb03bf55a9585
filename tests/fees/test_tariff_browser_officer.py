"""The pages of changes of the tariff in a real browser: no sideways scroll, and nothing that axe finds."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from fees.services import tariff_load
from fees.services.tariff import change_propose, change_read
from singlewindow.accounts.permissions import Role
from tests.factories import accounts
from tests.factories.tariff import FIRST, coffee_at, envelope_read, enveloped, files, measure_records

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def pages() -> list[str]:
    """A list with changes in several states, and the page of each."""
    components = ("duty.expression.id=01|duty.amount=9", "duty.expression.id=14")
    envelope = enveloped(
        *measure_records(type="552", area="CN", components=components),
        *measure_records(900_002, type="552", area="IN", code="0901220000"),
    )
    many = files(
        ("measures.csv", "duty,,090122,1011,import,,9 %", "duty,,090122,1011,import,,90 %"),
        ("tariff_notes.csv", "Asbestos in every form", "Asbestos in any form"),
        only=("measures.csv", "tariff_notes.csv"),
    )
    many["measures.csv"] = many["measures.csv"].replace(b"anti_dumping,,2523,PK", b"anti_dumping,,2523,IN")
    drafts = [envelope_read(envelope), change_read(files=many, actor=FIRST)]
    proposed = change_read(files=coffee_at("9.5 %"), actor=FIRST)
    change_propose(change_id=proposed, actor=FIRST)
    return ["", "new", *map(str, [*drafts, proposed])]


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (320, "fr"), (360, "ar")])
def test_the_pages_fit_their_width_and_axe_finds_nothing(
    live_server: Any, page: Page, client: Any, width: int, language: str
) -> None:
    tariff_load()
    client.force_login(accounts.user(Role.SUPERVISOR))
    cookie = client.cookies["csw-sid"]
    cookies = [(cookie.key, cookie.value), ("csw-language", language)]
    page.context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
    page.set_viewport_size({"width": width, "height": 900})
    for path in pages():
        answer = page.goto(f"{live_server.url}/tariff/changes/{path}")
        assert answer is not None
        assert answer.status == 200
        assert not page.evaluate(SCROLLS), path
        assert not Axe().run(page).response["violations"], path
