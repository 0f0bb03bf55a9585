"""Files taken in once, filed part by part, each line on its own, nothing twice and nothing lost."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from declarations.models import Declaration
from declarations.services import declaration_lodge
from declarations.types import Channel
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, FormatRefused, NotFound, NotPermitted
from singlewindow.lowvalue.models import BulkFile, BulkLine, BulkPart
from singlewindow.lowvalue.selectors import bulk_file_for, bulk_lines_of
from singlewindow.lowvalue.services import bulk_file_receive, filing, receiving
from singlewindow.lowvalue.states import FILE, FileState, LineState
from singlewindow.lowvalue.tasks import file_part
from tests.factories import accounts
from tests.factories.declarations import import_message
from tests.factories.lowvalue import as_csv, as_xlsx, cells

Done = Callable[[], None]


def receive(sender: Actor, *rows: tuple[str, ...], name: str = "list.csv") -> Any:
    return bulk_file_receive(body=as_csv(rows), name=name, actor=sender)


def test_good_lines_are_lodged_and_bad_ones_kept_with_every_error(sender: Actor, parts_done: Done) -> None:
    bad = cells(office="ZZ999999", origin="QQ", description="x" * 600)
    file_id = receive(sender, cells(), bad, cells(value="500"), cells())
    assert bulk_file_for(sender, file_id).state is FileState.RECEIVED
    parts_done()
    head = bulk_file_for(sender, file_id)
    assert (head.state, head.lodged, head.failed, head.waiting) == (FileState.DONE, 2, 2, 0)
    failed = bulk_lines_of(sender, file_id, state=LineState.FAILED).rows
    assert [line.line for line in failed] == [3, 4]
    assert [(error.column, error.rule) for error in failed[0].errors] == [("description", "format.too_long")]
    assert [(error.column, error.rule) for error in failed[1].errors] == [("value", "LV-003")]
    assert failed[0].cells == bad


def test_rules_of_low_value_and_of_declarations_are_told_together(sender: Actor, parts_done: Done) -> None:
    file_id = receive(sender, cells(office="ZZ999999", origin="AB", value="500"))
    parts_done()
    (line,) = bulk_lines_of(sender, file_id).rows
    assert {(error.column, error.rule) for error in line.errors} == {
        ("value", "LV-003"),
        ("office", "DL-043"),
        ("origin", "DL-052"),
    }


def test_a_lodged_line_is_a_declaration_like_any_other(sender: Actor, parts_done: Done) -> None:
    file_id = receive(sender, cells(lrn="PK-LIKE"))
    parts_done()
    (line,) = bulk_lines_of(sender, file_id).rows
    row = Declaration.objects.get(pk=line.declaration_id)
    assert (row.lrn, row.mrn, row.channel, row.submitter) == ("PK-LIKE", line.mrn, "bulk", sender.label)
    assert row.lodged_by_id == sender.organisation_id
    told = PartyEvent.objects.filter(organisation_id=sender.organisation_id).values_list("type", flat=True)
    assert set(told) == {"registered", "bulk.done"}
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb.startswith("bulk.")] == ["bulk.received", "bulk.done"]
    assert Job.objects.get(kind="clearance.decide").priority > 5


def test_a_workbook_is_filed_like_a_list(sender: Actor, parts_done: Done) -> None:
    file_id = bulk_file_receive(body=as_xlsx([cells(), cells()]), name="list.xlsx", actor=sender)
    parts_done()
    assert bulk_file_for(sender, file_id).lodged == 2


def test_a_reference_used_before_or_twice_fails_its_line_only(sender: Actor, parts_done: Done) -> None:
    own, consignee = {"id": sender.organisation_identifier}, {"name": "Amina Diallo", "address": {"country": "ZZ"}}
    message = import_message(1, declarant=own, importer=consignee)
    used = declaration_lodge(message=message, actor=sender, channel=Channel.JSON)
    file_id = receive(sender, cells(lrn=used.lrn), cells(lrn="PK-TWICE"), cells(lrn="PK-TWICE"))
    parts_done()
    lines = bulk_lines_of(sender, file_id).rows
    assert [[(error.column, error.rule) for error in line.errors] for line in lines] == [
        [("lrn", "DL-LRN")],
        [],
        [("lrn", "DL-LRN")],
    ]
    assert used.mrn in lines[0].errors[0].message


def test_DL_AUT_a_consignee_who_gave_no_mandate_is_not_filed_for(sender: Actor, parts_done: Done) -> None:
    other = accounts.organisation()
    file_id = receive(sender, cells(consignee_id=other.identifier), cells())
    parts_done()
    lines = bulk_lines_of(sender, file_id).rows
    assert [(error.column, error.rule) for error in lines[0].errors] == [("consignee_id", "DL-AUT")]
    assert lines[1].state is LineState.LODGED


@pytest.mark.parametrize("role", [Role.TRADER, Role.BROKER, Role.OFFICER])
def test_who_is_no_registered_operator_files_nothing(db: None, role: Role) -> None:
    with pytest.raises(NotPermitted):
        receive(accounts.actor(role), cells())
    assert BulkFile.objects.count() == 0


def test_LV_FIL_a_refused_file_leaves_no_row(sender: Actor) -> None:
    with pytest.raises(FormatRefused):
        receive(sender, cells(), cells(description="=cmd|'/c calc'!A0"))
    assert (BulkFile.objects.count(), BulkPart.objects.count(), Job.objects.count()) == (0, 0, 0)
    assert Event.objects.filter(verb="bulk.received").count() == 0


def test_LV_ONE_the_same_file_twice_is_told_with_the_earlier_one(sender: Actor) -> None:
    rows = [cells()]
    first = receive(sender, *rows)
    with pytest.raises(Conflict) as refused:
        receive(sender, *rows, name="other.csv")
    assert refused.value.code == "bulk.same_file"
    assert str(first) in refused.value.detail
    assert BulkFile.objects.count() == 1


def test_another_organisation_may_send_the_same_bytes_and_sees_nothing_of_the_first(sender: Actor) -> None:
    rows = [cells()]
    first = receive(sender, *rows)
    stranger = accounts.actor(Role.OPERATOR)
    assert receive(stranger, *rows) != first
    with pytest.raises(NotFound):
        bulk_file_for(stranger, first)
    with pytest.raises(NotFound):
        bulk_lines_of(stranger, first)


def test_a_part_that_breaks_on_the_way_leaves_nothing_and_is_done_by_its_next_try(
    sender: Actor, parts_done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = receive(sender, *[cells() for _ in range(receiving.PART + 5)])
    real = filing._file_step
    calls: list[int] = []

    def breaks_once(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the worker was killed")
        real(*args)

    monkeypatch.setattr(filing, "_file_step", breaks_once)
    jobs = list(Job.objects.filter(kind=file_part.name).order_by("id").values_list("id", flat=True))
    file_part(jobs)
    head = bulk_file_for(sender, file_id)
    assert (head.state, head.lodged, head.waiting) == (FileState.FILING, receiving.PART, 5)
    assert Declaration.objects.count() == BulkLine.objects.count() == receiving.PART
    parts_done()
    assert (bulk_file_for(sender, file_id).state, Declaration.objects.count()) == (FileState.DONE, receiving.PART + 5)


def test_a_part_whose_job_comes_twice_is_filed_once(sender: Actor, parts_done: Done) -> None:
    file_id = receive(sender, cells(), cells())
    parts_done()
    Job.objects.filter(kind=file_part.name).update(state="todo", done_at=None)
    parts_done()
    assert bulk_file_for(sender, file_id).lodged == Declaration.objects.count() == 2
    assert Event.objects.filter(verb="bulk.done").count() == 1


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads of their own that start together; what each returned or raised."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers[place] = act()
        except Exception as error:  # noqa: BLE001  (looked at by the test)
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_last_parts_done_at_once_exactly_one_ends_the_file() -> None:
    sender = accounts.actor(Role.OPERATOR)
    for _ in range(5):
        Job.objects.all().delete()
        file_id = receive(sender, *[cells() for _ in range(2 * receiving.PART)])
        jobs = list(Job.objects.filter(kind=file_part.name, state="todo").values_list("id", flat=True))
        _at_once(*[lambda job=job: file_part([job]) for job in jobs])
        head = bulk_file_for(sender, file_id)
        assert (head.state, head.lodged) == (FileState.DONE, 2 * receiving.PART)
        assert Event.objects.filter(verb="bulk.done", subject_id=str(file_id)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_part_done_by_two_workers_at_once_is_filed_once() -> None:
    sender = accounts.actor(Role.OPERATOR)
    file_id = receive(sender, *[cells() for _ in range(50)])
    job = Job.objects.get(kind=file_part.name)
    twin = Job.objects.create(kind=job.kind, subject_id=job.subject_id, payload=job.payload)
    _at_once(lambda: file_part([job.pk]), lambda: file_part([twin.pk]))
    assert bulk_file_for(sender, file_id).lodged == Declaration.objects.count() == 50
    assert not Job.objects.filter(kind=job.kind, state="todo").exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_taken_once() -> None:
    sender = accounts.actor(Role.OPERATOR)
    rows = [cells()]
    answers = _at_once(*[lambda: receive(sender, *rows)] * 3)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2
    assert BulkFile.objects.count() == 1


def test_the_database_keeps_the_life_cycle_and_what_became_of_a_line(sender: Actor, parts_done: Done) -> None:
    from importlib import import_module

    guards = import_module("singlewindow.lowvalue.migrations.0002_guards")
    assert sorted(guards.FILE_PAIRS) == list(FILE.pairs())
    file_id = receive(sender, cells())
    parts_done()
    for change in (
        lambda: BulkLine.objects.filter(file_id=file_id).update(lrn="other"),
        lambda: BulkLine.objects.filter(file_id=file_id).delete(),
        lambda: BulkFile.objects.filter(pk=file_id).update(state="RECEIVED", done_at=None),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()


def test_a_file_of_yesterday_whose_scheme_has_ended_fails_its_lines(
    sender: Actor, parts_done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = receive(sender, cells())
    monkeypatch.setattr(filing, "setting_for", lambda declarant: None)
    parts_done()
    (line,) = bulk_lines_of(sender, file_id).rows
    assert [error.rule for error in line.errors] == ["LV-SCH"]


def test_lines_of_a_file_come_in_pages_without_gap(sender: Actor, parts_done: Done) -> None:
    file_id = receive(sender, *[cells(value="500") for _ in range(25)])
    parts_done()
    seen: list[int] = []
    cursor = ""
    while True:
        page = bulk_lines_of(sender, file_id, state=LineState.FAILED, cursor=cursor, size=10)
        seen += [line.line for line in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == list(range(2, 27))
    assert timedelta(0) <= clock.now() - bulk_file_for(sender, file_id).received_at


def test_an_operator_is_a_trader_too(parcels: Organisation) -> None:
    actor = accounts.actor(Role.OPERATOR, of=parcels)
    assert all(actor.may(permission) for permission in accounts.actor(Role.TRADER).permissions)
