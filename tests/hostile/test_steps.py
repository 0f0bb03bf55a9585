"""L9: no step is skipped by asking for a later one directly, neither through REST nor with the forms of the pages."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from agencies.models import Hold
from clearance.models import Case
from clearance.selectors import case_view
from clearance.services import case_claim
from clearance.views.acts import ACTS
from declarations.models import Declaration
from fees.models import Posting
from singlewindow.accounts.models import Organisation, User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from tests.factories import accounts
from tests.factories.agencies import oranges
from tests.factories.clearance import jobs_do, lodged, risky, trader_rich
from tests.factories.declarations import import_json
from tests.factories.third_party import DECLARATIONS, Software
from tests.hostile.conftest import Nothing, refused

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
ANSWERS = {
    "conform": {"note": "as declared"},
    "finding": {"outcome": "VALUE", "findings": "dearer", "revenue": "5"},
    "query": {"question": "What is it?", "hours": "24"},
    "lane": {"lane": "GREEN", "reason": "low risk"},
    "second": {"grant": "yes"},
    "detain": {"reason": "law", "confirmed": "yes"},
    "refuse": {"reason": "law", "confirmed": "yes"},
}


class Desk:
    """The browser of an officer, who fills in forms for a case without having opened its page."""

    def __init__(self, role: Role = Role.OFFICER) -> None:
        self.person: User = accounts.user(role)
        self.actor = actor_of_user(self.person)
        self._browser = Client(raise_request_exception=False)
        self._browser.force_login(self.person, backend=BACKEND)

    def does(self, act: str, declaration_id: UUID, *, stale: bool = False) -> int:
        standing = "" if stale else case_view(self.actor, declaration_id).standing
        answer = ANSWERS.get(act, {}) | {"standing": standing}
        return int(self._browser.post(f"/desk/{declaration_id}/{act}", answer).status_code)


@pytest.fixture
def trader(country: None, db: None) -> Organisation:
    return trader_rich()


def standing(declaration_id: UUID | str) -> tuple[Any, ...]:
    """Everything that a step would have changed."""
    row = Declaration.objects.values("legal_state", "goods_state", "version", "released_at").get(pk=declaration_id)
    case = Case.objects.filter(pk=declaration_id).values("lane", "control_state", "claimed_by", "blocking").first()
    return (row, case, Posting.objects.count(), list(Hold.objects.order_by("pk").values_list("pk", "state")))


@pytest.mark.parametrize("step", ["release", "accept", "clear", "refuse", "assess", "lane", "hold", "payment", "lodge"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_L9_REST_has_no_address_for_the_steps_of_the_window(
    trader: Organisation, nothing_left: Nothing, step: str, method: str
) -> None:
    software = Software(trader)
    receipt = software.lodged(import_json(presented=False))
    before = standing(receipt["id"])
    with nothing_left():
        path = f"{DECLARATIONS}/{receipt['id']}/{step}"
        assert software.send(method, path, {"legal_state": "RELEASED"}).status_code == 404
    assert standing(receipt["id"]) == before


@pytest.mark.parametrize("again", ["registered", "released", "held"])
def test_L9_goods_are_presented_once_and_never_after(trader: Organisation, nothing_left: Nothing, again: str) -> None:
    software = Software(trader)
    if again == "held":
        declaration_id = str(risky(trader))
    else:
        declaration_id = software.lodged(import_json())["id"]
    if again == "released":
        jobs_do(UUID(declaration_id))
    before = standing(declaration_id)
    with nothing_left():
        refused(software.post({}, path=f"{DECLARATIONS}/{declaration_id}/presentation"), 409, "state")
    assert standing(declaration_id) == before


@pytest.mark.parametrize("act", [act for act in ACTS if act not in {"claim", "give-back"}])
def test_L9_an_officer_does_nothing_with_a_case_that_is_not_claimed(
    trader: Organisation, nothing_left: Nothing, act: str
) -> None:
    declaration_id, desk = risky(trader), Desk(Role.SUPERVISOR)
    before = standing(declaration_id)
    with nothing_left("audit_event"):
        assert desk.does(act, declaration_id) in {403, 404, 409, 422}
    assert standing(declaration_id) == before


@pytest.mark.parametrize("act", [act for act in ACTS if act != "claim"])
def test_L9_nor_with_a_case_that_a_colleague_has_claimed(trader: Organisation, nothing_left: Nothing, act: str) -> None:
    declaration_id, desk = risky(trader), Desk(Role.SUPERVISOR)
    case_claim(declaration_id=declaration_id, actor=Desk().actor)
    before = standing(declaration_id)
    with nothing_left("audit_event"):
        assert desk.does(act, declaration_id) in {302, 403, 404, 409, 422}
    assert standing(declaration_id) == before


@pytest.mark.parametrize("act", ACTS)
def test_L9_nor_with_one_that_is_released(trader: Organisation, nothing_left: Nothing, act: str) -> None:
    declaration_id, desk = lodged(trader), Desk(Role.SUPERVISOR)
    before = standing(declaration_id)
    assert before[0]["released_at"] is not None
    with nothing_left("audit_event"):
        assert desk.does(act, declaration_id) in {302, 403, 404, 409, 422}
    assert standing(declaration_id) == before


@pytest.mark.parametrize("act", ["conform", "finding", "refuse", "detain", "lane", "query"])
def test_L9_a_form_without_the_standing_of_the_case_does_nothing(
    trader: Organisation, nothing_left: Nothing, act: str
) -> None:
    declaration_id, desk = risky(trader), Desk()
    case_claim(declaration_id=declaration_id, actor=desk.actor)
    before = standing(declaration_id)
    with nothing_left():
        assert desk.does(act, declaration_id, stale=True) == 409
    assert standing(declaration_id) == before


def test_L9_customs_does_not_release_over_the_hold_of_an_agency(trader: Organisation) -> None:
    declaration_id = UUID(Software(trader).lodged(oranges(trader=trader.identifier).canonical())["id"])
    jobs_do(declaration_id)
    desk = Desk(Role.SUPERVISOR)
    for act in ("claim", "conform"):
        desk.does(act, declaration_id)
    row = Declaration.objects.get(pk=declaration_id)
    assert (row.legal_state, row.released_at) == ("ACCEPTED", None)
    assert Hold.objects.filter(declaration_id=declaration_id, state="open").exists()


def test_L9_customs_does_not_release_without_the_money(country: None) -> None:
    poor = accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")
    declaration_id, desk = risky(poor), Desk(Role.SUPERVISOR)
    for act in ("claim", "conform"):
        desk.does(act, declaration_id)
    row = Declaration.objects.get(pk=declaration_id)
    assert (row.legal_state, row.released_at) == ("ACCEPTED", None)
    assert Posting.objects.count() == 0


@pytest.mark.parametrize("decision", ["lift", "uphold"])
def test_L9_a_hold_is_decided_once_and_by_its_own_agency(
    trader: Organisation, nothing_left: Nothing, decision: str
) -> None:
    declaration_id = Software(trader).lodged(oranges(trader=trader.identifier).canonical())["id"]
    jobs_do(UUID(declaration_id))
    hold = Hold.objects.filter(declaration_id=declaration_id, agency="PHY")[0]
    own, other = (Client(raise_request_exception=False) for _ in range(2))
    own.force_login(accounts.user(Role.AGENCY_OFFICER, agency="PHY"), backend=BACKEND)
    other.force_login(accounts.user(Role.AGENCY_OFFICER, agency="TEL"), backend=BACKEND)
    answer = {"decision": decision, "reason": "The certificate came."}
    before = standing(declaration_id)
    with nothing_left("audit_event"):
        assert other.post(f"/agency/holds/{hold.pk}", answer).status_code == 404
    assert standing(declaration_id) == before
    assert own.post(f"/agency/holds/{hold.pk}", answer).status_code == 302
    after = standing(declaration_id)
    assert after != before
    with nothing_left():
        assert own.post(f"/agency/holds/{hold.pk}", answer).status_code == 409
    assert standing(declaration_id) == after
