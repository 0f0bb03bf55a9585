"""A file of strangers becomes lines of plain text, or is refused whole with the number of the line."""

from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import TooLarge
from singlewindow.lowvalue.reading.csv_form import read_csv
from singlewindow.lowvalue.reading.lines import refuse, sound
from singlewindow.lowvalue.reading.xlsx_form import read_xlsx
from singlewindow.lowvalue.types import FileFormat, FileRead

MAX_BYTES = 26_214_400
ZIP = b"PK\x03\x04"


def file_read(body: bytes) -> FileRead:
    """Tell CSV from XLSX by the content, and read it.

    Source: docs/rules/lowvalue.md, LV-FIL (reliability.md U3, U12).

    Raises:
        TooLarge: it has more bytes than a file may have.
        FileRefused: `csv.*`, `xlsx.*` or `file.*`; each finding names its line.
    """
    if len(body) > MAX_BYTES:
        raise TooLarge(f"The file is larger than {MAX_BYTES // 1_048_576} MB.", code="file.too_large")
    if not body.strip():
        refuse("file.empty", 1, "The file is empty.", "Choose the file again.")
    if body.startswith(ZIP):
        return FileRead(FileFormat.XLSX, sha256_hex(body), sound(read_xlsx(body), "xlsx"))
    return FileRead(FileFormat.CSV, sha256_hex(body), sound(read_csv(body), "csv"))


__all__ = ["MAX_BYTES", "file_read"]
