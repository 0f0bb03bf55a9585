"""Declarations with what manifests and devices say of their goods, for tests."""

from typing import Any
from uuid import UUID

from django.utils.module_loading import import_string

from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge, goods_present
from declarations.types import Channel
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.cargo import importing

TASKS = {
    "clearance.decide": "clearance.tasks.decide",
    "clearance.match": "clearance.tasks.match",
    "clearance.event_told": "clearance.tasks.event_met",
    "clearance.manifest_told": "clearance.tasks.manifest_met",
    "clearance.warning_due": "clearance.tasks.warning_due",
    "clearance.close": "clearance.tasks.close",
    "cargo.link": "singlewindow.cargo.tasks.link",
}


def jobs_do(*kinds: str, rounds: int = 4) -> None:
    """Do what is due of some kinds of jobs, as a worker would, until none is left."""
    for _ in range(rounds):
        due = Job.objects.filter(kind__in=kinds or TASKS, state="todo", not_before__lte=clock.now())
        found = list(due.order_by("id").values_list("id", "kind"))
        if not found:
            return
        for job_id, kind in found:
            import_string(TASKS[kind])([job_id])


def lodged(trader: Organisation, *references: str, presented: bool = False, **changes: Any) -> UUID:
    """An import that names these bills, lodged and decided; its goods are on their way unless told otherwise."""
    plain = importing(*references, **changes) | {"type_code": "IMA" if presented else "IMD"}
    actor = accounts.actor(Role.TRADER, of=trader)
    message = DeclarationMessage.model_validate(plain)
    declaration_id = declaration_lodge(message=message, actor=actor, channel=Channel.JSON).id
    jobs_do("clearance.decide")
    return declaration_id


def arrived(declaration_id: UUID) -> None:
    """The goods are presented, and the declaration is decided."""
    goods_present(declaration_id=declaration_id, actor=system_actor("declarations"), at=clock.now())
    jobs_do("clearance.decide")
