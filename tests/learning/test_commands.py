"""The commands that train and judge: what they write, what they print, and how they refuse."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.factories.learning import FIRST_DAY, csv_of, frame_csv, made_frame


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Labelled files of an earlier and a later period, and the folder of a model trained on both."""
    folder = tmp_path_factory.mktemp("risk")
    frame = made_frame()
    late = frame.rows.day >= FIRST_DAY + 90
    (folder / "early.csv").write_text(frame_csv(frame.take(~late)))
    (folder / "late.csv").write_text(frame_csv(frame.take(late)))
    paths = {name: str(folder / name) for name in ("early.csv", "late.csv", "model")}
    call_command("risk_train", "--data", paths["early.csv"], "--valid", paths["late.csv"], "--out", paths["model"])
    return paths


def test_the_card_and_the_files_are_written(files: dict[str, str]) -> None:
    names = {path.name for path in Path(files["model"]).iterdir()}
    assert names >= {"manifest.json", "model.json", "tables.bin", "fraud.txt", "critical.txt", "model-card.md"}


def test_judging_prints_every_figure_with_its_interval(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("risk_evaluate", "--model", files["model"], "--data", files["late.csv"], "--json", "--resamples", "50")
    told = json.loads(capsys.readouterr().out)
    assert told["bootstrap"] == {"seed": 1, "resamples": 50, "confidence": 0.95}
    assert told["data"]["overlaps_training"]
    assert "proxy" in told["expected_revenue"]
    for label in ("fraud", "critical"):
        figures = told["labels"][label]
        for group in ("precision_at", "recall_at", "expected_revenue_found_at"):
            assert list(figures[group]) == ["1", "2", "5", "10", "20"]
        for name in ("auc", "average_precision", "f1", "precision", "recall"):
            assert figures[name]["low"] <= figures[name]["value"] <= figures[name]["high"]
        assert figures["goods_not_seen_before"]["rows"] == 0


def test_judging_prints_a_table_for_people(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("risk_evaluate", "--model", files["model"], "--data", files["late.csv"], "--resamples", "5")
    told = capsys.readouterr().out
    assert "the figures flatter it" in told
    assert "| average precision |" in told
    assert "95% intervals: 5 resamples, seed 1" in told


def test_without_a_file_the_outcomes_of_the_window_are_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "LEARNING_ROWS", "tests.factories.learning.made_outcomes")
    call_command("risk_train", "--out", str(tmp_path / "model"))
    assert "model " in capsys.readouterr().out
    assert '"name":"platform"' in (tmp_path / "model" / "model.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["risk_train", "--valid", "late.csv", "--out", "new"], "goes with --data"),
        (["risk_train", "--data", "absent.csv", "--out", "new"], "No such file"),
        (["risk_train", "--data", "wrong.csv", "--out", "new"], "row 2, column Net Mass"),
        (["risk_train", "--data", "late.csv", "--valid", "early.csv", "--out", "new"], "must be later"),
        (["risk_train", "--data", "early.csv", "--out", "."], "no file of a model"),
        (["risk_train", "--data", "early.csv", "--out", "new", "--seed", "-1"], "A seed lies"),
        (["risk_train", "--data", ".", "--out", "new"], "directory"),
        (["risk_evaluate", "--model", "absent", "--data", "late.csv"], "is no folder"),
        (["risk_evaluate", "--model", "model", "--data", "wrong.csv"], "row 2, column Net Mass"),
        (["risk_evaluate", "--model", ".", "--data", "late.csv"], "no file of a model"),
        (["risk_evaluate", "--model", "model", "--data", "late.csv", "--resamples", "0"], "between 1"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(files: dict[str, str], arguments: list[str], says: str) -> None:
    folder = Path(files["model"]).parent
    (folder / "wrong.csv").write_text(csv_of({"Net Mass": "-1"}))
    placed = [
        str(folder / word) if word in {*files, ".", "new", "absent", "absent.csv", "wrong.csv"} else word
        for word in arguments
    ]
    with pytest.raises(CommandError, match=says):
        call_command(*placed)
    assert not (folder / "new").exists()


def test_LM_TRAIN_another_process_with_another_seed_of_hashes_writes_the_same_bytes(
    files: dict[str, str], tmp_path: Path
) -> None:
    program = (sys.executable, str(settings.BASE_DIR / "manage.py"), "risk_train", "--out", str(tmp_path / "model"))
    subprocess.run(
        [*program, "--data", files["early.csv"], "--valid", files["late.csv"]],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "CSW_HOME": str(tmp_path / "home")},
        timeout=120,
    )
    for path in Path(files["model"]).iterdir():
        assert path.read_bytes() == (tmp_path / "model" / path.name).read_bytes()
