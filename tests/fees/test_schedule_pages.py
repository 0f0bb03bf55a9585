"""The schedule as the public reads it: charges, drafts, differences, the feed and the total of a consignment."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import orjson
import pytest
from django.test import Client

from fees.models import ChargeDraft
from fees.rules.estimate import charges_described
from fees.selectors.drafts import draft_comments
from fees.services import quote_of_facts
from fees.services.schedule import charge_comment_make, charge_draft_withdraw, charge_propose
from fees.services.schedule.estimate import Consignment, charges_estimate
from fees.types import ChargeEvent, Direction, Facts
from singlewindow.accounts.permissions import Role
from singlewindow.approvals.selectors import proposal_open
from singlewindow.approvals.services import proposal_decide
from singlewindow.kernel import clock
from tests.factories import accounts, schedule
from tests.factories import fees as fees_factory
from tests.factories.schedule import AFTER, NOW, UNTIL

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _on_the_day(loaded):
    with clock.frozen(NOW):
        yield


def signed_in(client: Client, role: Role, **more: str) -> None:
    client.force_login(accounts.user(role, **more))


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_F07_the_page_of_a_charge_has_law_payee_and_every_version_with_its_difference(
    client, django_assert_num_queries
):
    client.get("/fees")
    with django_assert_num_queries(2):
        page = text_of(client, "/fees/charges/CUS-IMP")
    for words in (
        "Customs Services (Fees) Regulations 2025, item 1",
        "25.00",
        "20.00",
        "<del>20</del>",
        "<ins>25</ins>",
    ):
        assert words in page
    assert "20.00" in text_of(client, "/fees/charges/CUS-IMP?on=2025-12-31")


@pytest.mark.parametrize(
    "path",
    [
        "/fees/charges/NOPE",
        "/fees/charges/..%2F..%2Fetc",
        "/fees/charges/%00",
        "/fees/charges/" + "A" * 500,
        "/fees/charges/CUS-IMP/data.xml",
        "/fees/drafts/not-a-draft",
        "/fees/drafts/01998877-2b2b-7a6b-8f4e-000000000001",
    ],
)
def test_what_is_no_charge_or_draft_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_charge_is_there_as_json_and_csv_with_an_entity_tag(client):
    answer = client.get("/fees/charges/CUS-IMP/data.json")
    assert [row["amount"] for row in orjson.loads(answer.content)["versions"]] == ["25", "20"]
    again = client.get("/fees/charges/CUS-IMP/data.json", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    rows = list(csv.DictReader(io.StringIO(text_of(client, "/fees/charges/CUS-IMP/data.csv"))))
    assert [row["valid_from"] for row in rows] == ["2026-01-01", "2021-07-01"]


def test_the_difference_of_two_days_names_what_is_new_changed_and_ended(client, django_assert_num_queries):
    client.get("/fees")
    with django_assert_num_queries(2):
        page = text_of(client, "/fees/changes?from=2025-12-31&to=2026-11-22")
    assert "<del>20</del>" in page
    told = orjson.loads(client.get("/fees/changes.json?from=2025-12-31&to=2026-11-22").content)["differences"]
    kinds = {row["code"]: row["kind"] for row in told}
    assert (kinds["CUS-IMP"], kinds["CUS-EXP"]) == ("changed", "added")
    back = orjson.loads(client.get("/fees/changes.json?from=2026-11-22&to=2025-12-31").content)["differences"]
    assert {row["code"]: row["kind"] for row in back}["CUS-EXP"] == "ended"
    rows = list(csv.DictReader(io.StringIO(text_of(client, "/fees/changes.csv?from=2025-12-31&to=2026-11-22"))))
    assert ("CUS-IMP", "amount", "20", "25") in {(r["code"], r["what"], r["before"], r["after"]) for r in rows}
    assert "Nothing changed" in text_of(client, "/fees/changes?from=2026-11-22&to=2026-11-22")


@pytest.mark.parametrize(
    "day", ["soon", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31", "20261122", "２０２６-01-01"]
)
def test_a_day_that_is_none_is_refused_everywhere(client, day):
    for path in ("/fees?on=", "/fees/charges/CUS-IMP?on=", "/fees/changes?from=", "/fees/changes.json?to="):
        assert client.get(path + day).status_code == 400, path


def test_F03_a_visitor_reads_an_open_draft_and_signs_in_to_comment(client, django_assert_num_queries):
    draft_id = schedule.opened()
    trader = accounts.actor()
    charge_comment_make(draft_id=draft_id, text="<script>alert(1)</script> too much", actor=trader)
    client.get("/fees")
    with django_assert_num_queries(1):
        page = text_of(client, "/fees/drafts")
    assert "31 days left" in page
    assert "drafts are open" in text_of(client, "/fees") or "draft is open" in text_of(client, "/fees")
    with django_assert_num_queries(3):
        page = text_of(client, f"/fees/drafts/{draft_id}")
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    for words in (
        "Study of the hours worked",
        "405,000.00",
        "41.00",
        "35.00",
        "Sign in to comment",
        "Not answered yet",
    ):
        assert words in page
    assert "Publish the comment" not in page
    assert client.post(f"/fees/drafts/{draft_id}/comments", {"text": "x"}).status_code == 302
    told = orjson.loads(client.get(f"/fees/drafts/{draft_id}.json").content)
    assert told["comments"][0]["text"].startswith("<script>")
    assert told["draft"]["terms"]["cost_parts"][0] == {"label": "Staff", "amount": "320000"}
    assert len(orjson.loads(client.get("/fees/drafts.json").content)["drafts"]) == 1
    assert "PHY-INS" in text_of(client, "/fees/drafts.csv")


def test_F03_a_trader_comments_and_the_authority_answers_on_the_page(client):
    draft_id = schedule.opened()
    page = f"/fees/drafts/{draft_id}"
    signed_in(client, Role.TRADER)
    assert client.post(f"{page}/comments", {"text": " "}).status_code == 422
    assert client.post(f"{page}/comments", {"text": "Why 38?"}).status_code == 302
    comment = draft_comments(draft_id)[0]
    assert client.post(f"{page}/comments/{comment.id}", {"answer": "Not yours to say"}).status_code == 404
    signed_in(client, Role.AGENCY_OFFICER, agency="VET")
    assert client.post(f"{page}/comments/{comment.id}", {"answer": "Nor mine"}).status_code == 404
    signed_in(client, Role.AGENCY_OFFICER)
    assert client.post(f"{page}/comments/{comment.id}", {}).status_code == 422
    assert client.post(f"{page}/comments/{comment.id}", {"answer": "The study says so."}).status_code == 302
    assert "The study says so." in text_of(client, page)


FORM = {
    "code": "PHY-INS",
    "title": "Plant health check",
    "law": "Order 2026",
    "event": "import_declaration",
    "unit": "per declaration",
    "amount": "38",
    "prefixes": "06 07",
    "valid_from": "2027-03-01",
    "reason": "More inspectors",
    "cost_basis": "A study",
    "services_a_year": "10000",
    "part_1": "Staff",
    "cost_1": "320000",
    "part_2": "Laboratory",
    "cost_2": "85000",
}


def test_an_agency_drafts_opens_proposes_and_withdraws_on_pages(client):
    signed_in(client, Role.AGENCY_OFFICER)
    assert 'value="Plant health check at the border"' in text_of(client, "/fees/drafts/new?code=PHY-INS")
    too_much = client.post("/fees/drafts/new", FORM | {"amount": "42"})
    assert too_much.status_code == 422
    assert "above the cost of the service" in too_much.content.decode()
    assert client.post("/fees/drafts/new", FORM).status_code == 302
    draft = ChargeDraft.objects.get()
    page = f"/fees/drafts/{draft.pk}"
    assert client.post(f"{page}/edit", FORM | {"title": "Check of plants"}).status_code == 302
    assert "Check of plants" in text_of(client, "/fees/drafts")
    assert client.post(f"{page}/act", {"act": "open", "comments_until": "2026-12-01"}).status_code == 422
    assert client.post(f"{page}/act", {"act": "open", "comments_until": UNTIL.isoformat()}).status_code == 302
    assert text_of(client, f"{page}/edit", 404)
    assert client.post(f"{page}/act", {"act": "propose"}).status_code == 422
    assert client.post(f"{page}/act", {"act": "nothing"}).status_code == 404
    assert client.post(f"{page}/act", {"act": "propose", "urgent_reason": "A pest"}).status_code == 302
    assert "waits for a second person" in text_of(client, page)
    assert client.post(f"{page}/act", {"act": "withdraw", "reason": "Not now"}).status_code == 302
    assert "Not now" in text_of(client, page)


@pytest.mark.parametrize("role", [None, Role.TRADER, Role.OFFICER, Role.AUDITOR])
def test_pages_of_drafting_open_only_for_who_drafts(client, role):
    draft_id = schedule.opened()
    if role:
        signed_in(client, role)
    gone = 404 if role else 302
    assert client.get("/fees/drafts/new").status_code == gone
    assert client.get(f"/fees/drafts/{draft_id}/edit").status_code == gone
    assert client.post(f"/fees/drafts/{draft_id}/act", {"act": "withdraw", "reason": "x"}).status_code == gone


def test_the_feed_tells_what_happened_newest_first_and_is_kept_by_its_tag(client, django_assert_num_queries):
    officer = schedule.officer()
    kept, lost = schedule.opened(officer), schedule.opened(officer, code="PHY-NEW")
    charge_draft_withdraw(draft_id=lost, reason="A mistake", actor=officer)
    with clock.frozen(AFTER):
        charge_propose(draft_id=kept, actor=officer)
        proposal = proposal_open("fees.charge", str(kept))
        proposal_decide(proposal_id=proposal.id, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Yes")
    with clock.frozen(AFTER.replace(year=2027, month=3, day=2)):
        client.get("/fees/feed.atom")
        with django_assert_num_queries(2):
            answer = client.get("/fees/feed.atom")
        assert answer["Content-Type"].startswith("application/atom+xml")
        entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
        titles = [entry.findtext(f"{ATOM}title") for entry in entries]
        again = client.get("/fees/feed.atom", headers={"if-none-match": answer["ETag"]})
        told = orjson.loads(client.get("/fees/feed.json").content)["items"]
    assert again.status_code == 304
    name = "Plant health check at the border"
    assert titles[0] == f"In force: PHY-INS {name}"
    assert {f"Published: PHY-INS {name}", f"Open for comment: PHY-INS {name}", f"Withdrawn: PHY-NEW {name}"} <= {
        *titles
    }
    assert [item["title"] for item in told] == titles
    assert len({item["id"] for item in told}) == len(told)
    assert [item["date_published"] for item in told] == sorted((i["date_published"] for i in told), reverse=True)


CONSIGNMENT = {"direction": "import", "office": "ZZ000101", "code": "0901 21 00 00", "value": "1000", "currency": "EUR"}


def test_FE_SCH_10_the_total_of_a_consignment_holds_every_authority_with_its_law(client, django_assert_num_queries):
    client.get("/fees/estimate", CONSIGNMENT)
    asked = CONSIGNMENT | {"containers": "2", "overtime_hours": "3", "permits": ["PHY-CER"]}
    with django_assert_num_queries(3):
        page = client.get("/fees/estimate", asked).content.decode()
    # 25 and 35 for the declaration, 2 times 85 and 110 at the port, 3 hours of 38, a certificate of 18.
    assert "582.00" in page
    for words in ("Port Tariff Book 2026, part B", "Amari Port Authority", "114.00", "390.00"):
        assert words in page


@pytest.mark.parametrize(("office", "total"), [("ZZ000101", "450"), ("ZZ000201", "60")])
def test_FE_SCH_10_a_port_charges_where_goods_pass_a_port(client, office, total):
    asked = CONSIGNMENT | {"office": office, "containers": "2"}
    body = {
        "office": office,
        "containers": 2,
        "items": [{"commodity_code": "0901210000", "customs_value": {"amount": "1000", "currency": "EUR"}}],
    }
    answer = client.post("/api/v1/charges/estimate", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert orjson.loads(answer.content)["total"] == total
    assert f"{total}.00" in client.get("/fees/estimate", asked).content.decode()


def test_FE_SCH_10_the_total_is_what_the_assessment_of_the_same_goods_bills():
    codes = ("0901110000", "8517130000", "0201300000", "3923100000", "8516710000", "2203000100", "3004900000")
    for day in (date(2026, 11, 22), date(2025, 6, 1), date(2027, 2, 1)):
        at = NOW.replace(year=day.year, month=day.month, day=day.day)
        for number, code in enumerate(codes, start=1):
            item = fees_factory.item(str(1000 * number), commodity_code=code, quantities=(("LTR", Decimal(100)),))
            for direction in Direction:
                facts = Facts(direction=direction, items=(item,))
                assessed = quote_of_facts(facts, at=at).assessment
                found = charges_estimate(Consignment(facts, "ZZ000101"), at=at)
                billed = sorted((line.code, line.amount) for line in assessed.charges)
                assert sorted((line.code, line.amount) for line in found.lines) == billed
                assert [one.code for one in found.unbilled] == [one.code for one in assessed.unbilled]


@pytest.mark.parametrize(("day", "billed"), [(date(2027, 1, 3), False), (date(2027, 1, 4), True)])
def test_FE_CHG_01_the_total_leaves_out_what_is_published_later_and_names_it(client, day, billed):
    page = client.get("/fees/estimate", CONSIGNMENT | {"code": "39231000", "on": day.isoformat()}).content.decode()
    assert ("Levy on plastic packaging" in page) is True
    assert ("Not billed: Levy on plastic packaging" in page) is not billed


def test_charges_beside_the_declaration_published_late_are_named_and_not_added():
    late = fees_factory.charge("PRT-NEW", event=ChargeEvent.CONTAINER, published_on=date(2026, 11, 21))
    for on, codes in ((date(2026, 11, 20), []), (date(2026, 11, 21), ["PRT-NEW"])):
        lines, unbilled = charges_described(
            fees_factory.facts(),
            {ChargeEvent.CONTAINER: 1},
            (),
            tariff=fees_factory.tariff(charges=[late]),
            values=[Decimal(1000)],
            on=on,
            currency="EUR",
        )
        assert [line.code for line in lines] == codes
        assert [one.code for one in unbilled] == ([] if codes else ["PRT-NEW"])


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "09"},
        {"code": "０９０１２１"},
        {"value": "-1"},
        {"value": "1e9"},
        {"containers": "1000"},
        {"containers": "-1"},
        {"office": "ZZ999999"},
        {"currency": "XXQ"},
        {"permits": ["CUS-IMP"]},
        {"on": "2026-02-30"},
    ],
)
def test_a_consignment_that_cannot_be_read_says_what_to_mend(client, changes):
    answer = client.get("/fees/estimate", CONSIGNMENT | changes)
    assert answer.status_code == 200
    assert "Error:" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"office": "ZZ999999"}, 404),
        ({"office": "x"}, 400),
        ({"containers": -1}, 400),
        ({"containers": True}, 400),
        ({"items": []}, 400),
        ({"more": 1}, 400),
        ({"on": "soon"}, 400),
    ],
)
def test_the_api_refuses_a_consignment_that_it_cannot_read(client, changes, status):
    good = {
        "office": "ZZ000101",
        "items": [{"commodity_code": "090121", "customs_value": {"amount": "1000", "currency": "EUR"}}],
    }
    assert client.post("/api/v1/charges/estimate", good, content_type="application/json").status_code == 200
    answer = client.post("/api/v1/charges/estimate", good | changes, content_type="application/json")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_a_foreign_value_without_a_rate_is_a_finding_and_never_zero(client):
    body = {
        "office": "ZZ000101",
        "on": "1999-01-01",
        "items": [{"commodity_code": "0201300000", "customs_value": {"amount": "1000", "currency": "JPY"}}],
    }
    answer = client.post("/api/v1/charges/estimate", body, content_type="application/json")
    assert answer.status_code >= 400


def test_days_left_end_with_the_last_day(client):
    draft_id = schedule.opened()
    with clock.frozen(NOW + timedelta(days=30)):
        assert "1 day left" in text_of(client, f"/fees/drafts/{draft_id}")
    with clock.frozen(AFTER):
        assert "left for comments" not in text_of(client, f"/fees/drafts/{draft_id}")
