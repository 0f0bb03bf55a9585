"""U12 and X1 to X19 against the files of the tariff: refused with the place, and nothing is left behind."""

import tracemalloc
from collections.abc import Callable
from time import perf_counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from fees.services import tariff_load
from fees.services.tariff import change_read, envelope_change_read
from fees.services.tariff.reading import FILE_BYTES_MOST
from singlewindow.accounts.permissions import Role
from singlewindow.kernel.errors import DomainError
from tests.factories import accounts
from tests.factories.tariff import FIRST, enveloped, files, measure_records

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"

HEADER = b"kind,code,text,valid_from,valid_to\n"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.fixture
def standing() -> None:
    """A tariff stands."""
    tariff_load()


def kept() -> tuple[int, ...]:
    tables = ("fees_tariffchange", "fees_tariffchangerow", "fees_tariffversion", "fees_taricrecord", "audit_event")
    with connection.cursor() as cursor:
        counts = []
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts.append(cursor.fetchone()[0])
    return tuple(counts)


def note(*cells: bytes) -> bytes:
    return HEADER + b",".join(cells) + b"\n"


SHEETS = {
    "a formula": (note(b"footnote", b"TM900", b"=cmd|'/c calc'!A0", b"2020-01-01", b""), 2),
    "a formula behind a full-width sign": (note(b"footnote", b"TM900", "＝1+1".encode(), b"2020-01-01", b""), 2),
    "a formula in quotes": (note(b"footnote", b"TM900", b'"+1"', b"2020-01-01", b""), 2),
    "NUL": (note(b"footnote", b"TM900", b"a\x00b", b"2020-01-01", b""), 2),
    "a right-to-left override": (note(b"footnote", b"TM900", "a\u202eb".encode(), b"2020-01-01", b""), 2),
    "a line break in a cell": (note(b"footnote", b"TM900", b'"a\nb"', b"2020-01-01", b""), 3),
    "an unclosed quote": (note(b"footnote", b"TM900", b'"a', b"2020-01-01", b""), 2),
    "another order": (b"code,kind,text,valid_from,valid_to\n", 1),
    "semicolons": (HEADER.replace(b",", b";"), 1),
    "no header": (b"footnote,TM900,a,2020-01-01,\n", 1),
    "nothing": (b"", 1),
    "a cell too many": (note(b"footnote", b"TM900", b"a", b"2020-01-01", b"", b""), 2),
    "UTF-16": (HEADER.decode().encode("utf-16"), 1),
    "bytes of no encoding": (note(b"footnote", b"TM900", b"\xff\xfe", b"2020-01-01", b""), 2),
    "a long text": (note(b"footnote", b"TM900", b"a" * 2_001, b"2020-01-01", b""), 2),
    "a cell of 200 kB": (note(b"footnote", b"TM900", b"a" * 200_000, b"2020-01-01", b""), 2),
    "a long code": (note(b"footnote", b"TM9000000", b"a", b"2020-01-01", b""), 2),
    "a kind of its own": (note(b"riddle", b"TM900", b"a", b"2020-01-01", b""), 2),
    "a day that is none": (note(b"footnote", b"TM900", b"a", b"2026-02-30", b""), 2),
    "an end before the beginning": (note(b"footnote", b"TM900", b"a", b"2026-02-02", b"2026-02-01"), 2),
    "Arabic digits": (note(b"footnote", b"TM900", b"a", "٢٠٢٦-01-01".encode(), b""), 2),
}


@pytest.mark.parametrize(("content", "line"), SHEETS.values(), ids=SHEETS.keys())
def test_U12_a_broken_sheet_is_refused_with_its_line_and_leaves_nothing(standing, content, line):
    before = kept()
    with pytest.raises(DomainError) as refused:
        change_read(files={"tariff_notes.csv": content}, actor=FIRST)
    assert refused.value.status == 422
    assert [one.pointer for one in refused.value.violations][:1] == [f"/tariff_notes.csv/{line}"]
    assert kept() == before


MEASURES = {
    "a rate of its own": (",7.5 %,", ",7.5 % OR LESS,"),
    "a rate without end": (",7.5 %,", f",{'9' * 150} %,"),
    "a prefix in Arabic digits": ("duty,,090121,", "duty,,٠٩٠١٢١,"),
    "an order number of letters": (
        'duty,,090121,1011,import,,7.5 %,HALF_UP,"Customs Tariff Act 2020, schedule 1",CUS,2020-01-01,,,',
        'duty,,090121,1011,import,,7.5 %,HALF_UP,"Customs Tariff Act 2020, schedule 1",CUS,2020-01-01,,09ABCD,',
    ),
    "a second rate of the same goods": (
        "duty,,090121,1011,import,,7.5 %",
        "duty,,090122,1011,import,,7.5 %",
    ),
}


@pytest.mark.parametrize(("old", "new"), MEASURES.values(), ids=MEASURES.keys())
def test_U12_a_broken_measure_is_refused_with_its_line(standing, old, new):
    before = kept()
    with pytest.raises(DomainError) as refused:
        change_read(files=files(("measures.csv", old, new)), actor=FIRST)
    assert {one.rule for one in refused.value.violations} <= {"FE-TAR-05", "FE-TAR-02"}
    assert kept() == before


GOOD = enveloped(*measure_records(type="552", area="CN"))
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE env:envelope [{}]>'
ENVELOPES = {
    "X1 a billion laughs": (DOCTYPE.format('<!ENTITY l0 "ha">' + LAUGHS).encode() + GOOD, "xml.dtd_forbidden"),
    "X3 a file of the machine": (
        DOCTYPE.format('<!ENTITY x SYSTEM "file:///etc/passwd">').encode() + GOOD,
        "xml.dtd_forbidden",
    ),
    "X5 a document type elsewhere": (
        b'<!DOCTYPE envelope SYSTEM "http://169.254.169.254/x.dtd">' + GOOD,
        "xml.dtd_forbidden",
    ),
    "X9 nesting": (b"<a>" * 100_000, "xml.too_deep"),
    "X10 attributes": (
        b"<a " + b" ".join(b'a%d="1"' % number for number in range(100_000)) + b"/>",
        "xml.too_many_attributes",
    ),
    "X12 UTF-16": (GOOD.decode().encode("utf-16"), "xml.encoding"),
    "X12 another encoding": (b'<?xml version="1.0" encoding="UTF-7"?>' + GOOD, "xml.encoding"),
    "X18 trailing bytes": (GOOD + b"<b/>", "xml.not_well_formed"),
    "X11 too large": (b"<a>" + b" " * 20_000_001 + b"</a>", "xml.too_large"),
    "X19 another namespace": (GOOD.replace(b"DGTAXUD:GENERAL", b"DGTAXUD:PRIVATE"), "rule_violated"),
    "X7 an inclusion": (
        GOOD.replace(
            b"<oub:measure.type>552</oub:measure.type>",
            b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
        ),
        "rule_violated",
    ),
    "not XML": (b"\x00\x01\x02", "xml.not_well_formed"),
    "nothing": (b"", "xml.not_well_formed"),
}


@pytest.mark.parametrize(("content", "code"), ENVELOPES.values(), ids=ENVELOPES.keys())
def test_X_a_hostile_envelope_is_refused_and_leaves_nothing(standing, content, code):
    before = kept()
    with pytest.raises(DomainError) as refused:
        envelope_change_read(name="260001.xml", content=content, actor=FIRST)
    assert refused.value.code == code or (code == "xml.not_well_formed" and refused.value.code == "xml.encoding")
    assert kept() == before


def test_X1_a_billion_laughs_cost_neither_time_nor_memory(standing):
    content = ENVELOPES["X1 a billion laughs"][0]
    tracemalloc.start()
    begun = perf_counter()
    with pytest.raises(DomainError):
        envelope_change_read(name="260001.xml", content=content, actor=FIRST)
    elapsed, (_, peak) = perf_counter() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert elapsed < 0.5
    assert peak < 50_000_000


def test_X13_a_comment_splits_no_number(standing):
    content = GOOD.replace(b"0901210090", b"09012<!-- x -->10090")
    assert envelope_change_read(name="260001.xml", content=content, actor=FIRST)


@pytest.mark.parametrize("name", ["measures.csv", "260001.xml"])
def test_fifty_megabytes_are_refused_by_the_page(standing, name):
    client = Client()
    client.force_login(accounts.user(Role.SUPERVISOR), backend=BACKEND)
    before = kept()
    answer = client.post(reverse("fees:tariff-change-new"), {"files": SimpleUploadedFile(name, b"x" * 50_000_000)})
    assert answer.status_code == 413
    assert kept()[:4] == before[:4]


@pytest.mark.parametrize("read", [lambda content: change_read(files={"measures.csv": content}, actor=FIRST)])
def test_a_file_one_byte_too_large_is_refused_before_it_is_read(standing, read: Callable[[bytes], object]):
    with pytest.raises(DomainError) as refused:
        read(b"x" * (FILE_BYTES_MOST + 1))
    assert refused.value.status == 413


@pytest.mark.parametrize("name", ["../../measures.csv", "measures.csv\x00.exe", "MEASURES.CSV", "con.csv"])
def test_U4_a_name_is_only_ever_compared(standing, name):
    with pytest.raises(DomainError) as refused:
        change_read(files={name: b""}, actor=FIRST)
    assert refused.value.status == 422
