"""Files of strangers: read whole, or refused whole with the number of the line."""

import io
import zipfile
from fnmatch import fnmatch

import pytest

from singlewindow.kernel.errors import FormatRefused, TooLarge
from singlewindow.lowvalue.reading import file_read
from singlewindow.lowvalue.rules.columns import ERRORS, HEADER
from singlewindow.lowvalue.types import FileFormat
from tests.factories.lowvalue import as_csv, as_xlsx, cells


def refused(body: bytes) -> FormatRefused:
    with pytest.raises(FormatRefused) as refusal:
        file_read(body)
    return refusal.value


def code_and_line(body: bytes) -> tuple[str, str]:
    refusal = refused(body)
    assert refusal.status == 422
    return refusal.code, refusal.violations[0].pointer


def test_a_list_is_read_with_the_number_of_each_line() -> None:
    first, second = cells(description="Café au lait, 1 kg"), cells()
    read = file_read(b"\xef\xbb\xbf" + as_csv([first, second]))
    assert (read.format, [number for number, _ in read.lines]) == (FileFormat.CSV, [2, 3])
    assert read.lines[0][1] == first
    assert len(read.sha256) == 64


def test_a_workbook_and_a_list_of_the_same_content_give_the_same_lines() -> None:
    rows = [cells(value="12.5", packages="2"), cells(value="0.30")]
    typed = [[*rows[0]], [*rows[1]]]
    typed[0][HEADER.index("value")] = 12.5  # type: ignore[call-overload]
    typed[0][HEADER.index("packages")] = 2  # type: ignore[call-overload]
    assert file_read(as_xlsx(typed)).lines == file_read(as_csv(rows)).lines


def test_empty_lines_and_the_column_of_errors_are_passed_over() -> None:
    row = cells()
    body = as_csv([(*row, "Line 2. origin: …")], header=(*HEADER, ERRORS)) + b"\r\n,,\r\n" + b"," * 23 + b"\r\n"
    assert list(file_read(body.replace(b"\r\n,,\r\n", b"\r\n\r\n")).lines) == [(2, row)]


def test_U12_a_cell_that_begins_like_a_formula_refuses_the_file_with_its_line_and_column() -> None:
    for text in ("=cmd|'/c calc'!A0", "@SUM(A1)", "＝1+1", " =1"):
        body = as_csv([cells(), cells(description=text)])
        assert code_and_line(body) == ("csv.formula", "/lines/3/description")


def test_U13_text_that_a_download_neutralised_is_read_as_it_was() -> None:
    body = as_csv([cells(description="'-5 °C boxes"), cells(description="'s Hertogenbosch cheese")])
    texts = [line[HEADER.index("description")] for _, line in file_read(body).lines]
    assert texts == ["-5 °C boxes", "'s Hertogenbosch cheese"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda body: body.replace(b"EUR", b"E\x00R", 1), "csv.null", "/lines/2"),
        (lambda body: body.decode().encode("utf-16"), "csv.encoding", "/lines/1"),
        (lambda body: body.replace(b"Phone", b"Ph\xffne", 1), "csv.encoding", "/lines/2"),
        (lambda body: body.replace(b"Phone", b'"Phone', 1), "csv.malformed", "/lines/3"),
        (lambda body: body.replace(b"Phone", b"P" * 10_000_000, 1), "csv.malformed", "/lines/2"),
        (lambda body: body.replace(b"Phone", b"P" * 5_000, 1), "csv.cell_too_long", "/lines/2/description"),
        (lambda body: body.replace(b"Phone", b"Pho\x07ne", 1), "csv.control_character", "/lines/2/description"),
        (lambda body: body.replace(b"Phone", b"Pho,ne", 1), "csv.columns", "/lines/2"),
        (lambda body: body.replace(b"lrn,office", b"office,lrn", 1), "csv.header", "/lines/1"),
        (lambda body: body.replace(b"gross_mass_kg", b"mass", 1), "csv.header", "/lines/1"),
        (lambda body: body.replace(b",packages\r\n", b"\r\n", 1), "csv.header", "/lines/1"),
        (lambda body: body.replace(b",packages\r\n", b",packages,more\r\n", 1), "csv.header", "/lines/1"),
        (lambda body: body.replace(b",", b";"), "csv.separator", "/lines/1"),
        (lambda body: body.split(b"\r\n")[0], "csv.no_lines", "/lines/1"),
        (lambda body: b"  \r\n ", "file.empty", "/lines/1"),
    ],
)
def test_U12_what_is_no_such_list_is_refused_whole_with_its_line(change, code, pointer) -> None:
    assert code_and_line(change(as_csv([cells(), cells()]))) == (code, pointer)


def test_the_ten_thousandth_line_is_read_and_the_next_one_refuses_the_file() -> None:
    row = cells()
    assert len(file_read(as_csv([row] * 10_000)).lines) == 10_000
    assert code_and_line(as_csv([row] * 10_001)) == ("csv.too_many_lines", "/lines/10002")


def test_more_bytes_than_a_file_may_have_are_refused_before_they_are_read() -> None:
    with pytest.raises(TooLarge):
        file_read(b"x" * 26_214_401)


def workbook(changes: dict[str, bytes]) -> bytes:
    """A good workbook with parts replaced or added."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx([cells()]))) as good, zipfile.ZipFile(content, "w", 8) as out:
        for name in good.namelist():
            out.writestr(name, changes.pop(name, good.read(name)))
        for name, body in changes.items():
            out.writestr(name, body)
    return content.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(as_xlsx([cells()]))) as good:
        return good.read(name)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"xl/vbaProject.bin": b"x"}, "file.*"),
        ({"xl/externalLinks/externalLink1.xml": b"<a/>"}, "file.*"),
        ({"xl/connections.xml": b"<a/>"}, "file.*"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "file.*"),
        (
            {"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook>&x;</workbook>'},
            "file.*",
        ),
        ({"xl/other.xml": b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/>'}, "file.*"),
        ({"../../etc/cron.d/x": b"x"}, "file.*"),
        ({"inner.zip": b"PK\x03\x04aaaa"}, "file.*"),
        ({"xl/big.bin": b"\x00" * 30_000_000}, "file.*"),
        ({f"xl/part{number}": b"x" for number in range(1_001)}, "file.*"),
        ({"XL/Workbook.xml": b"<a/>"}, "file.*"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}, "*"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_U3_a_workbook_with_more_than_values_is_refused(changes, code) -> None:
    assert fnmatch(refused(workbook(dict(changes))).code, code)


def test_U3_a_formula_in_a_workbook_is_refused_with_its_line() -> None:
    row = list(cells())
    row[HEADER.index("value")] = "=1+1"
    assert code_and_line(as_xlsx([cells(), row])) == ("xlsx.formula", "/lines/3")


def test_U3_a_bomb_of_shared_strings_is_refused_before_it_is_unpacked_whole() -> None:
    many = b"<sst>" + b"<si><t>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</t></si>" * 400_000 + b"</sst>"
    assert refused(workbook({"xl/sharedStrings.xml": many})).code.startswith("file.")


def test_U3_a_sheet_that_spans_everything_is_refused_by_the_limits_of_the_child() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    assert refused(workbook({"xl/worksheets/sheet1.xml": sheet})).code == "xlsx.malformed"


def test_an_archive_that_lies_about_its_sizes_or_is_cut_is_refused() -> None:
    body = as_xlsx([cells()])
    assert refused(body[: len(body) // 2]).code.startswith("file.")
    assert refused(b"PK\x03\x04" + b"\x00" * 100).code.startswith("file.")
