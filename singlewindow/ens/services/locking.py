"""The lock that every act on an entry summary declaration takes first."""

from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.ens.models import EntrySummary
from singlewindow.ens.selectors import entries_for
from singlewindow.kernel.errors import NotFound


def entry_locked(work: Work, actor: Actor, entry_id: UUID) -> EntrySummary:
    """The declaration, locked until the end of the transaction.

    Locks: the declaration.

    Raises:
        NotFound: there is none that the actor may see.
    """
    work.flush()
    # Locked by its key alone: the joins of the permission filter would lock the parties too.
    entry = entries_for(actor).filter(pk=entry_id).select_for_update(of=("self",)).first()
    if entry is None:
        raise NotFound
    return entry
