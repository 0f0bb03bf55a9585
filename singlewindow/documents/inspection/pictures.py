"""Pictures: how many points and pages, told by the header before anything is decoded; nothing behind the end."""

import io
import warnings

from PIL import Image

from singlewindow.documents.inspection.findings import MISMATCH, PAGES, PIXELS, UNREADABLE, Finding
from singlewindow.documents.types import Kind

POINTS_MAX = 50_000_000
FRAMES_MAX = 200
PNG_END = b"IEND\xaeB`\x82"
JPEG_END = b"\xff\xd9"

Image.MAX_IMAGE_PIXELS = None  # our own bound is asked first
FORMATS = {Kind.PNG: ("PNG",), Kind.JPEG: ("JPEG", "MPO"), Kind.TIFF: ("TIFF",)}


def picture_findings(kind: Kind, data: bytes) -> list[Finding]:
    """Everything that is wrong with a picture."""
    found = [MISMATCH] if _behind_end(kind, data) else []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return found + _frames(kind, data)
    except Exception:  # noqa: BLE001  (whatever a decoder stumbles over, the picture cannot be read)
        return [*found, UNREADABLE]


def _frames(kind: Kind, data: bytes) -> list[Finding]:
    with Image.open(io.BytesIO(data), formats=FORMATS[kind]) as picture:
        points = 0
        for number in range(FRAMES_MAX + 1):
            try:
                picture.seek(number)
            except EOFError:
                break
            points += picture.width * picture.height
            if points > POINTS_MAX:
                return [PIXELS]
        else:
            return [PAGES]
        picture.seek(0)
        picture.load()
    return []


def _behind_end(kind: Kind, data: bytes) -> bool:
    if kind is Kind.PNG:
        end = data.rfind(PNG_END)
        return end < 0 or bool(data[end + len(PNG_END) :].strip(b"\0\r\n "))
    if kind is Kind.JPEG:
        return not data.rstrip(b"\0\r\n ").endswith(JPEG_END)
    return False
