"""UN/EDIFACT (ISO 9735): bytes into segments, segments into an interchange, and back; bounded, and pure."""

from singlewindow.kernel.edifact.charsets import CHARSETS, charset_for
from singlewindow.kernel.edifact.faults import InterchangeRefused, Place, edifact_fault
from singlewindow.kernel.edifact.interchange import EdifactMessage, Interchange, InterchangeHeader, interchange_read
from singlewindow.kernel.edifact.separators import STANDARD, Separators
from singlewindow.kernel.edifact.tokens import Segment, segments_of, tokenize
from singlewindow.kernel.edifact.writing import interchange_write, segment, segments_write

__all__ = [
    "CHARSETS",
    "STANDARD",
    "EdifactMessage",
    "Interchange",
    "InterchangeHeader",
    "InterchangeRefused",
    "Place",
    "Segment",
    "Separators",
    "charset_for",
    "edifact_fault",
    "interchange_read",
    "interchange_write",
    "segment",
    "segments_of",
    "segments_write",
    "tokenize",
]
