"""OO-001 to OO-004: what is here is not asked for again, what is exempt not at all (F11, F12, F25, N11)."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import Ask
from singlewindow.documents.rules.once import ask_decide, elements
from singlewindow.documents.selectors import register_rows
from singlewindow.documents.services import AlreadyHeld, ask_refusal_record, documents_match, element_ask
from singlewindow.documents.states import AskOutcome
from singlewindow.documents.types import AskSubject, Named
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated
from singlewindow.reference.selectors import profile
from tests.documents.test_documents import subject
from tests.factories import accounts
from tests.factories import documents as files

pytestmark = pytest.mark.django_db

A = AskOutcome
OFFICER = Role.OFFICER


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def ask(about: AskSubject, *codes: str, agency: str = "CUS", exception: str = "") -> Any:
    with unit_of_work() as work:
        return element_ask(work, accounts.actor(OFFICER), about, codes, agency=agency, exception=exception)


@pytest.mark.parametrize(
    ("direction", "code", "agency", "exception", "held", "outcome"),
    [
        ("import", "N935", "CUS", "", False, A.ASKED),
        ("import", "N935", "CUS", "", True, A.HELD),
        ("import", "N935", "CUS", "OX-ORIGINAL", True, A.EXCEPTED),
        ("import", "N315", "CUS", "", False, A.EXEMPT),
        ("import", "N271", "CUS", "", False, A.EXEMPT),
        ("import", "N785", "CUS", "", False, A.EXEMPT),
        ("import", "N380", "CUS", "", False, A.ASKED),
        ("export", "N380", "CUS", "", False, A.EXEMPT),
        ("export", "N935", "CUS", "", False, A.EXEMPT),
        ("export", "N315", "CUS", "", False, A.EXEMPT),
        ("export", "N271", "CUS", "", False, A.EXEMPT),
        ("export", "N785", "CUS", "", False, A.EXEMPT),
        ("export", "N705", "CUS", "", False, A.ASKED),
        ("import", "N271", "CUS", "OX-URGENT", False, A.EXCEPTED),
        ("import", "N271", "CUS", "OX-ORIGINAL", False, A.EXEMPT),
        ("import", "N851", "CUS", "", False, A.HOLDER_ASKED),
        ("import", "N851", "PHY", "", False, A.ASKED),
        ("import", "N851", "CUS", "", True, A.HELD),
    ],
)
def test_OO_001_to_003_what_becomes_of_a_request(
    direction: str, code: str, agency: str, exception: str, held: bool, outcome: AskOutcome
) -> None:
    scheme = profile(clock.today()).once_only
    found = ask_decide(scheme, code=code, direction=direction, agency=agency, exception=exception, held=held)
    assert found.outcome is outcome
    assert found.holder == ("PHY" if outcome is A.HOLDER_ASKED else "")


def test_F11_what_is_here_is_refused_with_its_source_and_the_refusal_is_counted(trader: Organisation) -> None:
    document = files.document(accounts.actor(of=trader), reference="INV 7")
    about = subject(trader, Named("N935", "INV 7", 1))
    with unit_of_work() as work:
        documents_match(work, about)
    with pytest.raises(AlreadyHeld) as refused:
        ask(about, "N935", "N705")
    assert (refused.value.code, refused.value.status) == ("ALREADY_HELD", 409)
    (violation,) = refused.value.violations
    assert f"document:{document.id}" in violation.source
    assert document.given_at.isoformat() in violation.source
    assert not Ask.objects.exists()
    ask_refusal_record(refused.value)
    assert list(Ask.objects.values_list("code", "outcome", "document_id")) == [("N935", "held", document.id)]
    assert Event.objects.filter(verb="element.ask_refused").count() == 1


def test_F11_a_published_exception_is_recorded_with_the_request(trader: Organisation) -> None:
    files.document(accounts.actor(of=trader), reference="INV 7")
    about = subject(trader, Named("N935", "INV 7", 1))
    (asked,) = ask(about, "N935", exception="OX-ORIGINAL")
    assert asked.decision.outcome is A.EXCEPTED
    assert Ask.objects.get().exception == "OX-ORIGINAL"


def test_OO_004_an_exception_that_is_not_published_and_an_unknown_code_are_refused(trader: Organisation) -> None:
    with pytest.raises(RuleViolated) as refused:
        ask(subject(trader), "N935", "XXXX", exception="BECAUSE")
    assert [(one.rule, one.pointer) for one in refused.value.violations] == [
        ("OO-004", "/codes"),
        ("OO-004", "/exception"),
    ]


def test_F11_a_data_element_that_the_declaration_holds_is_not_asked_for(trader: Organisation) -> None:
    about = subject(trader, elements=frozenset({"063"}))
    with pytest.raises(AlreadyHeld) as refused:
        ask(about, "063")
    assert refused.value.violations[0].source == "declaration"
    assert [one.decision.outcome for one in ask(about, "115")] == [A.ASKED]


def test_F25_the_holder_of_the_original_is_asked_by_the_window_and_not_the_trader(trader: Organisation) -> None:
    holder = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
    (asked,) = ask(subject(trader), "N851")
    assert asked.decision.holder == "PHY"
    event = PartyEvent.objects.get(type="original.asked")
    assert event.organisation_id == holder.organisation_id
    assert not PartyEvent.objects.filter(organisation=trader).exists()


def test_N11_the_register_counts_asked_reused_and_refused(trader: Organisation) -> None:
    files.document(accounts.actor(of=trader), reference="INV 7")
    for _ in range(3):
        with unit_of_work() as work:
            documents_match(work, subject(trader, Named("N935", "INV 7", 1)))
    ask(subject(trader), "N935")
    with pytest.raises(AlreadyHeld) as refused:
        ask(subject(trader, Named("N935", "INV 7")), "N935", agency="PHY")
    ask_refusal_record(refused.value)
    row = next(row for row in register_rows() if row.element.code == "N935")
    assert (row.asked, row.refused, row.given, row.used, row.reused) == (1, 1, 1, 3, 2)
    assert row.bodies == ("CUS", "PHY")


def test_N11_the_register_is_open_to_everyone_in_three_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    profile(clock.today())
    with django_assert_max_num_queries(3):
        page = Client().get("/once-only/")
    assert page.status_code == 200
    text = page.content.decode()
    for element in elements().values():
        assert element.law in text
    assert "OX-URGENT" in text
    assert "not asked for at export" in text


def test_N11_the_register_as_CSV_has_every_element_with_its_law() -> None:
    answer = Client().get("/once-only.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [row["code"] for row in rows] == list(elements())
    assert all(row["law"] and row["name"] for row in rows)
    contract = next(row for row in rows if row["code"] == "N315")
    assert contract["not_asked_for_at"] == "import export"


def test_every_element_of_the_register_says_who_asks_under_which_law_and_how_long_it_is_kept() -> None:
    agencies = {"CUS", "PHY", "VET", "MED", "TEL", "ENV"}
    for element in elements().values():
        assert set(element.asked_by) <= agencies, element
        assert element.step == "never" or (element.asked_by and element.retention_years > 0), element
