"""Pages of approvals: what waits, what was decided, and the page on which a second person decides."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.approvals.kinds import KINDS
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide
from tests.factories import accounts, approvals

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_the_list_says_what_waits_for_whom(client: Client) -> None:
    person = accounts.user(Role.RISK_ANALYST)
    client.force_login(person, backend=BACKEND)
    approvals.propose(title="Of somebody else")
    approvals.propose(actor_of_user(person), title="My own")
    page = client.get(reverse("approvals:list")).content.decode()
    assert "Of somebody else" in page
    assert page.count("You can decide it") == 1
    assert page.count("You wrote it") == 1


def test_a_second_person_reads_the_evidence_and_puts_it_in_force(client: Client) -> None:
    proposal_id = approvals.propose(subject_id="thing")
    client.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)
    address = reverse("approvals:proposal", args=[proposal_id])
    page = client.get(address).content.decode()
    for text in ("12,000", "As it is now: Hit rate", "13.0", "d" * 64, 'href="/risk/rules"', "Agree, put in force"):
        assert text in page
    answer = client.post(address, {"decision": "grant", "reason": "It holds."}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    page = answer.content.decode()
    assert "You agreed; it took effect." in page
    assert "Agree, put in force" not in page
    assert "It holds." in client.get(reverse("approvals:list") + "?state=granted").content.decode()
    assert approvals.done[0][:2] == ("effect", "thing")


def test_figures_of_now_and_then_stand_side_by_side_and_what_it_says_comes_first(client: Client) -> None:
    evidence = {
        "what": "Goods of chapter 61: +25 points.",
        "since": "2026-08-25",
        "live": {"held": 900, "hit_rate": "0.1333"},
        "candidate": {"held": 940, "hit_rate": "0.1394", "lanes": {"RED": 5}},
    }
    client.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)
    page = client.get(reverse("approvals:proposal", args=[approvals.propose(evidence=evidence)])).content.decode()
    cells = [re.sub(r"<[^>]+>|\s+", "", row) for row in re.findall(r"<tr>.*?</tr>", page, re.S)]
    assert cells[1:3] == ["Hitrate13.3\u00a0%13.9\u00a0%".replace("\u00a0", ""), "Heldforanofficer900940"]
    assert page.index("Goods of chapter 61") < page.index("Digest of the content") < page.index("25 Aug 2026")


def test_every_kind_of_proposal_has_a_name() -> None:
    assert set(settings.PROPOSAL_KINDS) - set(approvals.KINDS) <= set(KINDS)


def test_it_is_refused_with_a_reason_and_not_without(client: Client) -> None:
    proposal_id = approvals.propose(subject_id="thing")
    client.force_login(accounts.user(Role.RISK_ANALYST), backend=BACKEND)
    address = reverse("approvals:proposal", args=[proposal_id])
    answer = client.post(address, {"decision": "refuse", "reason": " "})
    assert answer.status_code == 422
    assert 'href="#id_reason"' in answer.content.decode()
    assert client.post(address, {"reason": "Why not?"}).status_code == 422
    assert client.post(address, {"decision": "maybe", "reason": "Why not?"}).status_code == 422
    assert Proposal.objects.get().state == "open"
    assert client.post(address, {"decision": "refuse", "reason": "It does not hold."}).status_code == 302
    assert Proposal.objects.get().state == "refused"


def test_who_wrote_it_sees_why_he_cannot_decide_and_may_take_it_back(client: Client) -> None:
    person = accounts.user(Role.RISK_ANALYST)
    proposal_id = approvals.propose(actor_of_user(person))
    client.force_login(person, backend=BACKEND)
    address = reverse("approvals:proposal", args=[proposal_id])
    page = client.get(address).content.decode()
    assert "You wrote this, or had a part in it." in page
    assert 'value="grant"' not in page
    answer = client.post(address, {"decision": "grant", "reason": "I trust myself."})
    assert answer.status_code == 403
    assert Proposal.objects.get().state == "open"
    assert client.post(reverse("approvals:withdraw", args=[proposal_id]), {"reason": "Not yet."}).status_code == 302
    assert Proposal.objects.get().state == "withdrawn"
    assert client.post(reverse("approvals:withdraw", args=[proposal_id]), follow=True).status_code == 200


def test_an_auditor_sees_and_cannot_decide(client: Client) -> None:
    proposal_id = approvals.propose()
    client.force_login(accounts.user(Role.AUDITOR), backend=BACKEND)
    address = reverse("approvals:proposal", args=[proposal_id])
    assert "Your role lets you see this, not decide it." in client.get(address).content.decode()
    assert client.post(address, {"decision": "grant", "reason": "Yes."}).status_code == 403
    assert client.post(reverse("approvals:withdraw", args=[proposal_id])).status_code == 404


def test_what_was_decided_meanwhile_is_told(client: Client) -> None:
    proposal_id = approvals.propose()
    proposal_decide(proposal_id=proposal_id, actor=accounts.actor(Role.SUPERVISOR), grant=False, reason="No.")
    client.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)
    answer = client.post(reverse("approvals:proposal", args=[proposal_id]), {"decision": "grant", "reason": "Yes."})
    assert answer.status_code == 409
    assert "No." in answer.content.decode()


@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.AGENCY_OFFICER, Role.ADMINISTRATOR])
def test_the_pages_do_not_exist_for_others(client: Client, role: Role) -> None:
    proposal_id = approvals.propose()
    addresses = [reverse("approvals:list"), reverse("approvals:proposal", args=[proposal_id])]
    assert {client.get(address).status_code for address in addresses} == {302}
    client.force_login(accounts.user(role), backend=BACKEND)
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.post(addresses[1], {"decision": "grant", "reason": "Yes."}).status_code == 404
    assert client.post(reverse("approvals:withdraw", args=[proposal_id])).status_code == 404


def test_hostile_text_and_addresses_do_nothing(client: Client) -> None:
    client.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)
    for address in ("//evil.example", "https://evil.example", "javascript:alert(1)", "/\\\\evil.example"):
        proposal_id = approvals.propose(title="<script>x</script>", address=address, evidence={"<b>": "<i>"})
        page = client.get(reverse("approvals:proposal", args=[proposal_id])).content.decode()
        assert "evil.example" not in page
        assert "javascript:alert" not in page
        assert "<script>x" not in page
        assert "<i>" not in page


def test_the_list_is_read_page_by_page(client: Client) -> None:
    client.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)
    person = accounts.actor(Role.RISK_ANALYST)
    for number in range(52):
        approvals.propose(person, title=f"Thing {number:02d}.")
    first = client.get(reverse("approvals:list")).content.decode()
    assert "Thing 51." in first
    assert "Thing 01." not in first
    following = re.findall(r'rel="next" href="([^"]+)"', first)[0]
    second = client.get(reverse("approvals:list") + following).content.decode()
    assert ("Thing 01." in second, "Thing 00." in second, "Thing 02." in second) == (True, True, False)
    assert client.get(reverse("approvals:list") + "?cursor=WyJ4Il0").status_code == 400


def test_the_list_asks_no_more_for_many_than_for_one(client: Client) -> None:
    client.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("approvals:list")).status_code == 200
        return len(asked)

    approvals.propose()
    few = queries()
    for _ in range(10):
        approvals.propose()
    assert queries() == few <= 6
    proposal_id = approvals.propose()
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("approvals:proposal", args=[proposal_id]))
    assert len(asked) <= 6
