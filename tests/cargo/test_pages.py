"""The pages of carriers and officers: what is declared of a manifest, what nobody declared, what is in no manifest."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.services import declaration_accept, declaration_lodge
from declarations.types import Channel
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.cargo.models import Arrival
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.cargo import bill_json, bill_of, carrier, filed, importing_message, terminal, told

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")
PAGES = ["cargo:manifests", "cargo:undeclared", "cargo:unmanifested"]


@pytest.fixture
def trader() -> Actor:
    return accounts.actor(Role.TRADER, of=accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd"))


def signed_in(role: Role, **of: Any) -> Client:
    client = Client()
    client.force_login(accounts.user(role, **of), backend="django.contrib.auth.backends.ModelBackend")
    return client


def of_carrier(actor: Actor) -> Client:
    return signed_in(Role.CARRIER, of=Organisation.objects.get(pk=actor.organisation_id))


def written(trader: Actor, reference: str, boxes: int = 4) -> str:
    lodged = declaration_lodge(message=importing_message(reference, boxes=boxes), actor=trader, channel=Channel.JSON)
    with unit_of_work() as work:
        declaration_accept(work, lodged.id, SYSTEM)
    return lodged.mrn


@pytest.fixture
def counted() -> Iterator[Any]:
    def count(client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    return count


def test_a_carrier_sees_its_own_manifests_and_what_of_them_is_declared(trader):
    ship, other = carrier(), carrier()
    filed(ship, bill_json("BLA"), reference="VOYA")
    filed(other, bill_json("BLB"), reference="VOYB")
    told(terminal(), manifest="VOYA")
    mrn = written(trader, "BLA")
    page = of_carrier(ship).get(reverse("cargo:manifests")).content.decode()
    assert "VOYA" in page
    assert "VOYB" not in page
    assert 'value="40" max="100"' in page
    manifest = bill_of("BLA").manifest
    whole = of_carrier(ship).get(reverse("cargo:manifest", args=[manifest.pk])).content.decode()
    assert "BLA" in whole
    shown = of_carrier(ship).get(reverse("cargo:bill", args=[manifest.pk, bill_of("BLA").pk])).content.decode()
    assert "Written off" in shown
    assert mrn not in shown, "whose declaration it is stays with customs"
    officer = signed_in(Role.OFFICER)
    assert mrn in officer.get(reverse("cargo:bill", args=[manifest.pk, bill_of("BLA").pk])).content.decode()


def test_A1_another_carriers_manifest_is_not_there(trader):
    filed(carrier(), bill_json("BLA"))
    bill = bill_of("BLA")
    stranger = of_carrier(carrier())
    assert stranger.get(reverse("cargo:manifest", args=[bill.manifest_id])).status_code == 404
    assert stranger.get(reverse("cargo:bill", args=[bill.manifest_id, bill.pk])).status_code == 404
    assert "No manifests" in stranger.get(f"{reverse('cargo:manifests')}?q=BLA").content.decode()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.TRADER, Role.BROKER, Role.TERMINAL])
def test_the_pages_do_not_exist_for_traders_and_terminals(name, role):
    assert signed_in(role).get(reverse(name)).status_code == 404
    assert Client().get(reverse(name)).status_code == 302


def test_undeclared_goods_are_listed_until_they_are_declared(trader):
    ship, gate, officer = carrier(), terminal(), signed_in(Role.OFFICER)
    filed(ship, bill_json("BLA"), reference="VOYA")
    address = reverse("cargo:undeclared")
    assert "BLA" not in officer.get(address).content.decode()
    with clock.frozen(clock.now() - timedelta(days=4)):
        told(gate, manifest="VOYA")
    assert "BLA" in officer.get(address).content.decode()
    assert "BLA" in officer.get(f"{address}?age=3").content.decode()
    assert "BLA" not in officer.get(f"{address}?age=7").content.decode()
    assert officer.get(reverse("cargo:undeclared-json")).json()["undeclared"][0]["packages_left"] == 10
    written(trader, "BLA", boxes=10)
    assert "BLA" not in officer.get(address).content.decode()
    assert officer.get(reverse("cargo:undeclared-json")).json() == {"undeclared": [], "next_cursor": ""}


def test_unmanifested_goods_are_listed_until_their_manifest_comes(trader):
    officer, address = signed_in(Role.OFFICER), reverse("cargo:unmanifested")
    message = importing_message("BLA", type_code="IMD")
    mrn = declaration_lodge(message=message, actor=trader, channel=Channel.JSON).mrn
    assert mrn in officer.get(address).content.decode()
    (row,) = officer.get(reverse("cargo:unmanifested-json")).json()["unmanifested"]
    assert (row["mrn"], row["bills"], row["state"]) == (mrn, ["BLA"], "CITED")
    filed(carrier(), bill_json("BLA"))
    assert mrn not in officer.get(address).content.decode()


@pytest.mark.parametrize("name", ["cargo:undeclared", "cargo:undeclared-json", "cargo:unmanifested-json"])
@pytest.mark.parametrize("query", ["cursor=nonsense", "cursor=WyJ4Il0"])
def test_a_cursor_of_another_make_is_refused(name, query):
    assert signed_in(Role.OFFICER).get(f"{reverse(name)}?{query}").status_code == 400


def test_lists_are_paged_without_gap_or_repetition(trader):
    filed(carrier(), *(bill_json(f"BL{number:03d}") for number in range(60)), reference="VOYA")
    told(terminal(), manifest="VOYA")
    officer, seen, cursor = signed_in(Role.OFFICER), [], ""
    for _ in range(3):
        page = officer.get(f"{reverse('cargo:undeclared-json')}?cursor={cursor}").json()
        seen += [row["bill"] for row in page["undeclared"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert sorted(seen) == [f"BL{number:03d}" for number in range(60)]


def test_a_page_costs_as_many_questions_with_one_row_as_with_many(trader, counted):
    officer = signed_in(Role.OFFICER)
    gate = terminal()
    costs: dict[str, list[int]] = {}
    for many in (1, 20):
        for _ in range(many):
            ship = carrier()
            receipt = filed(ship, *(bill_json() for _ in range(many)))
            told(gate, manifest=receipt.reference)
            declaration_lodge(message=importing_message("NONE"), actor=trader, channel=Channel.JSON)
        for name in PAGES:
            costs.setdefault(name, []).append(counted(officer, reverse(name)))
        costs.setdefault("manifest", []).append(counted(officer, reverse("cargo:manifest", args=[receipt.id])))
    assert all(few == many for few, many in costs.values()), costs
    assert max(max(pair) for pair in costs.values()) <= 6, costs


def test_a_terminal_tells_an_arrival_on_its_page_and_sees_it_there() -> None:
    gate, line = terminal(), carrier()
    manifest = filed(line, bill_json())
    page = signed_in(Role.TERMINAL, of=Organisation.objects.get(pk=gate.organisation_id))
    address = reverse("cargo:arrivals")
    said = {"movement": "arrived", "subject": "manifest", "reference": manifest.reference, "place": "ZZAMAPORT1"}
    assert page.post(address, said)["Location"] == address
    assert Arrival.objects.get().reference == manifest.reference
    with CaptureQueriesContext(connection) as queries:
        text = page.get(address).content.decode()
    assert manifest.reference in text
    assert len(queries) <= 5
    assert page.get(reverse("web:start"))["Location"] == address


def test_what_cannot_be_told_is_said_at_its_field() -> None:
    line, other = carrier(), filed(carrier(), bill_json())
    page, address = of_carrier(line), reverse("cargo:arrivals")
    foreign = {"movement": "arrived", "subject": "manifest", "reference": other.reference}
    assert "Nothing in a manifest of yours" in page.post(address, foreign).content.decode()
    answer = page.post(address, foreign | {"subject": "mrn", "reference": "nonsense"})
    assert answer.status_code == 422
    assert "does not have the right form" in answer.content.decode()
    assert page.post(address, foreign | {"place": "berth 4"}).status_code == 422
    assert not Arrival.objects.exists()
    assert signed_in(Role.TRADER).get(address).status_code == 404
