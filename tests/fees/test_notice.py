"""FE-NOT and L17: the notice as a page and on paper, its public check, and the tariff that it names for ever."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pypdf
import pytest

from declarations.selectors import declaration_snapshot
from fees.formulas import candidate_words, line_formula, method_words, value_formula
from fees.models import Assessment
from fees.selectors import assessment_for
from fees.services import assessment_make, quote_make
from fees.services.notices import TRIES_AN_HOUR
from fees.services.signed_quotes import quote_sign
from fees.signing import encoded, notice_code, notice_of_code
from fees.types import AssessmentKind
from singlewindow.accounts.permissions import Role
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts
from tests.factories import fees as make
from tests.factories.clearance import country_load, lodged, trader_rich
from tests.factories.declarations import import_message, item_json
from tests.factories.tariff import changed, coffee_at

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ASSESSMENT, ESTIMATE = AssessmentKind.ASSESSMENT, AssessmentKind.ESTIMATE


@pytest.fixture
def released(db):
    """A declaration that went all the way, and its trader."""
    country_load()
    trader = trader_rich()
    return trader, lodged(trader)


def signed_in(client, role, of=None):
    client.force_login(accounts.user(role, of=of))
    return client


def assess(snapshot, *, at=AT, kind=ASSESSMENT):
    with unit_of_work() as work:
        return assessment_make(work, snapshot, at=at, kind=kind)


def declared(message=None, **changes):
    changes.setdefault("lodged_by", accounts.organisation().pk)
    return make.snapshot(message or import_message(), **changes)


def coffee(**changes):
    lines = [item_json(1, commodity_code="0901210010", origin="ET")]
    return import_message().model_validate(import_message().canonical() | {"items": lines} | changes)


# The page and the paper ---------------------------------------------------------------------


def test_FE_NOT_04_parties_and_customs_read_the_notice_with_formula_inputs_and_snapshot(client, released):
    trader, declaration_id = released
    view = assessment_for(declaration_id)
    for role, of in ((Role.TRADER, trader), (Role.OFFICER, None), (Role.AUDITOR, None)):
        text = signed_in(client, role, of).get(f"/declarations/{declaration_id}/notice").content.decode()
        for words in ("Notice of assessment", "rounded half up", "Customs value", "Method 1", view.sha256):
            assert words in text, (role, words)
        assert view.notice["snapshot"]["tariff"] in text


def test_FE_NOT_04_a_stranger_and_another_trader_find_no_notice(client, released):
    _, declaration_id = released
    for path in (f"/declarations/{declaration_id}/notice", f"/declarations/{declaration_id}/notice/1.pdf"):
        assert client.get(path).status_code == 302
    signed_in(client, Role.TRADER)
    for end in ("notice", "notice/1", "notice/1.pdf", "notice/1.svg"):
        assert client.get(f"/declarations/{declaration_id}/{end}").status_code == 404
    signed_in(client, Role.OFFICER)
    assert client.get(f"/declarations/{uuid7()}/notice").status_code == 404
    assert client.get(f"/declarations/{declaration_id}/notice/99").status_code == 404


def test_the_page_of_a_notice_costs_the_same_queries_however_many_versions_there_are(
    client, released, django_assert_max_num_queries
):
    trader, declaration_id = released
    signed_in(client, Role.TRADER, trader)
    client.get(f"/declarations/{declaration_id}/notice")
    with django_assert_max_num_queries(10):
        assert client.get(f"/declarations/{declaration_id}/notice").status_code == 200


@pytest.mark.parametrize(("language", "title"), [("en", "Notice of assessment"), ("fr", "Avis de taxation")])
def test_FE_NOT_04_the_paper_is_tagged_and_says_what_the_page_says(client, released, language, title):
    trader, declaration_id = released
    signed_in(client, Role.TRADER, trader)
    version = assessment_for(declaration_id).version
    answer = client.get(f"/declarations/{declaration_id}/notice/{version}.pdf", headers={"accept-language": language})
    assert answer["Content-Type"] == "application/pdf"
    again = client.get(f"/declarations/{declaration_id}/notice/{version}.pdf", headers={"accept-language": language})
    assert again.content == answer.content
    paper = pypdf.PdfReader(io.BytesIO(answer.content))
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or bool(root["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith(language)
    text = "".join(page.extract_text() for page in paper.pages)
    view = assessment_for(declaration_id)
    for words in (title, view.notice["snapshot"]["tariff"], view.sha256, "8 %"):
        assert words in text
    assert paper.metadata.title == title


def test_an_arabic_reader_gets_the_paper_in_english(client, released):
    trader, declaration_id = released
    signed_in(client, Role.TRADER, trader)
    version = assessment_for(declaration_id).version
    answer = client.get(f"/declarations/{declaration_id}/notice/{version}.pdf", headers={"accept-language": "ar"})
    assert pypdf.PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"].startswith("en")


def test_a_notice_says_when_it_is_exactly_what_was_quoted(client, released):
    trader, declaration_id = released
    signed_in(client, Role.TRADER, trader)
    snapshot = declaration_snapshot(declaration_id)
    page = f"/declarations/{declaration_id}/notice"
    assert b"As quoted" not in client.get(page).content
    quote = quote_make(snapshot.message, at=snapshot.accepted_at)
    quote_sign(quote, actor=accounts.actor(Role.TRADER))
    assert b"As quoted" not in client.get(page).content  # a quote of another organisation says nothing
    quote_sign(quote, actor=accounts.actor(Role.TRADER, of=trader))
    assert b"As quoted" in client.get(page).content


# The public check ---------------------------------------------------------------------------


def code_of(declaration_id):
    return notice_code(assessment_for(declaration_id).id)


def test_FE_NOT_01_anyone_who_holds_the_code_learns_that_the_notice_is_genuine_and_nothing_of_the_trade(
    client, released, django_assert_max_num_queries
):
    trader, declaration_id = released
    view = assessment_for(declaration_id)
    with django_assert_max_num_queries(3):
        answer = client.get(f"/check/{code_of(declaration_id)}")
    text = answer.content.decode()
    assert "This notice is genuine" in text
    assert view.sha256[:16] in text
    snapshot = declaration_snapshot(declaration_id)
    total = f"{Decimal(view.notice['total']):,.2f}"
    for secret in (view.sha256, snapshot.mrn, trader.name, total, "8516", view.notice["total"], str(declaration_id)):
        assert secret not in text, secret
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"


def test_FE_NOT_02_a_code_that_is_not_ours_looks_like_one_that_never_was_and_asks_no_database(
    client, released, django_assert_num_queries
):
    code = code_of(released[1])
    absent = notice_code(uuid7())
    pages = []
    for wrong in (
        f"{code[:-2]}AA",
        code.lower(),
        encoded(b"\0" * 32),
        "x",
        "é" * 10,
        code + "A",
        f"{code}=",
        "a" * 5000,
    ):
        with django_assert_num_queries(0):
            pages.append(client.get(f"/check/{wrong}"))
    pages.append(client.get(f"/check/{absent}"))
    assert {page.status_code for page in pages} == {404}

    def said(page):
        return page.content.decode().partition("<main")[2].partition("</main")[0]

    assert len({said(page) for page in pages}) == 1


def test_FE_NOT_03_number_and_total_are_compared_and_one_answer_given(client, released):
    _, declaration_id = released
    view, page = assessment_for(declaration_id), f"/check/{code_of(declaration_id)}"
    mrn, total = declaration_snapshot(declaration_id).mrn, view.notice["total"]
    right = client.post(page, {"mrn": mrn.lower(), "total": total}).content.decode()
    assert "Number and total are those of the notice" in right
    answers = [
        client.post(page, {"mrn": mrn, "total": str(Decimal(total) + Decimal("0.01"))}).content.decode(),
        client.post(page, {"mrn": mrn[:-1] + "Z", "total": total}).content.decode(),
        client.post(page, {"mrn": "x", "total": "1"}).content.decode(),
    ]
    assert all("Number and total are not those of the notice" in answer for answer in answers)
    assert client.post(page, {"mrn": mrn, "total": "many"}).status_code == 422


def test_FE_NOT_03_a_notice_is_compared_twenty_times_an_hour_and_no_more(client, released):
    page = f"/check/{code_of(released[1])}"
    asked = {"mrn": "26ZZ00010100000014", "total": "1"}
    with clock.frozen(AT):
        statuses = [client.post(page, asked).status_code for _ in range(TRIES_AN_HOUR + 2)]
    assert statuses == [200] * TRIES_AN_HOUR + [429] * 2
    with clock.frozen(AT.replace(hour=10)):
        assert client.post(page, asked).status_code == 200


def test_FE_NOT_01_an_estimate_that_was_followed_by_the_assessment_is_superseded(client, loaded):
    snapshot = declared()
    with unit_of_work() as work:
        estimate = assessment_make(work, snapshot, at=AT, kind=ESTIMATE)
    page = f"/check/{notice_code(estimate.assessment_id)}"
    assert b"This notice is genuine" in client.get(page).content
    made = assess(snapshot)
    assert b"does not count any more" in client.get(page).content
    assert b"A later notice has taken its place" in client.get(page).content
    assert b"is the one that counts" in client.get(f"/check/{notice_code(made.assessment_id)}").content


def test_a_code_names_its_assessment_and_nothing_else():
    number = uuid7()
    assert notice_of_code(notice_code(number)) == number
    assert notice_of_code("") is None


# L17 ----------------------------------------------------------------------------------------


def test_L17_a_tariff_that_changed_between_filing_and_decision_is_the_one_that_is_named(loaded):
    snapshot = declared(coffee())
    assess(snapshot, kind=ESTIMATE)
    changed(coffee_at("12 %"))
    assess(snapshot)
    estimate, made = assessment_for(snapshot.id, version=1), assessment_for(snapshot.id, version=2)
    assert estimate.notice["snapshot"]["tariff"] == loaded.label != made.notice["snapshot"]["tariff"]
    assert Assessment.objects.get(pk=made.id).tariff == made.notice["snapshot"]["tariff"]
    assert made.notice["items"][0]["lines"][0]["rate"] == "12 %"


def test_L17_what_was_assessed_keeps_its_tariff_when_it_is_amended_later(loaded):
    snapshot = declared(coffee())
    before = assess(snapshot)
    changed(coffee_at("12 %"))
    amended = declared(coffee(), id=snapshot.id, lodged_by=snapshot.lodged_by, version=2)
    after = assess(amended)
    assert after.sha256 == before.sha256
    assert assessment_for(snapshot.id).notice["snapshot"]["tariff"] == loaded.label
    asked = quote_make(amended.message, at=AT, declaration_id=snapshot.id)
    assert asked.sha256 == before.sha256
    assert quote_make(amended.message, at=AT).sha256 != before.sha256


def test_notices_of_form_one_are_still_read():
    value = {"basis": "price", "stated": {"amount": "10", "currency": "USD"}, "price": "9", "freight": "0"}
    value |= {"insurance": "0", "additions": "0", "deductions": "1", "customs_value": "8"}
    assert (
        value_formula(value, "EUR") == "Price 9.00\u00a0EUR (10.00\u00a0USD) − deductions 1.00\u00a0EUR = 8.00\u00a0EUR"
    )
    assert method_words(value) == ""
    candidate = {"rate": "free", "amount": None, "reason": "no_proof", "law": "Act"}
    assert candidate_words(candidate, "EUR") == "free. Not applied: no proof of origin is cited. Act"
    line = {"steps": [{"operator": "", "rate": "8 %", "of": "8", "unit": "", "gives": "0.64"}], "computed": "0.64"}
    line |= {"rounding": "ROUND_HALF_UP", "relief": "", "amount": "0.64"}
    assert line_formula(line, "EUR") == "8 % × 8.00\u00a0EUR = 0.64 → 0.64\u00a0EUR, rounded half up"
