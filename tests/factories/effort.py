"""How much processor time an act may take, whatever else the process of the tests has in memory."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def processor_seconds_under(limit: float) -> Iterator[None]:
    """Fail when the block takes so much processor time or more.

    What earlier tests left in memory is kept out of the collector's sight: to walk it once costs a second in a process
    that did thousands of tests, and says nothing of the block.
    """
    gc.freeze()
    began = time.process_time()
    try:
        yield
        spent = time.process_time() - began
    finally:
        gc.unfreeze()
    assert spent < limit, f"{spent:.2f} s of processor time, {limit} s at most"
