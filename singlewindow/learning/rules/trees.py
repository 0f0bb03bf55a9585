"""Trees as text: checked to the last number before LightGBM, which trusts what it reads, may see them.

Only what predicting needs is kept of LightGBM's own text; how the trees were grown stands in the model's description.
"""

import re
from collections.abc import Sequence

from singlewindow.learning.types import FrameRefused

LARGEST_TEXT = 64_000_000
MOST_TREES = 2_000
MOST_LEAVES = 256
DEEPEST = 200

_END = "end of trees\n"
_HEADER = (
    "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={last}\n"
    "objective=binary sigmoid:1\nfeature_names={names}\nfeature_infos={infos}\ntree_sizes={sizes}\n\n"
)
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?")
_INFO = re.compile(r"none|\[-?[0-9.e+-]{1,30}:-?[0-9.e+-]{1,30}\]")
_NODE = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child")
_LEAF = ("leaf_value", "leaf_weight", "leaf_count")
_INNER = ("internal_value", "internal_weight", "internal_count")
_KEYS = ("Tree", "num_leaves", "num_cat", *_NODE, *_LEAF, *_INNER, "is_linear", "shrinkage")
_WHOLE = frozenset({"split_feature", "decision_type", "left_child", "right_child", "leaf_count", "internal_count"})
_DECISIONS = frozenset({0, 2, 4, 6, 8, 10})
"""Splits of numbers, with each way of treating zero and missing values; none of categories (odd)."""


def trees_kept(text: str) -> str:
    """The part of LightGBM's text that predicting needs."""
    return text[: text.index(_END)] + _END


def trees_check(text: str, features: int) -> int:
    """Hold a text of trees against everything that LightGBM relies on; the number of trees.

    Raises:
        FrameRefused: it is no such text, or a tree of it would be walked beyond its end.
    """
    if len(text) > LARGEST_TEXT or not text.isascii() or not text.endswith(_END):
        raise FrameRefused("The trees are no text of LightGBM, or larger than any model of ours.")
    head, *blocks = text[: -len(_END)].split("Tree=")
    if not 1 <= len(blocks) <= MOST_TREES:
        raise FrameRefused(f"There are {len(blocks)} trees; a model has between 1 and {MOST_TREES}.")
    _header_check(head, features, [len(block) + len("Tree=") for block in blocks])
    for place, block in enumerate(blocks):
        _tree_check("Tree=" + block, place, features)
    return len(blocks)


def _header_check(head: str, features: int, sizes: Sequence[int]) -> None:
    infos = re.search(r"^feature_infos=(.*)$", head, re.MULTILINE)
    told = infos.group(1) if infos else ""
    expected = _HEADER.format(
        last=features - 1,
        names=" ".join(f"Column_{place}" for place in range(features)),
        infos=told,
        sizes=" ".join(map(str, sizes)),
    )
    if head != expected or len(told.split(" ")) != features or not all(map(_INFO.fullmatch, told.split(" "))):
        raise FrameRefused("The heading of the trees is not what these features and trees would have.")


def _tree_check(block: str, place: int, features: int) -> None:
    lines = block.rstrip("\n").split("\n")
    pairs = [line.partition("=") for line in lines]
    if tuple(name for name, _, _ in pairs) != _KEYS:
        raise _refused(place, "its lines are not those of a tree of numbers")
    values = {name: text for name, _, text in pairs}
    leaves = _whole(values["num_leaves"], place)
    if values["Tree"] != str(place) or not 1 <= leaves <= MOST_LEAVES:
        raise _refused(place, "its number or its number of leaves is wrong")
    if (values["num_cat"], values["is_linear"]) != ("0", "0") or not _NUMBER.fullmatch(values["shrinkage"]):
        raise _refused(place, "it has splits or leaves of another kind than ours")
    single = leaves == 1
    numbers = {name: _numbers(values[name], leaves - 1, place, name) for name in (*_NODE, *_INNER)}
    numbers |= {name: _numbers(values[name], leaves, place, name, empty=single) for name in _LEAF}
    if any(not 0 <= feature < features for feature in numbers["split_feature"]):
        raise _refused(place, "it splits on a feature that is not there")
    if any(decision not in _DECISIONS for decision in numbers["decision_type"]):
        raise _refused(place, "it has a decision that is none of numbers")
    if not single:
        _walk(numbers, leaves, place)


def _walk(numbers: dict[str, list[float]], leaves: int, place: int) -> None:
    """Every node and leaf is reached exactly once, not too deep, and counts what its children count."""
    left, right = [[int(child) for child in numbers[side]] for side in ("left_child", "right_child")]
    nodes, seen_nodes, seen_leaves = [(0, 1)], 0, set()
    while nodes:
        node, depth = nodes.pop()
        seen_nodes += 1
        if seen_nodes > leaves - 1 or depth > DEEPEST:
            raise _refused(place, "its nodes run in a circle, or too deep")
        below = 0.0
        for child in (left[node], right[node]):
            if not -leaves <= child < leaves - 1 or child == 0:
                raise _refused(place, "a node leads out of it")
            if child < 0:
                seen_leaves.add(~child)
                below += numbers["leaf_count"][~child]
            else:
                nodes.append((child, depth + 1))
                below += numbers["internal_count"][child]
        if below < 1 or below != numbers["internal_count"][node]:
            raise _refused(place, "a node does not count what its children count")
    if seen_nodes != leaves - 1 or len(seen_leaves) != leaves:
        raise _refused(place, "some of it is never reached")


def _numbers(text: str, wanted: int, place: int, name: str, *, empty: bool = False) -> list[float]:
    words = text.split(" ") if text else []
    if len(words) != wanted and not (empty and not words):
        raise _refused(place, f"{name} has {len(words)} values instead of {wanted}")
    ends = {"inf"} if name == "threshold" else frozenset()  # a split of the missing from everything else
    if not all(word in ends or _NUMBER.fullmatch(word) for word in words):
        raise _refused(place, f"{name} has a value that is no number")
    made = [float(word) for word in words]
    if name in _WHOLE and any(not value.is_integer() for value in made):
        raise _refused(place, f"{name} has a value that is not whole")
    return made


def _whole(text: str, place: int) -> int:
    if not text.isdecimal() or len(text) > len(str(MOST_LEAVES)):
        raise _refused(place, "its number of leaves is none")
    return int(text)


def _refused(place: int, why: str) -> FrameRefused:
    return FrameRefused(f"Tree {place} cannot be used: {why}.")
