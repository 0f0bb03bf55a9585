"""The three ways in, each through to release: the guided form, REST with JSON, REST with a CDS message in XML."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from agencies.models import Hold
from declarations.messages import parse, write_json
from declarations.models import Declaration
from declarations.selectors import declaration_snapshot
from fees.selectors import fiscal_state
from fees.services import account_credit
from fees.states import FiscalState
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.kernel import clock
from tests.factories import accounts, agencies, portal
from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.clearance import country_load
from tests.factories.declarations import import_json, item_json, lrn_new
from tests.factories.third_party import DECLARATIONS, Software

pytestmark = pytest.mark.django_db

Run = Callable[[], None]
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Goods:
    """Ten packages of something, 42 kg net, and the permit that their papers name."""

    code: str = "8516710000"
    description: str = "Electric coffee makers for household use"
    origin: str = "CN"
    unit: str = "NAR"
    permit: str = ""
    permit_code: str = "7P01"

    def json(self) -> dict[str, Any]:
        """As an item of a message."""
        papers = [{"code": "N935", "id": "INV 0001"}]
        papers += [{"code": self.permit_code, "id": self.permit}] if self.permit else []
        item = item_json(1, commodity_code=self.code, description=self.description, origin=self.origin)
        quantity = {"quantity": "10" if self.unit == "NAR" else "42", "unit": self.unit}
        return item | {"documents": papers, "supplementary_quantity": quantity}

    def form(self) -> dict[str, str]:
        """As answers to the page of an item."""
        named = {"paper_1_code": self.permit_code, "paper_1_id": self.permit} if self.permit else {}
        words = {"code": self.code, "description": self.description, "origin": self.origin, "unit": self.unit}
        return words | {"quantity": "10" if self.unit == "NAR" else "42"} | named


COFFEE_MAKERS = Goods()
RADIOS = Goods(code="8517610000", description="Base stations for mobile telephone networks, 10 W")


def oranges(permit: str) -> Goods:
    """Goods that need a permit of plant health."""
    return Goods("0805102000", "Sweet oranges, fresh, class I, in boxes", "MA", "KGM", permit)


class JsonWay:
    """REST with JSON."""

    channel = "json"

    def __init__(self, trader: Organisation) -> None:
        self.trader, self.software = trader, Software(trader)

    def message(self, goods: Goods, **changes: Any) -> dict[str, Any]:
        """The declaration of the goods."""
        return import_json(trader=self.trader.identifier, **changes) | {"items": [goods.json()]}

    def lodge(self, goods: Goods = COFFEE_MAKERS, *, presented: bool = True) -> UUID:
        """Lodge the goods; the id of the declaration."""
        return UUID(self.software.lodged(self.message(goods, presented=presented))["id"])

    def present(self, declaration_id: UUID) -> None:
        """Say that the goods are here."""
        answer = self.software.post({}, path=f"{DECLARATIONS}/{declaration_id}/presentation")
        assert answer.status_code == 200, answer.content

    def sees(self, declaration_id: UUID) -> str:
        """What the trader is told: its events (the feed shows them once they are committed) and what comes next."""
        events = PartyEvent.objects.filter(organisation=self.trader, subject_id=str(declaration_id))
        history = self.software.get(f"{DECLARATIONS}/{declaration_id}/timeline").json()
        return " ".join([*events.values_list("type", flat=True), history["next_step"]])


class XmlWay(JsonWay):
    """REST with a CDS message."""

    channel = "xml"

    def lodge(self, goods: Goods = COFFEE_MAKERS, *, presented: bool = True) -> UUID:
        """Lodge the goods; the id of the declaration."""
        body = declaration_xml(plain_for_xml(self.message(goods, presented=presented)))
        return UUID(self.software.lodged(body, XML)["id"])


class WebWay:
    """The guided form."""

    channel = "web"

    def __init__(self, trader: Organisation) -> None:
        self.trader, self.browser = trader, portal.browser(accounts.user(of=trader))

    def lodge(self, goods: Goods = COFFEE_MAKERS, *, presented: bool = True) -> UUID:
        """Lodge the goods; the id of the declaration."""
        arrived = "yes" if presented else "no"
        return portal.lodged(self.browser, reference=lrn_new("WEB"), arrived=arrived, **goods.form())

    def present(self, declaration_id: UUID) -> None:
        """Say that the goods are here."""
        answer = self.browser.post(reverse("portal:present", args=[declaration_id]))
        assert answer.status_code == 302, answer.content

    def sees(self, declaration_id: UUID) -> str:
        """The page of the declaration."""
        return self.browser.get(reverse("portal:show", args=[declaration_id])).content.decode()


Way = JsonWay | XmlWay | WebWay
WAYS = [JsonWay, XmlWay, WebWay]


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The country as it is shipped, loaded once for these journeys and taken away after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_load()
        yield
        transaction.set_rollback(True)


@pytest.fixture(params=WAYS, ids=["JSON", "XML", "the form"])
def way(request: pytest.FixtureRequest, importer: Organisation) -> Way:
    """A way in of a trader with money."""
    chosen: Way = request.param(importer)
    return chosen


def standing(declaration_id: UUID) -> tuple[str, str]:
    row = Declaration.objects.get(pk=declaration_id)
    return row.legal_state, row.goods_state


def holds_lifted(declaration_id: UUID, agency: str) -> None:
    """An officer of the agency opens each of its holds and lifts it."""
    browser = portal.browser(accounts.user(Role.AGENCY_OFFICER, agency=agency))
    held = list(Hold.objects.filter(declaration_id=declaration_id, agency=agency, state="open"))
    assert held
    for hold in held:
        page = reverse("agencies:hold", args=[hold.pk])
        assert browser.get(page).status_code == 200
        answer = browser.post(page, {"decision": "lift", "reason": "Inspected at the port: in order."})
        assert answer.status_code == 302, answer.content


def customs_check_done(declaration_id: UUID) -> None:
    """Where customs holds the goods too, an officer claims the case and finds everything as declared."""
    if not Hold.objects.filter(declaration_id=declaration_id, agency="CUS", state="open").exists():
        return
    browser = portal.browser(accounts.user(Role.OFFICER))
    assert browser.post(f"/desk/{declaration_id}/claim").status_code == 302
    page = browser.get(f"/desk/{declaration_id}/").content.decode()
    shown = re.search(r'name="standing" value="([^"]+)"', page)
    assert shown
    answer = browser.post(f"/desk/{declaration_id}/conform", {"standing": html.unescape(shown[1])})
    assert answer.status_code == 302, answer.content


def test_low_risk_goods_are_released_with_no_human(way: Way, jobs_done: Run) -> None:
    lodged = way.lodge()
    jobs_done()
    row = Declaration.objects.get(pk=lodged)
    assert standing(lodged) == ("CLEARED", "RELEASABLE")
    assert (row.channel, row.mrn is not None) == (way.channel, True)
    assert "cleared" in way.sees(lodged).lower() or "released" in way.sees(lodged).lower()


def test_goods_presented_later_than_lodged_are_released_when_they_are_here(way: Way, jobs_done: Run) -> None:
    lodged = way.lodge(presented=False)
    jobs_done()
    assert standing(lodged) == ("REGISTERED", "EXPECTED")
    assert "resent" in way.sees(lodged)
    way.present(lodged)
    jobs_done()
    assert standing(lodged)[0] == "CLEARED"


@pytest.mark.parametrize("kind", WAYS, ids=["JSON", "XML", "the form"])
def test_money_missing_is_told_and_its_arrival_releases(country: None, jobs_done: Run, kind: type[Way]) -> None:
    trader = accounts.organisation(identifier="ZZIMP0009", name="Poor Foods Ltd")
    way = kind(trader)
    lodged = way.lodge()
    jobs_done()
    assert standing(lodged)[0] == "ACCEPTED"
    assert fiscal_state(lodged) is FiscalState.INSUFFICIENT
    assert re.search("insufficient_funds|pay|money|account", way.sees(lodged).lower())
    account_credit(
        organisation_id=trader.pk, amount=Decimal(90_000), currency="EUR", reference="p1", actor=system_actor("bank")
    )
    jobs_done()
    assert standing(lodged)[0] == "CLEARED"
    assert PartyEvent.objects.filter(type="insufficient_funds", organisation=trader).count() == 1


def test_a_permit_used_up_holds_the_goods_until_its_agency_lifts(way: Way, jobs_done: Run) -> None:
    today = clock.today()
    permit = agencies.permit(
        way.trader, quantity=Decimal(50), valid_from=today - timedelta(days=30), valid_to=today + timedelta(days=30)
    )
    first = way.lodge(oranges(permit.number))
    jobs_done()
    second = way.lodge(oranges(permit.number))
    jobs_done()
    permit.refresh_from_db()
    assert permit.used == 42
    assert not Hold.objects.filter(declaration_id=first, agency="PHY").exists()
    assert Hold.objects.filter(declaration_id=second, agency="PHY", state="open").count() == 1
    for lodged in (first, second):
        customs_check_done(lodged)
    jobs_done()
    assert (standing(first)[0], standing(second)[0]) == ("CLEARED", "ACCEPTED")
    holds_lifted(second, "PHY")
    jobs_done()
    assert standing(second)[0] == "CLEARED"
    permit.refresh_from_db()
    assert permit.used == 42


def test_the_hold_of_another_agency_is_lifted_by_its_officer(way: Way, jobs_done: Run) -> None:
    lodged = way.lodge(RADIOS)
    jobs_done()
    assert Hold.objects.filter(declaration_id=lodged, agency="TEL", state="open").count() == 1
    customs_check_done(lodged)
    jobs_done()
    assert standing(lodged)[0] == "ACCEPTED"
    holds_lifted(lodged, "TEL")
    jobs_done()
    assert standing(lodged)[0] == "CLEARED"


def test_the_three_ways_give_one_canonical_form(importer: Organisation) -> None:
    """What the form lodged, written as JSON and as XML, reads back to the same bytes and the same hash."""
    lodged = WebWay(importer).lodge()
    message = declaration_snapshot(lodged).message
    assert parse(write_json(message), "application/json").message.sha256() == message.sha256()
    assert Declaration.objects.get(pk=lodged).content_sha256 == message.sha256()
    plain = {name: value for name, value in plain_for_xml(message.canonical()).items() if value is not None}
    plain["lrn"] = lrn_new()
    first = Software(importer).lodged(plain)["canonical_sha256"]
    assert parse(declaration_xml(plain), XML).message.sha256() == first


def _net_over_gross(whole: dict[str, Any]) -> None:
    whole["items"][0]["net_mass_kg"] = "99"


def _wrong_container(whole: dict[str, Any]) -> None:
    whole["equipment"][0]["id"] = "CSQU3054384"


def _unknown_code(whole: dict[str, Any]) -> None:
    whole["items"][0]["commodity_code"] = "0000000000"


def _unknown_permit(whole: dict[str, Any]) -> None:
    whole["items"][0]["documents"].append({"code": "7P01", "id": "PHY-NONE"})


def _wrong_count(whole: dict[str, Any]) -> None:
    whole["item_count"] = 7


def _unknown_country(whole: dict[str, Any]) -> None:
    whole["items"][0]["origin"] = "OO"


def _everything(whole: dict[str, Any]) -> None:
    for fault in FAULTS[:-1]:
        fault(whole)


FAULTS = [
    _net_over_gross,
    _wrong_container,
    _unknown_code,
    _unknown_permit,
    _wrong_count,
    _unknown_country,
    _everything,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_JSON_and_XML_of_the_same_content_are_refused_with_the_same_errors(
    importer: Organisation, fault: Callable[[dict[str, Any]], None]
) -> None:
    whole = plain_for_xml(import_json())
    fault(whole)
    software = Software(importer)
    answers = [software.post(whole), software.post(declaration_xml(whole), content_type=XML)]
    assert [answer.status_code for answer in answers] == [422, 422]
    told = [
        [(error["code"], error["pointer"], error["message"], error.get("remedy")) for error in answer.json()["errors"]]
        for answer in answers
    ]
    assert told[0] == told[1]
    assert len(told[0]) >= (5 if fault is _everything else 1)


def test_the_form_says_the_same_sentence_as_REST(importer: Organisation) -> None:
    whole = JsonWay(importer).message(Goods(permit="PHY-NONE"))
    _net_over_gross(whole)
    told = [error["message"] for error in Software(importer).post(whole).json()["errors"]]
    assert len(told) == 2
    browser: Client = WebWay(importer).browser
    draft = portal.filled(browser, net="99", paper_1_code="7P01", paper_1_id="PHY-NONE")
    page = browser.post(reverse("portal:check", args=[draft]), {"agreed": "on"}).content.decode()
    assert all(html.escape(sentence) in page for sentence in told), told
