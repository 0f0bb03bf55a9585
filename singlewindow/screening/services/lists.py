"""Lists come in, are proposed, and go live when another person agreed; what was live before stays on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.selectors import proposal_open
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.screening.models import EntryAddress, EntryName, ListEntry, ListVersion
from singlewindow.screening.reading import EntryRead, ListRead, SourceFile, files_read
from singlewindow.screening.reading.values import content_sha256
from singlewindow.screening.selectors.content import stored_sha256
from singlewindow.screening.selectors.lists import live_set
from singlewindow.screening.states import LIST, ListState
from singlewindow.screening.types import SOURCE_NAMES, Source

KIND = "screening.list"
"""The kind of proposal; a key of settings.PROPOSAL_KINDS."""
LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtextextended('screening:' || %s, 0))"
ENTRY_COLUMNS = (
    "id", "version_id", "uid", "kind", "name", "programmes", "countries", "birth", "identifiers", "remarks", "sha256",
)  # fmt: skip
ADDRESS_COLUMNS = ("entry_id", "street", "city", "country", "country_text")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a list that was given."""

    source: Source
    version_id: UUID
    content_sha256: str
    entries: int
    names: int
    addresses: int
    new: bool
    """Whether this content was not here yet."""
    proposal_id: UUID | None
    """The proposal that now waits for a second person; none where nothing changed."""
    notes: tuple[str, ...]


def lists_load(*, files: Sequence[SourceFile], actor: Actor, published_on: date | None = None) -> list[Loaded]:
    """Read the files, keep every list that they hold, and propose each to a second person; all of them or none.

    Locks: each source, so that of two loads of the same content one is kept.
    Idempotent: content that is here and proposed or live is left as it is.

    Source: docs/rules/screening.md, SC-LST-01 to SC-LST-06.

    Raises:
        NotPermitted: the actor may not propose lists, or is no person.
        RuleViolated: anything in any of the files is broken; all findings at once.
    """
    actor.require(Permission.EDIT_RISK)
    lists = sorted(files_read(files), key=lambda one: one.source.value)
    with unit_of_work() as work:
        return [_list_load(work, one, actor, published_on) for one in lists]


def _list_load(work: Work, read: ListRead, actor: Actor, published_on: date | None) -> Loaded:
    digests = {entry.uid: entry.sha256 for entry in read.entries}
    content = content_sha256(read.source, digests)
    work.fetch(LOCK_SQL, [read.source.value])
    version = ListVersion.objects.select_for_update().filter(source=read.source.value, content_sha256=content).first()
    new = version is None
    if version is None:
        version = _version_insert(work, read, digests, content, actor, published_on)
    again = version.state in (ListState.DECLINED.value, ListState.SUPERSEDED.value)
    if again:
        version.state = LIST.next_state("propose", version.state).value
        version.save(update_fields=["state"])
    waits = version.state == ListState.PROPOSED.value and proposal_open(KIND, str(version.pk)) is None
    proposal = _propose(work, version, actor) if waits else None
    return Loaded(
        read.source,
        version.pk,
        content,
        version.entries,
        version.names,
        version.addresses,
        new,
        proposal,
        tuple(version.notes),
    )


def _version_insert(
    work: Work, read: ListRead, digests: dict[str, str], content: str, actor: Actor, published_on: date | None
) -> ListVersion:
    version = ListVersion.objects.create(
        id=uuid7(),
        source=read.source.value,
        content_sha256=content,
        published_on=read.published_on or published_on,
        entries=len(read.entries),
        names=sum(len(entry.names) for entry in read.entries),
        addresses=sum(len(entry.addresses) for entry in read.entries),
        files=[
            {"name": file.name, "sha256": file.sha256, "bytes": len(file.content), "rows": rows}
            for file, rows in read.files
        ],
        notes=list(read.notes),
        state=LIST.initial.value,
        loaded_by=actor.label,
        loaded_at=clock.now(),
    )
    _entries_insert(work, version.pk, read.entries, digests)
    event_record(
        work,
        actor=actor,
        verb=Verb.SCREENING_LIST_LOADED,
        subject_type="screening_list",
        subject_id=str(version.pk),
        data={"source": read.source.value, "entries": version.entries, "names": version.names},
        after=content,
    )
    return version


def _entries_insert(work: Work, version_id: UUID, entries: Sequence[EntryRead], digests: dict[str, str]) -> None:
    """Add entries, names and addresses by COPY, before anything else of this act is collected."""
    heads, names, places = [], [], []
    for entry in entries:
        entry_id = uuid7()
        heads.append(
            (
                entry_id,
                version_id,
                entry.uid,
                entry.kind.value,
                entry.names[0].name,
                list(entry.programmes),
                list(entry.countries),
                list(entry.birth),
                list(entry.identifiers),
                entry.remarks,
                digests[entry.uid],
            )
        )
        names += [(entry_id, name.name, name.quality.value) for name in entry.names]
        places += [(entry_id, a.street, a.city, a.country, a.country_text) for a in entry.addresses]
    work.insert(ListEntry, ENTRY_COLUMNS, heads)
    work.insert(EntryName, ("entry_id", "name", "quality"), names)
    work.insert(EntryAddress, ADDRESS_COLUMNS, places)
    work.copy()


def _propose(work: Work, version: ListVersion, actor: Actor) -> UUID:
    source = Source(version.source)
    live = ListVersion.objects.filter(source=version.source, state=ListState.LIVE.value).first()
    evidence = {
        "source": version.source,
        "entries": version.entries,
        "names": version.names,
        "addresses": version.addresses,
        "live_entries": live.entries if live else 0,
        "published_on": version.published_on.isoformat() if version.published_on else "",
        "files": version.files,
        "left_out": version.notes,
    }
    return proposal_make(
        work,
        actor=actor,
        kind=KIND,
        subject_id=str(version.pk),
        title=f"{SOURCE_NAMES[source]}, {version.entries} entries",
        content_sha256=version.content_sha256,
        evidence=evidence,
        address=reverse("screening:list", args=[version.pk]),
        authors=[version.loaded_by],
    )


def list_go_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put a version in force in the place of the one before, because another person agreed.

    Called by approvals when a proposal is granted, in its transaction.

    Locks: every version of the source that is live or proposed.

    Source: docs/rules/screening.md, SC-LST-05 and SC-LST-06.

    Raises:
        NotFound: there is no such version.
        TransitionRefused: it is not proposed.
        Conflict: another version of the list went live since it was proposed.
        RuleViolated: SC-LST-06, what is stored is not what was proposed.
    """
    version = _locked(work, proposal)
    state = LIST.next_state("agree", version.state)
    live = ListVersion.objects.filter(source=version.source, state=ListState.LIVE.value).first()
    if live is not None and live.live_at is not None and live.live_at > proposal.proposed_at:
        raise Conflict("Another version of this list went live meanwhile; propose this one again (SC-LST-05).")
    if stored_sha256(version.pk) != proposal.content_sha256:
        sentence = "What is stored of this version is not what was proposed."
        raise RuleViolated(sentence, violations=[Violation("SC-LST-06", "/content_sha256", sentence, "Load it again.")])
    now = clock.now()
    if live is not None:
        live.state, live.superseded_at = LIST.next_state("supersede", live.state).value, now
        live.save(update_fields=["state", "superseded_at"])
        _tell(work, live, actor, Verb.SCREENING_LIST_SUPERSEDED)
    version.state, version.live_at = state.value, now
    version.save(update_fields=["state", "live_at"])
    _tell(work, version, actor, Verb.SCREENING_LIST_LIVE)
    payload = {"source": version.source, "set_version": live_set().version}
    queue(work, "ScreeningListLive", subject_id=str(version.pk), payload=payload)


def list_declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Note that a version is not wanted: its proposal was refused or taken back. It may be proposed again.

    Locks: the versions of the source that are live or proposed.
    """
    version = _locked(work, proposal)
    version.state = LIST.next_state("decline", version.state).value
    version.save(update_fields=["state"])


def _locked(work: Work, proposal: ProposalView) -> ListVersion:
    """The version of a proposal, with its source and its row locked. Raises NotFound."""
    source = ListVersion.objects.filter(pk=proposal.subject_id).values_list("source", flat=True).first()
    if source is None:
        raise NotFound
    work.fetch(LOCK_SQL, [source])
    return ListVersion.objects.select_for_update().get(pk=proposal.subject_id)


def _tell(work: Work, version: ListVersion, actor: Actor, verb: Verb) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="screening_list",
        subject_id=str(version.pk),
        data={"source": version.source, "entries": version.entries},
        after=version.content_sha256,
    )
