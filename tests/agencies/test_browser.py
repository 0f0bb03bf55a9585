"""Pages of permits in a browser: nothing overflows on a phone, in either direction, and the checker finds nothing."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from agencies.models import DisclaimerUse, ForeignCertificate
from agencies.services import (
    application_draft,
    certificate_receive,
    part_issue,
    part_query,
    permit_write_off,
    permits_reserve,
)
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories import accounts, agencies
from tests.factories.agencies import application_json, applied, goods_json, issue_order, oranges, snapshot
from tests.factories.certificates import sps_xml

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PICTURES = os.environ.get("PICTURES_OF_PAGES", "")


@pytest.fixture
def base_url() -> str:
    """No address in advance: each test has its server's."""
    return ""


def looked_at(page: Any, live_server: Any, user: Any, pages: dict[str, str]) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["csw-sid"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    found: list[Any] = []
    for width, language in ((1280, "en"), (360, "en"), (320, "ar")):
        page.context.add_cookies([{"name": "csw-language", "value": language, "url": live_server.url}])
        page.set_viewport_size({"width": width, "height": 900})
        for name, path in pages.items():
            answer = page.goto(f"{live_server.url}{path}")
            if answer.status != 200:
                found.append((name, answer.status))
                continue
            if PICTURES:
                page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{language}.png"), full_page=True)
            if page.evaluate(SCROLLS):
                found.append((name, width, language, "scrolls"))
            if width == 1280:
                faults = Axe().run(page).response["violations"]
                found += [(name, one["id"], one["nodes"][0]["html"][:200]) for one in faults]
    return found


def test_pages_of_permits_fit_and_can_be_used_by_everyone(live_server: Any, page: Any) -> None:
    agencies.requirement(conditions="Fruit is free of leaves.", documents=["N851"], second_above=Decimal(5000))
    agencies.requirement("VET", hs_prefix="0207", lpco_code="7P02", title="Meat of poultry", charge_code="X")
    agencies.certificate_kind()
    agencies.disclaimer(share_checked=Decimal(1))
    trader = accounts.organisation(name="Amari Foods Ltd")
    person, officer = accounts.user(Role.TRADER, of=trader), accounts.user(Role.AGENCY_OFFICER, agency="PHY")
    writes, decides = actor_of_user(person), actor_of_user(officer)
    poultry = goods_json(2, commodity_code="0207140000", description="Poultry cuts, frozen", country="BR")
    sent = applied(trader, goods_json(quantity="24000"), poultry, by=writes)
    phy = next(part for part in sent.parts if part.agency == "PHY")
    part_query(
        actor=decides,
        part_id=phy.id,
        text="From which orchard do the oranges come?",
        element="Line 1, origin",
        consequence="Decided on what is here.",
    )
    reviewed = applied(trader, goods_json(quantity="24000"), by=writes).parts[0]
    content = application_json(goods_json(), poultry)
    draft = application_draft(actor=writes, holder_id=trader.pk, content=content)
    (permit,) = part_issue(actor=decides, part_id=applied(trader, by=writes).parts[0].id, order=issue_order())
    permit_write_off(permit_id=permit.id, actor=decides, quantity=Decimal(7), unit="KGM", reason="Paper of March")
    with unit_of_work() as work:
        certificate_receive(work, body=sps_xml("MA-2026-0001"), actor=decides)
    documents = [{"code": "N851", "id": "MA-2026-0002"}, {"code": "7W01", "id": "LAB"}]
    message = oranges({"documents": documents}, trader=trader.identifier)
    with unit_of_work() as work:
        permits_reserve(work, snapshot(message, of=trader), actor=system_actor("clearance"), at=clock.now())
    assert DisclaimerUse.objects.get().sampled
    of_trader = {
        "applications": "/permits/applications/",
        "form": f"/permits/applications/{draft.id}",
        "new": "/permits/applications/new",
        "sent": f"/permits/applications/{sent.id}",
        "permit": f"/permits/{permit.id}",
        "finder": "/requirements?hs=0805102000&direction=import&country=MA&procedure=4000&end_use=&on=2026-06-01",
    }
    of_officer = {
        "desk": "/agency/applications/",
        "review": f"/agency/applications/{reviewed.id}",
        "certificates": "/agency/certificates/",
        "certificate": f"/agency/certificates/{ForeignCertificate.objects.get().pk}",
        "contingency": "/agency/contingency/",
        "agency-permit": f"/agency/permits/{permit.id}",
    }
    found = looked_at(page, live_server, person, of_trader) + looked_at(page, live_server, officer, of_officer)
    assert found == []
