"""Lodging: a message becomes one numbered declaration, or leaves no trace."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import orjson
import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from declarations.messages import parse
from declarations.models import Declaration, GoodsItem, TransportEquipment
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge, mrn
from declarations.states import GoodsState, LegalState
from declarations.types import Channel
from singlewindow.accounts.types import Actor, MandateScope
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, FormatRefused, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.mrn import mrn_is_valid
from tests.declarations.conftest import Filer, filer, mandate
from tests.factories.declarations import export_message, import_message

pytestmark = pytest.mark.django_db


def lodge(by: Filer, message: DeclarationMessage) -> object:
    return declaration_lodge(message=message, actor=by.actor, channel=Channel.JSON)


def everything_stored() -> dict[str, int]:
    tables = (Declaration, GoodsItem, TransportEquipment, Event, PartyEvent, Job)
    return {table.__name__: table.objects.count() for table in tables}


def refuse_two(message: DeclarationMessage, actor: Actor) -> Iterator[Violation]:
    """A check as another application adds it."""
    yield Violation("TS-001", "/items/0/commodity_code", "The first thing that is wrong.")
    yield Violation("TS-002", "/items/1/origin", "The second thing that is wrong.")


def test_a_lodged_import_is_registered_numbered_and_read_back_as_it_was(trader: Filer) -> None:
    message = import_message(3, trader=trader.identifier)
    lodged = declaration_lodge(message=message, actor=trader.actor, channel=Channel.JSON)

    assert mrn_is_valid(lodged.mrn)
    assert lodged.mrn[2:8] == "ZZ0101"
    assert lodged.mrn[16] == "R"
    snapshot = declaration_snapshot(lodged.id)
    assert snapshot.message == message
    assert snapshot.content_sha256 == lodged.canonical_sha256 == message.sha256()
    assert (snapshot.legal_state, snapshot.goods_state) == (LegalState.REGISTERED, GoodsState.PRESENTED)
    assert snapshot.presented_at == snapshot.lodged_at
    assert snapshot.lodged_by == snapshot.declarant_org == snapshot.trader_org == trader.organisation.pk
    assert list(GoodsItem.objects.order_by("number").values_list("number", "hs6")) == [
        (item.number, item.hs6) for item in message.items
    ]
    assert TransportEquipment.objects.get().equipment_id == "CSQU3054383"


def test_an_export_lodged_before_the_goods_are_there_waits_for_them(trader: Filer) -> None:
    lodged = declaration_lodge(
        message=export_message(trader=trader.identifier, presented=False), actor=trader.actor, channel=Channel.XML
    )
    snapshot = declaration_snapshot(lodged.id)
    assert (snapshot.direction, snapshot.channel, lodged.mrn[16]) == ("export", Channel.XML, "A")
    assert (snapshot.goods_state, snapshot.presented_at) == (GoodsState.EXPECTED, None)
    assert snapshot.expires_at == snapshot.lodged_at + timedelta(days=30)


def test_every_step_of_a_lodgement_is_recorded_and_told(trader: Filer) -> None:
    lodged = declaration_lodge(
        message=import_message(trader=trader.identifier), actor=trader.actor, channel=Channel.JSON
    )
    events = list(Event.objects.filter(subject_id=str(lodged.id)).order_by("id"))
    assert [event.verb for event in events] == [
        "declaration.submitted",
        "declaration.registered",
        "goods.presented",
    ]
    told = [orjson.loads(bytes(event.canonical)) for event in events]
    assert all(told[i]["after"] == told[i + 1]["before"] for i in range(2))
    assert told[-1]["after"] == declaration_snapshot(lodged.id).digest()
    notice = PartyEvent.objects.get(subject_id=str(lodged.id))
    assert (notice.type, notice.organisation_id) == ("registered", trader.organisation.pk)
    assert notice.data["mrn"] == lodged.mrn
    assert notice.data["function_code"] == "02"


def test_a_pre_lodged_declaration_has_a_timer_for_its_end(trader: Filer) -> None:
    lodged = declaration_lodge(
        message=import_message(trader=trader.identifier, presented=False), actor=trader.actor, channel=Channel.JSON
    )
    timer = Job.objects.get(kind="declarations.tasks.expire")
    assert (timer.subject_id, timer.not_before) == (str(lodged.id), lodged.expires_at)


def test_all_violations_of_all_checks_are_reported_and_nothing_is_left(trader: Filer, settings: Settings) -> None:
    settings.LODGEMENT_CHECKS = [f"{__name__}.refuse_two"]
    before = everything_stored()
    with pytest.raises(RuleViolated) as caught:
        lodge(trader, import_message(2, trader=trader.identifier))
    assert [violation.rule for violation in caught.value.violations] == ["TS-001", "TS-002"]
    assert everything_stored() == before


def test_the_second_use_of_an_lrn_is_refused_with_the_number_of_the_first(trader: Filer) -> None:
    message = import_message(trader=trader.identifier)
    first = declaration_lodge(message=message, actor=trader.actor, channel=Channel.JSON)
    before = everything_stored()
    for again in (message, import_message(2, trader=trader.identifier, lrn=message.lrn)):
        with pytest.raises(Conflict, match=first.mrn) as caught:
            lodge(trader, again)
        assert caught.value.code == "duplicate_lrn"
    assert everything_stored() == before


def test_the_same_lrn_of_another_organisation_is_another_declaration(trader: Filer, stranger: Filer) -> None:
    lodge(trader, import_message(trader=trader.identifier, lrn="SAME"))
    lodge(stranger, import_message(trader=stranger.identifier, lrn="SAME"))
    assert Declaration.objects.filter(lrn="SAME").count() == 2


@pytest.mark.django_db(transaction=True)
def test_L8_one_lrn_lodged_by_many_at_once_gives_one_number() -> None:
    by, together = filer(), Barrier(6)
    message = import_message(5, trader=by.identifier)

    def attempt(_: int) -> str:
        together.wait()
        try:
            return declaration_lodge(message=message, actor=by.actor, channel=Channel.JSON).mrn
        except Conflict as refused:
            return refused.code
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(6)))
    assert outcomes.count("duplicate_lrn") == 5
    stored = Declaration.objects.get()
    assert stored.mrn in outcomes
    assert GoodsItem.objects.count() == 5
    assert Event.objects.count() == 3


@pytest.mark.parametrize(("bills", "asked"), [((), 0), (("MAEU1", "MAEU2"), 1)], ids=["no bill", "two bills"])
def test_lodging_costs_one_statement_beside_its_transaction_and_a_question_for_tariff_and_bills(
    trader: Filer, bills: tuple[str, ...], asked: int
) -> None:
    lodge(trader, import_message(trader=trader.identifier))
    named = [{"category": "Z", "type": "705", "id": bill} for bill in bills]
    message = import_message(10, trader=trader.identifier, previous_documents=named)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        lodge(trader, message)
    writes = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(writes) == 2 + asked  # what is prohibited depends on the tariff that stands
    assert writes[-1].startswith("WITH")


def test_a_party_that_the_window_does_not_know_is_recorded_and_not_refused(trader: Filer) -> None:
    message = import_message(trader="GB123456789000")
    snapshot = declaration_snapshot(declaration_lodge(message=message, actor=trader.actor, channel=Channel.XML).id)
    assert (snapshot.lodged_by, snapshot.declarant_org) == (trader.organisation.pk, None)


class TestMandates:
    """A4 and DL-AUT."""

    def test_a_broker_files_under_a_mandate_and_both_are_told(self, trader: Filer, broker: Filer) -> None:
        mandate(trader, broker)
        lodged = declaration_lodge(
            message=import_message(trader=trader.identifier), actor=broker.actor, channel=Channel.JSON
        )
        snapshot = declaration_snapshot(lodged.id)
        assert (snapshot.lodged_by, snapshot.declarant_org) == (broker.organisation.pk, trader.organisation.pk)
        told = set(PartyEvent.objects.filter(subject_id=str(lodged.id)).values_list("organisation_id", flat=True))
        assert told == {broker.organisation.pk, trader.organisation.pk}
        event = Event.objects.filter(subject_id=str(lodged.id)).first()
        assert event is not None
        assert orjson.loads(bytes(event.canonical))["on_behalf_of"] == trader.identifier

    @pytest.mark.parametrize("how", ["never mandated", "ended", "withdrawn", "for exports only"])
    def test_A4_without_a_mandate_in_force_a_broker_is_refused(self, trader: Filer, broker: Filer, how: str) -> None:
        if how == "ended":
            mandate(trader, broker, days=-1)
        elif how == "withdrawn":
            given = mandate(trader, broker)
            given.revoked_at = clock.now()  # type: ignore[attr-defined]
            given.save()  # type: ignore[attr-defined]
        elif how == "for exports only":
            mandate(trader, broker, MandateScope.EXPORT)
        before = everything_stored()
        with pytest.raises(NotPermitted) as caught:
            lodge(broker, import_message(trader=trader.identifier))
        assert [v.pointer for v in caught.value.violations] == ["/declarant/id", "/importer/id"]
        assert everything_stored() == before

    def test_A4_a_broker_who_declares_in_its_own_name_needs_the_mandate_of_the_importer(
        self, trader: Filer, broker: Filer
    ) -> None:
        message = import_message(trader=trader.identifier, declarant={"id": broker.identifier})
        with pytest.raises(NotPermitted):
            lodge(broker, message)
        mandate(trader, broker)
        lodge(broker, message)

    def test_the_foreign_party_of_an_import_gives_nobody_a_mandate(self, trader: Filer, stranger: Filer) -> None:
        lodge(trader, import_message(trader=trader.identifier, exporter={"id": stranger.identifier}))

    def test_whoever_files_for_nobody_cannot_lodge(self, officer: Actor) -> None:
        with pytest.raises(NotPermitted):
            declaration_lodge(message=import_message(), actor=officer, channel=Channel.JSON)


class TestNumbers:
    """K5: the MRN."""

    @pytest.mark.parametrize(
        ("at", "year"),
        [
            (datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC), "26"),
            (datetime(2026, 12, 31, 21, 0, 0, tzinfo=UTC), "27"),
        ],
        ids=["last second of the year in Nairobi time", "first second of the new one"],
    )
    def test_the_year_is_that_of_the_country(self, trader: Filer, at: datetime, year: str) -> None:
        with clock.frozen(at):
            lodged = declaration_lodge(
                message=import_message(trader=trader.identifier), actor=trader.actor, channel=Channel.JSON
            )
        assert lodged.mrn[:2] == year

    def test_a_foreign_or_missing_office_gives_no_part_of_the_number(self, trader: Filer) -> None:
        lodged = declaration_lodge(
            message=import_message(trader=trader.identifier, office="GB000060"),
            actor=trader.actor,
            channel=Channel.XML,
        )
        assert lodged.mrn[4:8] == mrn.NO_OFFICE

    def test_a_thousand_serials_taken_by_many_threads_are_a_thousand(self) -> None:
        taker = mrn._Serials()

        def take(_: int) -> list[int]:
            try:
                return [taker.take() for _ in range(100)]
            finally:
                connection.close()

        with ThreadPoolExecutor(5) as pool:
            taken = [number for part in pool.map(take, range(10)) for number in part]
        assert len(set(taken)) == 1000

    def test_another_process_never_goes_on_with_the_block_of_its_parent(self) -> None:
        taker = mrn._Serials()
        first = taker.take()
        taker._owner -= 1
        assert taker.take() // mrn.BLOCK != first // mrn.BLOCK

    @pytest.mark.parametrize(("number", "text"), [(0, "00000000"), (35, "0000000Z"), (36, "00000010")])
    def test_serials_are_written_in_36_signs(self, number: int, text: str) -> None:
        assert mrn.base36(number, 8) == text

    def test_a_serial_that_is_too_long_is_refused_rather_than_cut(self) -> None:
        with pytest.raises(ValueError, match="8 places"):
            mrn.base36(36**8, 8)


def test_real_messages_are_stored_and_read_back_as_they_came(shared_inputs: Path) -> None:
    """Every sixth of the real XML messages: what the rules take, the tables take too."""
    lodged = 0
    for path in sorted((shared_inputs / "cds-dec").rglob("*.xml"))[::6]:
        try:
            message = parse(path.read_bytes(), "application/xml").message
            receipt = declaration_lodge(message=message, actor=filer().actor, channel=Channel.XML)
        except (FormatRefused, RuleViolated):
            continue
        assert declaration_snapshot(receipt.id).message == message
        lodged += 1
    assert lodged > 20
