"""Which message stands for which event, and what it says: one table, and one small function for each kind.

An event that no message of the WCO stands for is listed with the reason; every state of the four life cycles is told
by an event of the table or listed with the reason too. A test walks the tables of the life cycles.

Source: domain.md K1 (function codes of DMS); docs/rules/notifications.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from singlewindow.notifications.pointers import path_of
from singlewindow.notifications.types import Fault, FunctionCode, Payment, Statement, Status, TaxLine

F = FunctionCode
Parts = dict[str, Any]
TEXT_LENGTH = 512
REASON_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notification is made of: the event, and rows that never change."""

    at: datetime
    data: Mapping[str, Any]
    notice: Mapping[str, Any] | None = None
    """The assessment that the event speaks of."""

    def text(self, name: str) -> str:
        """A text of the event."""
        value = self.data.get(name)
        return str(value) if value is not None else ""

    def instant(self, name: str) -> datetime | None:
        """An instant of the event."""
        value = self.text(name)
        try:
            return datetime.fromisoformat(value) if value else None
        except ValueError:
            return None

    def amount(self, name: str) -> Decimal | None:
        """An amount of the event."""
        return decimal_of(self.data.get(name))


Maker = Callable[[Facts], Parts]


@dataclass(frozen=True, slots=True)
class Kind:
    """The message of an event."""

    function: FunctionCode
    make: Maker


def decimal_of(value: object) -> Decimal | None:
    """A decimal text as a number; None where it is none."""
    try:
        found = Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _plain(_facts: Facts) -> Parts:
    return {}


def _accepted(facts: Facts) -> Parts:
    return {"accepted_at": facts.instant("effective_at") or facts.at}


def _ended(code: str, text: str) -> Maker:
    def make(facts: Facts) -> Parts:
        reason = facts.text("reason") or text
        return {"faults": (Fault(code, reason[:TEXT_LENGTH], path=path_of("")),), "rejected_at": facts.at}

    return make


def _released(facts: Facts) -> Parts:
    return {"statements": (Statement("AFB", "A1"),), "statuses": (Status("A1", released_at=facts.at),)}


def _cleared(_facts: Facts) -> Parts:
    return {"statements": (Statement("AFB", "A2"),)}


def _invalidated(facts: Facts) -> Parts:
    text = facts.text("text") or facts.text("reason")
    return {"cancelled_at": facts.at, "statements": (Statement("AFB", "", text[:TEXT_LENGTH]),) if text else ()}


def _request(default: str) -> Maker:
    def make(facts: Facts) -> Parts:
        text = facts.text("text") or facts.text("reason")
        said = (Statement("AFB", _code(facts.text("reason")), text[:TEXT_LENGTH]),) if text else ()
        return {"statuses": (Status(facts.text("name_code") or default),), "statements": said}

    return make


def _code(text: str) -> str:
    return text if text and len(text) <= 17 and " " not in text else ""


def _corrected(facts: Facts) -> Parts:
    fields = facts.data.get("pointers") or ()
    paths = tuple(path for path in (path_of(str(name)) for name in fields) if path) if isinstance(fields, list) else ()
    reason = facts.text("reason")
    return {"changed": paths or ((),), "change_reason": reason if len(reason) <= REASON_LENGTH else ""}


def _control(facts: Facts) -> Parts:
    steps = facts.data.get("steps") or ()
    said = [Statement("AES", "", str(step)[:TEXT_LENGTH]) for step in steps] if isinstance(steps, list) else []
    return {"statements": tuple(said)}


def _documents(facts: Facts) -> Parts:
    limit = facts.instant("deadline")
    steps = facts.data.get("steps") or [facts.text("text") or facts.text("document")]
    texts = [str(step)[:TEXT_LENGTH] for step in steps if step] if isinstance(steps, list) else []
    return {"statements": tuple(Statement("ACA", "ACA", text, limit) for text in texts or [""])}


def _asked_for(facts: Facts) -> Parts:
    """One statement for each document, with the time to answer, and one for what happens without."""
    codes, limit = facts.data.get("codes") or (), facts.instant("deadline")
    asked = [Statement("ACA", str(code)[:17], "", limit) for code in codes] if isinstance(codes, list) else []
    consequence = facts.text("consequence")[:TEXT_LENGTH]
    return {"statements": (*asked, Statement("AFB", "", consequence)) if consequence else tuple(asked)}


def _query(facts: Facts) -> Parts:
    asked = Statement(
        "AES", "", facts.text("question")[:TEXT_LENGTH], facts.instant("deadline"), path_of(facts.text("element"))
    )
    consequence = facts.text("consequence")
    return {"statements": (asked, Statement("AFB", "", consequence[:TEXT_LENGTH])) if consequence else (asked,)}


def _lapsed(facts: Facts) -> Parts:
    text = facts.text("consequence")
    return {"statements": (Statement("AFB", "", text[:TEXT_LENGTH]),) if text else ()}


def _held(facts: Facts) -> Parts:
    text = " ".join(part for part in (facts.text("text"), facts.text("next_step")) if part)
    held = Statement("AES", _code(facts.text("agency")), text[:TEXT_LENGTH], facts.instant("deadline"))
    state = {"lifted": "39", "upheld": "41", "withdrawn": "39"}.get(facts.text("state"))
    return {"statements": (held,), "statuses": (Status(state),) if state else ()}


def _detained(facts: Facts) -> Parts:
    parts = [facts.text(name) for name in ("text", "reason", "legal_ground", "remedy")]
    text = " ".join(part for part in parts if part)
    return {"statements": (Statement("AES", "", text[:TEXT_LENGTH]),) if text else ()}


def _assessed(facts: Facts) -> Parts:
    """The debt with every line of it; an estimate says that it is one."""
    notice = facts.notice or {}
    total = facts.amount("total") or Decimal(0)
    taxes = tuple(_line(item, line) for item in notice.get("items", ()) for line in item.get("lines", ()))
    charges = [(str(charge.get("code", "")), decimal_of(charge.get("amount"))) for charge in notice.get("charges", ())]
    fees = tuple(Payment(amount, amount, code[:35]) for code, amount in charges if amount is not None)
    return {
        "statuses": (Status("4"),),
        "currency": facts.text("currency"),
        "taxes": taxes,
        "payments": (Payment(total, total), *fees),
    }


def _line(item: Mapping[str, Any], line: Mapping[str, Any]) -> TaxLine:
    return TaxLine(
        item=int(item["number"]),
        type=str(line["tax_type"]),
        amount=decimal_of(line["amount"]) or Decimal(0),
        base=decimal_of(line.get("base")),
        rate=_rate(str(line.get("rate", ""))),
    )


def _rate(text: str) -> Decimal | None:
    """The rate as a number, where it is nothing but a percentage."""
    number = text.strip().removesuffix("%").strip()
    return decimal_of(number) if text.strip().endswith("%") else None


def _covered(facts: Facts) -> Parts:
    total = facts.amount("total") or Decimal(0)
    return {"statuses": (Status("67"),), "currency": facts.text("currency"), "payments": (Payment(total, total),)}


def _missing(facts: Facts) -> Parts:
    amount = facts.amount("missing") or facts.amount("total") or Decimal(0)
    due = facts.instant("deadline")
    return {"currency": facts.text("currency"), "payments": (Payment(amount, facts.amount("total"), due=due),)}


def _exited(facts: Facts) -> Parts:
    office = Statement("CEX", "", (facts.text("office") or "")[:TEXT_LENGTH])
    when = facts.instant("effective_at") or facts.at
    return {"statuses": (Status("A1", effective_at=when),), "statements": (office,) if office.text else ()}


def _no_exit(facts: Facts) -> Parts:
    return {"statements": (Statement("CEX", "", "", facts.instant("deadline")),)}


KINDS: dict[str, Kind] = {
    "registered": Kind(F.RECEIVED, _plain),
    "presented": Kind(F.RECEIVED, _plain),
    "query.answered": Kind(F.RECEIVED, _plain),
    "change.requested": Kind(F.RECEIVED, _plain),
    "accepted": Kind(F.ACCEPTED, _accepted),
    "rejected": Kind(F.REJECTED, _ended("CDS10020", "The message was rejected.")),
    "refused": Kind(F.REJECTED, _ended("CL-REF", "Release was refused.")),
    "expired": Kind(F.REJECTED, _ended("CDS12046", "The goods were not presented in time.")),
    "control.examination": Kind(F.CONTROL, _control),
    "control.documents": Kind(F.DOCUMENTS, _documents),
    "documents.requested": Kind(F.DOCUMENTS, _asked_for),
    "amended": Kind(F.CORRECTED, _corrected),
    "released": Kind(F.RELEASED, _released),
    "cleared": Kind(F.CLEARED, _cleared),
    "invalidated": Kind(F.INVALIDATED, _invalidated),
    "change.granted": Kind(F.REQUEST_DECIDED, _request("39")),
    "change.denied": Kind(F.REQUEST_DECIDED, _request("41")),
    "estimated": Kind(F.TAX_LIABILITY, _assessed),
    "assessed": Kind(F.TAX_LIABILITY, _assessed),
    "paid": Kind(F.TAX_LIABILITY, _covered),
    "deferred": Kind(F.TAX_LIABILITY, _covered),
    "secured": Kind(F.TAX_LIABILITY, _covered),
    "nil": Kind(F.TAX_LIABILITY, _covered),
    "insufficient_funds": Kind(F.INSUFFICIENT, _missing),
    "insufficient_funds.reminder": Kind(F.REMINDER, _missing),
    "deferment_short": Kind(F.INSUFFICIENT, _missing),
    "debt_determined": Kind(F.TAX_LIABILITY, _covered),
    "exited": Kind(F.EXITED, _exited),
    "no_exit_result": Kind(F.NO_EXIT, _no_exit),
    "hold.opened": Kind(F.HELD, _held),
    "hold.decided": Kind(F.HELD, _held),
    "query.sent": Kind(F.QUERY, _query),
    "query.lapsed": Kind(F.QUERY, _lapsed),
    "control.detained": Kind(F.DETAINED, _detained),
}

_OTHER = "It is not about a declaration."
_TURN = "It says whose turn it is; the message of the step itself tells what happened."

SILENT: dict[str, str] = {
    "original.asked": "It is told to the agency that holds the original, not to the declarant.",
    "original.answered": "It is told to the body that asked, not to the declarant.",
    "account_credited": _OTHER,
    "permit.issued": _OTHER,
    "permit.changed": _OTHER,
    "webhook.failing": _OTHER,
    "device_event.marked": _OTHER,
    "webhook.paused": _OTHER,
    "webhook.disabled": _OTHER,
    "waiting": _TURN,
    "clearance.late": "It warns that the time allowed runs out; CDS has no such message.",
    "assessment_waits": "Nothing is assessed yet; the liability follows when it is.",
    "change.withdrawn": "The sender took the request back and knows it.",
    "removed": "Whoever removes the goods says so; nobody is told by message.",
    "cargo.short": "It is about the manifest; the declaration waits and nothing of it was decided.",
    "supplementary_owed": "It says what is still to be sent; the acceptance of the short one has its own message.",
    "supplementary_reminder": "A reminder of the window's own.",
    "supplementary_fulfilled": "The full declaration is answered by its own messages.",
}
"""Events that no message of the WCO stands for, and why; they are told as JSON all the same."""

SILENT_FAMILIES: dict[str, str] = {
    "manifest.": "It is about a manifest, not about a declaration.",
    "cargo.": "It is about cargo, not about a declaration.",
    "document.": "It is about a document on the shelf, not about a declaration.",
    "bulk.": "It is about a file; each declaration of it has messages of its own.",
    "ens.": "Entry summaries are answered in their own messages (CC328A and so on).",
    "supplementary_": "It is about what is still to be sent; CDS has no such message.",
    "claim.": "It is about a claim, not about a declaration.",
    "demand_": "It is about a demand; what is paid by it is told as a payment, not of a declaration.",
    "disclosure": "It is about an error that a party told of itself, not about a declaration.",
    "error_disclosed": "Whoever disclosed it knows it.",
    "penalty_": "It is about a penalty, not about a declaration.",
    "lpco.": "It is about an application for permits, not about a declaration.",
    "quota_": "It is about a quota; what changes of the debt has a message of its own.",
    "ruling.": "It is about an advance ruling, not about a declaration.",
    "deferment.": "It is about an approval, not about a declaration.",
    "statement.": "It is about the statement of a month, not about a declaration.",
    "guarantee": "It is about a guarantee, not about a declaration.",
    "basket_": "It is about a payment, not about a declaration; what is released by it has its own messages.",
    "payout_": "It is about money that is paid back, not about a declaration.",
    "bank_account_": "It is about where money is paid to, not about a declaration.",
    "permit.": _OTHER,
    "webhook.": _OTHER,
}
"""The same for families of events, by the beginning of their names."""

STATES: dict[str, dict[str, tuple[str, ...] | str]] = {
    "legal": {
        "DRAFT": "A draft is nobody's message.",
        "SUBMITTED": "It lasts no longer than the request; its answer is the receipt.",
        "REJECTED": "A rejected message leaves no row: DMSREJ is the answer to the request itself (`refusals.py`).",
        "REGISTERED": ("registered",),
        "ACCEPTED": ("accepted",),
        "RELEASED": ("released",),
        "CLEARED": ("cleared",),
        "REFUSED": ("refused",),
        "EXPIRED": ("expired",),
        "INVALIDATED": ("invalidated",),
    },
    "goods": {
        "EXPECTED": ("registered",),
        "PRESENTED": ("presented",),
        "UNDER_CONTROL": ("control.examination",),
        "RELEASABLE": ("released",),
        "REMOVED": SILENT["removed"],
        "EXITED": ("exited",),
        "DISPOSED": "The refusal was told; what becomes of the goods is agreed with the officer.",
    },
    "fiscal": {
        "NOT_ASSESSED": "Nothing is owed yet.",
        "ASSESSED": ("assessed",),
        "PAID": ("paid",),
        "DEFERRED": ("deferred",),
        "SECURED": ("secured",),
        "NIL": ("nil",),
        "INSUFFICIENT": ("insufficient_funds", "insufficient_funds.reminder"),
        "FINAL": ("cleared",),
    },
    "control": {
        "NONE": "There is no control.",
        "SELECTED": "What was chosen is not told before the goods arrive.",
        "DOCS_REQUIRED": ("control.documents",),
        "PHYSICAL": ("control.examination",),
        "QUERY": ("query.sent",),
        "DETAINED": ("control.detained",),
        "DONE": "The end of a check is told by what follows: release, refusal or detention.",
    },
}
"""The event that tells each state of the four life cycles, or why none does."""


def silence_of(type_: str) -> str:
    """Why an event has no message; a sentence for those that the table does not know yet."""
    if type_ in SILENT:
        return SILENT[type_]
    family = next((why for name, why in SILENT_FAMILIES.items() if type_.startswith(name)), "")
    return family or "No message of the WCO stands for it."
