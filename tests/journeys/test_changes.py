"""Journeys of changes, lodging to feed: amended, refused after notice, taken back, returned, mandate ended."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from agencies.models import Permit
from clearance.services.changes import change_decision
from clearance.services.desk import CheckResult, case_claim, check_conclude
from declarations.selectors import declaration_snapshot
from fees.selectors import account_of, ledger_total
from fees.services import account_credit
from risk.types import Outcome
from singlewindow.accounts.models import Mandate, Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.services import mandate_grant
from singlewindow.accounts.types import MandateScope, system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.kernel import clock
from tests.factories import accounts, agencies
from tests.factories.cds import DEC, MD
from tests.factories.declarations import import_json, item_json, short_json
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db
Jobs = Callable[[], None]
PRICES = [
    {"op": "set", "pointer": "/items/0/price/amount", "value": "100"},
    {"op": "set", "pointer": "/invoice_total/amount", "value": "100"},
]


def path(number: str, rest: str) -> str:
    return f"/api/v1/declarations/{number}/{rest}"


def credit(trader: Organisation, amount: int, reference: str) -> None:
    account_credit(
        organisation_id=trader.pk,
        amount=Decimal(amount),
        currency="EUR",
        reference=reference,
        actor=system_actor("tests"),
    )


def types_of(software: Software, number: str) -> list[str]:
    told = PartyEvent.objects.filter(organisation_id=software.organisation.pk, subject_id=number)
    return list(told.order_by("id").values_list("type", flat=True))


def test_amended_after_acceptance_the_goods_leave_on_the_new_version_and_its_debt(
    country: None, jobs_done: Jobs
) -> None:
    trader = accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")
    software = Software(trader)
    number = software.lodged(import_json())["id"]
    jobs_done()
    standing = software.get(path(number, "").rstrip("/"))
    assert standing.json()["legal_state"] == "ACCEPTED"
    answer = software.post(
        {"reason": "The invoice named another price.", "operations": PRICES},
        path=path(number, "amendments"),
        **{"If-Match": standing["ETag"]},
    )
    told = answer.json()
    assert (answer.status_code, told["state"], told["rule"]) == (201, "GRANTED", "CH-STG-02")
    assert Decimal(told["money"]["delta"]) < 0
    credit(trader, 2000, "now")
    jobs_done()
    assert software.get(path(number, "").rstrip("/")).json()["legal_state"] == "CLEARED"
    held = account_of(trader.pk, currency="EUR")
    assert held is not None
    assert Decimal(200_000 - held.balance_minor) / 100 == Decimal(told["money"]["after"])
    seen = types_of(software, number)
    assert [one for one in seen if one in {"change.requested", "amended", "change.granted", "released"}] == [
        "change.requested",
        "amended",
        "change.granted",
        "released",
    ]
    again = software.post({"version": 2, "reason": "And back.", "operations": PRICES}, path=path(number, "amendments"))
    assert again.status_code == 422  # it changes nothing


def test_refused_after_control_is_announced_then_corrected_and_released_by_the_officer(
    importer: Organisation, jobs_done: Jobs
) -> None:
    software, officer = Software(importer), accounts.actor(Role.OFFICER)
    line = item_json(1, description="parts", commodity_code="9303300000", origin="KP", boxes=1)
    line |= {"price": {"amount": "3", "currency": "EUR"}}
    plain = import_json() | {
        "items": [line],
        "invoice_total": {"amount": "3", "currency": "EUR"},
        "total_packages": 1,
        "total_gross_mass_kg": line["gross_mass_kg"],
    }
    number = software.lodged(plain)["id"]
    jobs_done()
    assert "control.examination" in types_of(software, number)
    told = software.post({"version": 1, "reason": "Mistyped.", "operations": PRICES}, path=path(number, "amendments"))
    assert (told.status_code, told.json()["state"], told.json()["rule"]) == (201, "DISCLOSED", "CH-STG-03")
    assert software.get(path(number, "").rstrip("/")).json()["version"] == 1
    asked = software.post({"version": 1, "reason": "Taken back."}, path=path(number, "invalidations")).json()
    assert asked["state"] == "REQUESTED"
    change_decision(
        actor=officer,
        declaration_id=declaration_snapshot(number).id,
        number=2,
        grant=False,
        reason="Under check.",
    )
    case_claim(declaration_id=declaration_snapshot(number).id, actor=officer)
    check_conclude(
        declaration_id=declaration_snapshot(number).id, actor=officer, result=CheckResult(outcome=Outcome.CONFORM)
    )
    assert software.get(path(number, "").rstrip("/")).json()["legal_state"] == "CLEARED"
    changes = software.get(path(number, "changes")).json()["changes"]
    assert [(one["kind"], one["state"]) for one in changes] == [("invalidate", "DENIED"), ("amend", "DISCLOSED")]
    assert changes[0]["decided_by"] == "customs"


def test_taken_back_everything_that_was_reserved_comes_back(country: None, jobs_done: Jobs) -> None:
    trader = accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")
    software = Software(trader)
    agencies.requirement(hs_prefix="8516", lpco_code="7P01", unit="KGM")
    permit = agencies.permit(trader, hs_prefix="8516")
    plain = import_json()
    plain["items"][0]["documents"] = agencies.citing(permit.number)
    number = software.lodged(plain)["id"]
    jobs_done()
    assert Permit.objects.get(pk=permit.pk).used == Decimal(42)
    told = software.post({"version": 1, "reason": "Lodged twice."}, path=path(number, "invalidations"))
    assert told.json()["state"] == "GRANTED"
    assert Permit.objects.get(pk=permit.pk).used == 0
    credit(trader, 2000, "later")
    jobs_done()
    assert software.get(path(number, "").rstrip("/")).json()["legal_state"] == "INVALIDATED"
    assert ledger_total() == 0
    again = software.lodged(plain | {"lrn": "SECOND-1"})
    jobs_done()
    assert software.get(path(again["id"], "").rstrip("/")).json()["legal_state"] == "CLEARED"


def test_after_release_goods_that_came_back_are_invalidated_by_an_officer_and_the_security_returns(
    importer: Organisation, jobs_done: Jobs
) -> None:
    software, officer = Software(importer), accounts.actor(Role.OFFICER)
    before = account_of(importer.pk, currency="EUR")
    number = software.lodged(short_json())["id"]
    jobs_done()
    standing = software.get(path(number, "").rstrip("/")).json()
    assert standing["legal_state"] == "RELEASED"
    bare = software.post({"version": 1, "reason": "Returned."}, path=path(number, "invalidations"))
    assert (bare.status_code, bare.json()["errors"][0]["code"]) == (422, "CH-INV-04")
    asked = software.post(
        {"version": 1, "reason": "Returned.", "evidence": "Export 26ZZ000301"}, path=path(number, "invalidations")
    )
    assert asked.json()["state"] == "REQUESTED"
    change_decision(
        actor=officer, declaration_id=declaration_snapshot(number).id, number=1, grant=True, reason="Seen at the gate."
    )
    assert software.get(path(number, "").rstrip("/")).json()["legal_state"] == "INVALIDATED"
    after = account_of(importer.pk, currency="EUR")
    assert before is not None
    assert after is not None
    assert after.balance_minor == before.balance_minor
    assert ledger_total() == 0
    assert "supplementary_lifted" in types_of(software, number)


COR = f"""<md:MetaData xmlns:md="{MD}"><md:WCODataModelVersionCode>3.6</md:WCODataModelVersionCode>
<md:WCOTypeName>DEC</md:WCOTypeName><Declaration xmlns="{DEC}"><FunctionCode>13</FunctionCode>
<FunctionalReferenceID>REQ-1</FunctionalReferenceID><ID>%(mrn)s</ID><TypeCode>INV</TypeCode>
<AdditionalInformation><StatementDescription>This is a duplicate</StatementDescription>
<StatementTypeCode>AES</StatementTypeCode><Pointer><SequenceNumeric>1</SequenceNumeric>
<DocumentSectionCode>42A</DocumentSectionCode></Pointer></AdditionalInformation>
<Amendment><ChangeReasonCode>1</ChangeReasonCode></Amendment></Declaration></md:MetaData>"""


def test_a_cds_message_of_cancellation_does_the_same(importer: Organisation, jobs_done: Jobs) -> None:
    software = Software(importer)
    receipt = software.lodged(import_json(presented=False))
    body = (COR % {"mrn": receipt["mrn"]}).encode()
    answer = software.post(body, path="/api/v1/messages", content_type="application/xml")
    assert answer.status_code == 201, answer.content
    (change,) = software.get(path(receipt["id"], "changes")).json()["changes"]
    assert (change["kind"], change["state"], change["reason_code"], change["reason"], change["reference"]) == (
        "invalidate",
        "GRANTED",
        "1",
        "This is a duplicate",
        "REQ-1",
    )


def test_a_mandate_that_ends_between_two_calls_ends_what_the_broker_may_do(
    importer: Organisation, jobs_done: Jobs
) -> None:
    broker = accounts.organisation(kind="broker")
    mandate_grant(
        actor=accounts.actor(Role.TRADER, of=importer),
        principal=importer,
        agent=broker,
        scope=MandateScope.IMPORT,
        direct=True,
        valid_from=clock.now() - timedelta(days=1),
        valid_to=clock.now() + timedelta(days=1),
    )
    software = Software(broker, role=Role.BROKER)
    number = software.lodged(import_json(presented=False))["id"]
    jobs_done()
    body: dict[str, Any] = {"version": 1, "reason": "x", "operations": PRICES}
    assert software.post(body, path=path(number, "amendments")).status_code == 201
    Mandate.objects.filter(agent=broker).update(revoked_at=clock.now())
    later = body | {"version": 2, "operations": [PRICES[0] | {"value": "90"}, PRICES[1] | {"value": "90"}]}
    assert software.post(later, path=path(number, "amendments")).status_code == 403
    assert software.post({"version": 2, "reason": "x"}, path=path(number, "invalidations")).status_code == 403
    assert Software(importer).post(later, path=path(number, "amendments")).status_code == 201
    assert declaration_snapshot(number).version == 3
