"""One page for the decision, and its acts: only what is possible, nothing twice, nothing from a stale page."""

from uuid import uuid4

import pytest
from django.urls import reverse

from clearance.models import Case
from clearance.services import case_claim, case_give_back, lane_change, lane_change_decide, query_answer, query_send
from risk.types import Lane
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.services import queue
from tests.clearance.pages import Desk, act_url, case_url, standing_of
from tests.factories import accounts, clearance


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
        view_standing = standing_of(self.first, self.officer)
        answer = client.post(act_url(self.first, "conform"), {"standing": view_standing})
        assert answer.status_code == 409
        assert client.post(act_url(self.first, "claim")).status_code == 409
        assert client.post(act_url(self.first, "give-back")).status_code == 409
        assert Case.objects.get(pk=self.first).released_at is None

    def test_every_act_on_a_released_case_is_refused_and_none_is_an_error_of_ours(self) -> None:
        client = self.claimed(self.first)
        client.post(act_url(self.first, "conform"), {"standing": self.standing(client, self.first)})
        standing = standing_of(self.first, self.officer)
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

    def test_what_nobody_would_type_is_refused_with_the_page(self) -> None:
        client = self.claimed(self.first)
        standing = self.standing(client, self.first)
        for filled in (
            {"question": "a\0b", "hours": "4"},
            {"question": "x" * 2001, "hours": "4"},
            {"question": "q", "hours": "0"},
            {"question": "q", "hours": "9" * 30},
            {"question": "q", "hours": "4", "item": "-1"},
        ):
            answer = client.post(act_url(self.first, "query"), {"standing": standing} | filled)
            assert answer.status_code == 422, filled
        for revenue in ("1e999", "NaN", "99999999999999999999"):
            filled = {"standing": standing, "outcome": "value", "findings": "f", "revenue": revenue}
            assert client.post(act_url(self.first, "finding"), filled).status_code == 422, revenue
        assert client.post(act_url(self.first, "lane"), {"standing": standing, "lane": "PINK"}).status_code == 422
        assert client.post(act_url(self.first, "lane"), {"standing": "\0"}).status_code == 409
        assert client.post(reverse("clearance:next"), {"office": "\0"}).status_code == 400

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
        lane_change_decide(declaration_id=self.first, actor=supervisor, grant=True)
        standing = standing_of(self.first, self.officer)
        assert client.post(act_url(self.first, "conform"), {"standing": standing}).status_code == 403

    def test_a_session_that_ended_leads_back_to_the_case_after_signing_in(self) -> None:
        answer = self.signed_in(self.officer).get(act_url(self.first, "conform"))
        assert answer["Location"] == case_url(self.first)

    def test_an_agencys_decision_leaves_an_open_question_with_the_trader(self) -> None:
        client, actor = self.claimed(self.first), actor_of_user(self.officer)
        query_id = query_send(declaration_id=self.first, actor=actor, question="Which maker?")
        with unit_of_work() as work:
            queue(work, "HoldDecided", subject_id=str(self.first), actor=actor)
        clearance.jobs_do(self.first)
        assert Case.objects.get(pk=self.first).holder == "trader"
        assert "has not answered yet" in client.get(case_url(self.first)).content.decode()
        answer = accounts.actor(Role.TRADER, of=self.trader)
        query_answer(declaration_id=self.first, query_id=query_id, actor=answer, answer="See the <i>invoice</i>")
        assert Case.objects.get(pk=self.first).holder == "customs"
        assert "See the &lt;i&gt;invoice&lt;/i&gt;" in client.get(case_url(self.first)).content.decode()

    def test_a_lane_is_not_changed_while_a_question_is_open(self) -> None:
        client = self.claimed(self.first)
        query_send(declaration_id=self.first, actor=actor_of_user(self.officer), question="Which maker?")
        assert act_url(self.first, "lane") not in client.get(case_url(self.first)).content.decode()
        filled = {"standing": standing_of(self.first, self.officer), "lane": "YELLOW", "reason": "known goods"}
        assert client.post(act_url(self.first, "lane"), filled).status_code == 409
        assert Case.objects.get(pk=self.first).lane_changes.count() == 0


@pytest.mark.django_db
def test_the_guard_changes_with_every_act() -> None:
    clearance.country_load()
    trader, officer = clearance.trader_rich(), accounts.user(Role.OFFICER)
    declaration_id = clearance.risky(trader)
    actor = actor_of_user(officer)
    seen = [standing_of(declaration_id, officer)]
    case_claim(declaration_id=declaration_id, actor=actor)
    seen.append(standing_of(declaration_id, officer))
    query_id = query_send(declaration_id=declaration_id, actor=actor, question="Which maker?")
    seen.append(standing_of(declaration_id, officer))
    query_answer(
        declaration_id=declaration_id,
        query_id=query_id,
        actor=accounts.actor(Role.TRADER, of=trader),
        answer="See the invoice",
    )
    seen.append(standing_of(declaration_id, officer))
    lane_change(declaration_id=declaration_id, actor=actor, lane=Lane.YELLOW, reason="known goods")
    seen.append(standing_of(declaration_id, officer))
    case_give_back(declaration_id=declaration_id, actor=actor)
    seen.append(standing_of(declaration_id, officer))
    assert len(set(seen)) == len(seen)
