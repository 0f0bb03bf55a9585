"""Drafts: kept as they are, by whoever may file, seen by nobody else, lodged once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from declarations.models import Declaration
from declarations.selectors import declaration_page_for, declaration_snapshot, draft_for
from declarations.services import declaration_lodge, draft_copy, draft_discard, draft_save
from declarations.states import LegalState
from declarations.types import Channel, Draft
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import Event
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import (
    Conflict,
    NotFound,
    NotPermitted,
    PreconditionFailed,
    RuleViolated,
    TransitionRefused,
)
from tests.declarations.conftest import Filer, mandate
from tests.factories.declarations import import_json, import_message

pytestmark = pytest.mark.django_db


def save(by: Filer, content: Mapping[str, Any], **more: Any) -> Draft:
    return draft_save(actor=by.actor, organisation_id=by.organisation.pk, content=content, **more)


def test_a_draft_is_kept_as_far_as_it_is_written(trader: Filer) -> None:
    draft = save(trader, {"lrn": "D-1", "type_code": "EXD", "items": [{"number": 1}]})
    again = save(trader, {**draft.content, "office": "ZZ000101"}, declaration_id=draft.id, version=draft.version)
    kept = draft_for(trader.actor, draft.id)
    assert (kept.content, kept.version) == (again.content, 2)
    row = Declaration.objects.get()
    assert (row.legal_state, row.mrn, row.lrn, row.direction, row.item_count) == ("DRAFT", None, "D-1", "export", 1)
    assert Event.objects.get().verb == "declaration.drafted"
    assert not Job.objects.exists()


def test_two_windows_do_not_overwrite_each_other(trader: Filer) -> None:
    draft = save(trader, {})
    save(trader, {"lrn": "A"}, declaration_id=draft.id, version=1)
    with pytest.raises(PreconditionFailed):
        save(trader, {"lrn": "B"}, declaration_id=draft.id, version=1)
    assert draft_for(trader.actor, draft.id).content == {"lrn": "A"}


def test_a_draft_of_another_organisation_does_not_exist(trader: Filer, stranger: Filer) -> None:
    draft = save(trader, {"lrn": "SECRET"})
    with pytest.raises(NotFound):
        draft_for(stranger.actor, draft.id)
    with pytest.raises(NotFound):
        save(stranger, {}, declaration_id=draft.id, version=1)
    with pytest.raises(NotFound):
        draft_discard(actor=stranger.actor, declaration_id=draft.id)
    with pytest.raises(NotFound):
        declaration_lodge(
            message=import_message(trader=stranger.identifier),
            actor=stranger.actor,
            channel=Channel.WEB,
            draft_id=draft.id,
        )
    assert draft_for(trader.actor, draft.id).content == {"lrn": "SECRET"}


def test_drafts_are_written_for_those_one_may_file_for(trader: Filer, broker: Filer, officer: Actor) -> None:
    with pytest.raises(NotPermitted):
        draft_save(actor=broker.actor, organisation_id=trader.organisation.pk, content={})
    mandate(trader, broker)
    draft = draft_save(actor=broker.actor, organisation_id=trader.organisation.pk, content={})
    assert draft_for(broker.actor, draft.id).organisation_id == trader.organisation.pk
    with pytest.raises(NotFound):
        draft_for(trader.actor, draft.id)
    with pytest.raises(NotPermitted):
        draft_save(actor=officer, organisation_id=trader.organisation.pk, content={})


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 1_100_000], ids=["NUL", "surrogate", "too large"])
def test_DL_DRF_what_the_database_cannot_keep_is_refused_in_a_sentence(trader: Filer, text: str) -> None:
    with pytest.raises(RuleViolated) as caught:
        save(trader, {"lrn": "D", "items": [{"description": text}]})
    assert caught.value.violations[0].rule == "DL-DRF"
    assert not Declaration.objects.exists()


def test_a_draft_is_lodged_once_and_keeps_its_id(trader: Filer) -> None:
    content = import_json(2, trader=trader.identifier)
    draft = save(trader, content)
    save(trader, content, declaration_id=draft.id, version=1)
    message = import_message(2, trader=trader.identifier, lrn=content["lrn"])
    lodged = declaration_lodge(message=message, actor=trader.actor, channel=Channel.WEB, draft_id=draft.id)
    with pytest.raises(TransitionRefused):
        declaration_lodge(message=message, actor=trader.actor, channel=Channel.WEB, draft_id=draft.id)

    snapshot = declaration_snapshot(lodged.id)
    assert lodged.id == draft.id
    assert (snapshot.mrn, snapshot.version, snapshot.legal_state) == (lodged.mrn, 1, LegalState.REGISTERED)
    row = Declaration.objects.get()
    assert row.draft is None
    assert row.items.count() == 2
    assert [event.verb for event in Event.objects.order_by("id")] == [
        "declaration.drafted",
        "declaration.submitted",
        "declaration.registered",
        "goods.presented",
    ]


def test_a_draft_with_an_lrn_that_was_used_stays_a_draft(trader: Filer) -> None:
    first = declaration_lodge(
        message=import_message(trader=trader.identifier, lrn="USED"), actor=trader.actor, channel=Channel.JSON
    )
    draft = save(trader, {"lrn": "USED"})
    with pytest.raises(Conflict, match=first.mrn):
        declaration_lodge(
            message=import_message(trader=trader.identifier, lrn="USED"),
            actor=trader.actor,
            channel=Channel.WEB,
            draft_id=draft.id,
        )
    assert draft_for(trader.actor, draft.id).content == {"lrn": "USED"}


def test_a_draft_is_thrown_away_and_a_lodged_one_is_not(trader: Filer) -> None:
    draft = save(trader, {})
    draft_discard(actor=trader.actor, declaration_id=draft.id)
    with pytest.raises(NotFound):
        draft_for(trader.actor, draft.id)
    lodged = declaration_lodge(
        message=import_message(trader=trader.identifier), actor=trader.actor, channel=Channel.WEB
    )
    with pytest.raises(TransitionRefused):
        draft_discard(actor=trader.actor, declaration_id=lodged.id)


def test_a_copy_leaves_out_what_belongs_to_one_consignment(trader: Filer, stranger: Filer) -> None:
    message = import_message(2, trader=trader.identifier)
    lodged = declaration_lodge(message=message, actor=trader.actor, channel=Channel.XML)
    copy = draft_copy(actor=trader.actor, from_id=lodged.id)
    assert len(copy.content["items"]) == 2  # type: ignore[arg-type]
    assert not {"lrn", "previous_documents"} & copy.content.keys()
    assert copy.organisation_id == trader.organisation.pk
    with pytest.raises(NotFound):
        draft_copy(actor=stranger.actor, from_id=lodged.id)
    with pytest.raises(NotFound):
        draft_copy(actor=trader.actor, from_id=UUID(int=1))


def test_drafts_stand_in_the_list_of_their_writer_and_of_nobody_else(
    trader: Filer, broker: Filer, officer: Actor
) -> None:
    mandate(trader, broker)
    own = save(trader, {})
    for_trader = draft_save(actor=broker.actor, organisation_id=trader.organisation.pk, content={})
    assert [row.id for row in declaration_page_for(trader.actor).rows] == [own.id]
    assert [row.id for row in declaration_page_for(broker.actor).rows] == [for_trader.id]
    assert not declaration_page_for(officer).rows
