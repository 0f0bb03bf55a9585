"""The steps after lodgement: present, accept, release, refuse, clear, expire; from every wrong state too."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Barrier
from uuid import UUID

import orjson
import pytest
from django.db import connection

from declarations import services
from declarations.models import Declaration
from declarations.selectors import declaration_head, declaration_snapshot
from declarations.services import steps
from declarations.services.steps import step_take
from declarations.states import GOODS, LEGAL, GoodsState, LegalState
from declarations.tasks import expire
from declarations.types import Channel, DeclarationHead, Lodged
from singlewindow.accounts.models import Mandate
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, NotFound, NotPermitted, RuleViolated, TransitionRefused
from tests.declarations.conftest import Filer, filer, mandate
from tests.factories import accounts
from tests.factories.declarations import import_message

pytestmark = pytest.mark.django_db

L, G = LegalState, GoodsState


@pytest.fixture
def arrived(trader: Filer) -> Lodged:
    return lodge(trader, presented=True)


@pytest.fixture
def expected(trader: Filer) -> Lodged:
    return lodge(trader, presented=False)


def lodge(by: Filer, *, presented: bool, trader: str = "") -> Lodged:
    message = import_message(trader=trader or by.identifier, presented=presented)
    return services.declaration_lodge(message=message, actor=by.actor, channel=Channel.JSON)


def take(act: Callable[..., object], declaration_id: UUID, actor: Actor, **more: object) -> None:
    with unit_of_work() as work:
        act(work, declaration_id, actor, **more)


def test_an_import_goes_the_whole_way_and_each_step_follows_from_the_one_before(arrived: Lodged, window: Actor) -> None:
    take(services.declaration_accept, arrived.id, window)
    take(services.goods_control_begin, arrived.id, window)
    take(services.declaration_release, arrived.id, window)
    take(services.declaration_clear, arrived.id, window)

    head = declaration_head(arrived.id)
    assert (head.legal_state, head.goods_state) == (L.CLEARED, G.RELEASABLE)
    assert head.accepted_at == head.lodged_at
    assert head.released_at is not None
    events = [
        orjson.loads(bytes(event.canonical))
        for event in Event.objects.filter(subject_id=str(arrived.id)).order_by("id")
    ]
    assert [event["verb"] for event in events] == [
        "declaration.submitted",
        "declaration.registered",
        "goods.presented",
        "declaration.accepted",
        "control.changed",
        "declaration.released",
        "declaration.cleared",
    ]
    assert all(after["before"] == before["after"] for before, after in pairwise(events))
    notices = PartyEvent.objects.filter(subject_id=str(arrived.id)).order_by("id")
    assert [(notice.type, notice.data["function_code"]) for notice in notices] == [
        ("registered", "02"),
        ("accepted", "01"),
        ("released", "08"),
        ("cleared", "09"),
    ]


def test_steps_in_one_transaction_read_the_row_once(arrived: Lodged, window: Actor) -> None:
    with unit_of_work() as work:
        snapshot = declaration_snapshot(arrived.id, lock=True)
        accepted = services.declaration_accept(work, arrived.id, window, locked=snapshot)
        released = services.declaration_release(work, arrived.id, window, locked=accepted)
    assert released.legal_state is L.RELEASED
    assert declaration_head(arrived.id).digest() == released.digest()


def test_goods_presented_later_are_accepted_from_their_arrival_on(
    expected: Lodged, trader: Filer, window: Actor
) -> None:
    arrival = expected.lodged_at + timedelta(hours=5)
    with clock.frozen(arrival + timedelta(hours=1)):
        services.goods_present(actor=trader.actor, declaration_id=expected.id, at=arrival)
        take(services.declaration_accept, expected.id, window)
    head = declaration_head(expected.id)
    assert head.accepted_at == head.presented_at == arrival


def test_goods_that_arrived_before_lodgement_are_accepted_from_lodgement_on(
    expected: Lodged, trader: Filer, window: Actor
) -> None:
    services.goods_present(actor=trader.actor, mrn=expected.mrn, at=expected.lodged_at - timedelta(days=1))
    take(services.declaration_accept, expected.id, window)
    assert declaration_head(expected.id).accepted_at == expected.lodged_at


def test_nothing_is_accepted_before_its_goods_are_there(expected: Lodged, window: Actor) -> None:
    with pytest.raises(TransitionRefused):
        take(services.declaration_accept, expected.id, window)


def test_refusal_tells_the_parties_why(arrived: Lodged, window: Actor) -> None:
    take(services.declaration_accept, arrived.id, window)
    take(services.declaration_refuse, arrived.id, window, reason="No plant health certificate.")
    notice = PartyEvent.objects.filter(subject_id=str(arrived.id)).order_by("-id")[0]
    assert (notice.type, notice.data["reason"]) == ("refused", "No plant health certificate.")
    assert declaration_head(arrived.id).legal_state is L.REFUSED


LEGAL_STEPS = [step for step in vars(steps).values() if isinstance(step, steps.Step) and step.legal]
GOODS_STEPS = [step for step in vars(steps).values() if isinstance(step, steps.Step) and step.goods]


@pytest.mark.parametrize("state", list(LegalState))
@pytest.mark.parametrize("step", LEGAL_STEPS, ids=lambda step: step.legal)
def test_L9_a_legal_step_from_any_other_state_is_refused(
    arrived: Lodged, window: Actor, step: steps.Step, state: LegalState
) -> None:
    stands = declaration_head(arrived.id)
    head = DeclarationHead(
        **{name: getattr(stands, name) for name in DeclarationHead.__slots__} | {"legal_state": state}
    )
    if step.legal in LEGAL.allowed(state):
        return
    with pytest.raises(TransitionRefused), unit_of_work() as work:
        step_take(work, step, head, window)
    assert declaration_head(arrived.id) == stands


@pytest.mark.parametrize("state", list(GoodsState))
@pytest.mark.parametrize("step", GOODS_STEPS, ids=lambda step: step.goods)
def test_L9_a_step_of_the_goods_from_any_other_state_is_refused(
    arrived: Lodged, window: Actor, step: steps.Step, state: GoodsState
) -> None:
    stands = declaration_head(arrived.id)
    changes = {"goods_state": state, "legal_state": L.ACCEPTED}
    head = DeclarationHead(**{name: getattr(stands, name) for name in DeclarationHead.__slots__} | changes)
    if step.goods in GOODS.allowed(state):
        return
    with pytest.raises(TransitionRefused), unit_of_work() as work:
        step_take(work, step, head, window)
    assert declaration_head(arrived.id) == stands


def test_a_caller_with_an_old_picture_changes_nothing(arrived: Lodged, window: Actor) -> None:
    old = declaration_head(arrived.id)
    take(services.declaration_accept, arrived.id, window)
    with pytest.raises(TransitionRefused, match="in the meantime"), unit_of_work() as work:
        services.declaration_accept(work, arrived.id, window, locked=old)


def test_what_only_the_window_does_no_trader_does(arrived: Lodged, trader: Filer) -> None:
    with pytest.raises(NotPermitted):
        take(services.declaration_accept, arrived.id, trader.actor)


class TestPresentation:
    """DL-PRE: goods_present."""

    def test_the_goods_are_presented_once_and_the_timer_is_gone(self, expected: Lodged, trader: Filer) -> None:
        services.goods_present(actor=trader.actor, declaration_id=expected.id)
        with pytest.raises(TransitionRefused):
            services.goods_present(actor=trader.actor, declaration_id=expected.id)
        assert not Job.objects.filter(kind="declarations.tasks.expire").exists()
        assert PartyEvent.objects.filter(type="presented").count() == 1

    def test_goods_of_a_declaration_that_was_presented_at_lodgement_are_not_presented_again(
        self, arrived: Lodged, trader: Filer
    ) -> None:
        with pytest.raises(TransitionRefused):
            services.goods_present(actor=trader.actor, declaration_id=arrived.id)

    def test_an_arrival_in_the_future_is_refused_and_now_is_not(self, expected: Lodged, trader: Filer) -> None:
        now = clock.now()
        with clock.frozen(now), pytest.raises(RuleViolated) as caught:
            services.goods_present(actor=trader.actor, declaration_id=expected.id, at=now + timedelta(microseconds=1))
        assert caught.value.violations[0].rule == "DL-PRE"
        with clock.frozen(now):
            services.goods_present(actor=trader.actor, declaration_id=expected.id, at=now)

    def test_to_a_stranger_the_declaration_does_not_exist(self, expected: Lodged, stranger: Filer) -> None:
        for name in ({"declaration_id": expected.id}, {"mrn": expected.mrn}, {"mrn": "26ZZ00000000000000"}):
            with pytest.raises(NotFound):
                services.goods_present(actor=stranger.actor, **name)  # type: ignore[arg-type]

    def test_an_officer_may_present_for_anyone_and_an_agency_may_not(self, expected: Lodged, officer: Actor) -> None:
        with pytest.raises(NotPermitted):
            services.goods_present(actor=accounts.actor(Role.AGENCY_OFFICER), declaration_id=expected.id)
        services.goods_present(actor=officer, declaration_id=expected.id)

    def test_A4_a_broker_presents_until_its_mandate_ends(self, trader: Filer, broker: Filer) -> None:
        mandate(trader, broker)
        lodged = lodge(broker, presented=False, trader=trader.identifier)
        Mandate.objects.update(revoked_at=clock.now())
        with pytest.raises(NotPermitted):
            services.goods_present(actor=broker.actor, declaration_id=lodged.id)
        services.goods_present(actor=trader.actor, declaration_id=lodged.id)


class TestExpiry:
    """DL-EXP: thirty days without presentation."""

    @pytest.mark.parametrize(("late", "ended"), [(-1, False), (0, True)], ids=["a second before", "on the second"])
    def test_it_ends_when_its_time_is_over(self, expected: Lodged, window: Actor, late: int, ended: bool) -> None:
        assert expected.expires_at is not None
        with clock.frozen(expected.expires_at + timedelta(seconds=late)):
            take(services.declaration_expire, expected.id, window)
        assert (declaration_head(expected.id).legal_state is L.EXPIRED) is ended

    def test_the_timer_ends_it_once(self, expected: Lodged) -> None:
        assert expected.expires_at is not None
        job = Job.objects.get(kind="declarations.tasks.expire")
        with clock.frozen(expected.expires_at):
            expire([job.pk])
            expire([job.pk])
        assert declaration_head(expected.id).legal_state is L.EXPIRED
        assert Event.objects.filter(verb="declaration.expired").count() == 1

    def test_presented_goods_are_safe_from_a_timer_that_fires_late(
        self, expected: Lodged, trader: Filer, window: Actor
    ) -> None:
        services.goods_present(actor=trader.actor, declaration_id=expected.id)
        assert expected.expires_at is not None
        with clock.frozen(expected.expires_at + timedelta(days=1)):
            take(services.declaration_expire, expected.id, window)
        assert declaration_head(expected.id).legal_state is L.REGISTERED

    def test_goods_cannot_be_presented_to_an_ended_declaration(
        self, expected: Lodged, trader: Filer, window: Actor
    ) -> None:
        assert expected.expires_at is not None
        with clock.frozen(expected.expires_at):
            take(services.declaration_expire, expected.id, window)
        with pytest.raises(TransitionRefused, match="EXPIRED"):
            services.goods_present(actor=trader.actor, declaration_id=expected.id)


@pytest.mark.django_db(transaction=True)
def test_L1_many_releases_at_once_release_once() -> None:
    by, window, together = filer(), system_actor("clearance"), Barrier(8)
    lodged = lodge(by, presented=True)
    take(services.declaration_accept, lodged.id, window)

    def attempt(_: int) -> str:
        together.wait()
        try:
            take(services.declaration_release, lodged.id, window)
        except TransitionRefused as refused:
            return refused.code
        else:
            return "released"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(attempt, range(8)))
    assert outcomes == ["released"] + ["state"] * 7
    assert Event.objects.filter(verb="declaration.released").count() == 1


@pytest.mark.django_db(transaction=True)
def test_presentation_and_expiry_at_once_end_in_one_of_the_two() -> None:
    by, window, together = filer(), system_actor("declarations"), Barrier(2)
    lodged = lodge(by, presented=False)
    assert lodged.expires_at is not None
    due = lodged.expires_at

    def present() -> None:
        services.goods_present(actor=by.actor, declaration_id=lodged.id)

    def attempt(act: Callable[[], object]) -> None:
        with clock.frozen(due):
            together.wait()
            try:
                act()
            except TransitionRefused:
                pass
            finally:
                connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attempt, (present, lambda: take(services.declaration_expire, lodged.id, window))))
    head = declaration_head(lodged.id)
    assert (head.legal_state, head.goods_state) in {(L.EXPIRED, G.EXPECTED), (L.REGISTERED, G.PRESENTED)}


def test_steps_of_an_unknown_declaration_find_nothing(window: Actor) -> None:
    for act in (services.declaration_accept, services.declaration_release, services.declaration_clear):
        with pytest.raises(NotFound):
            take(act, UUID(int=7), window)


def test_a_refused_step_leaves_no_event(arrived: Lodged, window: Actor) -> None:
    before = Event.objects.count()
    with pytest.raises(DomainError):
        take(services.declaration_release, arrived.id, window)
    assert Event.objects.count() == before
    assert Declaration.objects.get().legal_state == "REGISTERED"
