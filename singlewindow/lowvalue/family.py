"""A list of consignments of low value as a message: checked line by line, or taken in."""

import orjson
from django.db import transaction

from declarations.rules import declaration_check
from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.db.work import Work
from singlewindow.kernel.errors import Violation
from singlewindow.lowvalue.reading import file_read
from singlewindow.lowvalue.rules.lines import Setting, errors_of, line_read
from singlewindow.lowvalue.services import bulk_file_receive_in, same_file_named, setting_from_files
from singlewindow.lowvalue.types import LineError
from singlewindow.messaging.types import MessageOutcome, Received, Verdict
from singlewindow.reference.types import CodeLists

ROOT = "/api/v1/bulk-files"
MAX_FINDINGS = 500
"""Findings listed of one file; the counts tell the rest."""


class LowValueLists:
    """CSV and XLSX."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """The structure, then every line; the file is accepted when none of its lines is bad."""
        read = file_read(received.body)
        setting = setting_from_files(lists.on)
        if setting is None:
            return Verdict(read.format.value, "list", MessageOutcome.UNSUPPORTED)
        errors: list[Violation] = []
        for number, cells in read.lines:
            if len(errors) >= MAX_FINDINGS:
                break
            errors += _line_findings(number, cells, setting, lists)
        outcome = MessageOutcome.REJECTED if errors else MessageOutcome.ACCEPTED
        kind = f"{len(read.lines)} lines"
        return Verdict(read.format.value, kind, outcome, tuple(errors[:MAX_FINDINGS]), (), read.sha256)

    def take(self, work: Work, received: Received, actor: Actor) -> Answer:
        """Take the file in; its lines are filed by jobs."""
        with same_file_named(received.body, actor), transaction.atomic():
            file_id = bulk_file_receive_in(work, body=received.body, name="", actor=actor)
            work.flush()
        receipt = {"id": str(file_id), "links": {"self": f"{ROOT}/{file_id}"}}
        return Answer(202, orjson.dumps(receipt), {"Location": f"{ROOT}/{file_id}"})


def _line_findings(number: int, cells: tuple[str, ...], setting: Setting, lists: CodeLists) -> list[Violation]:
    read = line_read(cells, setting)
    errors: list[LineError] = list(read.errors)
    if read.message is not None:
        errors += errors_of(declaration_check(read.message, lists).violations)
    return [
        Violation(one.rule, f"/lines/{number}/{one.column}".rstrip("/"), one.message, one.remedy, one.value)
        for one in errors
    ]


LOW_VALUE = LowValueLists()
