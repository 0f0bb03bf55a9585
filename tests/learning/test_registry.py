"""LM-REG: a model is registered once, whole, by who may; it never changes and loads as what it was."""

import threading

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import NotFound, NotPermitted
from singlewindow.learning.models import ModelFile, ModelVersion
from singlewindow.learning.selectors import model_load, model_view, models_registered
from singlewindow.learning.services import folder_write, model_register
from singlewindow.learning.types import FrameRefused, ModelView
from tests.factories.accounts import actor, user
from tests.factories.learning import made_frame, made_model, resealed

FILES = made_model().files


@pytest.fixture(autouse=True)
def _nothing_kept_in_memory() -> None:
    model_load.cache_clear()


def registered(role: Role = Role.RISK_ANALYST) -> ModelView:
    with unit_of_work() as work:
        return model_register(work, FILES, actor=actor(role))


@pytest.mark.django_db
def test_LM_REG_an_analyst_registers_a_model_and_an_event_tells_it() -> None:
    view = registered()
    assert (view.hash, view.name, view.spec, view.kind) == (made_model().hash, "made", "risk-data", "lightgbm")
    assert view.data_rows == 1_500
    assert view.figures["labels"]["fraud"]["auc"]["value"] > 0.7
    assert view.card.startswith("# Model card: made")
    assert models_registered() == [view] == [model_view(view.hash)]
    event = Event.objects.get(verb=Verb.MODEL_REGISTERED.value)
    assert event.subject_id == view.hash


@pytest.mark.django_db
def test_LM_REG_a_registered_model_scores_as_the_folder_does() -> None:
    model = model_load(registered().hash)
    rows = made_frame().rows
    assert model.score(rows).tolist() == made_model().model.score(rows).tolist()
    assert model_load(model.hash) is model


@pytest.mark.django_db
def test_LM_REG_again_changes_nothing() -> None:
    assert registered() == registered()
    assert (ModelVersion.objects.count(), Event.objects.filter(verb=Verb.MODEL_REGISTERED.value).count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_LM_REG_nobody_else_registers(role: Role) -> None:
    with pytest.raises(NotPermitted):
        registered(role)
    assert not ModelVersion.objects.exists()


@pytest.mark.django_db
def test_LM_REG_what_is_no_model_leaves_no_row() -> None:
    with pytest.raises(FrameRefused), unit_of_work() as work:
        model_register(work, resealed(FILES, tables_bin=b"no tables"), actor=actor(Role.RISK_ANALYST))
    with pytest.raises(FrameRefused), unit_of_work() as work:
        model_register(work, resealed(FILES, figures_json=b"[]"), actor=actor(Role.RISK_ANALYST))
    with pytest.raises(FrameRefused), unit_of_work() as work:
        model_register(work, resealed(FILES, model_card_md=b"\x00"), actor=actor(Role.RISK_ANALYST))
    assert not ModelVersion.objects.exists()


@pytest.mark.django_db
def test_LM_REG_an_unknown_hash_is_not_found() -> None:
    with pytest.raises(NotFound):
        model_load("0" * 64)
    with pytest.raises(NotFound):
        model_view("0" * 64)


@pytest.mark.django_db
@pytest.mark.parametrize("table", [ModelVersion, ModelFile])
def test_LM_REG_the_database_refuses_change_and_removal(table: type) -> None:
    registered()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        table.objects.update(name="other")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ModelFile.objects.all()._raw_delete("default") if table is ModelFile else table.objects.all()._raw_delete(
            "default"
        )


@pytest.mark.django_db(transaction=True)
def test_LM_REG_two_who_register_one_model_at_once_make_one_of_it() -> None:
    analyst, views, faults = actor(Role.RISK_ANALYST), [], []
    begin = threading.Barrier(4)

    def register() -> None:
        try:
            begin.wait(20)
            with unit_of_work() as work:
                views.append(model_register(work, FILES, actor=analyst).hash)
        except Exception as fault:  # noqa: BLE001  (told below)
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (faults, views) == ([], [made_model().hash] * 4)
    assert Event.objects.filter(verb=Verb.MODEL_REGISTERED.value).count() == 1


@pytest.mark.django_db
def test_LM_REG_the_command_asks_for_the_password(tmp_path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    analyst = user(Role.RISK_ANALYST)
    analyst.set_password("a long enough password")
    analyst.save()
    folder_write(FILES, tmp_path)
    monkeypatch.setenv("CSW_PASSWORD", "a wrong password")
    with pytest.raises(CommandError, match="do not fit"):
        call_command("risk_register", "--model", str(tmp_path), "--by", analyst.username)
    monkeypatch.setenv("CSW_PASSWORD", "a long enough password")
    call_command("risk_register", "--model", str(tmp_path), "--by", analyst.username)
    assert made_model().hash in capsys.readouterr().out
    (tmp_path / "fraud.txt").write_text("other")
    with pytest.raises(CommandError, match="manifest"):
        call_command("risk_register", "--model", str(tmp_path), "--by", analyst.username)
