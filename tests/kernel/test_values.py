"""The kernel's values: money, canonical bytes, life cycles, cursors, the clock."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, leaf_hash, node_hash
from singlewindow.kernel.errors import FormatRefused, TransitionRefused
from singlewindow.kernel.money import quantize, share_out, to_minor
from singlewindow.kernel.paging import cursor_decode, cursor_encode
from singlewindow.kernel.state_machine import StateMachine, Transition

KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_canonical_bytes_are_those_of_the_reference_implementation(value: object) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_the_eight_leaf_tree_of_RFC_6962_has_its_published_root() -> None:
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    level = [leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    assert level[0].hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("0.005", "EUR", "0.01"), ("2.675", "EUR", "2.68"), ("0.5", "JPY", "1"), ("1.2345", "KWD", "1.235")],
)
def test_amounts_are_rounded_half_up_at_the_minor_unit_of_their_currency(
    amount: str, currency: str, expected: str
) -> None:
    assert quantize(Decimal(amount), currency) == Decimal(expected)


def test_an_amount_finer_than_its_currency_is_not_stored() -> None:
    with pytest.raises(ValueError, match="finer"):
        to_minor(Decimal("1.001"), "EUR")


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.lists(st.decimals(min_value=0, max_value=10**6, places=3), min_size=1, max_size=30),
)
def test_K4_shares_sum_to_the_total_and_none_is_off_by_more_than_a_unit(total: Decimal, weights: list[Decimal]) -> None:
    shares = share_out(total, weights, "EUR")
    assert sum(shares) == total
    whole = sum(weights)
    if whole:
        assert all(abs(s - total * w / whole) < Decimal("0.01") for s, w in zip(shares, weights, strict=True))


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OFF = "off"


def _light(*extra: Transition[Light]) -> StateMachine[Light]:
    arrows = [
        Transition("go", frozenset({Light.RED}), Light.GREEN, "x"),
        Transition("switch_off", frozenset({Light.RED, Light.GREEN}), Light.OFF, "x"),
        *extra,
    ]
    return StateMachine(name="light", states=Light, initial=Light.RED, transitions=arrows)


def test_a_life_cycle_follows_its_arrows_and_refuses_all_others() -> None:
    light = _light()
    assert light.next_state("go", "red") is Light.GREEN
    with pytest.raises(TransitionRefused, match="possible here: switch_off"):
        light.next_state("go", "green")
    with pytest.raises(TransitionRefused, match="final"):
        light.next_state("go", "off")
    assert light.terminal() == {Light.OFF}
    assert list(light.pairs()) == [("green", "off"), ("red", "green"), ("red", "off")]


def test_a_life_cycle_with_two_arrows_of_one_action_is_refused_when_built() -> None:
    with pytest.raises(ValueError, match="two arrows"):
        _light(Transition("go", frozenset({Light.RED}), Light.OFF, "x"))


def test_a_cursor_returns_its_keys_and_refuses_what_it_did_not_make() -> None:
    assert cursor_decode(cursor_encode("2026-01-01", 5), str, int) == ["2026-01-01", 5]
    for hostile in ("x", "١", "bm90anNvbg", cursor_encode(5), cursor_encode("a", "b"), cursor_encode("a", True)):
        with pytest.raises(FormatRefused):
            cursor_decode(hostile, str, int)


def test_the_clock_stands_still_when_held_and_refuses_a_naive_time() -> None:
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    with clock.frozen(at):
        assert clock.now() == at
    assert clock.now() != at
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 1)):
        pass
