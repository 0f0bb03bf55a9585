"""Guarantees for tests: comprehensive, in force, of a thousand euros unless told otherwise."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.services import mandate_grant
from singlewindow.accounts.types import Actor, MandateScope, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.models import Entry, Guarantee
from singlewindow.guarantees.services import guarantee_reserve
from singlewindow.guarantees.services.codes import code_set
from singlewindow.guarantees.types import CodeKind, Reserved
from singlewindow.kernel import clock
from singlewindow.kernel.grn import grn_compose
from singlewindow.kernel.identifiers import uuid7

_numbers = count(1)

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = AT.date()
CODE = "Q7K2"
SYSTEM = system_actor("clearance")


def guarantee(holder: Organisation, *, type: str = "1", code: str | None = CODE, **changes: Any) -> Guarantee:
    """A guarantee in force with its access code."""
    number = next(_numbers)
    limit = changes.pop("limit_minor", 100_000)
    columns: dict[str, Any] = {
        "grn": grn_compose(
            year=2026, country="ZZ", series=f"T{number:011d}", voucher=f"A{number:06d}" if type == "4" else ""
        ),
        "type": type,
        "state": "ACTIVE",
        "holder": holder,
        "guarantor_name": "Bank of Kivana",
        "currency": "EUR",
        "reference_minor": limit,
        "limit_minor": limit,
        "valid_from": date(2026, 1, 1),
        "registered_by": "user:1",
        "registered_at": AT,
        "granted_at": AT,
    }
    row = Guarantee.objects.create(**(columns | changes))
    if code is not None:
        code_set(row, code, CodeKind.MAIN, at=AT)
    return row


def reserve(
    of: Guarantee | str,
    amount_minor: int = 10_000,
    *,
    holders: Collection[UUID] | None = None,
    subject: UUID | None = None,
    code: str | None = CODE,
    actor: Actor = SYSTEM,
    purpose: str = "debt",
    currency: str = "EUR",
    on: date = DAY,
    **more: Any,
) -> Reserved:
    """Draw on a guarantee in a unit of work of its own."""
    grn = of if isinstance(of, str) else of.grn
    if holders is None:
        holders = [Guarantee.objects.get(grn=grn).holder_id]
    with unit_of_work() as work:
        return guarantee_reserve(
            work,
            grn=grn,
            access_code=code,
            holder_ids=holders,
            subject_id=subject or uuid7(),
            purpose=purpose,
            amount_minor=amount_minor,
            currency=currency,
            on=on,
            actor=actor,
            at=AT,
            **more,
        )


def books_agree(row: Guarantee) -> bool:
    """Whether what is used is what the entries say."""
    row.refresh_from_db()
    signs = {"RESERVE": 1, "FREE": -1, "CONVERT": 0, "REPLENISH": -1}
    entries = Entry.objects.filter(guarantee=row)
    return row.used_minor == sum(signs[entry.kind] * entry.amount_minor for entry in entries)


def mandate(principal: Organisation, agent: Organisation) -> None:
    """Let an agent file imports for a principal."""
    mandate_grant(
        actor=SYSTEM,
        principal=principal,
        agent=agent,
        scope=MandateScope.IMPORT,
        direct=True,
        valid_from=clock.now() - timedelta(days=1),
    )
