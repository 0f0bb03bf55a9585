"""Lists as they are published are told by their content and read whole; everything broken is told at once."""

from pathlib import Path

import pytest

from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.screening.reading import ListRead, SourceFile, files_read
from singlewindow.screening.rules.countries import country_code
from singlewindow.screening.types import EntryKind, NameQuality, Source
from tests.factories.screening import (
    SDN_ALTERNATES,
    SDN_ROWS,
    address,
    alternate,
    primary,
    sdn_files,
    table,
    un_file,
)


def refused(*files: SourceFile) -> tuple[Violation, ...]:
    with pytest.raises(RuleViolated) as error:
        files_read(files)
    return error.value.violations


@pytest.fixture
def published(shared_inputs: Path) -> dict[str, ListRead]:
    files = [SourceFile(p.name, p.read_bytes()) for p in sorted((shared_inputs / "sanctions").iterdir())]
    return {one.source.value: one for one in files_read([file for file in files if "pairs" not in file.name])}


def test_SC_LST_01_the_published_lists_are_told_apart_by_their_content(published: dict[str, ListRead]) -> None:
    counts = {
        source: (len(one.entries), sum(len(entry.names) for entry in one.entries)) for source, one in published.items()
    }
    assert counts == {"ofac-sdn": (17, 46), "ofac-consolidated": (442, 1583), "un": (1003, 4122), "us-csl": (115, 276)}
    assert str(published["un"].published_on) == "2026-02-27"


def test_SC_LST_04_rows_of_entries_that_are_not_there_are_told_not_hidden(published: dict[str, ListRead]) -> None:
    assert [note.split(":")[0] for note in published["ofac-sdn"].notes] == [
        "internal_ofactest_testdata_alt.csv",
        "internal_ofactest_testdata_add.csv",
    ]
    assert published["ofac-consolidated"].notes == ()


def test_the_published_entries_hold_what_the_lists_say(published: dict[str, ListRead]) -> None:
    sdn = {entry.uid: entry for entry in published["ofac-sdn"].entries}
    vessel = sdn["47371"]
    assert (vessel.kind, vessel.countries) == (EntryKind.VESSEL, ("GA",))
    assert "IMO 9339301" in vessel.identifiers
    assert sdn["10278"].birth == ("28 Jul 1963",)
    assert sdn["10278"].names[1].quality is NameQuality.WEAK
    un = {entry.uid: entry for entry in published["un"].entries}
    assert un["6907993"].names[0].name == "ERIC BADEGE"
    assert any(name.quality is NameQuality.ORIGINAL for entry in un.values() for name in entry.names)
    csl = [entry for entry in published["us-csl"].entries if entry.kind is EntryKind.VESSEL]
    assert any("IMO 8898831" in entry.identifiers for entry in csl)


def test_SC_LST_01_names_of_files_tell_nothing() -> None:
    files = [SourceFile(f"{number}.bin", file.content) for number, file in enumerate(reversed(sdn_files()))]
    (one,) = files_read(files)
    assert (one.source, len(one.entries), [len(e.names) for e in one.entries]) == (Source.OFAC_SDN, 5, [2, 3, 1, 1, 2])


def test_SC_LST_02_latin_1_is_read_where_it_is_not_utf_8() -> None:
    rows = [primary(1, "COMPAÑÍA MUÑOZ", kind="individual")]
    for encoding in ("utf-8", "latin-1"):
        (one,) = files_read([table("sdn.csv", rows, encoding=encoding)])
        assert one.entries[0].names[0].name == "COMPAÑÍA MUÑOZ"
    (one,) = files_read([SourceFile("bom.csv", b"\xef\xbb\xbf" + table("x", rows).content)])
    assert one.entries[0].uid == "1"


def test_SC_LST_03_everything_that_is_broken_is_told_at_once_with_file_and_line() -> None:
    rows = [
        *SDN_ROWS,
        primary(101, "TWICE"),
        ["7", "TOO", "FEW"],
        primary(107, ""),
        primary(108, "ROBOT", kind="android"),
        ["x9", *primary(9, "NO NUMBER")[1:]],
    ]
    others = [*SDN_ALTERNATES, ["101", "4", "aka"], alternate(102, 5, "X", kind="nickname")]
    found = refused(table("sdn.csv", rows), table("alt.csv", others))
    assert {one.pointer for one in found} >= {f"/sdn.csv/{line}" for line in (6, 7, 8, 9, 10)} | {"/alt.csv/4"}
    assert all(one.rule == "SC-LST-03" for one in found)
    assert len(found) == 7


def test_SC_LST_04_alternates_without_their_primary_are_told() -> None:
    (one,) = refused(table("alt.csv", SDN_ALTERNATES))
    assert (one.rule, one.pointer) == ("SC-LST-04", "/alt.csv")
    assert "primary" in one.message


def test_SC_LST_04_a_primary_without_its_alternates_says_what_is_missed() -> None:
    (one,) = files_read([table("sdn.csv", SDN_ROWS)])
    assert len(one.notes) == 2


def test_SC_LST_04_further_files_go_to_the_list_that_they_belong_to() -> None:
    consolidated = table("p2.csv", [primary(900, "OTHER LIST", programme="NS-PLC")])
    files = [consolidated, table("a2.csv", [alternate(900, 1, "ANOTHER NAME")]), *sdn_files()]
    lists = {one.source: one for one in files_read(files)}
    assert [name.name for name in lists[Source.OFAC_CONSOLIDATED].entries[0].names] == ["OTHER LIST", "ANOTHER NAME"]
    assert len(lists[Source.OFAC_SDN].entries[0].names) == 2


def test_SC_LST_01_the_same_list_twice_is_refused() -> None:
    found = refused(un_file([(1, "A", "B")]), un_file([(2, "C", "D")], name="un2.xml"))
    assert [(one.rule, one.pointer) for one in found] == [("SC-LST-01", "/un2.xml")]


def test_comments_go_on_where_remarks_end() -> None:
    files = [table("sdn.csv", [primary(1, "SUEX", remarks="Website suex.io;")])]
    (one,) = files_read([*files, table("c.csv", [["1", "Tax ID No. 0748604999; a.k.a. 'SUCCESSFUL EXCHANGE'."]])])
    assert [name.name for name in one.entries[0].names] == ["SUEX", "SUCCESSFUL EXCHANGE"]
    assert one.entries[0].identifiers == ("Tax ID No 0748604999",)


def test_an_address_keeps_its_text_where_the_country_is_not_known() -> None:
    files = sdn_files(addresses=[address(101, 1, "Main Street 1", "Nowhere", "Atlantis")])
    (one,) = files_read(files)
    assert (one.entries[0].addresses[0].country, one.entries[0].addresses[0].country_text) == ("", "Atlantis")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Russia", "RU"),
        ("Iran", "IR"),
        ("Korea, North", "KP"),
        ("Burma", "MM"),
        ("cu", "CU"),
        ("", ""),
        ("Nowhere", ""),
    ],
)
def test_countries_by_the_names_of_lists(text: str, code: str) -> None:
    assert country_code(text) == code
