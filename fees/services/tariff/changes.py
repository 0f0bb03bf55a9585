"""A change of the tariff: read and compared by one person, agreed to by another, and in force as one version.

Source: docs/rules/fees.md, FE-TAR-10 to FE-TAR-12; docs/adr/0017-a-tariff-change-is-a-proposal.md.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from fees.models import TariffChange, TariffChangeRow
from fees.services.tariff.difference import (
    RowChange,
    changes_of,
    content_digest,
    counts_of,
    difference_find,
    row_changes,
)
from fees.services.tariff.reading import Wanted, files_read
from fees.services.tariff.versions import version_lock, version_write
from fees.states import TARIFF_CHANGE, TariffChangeState
from fees.types import ChangeSource, RowAction, VersionBasis
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

KIND: Final = "tariff.change"
"""The kind of proposal; a key of settings.PROPOSAL_KINDS."""

ROW_COLUMNS: Final = ("change_id", "number", "sheet", "kind", "action", "subject", "row_id", "before", "after")


def change_read(*, files: Mapping[str, bytes], actor: Actor) -> UUID:
    """Read CSV files of a tariff and keep how they differ from the one that stands; nothing is in force by it.

    Locks: the tariff as a whole, so that the difference is one to a version.

    Source: docs/rules/fees.md, FE-TAR-05 and FE-TAR-10.

    Raises:
        NotPermitted: the actor is no person or may not prepare changes.
        TooLarge, RuleViolated: what is wrong with the files, all at once; nothing is kept.
    """
    may_prepare(actor)
    wanted = files_read(files)
    with unit_of_work() as work:
        return change_keep(work, wanted, source=ChangeSource.CSV, files=files, actor=actor)


def change_keep(
    work: Work,
    wanted: Wanted,
    *,
    source: ChangeSource,
    files: Mapping[str, bytes],
    actor: Actor,
    unread: Sequence[Mapping[str, str]] = (),
) -> UUID:
    """Keep the difference between rows that are wanted and those that stand as a draft.

    Raises:
        RuleViolated: FE-TAR-06, nothing differs; FE-TAR-10, no tariff is loaded yet.
    """
    base = version_lock(work)
    if base is None:
        raise _violated("FE-TAR-10", "No tariff is loaded.", "The first one is loaded by the command load_fees.")
    rows = row_changes(difference_find(wanted))
    if not rows and not unread:
        raise _violated("FE-TAR-06", "The files say what is in force already.", "There is nothing to change.")
    change = TariffChange.objects.create(
        id=uuid7(),
        source=source.value,
        title=", ".join(sorted(files))[:200],
        files=[
            {"name": name[:200], "bytes": len(content), "sha256": sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        ],
        base=base,
        content_sha256=content_digest(base.sha256, rows),
        counts=counts_of(rows),
        unread=[dict(one) for one in unread],
        state=TARIFF_CHANGE.initial.value,
        created_by=actor.label,
        created_at=clock.now(),
    )
    work.insert(TariffChangeRow, ROW_COLUMNS, [_stored(change.pk, place, row) for place, row in enumerate(rows, 1)])
    work.copy()
    _tell(work, change, actor, Verb.TARIFF_CHANGE_READ)
    return change.pk


def change_propose(*, change_id: UUID, actor: Actor) -> UUID:
    """Put a draft before a second person; whoever read or proposed it cannot agree.

    Locks: the change, then the tariff as a whole.

    Source: docs/rules/fees.md, FE-TAR-10 and FE-TAR-11.

    Raises:
        NotFound: there is none. NotPermitted: the actor may not prepare changes.
        TransitionRefused: it is no draft. Conflict: FE-TAR-11, another version stands by now.
        RuleViolated: FE-TAR-06, it changes nothing.
    """
    may_prepare(actor)
    with unit_of_work() as work:
        change = _locked(change_id)
        state = TARIFF_CHANGE.next_state("propose", change.state)
        if not change.counts:
            raise _violated("FE-TAR-06", "Nothing of it can be put in force.", "See what could not be read.")
        _still_base(work, change)
        change.state = state.value
        change.save(update_fields=["state"])
        _tell(work, change, actor, Verb.TARIFF_CHANGE_PROPOSED)
        work.flush()
        return proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(change.pk),
            title=f"Tariff: {change.title}",
            content_sha256=change.content_sha256,
            evidence=_evidence(change),
            address=reverse("fees:tariff-change", args=[change.pk]),
            authors=[change.created_by],
        )


def change_discard(*, change_id: UUID, actor: Actor) -> None:
    """Put a draft away that nobody wants. Raises NotFound, NotPermitted, TransitionRefused."""
    may_prepare(actor)
    with unit_of_work() as work:
        change = _locked(change_id)
        if change.state != TariffChangeState.DRAFT.value:
            raise Conflict("It was proposed; who proposed it takes it back on the page of proposals.")
        _decline(work, change, actor)


def change_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put a change in force as one version of the tariff, because another person agreed.

    Called by approvals when a proposal is granted, in its transaction.

    Locks: the change, then the tariff as a whole.

    Raises:
        NotFound, TransitionRefused: there is none, or it is not proposed.
        Conflict: FE-TAR-11, the tariff moved between preview and agreement.
        RuleViolated: FE-TAR-12, what is stored is not what was proposed.
    """
    change = _locked(UUID(proposal.subject_id))
    state = TARIFF_CHANGE.next_state("agree", change.state)
    _still_base(work, change)
    rows = [_row(stored) for stored in TariffChangeRow.objects.filter(change=change)]
    if content_digest(change.base.sha256, rows) != proposal.content_sha256:
        raise _violated("FE-TAR-12", "What is stored of this change is not what was proposed.", "Read it again.")
    change.state, change.decided_at = state.value, clock.now()
    change.save(update_fields=["state", "decided_at"])
    version_write(work, changes_of(rows), basis=VersionBasis.CHANGE, actor=actor, change_id=change.pk)
    _tell(work, change, actor, Verb.TARIFF_CHANGE_LIVE)


def change_declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Note that a change is not wanted: its proposal was refused or taken back. Locks: the change."""
    _decline(work, _locked(UUID(proposal.subject_id)), actor)


def _decline(work: Work, change: TariffChange, actor: Actor) -> None:
    change.state, change.decided_at = TARIFF_CHANGE.next_state("decline", change.state).value, clock.now()
    change.save(update_fields=["state", "decided_at"])
    _tell(work, change, actor, Verb.TARIFF_CHANGE_DECLINED)


def may_prepare(actor: Actor) -> None:
    """Raises NotPermitted unless the actor is a person who may prepare changes."""
    actor.require(Permission.MANAGE_TARIFF)
    if actor.kind is not ActorKind.USER:
        raise NotPermitted("Only a person prepares a change of the tariff (FE-TAR-10).")


def _locked(change_id: UUID) -> TariffChange:
    change = TariffChange.objects.select_for_update(of=("self",)).select_related("base").filter(pk=change_id).first()
    if change is None:
        raise NotFound
    return change


def _still_base(work: Work, change: TariffChange) -> None:
    """Raises Conflict when the tariff is no longer the one that the preview was made from."""
    current = version_lock(work)
    if current is None or current.pk != change.base_id:
        raise Conflict("The tariff changed since this was compared with it; read the files again (FE-TAR-11).")


def _row(stored: TariffChangeRow) -> RowChange:
    return RowChange(
        stored.sheet,
        stored.kind,
        RowAction(stored.action),
        stored.subject,
        stored.row_id,
        stored.before,
        stored.after,
    )


def _stored(change_id: UUID, place: int, row: RowChange) -> tuple[Any, ...]:
    return (
        change_id,
        place,
        row.sheet,
        row.kind,
        row.action.value,
        row.subject,
        row.row_id,
        row.before,
        row.after,
    )


def _evidence(change: TariffChange) -> dict[str, Any]:
    totals = {action.value: sum(count[action.value] for count in change.counts) for action in RowAction}
    return {
        "source": change.source,
        "version": str(change.base),
        "files": change.files,
        "added": totals["added"],
        "changed": totals["changed"],
        "removed": totals["ended"],
        "left_out": len(change.unread),
    }


def _violated(rule: str, sentence: str, remedy: str) -> RuleViolated:
    return RuleViolated(sentence, violations=[Violation(rule, "", sentence, remedy)])


def _tell(work: Work, change: TariffChange, actor: Actor, verb: Verb) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="tariff_change",
        subject_id=str(change.pk),
        data={"source": change.source, "base": str(change.base)},
        after=change.content_sha256,
    )
