"""Real CDS messages that nobody here wrote: what schema validation calls valid is taken, the rest declined well."""

import csv
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from declarations.messages import MessageUnsupported, parse, write_json
from singlewindow.kernel.errors import FormatRefused
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome, Verdict
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.xml_mutants import mutants


@cache
def verdicts(inputs: Path) -> dict[str, tuple[str, Verdict]]:
    """The schema oracle's verdict and ours for each file of cds-dec."""
    lists = code_lists_from_files()
    with (inputs / "VALIDITY.tsv").open(encoding="utf-8") as file:
        oracle = {row["file"]: row["xsd"] for row in csv.DictReader(file, delimiter="\t")}
    files = {name: xsd for name, xsd in oracle.items() if name.startswith("cds-dec/")}
    return {name: (xsd, message_check((inputs / name).read_bytes(), lists)) for name, xsd in files.items()}


def valid_imports(inputs: Path) -> dict[str, Verdict]:
    return {
        name: verdict
        for name, (xsd, verdict) in verdicts(inputs).items()
        if xsd == "xsd-valid" and verdict.kind.startswith("IM")
    }


def test_at_least_95_percent_of_the_valid_imports_are_accepted(shared_inputs):
    outcomes = Counter(verdict.outcome for verdict in valid_imports(shared_inputs).values())
    assert outcomes.total() > 100
    assert outcomes[MessageOutcome.ACCEPTED] >= 0.95 * outcomes.total()


def test_each_valid_message_that_is_refused_stands_in_the_documentation_with_its_rule(shared_inputs, settings):
    listed = (settings.BASE_DIR / "docs/messages.md").read_text(encoding="utf-8")
    for name, (xsd, verdict) in verdicts(shared_inputs).items():
        if xsd == "xsd-valid" and verdict.outcome is MessageOutcome.REJECTED:
            rules = ", ".join(dict.fromkeys(error.rule for error in verdict.errors))
            assert f"| `{name}` | {rules} |" in listed


def test_the_verdict_on_the_structure_agrees_with_the_schema_for_98_percent_and_each_other_file_is_documented(
    shared_inputs, settings
):
    listed = (settings.BASE_DIR / "docs/messages.md").read_text(encoding="utf-8")
    others = [
        name for name, (xsd, verdict) in verdicts(shared_inputs).items() if (xsd == "xsd-valid") != sound(verdict)
    ]
    assert len(others) <= 0.02 * len(verdicts(shared_inputs))
    section = listed.partition("## Where our verdict is not the schema's")[2].partition("\n## ")[0]
    assert sorted(line.split("`")[1] for line in section.splitlines() if line.startswith("| `")) == sorted(others)


def sound(verdict: Verdict) -> bool:
    return not any(error.rule.startswith("format.") for error in verdict.errors)


def test_mutants_of_valid_messages_get_the_verdict_of_the_schema(shared_inputs):
    """Elements dropped, repeated, moved, renamed, given other values or attributes: 99 in 100 verdicts agree."""
    schema = etree.XMLSchema(etree.parse(str(shared_inputs / "cds-schemas/customs/wrapper_submit.xsd")))
    lists, agreed, compared = code_lists_from_files(), 0, 0
    names = [name for name, (xsd, verdict) in verdicts(shared_inputs).items() if xsd == "xsd-valid" and sound(verdict)]
    for seed, name in enumerate(names[::9]):
        for _, body in mutants((shared_inputs / name).read_bytes(), 25, seed):
            root = etree.fromstring(body)
            valid = schema.validate(
                etree.ElementTree(root if "MetaData" in root.tag else next(root.iter("{*}MetaData")))
            )
            agreed += valid == sound(message_check(body, lists))
            compared += 1
    assert compared > 400
    assert agreed >= 0.99 * compared


def test_what_is_not_well_formed_is_rejected_for_its_format(shared_inputs):
    broken = [verdict for xsd, verdict in verdicts(shared_inputs).values() if xsd == "not-well-formed"]
    assert {verdict.outcome for verdict in broken} == {MessageOutcome.REJECTED}
    assert {error.rule for verdict in broken for error in verdict.errors} == {"format.xml.not_well_formed"}


def test_no_valid_message_is_refused_for_its_form(shared_inputs):
    for name, (xsd, verdict) in verdicts(shared_inputs).items():
        if xsd == "xsd-valid" and verdict.outcome is MessageOutcome.REJECTED:
            assert not [error for error in verdict.errors if error.rule.startswith("format.")], name


def test_each_sample_written_as_JSON_reads_back_to_the_same_message_and_verdict(shared_inputs):
    lists = code_lists_from_files()
    for name, (_, verdict) in verdicts(shared_inputs).items():
        if verdict.canonical_sha256 is None or verdict.kind in {"COR", "INV", "GPR"}:
            continue
        message = parse((shared_inputs / name).read_bytes(), "application/xml").message
        again = message_check(write_json(message), lists)
        assert again.canonical_sha256 == verdict.canonical_sha256, name
        assert again.errors == verdict.errors, name
        assert json.loads(write_json(message)) == message.canonical()


def test_other_messages_are_declined_by_their_format(shared_inputs):
    lists = code_lists_from_files()
    for folder in ("ncts-p5", "ncts-p4-legacy", "ubl", "taric3", "cds-notifications"):
        for path in sorted((shared_inputs / folder).rglob("*.xml"))[:40]:
            verdict = message_check(path.read_bytes(), lists)
            assert verdict.outcome is MessageOutcome.UNSUPPORTED, path
            assert verdict.errors[0].message.startswith("This is "), path


def test_where_the_schemas_are_at_hand_what_they_refuse_is_refused_here(shared_inputs):
    """Each element of a sample is left out, doubled, emptied or renamed in turn."""
    schema = etree.XMLSchema(etree.parse(str(shared_inputs / "cds-schemas/customs/wrapper_submit.xsd")))
    name = next(n for n, verdict in valid_imports(shared_inputs).items() if "TT_IM001" in n and not verdict.errors)
    body = (shared_inputs / name).read_bytes()
    count = sum(1 for _ in etree.fromstring(body).iter("{*}*"))
    compared = 0
    for place in range(count):
        for change in ("remove", "double", "empty", "rename"):
            root = etree.fromstring(body)
            changed = _changed(root, place, change)
            if changed is None or schema.validate(etree.fromstring(changed)):
                continue
            compared += 1
            with pytest.raises((FormatRefused, MessageUnsupported)):
                parse(changed, "application/xml")
    assert compared > 100


def _changed(root: etree._Element, place: int, change: str) -> bytes | None:
    element = list(root.iter("{*}*"))[place]
    parent = element.getparent()
    if parent is None or not element.tag.startswith("{urn:wco:datamodel:WCO:DEC-DMS:2}"):
        return None
    if change == "remove":
        parent.remove(element)
    elif change == "double":
        parent.insert(parent.index(element), etree.fromstring(etree.tostring(element, with_tail=False)))
    elif change == "empty" and not len(element):
        element.text = ""
    elif change == "rename":
        element.tag += "Other"
    return etree.tostring(root)
