"""Yields of manufacturing: how much of what was imported a product contains; each version stays for ever."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, RuleViolated, Violation
from singlewindow.revenue.models import YieldSet
from singlewindow.revenue.rules.drawback import QUANTITY_PLACES

CODE = re.compile(r"[0-9]{4,10}", re.ASCII)
MOST = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class YieldRow:
    """How much of one imported good is in one unit of a product; codes by their beginnings."""

    input: str
    output: str
    per_output: Decimal


def yields_set(
    *,
    authorisation: str,
    holder_id: UUID,
    valid_from: date,
    rows: Sequence[YieldRow],
    reason: str,
    actor: Actor,
) -> int:
    """Set the yields of an authorisation as a new version; returns its number.

    Source: docs/rules/revenue.md, RV-YLD-01.

    Raises:
        NotPermitted: the actor may not approve repayments.
        RuleViolated: RV-YLD-01, a row is none, or no reason is given.
        Conflict: somebody else set them at the same time.
    """
    actor.require(Permission.APPROVE_REPAYMENT)
    wrong = [
        index
        for index, row in enumerate(rows)
        if not CODE.fullmatch(row.input) or not CODE.fullmatch(row.output) or not _plain(row.per_output)
    ]
    if wrong or not rows or not reason.strip() or not authorisation.strip():
        sentence = "Name the authorisation, a reason, and rows of two codes and a quantity above nothing."
        raise RuleViolated(violations=[Violation("RV-YLD-01", "/rows", sentence, value=str(wrong) if wrong else "")])
    try:
        with unit_of_work() as work:
            last = YieldSet.objects.filter(authorisation=authorisation).order_by("-version").first()
            version = (last.version if last else 0) + 1
            row = YieldSet.objects.create(
                authorisation=authorisation,
                holder_id=holder_id,
                version=version,
                valid_from=valid_from,
                rows=[{"input": one.input, "output": one.output, "per_output": str(one.per_output)} for one in rows],
                reason=reason.strip()[:500],
                set_by=actor.label,
                set_at=clock.now(),
            )
            event_record(
                work,
                actor=actor,
                verb=Verb.YIELD_SET,
                subject_type="yield",
                subject_id=str(row.pk),
                data={"authorisation": authorisation, "version": version, "rows": len(rows)},
                reason=row.reason,
            )
    except IntegrityError as error:  # the same version, by another hand at the same time
        raise Conflict("The yields were set by another at the same time.") from error
    return version


def _plain(per_output: Decimal) -> bool:
    """Whether it is a quantity above nothing that can be kept: up to a million, to a millionth."""
    return per_output.is_finite() and 0 < per_output <= MOST and not per_output % QUANTITY_PLACES
