"""What is wrong with a file: the code that the sender gets, what was found, what to do.

Source: docs/rules/documents.md, DOC-CHK-01 to DOC-CHK-09 (reliability.md 2.8, U1 to U7).
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    rule: str
    code: str
    message: str
    remedy: str

    def plain(self) -> dict[str, str]:
        """For the way out of the process."""
        return asdict(self)


SAVE_AGAIN = "Print it to a new PDF without these parts, or send a picture of it."
SHEET_AGAIN = "Save it as a plain .xlsx without macros, links and formulas that reach outside, or as CSV."

MALWARE = Finding(
    "DOC-CHK-01", "file.malware", "The file holds a known virus pattern.", "Do not open it; ask for it anew."
)
ARCHIVE = Finding(
    "DOC-CHK-02", "file.archive", "The file is an archive.", "Unpack it and send each document by itself."
)
TYPE = Finding(
    "DOC-KND-01", "file.type", "Files of this kind are not taken.", "Send PDF, PNG, JPEG, TIFF, XLSX, CSV, XML or JSON."
)
MISMATCH = Finding(
    "DOC-KND-02",
    "file.type_mismatch",
    "The content is not what the name says, or is two kinds of file at once.",
    "Export the document anew from the program that made it, and keep the ending of its name.",
)
UNREADABLE = Finding(
    "DOC-KND-03",
    "file.unreadable",
    "The file is damaged: it cannot be read to its end.",
    "Export it anew and check that it opens.",
)
TOO_SLOW = Finding("DOC-CHK-09", "file.too_complex", "The file took too much time or memory to check.", SAVE_AGAIN)
PIXELS = Finding(
    "DOC-CHK-03",
    "file.pixels",
    "The picture has more than 50 million points.",
    "Scan it with fewer dots per inch: 300 are enough.",
)
PAGES = Finding(
    "DOC-CHK-04", "file.pages", "The file has too many pages.", "Send the pages that prove something, at most 1,000."
)
PDF_ACTIVE = Finding("DOC-CHK-05", "file.pdf_active", "The PDF runs a script or starts a program.", SAVE_AGAIN)
PDF_EMBEDDED = Finding("DOC-CHK-05", "file.pdf_embedded", "The PDF carries other files in it.", SAVE_AGAIN)
PDF_ENCRYPTED = Finding(
    "DOC-CHK-05", "file.encrypted", "The file is encrypted.", "Save it without a password; it is encrypted here."
)
PDF_TREE = Finding(
    "DOC-CHK-05", "file.pdf_structure", "The pages of the PDF are nested in a way that no program writes.", SAVE_AGAIN
)
BOMB = Finding(
    "DOC-CHK-06",
    "file.archive",
    "The workbook unpacks to far more than it should, or is packed in a deceiving way.",
    SHEET_AGAIN,
)
MACRO = Finding("DOC-CHK-07", "file.macro", "The workbook holds macros or embedded programs.", SHEET_AGAIN)
EXTERNAL = Finding(
    "DOC-CHK-07", "file.external_link", "The workbook reaches for other files or addresses.", SHEET_AGAIN
)
DDE = Finding("DOC-CHK-07", "file.dde", "A cell would start a program on the reader's machine.", SHEET_AGAIN)
SHEET_ROWS = Finding(
    "DOC-CHK-06", "file.too_many", "The table has more rows or texts than can be read.", "Send at most 200,000 rows."
)
XML_UNSAFE = Finding(
    "DOC-CHK-08",
    "file.xml",
    "The XML brings a document type or entities, or is too deep.",
    "Send it without <!DOCTYPE>.",
)
