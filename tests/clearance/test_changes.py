"""Changes after lodging: who decides by stage, and everything that follows in the same transaction (CH-*)."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.models import Hold, Permit
from clearance.models import Alert, Case
from clearance.rules.changes import Stage, Way, amendment_ruling, invalidation_ruling
from clearance.services.changes import change_decision, change_withdraw, declaration_correct
from clearance.services.desk import case_claim
from clearance.tasks import clock as clock_task
from declarations.models import ChangeRequest, Declaration, DeclarationVersion
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge, goods_present
from declarations.states import CHANGE, ChangeState, LegalState
from declarations.types import Channel
from fees.models import Assessment
from fees.selectors import account_of, fiscal_status, ledger_total
from fees.services import account_credit
from risk.models import RiskAssessment
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from tests.factories import accounts, agencies
from tests.factories.changes import amend, asked, invalidate, with_item, with_price
from tests.factories.clearance import country_load, jobs_do, lodged, risky, trader_rich
from tests.factories.declarations import import_message

pytestmark = pytest.mark.django_db
L = LegalState


@pytest.fixture
def poor(db):
    """A trader without an account: what is accepted waits for money."""
    country_load()
    return accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")


@pytest.fixture
def rich(db):
    country_load()
    return trader_rich()


def actor_of(trader):
    return accounts.actor(Role.TRADER, of=trader)


def rules_of(error):
    return [violation.rule for violation in error.value.violations]


# Who decides -------------------------------------------------------------------------------------

NOW = clock.now()
YEARS, DAYS = timedelta(days=1095), timedelta(days=90)


@pytest.mark.parametrize(
    ("legal", "announced", "since", "rule", "way"),
    [
        (L.REGISTERED, False, None, "CH-STG-01", Way.GRANT),
        (L.REGISTERED, True, None, "CH-STG-01", Way.GRANT),
        (L.ACCEPTED, False, None, "CH-STG-02", Way.GRANT),
        (L.ACCEPTED, True, None, "CH-STG-03", Way.DISCLOSE),
        (L.RELEASED, False, YEARS, "CH-STG-04", Way.OFFICER),
        (L.CLEARED, False, YEARS, "CH-STG-04", Way.OFFICER),
        (L.CLEARED, False, YEARS + timedelta(seconds=1), "CH-STG-05", Way.LATE),
        *((legal, False, None, "CH-END-01", Way.ENDED) for legal in (L.EXPIRED, L.INVALIDATED, L.REFUSED, L.REJECTED)),
    ],
)
def test_ch_stg_the_stage_says_who_decides_an_amendment(legal, announced, since, rule, way):
    stage = Stage(legal=legal, announced=announced, released_at=NOW - since if since else None, at=NOW)
    ruling = amendment_ruling(stage, after_release=YEARS)
    assert (ruling.rule, ruling.way) == (rule, way)


@pytest.mark.parametrize(
    ("legal", "announced", "automatic", "since", "evidence", "rule", "way"),
    [
        (L.REGISTERED, True, False, None, "", "CH-INV-01", Way.GRANT),
        (L.ACCEPTED, False, True, None, "", "CH-INV-02", Way.GRANT),
        (L.ACCEPTED, False, False, None, "", "CH-INV-03", Way.OFFICER),
        (L.ACCEPTED, True, True, None, "", "CH-INV-03", Way.OFFICER),
        (L.RELEASED, False, True, DAYS, "EXD 26ZZ", "CH-INV-04", Way.OFFICER),
        (L.RELEASED, False, True, DAYS, " ", "CH-INV-04", Way.EVIDENCE),
        (L.RELEASED, False, True, DAYS + timedelta(seconds=1), "EXD 26ZZ", "CH-INV-05", Way.LATE),
        (L.CLEARED, False, True, DAYS, "EXD 26ZZ", "CH-END-01", Way.ENDED),
        (L.INVALIDATED, False, True, None, "", "CH-END-01", Way.ENDED),
    ],
)
def test_ch_inv_the_stage_says_who_decides_an_invalidation(legal, announced, automatic, since, evidence, rule, way):
    stage = Stage(legal=legal, announced=announced, released_at=NOW - since if since else None, at=NOW)
    ruling = invalidation_ruling(stage, after_release=DAYS, automatic=automatic, evidence=evidence)
    assert (ruling.rule, ruling.way) == (rule, way)


# Before acceptance -------------------------------------------------------------------------------


def test_ch_stg_01_a_registered_declaration_takes_any_change_at_once(rich):
    number = lodged(rich, presented=False)
    before, actor = declaration_snapshot(number), actor_of(rich)
    other = with_item(with_price(before.message, "400"), commodity_code="0901210000", origin="ET", description="Coffee")
    change = amend(number, actor, other)
    after = declaration_snapshot(number)
    assert change.state is ChangeState.GRANTED
    assert change.granted_version == after.version == 2
    assert after.message == other
    assert after.legal_state is L.REGISTERED
    assert list(DeclarationVersion.objects.filter(declaration_id=number).values_list("version", flat=True)) == [1, 2]
    assert Declaration.objects.get(pk=number).first_commodity == "0901210000"
    assert Declaration.objects.get(pk=number).items.get().commodity_code == "0901210000"
    assert Assessment.objects.filter(declaration_id=number, declaration_version=2).exists()
    assert RiskAssessment.objects.filter(declaration_id=number, declaration_version=2).exists()
    names = set(Event.objects.filter(subject_id=str(number)).values_list("verb", flat=True))
    assert {"change.requested", "change.granted", "declaration.amended"} <= names
    told = PartyEvent.objects.get(subject_id=str(number), type="amended").data
    assert (told["mrn"], told["version"], told["request"], told["decision"]) == (before.mrn, 2, 1, "granted")


def test_ch_stg_01_an_amendment_before_the_window_looked_is_looked_at_in_its_new_version(rich):
    message = import_message(1)
    number = declaration_lodge(message=message, actor=actor_of(rich), channel=Channel.JSON).id
    amend(number, actor_of(rich), with_price(message, "500"))
    jobs_do(number)
    assert declaration_snapshot(number).legal_state is L.CLEARED
    assert set(Assessment.objects.filter(declaration_id=number).values_list("declaration_version", flat=True)) == {2}


def test_ch_lan_01_an_amendment_never_takes_the_choice_back(rich):
    number = risky(rich, type_code="IMD")
    assert Case.objects.get(pk=number).control_state == "SELECTED"
    message = declaration_snapshot(number).message
    tame = with_item(message, commodity_code="8516710000", origin="CN", description="Electric coffee makers")
    assert amend(number, actor_of(rich), tame).state is ChangeState.GRANTED
    case = Case.objects.get(pk=number)
    assert (case.control_state, case.lane) == ("SELECTED", "RED")


@pytest.mark.parametrize(
    ("rule", "edit"),
    [
        ("CH-IMM-01", {"declarant": {"id": "ZZOTHER01"}}),
        ("CH-IMM-02", {"lrn": "ANOTHER-1"}),
        ("CH-IMM-03", {"type_code": "EXD"}),
        ("CH-IMM-04", {"type_code": "IMA"}),
        ("CH-NIL-01", {}),
    ],
)
def test_ch_imm_some_things_are_never_amended(rich, rule, edit):
    number = lodged(rich, presented=False)
    message = declaration_snapshot(number).message
    other = type(message).model_validate(message.canonical() | edit)
    with pytest.raises(RuleViolated) as error:
        amend(number, actor_of(rich), other)
    assert rule in rules_of(error)
    assert not ChangeRequest.objects.filter(declaration_id=number).exists()


def test_a_new_content_that_breaks_rules_is_refused_with_all_of_them(rich):
    number = lodged(rich, presented=False)
    message = declaration_snapshot(number).message
    other = with_item(message, net_mass_kg="9999")
    other = type(message).model_validate(other.canonical() | {"lrn": "ANOTHER-1"})
    with pytest.raises(RuleViolated) as error:
        amend(number, actor_of(rich), other)
    assert rules_of(error) == ["CH-IMM-02", "DL-023"]
    assert declaration_snapshot(number).version == 1


def test_ch_ver_01_a_change_of_another_version_is_stale(rich):
    number = lodged(rich, presented=False)
    message = declaration_snapshot(number).message
    amend(number, actor_of(rich), with_price(message, "401"))
    with pytest.raises(Conflict) as error:
        amend(number, actor_of(rich), with_price(message, "402"), base=1)
    assert error.value.code == "stale"


def test_ch_inv_01_a_registered_declaration_is_taken_back_at_once_and_its_timers_with_it(rich):
    number = lodged(rich, presented=False)
    assert Job.objects.filter(subject_id=str(number), state="todo").exists()
    change = invalidate(number, actor_of(rich))
    assert change.state is ChangeState.GRANTED
    assert declaration_snapshot(number).legal_state is L.INVALIDATED
    assert not Job.objects.filter(subject_id=str(number), state="todo", not_before__gt=clock.now()).exists()
    with pytest.raises(TransitionRefused):
        invalidate(number, actor_of(rich))
    with pytest.raises(TransitionRefused):
        goods_present(actor=actor_of(rich), declaration_id=number)


# After acceptance --------------------------------------------------------------------------------


def test_ch_stg_02_an_accepted_declaration_is_assessed_scored_and_told_anew(poor):
    number = lodged(poor)
    before = declaration_snapshot(number)
    assert before.legal_state is L.ACCEPTED
    owed = fiscal_status(number).total_minor
    change = amend(number, actor_of(poor), with_price(before.message, "770"))
    assert change.state is ChangeState.GRANTED
    assert change.money_delta_minor == fiscal_status(number).total_minor - owed > 0
    row = Assessment.objects.filter(declaration_id=number).order_by("-version").first()
    assert row is not None
    assert (row.declaration_version, row.at) == (2, before.accepted_at)
    changed = {line["pointer"]: (line["before"], line["after"]) for line in change.difference}
    assert changed == {"/invoice_total/amount": ("385", "770"), "/items/0/price/amount": ("385", "770")}


def test_a_cheaper_amendment_releases_what_the_money_was_short_for(poor):
    number = lodged(poor)
    account_credit(
        organisation_id=poor.pk, amount=Decimal(50), currency="EUR", reference="a little", actor=system_actor("tests")
    )
    change = amend(number, actor_of(poor), with_price(declaration_snapshot(number).message, "10"))
    after = declaration_snapshot(number)
    assert (after.legal_state, after.version) in {(L.CLEARED, 2), (L.ACCEPTED, 2)}
    assert change.state is ChangeState.GRANTED
    paid = Assessment.objects.filter(declaration_id=number).order_by("-version").first()
    assert paid is not None
    assert fiscal_status(number).total_minor == paid.total_minor
    assert ledger_total() == 0


@pytest.mark.parametrize(
    ("rule", "edit"),
    [
        ("CH-GDS-01", {"commodity_code": "0901210000"}),
        ("CH-GDS-02", {"origin": "VN"}),
    ],
)
def test_ch_gds_after_acceptance_the_goods_stay_the_same_goods(poor, rule, edit):
    number = lodged(poor)
    with pytest.raises(RuleViolated) as error:
        amend(number, actor_of(poor), with_item(declaration_snapshot(number).message, **edit))
    assert rule in rules_of(error)


def test_ch_gds_a_code_of_the_same_chapter_may_be_corrected(poor):
    number = lodged(poor)
    other = with_item(declaration_snapshot(number).message, commodity_code="8516500000")
    assert amend(number, actor_of(poor), other).state is ChangeState.GRANTED


def test_ch_gds_03_and_04_trader_and_containers_make_the_goods(poor):
    number = lodged(poor)
    content = declaration_snapshot(number).message.canonical()
    content |= {"importer": {"id": "ZZOTHER02"}, "equipment": [{"sequence": 1, "id": "MSCU6639870"}]}
    with pytest.raises(RuleViolated) as error:
        amend(number, actor_of(poor), type(declaration_snapshot(number).message).model_validate(content))
    assert {"CH-GDS-03", "CH-GDS-04"} <= set(rules_of(error))


def test_ch_stg_03_after_a_check_is_announced_an_amendment_is_refused_and_kept_as_disclosed(rich):
    number = risky(rich)
    message = declaration_snapshot(number).message
    change = amend(number, actor_of(rich), with_price(message, "30"))
    assert change.state is ChangeState.DISCLOSED
    assert change.rule == "CH-STG-03"
    assert declaration_snapshot(number).version == 1
    told = PartyEvent.objects.get(subject_id=str(number), type="change.denied").data
    assert (told["decision"], told["name_code"]) == ("disclosed", "41")


def test_an_amendment_that_names_the_missing_permit_frees_the_goods(rich):
    agencies.requirement(hs_prefix="8516", lpco_code="7P01", unit="KGM")
    number = lodged(rich)
    hold = Hold.objects.get(declaration_id=number, state="open")
    assert (hold.kind, declaration_snapshot(number).legal_state) == ("permit_missing", L.ACCEPTED)
    permit = agencies.permit(rich, hs_prefix="8516")
    named = with_item(declaration_snapshot(number).message, documents=agencies.citing(permit.number))
    assert amend(number, actor_of(rich), named).state is ChangeState.GRANTED
    assert Permit.objects.get(pk=permit.pk).used == Decimal(42)
    assert Hold.objects.get(pk=hold.pk).state == "withdrawn"
    assert declaration_snapshot(number).legal_state is L.CLEARED


def test_permits_follow_an_amendment_by_the_difference(poor):
    agencies.requirement(hs_prefix="8516", lpco_code="7P01", unit="KGM")
    permit = agencies.permit(poor, hs_prefix="8516")
    message = import_message(1)
    message = with_item(message, documents=[*agencies.citing(permit.number)])
    number = declaration_lodge(message=message, actor=actor_of(poor), channel=Channel.JSON).id
    jobs_do(number)
    assert Permit.objects.get(pk=permit.pk).used == Decimal(42)
    amend(number, actor_of(poor), with_item(declaration_snapshot(number).message, net_mass_kg="40"))
    assert Permit.objects.get(pk=permit.pk).used == Decimal(40)
    invalidate(number, actor_of(poor))
    assert Permit.objects.get(pk=permit.pk).used == 0
    assert declaration_snapshot(number).legal_state is L.INVALIDATED
    assert fiscal_status(number).total_minor == 0


def test_ch_inv_03_under_check_an_officer_decides_the_invalidation(rich):
    number, officer = risky(rich), accounts.actor(Role.OFFICER)
    change = invalidate(number, actor_of(rich))
    assert (change.state, change.rule) == (ChangeState.REQUESTED, "CH-INV-03")
    with pytest.raises(Conflict) as error:
        invalidate(number, actor_of(rich))
    assert error.value.code == "change_pending"
    with pytest.raises(RuleViolated) as empty:
        change_decision(actor=officer, declaration_id=number, number=1, grant=False, reason=" ")
    assert rules_of(empty) == ["CH-DEC-01"]
    denied = change_decision(actor=officer, declaration_id=number, number=1, grant=False, reason="The check goes on.")
    assert denied.state is ChangeState.DENIED
    assert declaration_snapshot(number).legal_state is L.ACCEPTED
    invalidate(number, actor_of(rich))
    granted = change_decision(actor=officer, declaration_id=number, number=2, grant=True, reason="Never arrived.")
    assert granted.state is ChangeState.GRANTED
    assert declaration_snapshot(number).legal_state is L.INVALIDATED
    assert not Hold.objects.filter(declaration_id=number, state="open").exists()
    assert Case.objects.get(pk=number).closed_at is not None


def test_a_request_is_withdrawn_once(rich):
    number = risky(rich)
    invalidate(number, actor_of(rich))
    assert change_withdraw(actor=actor_of(rich), declaration_id=number, number=1).state is ChangeState.WITHDRAWN
    with pytest.raises(TransitionRefused):
        change_withdraw(actor=actor_of(rich), declaration_id=number, number=1)
    with pytest.raises(TransitionRefused):
        change_decision(
            actor=accounts.actor(Role.OFFICER), declaration_id=number, number=1, grant=True, reason="Too late."
        )


def test_ch_cor_01_the_officer_who_has_the_case_may_correct(rich):
    number, officer = risky(rich), accounts.actor(Role.OFFICER)
    before = declaration_snapshot(number)
    wanted = with_price(before.message, "300")
    with pytest.raises(Conflict):
        declaration_correct(
            actor=officer, declaration_id=number, base_version=1, proposed=wanted, reason="Seen in the invoice."
        )
    case_claim(declaration_id=number, actor=officer)
    red = Case.objects.get(pk=number).red_at
    change = declaration_correct(
        actor=officer, declaration_id=number, base_version=1, proposed=wanted, reason="Seen in the invoice."
    )
    assert (change.state, change.kind.value) == (ChangeState.GRANTED, "correct")
    after, case = declaration_snapshot(number), Case.objects.get(pk=number)
    assert after.version == 2
    assert (case.control_state, case.red_at) == ("PHYSICAL", red)
    assert fiscal_status(number).total_minor == case.amount_minor
    with pytest.raises(NotPermitted):
        declaration_correct(
            actor=actor_of(rich), declaration_id=number, base_version=2, proposed=before.message, reason="Back."
        )


# After release -----------------------------------------------------------------------------------


def test_ch_stg_04_after_release_an_officer_decides_and_the_difference_is_taken(rich):
    number, officer = lodged(rich), accounts.actor(Role.OFFICER)
    before = declaration_snapshot(number)
    assert before.legal_state is L.CLEARED
    balance = account_of(rich.pk, currency="EUR")
    owed = fiscal_status(number).total_minor
    change = amend(number, actor_of(rich), with_price(before.message, "770"))
    assert (change.state, change.voluntary) == (ChangeState.REQUESTED, True)
    assert change.deadline is not None
    granted = change_decision(
        actor=officer, declaration_id=number, number=1, grant=True, reason="The second invoice shows it."
    )
    after, now_owed = account_of(rich.pk, currency="EUR"), fiscal_status(number).total_minor
    assert granted.money_delta_minor == now_owed - owed > 0
    assert balance is not None
    assert after is not None
    assert balance.balance_minor - after.balance_minor == now_owed - owed
    assert ledger_total() == 0
    stands = declaration_snapshot(number)
    assert (stands.legal_state, stands.version) == (L.CLEARED, 2)


def test_ch_stg_04_less_owed_is_given_back(rich):
    number, officer = lodged(rich), accounts.actor(Role.OFFICER)
    balance = account_of(rich.pk, currency="EUR")
    amend(number, actor_of(rich), with_price(declaration_snapshot(number).message, "100"))
    granted = change_decision(actor=officer, declaration_id=number, number=1, grant=True, reason="Credit note.")
    after = account_of(rich.pk, currency="EUR")
    assert balance is not None
    assert after is not None
    assert granted.money_delta_minor is not None
    assert after.balance_minor - balance.balance_minor == -granted.money_delta_minor > 0
    assert ledger_total() == 0


def test_ch_mon_01_what_the_account_does_not_hold_is_not_granted(poor):
    account_credit(
        organisation_id=poor.pk, amount=Decimal(300), currency="EUR", reference="just enough",
        actor=system_actor("tests"),
    )  # fmt: skip
    number = lodged(poor)
    assert declaration_snapshot(number).legal_state is L.CLEARED
    amend(number, actor_of(poor), with_price(declaration_snapshot(number).message, "99999"))
    with pytest.raises(RuleViolated) as error:
        change_decision(
            actor=accounts.actor(Role.OFFICER), declaration_id=number, number=1, grant=True, reason="It was more."
        )
    assert rules_of(error) == ["CH-MON-01"]
    assert declaration_snapshot(number).version == 1
    assert ChangeRequest.objects.get(declaration_id=number).state == "REQUESTED"


def test_ch_end_01_a_cleared_declaration_is_never_invalidated(rich):
    with pytest.raises(TransitionRefused):
        invalidate(lodged(rich), actor_of(rich), evidence="26ZZ000")


# The clock (L16) ---------------------------------------------------------------------------------


def alerts_run(number):
    clock_task(list(Job.objects.filter(subject_id=str(number), kind="clearance.clock").values_list("id", flat=True)))


def test_l16_cancelled_just_before_the_alert_no_alert_comes(poor):
    number = lodged(poor)
    red = Case.objects.get(pk=number).red_at
    with clock.frozen(red - timedelta(seconds=1)):
        invalidate(number, actor_of(poor))
    with clock.frozen(red + timedelta(seconds=1)):
        alerts_run(number)
    assert not Alert.objects.filter(case_id=number).exists()


def test_l16_an_amendment_that_moves_the_deadline_leaves_the_alert_of_the_new_time_only(poor):
    number = lodged(poor)
    old = Case.objects.get(pk=number)
    jobs = list(Job.objects.filter(subject_id=str(number), kind="clearance.clock").values())
    with clock.frozen(old.amber_at - timedelta(minutes=1)):
        amend(number, actor_of(poor), with_price(declaration_snapshot(number).message, "386"))
    new = Case.objects.get(pk=number)
    assert new.red_at > old.red_at
    Job.objects.bulk_create(  # timers of the old deadline that a worker had taken already
        Job(**(job | {"id": job["id"] + 1_000_000, "dedup_key": None})) for job in jobs
    )
    with clock.frozen(new.red_at + timedelta(seconds=30)):
        alerts_run(number)
    raised = dict(Alert.objects.filter(case_id=number).values_list("kind", "deadline"))
    assert raised["amber"] == new.amber_at
    assert raised["red"] == new.red_at
    assert Alert.objects.filter(case_id=number).count() == len(raised)


# Strangers, states and the database ----------------------------------------------------------------


def test_a_stranger_and_an_officer_cannot_ask(rich):
    number = lodged(rich, presented=False)
    message = with_price(declaration_snapshot(number).message, "400")
    with pytest.raises(NotFound):
        amend(number, accounts.actor(Role.TRADER), message)
    with pytest.raises(NotPermitted):
        amend(number, accounts.actor(Role.OFFICER), message)


def test_ch_rea_01_a_change_without_a_reason_is_refused(rich):
    from clearance.services.changes import change_request

    number = lodged(rich, presented=False)
    wanted = asked(with_price(declaration_snapshot(number).message, "400"), reason="  ")
    with pytest.raises(RuleViolated) as error:
        change_request(actor=actor_of(rich), declaration_id=number, base_version=1, asked=wanted)
    assert rules_of(error) == ["CH-REA-01"]


def test_the_trigger_of_the_life_cycle_of_changes_knows_every_pair_of_the_table():
    assert list(CHANGE.pairs()) == import_module("declarations.migrations.0005_changes_guards").CHANGE_PAIRS


def refused(sql, *parameters):
    def act():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError) as error:
        act()
    return str(error.value)


def test_the_database_keeps_what_was_asked_and_decided(rich):
    number = risky(rich)
    invalidate(number, actor_of(rich))
    where = "WHERE declaration_id = %s"
    assert "what was asked" in refused(f"UPDATE declarations_changerequest SET reason = 'x' {where}", number)
    change_withdraw(actor=actor_of(rich), declaration_id=number, number=1)
    assert "never changes" in refused(f"UPDATE declarations_changerequest SET state = 'GRANTED' {where}", number)
    assert "never changes" in refused(f"DELETE FROM declarations_changerequest {where}", number)


def test_the_database_takes_no_new_version_without_a_granted_change(rich):
    number = lodged(rich, presented=False)
    sql = "UPDATE declarations_declaration SET content = '{}', version = version + 1 WHERE id = %s"
    assert "no change that was granted" in refused(sql, number)


def test_the_database_takes_new_content_of_a_cleared_declaration_only_under_its_change(rich):
    number = lodged(rich)
    sql = "UPDATE declarations_declaration SET content = '{}', version = version + 1 WHERE id = %s"
    assert "never changes" in refused(sql, number)
    assert "never changes" in refused("DELETE FROM declarations_goodsitem WHERE declaration_id = %s", number)


def test_versions_are_append_only(rich):
    number = lodged(rich, presented=False)
    amend(number, actor_of(rich), with_price(declaration_snapshot(number).message, "400"))
    assert "append-only" in refused(
        "UPDATE declarations_declarationversion SET reason = 'x' WHERE declaration_id = %s", number
    )
