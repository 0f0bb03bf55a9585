"""`check_message` on lists: told by their content, line by line, without a database."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from singlewindow.lowvalue.rules.columns import HEADER, examples
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome, Verdict
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.lowvalue import as_csv, as_xlsx, cells


def check(body: bytes) -> Verdict:
    return message_check(body, code_lists_from_files())


@pytest.mark.parametrize(("body", "format"), [(as_csv(examples()), "csv"), (as_xlsx(examples()), "xlsx")])
def test_a_good_list_is_accepted_whatever_its_format(body: bytes, format: str) -> None:
    verdict = check(body)
    assert (verdict.format, verdict.kind, verdict.outcome) == (format, "2 lines", MessageOutcome.ACCEPTED)
    assert len(verdict.canonical_sha256 or "") == 64


def test_every_finding_is_told_with_its_line_and_column() -> None:
    verdict = check(as_csv([cells(), cells(origin="AB", value="500"), cells(lrn="")]))
    assert verdict.outcome is MessageOutcome.REJECTED
    found = {(error.pointer, error.rule) for error in verdict.errors}
    assert found == {("/lines/3/origin", "DL-052"), ("/lines/3/value", "LV-003"), ("/lines/4/lrn", "LV-001")}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b";".join(name.encode() for name in HEADER) + b"\r\n", "format.csv.separator"),
        (as_csv([cells(description="=cmd|'/c calc'!A0")]), "format.csv.formula"),
        (as_csv([cells()], header=("lrn", *reversed(HEADER[1:]))), "format.csv.header"),
    ],
)
def test_a_list_that_cannot_be_read_is_rejected_as_a_list(body: bytes, code: str) -> None:
    verdict = check(body)
    assert (verdict.format, verdict.outcome) == ("csv", MessageOutcome.REJECTED)
    assert [error.rule for error in verdict.errors] == [code]


def test_a_text_that_is_no_such_list_stays_unknown() -> None:
    assert check(b"name,amount\r\nx,1\r\n").outcome is MessageOutcome.UNSUPPORTED


def test_the_command_prints_one_line_a_file(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(as_csv([cells(value="500")]))
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_message", str(file), "--json", stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue())["errors"][0]["pointer"] == "/lines/2/value"
