"""Lists as they are published, read into values: hostile bytes are refused here, all of them at once."""

from singlewindow.screening.reading.lists import files_read
from singlewindow.screening.reading.values import AddressRead, EntryRead, ListRead, NameRead, SourceFile

__all__ = ["AddressRead", "EntryRead", "ListRead", "NameRead", "SourceFile", "files_read"]
