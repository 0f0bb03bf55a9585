"""LM-FILES: nothing of a folder is believed: not its length, its numbers, its trees, nor its manifest."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest

from singlewindow.learning.rules.bundle import DESCRIPTION, LARGEST, MANIFEST, manifest_of, tables_read, tables_write
from singlewindow.learning.rules.model import model_read
from singlewindow.learning.services import folder_read, folder_write
from singlewindow.learning.types import FrameRefused
from tests.factories.learning import made_frame, made_model, resealed

FILES = made_model().files


def test_LM_FILES_a_folder_gives_back_what_was_written(tmp_path: Path) -> None:
    folder_write(FILES, tmp_path / "new" / "model")
    read = folder_read(tmp_path / "new" / "model")
    assert read == FILES
    model, rows = model_read(read), made_frame().rows
    assert model.hash == made_model().hash
    np.testing.assert_array_equal(model.score(rows), made_model().model.score(rows))


def test_LM_FILES_a_model_takes_the_place_of_another_but_of_nothing_else(tmp_path: Path) -> None:
    folder_write(FILES, tmp_path)
    smaller = resealed(FILES, critical_txt=None)
    folder_write(smaller, tmp_path)
    assert folder_read(tmp_path) == smaller
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FrameRefused, match=r"letter\.txt, which is no file of a model"):
        folder_write(FILES, tmp_path)


@pytest.mark.parametrize("name", sorted(FILES))
def test_LM_FILES_one_changed_byte_is_noticed(name: str) -> None:
    content = FILES[name]
    with pytest.raises(FrameRefused):
        model_read({**FILES, name: content[:-1] + bytes([content[-1] ^ 1])})


@pytest.mark.parametrize("name", sorted(FILES))
def test_LM_FILES_a_missing_file_is_noticed(name: str) -> None:
    with pytest.raises(FrameRefused):
        model_read({one: content for one, content in FILES.items() if one != name})


def test_LM_FILES_a_foreign_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FrameRefused, match=r"x\.pkl is no file of a model"):
        model_read({**FILES, "x.pkl": b"."})
    (tmp_path / "x.pkl").write_bytes(b".")
    with pytest.raises(FrameRefused, match=r"x\.pkl is no file of a model"):
        folder_read(tmp_path)


def test_LM_FILES_links_pipes_folders_and_absent_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).symlink_to("/dev/zero")
    with pytest.raises(FrameRefused, match="no file of a model"):
        folder_read(tmp_path)
    (tmp_path / MANIFEST).unlink()
    os.mkfifo(tmp_path / MANIFEST)
    with pytest.raises(FrameRefused, match="no file of a model"):
        folder_read(tmp_path)
    with pytest.raises(FrameRefused, match="is no folder"):
        folder_read(tmp_path / "absent")


def test_LM_FILES_a_file_beyond_its_bound_is_not_read_to_its_end(tmp_path: Path) -> None:
    folder_write(FILES, tmp_path)
    with (tmp_path / MANIFEST).open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(FrameRefused, match=f"larger than {LARGEST[MANIFEST]} bytes"):
        folder_read(tmp_path)


def about(change: Callable[[dict], object]) -> dict[str, bytes]:
    told = orjson.loads(FILES[DESCRIPTION])
    change(told)
    return resealed(FILES, model_json=orjson.dumps(told))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(format=2),
        lambda told: told.update(kind="pickle"),
        lambda told: told.update(seed=-1),
        lambda told: told.update(seed=True),
        lambda told: told.update(name="x" * 101),
        lambda told: told.update(name="a\x00b"),
        lambda told: told.update(name=7),
        lambda told: told.pop("labels"),
        lambda told: told["labels"].pop("critical"),
        lambda told: told["labels"]["fraud"].update(base="nan"),
        lambda told: told["labels"]["fraud"].update(threshold="inf"),
        lambda told: told["labels"]["fraud"].update(threshold=0.5),
        lambda told: told["data"].update({"from": "yesterday"}),
        lambda told: told.pop("data"),
        lambda told: told["spec"].update(numbers=["tax_rate"]),
        lambda told: told["spec"].update(numbers=["price", "net_mass", "price"]),
        lambda told: told["spec"].update(profiles=[]),
        lambda told: told["spec"].update(profiles=[["hs6"]] * 2),
        lambda told: told["spec"].update(profiles=[[f"c{n}"] for n in range(10_000)]),
        lambda told: told["spec"].update(repeat=["origin"]),
        lambda told: told["spec"].update(name="../../etc"),
        lambda told: told["spec"]["profiles"].append(["one_more"]),
        lambda told: told.update(spec=None),
    ],
)
def test_LM_FILES_a_description_that_no_training_writes_is_refused(change: Callable[[dict], object]) -> None:
    with pytest.raises(FrameRefused):
        model_read(about(change))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 100_000, b'{"name": "\\u0000"}'])
def test_LM_FILES_a_description_that_is_no_object_is_refused(content: bytes) -> None:
    with pytest.raises(FrameRefused):
        model_read(resealed(FILES, model_json=content))


TREES = FILES["fraud.txt"].decode()


def line(name: str, change: Callable[[list[str]], list[str]]) -> str:
    """The trees with the values of one line changed, where it first stands, and the sizes in the heading to fit."""
    begin = TREES.index(f"\n{name}=") + len(name) + 2
    end = TREES.index("\n", begin)
    changed = TREES[:begin] + " ".join(change(TREES[begin:end].split(" "))) + TREES[end:]
    head, *blocks = changed[: changed.index("end of trees")].split("Tree=")
    sizes = " ".join(str(len("Tree=" + block)) for block in blocks)
    head = head[: head.index("tree_sizes=")] + f"tree_sizes={sizes}\n\n"
    return "Tree=".join([head, *blocks]) + "end of trees\n"


HOSTILE_TREES = {
    "none": "",
    "nothing but an end": "end of trees\n",
    "other text": "tree\nversion=v4\nend of trees\n",
    "no end": TREES[: TREES.index("end of trees")],
    "cut": TREES[:5000] + "end of trees\n",
    "other objective": TREES.replace("objective=binary sigmoid:1", "objective=custom"),
    "more classes": TREES.replace("num_class=1", "num_class=9999999"),
    "another heading line": TREES.replace("tree_sizes=", "forcedsplits_filename=/etc/passwd\ntree_sizes=", 1),
    "sizes beyond the end": TREES.replace("tree_sizes=", "tree_sizes=9", 1),
    "feature beyond": line("split_feature", lambda old: ["999999", *old[1:]]),
    "feature below": line("split_feature", lambda old: ["-1", *old[1:]]),
    "child beyond": line("left_child", lambda old: ["99999", *old[1:]]),
    "leaf beyond": line("left_child", lambda old: ["-999", *old[1:]]),
    "circle": line("right_child", lambda old: ["0", *old[1:]]),
    "same child twice": line("right_child", lambda old: [old[1], *old[1:]]),
    "category": line("decision_type", lambda old: ["1", *old[1:]]),
    "no number": line("threshold", lambda old: ["nan", *old[1:]]),
    "endless number": line("leaf_value", lambda old: ["1e999999", *old[1:]]),
    "one too few": line("leaf_value", lambda old: old[1:]),
    "one too many": line("leaf_value", lambda old: [*old, "0"]),
    "huge": line("num_leaves", lambda old: ["99999999999"]),
    "not whole": line("leaf_count", lambda old: ["1.5", *old[1:]]),
    "miscounted": line("leaf_count", lambda old: ["1", *old[1:]]),
    "linear": line("is_linear", lambda old: ["1"]),
    "number of the tree": TREES.replace("Tree=0\n", "Tree=1\n", 1),
}


@pytest.mark.parametrize("text", HOSTILE_TREES.values(), ids=HOSTILE_TREES.keys())
def test_LM_FILES_trees_that_would_lead_astray_never_reach_the_library(text: str) -> None:
    with pytest.raises(FrameRefused):
        model_read(resealed(FILES, fraud_txt=text.encode("utf-8", "replace")))


def test_the_trees_are_read_when_nothing_is_changed() -> None:
    assert model_read(resealed(FILES, fraud_txt=line("leaf_value", lambda old: old).encode())).hash == made_model().hash


TABLES = FILES["tables.bin"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        TABLES[:-1],
        TABLES + b"\x00",
        b"PK" + TABLES[2:],
        TABLES[:8] + b"\xff" * 8 + TABLES[16:],
        TABLES[:48] + TABLES[56:64] + TABLES[48:56] + TABLES[64:],
        TABLES[:24] + (0).to_bytes(8, "little") + TABLES[32:],
    ],
    ids=["empty", "short", "long", "magic", "endless", "out of order", "more fraud than rows"],
)
def test_LM_FILES_tables_that_cannot_be_are_refused(content: bytes) -> None:
    with pytest.raises(FrameRefused):
        model_read(resealed(FILES, tables_bin=content))


def test_tables_come_back_as_they_were() -> None:
    assert tables_write(tables_read(TABLES)) == TABLES


def test_a_manifest_of_two_orders_is_one() -> None:
    others = {name: content for name, content in FILES.items() if name != MANIFEST}
    assert manifest_of(dict(reversed(others.items()))) == FILES[MANIFEST]
