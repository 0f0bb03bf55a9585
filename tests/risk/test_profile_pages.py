"""Pages of profiles: the list, one profile, and the page on which one is written, all without script."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from risk.models import Profile, RuleDay, Simulation
from risk.services import risk_assess
from risk.states import ProfileState
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories import accounts, profiles, risk

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def analyst(client: Client) -> User:
    """Someone who writes profiles, signed in."""
    person = accounts.user(Role.RISK_ANALYST)
    client.force_login(person, backend=BACKEND)
    return person


SENT = {
    "rows": "3",
    "c-0-field": "commodity",
    "c-0-operator": "begins",
    "c-0-values": "61, 62",
    "c-0-group": "",
    "c-1-field": "origin",
    "c-1-operator": "in",
    "c-1-values": "cn",
    "c-2-field": "unit_value_ratio",
    "c-2-operator": "less",
    "c-2-values": "0.40",
    "effect": "points",
    "points": "25",
    "step": "TS-VALUE",
    "hit_rate": "25",
    "valid_days": "90",
    "name": "Cheap clothes",
    "owner": "Valuation unit",
    "basis": "Customs act, section 41",
}


def test_a_profile_is_written_on_a_page_without_script(client: Client, analyst: User) -> None:
    assert client.get(reverse("risk:profile-new")).status_code == 200
    answer = client.post(reverse("risk:profile-new"), SENT | {"act": "save"})
    made = Profile.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("risk:profile", args=[made.id])
    assert made.content["all"] == profiles.CLOTHES
    assert (str(made.expected_hit_rate), made.points, made.state) == ("0.250", 25, ProfileState.DRAFT)


def test_rows_are_added_and_taken_away_by_buttons_and_keep_what_was_typed(client: Client, analyst: User) -> None:
    page = client.post(reverse("risk:profile-new"), SENT | {"act": "add"}).content.decode()
    assert 'name="c-3-field"' in page
    assert 'value="61, 62"' in page
    page = client.post(reverse("risk:profile-new"), SENT | {"act": "remove-0"}).content.decode()
    assert 'name="c-2-field"' not in page
    assert 'value="61, 62"' not in page
    assert not Profile.objects.exists()


def test_a_row_whose_field_is_known_offers_only_the_questions_that_fit_it(client: Client, analyst: User) -> None:
    page = client.post(reverse("risk:profile-new"), SENT | {"act": "check"}).content.decode()
    operators = re.findall(r'<select name="c-2-operator".*?</select>', page, re.S)[0]
    assert 'value="less" selected' in operators
    assert 'value="begins"' not in operators


def test_the_sentence_of_what_stands_there_is_told_before_anything_is_saved(client: Client, analyst: User) -> None:
    sentence = (
        "Goods of chapter 61 or 62, of origin CN, with a value per kilogram under 40 % of the median: +25 points."
    )
    assert sentence in client.post(reverse("risk:profile-new"), SENT | {"act": "check"}).content.decode()
    unfinished = client.post(reverse("risk:profile-new"), SENT | {"act": "check", "basis": ""})
    assert (unfinished.status_code, sentence in unfinished.content.decode()) == (422, True)
    assert "The profile has no legal basis." in unfinished.content.decode()
    part = client.post(reverse("risk:profile-new") + "?part=sentence", SENT).content.decode()
    assert sentence in part
    assert "<html" not in part


def test_every_refusal_stands_beside_its_field_and_in_the_summary(client: Client, analyst: User) -> None:
    wrong = SENT | {"c-1-operator": "less", "c-2-values": "cheap", "points": "99", "name": "", "valid_days": "181"}
    answer = client.post(reverse("risk:profile-new"), wrong | {"act": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for rule in ("RM-PRO-02", "RM-PRO-03", "RM-PRO-05", "RM-PRO-08", "RM-PRO-10"):
        assert rule in page
    for place in ("id_c-1-operator", "id_c-2-values", "id_points", "id_name", "id_valid_days"):
        assert f'href="#{place}"' in page
        assert f'id="{place}"' in page
    assert not Profile.objects.exists()


def test_groups_of_which_one_must_hold_come_back_on_the_page_of_editing(client: Client, analyst: User) -> None:
    groups = [[profiles.criterion("pair_seen", "no"), profiles.criterion("trusted", "no")]]
    made = profiles.draft(actor_of_user(analyst), any=groups, lane="RED", points="0")
    page = client.get(reverse("risk:profile-edit", args=[made.id])).content.decode()
    assert page.count('value="1" selected') == 2
    assert 'value="RED"' in page
    assert "always lane red" in page


def test_editing_what_somebody_else_changed_meanwhile_is_refused(client: Client, analyst: User) -> None:
    made = profiles.draft(actor_of_user(analyst))
    answer = client.post(reverse("risk:profile-edit", args=[made.id]), SENT | {"act": "save", "seen": "0" * 64})
    assert answer.status_code == 412
    assert "Somebody else changed this profile" in answer.content.decode()


def test_what_is_live_is_not_edited_but_gets_a_new_version(client: Client, analyst: User) -> None:
    made = profiles.live(actor_of_user(analyst))
    assert client.get(reverse("risk:profile-edit", args=[made.id])).status_code == 302
    page = client.get(reverse("risk:profile", args=[made.id])).content.decode()
    assert "Write a new version" in page
    answer = client.post(reverse("risk:profile-act", args=[made.id]), {"act": "new-version"})
    second = Profile.objects.get(version=2)
    assert answer["Location"] == reverse("risk:profile-edit", args=[second.id])
    assert (second.code, second.state) == (made.code, ProfileState.DRAFT)


def test_from_the_page_a_profile_is_simulated_proposed_given_up_and_its_end_proposed(
    client: Client, analyst: User
) -> None:
    actor = actor_of_user(analyst)
    made = profiles.draft(actor)
    act = reverse("risk:profile-act", args=[made.id])
    assert client.post(act, {"act": "propose"}).status_code == 409
    assert "RM-SIM-01" in client.post(act, {"act": "simulate"}).content.decode()
    with clock.frozen(clock.now() - timedelta(days=5)), unit_of_work() as work:
        risk_assess(work, risk.snapshot(), actor=system_actor("tests"), facts=risk.facts())
    assert client.post(act, {"act": "simulate"}).status_code == 302
    assert Simulation.objects.get().change["values"]["content_sha256"] == made.content_sha256
    profiles.simulate(made)
    assert client.post(act, {"act": "propose"}).status_code == 302
    assert Proposal.objects.get().subject_id == str(made.id)
    answer = client.post(act, {"act": "give-up", "reason": ""})
    assert answer.status_code == 422
    assert "RM-PRO-14" in answer.content.decode()
    assert client.post(act, {"act": "give-up", "reason": "Not needed."}).status_code == 302
    made.refresh_from_db()
    assert (made.state, Proposal.objects.get().state) == (ProfileState.ENDED, "withdrawn")

    live = profiles.live(actor)
    answer = client.post(reverse("risk:profile-act", args=[live.id]), {"act": "end", "reason": "Too many alarms."})
    assert Proposal.objects.get(kind="risk.profile_end").state == "open"
    assert answer.status_code == 302
    assert client.post(act, {"act": "nonsense"}).status_code == 422


def test_the_page_tells_why_an_act_is_not_possible(client: Client, analyst: User) -> None:
    made = profiles.draft(actor_of_user(analyst))
    page = client.get(reverse("risk:profile", args=[made.id])).content.decode()
    assert "It must be simulated in exactly this form first." in page
    client.force_login(accounts.user(Role.AUDITOR), backend=BACKEND)
    page = client.get(reverse("risk:profile", args=[made.id])).content.decode()
    assert "Your role lets you see profiles, not write them." in page
    assert 'value="propose"' not in page


def test_a_live_profile_shows_its_hit_rate_beside_what_was_expected(client: Client, analyst: User) -> None:
    made = profiles.live(actor_of_user(analyst))
    for week, findings in ((0, 1), (1, 0), (2, 1)):
        day = clock.today() - timedelta(days=7 * week)
        RuleDay.objects.create(rule=made.code, day=day, hits=30, inspections=10, findings=findings)
    page = client.get(reverse("risk:profile", args=[made.id])).content.decode()
    assert "2 findings in 30 checks; it hit 90 declarations" in page
    assert "<svg" in page
    listed = client.get(reverse("risk:profiles") + "?state=live").content.decode()
    assert "30 checks" in listed
    assert ">low<" in re.sub(r"\s+", "", listed)
    assert "With so many checks the true rate lies between 2" in page


def test_the_list_begins_with_what_needs_someone(client: Client, analyst: User) -> None:
    actor = actor_of_user(analyst)
    profiles.live(actor, name="Fresh and live")
    profiles.live(actor, name="Nearly over", valid_days=14)
    profiles.draft(actor, name="Just begun")
    page = client.get(reverse("risk:profiles")).content.decode()
    assert "Just begun" in page
    assert "14 days left" in page
    assert "Fresh and live" not in page


def test_the_list_is_read_page_by_page(client: Client, analyst: User) -> None:
    actor = actor_of_user(analyst)
    for number in range(51):
        profiles.draft(actor, name=f"Profile {number:02d}.")
    first = client.get(reverse("risk:profiles")).content.decode()
    assert ("Profile 50." in first, "Profile 00." in first) == (True, False)
    following = re.findall(r'rel="next" href="([^"]+)"', first)[0]
    assert "Profile 00." in client.get(reverse("risk:profiles") + following).content.decode()
    assert client.get(reverse("risk:profiles") + "?cursor=nonsense").status_code == 400


@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.AGENCY_OFFICER, Role.ADMINISTRATOR])
def test_the_pages_do_not_exist_for_who_may_not_see_profiles(client: Client, role: Role) -> None:
    made = profiles.draft()
    addresses = [reverse("risk:profiles"), reverse("risk:profile", args=[made.id]), reverse("risk:profile-new")]
    assert {client.get(address).status_code for address in addresses} == {302}
    client.force_login(accounts.user(role), backend=BACKEND)
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.post(reverse("risk:profile-act", args=[made.id]), {"act": "propose"}).status_code == 404


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_who_may_only_see_profiles_writes_none(client: Client, role: Role) -> None:
    made = profiles.simulated()
    client.force_login(accounts.user(role), backend=BACKEND)
    assert client.get(reverse("risk:profile", args=[made.id])).status_code == 200
    assert client.get(reverse("risk:profile-new")).status_code == 404
    assert client.get(reverse("risk:profile-edit", args=[made.id])).status_code == 404
    assert client.post(reverse("risk:profile-act", args=[made.id]), {"act": "propose"}).status_code == 403
    made.refresh_from_db()
    assert made.state == ProfileState.SIMULATED


def test_the_list_asks_no_more_for_many_profiles_than_for_one(client: Client, analyst: User) -> None:
    actor = actor_of_user(analyst)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("risk:profiles") + "?state=draft").status_code == 200
        return len(asked)

    profiles.draft(actor)
    few = queries()
    for number in range(10):
        profiles.draft(actor, name=f"Another {number}")
    assert queries() == few <= 6


def test_the_page_of_one_profile_asks_little(client: Client, analyst: User) -> None:
    made = profiles.live(actor_of_user(analyst))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("risk:profile", args=[made.id])).status_code == 200
    assert len(asked) <= 13


def test_hostile_text_is_shown_as_text(client: Client, analyst: User) -> None:
    made = profiles.draft(
        actor_of_user(analyst), name="<script>alert(1)</script>", all=[profiles.criterion("trader", "in", "<B>X")]
    )
    for address in (reverse("risk:profile", args=[made.id]), reverse("risk:profile-edit", args=[made.id])):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<B>X" not in page


def test_nonsense_in_the_form_is_refused_not_a_failure(client: Client, analyst: User) -> None:
    for change in ({"rows": "99999999"}, {"rows": "-1"}, {"c-0-group": "77"}, {"effect": "GREEN"}, {"act": "remove-x"}):
        assert client.post(reverse("risk:profile-new"), SENT | {"act": "check"} | change).status_code in (200, 422)
    answer = client.post(reverse("risk:profile-new"), SENT | {"act": "save", "c-0-field": "nope", "step": "TS-X"})
    assert answer.status_code == 422
    assert "RM-PRO-07" in answer.content.decode()
    unknown = reverse("risk:profile", args=[UUID(int=1)])
    assert client.get(unknown).status_code == 404
    assert list(get_messages(answer.wsgi_request)) == []
