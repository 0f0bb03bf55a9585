"""The tokenizer gives the segments that pydifact gives, on generated text and on every public sample."""

import warnings
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.control import Characters
from pydifact.parser import Parser, TokenIterator
from pydifact.tokenizer import Tokenizer

from singlewindow.kernel.edifact import STANDARD, InterchangeRefused, Segment, Separators, tokenize
from singlewindow.kernel.edifact.tokens import MAX_ELEMENTS, MAX_SEGMENT_LENGTH, MAX_SEGMENTS, segments_of

Plain = list[list[tuple[str, ...]]]

ODD = Separators("|", "^", ",", "\\", " ", "~")
DATA = st.text("AZaz09 .,-()/=!%&*;<>éß€中+:?'|^~\\", max_size=8)


def ours(segments: Iterable[Segment]) -> Plain:
    return [_trimmed([(one.tag,), *one.elements]) for one in segments]


def pydifact(text: str, separators: Separators) -> Plain:
    """The segments as pydifact's own tokenizer and parser make them, without its directories."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        characters = Characters.from_str(separators.una)
        tokens = TokenIterator(Tokenizer().get_tokens(text, characters))
        found: Plain = []
        for raw in iter(lambda: next(Parser().convert_tokens_to_raw_segments(tokens), None), None):
            found.append(_trimmed([(part,) if isinstance(part, str) else tuple(part) for part in raw]))
    return found


def _trimmed(elements: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Elements without empty components at their end: pydifact does not keep those apart."""
    trimmed = []
    for parts in elements:
        end = len(parts)
        while end > 1 and not parts[end - 1]:
            end -= 1
        trimmed.append(parts[:end])
    return trimmed


def _tried(read: Callable[[], list[Segment]]) -> tuple[list[Segment], str]:
    """The segments, or the code of the refusal."""
    try:
        return read(), ""
    except InterchangeRefused as refusal:
        return [], refusal.code


@st.composite
def texts(draw: st.DrawFn, separators: Separators) -> str:
    """Segments with every sign in their data, released where it must be, laid out one way or another."""
    release = str.maketrans({sign: separators.release + sign for sign in separators.active})
    layout = draw(st.sampled_from(["", "\n", "\r\n", " ", "\n \n"]))
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        tag = draw(st.sampled_from(["FTX", "NAD", "DTM", "CST", "A1B"]))
        elements = draw(st.lists(st.lists(DATA, min_size=1, max_size=4), max_size=5))
        written = [separators.component.join(part.translate(release) for part in parts) for parts in elements]
        lines.append(separators.element.join([tag, *written]) + separators.terminator)
    return layout.join(lines) + layout


@pytest.mark.parametrize("separators", [STANDARD, ODD], ids=["standard", "odd"])
def test_segments_are_those_of_pydifact(separators: Separators) -> None:
    @settings(max_examples=400, deadline=None)
    @given(texts(separators))
    def held(text: str) -> None:
        assert ours(segments_of(text, separators)) == pydifact(text, separators)

    held()


@settings(max_examples=400, deadline=None)
@given(st.text("AB+:?' \n", max_size=40))
def test_on_any_text_it_gives_the_segments_of_pydifact_or_refuses(text: str) -> None:
    """Where ours refuses (cut off, empty segments) pydifact may go on; where ours reads, both read the same."""
    found, code = _tried(lambda: segments_of(text, STANDARD))
    if code:
        assert code in {"format.edifact.cut", "format.edifact.empty_segment"}
        return
    if "?\n" in text or not all(one.tag.isalnum() for one in found) or text[:1] in " \n":
        return  # pydifact refuses a released line end, and takes a segment without a tag for something else
    assert ours(found) == pydifact(text, STANDARD)


def test_every_public_sample_has_the_segments_of_pydifact(shared_inputs: Path) -> None:
    files = [path for path in sorted((shared_inputs / "edifact").rglob("*")) if path.is_file()]
    assert len(files) >= 15
    read = 0
    for path in files:
        body = path.read_bytes()
        found, code = _tried(partial(tokenize, body))
        if code:
            assert code == "format.edifact.cut", path
            continue
        text = body.decode("latin-1")
        text = text[9:].lstrip("\r\n") if text.startswith("UNA") else text
        assert ours(found) == pydifact(text, STANDARD), path
        read += 1
    assert read >= 15


def test_positions_count_from_one() -> None:
    found = tokenize(b"UNA:+.? '\r\nUNB+UNOC:3'\r\nUNZ+0'\r\n")
    assert [(one.tag, one.position) for one in found] == [("UNB", 1), ("UNZ", 2)]
    assert (found[0].get(1, 2), found[0].get(1, 3), found[0].get(9)) == ("3", "", "")


def test_released_signs_are_data_and_a_release_before_others_is_dropped() -> None:
    (one,) = tokenize(b"FTX+a?+b?:c?'d??+x?y:???''")
    assert one.elements == (("a+b:c'd?",), ("xy", "?'"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"FTX+A", "cut"),
        (b"FTX+A?'", "cut"),
        (b"FTX+A'?", "cut"),
        (b"FTX+A'B", "cut"),
        (b"FTX+A''FTX'", "empty_segment"),
        (b"FTX+A\x00'", "character"),
        (b"FTX+A\x02'", "character"),
        (b"UNB+UNOY:4+\xff'", "character"),
        (b"UNA:+.", "una"),
        (b"UNA::.? 'FTX'", "una"),
        (b"UNA:+.?'' FTX'", "una"),
        (b"UNA:+.?:'FTX'", "una"),
        (b"UNAX+.? 'FTX'", "una"),
        (b"UNA:+.? \xe9FTX'", "una"),
        (b"UNS'" * (MAX_SEGMENTS + 1), "too_many_segments"),
        (b"FTX" + b"+" * (MAX_ELEMENTS + 1) + b"'", "too_many_elements"),
        (b"FTX+" + b"x" * MAX_SEGMENT_LENGTH + b"'", "segment_too_long"),
        (b" " * 5_000_001, "too_large"),
    ],
)
def test_what_is_no_interchange_is_refused_by_name(body: bytes, code: str) -> None:
    with pytest.raises(InterchangeRefused) as refused:
        tokenize(body)
    assert refused.value.code == f"format.edifact.{code}"


def test_as_much_as_is_allowed_is_read() -> None:
    assert len(tokenize(b"UNS'" * MAX_SEGMENTS)) == MAX_SEGMENTS
    (one,) = tokenize(b"FTX" + b"+" * (MAX_SEGMENT_LENGTH - 3) + b"'")
    assert len(one.elements) == MAX_SEGMENT_LENGTH - 3
