"""Names written to slip through, and list files written to break in."""

import pytest

from singlewindow.kernel.errors import RuleViolated
from singlewindow.screening.models import ListVersion
from singlewindow.screening.reading import SourceFile, files_read
from singlewindow.screening.reading import lists as reading
from singlewindow.screening.rules.index import NameIndex
from singlewindow.screening.rules.names import name_form, name_forms
from singlewindow.screening.selectors import screen_names, subject_key
from singlewindow.screening.services import lists_load
from singlewindow.screening.types import QueryKind, ScreenQuery
from tests.factories.effort import processor_seconds_under
from tests.factories.screening import analyst, forget, primary, put_in_force, sdn_files, table, un_file

LISTED = ("ROSNEFT TRADING COMPANY", "PETROV, Ivan Sergeevich", "GOLDEN CRESCENT GENERAL TRADING LLC", "KOMID")


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex([form for name in LISTED if (form := name_form(name))])


@pytest.mark.parametrize(
    "name",
    [
        "\u202eRosneft Trading\u202c",
        "Ros\u200bneft Tra\u200dding",
        "Ros\u00adneft\u2060 Trading",
        "Rоsneft Trаding",  # Cyrillic о and а
        "Роснeфть Trading",  # Latin e in a Cyrillic word
        "ΡΟSΝΕFΤ ΤRΑDΙΝG",  # Greek capitals among Latin letters
        "Ｒｏｓｎｅｆｔ　Ｔｒａｄｉｎｇ",
        "𝐑𝐨𝐬𝐧𝐞𝐟𝐭 𝕋𝕣𝕒𝕕𝕚𝕟𝕘",
        "R0sneft Trad1ng",
        "ROSNEFT;DROP TABLE--TRADING",
        "Rosneft\x00Trading",
        "Rósnéft Träding",
        "R̶o̶s̶n̶e̶f̶t̶ Trading",
        "rosnefttrading",
        "R O S N E F T Trading",
        "  Trading,,,Rosneft!!! ",
    ],
)
def test_a_name_in_disguise_is_found(index: NameIndex, name: str) -> None:
    assert 0 in {found.place for found in index.search(name, 80)}


@pytest.mark.parametrize(
    "name",
    ["", " ", "...", "!?*()[]", "\u200b\u200e\u202e", "\x00", "—", "😀😀😀", "\ud800", "´`'\"", "\u0301\u0301"],
)
def test_a_name_without_letters_is_no_name_and_no_fault(index: NameIndex, name: str) -> None:
    assert [found for found in index.search(name, 80) if found.score > 90] == []


def test_a_name_of_ten_thousand_letters_hides_nobody_and_takes_no_time(index: NameIndex) -> None:
    padded = "filler word " * 400 + "Ivan Sergeevich Petrov " + "more padding " * 400
    assert len(padded) > 9_000
    with processor_seconds_under(5):
        found = index.search(padded, 85)
        assert 1 in {one.place for one in found}
        for text in (
            "a" * 10_000,
            "а" * 10_000,
            "x " * 5_000,
            "محمد" * 2_500,
            "1 " * 5_000,
            "習" * 10_000,
            "가" * 10_000,
        ):
            index.search(text, 85)


def test_patterns_do_not_run_away() -> None:
    with processor_seconds_under(3):
        for text in (
            "a." * 50_000,
            "abd" * 30_000,
            "din " * 20_000,
            "joint stock " * 8_000,
            "0o" * 50_000,
            "'" * 100_000,
        ):
            name_forms(text)


@pytest.mark.django_db
def test_hostile_names_pass_through_the_whole_question() -> None:
    put_in_force(sdn_files())
    for name in (
        "\ud800 Petrov",
        "\x00Ivan Petrov",
        "<script>Ivan Petrov</script>",
        "Ivan\u202ePetrov",
        "'; DROP TABLE x",
    ):
        for kind in QueryKind:
            screen_names([ScreenQuery(name, kind, "\ud800", "\x00", "\ud800123456")])
            assert len(subject_key(ScreenQuery(name, kind, identifier="\ud800"))) == 64
    assert len(screen_names([ScreenQuery("\x00Ivan Petrov")])) == 1
    forget()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    b"<CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>"
)
FILES = {
    "entities": BOMB,
    "file from the disk": b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><CONSOLIDATED_LIST>&x;</CONSOLIDATED_LIST>',
    "depth": b"<CONSOLIDATED_LIST>" + b"<a>" * 500 + b"</a>" * 500 + b"</CONSOLIDATED_LIST>",
    "another root": b"<html><body>Not found</body></html>",
    "no entry": b"<CONSOLIDATED_LIST></CONSOLIDATED_LIST>",
    "cut off": b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>",
    "UTF-16": '<?xml version="1.0" encoding="UTF-16"?><CONSOLIDATED_LIST/>'.encode("utf-16"),
    "zero bytes": b'1,"A\x00B","individual","X",,,,,,,,\n',
    "table in UTF-16": '1,"A","individual","X",,,,,,,,\n'.encode("utf-16"),
    "open quote": b'1,"ABC,"individual","X",-0-,-0-,-0-,-0-,-0-,-0-,-0-,"never closed\n2,"B"\n',
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "one cell of a megabyte": b'1,"' + b"A" * 1_000_000 + b'","individual","X",-0-,-0-,-0-,-0-,-0-,-0-,-0-,-0-\n',
    "other columns": b"name,country\nIvan,RU\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_list_is_refused_with_a_reason_and_quickly(content: bytes) -> None:
    with processor_seconds_under(1):
        with pytest.raises(RuleViolated) as refused:
            files_read([SourceFile("hostile", content)])
        assert refused.value.violations
        assert all(one.message.startswith("hostile") for one in refused.value.violations)
        assert b"root:" not in repr(refused.value.violations).encode()


def test_too_many_files_and_too_large_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuleViolated, match="findings"):
        files_read([un_file([(1, "A", "B")])] * 21)
    monkeypatch.setattr(reading, "FILE_BYTES_MOST", 100)
    with pytest.raises(RuleViolated) as refused:
        files_read(sdn_files())
    assert {one.rule for one in refused.value.violations} == {"SC-LST-02"}


def test_a_flood_of_faults_is_counted_not_listed() -> None:
    with pytest.raises(RuleViolated) as refused:
        files_read([table("sdn.csv", [*[primary(n, "X") for n in range(20)], *[["1", "2", "3"]] * 5_000])])
    assert len(refused.value.violations) == 200
    assert "5000 findings" in refused.value.detail


@pytest.mark.django_db
def test_one_broken_file_of_three_leaves_nothing_behind() -> None:
    files = [*sdn_files(), SourceFile("un.xml", FILES["cut off"])]
    with pytest.raises(RuleViolated):
        lists_load(files=files, actor=analyst())
    assert not ListVersion.objects.exists()


@pytest.mark.django_db
def test_texts_of_a_list_are_only_texts() -> None:
    rows = [primary(1, "<script>alert(1)</script> {{7*7}} '; DROP TABLE x;--", kind="individual")]
    put_in_force([table("sdn.csv", rows)])
    (match,) = screen_names([ScreenQuery("script alert 1 script 7 7 drop table x")])
    assert match.entry.name.startswith("<script>")
    forget()
