"""Real CDS import declarations, filed over HTTP as they came: taken, numbered, and decided by the jobs."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from clearance.models import Case
from declarations.models import Declaration
from declarations.types import Channel
from fees.models import Assessment
from fees.selectors import fiscal_status
from singlewindow.jobs.models import Job
from singlewindow.jobs.services import jobs_claim
from singlewindow.kernel.mrn import mrn_is_valid
from tests.factories.clearance import country_load, trader_rich
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db

LRN = re.compile(rb"(<(?:\w+:)?FunctionalReferenceID>)[^<]*(</)")
NEW_IMPORT = re.compile(rb"<(?:\w+:)?FunctionCode>\s*9\s*</.*?<(?:\w+:)?TypeCode>\s*IM\w\s*</", re.DOTALL)
ANSWER = re.compile(rb"<(?:\w+:)?(DeclarationStatusResponse|Response|StatusResponse)\b")
REFUSED_ROW = re.compile(r"^\| `(cds-dec/[^`]+)` \| ([A-Z0-9, -]+) \|", re.MULTILINE)


@dataclass(slots=True)
class Filed:
    """What became of each message."""

    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def filed(shared_inputs: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Filed]:
    """Every import declaration that schema validation calls valid, filed by one organisation, then all jobs done."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_load()
        software, result = Software(trader_rich("ZZIMP0001")), Filed()
        for number, name in enumerate(valid_imports(shared_inputs)):
            # An LRN is used once; the samples repeat theirs, so each gets its own.
            body = LRN.sub(rb"\g<1>CDS-%05d\g<2>" % number, (shared_inputs / name).read_bytes(), count=1)
            answer = software.post(body, content_type="application/xml")
            (result.taken if answer.status_code == 201 else result.refused)[name] = {
                "status": answer.status_code,
                **answer.json(),
            }
        jobs_do()
        yield result
        transaction.set_rollback(True)


def valid_imports(inputs: Path) -> list[str]:
    """The new import declarations of cds-dec that the schema oracle calls valid."""
    with (inputs / "VALIDITY.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    names = [row["file"] for row in rows if row["file"].startswith("cds-dec/") and row["xsd"] == "xsd-valid"]
    bodies = {name: (inputs / name).read_bytes() for name in names}
    return sorted(name for name, body in bodies.items() if NEW_IMPORT.search(body) and not ANSWER.search(body))


def jobs_do() -> None:
    """Do what is due until nothing is."""
    autodiscover_modules("tasks")
    while claimed := jobs_claim(cap=10_000, lease_s=30):
        for job_id, kind, _started in claimed:
            current_app.tasks[kind]([job_id])


def test_at_least_95_percent_of_the_valid_imports_are_taken_and_numbered(filed: Filed) -> None:
    total = len(filed.taken) + len(filed.refused)
    assert total > 100
    assert len(filed.taken) >= 0.95 * total, {name: found["errors"] for name, found in filed.refused.items()}
    numbers = {receipt["mrn"] for receipt in filed.taken.values()}
    assert len(numbers) == len(filed.taken) == Declaration.objects.count()
    assert all(mrn_is_valid(mrn) for mrn in numbers)
    assert set(Declaration.objects.values_list("channel", flat=True)) == {Channel.XML.value}


def test_each_one_refused_is_refused_with_the_rule_that_the_documentation_lists(filed: Filed) -> None:
    text = (settings.BASE_DIR / "docs/messages.md").read_text(encoding="utf-8")
    listed = {name: rules for name, rules in REFUSED_ROW.findall(text) if name in filed.taken or name in filed.refused}
    found = {
        name: ", ".join(dict.fromkeys(error["code"] for error in problem["errors"]))
        for name, problem in filed.refused.items()
    }
    assert found == listed
    assert all(problem["status"] == 422 for problem in filed.refused.values())


def test_every_one_taken_is_decided_without_a_failed_job(filed: Filed) -> None:
    assert list(Job.objects.exclude(last_error="").values_list("kind", "last_error")) == []
    assert not Job.objects.filter(state="dead").exists()
    for name, receipt in filed.taken.items():
        row = Declaration.objects.get(pk=receipt["id"])
        case = Case.objects.get(pk=row.pk)
        assert case.lane, name
        if row.goods_state == "EXPECTED":
            assert row.legal_state == "REGISTERED", name
        else:
            assert row.legal_state in {"ACCEPTED", "RELEASED", "CLEARED"}, name
            assert row.released_at or case.blocking, name


def test_every_one_taken_is_assessed_or_waits_for_something_that_has_a_name(filed: Filed) -> None:
    assessed = set(Assessment.objects.values_list("declaration_id", flat=True))
    for name, receipt in filed.taken.items():
        row = Declaration.objects.get(pk=receipt["id"])
        if row.pk not in assessed and row.goods_state != "EXPECTED":
            assert fiscal_status(row.pk).waiting_for, name
