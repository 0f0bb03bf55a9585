"""Log lines: one JSON object each, with the conversation it belongs to."""

import json
import logging

import pytest
import structlog

from singlewindow.runtime.logs import formatter
from singlewindow.runtime.warm import warm


def line(**extra):
    """One record of Django's own, as the handler writes it."""
    record = logging.makeLogRecord({"name": "django.request", "levelname": "WARNING", "msg": "Conflict", **extra})
    return json.loads(formatter("json").format(record))


def test_a_line_is_one_json_object_with_level_logger_and_utc_time():
    written = line()
    assert (written["event"], written["level"], written["logger"]) == ("Conflict", "warning", "django.request")
    assert written["timestamp"].endswith("Z")


def test_a_line_bears_the_conversation_that_is_bound():
    with structlog.contextvars.bound_contextvars(conversation_id="c-1"):
        assert line()["conversation_id"] == "c-1"


def test_a_line_about_a_request_that_is_over_bears_its_conversation(rf):
    request = rf.get("/")
    request.conversation_id = "c-2"
    assert line(request=request)["conversation_id"] == "c-2"


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_does_not_keep_a_process_from_starting():
    warm()
