"""`check_message`: one JSON line a file, never a crash, and the exit code of the whole."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.declarations import import_json

SOUND = json.dumps(import_json(2, lrn="CHECK-1")).encode()
BROKEN_RULE = json.dumps(import_json(1, lrn="CHECK-2", item_count=3)).encode()
BROKEN_FORM = json.dumps(import_json(1, lrn="CHECK-3", colour="red")).encode()
EDIFACT = b"UNA:+.? 'UNB+UNOC:3+A+B+260101:1200+1'UNH+1+CUSDEC:D:99B:UN'BGM+929+X+9'UNT+3+1'UNZ+1+1'"
TRANSIT = b'<ncts:CC015C xmlns:ncts="http://ncts.dgtaxud.ec" PhaseID="NCTS5.1"><a/></ncts:CC015C>'


def run(tmp_path, **bodies: bytes) -> tuple[int, list[dict]]:
    files = []
    for name, body in bodies.items():
        path = tmp_path / name
        path.write_bytes(body)
        files.append(str(path))
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("check_message", *files, "--json", stdout=out)
    return left.value.code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_all_accepted_leaves_with_0_and_gives_the_canonical_hash(tmp_path):
    code, (line,) = run(tmp_path, sound=SOUND)
    assert code == 0
    assert line["outcome"] == "accepted"
    assert line["format"] == "json"
    assert line["kind"] == "IMA"
    assert line["errors"] == []
    assert len(line["canonical_sha256"]) == 64


def test_one_not_accepted_leaves_with_1_and_every_file_has_its_line(tmp_path):
    code, lines = run(tmp_path, a=SOUND, b=BROKEN_RULE, c=BROKEN_FORM, d=EDIFACT, e=TRANSIT, f=b"", g=b"PK\x03\x04")
    assert code == 1
    assert [line["outcome"] for line in lines] == ["accepted", *["rejected"] * 3, *["unsupported"] * 3]
    assert [line["kind"] for line in lines] == ["IMA", "IMA", "IMA", "CUSDEC:D:99B", "CC015C", "", ""]
    assert [line["format"] for line in lines][3:5] == ["edifact", "ncts-p5"]


def test_a_broken_rule_bears_its_id_and_a_broken_form_begins_with_format(tmp_path):
    _, (rule, form) = run(tmp_path, b=BROKEN_RULE, c=BROKEN_FORM)
    assert [(error["code"], error["pointer"]) for error in rule["errors"]] == [("DL-003", "/item_count")]
    assert rule["canonical_sha256"]
    assert [(error["code"], error["pointer"]) for error in form["errors"]] == [("format.unknown_field", "/colour")]
    assert form["canonical_sha256"] is None


def test_an_unsupported_message_is_declined_by_name(tmp_path):
    _, (line,) = run(tmp_path, d=TRANSIT)
    assert line["errors"][0]["code"] == "format.unsupported"
    assert "transit message CC015C" in line["errors"][0]["message"]


@pytest.mark.parametrize("files", [["/does/not/exist"], ["/"]])
def test_wrong_use_leaves_with_2(files):
    with pytest.raises(CommandError) as refused:
        call_command("check_message", *files)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b"<a>" * 100_000, "<a/>".encode("utf-16"), b"<!DOCTYPE a><a/>", b"{", b"<", b'{"lrn":"\\ud800"}'],
)
def test_hostile_bytes_are_rejected_with_a_code_of_the_format(body):
    verdict = message_check(body, code_lists_from_files())
    assert verdict.outcome is MessageOutcome.REJECTED
    assert all(error.rule.startswith("format.") for error in verdict.errors)


@given(st.binary(max_size=400) | st.tuples(st.integers(0, len(SOUND)), st.binary(max_size=8)))
@settings(max_examples=300, deadline=None)
def test_any_bytes_get_a_verdict(made):
    body = made if isinstance(made, bytes) else SOUND[: made[0]] + made[1] + SOUND[made[0] + len(made[1]) :]
    verdict = message_check(body, code_lists_from_files())
    assert verdict.errors or verdict.outcome is MessageOutcome.ACCEPTED
