"""Registered models as values."""

from singlewindow.kernel.errors import NotFound
from singlewindow.learning.models import ModelVersion
from singlewindow.learning.types import ModelView

SHOWN = 100


def models_registered() -> list[ModelView]:
    """The newest registered models, at most a hundred, without their files."""
    return [_view(row) for row in ModelVersion.objects.order_by("-registered_at", "hash")[:SHOWN]]


def model_view(model_hash: str) -> ModelView:
    """One registered model.

    Raises:
        NotFound: there is none of that hash.
    """
    row = ModelVersion.objects.filter(pk=model_hash).first()
    if row is None:
        raise NotFound
    return _view(row)


def _view(row: ModelVersion) -> ModelView:
    return ModelView(
        hash=row.hash,
        name=row.name,
        kind=row.kind,
        spec=row.spec,
        data_from=row.data_from,
        data_to=row.data_to,
        data_rows=row.data_rows,
        figures=row.figures,
        card=row.card,
        registered_by=row.registered_by,
        registered_at=row.registered_at,
    )
