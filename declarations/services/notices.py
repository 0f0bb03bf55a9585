"""What is told of each step: the event for ever, and the notice in the feed of every party."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from declarations.states import DMS_FUNCTION_CODES, GoodsState, LegalState
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import JsonValue

SUBJECT = "declaration"


def step_record(
    work: Work,
    *,
    declaration_id: UUID,
    actor: Actor,
    verb: Verb,
    at: datetime,
    data: Mapping[str, JsonValue],
    before: str,
    after: str,
    reason: str = "",
    on_behalf_of: str = "",
) -> None:
    """Record one step of a declaration; `before` and `after` are digests of its standing."""
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type=SUBJECT,
        subject_id=str(declaration_id),
        data=data,
        reason=reason,
        on_behalf_of=on_behalf_of,
        before=before,
        after=after,
        at=at,
    )


def parties_tell(
    work: Work,
    *,
    parties: Iterable[UUID],
    declaration_id: UUID,
    type: str,
    at: datetime,
    mrn: str,
    lrn: str,
    legal_state: LegalState,
    goods_state: GoodsState,
    more: Mapping[str, JsonValue] | None = None,
) -> None:
    """Put one notice into the feed of every party: the step's name, numbers, states and the DMS function code."""
    data: dict[str, JsonValue] = {
        "mrn": mrn,
        "lrn": lrn,
        "legal_state": legal_state.value,
        "goods_state": goods_state.value,
    }
    code = DMS_FUNCTION_CODES.get(legal_state)
    if code is not None and type != "presented" and type != "amended" and not type.startswith("change."):
        data["function_code"] = code
    party_event_publish(
        work,
        organisation_ids=parties,
        type=type,
        subject_id=str(declaration_id),
        data=data | dict(more or {}),
        at=at,
    )
