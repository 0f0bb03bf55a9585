"""Pages of revenue in a browser: nothing overflows at 360 px, and the checker finds nothing."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fees.services import debt_secure
from singlewindow.accounts.permissions import Role
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.revenue.models import Claim, Deferment, Statement
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.services import claim_accept, drawback_file, repayment_file, statement_close, statement_due
from tests.factories import accounts
from tests.factories import revenue as make
from tests.factories.declarations import import_message
from tests.factories.tariff import tariff_small_load
from tests.revenue.test_drawback import asked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def base_url() -> str:
    """No address in advance: each test has its server's."""
    return ""


def done(job: Any, statement: Statement, at: datetime, **payload: str) -> None:
    with clock.frozen(at), unit_of_work() as work:
        job(work, JobContext(1, "revenue", str(statement.pk), payload, "", 1))


def looked_at(page: Any, live_server: Any, client: Client, user: Any, pages: dict[str, str]) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["csw-sid"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    found: list[Any] = []
    for width, language in ((1280, "en"), (360, "en"), (360, "ar")):
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
            found += [
                (name, width, one["id"], one["nodes"][0]["html"][:200])
                for one in Axe().run(page).response["violations"]
            ]
    return found


def test_pages_fit_and_can_be_used_by_everyone(live_server, page, client, country, jobs_done):
    tariff_small_load()
    holder = make.importer_of_the_journey()
    holder.trusted_since = datetime(2020, 1, 1, tzinfo=UTC).date()
    holder.save()
    make.deferment(holder)
    for _ in range(3):
        snapshot, _total = make.assessed(holder, import_message(5))
        make.deferred(snapshot, datetime(2026, 9, 20, 9, tzinfo=UTC))
    statement = Statement.objects.get()
    done(statement_close, statement, datetime(2026, 9, 30, 23, tzinfo=UTC))
    done(statement_due, statement, datetime(2026, 10, 16, 21, tzinfo=UTC), step="overdue")
    declarations = make.imported_and_exported(holder, jobs_done, 100, 40)
    trader = accounts.user(Role.TRADER, of=holder)
    from singlewindow.accounts.selectors import actor_of_user

    actor = actor_of_user(trader)
    drawback_file(asked(declarations, "30"), actor=actor)
    declaration = make.released(holder, jobs_done)
    claim_id = repayment_file(
        declaration_id=declaration.pk,
        lines=[LineAsked(1, "A00", 100)],
        reason_code="overcharged",
        text="Credit note 4711 of the maker",
        actor=actor,
    )
    claim_accept(claim_id=claim_id, actor=accounts.actor(Role.OFFICER))
    other, _total = make.assessed(holder, import_message(5))
    with unit_of_work() as work:
        debt_secure(work, declaration_id=other.id, organisation_id=holder.pk)
    deferment, drawback = Deferment.objects.get(), Claim.objects.get(kind="drawback")
    own = {
        "own": "/deferment",
        "statement": f"/deferment/statements/{statement.pk}",
        "claims": "/claims",
        "claim-new": "/claims/new",
        "claim-repayment": f"/claims/new?mrn={declaration.mrn}",
        "claim-drawback": f"/claims/new?mrn={declaration.mrn}&kind=drawback",
        "claim": f"/claims/{drawback.pk}",
    }
    assert looked_at(page, live_server, client, trader, own) == []
    desk = {
        "deferments": "/deferments",
        "deferment-new": "/deferments/new",
        "deferment": f"/deferments/{deferment.pk}",
        "claims-desk": "/revenue/claims",
        "claim-desk": f"/revenue/claims/{claim_id}",
        "provisional": "/revenue/provisional",
        "provisional-debt": f"/revenue/provisional/{other.id}",
        "yields": "/revenue/yields",
    }
    assert looked_at(page, live_server, client, accounts.user(Role.SUPERVISOR), desk) == []
