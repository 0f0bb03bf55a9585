"""Notifications as JSON: the event of the feed, and what it means, in fields."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from singlewindow.notifications.types import Fault, Notification, Pointer, Statement, Status, TaxLine

Json = dict[str, Any]
ROOT = "/api/v1/notifications"


def notification_json(told: Notification) -> Json:
    """One notification; empty parts are left out, the event itself is whole."""
    value: Json = {
        "id": str(told.id),
        "type": told.type,
        "at": _instant(told.at),
        "subject": told.subject,
        "function_code": told.function.value if told.function else None,
        "message": told.function.short if told.function else None,
    }
    more: Json = {
        "no_message_because": told.silent,
        "declaration": _filled({"mrn": told.mrn, "lrn": told.lrn, "version": told.version or None}),
        "accepted_at": _instant(told.accepted_at),
        "cancelled_at": _instant(told.cancelled_at),
        "rejected_at": _instant(told.rejected_at),
        "errors": [_fault(fault) for fault in told.faults],
        "statements": [_statement(statement) for statement in told.statements],
        "status": [_status(status) for status in told.statuses],
        "changed": [_pointer(path) for path in told.changed if path],
        "change_reason": told.change_reason,
        "currency": told.currency,
        "taxes": [_tax(line) for line in told.taxes],
        "payments": [
            _filled(
                {
                    "amount": _number(payment.amount),
                    "assessed": _number(payment.assessed),
                    "reference": payment.reference,
                    "due": _instant(payment.due),
                }
            )
            for payment in told.payments
        ],
    }
    links = {"self": f"{ROOT}/{told.id}"} | ({"xml": f"{ROOT}/{told.id}?format=xml"} if told.function else {})
    return value | _filled(more) | {"data": dict(told.data), "links": links}


def _filled(value: Json) -> Json:
    return {name: part for name, part in value.items() if part not in (None, "", [], {})}


def _fault(fault: Fault) -> Json:
    value = {
        "code": fault.rule,
        "message": fault.text,
        "pointer": fault.pointer,
        "value": fault.value,
        "remedy": fault.remedy,
    }
    return _filled(value | {"wco_pointer": _pointer(fault.path)})


def _statement(statement: Statement) -> Json:
    value = {"type": statement.type, "code": statement.code, "text": statement.text, "by": _instant(statement.limit)}
    return _filled(value | {"wco_pointer": _pointer(statement.path)})


def _status(status: Status) -> Json:
    times = {"effective_at": _instant(status.effective_at), "released_at": _instant(status.released_at)}
    return _filled({"code": status.code} | times)


def _tax(line: TaxLine) -> Json:
    numbers = {"base": _number(line.base), "rate": _number(line.rate), "amount": _number(line.amount)}
    return _filled({"item": line.item, "type": line.type} | numbers)


def _pointer(path: Pointer) -> str:
    """A pointer of the WCO in one line: `42A/67A/68A[1]/23A/21A/145`."""
    parts = []
    for step in path:
        parts.append(step.section + (f"[{step.sequence}]" if step.sequence else ""))
        if step.tag:
            parts.append(step.tag)
    return "/".join(parts)


def _number(value: Decimal | None) -> str | None:
    return f"{value:f}" if value is not None else None


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
