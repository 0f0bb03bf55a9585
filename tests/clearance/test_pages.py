"""The desk as a browser gets it: lists whose counts are right, one page for the decision, closed to others."""

import re
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.models import Case
from clearance.services import case_claim, lane_change
from risk.types import Lane
from singlewindow.accounts.models import Organisation, User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from tests.factories import accounts, clearance

BACKEND = "django.contrib.auth.backends.ModelBackend"
ROW = re.compile(r"<tr>\s*<th scope=\"row\"><span class=\"cell\"><a class=\"ref\" href=\"([^\"]+)\" data-open>")


class Desk(TestCase):
    """A country with two cases for officers and one declaration that went by itself."""

    trader: Organisation
    officer: User
    supervisor: User
    first: UUID
    second: UUID
    easy: UUID

    @classmethod
    def setUpTestData(cls) -> None:
        """Load the country once and lodge three declarations in it."""
        clearance.country_load()
        cls.trader = clearance.trader_rich()
        cls.officer, cls.supervisor = accounts.user(Role.OFFICER), accounts.user(Role.SUPERVISOR)
        cls.first, cls.second = clearance.risky(cls.trader), clearance.risky(cls.trader, items=3)
        cls.easy = clearance.lodged(cls.trader)

    def signed_in(self, user: User) -> Client:
        """The browser of a person."""
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    def standing(self, client: Client, declaration_id: UUID) -> str:
        """The guard against stale pages, as the page carries it now."""
        page = client.get(case_url(declaration_id)).content.decode()
        found = re.search(r'name="standing" value="([0-9a-f]+)"', page)
        assert found, page
        return found[1]

    def claimed(self, declaration_id: UUID) -> Client:
        """The browser of the officer, who has claimed a case."""
        case_claim(declaration_id=declaration_id, actor=actor_of_user(self.officer))
        return self.signed_in(self.officer)


def case_url(declaration_id: UUID) -> str:
    """The decision page."""
    return reverse("clearance:case", args=[declaration_id])


def act_url(declaration_id: UUID, act: str, then: str = "") -> str:
    """Where an act is sent."""
    return reverse("clearance:act", args=[declaration_id, act]) + (f"?then={then}" if then else "")


def rows_of(page: str) -> list[str]:
    """The addresses of the cases in a list."""
    return ROW.findall(page)


class WhoMayLook(Desk):
    """Denied unless allowed."""

    def addresses(self) -> list[str]:
        """Every page of the desk."""
        names = ["clearance:desk", "clearance:figures", "clearance:late", "clearance:search"]
        return [*map(reverse, names), case_url(self.first)]

    def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_page(self) -> None:
        for address in self.addresses():
            answer = Client().get(address)
            assert answer.status_code == HTTPStatus.FOUND, address
            assert answer["Location"] == f"{reverse('web:sign-in')}?next={address}"

    def test_to_traders_and_agencies_no_page_of_the_desk_exists(self) -> None:
        for role in (Role.TRADER, Role.BROKER, Role.AGENCY_OFFICER, Role.ADMINISTRATOR):
            client = self.signed_in(accounts.user(role))
            assert {client.get(address).status_code for address in self.addresses()} == {404}, role

    def test_the_filer_of_a_declaration_does_not_see_its_case(self) -> None:
        client = self.signed_in(accounts.user(Role.TRADER, of=self.trader))
        answer = client.get(case_url(self.first))
        assert answer.status_code == 404
        assert "RM-" not in answer.content.decode()

    def test_the_late_list_is_for_supervisors_and_auditors(self) -> None:
        assert self.signed_in(self.officer).get(reverse("clearance:late")).status_code == 404
        assert self.signed_in(self.supervisor).get(reverse("clearance:late")).status_code == 200
        assert self.signed_in(accounts.user(Role.AUDITOR)).get(reverse("clearance:late")).status_code == 200

    def test_who_only_looks_is_offered_no_act_and_can_do_none(self) -> None:
        client = self.signed_in(accounts.user(Role.AUDITOR))
        page = client.get(case_url(self.first)).content.decode()
        assert "/claim" not in page
        for act in ("claim", "conform", "finding", "query", "lane", "second", "detain", "refuse", "give-back"):
            assert client.post(act_url(self.first, act)).status_code == 404, act
        assert client.post(reverse("clearance:next")).status_code == 404

    def test_a_visitor_and_a_stranger_can_do_no_act(self) -> None:
        stranger = self.signed_in(accounts.user(Role.TRADER))
        for act in ("claim", "conform", "finding", "query", "lane", "second", "detain", "refuse", "give-back"):
            assert Client().post(act_url(self.first, act))["Location"].startswith(reverse("web:sign-in"))
            assert stranger.post(act_url(self.first, act)).status_code == 404
        assert Case.objects.filter(claimed_by=None, closed_at=None).count() == 2

    def test_an_act_without_the_token_of_the_form_is_refused(self) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.officer, backend=BACKEND)
        assert client.post(act_url(self.first, "claim")).status_code == HTTPStatus.FORBIDDEN
        assert Case.objects.get(pk=self.first).claimed_by is None


class Lists(Desk):
    """Lists, their counts and their addresses."""

    def test_every_tab_counts_what_its_list_shows(self) -> None:
        client = self.claimed(self.first)
        page = client.get(reverse("clearance:desk")).content.decode()
        tabs = re.findall(r'class="tabs__tab" href="([^"]+)"[^>]*>[^<]+<span class="tabs__count">(\d+)</span>', page)
        assert len(tabs) == 8
        for href, count in tabs:
            shown = client.get(href.replace("&amp;", "&")).content.decode()
            assert len(rows_of(shown)) == int(count), href
        assert {count for _, count in tabs} == {"0", "1", "2"}

    def test_every_figure_leads_to_what_it_counts(self) -> None:
        client = self.signed_in(self.officer)
        page = client.get(reverse("clearance:figures")).content.decode()
        tiles = re.findall(r'class="stat__link" href="([^"]+)">([^<]+)<', page)
        parts = re.findall(r'<a href="([^"]+)">[^<]+</a> <strong class="num">(\d+)</strong>', page)
        columns = re.findall(r'class="chart__link" href="([^"]+)" aria-label="[^"]*: (\d+)"', page)
        counted = [(href, value) for href, value in tiles if value.isdigit()] + parts + columns
        assert len(tiles) == 6
        assert len(parts) == 4
        assert len(columns) == 6
        for href, count in counted:
            assert len(rows_of(client.get(href.replace("&amp;", "&")).content.decode())) == int(count), href
        share = next(href for href, value in tiles if "%" in value)
        assert len(rows_of(client.get(share.replace("&amp;", "&")).content.decode())) == 1

    def test_the_nearest_deadline_stands_first_and_pages_neither_repeat_nor_miss_a_case(self) -> None:
        from clearance.selectors import DeskFilter, desk_page

        actor = actor_of_user(self.officer)
        for kind in ("todo", "all"):
            whole = [row.declaration_id for row in desk_page(actor, DeskFilter(kind=kind)).rows]  # type: ignore[arg-type]
            seen, cursor = [], ""
            while True:
                page = desk_page(actor, DeskFilter(kind=kind), cursor=cursor, size=1)  # type: ignore[arg-type]
                seen += [row.declaration_id for row in page.rows]
                cursor = page.next_cursor
                if not cursor:
                    break
            assert seen == whole
        assert [row.declaration_id for row in desk_page(actor, DeskFilter()).rows] == [self.first, self.second]

    def test_filters_in_the_address_narrow_the_list(self) -> None:
        client = self.signed_in(self.officer)
        mrn = Case.objects.get(pk=self.first).mrn
        for query, count in (
            ("lane=RED", 2),
            ("lane=GREEN", 0),
            ("kind=all&lane=GREEN,BLUE", 1),
            ("direction=export", 0),
            ("control=PHYSICAL", 2),
            ("holder=trader", 0),
            ("office=ZZ000201", 0),
            (f"text={mrn}", 1),
            ("text=amari", 2),
        ):
            page = client.get(f"{reverse('clearance:desk')}?{query}").content.decode()
            assert len(rows_of(page)) == count, query

    def test_a_filter_that_does_not_exist_is_told_and_never_an_error_of_ours(self) -> None:
        client = self.signed_in(self.officer)
        for query in ("kind=x", "lane=PINK", "age=7", "by=magic", "day=2026-13-40", "cursor=zzz", "control=a%00"):
            assert client.get(f"{reverse('clearance:desk')}?{query}").status_code == 400, query

    def test_an_officer_of_an_office_sees_its_cases_unless_they_ask_for_others(self) -> None:
        client = self.signed_in(accounts.user(Role.OFFICER, office="ZZ000201"))
        assert rows_of(client.get(reverse("clearance:desk")).content.decode()) == []
        assert len(rows_of(client.get(reverse("clearance:desk") + "?office=").content.decode())) == 2

    def test_the_search_finds_by_mrn_lrn_container_and_party(self) -> None:
        client = self.signed_in(self.officer)
        case = Case.objects.get(pk=self.first)
        search = reverse("clearance:search")
        assert client.get(search, {"q": case.mrn})["Location"] == case_url(self.first)
        for text, count in ((case.lrn, 1), ("CSQU3054383", 3), ("ZZIMP0001", 3), ("nothing", 0)):
            assert len(rows_of(client.get(search, {"q": text}).content.decode())) == count, text


class Decision(Desk):
    """One page for the decision, and its acts."""

    def test_the_page_shows_goods_money_reasons_holds_and_history(self) -> None:
        page = self.signed_in(self.officer).get(case_url(self.second)).content.decode()
        case = Case.objects.get(pk=self.second)
        for text in (
            case.mrn,
            case.lrn,
            "9303300000",
            "CSQU3054383",
            "Guangdong Home",
            "RM-",
            "Total to pay",
            "Customs examines",
        ):
            assert text in page, text
        assert "The declaration needs a decision of an officer." in page

    def test_a_declaration_without_a_case_for_officers_has_a_page_without_acts(self) -> None:
        page = self.signed_in(self.officer).get(case_url(self.easy)).content.decode()
        assert "Cleared" in page
        assert f"{case_url(self.easy)}conform" not in page

    def test_an_unknown_declaration_is_not_found(self) -> None:
        client = self.signed_in(self.officer)
        assert client.get(case_url(uuid4())).status_code == 404
        assert client.post(act_url(uuid4(), "claim")).status_code == 404
        assert client.post(act_url(self.first, "burn")).status_code == 404

    def test_claim_conform_and_on_to_the_next_case(self) -> None:
        client = self.signed_in(self.officer)
        taken = client.post(reverse("clearance:next"))
        assert taken["Location"] == f"{case_url(self.first)}?then=next"
        standing = self.standing(client, self.first)
        done = client.post(act_url(self.first, "conform", "next"), {"standing": standing}, follow=True)
        assert done.redirect_chain == [(f"{case_url(self.second)}?then=next", 302)]
        assert "is released." in done.content.decode()
        assert Case.objects.get(pk=self.first).released_at is not None
        standing = self.standing(client, self.second)
        last = client.post(act_url(self.second, "conform", "next"), {"standing": standing}, follow=True)
        assert "Nothing is free" in last.content.decode()

    def test_a_second_click_and_a_stale_page_get_a_page_that_keeps_the_text(self) -> None:
        client = self.claimed(self.first)
        standing = self.standing(client, self.first)
        question = {"standing": standing, "question": "Which maker?", "hours": "48"}
        assert client.post(act_url(self.first, "query"), question).status_code == 302
        again = client.post(act_url(self.first, "query"), question)
        assert again.status_code == 409
        stale = client.post(act_url(self.first, "refuse"), {"standing": standing, "reason": "Article 7 of the law"})
        assert stale.status_code == 409
        assert "Nothing was done" in stale.content.decode()
        assert "Article 7 of the law" in stale.content.decode()
        assert Case.objects.get(pk=self.first).closed_at is None

    def test_an_act_without_the_claim_is_refused_with_the_page(self) -> None:
        case_claim(declaration_id=self.first, actor=actor_of_user(self.supervisor))
        client = self.signed_in(self.officer)
        view_standing = _standing_of(self.first, self.officer)
        answer = client.post(act_url(self.first, "conform"), {"standing": view_standing})
        assert answer.status_code == 409
        assert client.post(act_url(self.first, "claim")).status_code == 409
        assert client.post(act_url(self.first, "give-back")).status_code == 409
        assert Case.objects.get(pk=self.first).released_at is None

    def test_every_act_on_a_released_case_is_refused_and_none_is_an_error_of_ours(self) -> None:
        client = self.claimed(self.first)
        client.post(act_url(self.first, "conform"), {"standing": self.standing(client, self.first)})
        standing = _standing_of(self.first, self.officer)
        filled = {
            "standing": standing,
            "reason": "r",
            "question": "q",
            "hours": "4",
            "lane": "YELLOW",
            "confirmed": "1",
        }
        filled |= {"outcome": "value", "findings": "f"}
        for act in ("claim", "give-back", "conform", "finding", "query", "lane", "detain", "refuse"):
            assert client.post(act_url(self.first, act), filled).status_code == 409, act
        supervisor = self.signed_in(self.supervisor)
        assert supervisor.post(act_url(self.first, "second"), filled).status_code == 409

    def test_a_finding_needs_its_text_and_its_amount_is_kept_in_minor_units(self) -> None:
        client = self.claimed(self.first)
        standing = self.standing(client, self.first)
        empty = client.post(act_url(self.first, "finding"), {"standing": standing, "outcome": "value"})
        assert empty.status_code == 422
        assert 'href="#id_finding_findings"' in empty.content.decode()
        whole = {"standing": standing, "outcome": "value", "findings": "Worth 30 EUR", "revenue": "-12.50"}
        assert client.post(act_url(self.first, "finding"), whole).status_code == 302
        check = Case.objects.get(pk=self.first).checks.get()
        assert (check.outcome, check.revenue_delta_minor, check.findings) == ("value", -1250, "Worth 30 EUR")
        assert "Worth 30 EUR" in client.get(case_url(self.first)).content.decode()

    def test_refusing_and_detaining_are_asked_twice(self) -> None:
        client = self.claimed(self.first)
        for act in ("detain", "refuse"):
            filled = {"standing": self.standing(client, self.first), "reason": "Prohibited by <b>law</b>"}
            asked = client.post(act_url(self.first, act), filled)
            assert asked.status_code == 200
            assert "Prohibited by &lt;b&gt;law&lt;/b&gt;" in asked.content.decode()
        assert Case.objects.get(pk=self.first).control_state == "PHYSICAL"
        filled = {"standing": self.standing(client, self.first), "reason": "Prohibited", "confirmed": "1"}
        assert client.post(act_url(self.first, "detain"), filled).status_code == 302
        assert Case.objects.get(pk=self.first).control_state == "DETAINED"
        assert "End the detention" in client.get(case_url(self.first)).content.decode()
        filled["standing"] = self.standing(client, self.first)
        assert client.post(act_url(self.first, "refuse"), filled).status_code == 302
        assert Case.objects.get(pk=self.first).closed_at is not None

    def test_CL_LAN_02_a_lower_lane_waits_for_another_officer_who_confirms_it_on_the_page(self) -> None:
        client, colleague = self.claimed(self.first), self.signed_in(self.supervisor)
        lower = {"standing": self.standing(client, self.first), "lane": "YELLOW", "reason": "Same goods as last week"}
        assert client.post(act_url(self.first, "lane"), lower).status_code == 302
        assert Case.objects.get(pk=self.first).lane == Lane.RED
        page = colleague.get(case_url(self.first)).content.decode()
        assert "asks to lower the lane" in page
        assert "Same goods as last week" in page
        yes = {"standing": self.standing(colleague, self.first), "grant": "yes"}
        assert colleague.post(act_url(self.first, "second"), yes).status_code == 302
        assert Case.objects.get(pk=self.first).lane == Lane.YELLOW
        page = client.get(case_url(self.first)).content.decode()
        assert "another officer concludes" in page
        assert act_url(self.first, "conform") not in page

    def test_CL_LAN_03_who_lowered_the_lane_is_refused_by_the_service_too(self) -> None:
        client = self.claimed(self.first)
        officer, supervisor = actor_of_user(self.officer), actor_of_user(self.supervisor)
        lane_change(declaration_id=self.first, actor=officer, lane=Lane.YELLOW, reason="known goods")
        from clearance.services import lane_change_decide

        lane_change_decide(declaration_id=self.first, actor=supervisor, grant=True)
        standing = _standing_of(self.first, self.officer)
        assert client.post(act_url(self.first, "conform"), {"standing": standing}).status_code == 403

    def test_a_session_that_ended_leads_back_to_the_case_after_signing_in(self) -> None:
        answer = self.signed_in(self.officer).get(act_url(self.first, "conform"))
        assert answer["Location"] == case_url(self.first)


def _standing_of(declaration_id: UUID, user: User) -> str:
    from clearance.selectors import case_view

    return case_view(actor_of_user(user), declaration_id).standing


class Cost(Desk):
    """Queries a page makes."""

    def counted(self, address: str, client: Client) -> int:
        """How many statements a page sends."""
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def test_the_desk_needs_ten_queries_or_fewer(self) -> None:
        client = self.signed_in(self.officer)
        assert self.counted(reverse("clearance:desk"), client) <= 10
        assert self.counted(reverse("clearance:figures"), client) <= 10
        assert self.counted(reverse("clearance:search") + "?q=ZZIMP0001", client) <= 10

    def test_the_late_list_needs_ten_queries_or_fewer(self) -> None:
        assert self.counted(reverse("clearance:late"), self.signed_in(self.supervisor)) <= 10

    def test_a_case_needs_twenty_queries_or_fewer_whatever_its_goods(self) -> None:
        client = self.signed_in(self.officer)
        few, many = self.counted(case_url(self.first), client), self.counted(case_url(self.second), client)
        assert few == many
        assert many <= 20


@pytest.mark.django_db
def test_the_guard_changes_with_every_act() -> None:
    clearance.country_load()
    trader, officer = clearance.trader_rich(), accounts.user(Role.OFFICER)
    declaration_id = clearance.risky(trader)
    from clearance.services import case_give_back, query_answer, query_send

    actor = actor_of_user(officer)
    seen = [_standing_of(declaration_id, officer)]
    case_claim(declaration_id=declaration_id, actor=actor)
    seen.append(_standing_of(declaration_id, officer))
    query_id = query_send(declaration_id=declaration_id, actor=actor, question="Which maker?")
    seen.append(_standing_of(declaration_id, officer))
    query_answer(
        declaration_id=declaration_id,
        query_id=query_id,
        actor=accounts.actor(Role.TRADER, of=trader),
        answer="See the invoice",
    )
    seen.append(_standing_of(declaration_id, officer))
    lane_change(declaration_id=declaration_id, actor=actor, lane=Lane.YELLOW, reason="known goods")
    seen.append(_standing_of(declaration_id, officer))
    case_give_back(declaration_id=declaration_id, actor=actor)
    seen.append(_standing_of(declaration_id, officer))
    assert len(set(seen)) == len(seen)
