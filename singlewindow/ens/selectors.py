"""Reads of entry summary declarations: whose they are, the desk's list, and master and house filings compared."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.ens.models import EntryDocument, EntryFinding, EntryQuestion, EntrySummary, EntryVersion
from singlewindow.ens.profile import profile
from singlewindow.ens.states import DESK, EntryState
from singlewindow.ens.types import EntryMessage, text_of
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
LISTED = ("id", "mrn", "lrn", "state", "version", "late", "transport_mode", "office", "expected_at", "lodged_at")
LINKED_MOST = 200
"""Filings of one transport that are compared."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A total on which the carrier's filing and those of the forwarders differ."""

    field: str
    master: str
    houses: str


@dataclass(frozen=True, slots=True)
class Linked:
    """Filings of the same goods by carrier and forwarders."""

    master: EntrySummary | None
    houses: tuple[EntrySummary, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One declaration with what was found and asked."""

    entry: EntrySummary
    message: EntryMessage
    findings: tuple[EntryFinding, ...]
    questions: tuple[EntryQuestion, ...]
    versions: tuple[EntryVersion, ...]
    linked: Linked


def entries_for(actor: Actor) -> QuerySet[EntrySummary]:
    """The declarations that an actor may see: the desk all, others what they filed or was filed for them.

    A carrier is told of decisions on what forwarders file for its ships, and does not see the content.
    """
    if actor.may(Permission.ENTRY_ASSESS):
        return EntrySummary.objects.all()
    if not actor.may(Permission.ENTRY_VIEW_OWN) or actor.organisation_id is None:
        return EntrySummary.objects.none()
    principals = organisations_actor_may_file_for(actor).values("pk")
    return EntrySummary.objects.filter(Q(lodged_by=actor.organisation_id) | Q(lodger_organisation__in=principals))


def message_of_entry(entry: EntrySummary) -> EntryMessage:
    """The content in its version in force."""
    values = orjson.loads(bytes(entry.content))
    kind = values.pop("kind")
    values.pop("schema_version")
    return EntryMessage(kind, values)


def entry_view(actor: Actor, entry_id: UUID) -> EntryView:
    """One declaration with everything that its page shows; findings only for the desk.

    Raises:
        NotFound: there is none that the actor may see.
    """
    entry = entries_for(actor).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound
    desk = actor.may(Permission.ENTRY_ASSESS)
    found = EntryFinding.objects.filter(entry=entry, version=entry.version).order_by("id") if desk else ()
    return EntryView(
        entry=entry,
        message=message_of_entry(entry),
        findings=tuple(found),
        questions=tuple(EntryQuestion.objects.filter(entry=entry).order_by("number")),
        versions=tuple(EntryVersion.objects.filter(entry=entry).defer("content").order_by("-version")),
        linked=linked_of(entry),
    )


def entry_page(
    actor: Actor, *, cursor: str = "", state: str = "", search: str = "", size: int = PAGE_SIZE
) -> Page[EntrySummary]:
    """A page of the declarations that an actor may see, the newest first.

    Raises:
        FormatRefused: the cursor was not made by this list.
    """
    entries = entries_for(actor).only(*LISTED)
    if state:
        shown = {EntryState.REGISTERED.value: [EntryState.REGISTERED.value, EntryState.PROPOSED.value]}
        entries = entries.filter(state__in=shown.get(state, [state]))
    if search:
        entries = entries.filter(Q(mrn__istartswith=search) | Q(lrn__startswith=search))
    if cursor:
        (last,) = cursor_decode(cursor, str)
        entries = entries.filter(pk__lt=_uuid_of(last))
    return page_of(list(entries.order_by("-pk")[: size + 1]), size, lambda entry: (str(entry.id),))


def desk_page(actor: Actor, *, cursor: str = "", state: str = "", size: int = PAGE_SIZE) -> Page[EntrySummary]:
    """A page of what the targeting desk has to decide or wait for, the nearest deadline first.

    Raises:
        FormatRefused: the cursor was not made by this list.
    """
    actor.require(Permission.ENTRY_ASSESS)
    states = [one.value for one in DESK]
    entries = EntrySummary.objects.filter(state__in=[state] if state in states else states)
    if state not in states:
        # What is forbidden is decided; it is listed only when asked for.
        entries = entries.filter(due_at__isnull=False)
    entries = entries.only(*LISTED, "due_at", "alerted_at", "acknowledged_at", "carrier_identifier")
    if state == EntryState.DO_NOT_LOAD:
        if cursor:
            (last,) = cursor_decode(cursor, str)
            entries = entries.filter(pk__lt=_uuid_of(last))
        return page_of(list(entries.order_by("-pk")[: size + 1]), size, lambda entry: (str(entry.id),))
    if cursor:
        microseconds, last = cursor_decode(cursor, int, str)
        at = _EPOCH + timedelta(microseconds=int(microseconds))
        entries = entries.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=_uuid_of(last)))
    rows = list(entries.order_by("due_at", "pk")[: size + 1])
    return page_of(
        rows, size, lambda entry: (((entry.due_at or _FAR) - _EPOCH) // timedelta(microseconds=1), str(entry.id))
    )


def shown_state(entry: EntrySummary) -> EntryState:
    """The state as a filer may know it: what is only proposed is still being assessed."""
    state = EntryState(entry.state)
    return EntryState.REGISTERED if state is EntryState.PROPOSED else state


def linked_of(entry: EntrySummary) -> Linked:
    """The filings that share a transport document and a carrier with this one, and on what totals they differ.

    The carrier's own filing is the master; those of others that name this carrier are the houses.
    """
    others = list(_sharing(entry, entry.documents))
    master = entry if _is_master(entry) else next((one for one in others if _is_master(one)), None)
    if master is None:
        return Linked(None, (), ())
    if master is not entry:
        others = list(_sharing(master, master.documents))
    houses = tuple(one for one in others if not _is_master(one))
    return Linked(master, houses, tuple(_differences(master, houses)) if houses else ())


def _is_master(entry: EntrySummary) -> bool:
    return entry.lodger_identifier == entry.carrier_identifier


def _sharing(entry: EntrySummary, references: list[str]) -> QuerySet[EntrySummary]:
    shared = EntryDocument.objects.filter(reference__in=references, carrier_identifier=entry.carrier_identifier)
    found = EntrySummary.objects.filter(pk__in=shared.values("entry_id")).exclude(pk=entry.pk)
    return found.exclude(state=EntryState.ENDED.value).defer("content").order_by("pk")[:LINKED_MOST]


def _differences(master: EntrySummary, houses: tuple[EntrySummary, ...]) -> list[Difference]:
    found = []
    packages = sum(house.package_count for house in houses)
    if packages != master.package_count:
        found.append(Difference("packages", str(master.package_count), str(packages)))
    masses = [house.gross_mass_kg for house in houses]
    if master.gross_mass_kg is not None and all(mass is not None for mass in masses):
        total = sum((mass for mass in masses if mass is not None), Decimal(0))
        if abs(total - master.gross_mass_kg) > master.gross_mass_kg * profile().mass_tolerance:
            found.append(Difference("gross_mass_kg", text_of(master.gross_mass_kg), text_of(total)))
    return found


def _uuid_of(key: str | int) -> UUID:
    try:
        return UUID(str(key))
    except ValueError as error:
        raise FormatRefused("The cursor was not made by this list; start again without it.", code="cursor") from error
