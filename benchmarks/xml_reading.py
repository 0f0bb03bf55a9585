"""WCO XML of 100 items from bytes to the canonical message, against lxml's parsing of the same bytes alone."""

import gc
import time
from collections.abc import Callable

from lxml import etree

from benchmarks.figures import Spread, line, ratios
from declarations.messages import read_xml, write_xml
from tests.factories.declarations import import_message

ITEMS = 100
ROUNDS = 25
REPEATED = 4
GOAL = 5.0


def measure() -> None:
    """Print the ratio for a message laid out with indents, as software sends it, and for one without any."""
    for layout, body in (("indented", _indented()), ("dense", write_xml(import_message(ITEMS, lrn="BENCH-XML")))):
        assert len(read_xml(body)[0].items) == ITEMS
        parsing, reading, hashing = [], [], []
        gc.collect()
        gc.freeze()  # The collector would walk all that is loaded, in whichever run it happens to wake up.
        for _ in range(ROUNDS):
            parsing.append(_cpu(lambda body=body: etree.fromstring(body)))  # type: ignore[misc]
            reading.append(_cpu(lambda body=body: read_xml(body)))  # type: ignore[misc]
            hashing.append(_cpu(lambda body=body: read_xml(body)[0].canonical_bytes()))  # type: ignore[misc]
        gc.unfreeze()
        ratio = ratios(reading, parsing)
        line(
            name="xml_reading",
            layout=layout,
            items=ITEMS,
            bytes=len(body),
            elements=sum(1 for _ in etree.fromstring(body).iter()),
            rounds=ROUNDS,
            lxml_ms=Spread.of([one * 1000 for one in parsing]).output(),
            ours_ms=Spread.of([one * 1000 for one in reading]).output(),
            ratio=ratio.output(),
            ratio_with_canonical_bytes=ratios(hashing, parsing).output(),
            goal=f"<= {GOAL:g}",
            met=ratio.median <= GOAL,
        )


def _indented() -> bytes:
    root = etree.fromstring(write_xml(import_message(ITEMS, lrn="BENCH-XML")))
    etree.indent(root, "\t")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _cpu(act: Callable[[], object]) -> float:
    begin = time.process_time()
    for _ in range(REPEATED):
        act()
    return (time.process_time() - begin) / REPEATED
