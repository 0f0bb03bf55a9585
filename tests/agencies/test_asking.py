"""An agency asks on its pages for what is not here, and answers for the originals that it holds (F11, F12, F25)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from agencies.models import Hold
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import Ask, OriginalAsk
from singlewindow.documents.services import document_link, element_ask, original_answer
from singlewindow.documents.states import ORIGINAL
from singlewindow.documents.types import AskSubject, Subject
from singlewindow.kernel.errors import DomainError, NotFound
from tests.agencies.test_pages import lodged_and_held, signed_in
from tests.documents.conftest import folders  # noqa: F401  (files of each test lie in a folder of its own)
from tests.factories import accounts, agencies
from tests.factories import documents as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def hold(trader: Organisation) -> Hold:
    agencies.requirement()
    return lodged_and_held(trader)


def asked(client: Client, hold: Hold, **typed: Any) -> Any:
    return client.post(f"/agency/holds/{hold.pk}/ask", {"hours": "48", "exception": "", "consequence": ""} | typed)


def bound(trader: Organisation, hold: Hold, code: str = "N935") -> Any:
    document = files.document(accounts.actor(of=trader), code=code, reference="INV 77")
    with unit_of_work() as work:
        document_link(
            work,
            accounts.actor(of=trader),
            document_id=document.id,
            owners=(trader.pk,),
            subject=Subject.DECLARATION,
            subject_id=hold.declaration_id,
        )
    return document


def test_an_agency_asks_for_a_document_and_the_declarant_is_told(trader: Organisation, hold: Hold) -> None:
    officer = signed_in(Role.AGENCY_OFFICER)
    assert f"/agency/holds/{hold.pk}/ask" in officer.get(f"/agency/holds/{hold.pk}").content.decode()
    answer = asked(officer, hold, documents=["N705"], consequence="The goods are sent back.")
    assert (answer.status_code, answer["Location"]) == (302, f"/agency/holds/{hold.pk}")
    row = Ask.objects.get()
    assert (row.code, row.agency, row.outcome) == ("N705", "PHY", "asked")
    told = PartyEvent.objects.get(type="documents.requested", organisation=trader)
    assert (told.data["codes"], told.data["consequence"]) == (["N705"], "The goods are sent back.")
    assert "Asked of the declarant" in officer.get(f"/agency/holds/{hold.pk}").content.decode()


def test_OO_001_what_is_here_is_shown_with_a_link_and_the_refusal_is_counted(trader: Organisation, hold: Hold) -> None:
    document, officer = bound(trader, hold), signed_in(Role.AGENCY_OFFICER)
    answer = asked(officer, hold, documents=["N935", "N705"], elements=["145"])
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f'href="/documents/{document.id}/content"' in page
    assert "N935 is here already" in page
    assert "145 stands in the declaration" in page
    assert "OO-001" in page
    assert sorted(Ask.objects.values_list("code", "outcome")) == [("145", "held"), ("N935", "held")]
    served = officer.get(f"/documents/{document.id}/content", follow=True)
    assert served.content.startswith(b"%PDF")


def test_OO_002_an_exempt_document_is_refused_with_its_rule_unless_an_exception_lifts_it(hold: Hold) -> None:
    officer = signed_in(Role.AGENCY_OFFICER)
    answer = asked(officer, hold, documents=["N271"])
    assert answer.status_code == 409
    assert "OO-002" in answer.content.decode()
    assert asked(officer, hold, documents=["N271"], exception="OX-URGENT").status_code == 302
    assert list(Ask.objects.order_by("pk").values_list("outcome", "exception")) == [
        ("exempt", ""),
        ("excepted", "OX-URGENT"),
    ]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"documents": ["XXXX"]},
        {"elements": ["118"]},
        {"documents": ["N705"], "hours": "0"},
        {"documents": ["N705"], "hours": "721"},
        {"documents": ["N705"], "exception": "BECAUSE"},
    ],
)
def test_OO_004_a_request_that_cannot_be_is_refused_and_nothing_is_asked(hold: Hold, typed: dict[str, Any]) -> None:
    assert asked(signed_in(Role.AGENCY_OFFICER), hold, **typed).status_code == 422
    assert not Ask.objects.exists()


def test_A2_the_page_is_only_of_the_agency_that_holds(trader: Organisation, hold: Hold) -> None:
    path = f"/agency/holds/{hold.pk}/ask"
    assert signed_in(Role.AGENCY_OFFICER, agency="VET").get(path).status_code == 404
    assert signed_in(Role.TRADER, of=trader).get(path).status_code == 404
    assert "/sign-in" in Client().get(path)["Location"]
    assert asked(signed_in(Role.AGENCY_OFFICER, agency="VET"), hold, documents=["N705"]).status_code == 404
    assert not Ask.objects.exists()


@pytest.mark.parametrize("papers", [1, 8])
def test_the_pages_ask_the_same_few_questions_for_any_number_of_papers(
    trader: Organisation, hold: Hold, papers: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    officer = signed_in(Role.AGENCY_OFFICER)
    for number in range(papers):
        document = files.document(accounts.actor(of=trader), files.pdf("one"), reference=f"INV {number}")
        with unit_of_work() as work:
            document_link(
                work,
                accounts.actor(of=trader),
                document_id=document.id,
                owners=(trader.pk,),
                subject=Subject.DECLARATION,
                subject_id=hold.declaration_id,
            )
        asked(officer, hold, documents=["N853"], exception="OX-URGENT")
    for path, most in ((f"/agency/holds/{hold.pk}", 13), (f"/agency/holds/{hold.pk}/ask", 11)):
        officer.get(path)
        with django_assert_max_num_queries(most):
            assert officer.get(path).status_code == 200


def original_asked(trader: Organisation, *, agency: str = "CUS", **known: Any) -> AskSubject:
    about = known.get("about") or AskSubject(
        declaration_id=uuid4(), mrn="26ZZ010100000041R8", direction="import", parties=(trader.pk,)
    )
    asker = accounts.actor(Role.OFFICER) if agency == "CUS" else accounts.actor(Role.AGENCY_OFFICER, agency=agency)
    with unit_of_work() as work:
        element_ask(work, asker, about, ["N851"], agency=agency)
    return about


def test_F25_the_holder_finds_what_it_is_asked_for_and_confirms_it(trader: Organisation) -> None:
    vet = accounts.actor(Role.AGENCY_OFFICER, agency="VET")
    original_asked(trader, agency="VET")
    row = OriginalAsk.objects.get()
    holder = signed_in(Role.AGENCY_OFFICER)
    page = holder.get("/agency/originals/").content.decode()
    assert f"/agency/originals/{row.pk}" in page
    answer = holder.post(f"/agency/originals/{row.pk}", {"answer": "confirm", "note": ""})
    assert answer["Location"] == "/agency/originals/"
    row.refresh_from_db()
    assert (row.state, bool(row.answered_at)) == ("authentic", True)
    told = PartyEvent.objects.get(type="original.answered", organisation_id=vet.organisation_id)
    assert (told.data["answer"], told.data["holder"]) == ("authentic", "PHY")
    assert Event.objects.get(verb="original.answered").subject_id == str(row.declaration_id)
    assert f"/agency/originals/{row.pk}" not in holder.get("/agency/originals/").content.decode()
    assert f"/agency/originals/{row.pk}" in holder.get("/agency/originals/?state=all").content.decode()
    assert holder.post(f"/agency/originals/{row.pk}", {"answer": "disown", "note": "x"}).status_code == 409


def test_OO_005_whoever_disowns_an_original_says_why(trader: Organisation) -> None:
    original_asked(trader)
    row, holder = OriginalAsk.objects.get(), signed_in(Role.AGENCY_OFFICER)
    assert holder.post(f"/agency/originals/{row.pk}", {"answer": "disown", "note": " "}).status_code == 422
    assert (
        holder.post(f"/agency/originals/{row.pk}", {"answer": "disown", "note": "No such number."}).status_code == 302
    )
    row.refresh_from_db()
    assert (row.state, row.note) == ("not_ours", "No such number.")


def test_OO_005_a_holder_is_asked_once_by_each_body_however_often(trader: Organisation) -> None:
    about = original_asked(trader)
    original_asked(trader, about=about)
    original_asked(trader, about=about, agency="VET")
    assert sorted(OriginalAsk.objects.values_list("agency", flat=True)) == ["CUS", "VET"]


def test_A2_another_body_neither_sees_nor_answers_for_the_holder(trader: Organisation) -> None:
    original_asked(trader)
    row, other = OriginalAsk.objects.get(), signed_in(Role.AGENCY_OFFICER, agency="VET")
    assert f"{row.pk}" not in other.get("/agency/originals/?state=all").content.decode()
    assert other.get(f"/agency/originals/{row.pk}").status_code == 404
    assert other.post(f"/agency/originals/{row.pk}", {"answer": "confirm"}).status_code == 404
    assert signed_in(Role.TRADER).get("/agency/originals/").status_code == 404
    with pytest.raises(NotFound):
        original_answer(accounts.actor(Role.AGENCY_OFFICER, agency="VET"), row.pk, action="confirm")


def test_the_database_holds_the_steps_of_an_original(trader: Organisation) -> None:
    from importlib import import_module

    pairs = import_module("singlewindow.documents.migrations.0004_originals").PAIRS
    assert sorted(pairs) == sorted(ORIGINAL.pairs())
    original_asked(trader)
    row = OriginalAsk.objects.get()
    original_answer(accounts.actor(Role.AGENCY_OFFICER), row.pk, action="confirm")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_originalask SET state = 'not_ours'")


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_of_originals_asks_the_same_few_questions(
    trader: Organisation, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        original_asked(trader)
    client = signed_in(Role.AGENCY_OFFICER)
    client.get("/agency/originals/")
    with django_assert_max_num_queries(5):  # session, user, membership, agencies, originals
        client.get("/agency/originals/")


def at_once(*acts: Any) -> list[Any]:
    def run(act: Any) -> Any:
        try:
            return act()
        except DomainError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_OO_005_of_requests_at_once_the_holder_hears_one(trader: Organisation) -> None:
    about, holder = original_asked(accounts.organisation()), accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
    fresh = AskSubject(declaration_id=uuid4(), mrn=about.mrn, direction="import", parties=(trader.pk,))
    at_once(*[lambda: original_asked(trader, about=fresh) for _ in range(6)])
    assert OriginalAsk.objects.filter(declaration_id=fresh.declaration_id).count() == 1
    told = PartyEvent.objects.filter(organisation_id=holder.organisation_id, subject_id=str(fresh.declaration_id))
    assert told.count() == 1


@pytest.mark.django_db(transaction=True)
def test_OO_005_of_two_answers_at_once_one_is_taken(trader: Organisation, settings: Settings) -> None:
    original_asked(trader)
    row, actor = OriginalAsk.objects.get(), accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
    acts = [
        lambda action=action: original_answer(actor, row.pk, action=action, note="why")
        for action in ("confirm", "disown") * 3
    ]
    answers = at_once(*acts)
    assert sum(isinstance(answer, DomainError) for answer in answers) == 5
    assert Event.objects.filter(verb="original.answered").count() == 1


def test_F25_what_an_agency_asks_for_stands_on_the_traders_page_until_it_is_bound(
    trader: Organisation, hold: Hold
) -> None:
    officer, client = signed_in(Role.AGENCY_OFFICER), signed_in(Role.TRADER, of=trader)
    asked(officer, hold, documents=["N705"])
    path = f"/declarations/{hold.declaration_id}/"
    page = client.get(path).content.decode()
    assert "An agency asks for this" in page
    assert 'href="/documents/give?code=N705"' in page
    document = files.document(accounts.actor(of=trader), code="N705", reference="MAEU1")
    assert str(document.id) in client.get(path).content.decode()
    stranger = signed_in(Role.TRADER)
    assert stranger.post(f"{path}documents", {"document": str(document.id)}).status_code == 404
    foreign = files.document(accounts.actor(), code="N705", reference="THEIRS")
    refused = client.post(f"{path}documents", {"document": str(foreign.id)}, follow=True).content.decode()
    assert "There is no such document on your shelf." in refused
    done = client.post(f"{path}documents", {"document": str(document.id)}, follow=True).content.decode()
    assert "The document is bound to the declaration" in done
    assert "An agency asks for this" not in done
    assert "MAEU1" in officer.get(f"/agency/holds/{hold.pk}").content.decode()
