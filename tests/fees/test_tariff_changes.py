"""FE-TAR-10 to FE-TAR-12: a tariff that stands is changed by two people, and by nothing else."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from fees.models import Charge, Measure, TariffChange, TariffChangeRow, TariffVersion
from fees.selectors import tariff_current
from fees.selectors.changes import change_for, change_rows_for
from fees.services import tariff_load
from fees.services.tariff import change_discard, change_propose, change_read, charges_publish
from fees.services.tariff.sheets import CHARGES
from fees.services.tariff.versions import standing_rows
from fees.states import TARIFF_CHANGE, TariffChangeState
from fees.types import RowAction
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.services import proposal_decide, proposal_withdraw
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from tests.factories import accounts
from tests.factories.tariff import (
    ADMINISTRATOR,
    FIRST,
    SECOND,
    agree,
    changed,
    coffee_at,
    files,
    put_in_force,
)

pytestmark = pytest.mark.django_db


def rate(code: str = "090121") -> str:
    found = tariff_current().measures_on(date(2026, 11, 20))
    return next(one.expression.text for one in found if one.prefix == code and one.kind == "duty")


def state_of(change_id: object) -> str:
    return TariffChange.objects.get(pk=change_id).state


def test_FE_TAR_10_a_change_that_was_read_changes_nothing_before_a_second_person_agrees(loaded_whole):
    change_id = change_read(files=coffee_at("9.5 %"), actor=FIRST)
    assert (state_of(change_id), rate()) == ("DRAFT", "7.5 %")
    proposal = change_propose(change_id=change_id, actor=FIRST)
    assert (state_of(change_id), rate()) == ("PROPOSED", "7.5 %")
    agree(proposal, by=SECOND)
    assert (state_of(change_id), rate()) == ("LIVE", "9.5 %")
    version = TariffVersion.objects.latest("id")
    assert (version.basis, version.change_id) == ("change", change_id)
    assert Event.objects.filter(verb="tariff_change.live", subject_id=str(change_id)).count() == 1


def test_FE_TAR_10_neither_who_read_it_nor_who_proposed_it_can_agree(loaded_whole):
    change_id = change_read(files=coffee_at("9.5 %"), actor=ADMINISTRATOR)
    proposal = change_propose(change_id=change_id, actor=FIRST)
    for one in (FIRST, ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            proposal_decide(proposal_id=proposal, actor=one, grant=True, reason="I know it is right.")
    agree(proposal, by=SECOND)
    assert rate() == "9.5 %"


@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.RISK_ANALYST, Role.AUDITOR, Role.AGENCY_OFFICER])
def test_FE_TAR_10_others_prepare_nothing(loaded_whole, role):
    with pytest.raises(NotPermitted):
        change_read(files=coffee_at("9.5 %"), actor=accounts.actor(role))
    with pytest.raises(NotFound):
        change_for(accounts.actor(Role.TRADER), change_read(files=coffee_at("9.5 %"), actor=FIRST))


def test_FE_TAR_10_no_part_of_the_window_prepares_a_change(loaded_whole):
    with pytest.raises(NotPermitted):
        change_read(files=coffee_at("9.5 %"), actor=system_actor("fees"))


def test_FE_TAR_10_the_database_refuses_a_version_that_nobody_agreed_to(loaded_whole):
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        TariffVersion.objects.create(sha256="0" * 64, loaded_at="2026-11-23T00:00Z")
    change_id = change_read(files=coffee_at("9.5 %"), actor=FIRST)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        TariffVersion.objects.create(
            sha256="0" * 64, loaded_at="2026-11-23T00:00Z", basis="change", change_id=change_id
        )
    change_propose(change_id=change_id, actor=FIRST)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        TariffChange.objects.filter(pk=change_id).update(state="LIVE")


def test_FE_TAR_12_what_was_read_never_changes(loaded_whole):
    change_id = change_read(files=coffee_at("9.5 %"), actor=FIRST)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        TariffChange.objects.filter(pk=change_id).update(content_sha256="0" * 64)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TariffChangeRow.objects.filter(change_id=change_id).update(after={})


def test_FE_TAR_12_rows_that_are_not_what_was_proposed_do_not_go_live(loaded_whole):
    change_id = change_read(files=coffee_at("9.5 %"), actor=FIRST)
    proposal = change_propose(change_id=change_id, actor=FIRST)
    with connection.cursor() as cursor:  # somebody with the keys of the database switches its guards off
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE fees_tariffchangerow SET after = jsonb_set(after, '{expression}', '\"0.1 %\"')")
        cursor.execute("SET session_replication_role = origin")
    with pytest.raises(RuleViolated) as refused:
        agree(proposal, by=SECOND)
    assert [one.rule for one in refused.value.violations] == ["FE-TAR-12"]
    assert (state_of(change_id), rate()) == ("PROPOSED", "7.5 %")


def test_FE_TAR_11_a_proposal_is_refused_when_the_tariff_moved_since_the_preview(loaded_whole):
    slow = change_read(files=coffee_at("9.5 %"), actor=FIRST)
    late = change_read(files=coffee_at("8.5 %"), actor=FIRST)
    proposal = change_propose(change_id=slow, actor=FIRST)
    changed(coffee_at("12 %"), by=ADMINISTRATOR, agreed_by=SECOND)
    with pytest.raises(Conflict, match="FE-TAR-11"):
        agree(proposal, by=SECOND)
    assert (state_of(slow), rate()) == ("PROPOSED", "12 %")
    with pytest.raises(Conflict, match="FE-TAR-11"):
        change_propose(change_id=late, actor=FIRST)
    assert not change_for(FIRST, slow).base_stands
    proposal_withdraw(proposal_id=proposal, actor=FIRST)
    assert state_of(slow) == "DECLINED"


def test_FE_TAR_10_a_change_that_was_refused_or_put_away_stays_out(loaded_whole):
    refused = change_read(files=coffee_at("9.5 %"), actor=FIRST)
    proposal = change_propose(change_id=refused, actor=FIRST)
    with pytest.raises(Conflict, match="page of proposals"):
        change_discard(change_id=refused, actor=FIRST)
    proposal_decide(proposal_id=proposal, actor=SECOND, grant=False, reason="The law says otherwise.")
    away = change_read(files=coffee_at("8 %"), actor=FIRST)
    change_discard(change_id=away, actor=SECOND)
    assert (state_of(refused), state_of(away), rate()) == ("DECLINED", "DECLINED", "7.5 %")
    for one in (refused, away):
        with pytest.raises(TransitionRefused):
            change_propose(change_id=one, actor=FIRST)


def test_FE_TAR_06_files_that_say_what_stands_make_no_change(loaded_whole):
    with pytest.raises(RuleViolated) as refused:
        change_read(files=files(only=("measures.csv", "charges.csv", "nomenclature.csv")), actor=FIRST)
    assert [one.rule for one in refused.value.violations] == ["FE-TAR-06"]
    assert not TariffChange.objects.exists()


def test_the_preview_shows_the_largest_change_of_a_rate_first_and_counts_by_kind(loaded_whole):
    given = files(
        ("measures.csv", "duty,,090121,1011,import,,7.5 %", "duty,,090121,1011,import,,7.6 %"),
        ("measures.csv", "duty,,090122,1011,import,,9 %", "duty,,090122,1011,import,,90 %"),
        ("measures.csv", "anti_dumping,,2523,PK,import,,11.5 EUR/t", "anti_dumping,,2523,IN,import,,11.5 EUR/t"),
    )
    change_id = change_read(files=given, actor=FIRST)
    head = change_for(FIRST, change_id)
    assert {action: head.total(action) for action in RowAction} == {"changed": 2, "added": 1, "ended": 1}
    assert [(count["kind"], count["changed"]) for count in head.counts] == [("anti_dumping", 0), ("duty", 2)]
    rows = change_rows_for(FIRST, change_id).rows
    assert rows[0].before is not None
    assert rows[0].after is not None
    assert (rows[0].before["expression"], rows[0].after["expression"]) == ("9 %", "90 %")
    assert {row.action for row in rows[2:]} | {rows[1].action} == set(RowAction)
    first = change_rows_for(FIRST, change_id, size=3)
    second = change_rows_for(FIRST, change_id, size=3, cursor=first.next_cursor)
    assert [row.number for row in (*first.rows, *second.rows)] == [1, 2, 3, 4]


def test_FE_TAR_09_the_digest_covers_every_row_whichever_way_it_came(loaded_whole):
    first = TariffVersion.objects.latest("id").sha256
    changed(coffee_at("9.5 %"))
    assert TariffVersion.objects.latest("id").sha256 != first
    changed(files(), by=SECOND, agreed_by=FIRST)
    assert TariffVersion.objects.latest("id").sha256 == first


def test_FE_TAR_09_charges_are_published_without_touching_the_tariff(loaded_whole):
    ended, row = next((row_id, row) for row_id, row in standing_rows(CHARGES).items() if row["code"] == "CUS-EXP")
    fresh = row | {"amount": row["amount"] + 1}
    with unit_of_work() as work:
        version = charges_publish(work, rows=[fresh], ended=[ended], actor=FIRST)
    assert (version.basis, version.change_id) == ("schedule", None)
    assert Charge.objects.get(code="CUS-EXP", version_to=None).amount == row["amount"] + 1
    standing = Measure.objects.filter(version_to=None, prefix="090121")
    with pytest.raises(DatabaseError, match="begin and end only"), transaction.atomic():
        standing.update(version_to=version.pk)


def test_the_states_are_those_of_the_table():
    assert set(TARIFF_CHANGE.states) == set(TariffChangeState)
    assert set(TARIFF_CHANGE.pairs()) == {
        ("DRAFT", "DECLINED"), ("DRAFT", "PROPOSED"), ("PROPOSED", "DECLINED"), ("PROPOSED", "LIVE"),
    }  # fmt: skip


def test_the_command_proposes_a_change_as_a_person_who_proves_it(loaded_whole, tmp_path, monkeypatch):
    person = accounts.user(Role.SUPERVISOR)
    for name, content in coffee_at("9.5 %").items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("CSW_PASSWORD", "wrong")
    with pytest.raises(CommandError, match="do not fit"):
        call_command("load_fees", str(tmp_path), by=person.username)
    monkeypatch.setenv("CSW_PASSWORD", accounts.PASSWORD)
    out = StringIO()
    call_command("load_fees", str(tmp_path), by=person.username, stdout=out)
    assert "when another person agrees" in out.getvalue()
    assert TariffChange.objects.get().state == "PROPOSED"
    assert rate() == "7.5 %"


def test_a_supervisor_and_an_administrator_do_the_whole_walk(loaded_whole):
    change_id = change_read(files=coffee_at("9.5 %"), actor=ADMINISTRATOR)
    put_in_force(change_id, by=ADMINISTRATOR, agreed_by=FIRST)
    assert rate() == "9.5 %"


def test_the_first_load_of_a_database_needs_nobody():
    assert tariff_load().changed
    assert TariffVersion.objects.get().basis == "first"
