"""Log lines as JSON, each with the conversation it belongs to."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor


def _conversation_of_request(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the conversation of lines that Django writes about a request after the request is over."""
    request = getattr(event.get("_record"), "request", None)
    conversation = getattr(request, "conversation_id", "")
    if conversation:
        event.setdefault("conversation_id", conversation)
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _conversation_of_request,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter(style: str) -> logging.Formatter:
    """Return the formatter of every handler; what is bound to the context, as `conversation_id`, is in each line."""
    render: Processor = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    processors: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if style == "json":
        processors.append(structlog.processors.format_exc_info)
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=[*processors, render])


def structlog_configure() -> None:
    """Send structlog's own loggers through the standard ones, so both come out in one form."""
    arguments: dict[str, Any] = {
        "processors": [*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        "logger_factory": structlog.stdlib.LoggerFactory(),
        "cache_logger_on_first_use": True,
    }
    structlog.configure(**arguments)
