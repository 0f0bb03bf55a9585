"""Reads: pages, searches, counts and histories, each for whom it concerns."""

import re
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.pofile import read_po
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations import selectors, services
from declarations.models import Declaration
from declarations.selectors import (
    ListFilter,
    declaration_list_for,
    declaration_page_for,
    declaration_snapshot,
    declarations_counts_for,
    timeline,
)
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, Lodged
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import VISITOR, Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import NotFound
from tests.declarations.conftest import Filer, mandate
from tests.factories import accounts
from tests.factories.declarations import import_message

pytestmark = pytest.mark.django_db


def lodge(by: Filer, *, trader: Filer | None = None, **changes: object) -> Lodged:
    message = import_message(trader=(trader or by).identifier, **changes)
    return services.declaration_lodge(message=message, actor=by.actor, channel=Channel.JSON)


def ids(actor: Actor, **narrow: object) -> Sequence[UUID]:
    return [row.id for row in declaration_page_for(actor, narrow=ListFilter(**narrow)).rows]  # type: ignore[arg-type]


def test_the_page_and_the_queryset_show_the_same_to_everyone(
    trader: Filer, broker: Filer, stranger: Filer, officer: Actor
) -> None:
    mandate(trader, broker)
    lodge(trader)
    lodge(broker, trader=trader)
    lodge(stranger)
    services.draft_save(actor=trader.actor, organisation_id=trader.organisation.pk, content={})
    services.draft_save(actor=broker.actor, organisation_id=trader.organisation.pk, content={})
    actors = (trader.actor, broker.actor, stranger.actor, officer, accounts.actor(Role.AUDITOR))
    for actor in (*actors, accounts.actor(Role.AGENCY_OFFICER), VISITOR):
        expected = list(declaration_list_for(actor).order_by("-id").values_list("id", flat=True))
        assert ids(actor) == expected
    assert [len(ids(actor)) for actor in actors] == [3, 3, 1, 3, 3]


def test_an_officer_finds_by_number_reference_container_and_importer(trader: Filer, officer: Actor) -> None:
    lodged = lodge(trader)
    for text in (lodged.mrn, lodged.lrn, lodged.lrn[:8], " csqu3054383 ", trader.identifier):
        assert ids(officer, text=text) == [lodged.id]
    assert ids(trader.actor, text=trader.identifier) == []


def test_a_search_uses_an_index_for_each_meaning_of_the_text(trader: Filer, officer: Actor) -> None:
    lodge(trader)
    with CaptureQueriesContext(connection) as queries:
        ids(officer, text="CSQU3054383")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for index in ("declaration_mrn_once", "declaration_lrn", "equipment_by_id", "declaration_importer"):
        assert index in plan


def test_counts_are_those_of_the_reader(trader: Filer, stranger: Filer, officer: Actor) -> None:
    lodge(trader)
    lodge(trader, presented=False)
    lodge(stranger)
    registered = LegalState.REGISTERED
    assert declarations_counts_for(trader.actor) == {
        (registered, GoodsState.PRESENTED): 1,
        (registered, GoodsState.EXPECTED): 1,
    }
    assert sum(declarations_counts_for(officer).values()) == 3
    assert not declarations_counts_for(VISITOR)


def test_a_snapshot_of_a_draft_or_of_nothing_is_not_found(trader: Filer) -> None:
    draft = services.draft_save(actor=trader.actor, organisation_id=trader.organisation.pk, content={})
    for declaration_id in (draft.id, UUID(int=5)):
        with pytest.raises(NotFound):
            declaration_snapshot(declaration_id)


class TestTimeline:
    """The history for its parties and for officers."""

    @pytest.fixture
    def decided(self, trader: Filer, window: Actor, officer: Actor) -> Lodged:
        lodged = lodge(trader)
        with unit_of_work() as work:
            services.declaration_accept(work, lodged.id, window)
            for verb in (Verb.RISK_ASSESSED, Verb.LANE_CHANGED, Verb.CASE_OPENED):
                event_record(
                    work,
                    actor=officer,
                    verb=verb,
                    subject_type="declaration",
                    subject_id=str(lodged.id),
                    reason="Undervalued; lane RED.",
                )
        with unit_of_work() as work:
            services.declaration_refuse(work, lodged.id, officer, reason="The goods are prohibited.")
        return lodged

    def test_parties_read_no_lane_no_officer_and_no_reason_that_was_not_written_to_them(
        self, decided: Lodged, trader: Filer, officer: Actor
    ) -> None:
        history = timeline(decided.id, trader.actor)
        assert [step.code for step in history.steps] == [
            "declaration.submitted",
            "declaration.registered",
            "goods.presented",
            "declaration.accepted",
            "case.opened",
            "declaration.refused",
        ]
        text = " ".join(f"{step.sentence} {step.who} {step.reason}" for step in history.steps)
        assert "RED" not in text
        assert "Officer" not in text
        assert officer.label not in text
        assert history.steps[-1].who == "Customs"
        assert history.steps[-1].reason == "The goods are prohibited."
        assert history.next_step

    def test_officers_read_everything_with_names(self, decided: Lodged, officer: Actor) -> None:
        history = timeline(decided.id, officer)
        assert len(history.steps) == 8
        assert {step.who for step in history.steps} >= {"Officer", "Trader", "Single window (clearance)"}
        assert any(step.reason == "Undervalued; lane RED." for step in history.steps)
        assert all(step.sentence.endswith(".") for step in history.steps)

    def test_a_history_costs_three_queries_at_the_most(self, decided: Lodged, trader: Filer, officer: Actor) -> None:
        assert User.objects.count() >= 2
        for actor, queries in ((trader.actor, 2), (officer, 3)):
            with CaptureQueriesContext(connection) as captured:
                timeline(decided.id, actor)
            assert len(captured) == queries

    def test_a_stranger_has_no_history(self, decided: Lodged, stranger: Filer) -> None:
        with pytest.raises(NotFound):
            timeline(decided.id, stranger.actor)


def test_a_deep_page_reads_no_more_than_the_first(trader: Filer) -> None:
    """The cursor goes into the index; what lies before it is not read."""
    for _ in range(3):
        lodge(trader)
    last = Declaration.objects.order_by("id").last()
    assert last is not None
    with CaptureQueriesContext(connection) as queries:
        first = declaration_page_for(trader.actor, size=2)
        declaration_page_for(trader.actor, size=2, cursor=first.next_cursor)
    assert "OFFSET" not in " ".join(query["sql"] for query in queries)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for index in ("declaration_of_filer", "declaration_of_declarant", "declaration_of_trader"):
        assert index in plan


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_of_a_history_is_there_in_each_language(language: str) -> None:
    folder = Path(selectors.__file__).parent.parent / "locale" / language / "LC_MESSAGES"
    with (folder / "django.po").open("rb") as file:
        catalogue = {entry.id: entry.string for entry in read_po(file, locale=language) if entry.id}
    source = (Path(selectors.__file__).parent / "timeline.py").read_text()
    said = re.findall(r'(?:gettext|\b_)\("(.*?)"\)', source)
    assert len(said) > 25
    assert [sentence for sentence in said if not catalogue.get(sentence)] == []
