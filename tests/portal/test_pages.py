"""The list and the page of a declaration: plain words, what to do next, and never what is the officers'."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.selectors import holds_for
from agencies.services.holds import Decision, hold_decide
from clearance.models import Case, Query
from clearance.services import case_claim, query_send
from declarations.models import Declaration
from declarations.services import declaration_lodge
from declarations.types import Channel
from singlewindow.accounts.models import Mandate, Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.kernel import clock
from tests.factories import accounts, clearance, portal
from tests.factories.declarations import import_message

pytestmark = pytest.mark.django_db

DRAFT_PAGES = ("tasks", "items", "estimate", "check", "discard")


def show(declaration: UUID) -> str:
    """The address of a declaration's page."""
    return reverse("portal:show", args=[declaration])


def page_of(client: Client, declaration: UUID) -> str:
    """The page of a declaration."""
    answer = client.get(show(declaration))
    assert answer.status_code == 200
    return answer.content.decode()


def every_address(declaration: UUID) -> list[str]:
    """Every address that belongs to one declaration or draft."""
    named = [reverse(f"portal:{name}", args=[declaration]) for name in ("show", "status", "download", *DRAFT_PAGES)]
    parts = [portal.part_url(declaration, slug) for slug in ("what", "parties", "transport", "costs")]
    items = [reverse(f"portal:{name}", args=[declaration, 1]) for name in ("item", "item-remove")]
    return named + parts + items


class TestWhoMaySee:
    """Foreign is absent; a visitor is asked who they are."""

    def test_a_stranger_finds_nothing_of_a_draft_nor_of_what_was_lodged(self, client: Client) -> None:
        stranger = portal.browser(accounts.user(Role.TRADER))
        for declaration in (portal.filled(client), portal.lodged(client, reference="MY-2"), uuid4()):
            for address in every_address(declaration):
                assert stranger.get(address).status_code == 404, address
                if "status" not in address and "json" not in address:
                    assert stranger.post(address).status_code in (404, 405), address
            for act in (
                reverse("portal:present", args=[declaration]),
                reverse("portal:answer", args=[declaration, uuid4()]),
            ):
                assert stranger.post(act, {"answer": "x"}).status_code == 404, act
            assert stranger.post(reverse("portal:copy"), {"from": str(declaration)}).status_code == 404

    def test_a_visitor_is_asked_to_sign_in(self, client: Client) -> None:
        declaration = portal.lodged(client)
        addresses = every_address(declaration) + [reverse(f"portal:{name}") for name in ("list", "new", "codes")]
        for address in addresses:
            assert Client().get(address)["Location"].startswith(reverse("web:sign-in")), address
        assert Client().post(reverse("portal:present", args=[declaration]))["Location"].startswith("/sign-in")

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.AGENCY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR])
    def test_for_officers_the_portal_does_not_exist(self, client: Client, role: Role) -> None:
        officer = portal.browser(accounts.user(role))
        for address in (reverse("portal:list"), reverse("portal:new"), show(portal.lodged(client))):
            assert officer.get(address).status_code == 404

    def test_a_broker_whose_mandate_has_ended_still_sees_what_it_filed_and_can_do_nothing_for_it(
        self, client: Client, trader: Organisation
    ) -> None:
        agent = accounts.organisation()
        mandate = Mandate.objects.create(
            principal=trader, agent=agent, scope="import", direct=True, valid_from=clock.now() - timedelta(days=1)
        )
        broker = portal.browser(accounts.user(Role.BROKER, of=agent))
        declaration = portal.filled(broker, principal=trader, arrived="no")
        broker.post(reverse("portal:check", args=[declaration]), {"agreed": "on"})
        present = reverse("portal:present", args=[declaration])
        assert present in page_of(broker, declaration)
        assert present in page_of(client, declaration)
        mandate.revoked_at = clock.now()
        mandate.save()
        assert present not in page_of(broker, declaration)
        broker.post(present)
        assert "mandate" in page_of(broker, declaration)
        assert Declaration.objects.get(pk=declaration).goods_state == "EXPECTED"


class TestHowItStands:
    """One sentence, what to do, by when."""

    def test_goods_that_nobody_needs_to_see_are_released_and_the_page_says_so(self, client: Client) -> None:
        declaration = portal.lodged(client)
        assert "It is being checked now." in page_of(client, declaration)
        assert "every 2s" in page_of(client, declaration)
        clearance.jobs_do(declaration)
        page = page_of(client, declaration)
        assert "Released. You may take the goods away." in page
        assert "hx-trigger" not in page[page.index('id="status"') : page.index("</section>")]
        assert "Value added tax" in page

    def test_the_live_part_reloads_the_page_once_the_state_has_changed(self, client: Client) -> None:
        declaration = portal.lodged(client)
        address = reverse("portal:status", args=[declaration])
        same = client.get(address, {"state": "REGISTERED-PRESENTED"})
        assert "HX-Refresh" not in same
        clearance.jobs_do(declaration)
        changed = client.get(address, {"state": "REGISTERED-PRESENTED"})
        assert changed["HX-Refresh"] == "true"
        assert "<html" not in changed.content.decode()

    def test_goods_declared_early_are_presented_with_one_press_and_a_second_changes_nothing(
        self, client: Client
    ) -> None:
        declaration = portal.lodged(client, arrived="no")
        clearance.jobs_do(declaration)
        page = page_of(client, declaration)
        assert "Lodged. We wait for the goods." in page
        address = reverse("portal:present", args=[declaration])
        assert client.get(address).status_code == 405
        for _press in range(2):
            assert client.post(address)["Location"] == show(declaration)
        assert Declaration.objects.get(pk=declaration).goods_state == "PRESENTED"
        assert "Nothing was changed" in page_of(client, declaration)

    def test_missing_money_says_how_much_and_how_to_pay(self, client: Client, trader: Organisation) -> None:
        poor = accounts.organisation(identifier="ZZPOOR1")
        mine = portal.browser(accounts.user(Role.TRADER, of=poor))
        declaration = portal.lodged(mine)
        clearance.jobs_do(declaration)
        page = page_of(mine, declaration)
        assert "Not enough money on your account." in page
        assert re.search(r'Missing: <strong><bdi class="num">[\d.,]+\sEUR', page)
        assert "<strong>ZZPOOR1</strong>" in page
        listed = mine.get(reverse("portal:list")).content.decode()
        assert "1 declaration waits for money on your account." in listed
        assert "Not enough money on your account." in listed

    def test_an_agency_that_holds_the_goods_is_named_with_its_reason_and_the_next_step(self, client: Client) -> None:
        declaration = portal.lodged(client, code="0701900000", description="Fresh potatoes", origin="EG")
        clearance.jobs_do(declaration)
        page = page_of(client, declaration)
        assert "National Plant Health Service" in page
        assert "These goods need a permit, and the declaration names none." in page
        assert "Ask the agency for the permit" in page

    def test_what_an_officer_of_an_agency_noted_with_its_decision_is_between_officers(self, client: Client) -> None:
        declaration = portal.lodged(client, code="0701900000", description="Fresh potatoes", origin="EG")
        clearance.jobs_do(declaration)
        hold = next(hold for hold in holds_for(declaration) if hold.agency == "PHY")
        officer = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
        hold_decide(hold_id=hold.id, actor=officer, decision=Decision.UPHOLD, reason="Informer no. 7 named them")
        page = page_of(client, declaration)
        assert "National Plant Health Service" in page
        assert "Informer" not in page

    def test_nothing_of_lane_score_or_reasons_of_risk_is_told(self, client: Client, trader: Organisation) -> None:
        declaration = clearance.risky(trader)
        case = Case.objects.get(pk=declaration)
        pages = [
            client.get(address).content.decode()
            for address in (
                show(declaration),
                reverse("portal:status", args=[declaration]),
                reverse("portal:list"),
                reverse("portal:download", args=[declaration]),
            )
        ]
        assert "Customs examines the goods." in pages[0] or "Customs checks the documents." in pages[0]
        for page in pages:
            words = re.sub(r'<(?:link|script|meta)[^>]*>|class="[^"]*"|csrf\w*" value="\w+"', "", page)
            assert not re.search(r"\b(RM-[A-Z]|YELLOW|GREEN|lane|score|targeting|sample)\b", words), page
            assert not re.search(r"\bRED\b", words)
            assert case.claimed_by is None

    def test_what_was_lodged_can_be_taken_home_byte_for_byte(self, client: Client) -> None:
        declaration = portal.lodged(client)
        answer = client.get(reverse("portal:download", args=[declaration]))
        row = Declaration.objects.get(pk=declaration)
        assert answer.content == bytes(row.content or b"")
        assert answer["Content-Disposition"] == f'attachment; filename="{row.mrn}.json"'


class TestQuestions:
    """A question of customs and its answer stand in one thread."""

    @pytest.fixture
    def asked(self, trader: Organisation) -> Query:
        """A question about a declaration of the trader."""
        declaration = clearance.risky(trader)
        officer = accounts.actor(Role.OFFICER)
        case_claim(declaration_id=declaration, actor=officer)
        query_send(declaration_id=declaration, actor=officer, question="What kind of parts?")
        return Query.objects.get(case_id=declaration)

    def test_it_is_answered_where_it_was_asked(self, client: Client, asked: Query) -> None:
        assert "Customs asked you a question." in page_of(client, asked.case_id)
        assert "Customs asked you a question." in client.get(reverse("portal:list")).content.decode()
        address = reverse("portal:answer", args=[asked.case_id, asked.pk])
        empty = client.post(address, {"answer": " "})
        assert empty.status_code == 422
        assert "Write the answer." in empty.content.decode()
        client.post(address, {"answer": "Parts of hunting rifles"})
        page = page_of(client, asked.case_id)
        assert "Parts of hunting rifles" in page
        assert "Customs asked you a question." not in page
        again = client.post(address, {"answer": "Other"})
        assert again.status_code == 409
        assert "Nothing was changed" in again.content.decode()
        asked.refresh_from_db()
        assert asked.answer == "Parts of hunting rifles"

    def test_the_officer_stays_unnamed(self, client: Client, asked: Query) -> None:
        assert asked.officer not in page_of(client, asked.case_id)

    def test_a_question_of_another_declaration_is_not_answered_here(self, client: Client, asked: Query) -> None:
        other = portal.lodged(client)
        assert client.post(reverse("portal:answer", args=[other, asked.pk]), {"answer": "x"}).status_code == 404


class TestList:
    """Filters live in the address; pages neither repeat nor miss a row."""

    def test_drafts_stand_among_the_declarations_and_lead_on_to_their_parts(self, client: Client) -> None:
        draft = portal.begun(client)
        page = client.get(reverse("portal:list")).content.decode()
        assert reverse("portal:tasks", args=[draft]) in page
        assert client.get(show(draft))["Location"] == reverse("portal:tasks", args=[draft])

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 3),
            ("state=drafts", 1),
            ("state=open", 1),
            ("state=released", 1),
            ("state=ended", 0),
            ("direction=export", 0),
            ("direction=import", 3),
            ("text=MY-1", 1),
            ("text=csqu3054383", 2),
            ("text=zzz", 0),
        ],
    )
    def test_filters_narrow_the_list(self, client: Client, query: str, count: int) -> None:
        clearance.jobs_do(portal.lodged(client))
        portal.lodged(client, reference="MY-2", arrived="no")
        portal.begun(client, reference="MY-3")
        page = client.get(f"{reverse('portal:list')}?{query}").content.decode()
        assert page.count('<li class="mine__row') == count

    @pytest.mark.parametrize("query", ["state=x", "direction=up", "cursor=zzz", "text=%00"])
    def test_a_filter_that_does_not_exist_is_told(self, client: Client, query: str) -> None:
        assert client.get(f"{reverse('portal:list')}?{query}").status_code == 400

    def test_pages_follow_each_other_without_gap(self, client: Client, trader: Organisation) -> None:
        actor = accounts.actor(Role.TRADER, of=trader)
        made = set()
        for _number in range(25):
            lodged = declaration_lodge(message=import_message(), actor=actor, channel=Channel.JSON)
            made.add(str(lodged.id))
        seen: list[str] = []
        address = reverse("portal:list")
        while address:
            page = client.get(address).content.decode()
            seen += re.findall(r'mine__title"><a href="/declarations/([0-9a-f-]+)/"', page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = f"{reverse('portal:list')}{following[1]}".replace("&amp;", "&") if following else ""
        assert len(seen) == len(made) == 25
        assert set(seen) == made

    def test_the_list_and_the_page_ask_few_questions_however_long(self, client: Client, trader: Organisation) -> None:
        first = portal.lodged(client)
        clearance.jobs_do(first)
        for address, most in ((reverse("portal:list"), 9), (show(first), 20)):
            client.get(address)
            with CaptureQueriesContext(connection) as few:
                client.get(address)
            assert len(few) <= most, [query["sql"][:100] for query in few.captured_queries]
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("portal:list"))
        for _number in range(4):
            clearance.lodged(trader, items=3)
        with CaptureQueriesContext(connection) as many:
            client.get(reverse("portal:list"))
        assert len(many) == len(few)
