"""Many declarations at once: the same rows as one by one, each decided on its own, nothing twice."""

import io
import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command

from declarations.models import Declaration, GoodsItem
from declarations.schemas import DeclarationMessage
from declarations.services import bulk, declaration_lodge, declarations_load, declarations_lodge_many
from declarations.services.batches import BatchReport, Refusal
from declarations.types import Channel, Lodged
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import Conflict, NotPermitted
from tests.declarations.conftest import Filer, filer
from tests.factories.declarations import import_json, lrn_new


def line(owner: Filer, **changes: Any) -> bytes:
    return orjson.dumps(import_json(2, trader=owner.identifier) | changes)


def message(owner: Filer, **changes: Any) -> DeclarationMessage:
    return DeclarationMessage.model_validate(import_json(2, trader=owner.identifier) | changes)


def lodge_many(owner: Filer, *messages: DeclarationMessage) -> list[Lodged | Refusal]:
    with unit_of_work() as work:
        outcomes = declarations_lodge_many(work, messages, actor=owner.actor, channel=Channel.BULK)
        work.copy()
    return outcomes


def totals(reports: Iterator[BatchReport]) -> tuple[int, int, int, list[int]]:
    read = lodged = known = 0
    refused: list[int] = []
    for report in reports:
        read, lodged, known = read + report.read, lodged + report.lodged, known + report.known
        refused += [place for place, _ in report.refused]
    return read, lodged, known, refused


COLUMNS_OF_ITS_OWN = {"id", "mrn", "lrn", "content", "content_sha256", "created_at", "lodged_at", "presented_at"}


def test_a_batch_leaves_the_rows_that_single_lodgements_leave(trader: Filer) -> None:
    awkward = "Back\\slash, \"quotes\" and 'more'"
    one = declaration_lodge(message=message(trader, ucr=awkward), actor=trader.actor, channel=Channel.BULK)
    (many,) = lodge_many(trader, message(trader, ucr=awkward))
    assert isinstance(many, Lodged)
    alike = []
    for lodged in (one, many):
        row = Declaration.objects.filter(pk=lodged.id).values().get()
        alike.append({name: value for name, value in row.items() if name not in COLUMNS_OF_ITS_OWN})
        assert bytes(row["content"]).count(b"slash") == 1
        assert row["content_sha256"] == lodged.canonical_sha256
    assert alike[0] == alike[1]
    for model, name in ((GoodsItem, "declaration_id"), (Event, "subject_id"), (PartyEvent, "subject_id")):
        assert model.objects.filter(**{name: one.id}).count() == model.objects.filter(**{name: many.id}).count() > 0
    kinds = [list(Job.objects.filter(subject_id=lodged.id).values_list("kind", flat=True)) for lodged in (one, many)]
    assert kinds[0] == kinds[1] == ["clearance.decide"]


def test_jobs_of_a_batch_wait_for_those_of_people(trader: Filer) -> None:
    one = declaration_lodge(message=message(trader), actor=trader.actor, channel=Channel.WEB)
    (many,) = lodge_many(trader, message(trader))
    assert isinstance(many, Lodged)
    priorities = [Job.objects.get(subject_id=lodged.id).priority for lodged in (one, many)]
    assert priorities == [5, 8]


def test_each_message_is_decided_on_its_own(trader: Filer, stranger: Filer) -> None:
    twice = lrn_new()
    outcomes = lodge_many(
        trader,
        message(trader, lrn=twice),
        message(trader, declarant={"id": stranger.identifier}),
        message(trader, office="ZZ999999"),
        message(trader, lrn=twice),
        message(trader),
    )
    rules = [[found.rule for found in one.violations] if isinstance(one, Refusal) else [] for one in outcomes]
    assert rules == [[], ["DL-AUT"], ["DL-043"], ["DL-LRN"], []]
    assert Declaration.objects.count() == 2


def test_DL_LRN_a_number_used_before_is_refused_with_its_MRN(trader: Filer) -> None:
    used = lrn_new()
    first = declaration_lodge(message=message(trader, lrn=used), actor=trader.actor, channel=Channel.JSON)
    (refused,) = lodge_many(trader, message(trader, lrn=used, office="ZZ000201"))
    assert isinstance(refused, Refusal)
    assert not refused.known
    assert first.mrn in refused.violations[0].message


def test_who_may_not_lodge_loads_nothing(officer: Any) -> None:
    with pytest.raises(NotPermitted), unit_of_work() as work:
        declarations_lodge_many(work, [], actor=officer, channel=Channel.BULK)


def test_a_load_reports_bad_lines_by_their_number_and_a_second_run_finds_the_rest(trader: Filer) -> None:
    lines = [line(trader) for _ in range(7)]
    lines[2] = b'{"lrn": '
    lines[5] = line(trader, office="ZZ999999")
    assert totals(declarations_load(lines, actor=trader.actor, size=3)) == (7, 5, 0, [3, 6])
    assert totals(declarations_load(lines, actor=trader.actor, size=3)) == (7, 0, 5, [3, 6])
    assert Declaration.objects.count() == 5


def test_the_same_number_in_two_batches_of_a_load_is_lodged_once(trader: Filer) -> None:
    twice = line(trader)
    lines = [twice, line(trader), twice, line(trader)]
    read, lodged, _known, _refused = totals(declarations_load(lines, actor=trader.actor, size=2))
    assert (read, lodged) == (4, 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("processes", [1, 2])
def test_one_process_and_two_lodge_the_same_in_commits_of_their_own(processes: int) -> None:
    owner = filer()
    lines = [line(owner) for _ in range(25)]
    lines[11] = b"[]"
    twice = [*lines, lines[24]]
    read, lodged, known, refused = totals(declarations_load(twice, actor=owner.actor, size=4, processes=processes))
    assert (read, lodged) == (26, 24)
    assert known + len(refused) == 2
    assert 12 in refused
    assert Declaration.objects.count() == 24
    assert Declaration.objects.values("mrn").distinct().count() == 24


@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_left_in_the_middle_keeps_what_was_committed_and_ends_its_process() -> None:
    owner = filer()
    reports = declarations_load((line(owner) for _ in range(2_000)), actor=owner.actor, size=10, processes=2)
    assert next(reports).lodged == 10
    reports.close()  # type: ignore[attr-defined]
    kept = Declaration.objects.count()
    assert 10 <= kept < 2_000
    assert kept % 10 == 0


@pytest.mark.django_db(transaction=True)
def test_a_killed_checking_process_is_told_and_a_second_run_finishes() -> None:
    owner = filer()
    lines = [line(owner) for _ in range(60)]
    reports = declarations_load(lines, actor=owner.actor, size=5, processes=2)
    next(reports)
    (child,) = multiprocessing.active_children()
    child.kill()
    with pytest.raises(RuntimeError, match="ended before its work was done"):
        list(reports)
    kept = Declaration.objects.count()
    assert 5 <= kept < 60
    assert totals(declarations_load(lines, actor=owner.actor, size=5)) == (60, 60 - kept, kept, [])


@pytest.mark.django_db(transaction=True)
def test_a_number_taken_while_the_batch_was_checked_is_found_when_the_batch_is_tried_again() -> None:
    owner = filer()
    taken = message(owner)

    def lines() -> Iterator[bytes]:
        yield orjson.dumps(taken.canonical())
        yield line(owner)

    real = bulk.unit_of_work

    def after_somebody_else() -> Any:
        with suppress(Conflict):
            declaration_lodge(message=taken, actor=owner.actor, channel=Channel.WEB)
        return real()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "unit_of_work", after_somebody_else)
        assert totals(declarations_load(lines(), actor=owner.actor)) == (2, 1, 1, [])
    assert Declaration.objects.count() == 2


def test_the_command_prints_refused_lines_and_the_sum(trader: Filer, tmp_path: Any) -> None:
    file = tmp_path / "lines.ndjson"
    file.write_bytes(b"\n".join([line(trader), b"{}", line(trader)]) + b"\n")
    out, err = io.StringIO(), io.StringIO()
    call_command("load_declarations", file, organisation=trader.identifier, stdout=out, stderr=err)
    assert out.getvalue() == "3 lines: 2 lodged, 0 lodged before, 1 refused.\n"
    assert err.getvalue().startswith("line 2: format.")
    with pytest.raises(CommandError):
        call_command("load_declarations", file, organisation="ZZNOBODY")
