"""REST of cargo: filed once per key, amended, cancelled, read by its carrier only; arrivals told by who may."""

from typing import Any

import orjson
import pytest
from django.test import Client

from singlewindow.accounts.models import Organisation, OrganisationKind
from singlewindow.accounts.permissions import Role
from singlewindow.cargo.models import Arrival, Bill, Manifest
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts
from tests.factories.cargo import bill_json, manifest_json

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/manifests"


class Caller:
    """A carrier's software."""

    def __init__(self, role: Role = Role.CARRIER, scopes: str = "manifests arrivals", of: Organisation | None = None):
        kind = OrganisationKind.CARRIER if role is Role.CARRIER else OrganisationKind.TERMINAL
        self.organisation = of or accounts.organisation(kind=kind)
        self.bearer = f"Bearer {accounts.token(of=self.organisation, scopes=scopes, role=role)}"
        self.client = Client()

    def send(self, method: str, path: str, value: Any, *, key: str = "", **headers: str) -> Any:
        return self.client.generic(
            method,
            path,
            orjson.dumps(value),
            "application/json",
            headers={"Authorization": self.bearer, "Idempotency-Key": key or str(uuid7()), **headers},
        )

    def get(self, path: str) -> Any:
        return self.client.get(path, headers={"Authorization": self.bearer})


@pytest.fixture
def ship() -> Caller:
    return Caller()


def test_a_manifest_is_filed_once_per_key_and_read_back(ship):
    body, key = manifest_json(bill_json("BLA"), reference="VOYA"), str(uuid7())
    first, again = ship.send("POST", ROOT, body, key=key), ship.send("POST", ROOT, body, key=key)
    assert (first.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Manifest.objects.count() == 1
    read = ship.get(first.headers["Location"]).json()
    assert (read["reference"], read["bills"], read["packages"]) == ("VOYA", 1, 10)
    assert read["manifest"]["bills"][0]["goods"][0]["gross_mass_kg"] == "100"
    (bill,) = ship.get(f"{first.headers['Location']}/bills").json()["bills"]
    assert (bill["reference"], bill["packages_declared"], bill["containers"]) == ("BLA", 0, ["CSQU3054383"])
    assert [row["reference"] for row in ship.get(ROOT).json()["manifests"]] == ["VOYA"]


def test_the_same_reference_again_is_refused_with_its_name(ship):
    ship.send("POST", ROOT, manifest_json(reference="VOYA"))
    response = ship.send("POST", ROOT, manifest_json(reference="VOYA"))
    assert (response.status_code, response.json()["code"]) == (409, "duplicate_manifest")


def test_everything_wrong_is_told_at_once_and_nothing_is_stored(ship):
    house = bill_json("BLA", kind="house")
    empty = bill_json("BLB", goods=[{"number": 1}])
    response = ship.send("POST", ROOT, manifest_json(bill_json("BLA"), house, empty, office="ZZ999999"))
    assert response.status_code == 422
    assert [error["code"] for error in response.json()["errors"]] == [
        "CA-024",
        "CA-020",
        "CA-021",
        "CA-023",
        "CA-029",
    ]
    assert not Manifest.objects.exists()


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"mode": "space"}, "format.value", "/mode"),
        ({"surprise": 1}, "format.unknown_field", "/surprise"),
        ({"expected_at": "tomorrow"}, "format.instant", "/expected_at"),
        (
            {"bills": [{"reference": "B"} | {"goods": [{"number": 1, "gross_mass_kg": 5}]}]},
            "format.decimal",
            "/bills/0/goods/0/gross_mass_kg",
        ),
    ],
)
def test_fields_that_are_none_are_refused_with_their_place(ship, change, code, pointer):
    response = ship.send("POST", ROOT, manifest_json() | change)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, pointer)


def test_an_amendment_needs_the_version_that_was_read(ship):
    body = manifest_json(bill_json("BLA"), reference="VOYA")
    address = ship.send("POST", ROOT, body).headers["Location"]
    body["bills"][0]["goods"][0]["packages"]["count"] = 12
    assert ship.send("PUT", address, body, **{"If-Match": '"1"'}).json()["version"] == 2
    assert Bill.objects.get().packages == 12
    assert ship.send("PUT", address, body, **{"If-Match": '"1"'}).status_code == 412


def test_a_bill_that_an_amendment_leaves_out_is_withdrawn_and_comes_back(ship):
    body = manifest_json(bill_json("BLA"), bill_json("BLB"), reference="VOYA")
    address = ship.send("POST", ROOT, body).headers["Location"]
    ship.send("PUT", address, body | {"bills": body["bills"][:1]})
    assert dict(Bill.objects.values_list("reference", "state")) == {"BLA": "LIVE", "BLB": "WITHDRAWN"}
    ship.send("PUT", address, body)
    assert set(Bill.objects.values_list("state", flat=True)) == {"LIVE"}


def test_a_manifest_is_cancelled_before_arrival_and_not_after(ship):
    gate = Caller(Role.TERMINAL)
    first = ship.send("POST", ROOT, manifest_json(reference="VOYA")).headers["Location"]
    second = ship.send("POST", ROOT, manifest_json(reference="VOYB")).headers["Location"]
    assert ship.send("POST", f"{first}/cancellation", {"reason": "another ship"}).json()["state"] == "CANCELLED"
    told = gate.send("POST", "/api/v1/arrivals", {"manifest": "VOYB"})
    assert (told.status_code, told.json()["manifest_state"]) == (201, "ARRIVED")
    refused = ship.send("POST", f"{second}/cancellation", {"reason": "too late"})
    assert (refused.status_code, refused.json()["code"]) == (409, "state")


def test_A1_another_carriers_manifest_is_not_found(ship):
    address = ship.send("POST", ROOT, manifest_json(reference="VOYA")).headers["Location"]
    stranger = Caller()
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}/bills").status_code == 404
    assert stranger.send("PUT", address, manifest_json(reference="VOYA")).status_code == 404
    assert stranger.send("POST", f"{address}/cancellation", {"reason": "x"}).status_code == 404
    assert stranger.get(ROOT).json()["manifests"] == []
    assert stranger.send("POST", "/api/v1/arrivals", {"manifest": "VOYA"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "scopes", "method", "path"),
    [
        (Role.TRADER, "declarations", "GET", ROOT),
        (Role.TRADER, "declarations manifests", "POST", ROOT),
        (Role.TERMINAL, "manifests arrivals", "POST", ROOT),
        (Role.CARRIER, "arrivals", "POST", ROOT),
        (Role.CARRIER, "manifests", "POST", "/api/v1/arrivals"),
    ],
)
def test_who_has_no_such_role_or_scope_is_denied(role, scopes, method, path):
    caller = Caller(role, scopes)
    response = caller.get(path) if method == "GET" else caller.send("POST", path, manifest_json())
    assert response.status_code == 403


def test_a_terminals_word_on_something_unknown_is_taken_and_answered_the_same():
    gate = Caller(Role.TERMINAL)
    response = gate.send("POST", "/api/v1/arrivals", {"mrn": "26ZZ010100000041R8"})
    assert (response.status_code, response.json()["manifest_state"]) == (201, "")
    assert Arrival.objects.get().reference == "26ZZ010100000041R8"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "CA-040"),
        ({"bill": "BLA", "mrn": "26ZZ010100000041R8"}, "CA-040"),
        ({"bill": "BLA", "happened_at": "2999-01-01T00:00:00Z"}, "CA-041"),
    ],
)
def test_an_arrival_names_one_thing_and_not_the_future(said, code):
    response = Caller(Role.TERMINAL).send("POST", "/api/v1/arrivals", said)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, code)
    assert not Arrival.objects.exists()
