"""LM-CSV: a labelled file is read whole, or refused with row and column; nothing in it makes a traceback."""

import time
from pathlib import Path

import numpy as np
import pytest

from singlewindow.learning.rules.labelled import labelled_read
from singlewindow.learning.types import FrameRefused
from tests.factories.learning import HEADING, csv_of


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_LM_CSV_rows_are_read_by_canonical_names(tmp_path: Path) -> None:
    fraud = {"Fraud": "1", "Critical Fraud": "2", "Importer ID": "", "Net Mass": "", "Date": "2025-01-02"}
    frame = labelled_read(written(tmp_path, csv_of({}, fraud))).frame
    assert frame.rows.texts["hs6"].tolist() == ["040890", "040890"]
    assert frame.rows.texts["trader"].tolist() == ["QLRUBN9", ""]
    assert np.isnan(frame.rows.numbers["net_mass"]).tolist() == [False, True]
    assert (frame.fraud.tolist(), frame.critical.tolist()) == ([0, 1], [0, 1])
    assert frame.rows.day[1] - frame.rows.day[0] == 1


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_LM_CSV_marks_and_line_ends_make_no_difference(tmp_path: Path, start: bytes, end: str) -> None:
    content = start + csv_of({}, {}).replace("\n", end).encode()
    assert len(labelled_read(written(tmp_path, content)).frame) == 2


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("Date", "2025-13-01", "no date"),
        ("Date", "01.02.2025", "no date"),
        ("Date", "20250101", "no date"),
        ("HS6 Code", "40890", "six digits"),
        ("HS6 Code", "٠٤٠٨٩٠", "six digits"),
        ("Net Mass", "-1", "between 0"),
        ("Net Mass", "NaN", "no number"),
        ("Net Mass", "inf", "no number"),
        ("Item Price", "1e300", "between 0"),
        ("Item Price", "1e999", "between 0"),
        ("Item Price", "9" * 400, "no number"),
        ("Tax Rate", "8%", "no number"),
        ("Tax Rate", "1_0", "no number"),
        ("Fraud", "2", "one of 0, 1"),
        ("Fraud", "", "one of 0, 1"),
        ("Critical Fraud", "3", "one of 0, 1, 2"),
        ("Importer ID", "A" * 65, "at most 64"),
        ("Seller ID", "\x00", "printable"),
        ("Tax Type", "A\u202eB", "printable"),
    ],
)
def test_LM_CSV_a_wrong_value_is_refused_with_row_and_column(
    tmp_path: Path, column: str, value: str, says: str
) -> None:
    with pytest.raises(FrameRefused, match=f"row 3, column {column}: .*{says}") as refused:
        labelled_read(written(tmp_path, csv_of({}, {column: value})))
    assert refused.value.violations[0].pointer == f"/3/{column}"


def test_LM_CSV_labels_that_disagree_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FrameRefused, match="row 2, column Critical Fraud: Fraud and Critical Fraud disagree"):
        labelled_read(written(tmp_path, csv_of({"Critical Fraud": "2"})))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "columns are missing: Date"),
        (b"a,b\n1,2\n", "columns are missing: Date"),
        ((HEADING + "\n").encode(), "row 2: There is no row"),
        ((HEADING.replace("Courier ID", "Date") + "\n").encode(), "columns are missing: Courier ID"),
        ((csv_of({}) + "1,2,3\n").encode(), "row 3: It has 3 fields; the heading has 22"),
        ((csv_of({}) + '"open').encode(), "row 3: The line cannot be read"),
        (csv_of({}).encode("utf-16"), "row 1: It is no UTF-8"),
        (csv_of({}).encode() + b"\xff\xfe\n", "row 3: It is no UTF-8"),
        (csv_of({}).encode() + b"x" * 30_000, "row 3: It is longer"),
    ],
    ids=["empty", "other", "no rows", "doubled", "short", "open quote", "utf-16", "bytes", "long"],
)
def test_LM_CSV_what_is_no_labelled_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(FrameRefused, match=says):
        labelled_read(written(tmp_path, content))


def test_LM_CSV_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    content = csv_of({}).replace("Critical Fraud", "Critical Fraud,Fraud").replace(",0,0\n", ",0,0,0\n")
    with pytest.raises(FrameRefused, match="row 1, column Fraud: It stands there more than once"):
        labelled_read(written(tmp_path, content))


@pytest.mark.parametrize("kind", ["random", "commas", "newlines", "one line", "quotes"])
def test_LM_CSV_ten_megabytes_of_junk_are_refused_soon(tmp_path: Path, kind: str) -> None:
    junk = {
        "random": np.random.default_rng(1).bytes(10_000_000),
        "commas": HEADING.encode() + b"\n" + b"," * 10_000_000,
        "newlines": HEADING.encode() + b"\n" * 10_000_000,
        "one line": b"7" * 10_000_000,
        "quotes": HEADING.encode() + b'\n"' + b"a\n" * 5_000_000,
    }[kind]
    begin = time.process_time()
    with pytest.raises(FrameRefused):
        labelled_read(written(tmp_path, junk))
    assert time.process_time() - begin < 20


def test_LM_CSV_many_faults_are_told_at_once_but_not_all(tmp_path: Path) -> None:
    with pytest.raises(FrameRefused) as refused:
        labelled_read(written(tmp_path, csv_of(*({"Fraud": str(number)} for number in range(5, 105)))))
    assert len(refused.value.violations) == 20
