"""What an amendment does to permits and holds: the old version's quantities come back, the new one's are taken."""

from datetime import datetime

from agencies.models import Hold
from agencies.rules import citations_of
from agencies.selectors import permits_named
from agencies.services.holds import holds_of_permits_withdraw, holds_open
from agencies.services.ledger import permits_consume, permits_free
from agencies.services.reservation import permits_reserve
from agencies.types import PERMIT_KINDS, HoldInfo, PermitOutcome
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work

AMENDED = "The declaration was amended."
LOCK_SQL = """
SELECT id FROM agencies_permit
WHERE id = ANY(%s::uuid[])
   OR id IN (SELECT permit_id FROM agencies_writeoff WHERE declaration_id = %s AND kind = 'reserve')
ORDER BY id FOR NO KEY UPDATE
"""


def permits_change(
    work: Work, snapshot: DeclarationSnapshot, *, actor: Actor, at: datetime, consumed: bool = False
) -> list[PermitOutcome]:
    """Give back what the versions before reserved or used, and reserve for the new one; with `consumed`, use it up.

    Locks: the permits of both versions together, in the order of their ids.

    Idempotent: a reservation is given back once, and a version reserved once.

    Source: docs/rules/changes.md, CH-PER-01 (domain.md K10: an amendment posts the delta).
    """
    cited = permits_named((citation.code, citation.number) for citation in citations_of(snapshot.message))
    work.fetch(LOCK_SQL, [sorted(str(permit.id) for permit in cited.values()), snapshot.id])
    permits_free(work, snapshot.id, actor=actor, at=at)
    outcomes = permits_reserve(work, snapshot, actor=actor, at=snapshot.accepted_at or at)
    if consumed and outcomes:
        work.flush()
        permits_consume(work, snapshot.id, actor=actor, at=at)
    return outcomes


def holds_renew(
    work: Work, snapshot: DeclarationSnapshot, *, actor: Actor, at: datetime, outcomes: list[PermitOutcome]
) -> list[HoldInfo]:
    """End the holds that stood on the permits of the version before, and open those of the new one.

    A check that an agency has begun or ended goes on as it is: the goods are the same.
    """
    holds_of_permits_withdraw(work, snapshot.id, actor=actor, reason=AMENDED, at=at)
    kinds = [kind.value for kind in PERMIT_KINDS]
    rows = Hold.objects.filter(declaration_id=snapshot.id).exclude(kind__in=kinds)
    checks = frozenset(rows.values_list("agency", "reason"))
    return holds_open(work, snapshot, actor=actor, at=at, outcomes=outcomes, settled=checks)
