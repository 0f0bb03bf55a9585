"""A declaration lodged in earnest: scored, remembered, and told to its trader in steps; two workers at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections

from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel
from risk.models import PartyHistory, PartyMonth, RiskAssessment
from risk.selectors import lanes_of, risk_result_for, trader_steps_for
from risk.services import history_update, risk_assess
from risk.types import HistoryEvent, Lane
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from tests.factories import accounts
from tests.factories.declarations import import_message
from tests.factories.governance import risk_live
from tests.factories.risk import snapshot

ACTOR = system_actor("tests")


@pytest.mark.django_db
def test_officers_get_reasons_traders_get_steps_and_strangers_get_nothing(all_loaded: None) -> None:
    risk_live()
    trader = accounts.organisation()
    filer, officer = accounts.actor(of=trader), accounts.actor(Role.OFFICER)
    message = import_message(2, trader=trader.identifier, export_country="KP")
    lodged = declaration_lodge(message=message, actor=filer, channel=Channel.JSON)
    told = PartyEvent.objects.count()
    with unit_of_work() as work:
        of = declaration_snapshot(lodged.id)
        result = risk_assess(work, of, actor=ACTOR)
        history_update(work, of, event=HistoryEvent.ACCEPTED)
    assert (result.lane, result.hard) == (Lane.RED, True)
    assert PartyEvent.objects.count() == told

    shown = risk_result_for(lodged.id, officer)
    assert shown.reasons[0].rule == "RM-ALE-04"
    assert shown.reasons[0].lane_without is not Lane.RED
    assert lanes_of([lodged.id], officer) == {lodged.id: (Lane.RED, shown.score)}
    assert lanes_of([lodged.id], filer) == {}

    steps = trader_steps_for(lodged.id, filer)
    assert [step.code.value for step in steps][-1] == "TS-GOODS"
    assert not any("KP" in step.sentence or "RM-" in step.sentence for step in steps)
    with pytest.raises(NotFound):
        trader_steps_for(lodged.id, accounts.actor())
    with pytest.raises(NotFound):
        risk_result_for(lodged.id, filer)

    again = declaration_lodge(message=import_message(2, trader=trader.identifier), actor=filer, channel=Channel.JSON)
    with unit_of_work() as work:
        rules = {r.rule for r in risk_assess(work, declaration_snapshot(again.id), actor=ACTOR).reasons}
    assert not rules & {"RM-PAR-01", "RM-PAR-02", "RM-PAR-03"}


@pytest.mark.django_db(transaction=True)
def test_acceptances_at_once_are_all_counted_and_the_rule_set_is_committed_once(loaded: None) -> None:
    def accept(_: int) -> None:
        with clock.frozen(clock.now()):
            try:
                with unit_of_work() as work:
                    of = snapshot()
                    risk_assess(work, of, actor=ACTOR)
                    history_update(work, of, event=HistoryEvent.ACCEPTED)
            finally:
                close_old_connections()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(accept, range(12)))
    assert RiskAssessment.objects.count() == 12
    assert set(PartyHistory.objects.values_list("side", flat=True)) == {"declarant", "import", "partner"}
    assert set(PartyMonth.objects.values_list("declarations", flat=True)) == {12}
