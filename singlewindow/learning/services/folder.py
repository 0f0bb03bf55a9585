"""A model as a folder: written whole, read as a stranger's."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from singlewindow.learning.rules.bundle import LARGEST
from singlewindow.learning.types import FrameRefused


def folder_write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of a model; a folder that is no model's is left alone.

    Raises:
        FrameRefused: the folder holds other files.
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in LARGEST)
    if foreign:
        raise FrameRefused(f"{folder} holds {foreign[0]}, which is no file of a model. Name an empty folder.")
    for name in LARGEST:
        if name not in files:
            (folder / name).unlink(missing_ok=True)
    for name, content in files.items():
        handle, place = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(place).replace(folder / name)


def folder_read(folder: Path) -> dict[str, bytes]:
    """The files of a folder, none of which is believed yet.

    Raises:
        FrameRefused: it is no folder, or holds what no model has, or too much of it.
    """
    if not folder.is_dir():
        raise FrameRefused(f"{folder} is no folder.")
    files = {}
    for path in sorted(folder.iterdir()):
        if path.name not in LARGEST or path.is_symlink() or not path.is_file():
            raise FrameRefused(f"{path.name} is no file of a model.")
        with path.open("rb") as file:
            content = file.read(LARGEST[path.name] + 1)
        if len(content) > LARGEST[path.name]:
            raise FrameRefused(f"{path.name} is larger than {LARGEST[path.name]} bytes.")
        files[path.name] = content
    return files
