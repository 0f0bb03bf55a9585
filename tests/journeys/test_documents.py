"""Documents once: given, broken off and resumed, found by a declaration, refused when asked again, answered with."""

import os
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from clearance.models import Query
from clearance.selectors import case_view
from clearance.services import case_claim, query_send
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import Ask, DocumentLink
from singlewindow.documents.services import document_link
from singlewindow.documents.types import Subject
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from tests.agencies.test_pages import lodged_and_held
from tests.factories import accounts, agencies, clearance
from tests.factories import documents as files
from tests.factories.third_party import DECLARATIONS, Software

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address in advance: each test has its server's."""
    return ""


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in a folder of its own."""
    places = deepcopy(settings.STORAGES)
    for name in ("incoming", "documents"):
        places[name]["OPTIONS"]["location"] = str(tmp_path / name)
    settings.STORAGES = places
    return tmp_path


def officer_of(declaration_id: UUID) -> Any:
    """An officer who has the case, and their actor."""
    person = accounts.user(Role.OFFICER, office="ZZ000101")
    actor = actor_of_user(person)
    case_claim(declaration_id=declaration_id, actor=actor)
    return person, actor


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.mark.django_db
def test_broken_upload_resumed_then_named_reused_and_never_asked_for_again(importer: Organisation) -> None:
    software = Software(importer)
    body = files.pdf("Invoice 0001", pages=3)
    more = {"Upload-Length": str(len(body)), "Upload-Metadata": files.told(filename="invoice.pdf", purpose="document")}
    address = software.send("POST", "/api/v1/uploads", b"", "", **files.TUS, **more)["Location"]

    def patch(offset: int, chunk: bytes) -> Any:
        kind = "application/offset+octet-stream"
        return software.send("PATCH", address, chunk, kind, **files.TUS, **{"Upload-Offset": str(offset)})

    patch(0, body[:100])  # here the line goes dead: the sender does not know how much has come
    assert patch(0, body[:200]).status_code == 409
    reached = int(software.send("HEAD", address, b"", "", **files.TUS)["Upload-Offset"])
    assert reached == 100
    assert patch(reached, body[reached:])["Upload-Offset"] == str(len(body))

    told = {"upload_id": address.rsplit("/", 1)[1], "code": "N935", "reference": "INV 0001"}
    document = software.post(told, path="/api/v1/documents").json()
    assert software.get(document["content"]).content == body

    declared = [clearance.risky(importer) for _ in range(2)]
    assert DocumentLink.objects.filter(purpose="declared").count() == 2
    assert software.get(f"/api/v1/documents/{document['id']}").json()["used"] == 2

    person, _actor = officer_of(declared[0])
    desk = signed_in(person)
    page = desk.get(f"/desk/{declared[0]}/").content.decode()
    assert f"/documents/{document['id']}/content" in page
    served = desk.get(f"/documents/{document['id']}/content", follow=True)
    assert served.content == body
    assert Event.objects.filter(verb="document.read").count() == 1

    form = {"question": "Send the invoice.", "hours": "48", "codes": ["N935"], "exception": ""}
    form["standing"] = case_view(_actor, declared[0]).standing
    refused = desk.post(f"/desk/{declared[0]}/query", form)
    assert refused.status_code == 409
    assert "INV 0001" in refused.content.decode()
    assert Ask.objects.get().outcome == "held"
    assert not Query.objects.exists()


@pytest.mark.django_db
def test_F35_a_document_request_is_read_and_answered_by_API_in_the_same_thread(importer: Organisation) -> None:
    software = Software(importer)
    declaration_id = clearance.risky(importer)
    person, actor = officer_of(declaration_id)
    query_send(
        declaration_id=declaration_id,
        actor=actor,
        question="Send the bill of lading.",
        pointer="/items/0/price",
        consequence="The goods are examined.",
        codes=["N705"],
    )
    thread = f"{DECLARATIONS}/{declaration_id}/queries"
    (query,) = software.get(thread).json()["queries"]
    assert (query["element"], query["consequence"]) == ("/items/0/price", "The goods are examined.")
    assert (query["documents_asked_for"], query["number"]) == (["N705"], 1)
    assert query["deadline"] > query["asked_at"]
    document = files.given(software, files.pdf("B/L"), code="N705", reference="MAEU123456789").json()
    stranger = Software(accounts.organisation())
    foreign = files.given(stranger, files.pdf("theirs"), code="N705", reference="X").json()

    def answered(documents: list[str], by: Software = software) -> Any:
        return by.post({"answer": "Here it is.", "documents": documents}, path=f"{thread}/1/answers")

    assert answered([document["id"]], stranger).status_code == 404
    unknown = answered([foreign["id"]])
    assert (unknown.status_code, unknown.json()["code"]) == (422, "document.unknown")
    done = answered([document["id"]])
    assert done.status_code == 201, done.content
    assert done.json()["documents"] == [document["id"]]
    assert answered([document["id"]]).status_code == 409
    view = case_view(actor, declaration_id)
    assert view.row.control_state in {"DOCS_REQUIRED", "PHYSICAL"}
    page = signed_in(person).get(f"/desk/{declaration_id}/").content.decode()
    assert "Here it is." in page
    assert f"/documents/{document['id']}/content" in page


@pytest.mark.django_db
def test_CL_QRY_04_a_query_whose_deadline_passes_goes_back_to_customs_with_its_consequence(
    importer: Organisation,
) -> None:
    from clearance.tasks import lapse

    declaration_id = clearance.risky(importer)
    _person, actor = officer_of(declaration_id)
    before = case_view(actor, declaration_id).row.control_state
    query_send(
        declaration_id=declaration_id, actor=actor, question="Why?", consequence="The goods are examined.", hours=1
    )
    job = Job.objects.get(kind="clearance.lapse")
    query = Query.objects.get()
    assert job.not_before == query.deadline
    with clock.frozen(query.deadline):
        lapse([job.pk])
        lapse([job.pk])
    query.refresh_from_db()
    assert query.lapsed_at == query.deadline
    assert case_view(actor, declaration_id).row.control_state == before
    told = PartyEvent.objects.get(type="query.lapsed")
    assert told.data["consequence"] == "The goods are examined."
    assert Event.objects.filter(verb="query.lapsed").count() == 1


@pytest.mark.django_db
def test_an_agency_asks_through_its_software_and_only_where_it_has_a_part(importer: Organisation) -> None:
    declaration_id = clearance.risky(importer)
    body = accounts.organisation()
    accounts.user(Role.AGENCY_OFFICER, of=body, agency="PHY")
    agency = Software(body, scopes="requests", role=Role.AGENCY_OFFICER)
    path = f"{DECLARATIONS}/{declaration_id}/document-requests"
    assert agency.post({"codes": ["N851"]}, path=path).status_code == 404
    customs = Software(accounts.organisation(), scopes="requests", role=Role.OFFICER)
    answer = customs.post({"codes": ["N851", "N705"], "consequence": "Examined."}, path=path)
    assert answer.status_code == 201, answer.content
    assert [(one["code"], one["outcome"]) for one in answer.json()["asked"]] == [
        ("N851", "holder_asked"),
        ("N705", "asked"),
    ]
    assert PartyEvent.objects.get(type="documents.requested").data["codes"] == ["N705"]
    assert PartyEvent.objects.get(type="original.asked").organisation_id == body.pk
    exempt = customs.post({"codes": ["N271"]}, path=path)
    assert (exempt.status_code, exempt.json()["code"]) == (409, "NOT_ASKED_FOR")
    assert exempt.json()["errors"][0]["code"] == "OO-002"
    trader = Software(importer)
    assert trader.post({"codes": ["N705"]}, path=path).status_code == 404


@pytest.fixture
def opened(browser: Browser, importer: Organisation, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens pages as a person of the importer sees them, on a screen of any width, with or without script."""
    contexts: list[BrowserContext] = []
    person = accounts.user(Role.TRADER, of=importer)

    def open_(path: str, *, who: Any = person, width: int = 1280, locale: str = "en-GB", **screen: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale, **screen)
        contexts.append(context)
        cookies = signed_in(who).cookies.items()
        context.add_cookies([{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()


def accessible(page: Page) -> None:
    """No serious fault of accessibility, and nothing that sticks out of a narrow screen."""
    faults = Axe().run(page).response["violations"]
    assert [fault["id"] for fault in faults if fault["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def shot(page: Page, name: str) -> None:
    """A picture for whoever wants to look (CSW_SHOTS is not a setting: it only names a folder of this test)."""
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_trader_answers_on_the_phone_with_an_upload_that_breaks_off_and_goes_on(
    importer: Organisation, opened: Callable[..., Page], tmp_path: Path
) -> None:
    declaration_id = clearance.risky(importer)
    person, actor = officer_of(declaration_id)
    query_send(
        declaration_id=declaration_id,
        actor=actor,
        question="The price is far below that of like goods. Send the bill of lading.",
        consequence="The value is fixed on what customs knows.",
        codes=["N705"],
    )
    paper = tmp_path / "bill.csv"
    paper.write_text("a,b\n" + "1,22222222\n" * 90_000)
    page = opened(f"/declarations/{declaration_id}/", width=360)
    broken: list[str] = []

    def break_once(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and len(broken) < 2:
            broken.append(route.request.headers["upload-offset"])
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.route(re.compile(r"/uploads/"), break_once)
    shot(page, "answer-360")
    expect(page.get_by_role("group", name="Bill of lading")).to_be_visible()
    page.locator("input[type=file]").set_input_files(paper)
    expect(page.locator(".upload__row--done .upload__state")).to_have_text("Sent", timeout=20_000)
    assert len(broken) == 2
    page.get_by_label("Number on the document").fill("MAEU123456789")
    page.get_by_label("Your answer").fill("Here is the bill of lading.")
    shot(page, "answer-sent-360")
    accessible(page)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Your answer was sent.")).to_be_visible()
    link = DocumentLink.objects.select_related("document__file").get(purpose="answer")
    assert (link.document.code, link.document.file.size_bytes) == ("N705", paper.stat().st_size)
    desk = opened(f"/desk/{declaration_id}/", who=person)
    expect(desk.locator("#queries").get_by_role("link", name="MAEU123456789")).to_be_visible()
    shot(desk, "case-1280")
    accessible(desk)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_document_is_given_on_its_page_refused_with_what_to_do_and_kept(
    opened: Callable[..., Page], tmp_path: Path, script: bool
) -> None:
    bad, good = tmp_path / "active.pdf", tmp_path / "invoice.pdf"
    bad.write_bytes(files.pdf_with_script())
    good.write_bytes(files.pdf())
    page = opened("/documents/give", width=360, java_script_enabled=script)

    def give(paper: Path) -> None:
        page.locator("input[type=file]").set_input_files(paper)
        if script:
            expect(page.locator(".upload__row--done")).to_be_visible()
        page.get_by_label("What it is").select_option("N935")
        page.get_by_label("Number on the document").fill("INV 0815")
        page.get_by_role("button", name="Give it").click()

    give(bad)
    expect(page.locator(".error-summary")).to_contain_text("runs a script")
    shot(page, f"give-refused-{script}")
    give(good)
    expect(page.get_by_role("heading", name="INV 0815")).to_be_visible()
    if script:
        accessible(page)
    shot(page, f"document-{script}")
    page.goto(page.url.split("/documents/")[0] + "/documents/")
    expect(page.get_by_role("link", name="INV 0815")).to_be_visible()
    if script:
        accessible(page)
    shot(page, f"shelf-{script}")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "fr"), (360, "ar")])
def test_F25_agencies_ask_and_answer_on_every_screen(
    importer: Organisation, opened: Callable[..., Page], width: int, language: str
) -> None:
    agencies.requirement()
    hold = lodged_and_held(importer)
    document = files.document(accounts.actor(of=importer), code="N935", reference="INV 0815")
    with unit_of_work() as work:
        actor = accounts.actor(of=importer)
        link = {"subject": Subject.DECLARATION, "subject_id": hold.declaration_id, "owners": (importer.pk,)}
        document_link(work, actor, document_id=document.id, **link)
    plants, animals = (accounts.user(Role.AGENCY_OFFICER, agency=code) for code in ("PHY", "VET"))
    more = {"width": width, "locale": language}
    page = opened(f"/agency/holds/{hold.pk}/ask", who=plants, **more)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("input[value=N935]").check()
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".error-summary")).to_contain_text("INV 0815")
    accessible(page)
    shot(page, f"agency-ask-{width}-{language}")
    page.locator("input[value=N935]").uncheck()
    page.locator("input[value=N853]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/agency/holds/{hold.pk}")
    accessible(page)
    shot(page, f"agency-hold-{width}-{language}")
    asked = opened("/agency/originals/", who=animals, **more)
    accessible(asked)
    shot(asked, f"agency-originals-{width}-{language}")
    asked.get_by_role("link", name=hold.mrn).click()
    asked.locator("input[value=confirm]").check()
    accessible(asked)
    shot(asked, f"agency-original-{width}-{language}")
    asked.locator("main form button[type=submit]").click()
    asked.wait_for_url("**/agency/originals/")
    assert PartyEvent.objects.get(type="original.answered").data["asked_by"] == "PHY"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "en"), (360, "fr"), (360, "ar")])
def test_the_register_reads_on_every_screen_and_in_every_language(
    opened: Callable[..., Page], live_server: LiveServer, width: int, language: str
) -> None:
    page = opened("/once-only/", width=width, locale=language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    accessible(page)
    shot(page, f"register-{width}-{language}")
