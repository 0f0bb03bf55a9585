"""What is stored of a list, and whether it is still what was loaded."""

from collections import defaultdict
from uuid import UUID

from singlewindow.screening.models import EntryAddress, EntryName, ListEntry, ListVersion
from singlewindow.screening.reading.values import AddressRead, EntryRead, NameRead, content_sha256
from singlewindow.screening.types import EntryKind, NameQuality, Source


def stored_sha256(version_id: UUID) -> str:
    """Digest of a version made anew from every stored row."""
    names: dict[UUID, list[NameRead]] = defaultdict(list)
    for entry_id, name, quality in (
        EntryName.objects.filter(entry__version_id=version_id).order_by("id").values_list("entry_id", "name", "quality")
    ):
        names[entry_id].append(NameRead(name, NameQuality(quality)))
    places: dict[UUID, list[AddressRead]] = defaultdict(list)
    for entry_id, *address in (
        EntryAddress.objects.filter(entry__version_id=version_id)
        .order_by("id")
        .values_list("entry_id", "street", "city", "country", "country_text")
    ):
        places[entry_id].append(AddressRead(*address))
    digests = {
        row.uid: EntryRead(
            uid=row.uid,
            kind=EntryKind(row.kind),
            names=tuple(names[row.pk]),
            addresses=tuple(places[row.pk]),
            programmes=tuple(row.programmes),
            countries=tuple(row.countries),
            birth=tuple(row.birth),
            identifiers=tuple(row.identifiers),
            remarks=row.remarks,
        ).sha256
        for row in ListEntry.objects.filter(version_id=version_id).iterator(chunk_size=5_000)
    }
    source = Source(ListVersion.objects.values_list("source", flat=True).get(pk=version_id))
    return content_sha256(source, digests)
