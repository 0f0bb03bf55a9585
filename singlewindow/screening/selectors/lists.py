"""Reads of lists: what is live, what waits, what stands in an entry."""

from uuid import UUID

from django.db import connection

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import NotFound
from singlewindow.screening.models import EntryAddress, EntryName, ListEntry, ListVersion
from singlewindow.screening.states import ListState
from singlewindow.screening.types import ScreeningSet, Source, VersionRow

VERSIONS_LISTED = 100
LIVE_SQL = "SELECT source, id, content_sha256 FROM screening_listversion WHERE state = 'LIVE' ORDER BY source"


def live_set() -> ScreeningSet:
    """The live version of each list; one query."""
    with connection.cursor() as cursor:
        cursor.execute(LIVE_SQL)
        rows = cursor.fetchall()
    if not rows:
        return ScreeningSet("", ())
    version = sha256_hex(canonical_bytes([[source, content] for source, _, content in rows]))
    return ScreeningSet(version, tuple((Source(source), version_id) for source, version_id, _ in rows))


def set_version_now() -> str:
    """What names are held against now: the digest that every result names; empty where no list is live."""
    return live_set().version


def versions_for(actor: Actor) -> list[VersionRow]:
    """Versions of lists, those in force or waiting first, then the newest.

    Raises:
        NotFound: the actor may not see risk.
    """
    _may_see(actor)
    rows = ListVersion.objects.order_by("-loaded_at")[:VERSIONS_LISTED]
    order = {ListState.LIVE: 0, ListState.PROPOSED: 1}
    return sorted(map(version_row, rows), key=lambda row: order.get(row.state, 2))


def version_for(actor: Actor, version_id: UUID) -> VersionRow:
    """One version of a list.

    Raises:
        NotFound: there is none, or the actor may not see risk.
    """
    _may_see(actor)
    row = ListVersion.objects.filter(pk=version_id).first()
    if row is None:
        raise NotFound
    return version_row(row)


def entry_for(actor: Actor, entry_id: UUID) -> tuple[ListEntry, list[EntryName], list[EntryAddress], VersionRow]:
    """One entry with its names, its addresses and the version of the list it stands in.

    Raises:
        NotFound: there is none, or the actor may not see risk.
    """
    _may_see(actor)
    entry = ListEntry.objects.select_related("version").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound
    names = list(EntryName.objects.filter(entry_id=entry_id).order_by("id"))
    places = list(EntryAddress.objects.filter(entry_id=entry_id).order_by("id"))
    return entry, names, places, version_row(entry.version)


def version_row(row: ListVersion) -> VersionRow:
    """A row as a value."""
    return VersionRow(
        id=row.pk,
        source=Source(row.source),
        state=ListState(row.state),
        content_sha256=row.content_sha256,
        published_on=row.published_on,
        entries=row.entries,
        names=row.names,
        addresses=row.addresses,
        files=tuple(row.files),
        notes=tuple(row.notes),
        loaded_by=row.loaded_by,
        loaded_at=row.loaded_at,
        live_at=row.live_at,
        superseded_at=row.superseded_at,
    )


def _may_see(actor: Actor) -> None:
    if not actor.may(Permission.VIEW_RISK):
        raise NotFound
