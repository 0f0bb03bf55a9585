"""The files of a model, and the manifest that binds them: nothing of a folder is believed before it was checked."""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.learning.rules.encoding import Tables
from singlewindow.learning.types import FrameRefused

MANIFEST = "manifest.json"
DESCRIPTION = "model.json"
TABLES = "tables.bin"
CARD = "model-card.md"
FIGURES = "figures.json"
TREES = {"fraud": "fraud.txt", "critical": "critical.txt"}

FORMAT = 1
LARGEST: dict[str, int] = {
    MANIFEST: 10_000,
    DESCRIPTION: 1_000_000,
    TABLES: 512_000_000,
    CARD: 1_000_000,
    FIGURES: 1_000_000,
    "fraud.txt": 64_000_000,
    "critical.txt": 64_000_000,
}
"""The files that a folder may have, and the most bytes of each."""
REQUIRED = frozenset({MANIFEST, DESCRIPTION, TABLES, CARD, FIGURES})

Files = Mapping[str, bytes]

_MAGIC = b"CSWLT001"
_HEAD = struct.Struct("<8sQQQQQ")


def manifest_of(files: Files) -> bytes:
    """The manifest of a model's other files."""
    listed: dict[str, JsonValue] = {
        name: {"bytes": len(content), "sha256": sha256_hex(content)} for name, content in sorted(files.items())
    }
    return canonical_bytes({"files": listed, "format": FORMAT})


def model_hash(files: Files) -> str:
    """What names a model: SHA-256 of its manifest."""
    return sha256_hex(files[MANIFEST])


def files_check(files: Files) -> None:
    """Hold every file against the manifest.

    Raises:
        FrameRefused: a file is missing, unknown, too large or not the one that the manifest names.
    """
    unknown, missing = sorted(set(files) - set(LARGEST)), sorted(REQUIRED - set(files))
    if unknown or missing:
        raise FrameRefused(
            " ".join(
                [*(f"{name} is no file of a model." for name in unknown), *(f"{name} is missing." for name in missing)]
            )
        )
    for name, content in files.items():
        if len(content) > LARGEST[name]:
            raise FrameRefused(f"{name} has {len(content)} bytes; at most {LARGEST[name]} are read.")
    others = {name: content for name, content in files.items() if name != MANIFEST}
    if files[MANIFEST] != manifest_of(others):
        raise FrameRefused("The manifest does not name exactly these files: one was added, removed or changed.")


def object_read(content: bytes, name: str) -> dict[str, JsonValue]:
    """The JSON object of a file.

    Raises:
        FrameRefused: it holds none.
    """
    if b"\\u0000" in content:
        raise FrameRefused(f"{name} holds a character that no text has.")
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise FrameRefused(f"{name} is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise FrameRefused(f"{name} holds no JSON object.")
    return value


def decimal_text(value: float) -> str:
    """A number as canonical JSON carries it: the shortest text that reads back as the same number."""
    return repr(float(value))


def decimal_read(value: JsonValue, name: str) -> float:
    """The number of such a text.

    Raises:
        FrameRefused: it is none, or not finite.
    """
    try:
        number = float(value) if isinstance(value, str) and len(value) <= 40 else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FrameRefused(f"{name} is no finite number.")
    return number


@dataclass(frozen=True, slots=True)
class _Layout:
    """The arrays of the tables, in their order within the file, and their types there."""

    keys: str = "<u8"
    rows: str = "<u4"
    fraud: str = "<u4"
    critical: str = "<u4"
    median_keys: str = "<u8"
    median_value: str = "<f8"
    median_mass: str = "<f8"


def tables_write(tables: Tables) -> bytes:
    """The tables as bytes."""
    head = _HEAD.pack(_MAGIC, len(tables.keys), len(tables.median_keys), *tables.overall)
    arrays = [getattr(tables, part.name).astype(getattr(_Layout(), part.name)) for part in fields(_Layout)]
    return head + b"".join(array.tobytes() for array in arrays)


def tables_read(content: bytes) -> Tables:
    """The tables of bytes that anybody may have written.

    Raises:
        FrameRefused: they are none, or what they count cannot be.
    """
    if len(content) < _HEAD.size:
        raise FrameRefused(f"{TABLES} is too short.")
    magic, keys, medians, rows, fraud, critical = _HEAD.unpack_from(content)
    sizes = [keys if place < 4 else medians for place in range(len(fields(_Layout)))]
    types = [np.dtype(getattr(_Layout(), part.name)) for part in fields(_Layout)]
    wanted = _HEAD.size + sum(size * kind.itemsize for size, kind in zip(sizes, types, strict=True))
    if magic != _MAGIC or not keys or not medians or wanted != len(content):
        raise FrameRefused(f"{TABLES} has not the length that its heading tells, or another form.")
    arrays, offset = [], _HEAD.size
    for size, kind in zip(sizes, types, strict=True):
        arrays.append(np.frombuffer(content, kind, size, offset))
        offset += size * kind.itemsize
    by_name = dict(zip((part.name for part in fields(_Layout)), arrays, strict=True))
    made = Tables(**by_name, overall=(rows, fraud, critical))  # as they lie in the file: nothing is copied
    _tables_check(made)
    return made


def _tables_check(tables: Tables) -> None:
    rows, fraud, critical = tables.overall
    for column in (tables.median_value, tables.median_mass):
        if np.isinf(column).any():
            raise FrameRefused(f"{TABLES} has a median that is not finite.")
    ordered = all(np.all(keys[1:] > keys[:-1]) for keys in (tables.keys, tables.median_keys))
    counted = np.all(tables.rows >= 1) and _nested(tables.critical, tables.fraud) and _nested(tables.fraud, tables.rows)
    if not ordered or not counted or not critical <= fraud <= rows <= 2**32:
        raise FrameRefused(f"{TABLES} is not in order, or counts more outcomes than rows.")


def _nested(smaller: NDArray[Any], larger: NDArray[Any]) -> bool:
    return bool(np.all(smaller <= larger))
