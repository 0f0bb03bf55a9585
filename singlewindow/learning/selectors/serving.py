"""A registered model, ready to score: read once a process."""

from functools import lru_cache

from singlewindow.kernel.errors import NotFound
from singlewindow.learning.models import ModelFile
from singlewindow.learning.rules.model import Model, model_read
from singlewindow.learning.types import FrameRefused

KEPT = 4
"""Models kept in memory: the one in use, the one that is tried beside it, the one before, and one that is looked at."""


@lru_cache(maxsize=KEPT)
def model_load(model_hash: str) -> Model:
    """The model of a hash, which is its content: it never changes, so a process keeps it.

    Reading costs a query, about 50 ms and 15 MB. The first one of a process also loads LightGBM (about 0.8 s of CPU and
    100 MB).

    Raises:
        NotFound: no such model is registered.
        FrameRefused: what the database holds is not the model of that hash.
    """
    files = {name: bytes(content) for name, content in _files(model_hash)}
    if not files:
        raise NotFound
    model = model_read(files)
    if model.hash != model_hash:
        raise FrameRefused("The stored files are not those of the model that was asked for.")
    return model


def _files(model_hash: str) -> list[tuple[str, bytes | memoryview]]:
    return list(ModelFile.objects.filter(model_id=model_hash).values_list("name", "content"))
