"""The tokenizer of EDIFACT against pydifact's on a CUSDEC of 100 items: the same segments, CPU time of one process."""

import gc
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime

from pydifact.parser import Parser, TokenIterator
from pydifact.tokenizer import Tokenizer

from benchmarks.figures import Spread, line, ratios
from declarations.messages.edifact import cusdec_read, cusdec_write, identifier_of
from singlewindow.kernel.edifact import interchange_read, interchange_write, tokenize
from tests.factories.declarations import import_message

ITEMS = 100
ROUNDS = 15
REPEATED = 5
"""Times that ours runs in a round, so that its time is long enough to be read."""
GOAL = 10.0


def measure() -> None:
    """Print how many times faster ours is, and what the whole way to the canonical form costs."""
    body = cusdec()
    text = body.decode("latin-1")
    assert len(tokenize(body)) == len(_segments(text))
    ours, tokens, segments, read = [], [], [], []
    gc.collect()
    gc.freeze()  # the collector would walk all that is loaded, in whichever run it happens to wake up
    for _ in range(ROUNDS):
        ours.append(_cpu(lambda: tokenize(body), REPEATED))
        tokens.append(_cpu(lambda: list(Tokenizer().get_tokens(text)), 1))
        segments.append(_cpu(lambda: _segments(text), 1))
        read.append(_cpu(lambda: _canonical(body), 1))
    gc.unfreeze()
    faster = ratios(segments, ours)
    line(
        name="edifact_tokenizer",
        items=ITEMS,
        bytes=len(body),
        segments=len(tokenize(body)),
        rounds=ROUNDS,
        ours_ms=Spread.of([one * 1000 for one in ours]).output(),
        pydifact_segments_ms=Spread.of([one * 1000 for one in segments]).output(),
        pydifact_tokens_ms=Spread.of([one * 1000 for one in tokens]).output(),
        times_faster=faster.output(),
        times_faster_than_tokens_alone=ratios(tokens, ours).output(),
        bytes_to_canonical_ms=Spread.of([one * 1000 for one in read]).output(),
        goal=f">= {GOAL:g}",
        met=faster.median >= GOAL,
    )


def cusdec(items: int = ITEMS) -> bytes:
    """A CUSDEC of a regular import."""
    segments = cusdec_write(import_message(items, lrn="BENCH-EDI"), "99B")
    at = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
    return interchange_write(
        [("1", identifier_of("99B"), segments)], sender="ZZIMP0001", recipient="ZZCUS", reference="BENCH", at=at
    )


def _canonical(body: bytes) -> bytes:
    (one,) = interchange_read(body).messages
    return cusdec_read(one).message.canonical_bytes()


def _segments(text: str) -> list[object]:
    """The segments by pydifact: its tokenizer, and the grouping of tokens into segments, without its directories."""
    found: list[object] = []
    tokens = TokenIterator(Tokenizer().get_tokens(text))
    parser = Parser()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while (one := next(parser.convert_tokens_to_raw_segments(tokens), None)) is not None:
            found.append(one)
    return found


def _cpu(act: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) / times
