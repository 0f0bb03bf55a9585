"""Advance rulings: two persons, checked where they are cited, published without their holder (F05, FE-RUL)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from declarations.schemas import DeclarationMessage
from fees.models import Ruling
from fees.services.rulings import RulingDraft, ruling_check, ruling_check_needed, ruling_propose
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated
from tests.factories import accounts
from tests.factories.declarations import import_json
from tests.factories.revenue import granted, lodged

pytestmark = pytest.mark.django_db

TEXT = "Coffee makers with a heating plate are classified by the heating element."


@pytest.fixture
def holder() -> Organisation:
    return accounts.organisation()


def draft(of: Organisation, **changes: Any) -> RulingDraft:
    today = clock.today()
    item = import_json()["items"][0]
    values: dict[str, Any] = {
        "number": "ZZBTI-2026-7",
        "holder": of.identifier,
        "commodity_code": item["commodity_code"],
        "origin": item["origin"],
        "valid_from": today,
        "valid_to": today + timedelta(days=1095),
        "goods": "Electric coffee makers",
        "text": TEXT,
    }
    return RulingDraft(**(values | changes))


def ruled(holder: Organisation, **changes: Any) -> Ruling:
    ruling_id = ruling_propose(draft(holder, **changes), actor=accounts.actor(Role.SUPERVISOR))
    granted(ruling_id)
    return Ruling.objects.get(pk=ruling_id)


def citing(number: str = "ZZBTI-2026-7", code: str = "C626", **changes: Any) -> dict[str, Any]:
    values = import_json()
    item = values["items"][0]
    item["documents"] = [*item.get("documents", []), {"code": code, "id": number}]
    item.update(changes)
    return values


def found(holder: Organisation, values: dict[str, Any]) -> list[tuple[str, str]]:
    message = DeclarationMessage.model_validate(values)
    return [(one.rule, one.pointer) for one in ruling_check(message, accounts.actor(Role.TRADER, of=holder))]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"commodity_code": "0901210000"}, [("FE-RUL-01", "/items/0/commodity_code")]),
        ({"origin": "KE"}, [("FE-RUL-01", "/items/0/origin")]),
        (
            {"commodity_code": "0901210000", "origin": "KE"},
            [("FE-RUL-01", "/items/0/commodity_code"), ("FE-RUL-01", "/items/0/origin")],
        ),
    ],
    ids=["as ruled", "another code", "another origin", "both"],
)
@pytest.mark.parametrize("code", ["C626", "C627"])
def test_FE_RUL_01_an_item_agrees_with_the_ruling_that_it_cites(holder, changes, rules, code):
    ruled(holder)
    assert found(holder, citing(code=code, **changes)) == rules


def test_F05_a_declaration_that_contradicts_its_ruling_is_refused_with_its_text_and_leaves_nothing(holder):
    ruled(holder)
    with pytest.raises(RuleViolated) as refusal:
        lodged(holder, citing(origin="KE"))
    (told,) = [one for one in refusal.value.violations if one.rule == "FE-RUL-01"]
    assert TEXT in told.message
    assert lodged(holder, citing()).pk


def test_FE_RUL_01_a_ruling_on_the_code_alone_leaves_the_origin_free(holder):
    ruled(holder, origin="", commodity_code=draft(holder).commodity_code[:6])
    assert found(holder, citing(origin="KE")) == []


@pytest.mark.parametrize(("days", "rules"), [(0, []), (1, []), (2, ["FE-RUL-02"]), (-1, ["FE-RUL-02"])])
def test_FE_RUL_02_it_binds_from_its_first_day_to_its_last(holder, days, rules):
    ruled(holder, valid_to=clock.today() + timedelta(days=1))
    with clock.frozen(clock.now() + timedelta(days=days)):
        assert [rule for rule, _ in found(holder, citing())] == rules


def test_FE_RUL_03_another_partys_ruling_is_refused_without_its_text(holder):
    ruled(holder)
    message = DeclarationMessage.model_validate(citing(origin="KE"))
    (told,) = ruling_check(message, accounts.actor(Role.TRADER))
    assert (told.rule, told.pointer.rsplit("/", 1)[-1]) == ("FE-RUL-03", "id")
    assert TEXT not in told.message


def test_FE_RUL_04_one_registers_and_another_agrees(holder):
    first = accounts.actor(Role.SUPERVISOR)
    ruling_id = ruling_propose(draft(holder), actor=first)
    assert found(holder, citing(origin="KE")) == []  # nobody agreed yet
    with pytest.raises(NotPermitted):
        granted(ruling_id, by=first)
    with pytest.raises(DatabaseError), transaction.atomic():
        Ruling.objects.filter(pk=ruling_id).update(state="live")
    granted(ruling_id)
    assert PartyEvent.objects.get(type="ruling.issued").organisation_id == holder.pk
    for change in ({"text": "Other"}, {"holder_id": accounts.organisation().pk}, {"state": "proposed"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Ruling.objects.filter(pk=ruling_id).update(**change)
    with pytest.raises(Conflict):
        ruling_propose(draft(holder), actor=first)


def test_FE_RUL_04_who_prepares_no_tariff_agrees_to_no_ruling(holder):
    ruling_id = ruling_propose(draft(holder), actor=accounts.actor(Role.SUPERVISOR))
    for role in (Role.RISK_ANALYST, Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            granted(ruling_id, by=accounts.actor(role))
    assert Ruling.objects.get().state == "proposed"
    granted(ruling_id, by=accounts.actor(Role.SUPERVISOR))
    assert Ruling.objects.get().state == "live"


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "a b"},
        {"holder": "NOBODY"},
        {"commodity_code": "12345"},
        {"origin": "Kenya"},
        {"valid_to": date(2020, 1, 1)},
        {"text": " "},
        {"text": "x" * 2001},
    ],
    ids=lambda one: next(iter(one)),
)
def test_FE_RUL_04_what_is_wrong_is_refused(holder, wrong):
    with pytest.raises(RuleViolated) as refusal:
        ruling_propose(draft(holder, **wrong), actor=accounts.actor(Role.SUPERVISOR))
    assert [one.rule for one in refusal.value.violations] == ["FE-RUL-04"]
    assert not Ruling.objects.exists()


@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.AGENCY_OFFICER, Role.AUDITOR])
def test_FE_RUL_04_only_who_prepares_the_tariff_registers(holder, role):
    with pytest.raises(NotPermitted):
        ruling_propose(draft(holder), actor=accounts.actor(role))


def test_FE_RUL_05_the_public_list_tells_no_holder_and_nothing_unpublished(holder, django_assert_max_num_queries):
    ruled(holder)
    ruling_propose(draft(holder, number="ZZBTI-2026-8"), actor=accounts.actor(Role.SUPERVISOR))
    visitor = Client()
    with django_assert_max_num_queries(6):
        page = visitor.get("/rulings/").content.decode()
    assert "ZZBTI-2026-7" in page
    for secret in (holder.identifier, holder.name, "ZZBTI-2026-8"):
        assert secret not in page
    assert "ZZBTI-2026-7" not in visitor.get("/rulings/?code=9999").content.decode()
    assert visitor.get("/rulings/new").status_code == 302


def test_FE_RUL_05_a_number_of_another_country_is_recorded_as_declared(holder):
    ruled(holder)
    assert found(holder, citing(number="DEBTI7", origin="KE")) == []


def test_a_ruling_is_registered_on_a_page(holder):
    client = Client()
    client.force_login(accounts.user(Role.SUPERVISOR))
    asked = draft(holder)
    values = {name: getattr(asked, name) for name in RulingDraft.__slots__}
    refused = client.post("/rulings/new", values | {"holder": "NOBODY"})
    assert refused.status_code == 422
    assert client.post("/rulings/new", values).status_code == 302
    assert Ruling.objects.get().state == "proposed"
    assert client.post("/rulings/new", values).status_code == 422


def test_of_many_messages_only_those_that_cite_are_looked_at(holder):
    messages = [DeclarationMessage.model_validate(one) for one in (import_json(), citing(), import_json())]
    assert list(ruling_check_needed(messages)) == [1]
