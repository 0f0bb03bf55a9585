"""The shipped files: whole, described, dated and wide enough for messages of other administrations."""

import csv
import json
import re
from collections import Counter
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from singlewindow.kernel.money import minor_unit
from singlewindow.reference import files
from singlewindow.reference.selectors import code_lists_from_files
from singlewindow.reference.types import CodeListName

TODAY = date(2026, 11, 22)


def test_every_shipped_file_matches_its_checksum_and_has_a_provenance():
    shipped = {path.name for path in files.DATA.iterdir() if path.suffix in {".csv", ".json"}}
    assert set(files.checksums()) == shipped
    assert set(files.provenance()) == shipped - {"sources.csv"}
    for name, digest in files.checksums().items():
        assert sha256((files.DATA / name).read_bytes()).hexdigest() == digest, name


def test_a_damaged_file_is_refused(monkeypatch, tmp_path):
    for path in files.DATA.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "incoterms.csv").write_text("code,name,valid_from,valid_to,attributes\n", encoding="utf-8")
    monkeypatch.setattr(files, "DATA", tmp_path)
    with pytest.raises(files.DataDamaged, match=r"incoterms\.csv"):
        files.content_checksum(("incoterms.csv",))


@pytest.mark.parametrize("name", list(CodeListName))
def test_versions_of_a_code_never_overlap(name):
    by_code: dict[str, list[tuple[date, date]]] = {}
    for row in files.code_rows(name):
        by_code.setdefault(row.code, []).append((row.valid_from, row.valid_to or date.max))
    for code, periods in by_code.items():
        periods.sort()
        assert all(start <= end for start, end in periods), code
        assert all(end < following for (_, end), (following, _) in pairwise(periods)), code


def test_every_code_has_a_name():
    nameless = [row.code for name in CodeListName for row in files.code_rows(name) if row.name in ("", row.code)]
    assert nameless == []


def test_minor_units_agree_with_the_kernel():
    for row in files.code_rows(CodeListName.CURRENCY):
        if row.attributes["kind"] == "money" and row.attributes["minor_units"] != "4":
            assert int(row.attributes["minor_units"]) == minor_unit(row.code), row.code


def test_the_249_countries_of_ISO_3166_stand_and_the_codes_seen_in_trade():
    kinds = Counter(row.attributes["kind"] for row in files.code_rows(CodeListName.COUNTRY))
    assert kinds["iso"] == 249
    wide = {"XI", "XK", "XS", "XC", "XL", "GG", "JE", "IM", "EU", "QP", "QZ", "ZZ", "ZG", "ZU", "AA"}
    assert wide <= code_lists_from_files(TODAY).countries


def test_every_currency_with_a_rate_is_a_currency():
    known = {row.code for row in files.code_rows(CodeListName.CURRENCY)}
    assert {row.currency for row in files.rate_rows()} <= known


def test_national_lines_hang_under_a_subheading_of_the_edition_in_force():
    subheadings = {row.code for row in files.commodity_rows() if row.edition == files.HS_EDITION}
    open_lines = [row for row in files.commodity_rows() if row.edition == "national" and row.valid_to is None]
    assert len(open_lines) > 150
    assert [row.code for row in open_lines if row.code[:6] not in subheadings] == []
    units = code_lists_from_files(TODAY).units
    assert [row.code for row in open_lines if row.unit not in units] == []


def test_the_code_lists_need_no_database():
    lists = code_lists_from_files(TODAY)
    assert lists.home_country == "ZZ"
    assert len(lists.hs6) > 5_600
    assert len(lists.hs4) > 1_228


# ---------------------------------------------------------------- against public lists and messages, where present


def _values(folder: Path, pattern: str) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*.xml"):
        if "RefData" in path.stem:  # its authors made it to be refused for an unknown code
            continue
        text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8", errors="replace"), flags=re.S)
        found.update(re.findall(pattern, re.sub(r"<(/?)\w+:", r"<\1", text)))
    return found - {"tok"}


@pytest.mark.parametrize(
    ("pattern", "list_name"),
    [
        (r"<(?:Registration|Routing)?(?:Nationality|Country)Code>([^<]+)<", "countries"),
        (r'currencyID="([^"]+)"', "currencies"),
        (r"(?s)<Packaging>(?:(?!</Packaging>).)*?<TypeCode>([^<]{2})<", "package_types"),
        (r"<CurrentCode>([0-9]{2})<", "requested_procedures"),
        (r"<PreviousCode>([0-9]{2})<", "previous_procedures"),
        (r"<TransactionNatureCode>([^<]+)<", "transaction_natures"),
        (r"<DutyRegimeCode>([^<]+)<", "preferences"),
        (r"<SecurityDetailsCode>([^<]+)<", "guarantee_types"),
        (r"<TradeTerms>\s*<ConditionCode>([^<]+)<", "incoterms"),
        (r"<TypeCode>((?:IM|EX)[A-Z])<", "declaration_types"),
    ],
    ids=lambda value: value if value.isidentifier() else "",
)
def test_every_code_of_real_declarations_is_known(shared_inputs, pattern, list_name):
    met = _values(shared_inputs / "cds-dec", pattern)
    assert met, "the pattern finds nothing"
    assert met - getattr(code_lists_from_files(TODAY), list_name) == set()


def test_every_unit_and_office_of_real_declarations_is_known(shared_inputs):
    lists = code_lists_from_files(TODAY)
    units = _values(shared_inputs / "cds-dec", r'unitCode="([^"]+)"') - {
        "3"
    }  # 3 fills every element of a schema sample
    assert {unit for unit in units if not lists.knows_unit(unit)} == set()
    offices = _values(shared_inputs / "cds-dec", r"<(?:Exit|Supervising)Office>\s*<ID>([^<]+)<")
    assert {office for office in offices if not lists.knows_office(office)} == set()


def test_package_types_hold_every_code_of_a_public_list(shared_inputs):
    public = json.loads((shared_inputs / "refdata-hmrc-codelists/packageTypes.json").read_text(encoding="utf-8"))
    assert {row["code"] for row in public} - code_lists_from_files(TODAY).package_types == set()


def test_the_nomenclature_holds_every_code_of_a_public_list(shared_inputs):
    with (shared_inputs / "refdata-datasets/hs/harmonized-system.csv").open(encoding="utf-8", newline="") as stream:
        public = {row["hscode"] for row in csv.DictReader(stream) if row["hscode"].isdigit()}
    lists = code_lists_from_files(TODAY)
    assert {code for code in public if len(code) == 6} - lists.hs6 == set()
    assert {code for code in public if len(code) == 4} - lists.hs4 == set()
